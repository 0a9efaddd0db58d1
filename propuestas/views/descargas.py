"""Llevarse las propuestas públicas: archivos, novedades, tarjeta para compartir, hoja y cartelera para imprimir."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.descargas import descargar
from civic.comun.imprenta import PAPELES
from propuestas import consultas_uniones, exportes, hojas, novedades, permisos
from propuestas import tarjeta as dibujos
from propuestas.filtros import filtros_de
from propuestas.models import Propuesta


@publica
@require_safe
def archivo(request: HttpRequest, formato: str) -> HttpResponseBase:
    """Todas las que muestran los filtros de la dirección, en CSV, XLSX o GeoJSON."""
    if formato not in exportes.FORMATOS:
        raise Http404("Se descarga en CSV, XLSX o GeoJSON.")
    trozos = exportes.FORMATOS[formato](filtros_de(request.GET).propuestas())
    return descargar(request, trozos, nombre=f"propuestas-{timezone.localdate():%Y-%m-%d}", formato=formato)


@publica
@require_safe
def columnas(request: HttpRequest) -> HttpResponse:
    """Qué trae cada columna de los archivos y de qué otras formas se siguen las propuestas."""
    contexto = {"columnas": exportes.COLUMNAS, "filtros": filtros_de(request.GET), "atribucion": exportes.ATRIBUCION}
    return render(request, "propuestas/datos.html", contexto)


@publica
@require_safe
def ultimas(request: HttpRequest, formato: str) -> HttpResponse:
    """Las más nuevas en RSS o Atom."""
    if formato not in novedades.FORMATOS:
        raise Http404("Las novedades están en RSS y en Atom.")
    respuesta = novedades.FORMATOS[formato]()(request)
    patch_cache_control(respuesta, public=True, max_age=300)
    return respuesta


# --- Para compartir y para imprimir ----------------------------------------------------------------------------------
@publica
@require_safe
def tarjeta(request: HttpRequest, pk: int) -> HttpResponse:
    """La imagen que muestran WhatsApp o Facebook al compartir una propuesta pública."""
    propuesta = _publica_o_404(request, pk)
    if propuesta.unida_a_id is not None:
        return redirect("propuestas:tarjeta", consultas_uniones.donde_sigue(propuesta).pk)
    imagen = dibujos.tarjeta(propuesta)
    respuesta = HttpResponse(imagen, content_type="image/png")
    patch_cache_control(respuesta, public=True, max_age=86400)
    return respuesta


@publica
@require_safe
def hoja(request: HttpRequest, pk: int) -> HttpResponse:
    """Una propuesta en una hoja con su QR, en A4 o en oficio (`?papel=oficio`)."""
    propuesta = _publica_o_404(request, pk)
    if propuesta.unida_a_id is not None:
        destino = reverse("propuestas:hoja", args=[consultas_uniones.donde_sigue(propuesta).pk])
        return redirect(f"{destino}?papel={_papel(request)}")
    return _pdf(hojas.hoja(propuesta, _papel(request)), f"propuesta-{propuesta.codigo}")


@publica
@require_safe
def cartelera(request: HttpRequest) -> HttpResponse:
    """Las propuestas de un distrito (o de lo que se filtre) para pegar en la sede."""
    filtros = filtros_de(request.GET)
    filas = filtros.propuestas()
    elegidas = filas.select_related("distrito", "otb").defer("busqueda", "descripcion")[: hojas.EN_CARTELERA]
    direccion = settings.URL_PUBLICA + reverse("propuestas:lista") + filtros.direccion
    cuerpo = hojas.cartelera(
        list(elegidas), total=filas.count(), lugar=filtros.en_palabras, direccion=direccion, papel=_papel(request)
    )
    return _pdf(cuerpo, f"cartelera-{filtros.distrito.lower() or 'municipio'}")


def _publica_o_404(request: HttpRequest, pk: int) -> Propuesta:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if not permisos.es_publica(propuesta):
        raise Http404("Todavía no es pública.")
    return propuesta


def _papel(request: HttpRequest) -> str:
    papel = request.GET.get("papel", "")
    return papel if papel in PAPELES else "a4"


def _pdf(cuerpo: bytes, nombre: str) -> HttpResponse:
    respuesta = HttpResponse(cuerpo, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{slugify(nombre)}.pdf"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta
