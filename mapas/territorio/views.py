"""Direcciones del territorio: dónde está un punto y las áreas para dibujar."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from mapas.territorio.consultas import en_json, ubicar
from mapas.territorio.dibujo import geojson_de
from mapas.territorio.forms import FechaForm, PuntoForm
from mapas.territorio.models import Area

PUNTO_MALO = "Escribe la longitud y la latitud en grados con punto, por ejemplo lon=-66.28 y lat=-17.39."
FECHA_MALA = "Escribe la fecha como año-mes-día, por ejemplo fecha=2025-12-31."


def _pedido_malo(frase: str) -> JsonResponse:
    return JsonResponse({"error": frase}, status=400, json_dumps_params={"ensure_ascii": False})


@publica
@require_safe
def ubicar_punto(request: HttpRequest) -> JsonResponse:
    """Municipio, distrito y OTB de `?lon=&lat=[&fecha=]`; 400 con una frase si no son grados o no es una fecha."""
    form = PuntoForm(request.GET)
    if not form.is_valid():
        return _pedido_malo(FECHA_MALA if set(form.errors) == {"fecha"} else PUNTO_MALO)
    lugar = ubicar(form.cleaned_data["lon"], form.cleaned_data["lat"], form.cleaned_data["fecha"])
    return JsonResponse(en_json(lugar), json_dumps_params={"ensure_ascii": False})


@publica
@require_safe
def distritos_geojson(request: HttpRequest) -> HttpResponse:
    return _geojson(request, Area.Tipo.DISTRITO)


@publica
@require_safe
def otbs_geojson(request: HttpRequest) -> HttpResponse:
    return _geojson(request, Area.Tipo.OTB)


def _geojson(request: HttpRequest, tipo: str) -> HttpResponse:
    """Las áreas de un tipo con los límites de `?fecha=` (hoy); 304 si el navegador ya las tiene."""
    form = FechaForm(request.GET)
    if not form.is_valid():
        return _pedido_malo(FECHA_MALA)
    archivo = geojson_de(tipo, form.cleaned_data["fecha"])
    etiqueta = quote_etag(archivo.huella)
    respuesta = HttpResponse(archivo.cuerpo, content_type="application/geo+json", headers={"ETag": etiqueta})
    patch_cache_control(respuesta, public=True, max_age=600)
    return get_conditional_response(request, etag=etiqueta, response=respuesta) or respuesta
