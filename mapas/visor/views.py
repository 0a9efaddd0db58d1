"""El mapa del municipio y sus capas."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.paginacion import pagina_de
from mapas.territorio.consultas import distrito_por_codigo, distritos
from mapas.territorio.models import Area
from mapas.visor.consultas import (
    AL_ENTRAR,
    CAPAS,
    PROPUESTAS,
    Seguidas,
    elementos_por_capa,
    en_palabras,
    geojson_de_capa,
)
from mapas.visor.forms import VistaForm
from propuestas.filtros import Filtros, filtros_de


def _distrito_o_404(request: HttpRequest) -> Area | None:
    valor = request.GET.get("distrito", "")
    distrito = distrito_por_codigo(valor) if valor else None
    if valor and distrito is None:
        raise Http404("Ese distrito no existe.")
    return distrito


def _filtros(request: HttpRequest, distrito: Area | None, distritos: Sequence[Area] | None = None) -> Filtros:
    """Los filtros de la lista de propuestas, que aquí valen solo para esa capa. El distrito puede venir por número."""
    datos = request.GET.copy()
    datos["distrito"] = distrito.codigo if distrito else ""
    return filtros_de(datos, distritos=distritos)


def _capas_pedidas(request: HttpRequest) -> list[str]:
    """Códigos de `?capas=`, juntos con comas (lo escribe el mapa) o repetidos (lo manda el formulario)."""
    if "capas" not in request.GET:
        return list(AL_ENTRAR)
    pedidas = {codigo for valor in request.GET.getlist("capas") for codigo in valor.split(",")}
    return [codigo for codigo in CAPAS if codigo in pedidas]


@publica
@require_safe
def mapa(request: HttpRequest) -> HttpResponse:
    """El mapa con sus capas y, al lado, lo mismo como lista."""
    distrito = _distrito_o_404(request)
    elegidas = _capas_pedidas(request)
    areas = list(distritos())
    filtros = _filtros(request, distrito, areas)
    por_capa = elementos_por_capa(areas, distrito, filtros.propuestas())
    pagina = pagina_de(request, Seguidas({codigo: por_capa[codigo] for codigo in elegidas}))
    elementos = [
        elemento
        for codigo in elegidas
        for elemento in en_palabras(codigo, [cosa for de, cosa in pagina if de == codigo])
    ]
    contexto = {
        "distrito": distrito,
        "distritos": areas,
        "capas": [(capa, codigo in elegidas, len(por_capa[codigo])) for codigo, capa in CAPAS.items()],
        "hay_disputa": any(area.en_disputa for codigo in ("distritos", "otbs") for area in por_capa[codigo]),
        "pagina": pagina,
        "elementos": elementos,
        "filtros": filtros,
        "sin_punto": por_capa[PROPUESTAS].sin_punto if PROPUESTAS in elegidas else 0,
    }
    return render(request, "visor/mapa.html", contexto)


@publica
@require_safe
def capa(request: HttpRequest, codigo: str) -> JsonResponse:
    """Los puntos de una capa en GeoJSON; si son muchos, agrupados para el acercamiento `z`."""
    if codigo not in CAPAS or not CAPAS[codigo].es_de_puntos:
        raise Http404("Esa capa no existe.")
    form = VistaForm(request.GET)
    if not form.is_valid():
        frase = "La vista se pide con z de 0 a 19 y caja=oeste,sur,este,norte en grados."
        return JsonResponse({"error": frase}, status=400, json_dumps_params={"ensure_ascii": False})
    distrito = _distrito_o_404(request)
    datos = geojson_de_capa(
        codigo,
        propuestas=_filtros(request, distrito).propuestas(),
        distrito=distrito,
        caja=form.cleaned_data["caja"],
        zoom=form.cleaned_data["z"],
    )
    respuesta = JsonResponse(datos, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})
    patch_cache_control(respuesta, public=True, max_age=60)
    return respuesta
