"""Trastienda: mover de estado y dictaminar. Se llega desde la sección «Propuestas» de Wagtail."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol, mirar
from civic.comun.trastienda import atender, enviado
from civic.cuentas.roles import Cosa, roles_que
from propuestas import acciones, permisos
from propuestas.forms import DictamenForm, MoverForm
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS, Estado

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
            propuesta, hacia=hacia, actor=request.user, calidad=posibles[hacia], motivo=form.cleaned_data["motivo"]
        )
        return f"Ahora está «{FICHAS[hacia].etiqueta}»."

    return _atender(request, propuesta, form, hacer, "Mover estado", nada="" if posibles else SIN_MOVIMIENTOS)


@con_rol(*roles_que("C", Cosa.VIABILIDAD))
@require_http_methods(METODOS)
def dictaminar(request: HttpRequest, pk: int) -> HttpResponse:
    """Escribe el dictamen de una propuesta en evaluación."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    if razon := permisos.por_que_no_evalua(request.user, propuesta):
        raise PermissionDenied(razon)
    form = DictamenForm(*enviado(request), initial={"monto_tecnico": propuesta.monto_tecnico})

    def hacer() -> str:
        dictamen = acciones.dictaminar(propuesta, actor=request.user, **form.cleaned_data)
        return f"Dictamen publicado: {dictamen.ficha.etiqueta}."

    nada = "" if propuesta.estado == Estado.EN_EVALUACION else SIN_EVALUAR
    return _atender(request, propuesta, form, hacer, "Publicar el dictamen", nada=nada)


def _atender(
    request: HttpRequest, propuesta: Propuesta, form: forms.Form, hacer: Any, titulo: str, *, nada: str
) -> HttpResponse:
    if not permisos.es_publica(propuesta):
        mirar(request.user, propuesta, permisos.MIRADA)
    return atender(
        request, propuesta, form, hacer, seccion="propuestas_admin", titulo=titulo, nada=nada,
        plantilla="propuestas/trastienda/accion.html",
    )  # fmt: skip
