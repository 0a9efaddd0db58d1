"""Trastienda de las obras: avance, estado, pedidos, publicar y enlazar."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol
from civic.comun.trastienda import atender, enviado
from mapas.obras import acciones, consultas, permisos, reglas
from mapas.obras.forms import AvanceForm, MoverForm, ResolverForm, VincularForm
from mapas.obras.models import MovimientoPedido, Obra

METODOS = ["GET", "HEAD", "POST"]


@con_rol(*permisos.INFORMAN)
@require_http_methods(METODOS)
def avance(request: HttpRequest, pk: int) -> HttpResponse:
    """Registra un informe de avance."""
    obra = permisos.para_informar_o_403(request.user, pk)
    form = AvanceForm(*enviado(request))

    def hacer() -> str:
        informe = acciones.registrar_avance(obra, actor=request.user, **form.cleaned_data)
        return f"Informe guardado: construido {informe.fisico:.0f} %, pagado {informe.financiero:.0f} %."

    return _atender(request, obra, form, hacer, "Registrar avance", anteriores=obra.lista_de_avances)


@con_rol(*permisos.INFORMAN)
@require_http_methods(METODOS)
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; la fiscalización lo propone y espera la decisión de la jefatura."""
    obra = permisos.para_informar_o_403(request.user, pk)
    opciones = reglas.siguientes(obra.estado)
    form = MoverForm(*enviado(request), opciones=opciones)
    decide = permisos.publica_obras(request.user, obra)

    def hacer() -> str:
        if decide:
            return f"Ahora está «{acciones.mover_obra(obra, actor=request.user, **form.cleaned_data).ficha[0]}»."
        acciones.pedir_movimiento(obra, actor=request.user, **form.cleaned_data)
        return "Queda propuesto. Lo decide la jefatura o planificación."

    titulo = "Mover estado" if decide else "Proponer un estado"
    nada = "" if opciones else "Desde este estado la obra ya no pasa a ningún otro."
    return _atender(request, obra, form, hacer, titulo, nada=nada)


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def resolver(request: HttpRequest, pk: int) -> HttpResponse:
    """Acepta o rechaza el cambio de estado que propuso la fiscalización."""
    pedido = get_object_or_404(MovimientoPedido.objects.select_related("obra", "pedido_por"), pk=pk)
    obra = permisos.para_publicar_o_403(request.user, pedido.obra_id)
    form = ResolverForm(*enviado(request))

    def hacer() -> str:
        aceptar = form.cleaned_data["decision"] == "si"
        acciones.resolver_pedido(pedido, actor=request.user, aceptar=aceptar, motivo=form.cleaned_data["motivo"])
        return "Aceptado: la obra cambió de estado." if aceptar else "No se aceptó el cambio."

    return _atender(request, obra, form, hacer, "Resolver el cambio propuesto", pedido=pedido)


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def publicar(request: HttpRequest, pk: int) -> HttpResponse:
    """Pone la obra a la vista de todo el mundo, después de confirmarlo."""
    obra = permisos.para_publicar_o_403(request.user, pk)
    form = forms.Form(*enviado(request))

    def hacer() -> str:
        acciones.publicar_obra(obra, actor=request.user)
        return "La obra ya se ve en el sitio."

    nada = "" if obra.publicada else permisos.por_que_no_publica(request.user, obra)
    return _atender(request, obra, form, hacer, "Publicar", nada=nada)


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def vincular(request: HttpRequest, pk: int) -> HttpResponse:
    """Enlaza la propuesta de la que viene o un reporte que atiende."""
    obra = permisos.para_publicar_o_403(request.user, pk)
    form = VincularForm(*enviado(request))

    def hacer() -> str:
        propuesta, reporte = form.cleaned_data["propuesta"], form.cleaned_data["reporte"]
        if propuesta is not None:
            acciones.vincular_propuesta(obra, propuesta=propuesta, actor=request.user)
            return f"La obra viene de «{propuesta}»."
        acciones.vincular_reporte(obra, reporte=reporte, actor=request.user)
        return f"La obra atiende el reporte {reporte.codigo}."

    return _atender(request, obra, form, hacer, "Enlazar")


def _atender(
    request: HttpRequest, obra: Obra, form: forms.Form, hacer: Callable[[], str], titulo: str, **extra: Any
) -> HttpResponse:
    return atender(
        request, obra, form, hacer, seccion="obra", titulo=titulo, pendiente=consultas.pedido_pendiente(obra),
        plantilla="obras/trastienda/accion.html", **extra,
    )  # fmt: skip
