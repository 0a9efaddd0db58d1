"""Lo que muestra el mapa del municipio: capas de puntos y de áreas, y la misma cosa como lista."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from civic.cuentas.models import Organizacion
from mapas.obras.consultas import puntos_publicos as puntos_de_obras
from mapas.reportes.consultas import puntos_publicos as puntos_de_reportes
from mapas.territorio.consultas import distritos_de, otbs
from mapas.territorio.models import Area
from mapas.visor import reglas
from propuestas.consultas import puntos_publicos as puntos_de_propuestas


@dataclass(frozen=True)
class Capa:
    """Una capa del mapa. `puntos` es None en las que son áreas; `letra` es su signo además del color."""

    codigo: str
    nombre: str
    singular: str
    letra: str = ""
    puntos: Callable[[], list[dict[str, Any]]] | None = None


CAPAS = {
    capa.codigo: capa
    for capa in (
        Capa("propuestas", "Propuestas", "Propuesta", "P", puntos_de_propuestas),
        Capa("reportes", "Reportes", "Reporte", "R", puntos_de_reportes),
        Capa("obras", "Obras", "Obra", "O", puntos_de_obras),
        Capa("distritos", "Distritos", "Distrito"),
        Capa("otbs", "OTB", "OTB o comunidad"),
    )
}
AL_ENTRAR = ("propuestas", "reportes", "obras", "distritos")


@dataclass(frozen=True)
class Elemento:
    """Algo del mapa, dicho con palabras para la lista."""

    capa: Capa
    titulo: str
    url: str
    distrito: str
    clave: str = ""
    etiqueta: str = ""
    tono: str = ""
    lon: float | None = None
    lat: float | None = None
    en_disputa: bool = False


def puntos_por_capa(codigos: Iterable[str], distrito: Area | None = None) -> dict[str, list[dict[str, Any]]]:
    """Puntos públicos de esas capas con su `distrito` (nombre), solo los de un distrito si se da.

    El distrito sale del punto; los que caen fuera de todos los distritos llevan "".
    """
    sueltos = [(codigo, punto) for codigo in codigos for punto in _leer(codigo)]
    areas = distritos_de([(punto["lon"], punto["lat"]) for _, punto in sueltos])
    por_capa: dict[str, list[dict[str, Any]]] = {codigo: [] for codigo in codigos}
    for (codigo, punto), area in zip(sueltos, areas, strict=True):
        if distrito is None or area == distrito:
            por_capa[codigo].append(punto | {"distrito": area.nombre_completo if area else ""})
    return por_capa


def _leer(codigo: str) -> list[dict[str, Any]]:
    fuente = CAPAS[codigo].puntos
    return fuente() if fuente else []


def elementos_por_capa(distritos: Sequence[Area], distrito: Area | None = None) -> dict[str, Sequence[Any]]:
    """Todo lo que hay en cada capa, para contar y para listar (puntos como diccionarios, áreas como Area)."""
    de_puntos = [codigo for codigo, capa in CAPAS.items() if capa.puntos]
    return {
        **puntos_por_capa(de_puntos, distrito),
        "distritos": [area for area in distritos if distrito is None or area == distrito],
        "otbs": list(otbs(distrito).select_related("padre")),
    }


def en_palabras(codigo: str, cosas: Sequence[Any]) -> list[Elemento]:
    """Los elementos de una capa listos para la lista."""
    capa = CAPAS[codigo]
    if capa.puntos:
        return [
            Elemento(
                *(capa, punto["titulo"], punto["url"], punto["distrito"], f"{codigo}-{punto['id']}"),
                *(punto["etiqueta"], punto["tono"], punto["lon"], punto["lat"]),
            )
            for punto in cosas
        ]
    if codigo == "distritos":
        mapa = reverse("visor:mapa")
        return [
            Elemento(capa, area.nombre_completo, f"{mapa}?distrito={area.codigo}", "", en_disputa=area.en_disputa)
            for area in cosas
        ]
    fichas = dict(
        Organizacion.objects.visibles().filter(area__in=[area.pk for area in cosas]).values_list("area_id", "slug")
    )
    return [
        Elemento(
            *(capa, area.nombre_completo, _ficha_de(fichas.get(area.pk)), str(area.padre or "")),
            lon=area.lon,
            lat=area.lat,
            en_disputa=area.en_disputa,
        )
        for area in cosas
    ]


def _ficha_de(slug: str | None) -> str:
    return reverse("organizaciones:organizacion", args=[slug]) if slug else ""


def geojson_de_capa(
    codigo: str, *, distrito: Area | None, caja: tuple[float, float, float, float] | None, zoom: int
) -> dict[str, Any]:
    """FeatureCollection de una capa de puntos. `agrupada` dice si hay que volver a pedirla al mover el mapa."""
    puntos = puntos_por_capa([codigo], distrito)[codigo]
    total = len(puntos)
    if caja is not None:
        puntos = reglas.en_caja(puntos, caja)
    sueltos, grupos = reglas.agrupar(puntos, zoom)
    rasgos = [_rasgo(punto["lon"], punto["lat"], _propiedades(codigo, punto)) for punto in sueltos]
    rasgos += [_rasgo(grupo.lon, grupo.lat, {"cuantos": grupo.cuantos}) for grupo in grupos]
    return {
        "type": "FeatureCollection",
        "total": total,
        "agrupada": total > reglas.PUNTOS_SUELTOS,
        "features": rasgos,
    }


def _propiedades(codigo: str, punto: dict[str, Any]) -> dict[str, Any]:
    claves = ("titulo", "etiqueta", "tono", "categoria", "estado", "url", "distrito")
    return {"clave": f"{codigo}-{punto['id']}"} | {clave: punto[clave] for clave in claves}


def _rasgo(lon: float, lat: float, propiedades: dict[str, Any]) -> dict[str, Any]:
    geometria = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}
