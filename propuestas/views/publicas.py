"""Lista, página de una propuesta, apoyos y lo que hace quien la presentó."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, mirar, publica
from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from mapas.territorio.consultas import distritos
from propuestas import acciones, consultas, permisos, reglas
from propuestas.forms import Filtros, MotivoForm
from propuestas.models import Propuesta
from propuestas.reglas import AUTOR, Estado


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    procesos = consultas.procesos_publicados()
    filtros = Filtros(request.GET, procesos=procesos, distritos=distritos(), categorias=consultas.categorias())
    pagina = pagina_de(request, consultas.filtrar(**filtros.argumentos()))
    contexto = {
        "filtros": filtros,
        "pagina": pagina,
        "tarjetas": consultas.con_comentarios(pagina),
        "abiertos": consultas.reciben_propuestas(procesos),
    }
    return render(request, "propuestas/lista.html", contexto)


@publica
@require_safe
def propuesta(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if propuesta.es_editable and propuesta.autor_id == request.user.pk:
        return redirect("propuestas:borrador", propuesta.pk)
    if not permisos.es_publica(propuesta) and not permisos.es_suya(request.user, propuesta):
        mirar(request.user, propuesta, permisos.MIRADA)
    return _pagina(request, propuesta)


def _pagina(request: HttpRequest, propuesta: Propuesta, *, aviso: str = "", status: int = 200) -> HttpResponse:
    contexto = {
        "propuesta": propuesta,
        "aviso": aviso,
        "costo": consultas.costo_y_techo(propuesta),
        "apoyo": permisos.situacion_de_apoyo(request.user, propuesta),
        "modos": consultas.apoyos_por_modo(propuesta),
        "dictamenes": consultas.dictamenes_de(propuesta),
        "cargo": consultas.cargo_de_autor(propuesta),
        "sucesos": historia(propuesta),
        "de_autor": permisos.pasos_de_autor(request.user, propuesta),
        "en_trastienda": permisos.en_trastienda(request.user, propuesta),
    }
    return render(request, "propuestas/propuesta.html", contexto, status=status)


@con_cuenta
@require_POST
def apoyar(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    try:
        acciones.apoyar(propuesta, usuario=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, "Tu apoyo ya cuenta. Si cambias de idea puedes retirarlo.")
    return redirect(f"{propuesta.get_absolute_url()}#apoyos")


@con_cuenta
@require_POST
def retirar_apoyo(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    try:
        acciones.retirar_apoyo(propuesta, usuario=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, "Retiraste tu apoyo.")
    return redirect(f"{propuesta.get_absolute_url()}#apoyos")


# Lo que puede hacer quien la presentó: dirección -> (estado al que lleva, textos de la página).
PASOS_DE_AUTOR = {
    "retirar": (
        Estado.RETIRADA,
        {
            "titulo": "Retirar la propuesta",
            "texto": "La propuesta queda a la vista, marcada como retirada, y ya no se evalúa ni se vota.",
            "rotulo": "Por qué la retiras",
            "boton": "Retirar la propuesta",
            "hecho": "Retiraste la propuesta.",
        },
    ),
    "responder": (
        Estado.EN_EVALUACION,
        {
            "titulo": "Responder al municipio",
            "texto": "Tu respuesta será pública y la propuesta vuelve a evaluación. Se reclama una sola vez.",
            "rotulo": "Tu respuesta",
            "boton": "Enviar la respuesta",
            "hecho": "Enviamos tu respuesta. El equipo técnico la evalúa de nuevo.",
        },
    ),
}


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def paso_de_autor(request: HttpRequest, pk: int, paso: str) -> HttpResponse:
    """Retirar la propuesta o responder a una observación o a un rechazo, con una frase."""
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if not permisos.es_autora(request.user, propuesta):
        raise PermissionDenied("Esto le toca a quien presentó la propuesta.")
    if paso not in PASOS_DE_AUTOR:
        raise Http404("No hay esa página.")
    hacia, textos = PASOS_DE_AUTOR[paso]
    reglas.exigir_movimiento(propuesta.estado, hacia, AUTOR)
    form = MotivoForm(request.POST if request.method == "POST" else None)
    form.fields["motivo"].label = textos["rotulo"]
    estado = 200
    if form.is_bound:
        estado = 422
        if form.is_valid():
            try:
                acciones.mover_propuesta(propuesta, hacia=hacia, actor=request.user, calidad=AUTOR, **form.cleaned_data)
            except ReglaIncumplida as error:
                form.agregar_regla(error)
            else:
                messages.success(request, textos["hecho"])
                return redirect(propuesta)
    contexto = {"propuesta": propuesta, "form": form, "textos": textos}
    return render(request, "propuestas/paso_de_autor.html", contexto, status=estado)
