"""Invitar a otras organizaciones a pedir una propuesta, y responder esa invitación."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta
from civic.comun.errores import ReglaIncumplida
from mapas.territorio.consultas import distritos
from propuestas import acciones, consultas, consultas_adjuntos, consultas_firmantes, permisos_firmantes
from propuestas.forms_firmantes import BuscarParaInvitar, InvitarForm, RetirarseForm
from propuestas.models import Copatrocinio, Propuesta

RESPUESTAS = {"aceptar": True, "rechazar": False}


@con_cuenta
@require_safe
def copatrocinios(request: HttpRequest, pk: int) -> HttpResponse:
    """A quiénes se invitó, qué respondieron y un buscador para invitar a más."""
    return _pagina(request, permisos_firmantes.para_invitar_o_404(request.user, pk))


def _pagina(request: HttpRequest, propuesta: Propuesta, *, aviso: str = "", status: int = 200) -> HttpResponse:
    buscador = BuscarParaInvitar(request.GET, distritos=list(distritos()))
    pedido = buscador.validos()
    invita = permisos_firmantes.puede_invitar(request.user, propuesta)
    contexto = {
        "propuesta": propuesta,
        "aviso": aviso,
        "copatrocinios": consultas_firmantes.copatrocinios_de(propuesta),
        "invita": invita,
        "buscador": buscador,
        "buscado": any(pedido.values()),
        "halladas": consultas_firmantes.organizaciones_para_invitar(propuesta, **pedido) if invita else [],
        "maximo": consultas_firmantes.COPATROCINIOS_MAXIMO,
    }
    return render(request, "propuestas/copatrocinios.html", contexto, status=status)


@con_cuenta
@require_POST
def invitar(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos_firmantes.para_invitar_o_404(request.user, pk)
    form = InvitarForm(request.POST)
    if not form.is_valid():
        return _pagina(request, propuesta, aviso="Elige una organización de la lista.", status=422)
    organizacion = form.cleaned_data["organizacion"]
    try:
        acciones.invitar(propuesta, organizacion, actor=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, f"Invitaste a {organizacion}. Se verá en la propuesta solo si su directiva acepta.")
    return redirect("propuestas:copatrocinios", propuesta.pk)


@con_cuenta
@require_POST
def retirar_invitacion(request: HttpRequest, pk: int, copatrocinio: int) -> HttpResponse:
    propuesta = permisos_firmantes.para_invitar_o_404(request.user, pk)
    suyo = permisos_firmantes.copatrocinio_de_o_404(propuesta, copatrocinio)
    try:
        acciones.retirar_invitacion(suyo, actor=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, f"Retiraste la invitación a {suyo.organizacion}.")
    return redirect("propuestas:copatrocinios", propuesta.pk)


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def copatrocinio(request: HttpRequest, pk: int) -> HttpResponse:
    """La invitación para la directiva: lee la propuesta y acepta, no acepta o, después, se retira."""
    invitacion = permisos_firmantes.invitacion_o_404(request.user, pk)
    if request.method != "POST":
        return _invitacion(request, invitacion)
    respuesta = request.POST.get("respuesta", "")
    if respuesta not in RESPUESTAS:
        return _invitacion(request, invitacion, aviso="Elige si la piden también o no.", status=422)
    try:
        acciones.responder_invitacion(
            invitacion, actor=request.user, acepta=RESPUESTAS[respuesta], leido=request.POST.get("sello", "")
        )
    except ReglaIncumplida as error:
        return _invitacion(
            request, permisos_firmantes.invitacion_o_404(request.user, pk), aviso=error.mensaje, status=409
        )
    hecho = "también pide esta propuesta" if RESPUESTAS[respuesta] else "no la pide. Nadie más verá la invitación"
    messages.success(request, f"Listo. {invitacion.organizacion} {hecho}.")
    return redirect("propuestas:copatrocinio", pk)


@con_cuenta
@require_POST
def retirarse(request: HttpRequest, pk: int) -> HttpResponse:
    """La organización que aceptó deja de pedirla, con su motivo."""
    invitacion = permisos_firmantes.invitacion_o_404(request.user, pk)
    form = RetirarseForm(request.POST)
    if not form.is_valid():
        return _invitacion(request, invitacion, form=form, status=422)
    try:
        acciones.retirarse(invitacion, actor=request.user, **form.cleaned_data)
    except ReglaIncumplida as error:
        return _invitacion(
            request, permisos_firmantes.invitacion_o_404(request.user, pk), form=form, aviso=error.mensaje, status=409
        )
    messages.success(request, f"Listo. {invitacion.organizacion} ya no la pide.")
    return redirect("propuestas:copatrocinio", pk)


def _invitacion(
    request: HttpRequest,
    invitacion: Copatrocinio,
    *,
    form: RetirarseForm | None = None,
    aviso: str = "",
    status: int = 200,
) -> HttpResponse:
    propuesta = invitacion.propuesta
    contexto = {
        "copatrocinio": invitacion,
        "propuesta": propuesta,
        "aviso": aviso,
        "responde": permisos_firmantes.se_responde(invitacion),
        "sello": consultas_firmantes.sello_de_lo_escrito(propuesta),
        "fotos": consultas_adjuntos.fotos_de(propuesta),
        "documentos": consultas_adjuntos.documentos_al_proponer(propuesta),
        "costo": consultas.costo_y_techo(propuesta),
        "form": form or RetirarseForm(),
    }
    return render(request, "propuestas/copatrocinio.html", contexto, status=status)
