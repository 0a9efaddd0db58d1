"""Trastienda: mover de estado. Se llega desde la sección «Propuestas» de Wagtail; evaluar está en `evaluacion`."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada
from civic.comun.trastienda import atender as atender_en_trastienda
from civic.comun.trastienda import enviado
from civic.cuentas.roles import Cosa, roles_que
from propuestas import acciones, permisos
from propuestas.forms import MoverForm
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS

METODOS = ["GET", "HEAD", "POST"]
SIN_MOVIMIENTOS = "Desde este estado no hay ningún movimiento que te toque."
SIN_EVALUAR = "Solo se dictamina una propuesta «En evaluación». Pásala antes a ese estado."


@con_rol(*roles_que("A", Cosa.PROPUESTAS))
@require_http_methods(METODOS)
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; ofrece solo lo que permite el rol de quien mira."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    posibles = permisos.movimientos_posibles(request.user, propuesta)
    form = MoverForm(*enviado(request), posibles=posibles)

    def hacer() -> str:
        hacia = form.cleaned_data["hacia"]
        acciones.mover_propuesta(
            propuesta,
            hacia=hacia,
            actor=request.user,
            calidad=posibles[hacia],
            motivo=form.cleaned_data["motivo"],
            documentos=form.cleaned_data["documentos"],
        )
        return f"Ahora está «{FICHAS[hacia].etiqueta}»."

    return atender(request, propuesta, form, hacer, "Mover estado", nada="" if posibles else SIN_MOVIMIENTOS)


def atender(
    request: HttpRequest,
    propuesta: Propuesta,
    form: forms.Form,
    hacer: Any,
    titulo: str,
    *,
    nada: str,
    plantilla: str = "propuestas/trastienda/accion.html",
    **extra: Any,
) -> HttpResponse:
    """Una acción sobre una propuesta, en la trastienda; leer una que no es pública queda anotado."""
    if not permisos.es_publica(propuesta):
        anotar_mirada(request.user, propuesta, permisos.MIRADA)
    return atender_en_trastienda(
        request, propuesta, form, hacer, seccion="propuestas_admin", titulo=titulo, nada=nada, plantilla=plantilla,
        **extra,
    )  # fmt: skip
