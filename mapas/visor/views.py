"""El mapa del municipio y sus capas."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.paginacion import pagina_de
from mapas.territorio.consultas import distrito_por_codigo, distritos
from mapas.territorio.models import Area
from mapas.visor.consultas import AL_ENTRAR, CAPAS, elementos_por_capa, en_palabras, geojson_de_capa
from mapas.visor.forms import VistaForm


def _distrito_o_404(request: HttpRequest) -> Area | None:
    valor = request.GET.get("distrito", "")
    distrito = distrito_por_codigo(valor) if valor else None
    if valor and distrito is None:
        raise Http404("Ese distrito no existe.")
    return distrito


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
    por_capa = elementos_por_capa(areas, distrito)
    cosas = [(codigo, cosa) for codigo in elegidas for cosa in por_capa[codigo]]
    pagina = pagina_de(request, cosas)  # type: ignore[arg-type]
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
    }
    return render(request, "visor/mapa.html", contexto)


@publica
@require_safe
def capa(request: HttpRequest, codigo: str) -> JsonResponse:
    """Los puntos de una capa en GeoJSON; si son muchos, agrupados para el acercamiento `z`."""
    if codigo not in CAPAS or CAPAS[codigo].puntos is None:
        raise Http404("Esa capa no existe.")
    form = VistaForm(request.GET)
    if not form.is_valid():
        frase = "La vista se pide con z de 0 a 19 y caja=oeste,sur,este,norte en grados."
        return JsonResponse({"error": frase}, status=400, json_dumps_params={"ensure_ascii": False})
    datos = geojson_de_capa(
        codigo, distrito=_distrito_o_404(request), caja=form.cleaned_data["caja"], zoom=form.cleaned_data["z"]
    )
    respuesta = JsonResponse(datos, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})
    patch_cache_control(respuesta, public=True, max_age=60)
    return respuesta
