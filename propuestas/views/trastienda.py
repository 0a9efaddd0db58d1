"""Trastienda: mover de estado y dictaminar. Se llega desde la sección «Propuestas» de Wagtail."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos
from propuestas.forms import DictamenForm, MoverForm
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS, Estado


@con_rol(Rol.GESTION_COMUNIDAD, Rol.PLANIFICACION, Rol.TECNICO_EVALUADOR)
@require_http_methods(["GET", "HEAD", "POST"])
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; ofrece solo lo que permite el rol de quien mira."""
    propuesta = permisos.en_trastienda_o_404(pk)
    posibles = permisos.movimientos_posibles(request.user, propuesta)
    form = MoverForm(request.POST if request.method == "POST" else None, posibles=posibles)
    if form.is_bound and form.is_valid():
        hacia = form.cleaned_data["hacia"]
        try:
            acciones.mover_propuesta(
                propuesta,
                hacia=hacia,
                actor=request.user,
                calidad=posibles[hacia],
                motivo=form.cleaned_data["motivo"],
            )
        except ReglaIncumplida as error:
            _con_regla(form, error)
        else:
            return _hecho(request, propuesta, f"Ahora está «{FICHAS[hacia].etiqueta}».")
    textos = {"page_title": "Mover estado", "submit_button_label": "Mover", "nada": not posibles}
    return _formulario(request, propuesta, form, **textos)


@con_rol(Rol.PLANIFICACION, Rol.TECNICO_EVALUADOR)
@require_http_methods(["GET", "HEAD", "POST"])
def dictaminar(request: HttpRequest, pk: int) -> HttpResponse:
    """Escribe el dictamen de una propuesta en evaluación."""
    propuesta = permisos.en_trastienda_o_404(pk)
    if razon := permisos.por_que_no_evalua(request.user, propuesta):
        raise PermissionDenied(razon)
    inicial = {"monto_tecnico": propuesta.monto_tecnico}
    form = DictamenForm(request.POST if request.method == "POST" else None, initial=inicial)
    if form.is_bound and form.is_valid():
        try:
            dictamen = acciones.dictaminar(propuesta, actor=request.user, **form.cleaned_data)
        except ReglaIncumplida as error:
            _con_regla(form, error)
        else:
            return _hecho(request, propuesta, f"Dictamen publicado: {dictamen.ficha.etiqueta}.")
    en_evaluacion = propuesta.estado == Estado.EN_EVALUACION
    textos = {"page_title": "Dictaminar", "submit_button_label": "Publicar el dictamen", "nada": not en_evaluacion}
    return _formulario(request, propuesta, form, **textos)


def _con_regla(form: forms.Form, error: ReglaIncumplida) -> None:
    form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)


def _hecho(request: HttpRequest, propuesta: Propuesta, texto: str) -> HttpResponse:
    messages.success(request, texto)
    return redirect("propuestas_admin:inspect", propuesta.pk)


def _formulario(request: HttpRequest, propuesta: Propuesta, form: forms.Form, **textos: Any) -> HttpResponse:
    contexto = {
        "propuesta": propuesta,
        "form": form,
        "media": form.media,
        "header_icon": "clipboard-list",
        "page_subtitle": propuesta.titulo,
        "header_title": f"{textos['page_title']}: {propuesta.titulo}",
        "action_url": request.path,
        "submit_button_active_label": "Guardando…",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse("propuestas_admin:index"), "label": "Propuestas"},
            {"url": reverse("propuestas_admin:inspect", args=[propuesta.pk]), "label": propuesta.titulo},
            {"url": "", "label": textos["page_title"]},
        ],
        **textos,
    }
    estado = 422 if form.is_bound else 200
    return render(request, "propuestas/trastienda/accion.html", contexto, status=estado)
