"""Trastienda de los reportes: mover de estado, ocultar y volver a mostrar."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada
from civic.comun.trastienda import atender, enviado
from mapas.reportes import acciones, permisos
from mapas.reportes.forms import MoverForm, OcultarForm
from mapas.reportes.models import Reporte

CALIDAD = "Atención ciudadana"
METODOS = ["GET", "HEAD", "POST"]
SIN_MOVIMIENTOS = "Desde este estado no hay ningún movimiento que te toque."


@con_rol(*permisos.RECIBEN)
@require_http_methods(METODOS)
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; ofrece solo lo que permite el rol de quien mira."""
    reporte = permisos.en_trastienda_o_404(request.user, pk)
    posibles = permisos.movimientos_de(request.user, reporte)
    form = MoverForm(*enviado(request), reporte=reporte, opciones=posibles)

    def hacer() -> str:
        movido = acciones.mover_reporte(reporte, actor=request.user, calidad=_calidad(form), **form.argumentos())
        return f"Ahora está «{movido.ficha[0]}»."

    return _atender(request, reporte, form, hacer, "Mover estado", nada="" if posibles else SIN_MOVIMIENTOS)


@con_rol(*permisos.RECIBEN)
@require_http_methods(METODOS)
def ocultar(request: HttpRequest, pk: int) -> HttpResponse:
    """Saca un reporte de la vista pública o, si ya estaba oculto, lo devuelve."""
    reporte = permisos.en_trastienda_o_404(request.user, pk)
    if not permisos.atiende(request.user, reporte):
        raise PermissionDenied("Ocultar este reporte le toca a otra unidad o distrito.")
    if reporte.oculto:
        form, titulo = forms.Form(*enviado(request)), "Volver a mostrar"
    else:
        form, titulo = OcultarForm(*enviado(request)), "Ocultar"

    def hacer() -> str:
        if reporte.oculto:
            acciones.mostrar(reporte, actor=request.user)
            return "El reporte vuelve a verse."
        acciones.ocultar(reporte, actor=request.user, motivo=form.cleaned_data["motivo"])
        return "El reporte ya no se ve al público."

    return _atender(request, reporte, form, hacer, titulo)


def _calidad(form: MoverForm) -> str:
    return form.cleaned_data["unidad"] or form.reporte.unidad or CALIDAD


def _atender(
    request: HttpRequest, reporte: Reporte, form: forms.Form, hacer: Any, titulo: str, *, nada: str = ""
) -> HttpResponse:
    anotar_mirada(request.user, reporte, permisos.MIRADA)
    return atender(
        request, reporte, form, hacer, seccion="reporte", titulo=titulo, nada=nada,
        plantilla="reportes/trastienda/accion.html",
    )  # fmt: skip
