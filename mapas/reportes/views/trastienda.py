"""Trastienda de los reportes: mover de estado, ocultar y volver a mostrar."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from mapas.reportes import acciones, permisos
from mapas.reportes.forms import MoverForm, OcultarForm
from mapas.reportes.models import Reporte

CALIDAD = "Atención ciudadana"


@con_rol(*permisos.RECIBEN)
@require_http_methods(["GET", "HEAD", "POST"])
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; ofrece solo lo que permite el rol de quien mira."""
    reporte = get_object_or_404(Reporte.objects.completos(), pk=pk)
    posibles = permisos.movimientos_de(request.user, reporte)
    datos = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MoverForm(*datos, reporte=reporte, opciones=posibles)
    if form.is_bound and form.is_valid():
        try:
            movido = acciones.mover_reporte(reporte, actor=request.user, calidad=_calidad(form), **form.argumentos())
        except ReglaIncumplida as error:
            _con_regla(form, error)
        else:
            return _hecho(request, reporte, f"Ahora está «{movido.ficha[0]}».")
    return _formulario(
        request, reporte, form, page_title="Mover estado", submit_button_label="Mover", posibles=posibles
    )


@con_rol(*permisos.RECIBEN)
@require_http_methods(["GET", "HEAD", "POST"])
def ocultar(request: HttpRequest, pk: int) -> HttpResponse:
    """Saca un reporte de la vista pública o, si ya estaba oculto, lo devuelve."""
    reporte = get_object_or_404(Reporte.objects.completos(), pk=pk)
    if reporte.oculto:
        form, titulo = forms.Form(request.POST if request.method == "POST" else None), "Volver a mostrar"
    else:
        form, titulo = OcultarForm(request.POST if request.method == "POST" else None), "Ocultar"
    if form.is_bound and form.is_valid():
        if reporte.oculto:
            acciones.mostrar(reporte, actor=request.user)
            return _hecho(request, reporte, "El reporte vuelve a verse.")
        acciones.ocultar(reporte, actor=request.user, motivo=form.cleaned_data["motivo"])
        return _hecho(request, reporte, "El reporte ya no se ve al público.")
    return _formulario(request, reporte, form, page_title=titulo, submit_button_label=titulo, posibles=[titulo])


def _calidad(form: MoverForm) -> str:
    return form.cleaned_data["unidad"] or form.reporte.unidad or CALIDAD


def _con_regla(form: forms.Form, error: ReglaIncumplida) -> None:
    form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)


def _hecho(request: HttpRequest, reporte: Reporte, texto: str) -> HttpResponse:
    messages.success(request, texto)
    return redirect("reporte:inspect", reporte.pk)


def _formulario(request: HttpRequest, reporte: Reporte, form: forms.Form, **textos: Any) -> HttpResponse:
    contexto = {
        "reporte": reporte,
        "form": form,
        "media": form.media,
        "header_icon": "warning",
        "page_subtitle": f"{textos['page_title']}: {reporte.codigo}",
        "header_title": f"{textos['page_title']}: {reporte.codigo}",
        "action_url": request.path,
        "submit_button_active_label": "Guardando…",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse("reporte:index"), "label": "Reportes"},
            {"url": reverse("reporte:inspect", args=[reporte.pk]), "label": reporte.codigo},
            {"url": "", "label": textos["page_title"]},
        ],
        **textos,
    }
    return render(request, "reportes/trastienda/accion.html", contexto, status=422 if form.is_bound else 200)
