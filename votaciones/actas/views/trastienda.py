"""Trastienda de las actas: pasos de Planificación, observaciones y el reglamento de cada proceso."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada
from civic.comun.trastienda import atender, enviado
from civic.cuentas.roles import Rol
from votaciones.actas import acciones, permisos
from votaciones.actas.forms import MotivoForm, ResponderForm
from votaciones.actas.models import Acta, ObservacionDeActa
from votaciones.actas.reglas import vida

METODOS = ["GET", "HEAD", "POST"]


@con_rol(Rol.PLANIFICACION)
@require_http_methods(METODOS)
def pasar(request: HttpRequest, pk: int, hacia: str) -> HttpResponse:
    """Da un paso de la tabla sobre un acta: publicarla, observarla, validarla, aprobarla o anularla."""
    acta = permisos.en_trastienda_o_404(request.user, pk)
    if hacia not in vida.FICHAS:
        raise Http404("No hay ese estado.")
    form = MotivoForm(*enviado(request))
    form.fields["motivo"].required = vida.pide_motivo(acta.estado, hacia)
    posibles = permisos.pasos_de(request.user, acta)
    nada = "" if hacia in posibles else "Ahora no puedes dar ese paso con esta acta."

    def hacer() -> str:
        movida = acciones.mover_acta(acta, hacia=hacia, actor=request.user, motivo=form.cleaned_data["motivo"])
        return f"Ahora está «{movida.ficha.etiqueta}». {movida.ficha.sigue}"

    paso = vida.PASOS.get((vida.Estado(acta.estado), vida.Estado(hacia)))
    return _atender(request, acta, form, hacer, paso.verbo if paso and paso.verbo else "Pasar el acta", nada=nada)


@con_rol(Rol.PLANIFICACION)
@require_http_methods(METODOS)
def responder(request: HttpRequest, pk: int) -> HttpResponse:
    """Acepta o desestima una observación de la base, con su razón pública."""
    observacion = get_object_or_404(ObservacionDeActa, pk=pk)
    acta = permisos.en_trastienda_o_404(request.user, observacion.acta_id)
    form = ResponderForm(*enviado(request))

    def hacer() -> str:
        acciones.responder_observacion(observacion, actor=request.user, **form.cleaned_data)
        return "Respondida: se ve en la página del acta."

    nada = "" if observacion.estado == ObservacionDeActa.Estado.ABIERTA else "Esa observación ya tiene respuesta."
    return _atender(request, acta, form, hacer, "Responder la observación", nada=nada, observacion=observacion)


def _atender(
    request: HttpRequest, acta: Acta, form: forms.Form, hacer: Any, titulo: str, *, nada: str = "", **extra: Any
) -> HttpResponse:
    anotar_mirada(request.user, acta, permisos.MIRADA)
    return atender(
        request, acta, form, hacer, seccion="acta", titulo=titulo, nada=nada,
        plantilla="actas/trastienda/accion.html", **extra,
    )  # fmt: skip
