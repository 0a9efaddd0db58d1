"""Lo que hace quien presentó o sigue una propuesta: apelar, leer qué se corrigió, seguir y ponerse al día."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, retomable
from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.comun.trastienda import enviado
from propuestas import acciones, consultas, consultas_evaluacion, permisos
from propuestas.forms import MotivoForm
from propuestas.reglas import AUTOR, Estado

APELAR = {
    "titulo": "Apelar la devolución",
    "texto": "La decide otra persona, en 2 días hábiles. Se apela una sola vez.",
    "boton": "Enviar la apelación",
}


@con_cuenta
@retomable
@require_http_methods(["GET", "HEAD", "POST"])
def apelar(request: HttpRequest, pk: int) -> HttpResponse:
    """Pedir que otra persona decida sobre una propuesta que devolvieron."""
    propuesta = permisos.propia_o_404(request.user, pk)
    form = MotivoForm(*enviado(request))
    form.fields["motivo"].label = "Por qué la devolución no corresponde"
    estado = 200
    if not form.is_bound and not permisos.puede_apelar(request.user, propuesta):
        return redirect(propuesta)
    if form.is_bound:
        estado = 422
        if form.is_valid():
            try:
                acciones.mover_propuesta(
                    propuesta, hacia=Estado.APELADA, actor=request.user, calidad=AUTOR, **form.cleaned_data
                )
            except ReglaIncumplida as error:
                form.agregar_regla(error)
            else:
                messages.success(request, "Enviamos tu apelación. La decide otra persona en 2 días hábiles.")
                return redirect(propuesta)
    contexto = {
        "propuesta": propuesta,
        "form": form,
        "textos": APELAR,
        "devolucion": consultas.por_que_se_devolvio(propuesta),
    }
    return render(request, "propuestas/paso_de_autor.html", contexto, status=estado)


@con_cuenta
@require_safe
def correcciones(request: HttpRequest, pk: int) -> HttpResponse:
    """El texto de antes y el de ahora: solo para quien la presentó y quien revisa la forma."""
    propuesta = permisos.propuesta_o_404(request.user, pk)
    anteriores = list(consultas_evaluacion.textos_anteriores(propuesta))
    if not anteriores or not permisos.ve_textos_anteriores(request.user, propuesta):
        raise Http404("No encontramos esa página.")
    if propuesta.autor_id != request.user.pk:
        anotar_mirada(request.user, propuesta, "Leyó el texto que tenía antes de corregirla.")
    return render(request, "propuestas/correcciones.html", {"propuesta": propuesta, "anteriores": anteriores})


@con_cuenta
@require_POST
def seguir(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if not permisos.es_publica(propuesta):
        raise Http404("Se siguen las propuestas publicadas.")
    acciones.seguir(propuesta, usuario=request.user)
    messages.success(request, "Ahora la sigues. Sus novedades están en «Propuestas que sigo».")
    return redirect(propuesta)


@con_cuenta
@require_POST
def dejar_de_seguir(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    acciones.dejar_de_seguir(propuesta, usuario=request.user)
    messages.success(request, "Ya no la sigues.")
    return redirect(propuesta)


@con_cuenta
@require_safe
def siguiendo(request: HttpRequest) -> HttpResponse:
    """Lo que sigue, con lo que pasó desde la última vez que se puso al día."""
    pagina = pagina_de(request, consultas_evaluacion.seguidas_por(request.user))
    nuevas = consultas_evaluacion.novedades_de(pagina)
    contexto = {
        "pagina": pagina,
        "seguidas": [(seguida, nuevas.get(seguida.propuesta_id, [])) for seguida in pagina],
        "hay_novedades": bool(nuevas),
        "hasta": timezone.now().isoformat(),
    }
    return render(request, "propuestas/siguiendo.html", contexto)


@con_cuenta
@require_POST
def marcar_vistas(request: HttpRequest) -> HttpResponse:
    """Da por vistas las novedades que estaban en la página, no las que llegaron después."""
    try:
        hasta = parse_datetime(request.POST.get("hasta", ""))
    except ValueError:
        hasta = None
    ahora = timezone.now()
    if hasta is None or timezone.is_naive(hasta) or hasta > ahora:
        hasta = ahora
    acciones.marcar_vistas(request.user, hasta=hasta)
    messages.success(request, "Listo. Te avisaremos aquí lo que venga.")
    return redirect("propuestas:siguiendo")
