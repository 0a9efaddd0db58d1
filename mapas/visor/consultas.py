"""Lo que muestra el mapa del municipio: capas de puntos y de áreas, y la misma cosa como lista."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from civic.cuentas.models import Organizacion
from mapas.obras.consultas import puntos_publicos as puntos_de_obras
from mapas.reportes.consultas import puntos_publicos as puntos_de_reportes
from mapas.territorio.consultas import distritos_de, otbs
from mapas.territorio.models import Area
from mapas.visor import propuestas as de_propuestas
from mapas.visor import reglas
from propuestas.models import PropuestaQuerySet


@dataclass(frozen=True)
class Capa:
    """Una capa del mapa; `letra` es su signo además del color. Las de puntos traen los suyos con `puntos`, salvo las
    propuestas, que pueden ser miles y las agrupa la base; las que son áreas no tienen letra."""

    codigo: str
    nombre: str
    singular: str
    letra: str = ""
    puntos: Callable[[], list[dict[str, Any]]] | None = None

    @property
    def es_de_puntos(self) -> bool:
        return bool(self.letra)


PROPUESTAS = "propuestas"
CAPAS = {
    capa.codigo: capa
    for capa in (
        Capa(PROPUESTAS, "Propuestas", "Propuesta", "P"),
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


def elementos_por_capa(
    distritos: Sequence[Area], distrito: Area | None, propuestas: PropuestaQuerySet
) -> dict[str, Any]:
    """Todo lo que hay en cada capa, para contar y para listar (puntos como diccionarios, áreas como Area).

    `propuestas` son las que piden los filtros de la dirección; solo se leen las de la página que se mira.
    """
    de_puntos = [codigo for codigo, capa in CAPAS.items() if capa.puntos]
    return {
        PROPUESTAS: de_propuestas.EnLista(propuestas),
        **puntos_por_capa(de_puntos, distrito),
        "distritos": [area for area in distritos if distrito is None or area == distrito],
        "otbs": list(otbs(distrito).select_related("padre")),
    }


class Seguidas:
    """Las cosas de varias capas, una capa detrás de otra, como una sola secuencia de (código, cosa)."""

    def __init__(self, capas: Mapping[str, Any]) -> None:
        self._capas = capas

    def __len__(self) -> int:
        return sum(map(len, self._capas.values()))

    def __getitem__(self, tramo: slice) -> list[tuple[str, Any]]:
        desde, hasta, _ = tramo.indices(len(self))
        elegidas: list[tuple[str, Any]] = []
        for codigo, cosas in self._capas.items():
            largo = len(cosas)
            if desde < largo and hasta > 0:
                elegidas += [(codigo, cosa) for cosa in cosas[max(desde, 0) : min(hasta, largo)]]
            desde, hasta = desde - largo, hasta - largo
        return elegidas


def en_palabras(codigo: str, cosas: Sequence[Any]) -> list[Elemento]:
    """Los elementos de una capa listos para la lista."""
    capa = CAPAS[codigo]
    if capa.es_de_puntos:
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
    codigo: str, *, propuestas: PropuestaQuerySet, distrito: Area | None, caja: reglas.Caja | None, zoom: int
) -> dict[str, Any]:
    """FeatureCollection de una capa de puntos. `agrupada` dice si hay que volver a pedirla al mover el mapa."""
    if codigo == PROPUESTAS:
        total, sueltos, grupos = de_propuestas.en_el_mapa(propuestas, caja, zoom)
    else:
        puntos = puntos_por_capa([codigo], distrito)[codigo]
        total = len(puntos)
        sueltos, grupos = reglas.agrupar(puntos if caja is None else reglas.en_caja(puntos, caja), zoom)
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
