"""Trastienda del padrón de una votación: publicarlo, leer los reclamos y resolverlos."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada, historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.cuentas.roles import Cosa, roles_que
from votaciones.models import Votacion
from votaciones.padron import acciones, consultas, permisos
from votaciones.padron.forms import PublicarForm, ResolverForm

METODOS = ["GET", "HEAD", "POST"]


def _votacion_o_404(pk: int) -> Votacion:
    return get_object_or_404(Votacion.objects.select_related("proceso").defer("libro"), pk=pk)


def _marco(votacion: Votacion, titulo: str, *, dentro: bool = True) -> dict[str, Any]:
    camino = [
        (reverse("votaciones_admin:index"), "Votaciones"),
        (reverse("votaciones_conducir", args=[votacion.pk]), votacion.nombre),
    ]
    if dentro:
        camino.append((reverse("padron_de_votacion", args=[votacion.pk]), "Padrón"))
    return {
        "votacion": votacion,
        "page_title": titulo,
        "header_title": f"{titulo}: {votacion.nombre}",
        "header_icon": "group",
        "breadcrumbs_items": [{"url": url, "label": rotulo} for url, rotulo in [*camino, ("", titulo)]],
    }


@con_rol(*roles_que("R", Cosa.VOTACIONES))
@require_safe
def padron_de_votacion(request: HttpRequest, pk: int) -> HttpResponse:
    """El padrón de una votación: cuántas personas, su plazo, sus reclamos y su historia."""
    votacion = _votacion_o_404(pk)
    padron = consultas.padron_o_nada(votacion)
    contexto = _marco(votacion, "Padrón", dentro=False) | {
        "padron": padron,
        "publica": votacion.estado == Votacion.Estado.PREPARADA and permisos.conduce(request.user),
        "conduce": permisos.conduce(request.user),
    }
    if padron is not None:
        anotar_mirada(request.user, padron, permisos.MIRADA)
        contexto |= {
            "totales": consultas.totales(padron),
            "cifras": consultas.cifras_de_reclamos(padron),
            "pagina": pagina_de(request, consultas.reclamos_de(padron)),
            "historia": historia(padron),
        }
    return render(request, "padron/trastienda/padron.html", contexto)


@con_rol(*roles_que("A", Cosa.VOTACIONES))
@require_http_methods(METODOS)
def publicar(request: HttpRequest, pk: int) -> HttpResponse:
    """Publica el padrón provisional o, si ya se publicó, lo publica de nuevo con la gente de hoy."""
    votacion = _votacion_o_404(pk)
    padron = consultas.padron_o_nada(votacion)
    de_nuevo = padron is not None
    form = PublicarForm(request.POST or None, de_nuevo=de_nuevo)
    nada = permisos.por_que_no_publica(votacion, padron, de_nuevo=de_nuevo)
    if request.method == "POST" and form.is_valid():
        try:
            acciones.publicar_padron(votacion, actor=request.user, de_nuevo=de_nuevo, **form.cleaned_data)
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
        else:
            messages.success(request, "El padrón provisional está publicado. Ya se puede reclamar.")
            return redirect("padron_de_votacion", pk=pk)
    titulo = "Publicar el padrón de nuevo" if de_nuevo else "Publicar el padrón"
    contexto = _marco(votacion, titulo) | {"form": form, "media": form.media, "nada": nada, "padron": padron}
    estado = 422 if request.method == "POST" else 200
    return render(request, "padron/trastienda/publicar.html", contexto, status=estado)


@con_rol(*roles_que("A", Cosa.VOTACIONES))
@require_http_methods(METODOS)
def resolver(request: HttpRequest, pk: int, reclamo: int) -> HttpResponse:
    """Un reclamo con lo que hace falta para decidir, y su decisión."""
    votacion = _votacion_o_404(pk)
    actual = permisos.reclamo_o_404(pk, reclamo)
    form = ResolverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acciones.resolver_reclamo(actual, actor=request.user, **form.cleaned_data)
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
        else:
            messages.success(request, "Reclamo resuelto. La razón se ve en la página del padrón.")
            return redirect("padron_de_votacion", pk=pk)
    anotar_mirada(request.user, actual, permisos.MIRADA)
    contexto = _marco(votacion, "Resolver un reclamo") | {
        "form": form,
        "media": form.media,
        "reclamo": actual,
        "nada": "Ese reclamo ya se resolvió."
        if actual.resuelto
        else permisos.por_que_no_resuelve(request.user, actual),
        "residencia": actual.persona.residencia_o_nada if actual.persona else None,
        "habilitaciones": consultas.habilitaciones_de(actual.padron, actual.persona) if actual.persona else [],
    }
    return render(request, "padron/trastienda/resolver.html", contexto, status=422 if request.method == "POST" else 200)


@hooks.register("register_admin_urls")
def urls_del_padron() -> list:
    return [
        path("votaciones/<int:pk>/padron/", padron_de_votacion, name="padron_de_votacion"),
        path("votaciones/<int:pk>/padron/publicar/", publicar, name="padron_publicar"),
        path("votaciones/<int:pk>/padron/reclamos/<int:reclamo>/", resolver, name="padron_resolver"),
    ]
