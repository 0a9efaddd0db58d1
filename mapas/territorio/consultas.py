"""Preguntas al territorio: dónde está un punto, qué distritos y organizaciones hay, su GeoJSON."""

import datetime
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone
from shapely.geometry import shape

from mapas.territorio import reglas
from mapas.territorio.models import Area, AreaQuerySet, Limite

METROS_POR_GRADO = 111_320.0


@dataclass(frozen=True)
class Lugar:
    """Respuesta de `ubicar`: áreas del punto (o None) y la regla que decidió el distrito."""

    municipio: Area | None
    distrito: Area | None
    otb: Area | None
    regla: str


class _Nivel:
    """Índice espacial de las áreas de un tipo, en memoria."""

    def __init__(self, areas: list[Area]) -> None:
        self.areas = areas
        self.por_codigo = {area.codigo: area for area in areas}
        self.formas = [shape(area.geometria) for area in areas]
        shapely.prepare(self.formas)
        self.arbol = shapely.STRtree(self.formas)

    def buscar(self, punto: shapely.Point, *, cercania: bool = True) -> tuple[Area | None, str]:
        if not self.areas:
            return None, reglas.NINGUNO
        # «intersects» incluye el borde; dentro del todo solo si contiene al punto.
        indices = self.arbol.query(punto, predicate="intersects")
        tocan = [
            reglas.Candidata(
                self.areas[indice].codigo,
                self.formas[indice].area,
                en_borde=not shapely.contains_properly(self.formas[indice], punto),
            )
            for indice in indices
        ]
        cerca = []
        if not tocan and cercania:
            grados = reglas.METROS_DE_CERCANIA / METROS_POR_GRADO / max(0.2, math.cos(math.radians(punto.y)))
            for indice in self.arbol.query(punto.buffer(grados)):
                cerca.append(
                    reglas.Candidata(self.areas[indice].codigo, 0.0, metros=_metros(punto, self.formas[indice]))
                )
        codigo, regla = reglas.elegir(tocan, cerca)
        return (self.por_codigo[codigo] if codigo else None), regla

    def buscar_varios(self, puntos: Sequence[shapely.Point]) -> list[Area | None]:
        """Lo mismo que `buscar` para muchos puntos: los casos llanos de una vez, los dudosos de a uno."""
        if not self.areas or not len(puntos):
            return [None] * len(puntos)
        halladas: dict[int, list[int]] = {}
        for punto, area in zip(*self.arbol.query(puntos, predicate="intersects"), strict=True):
            halladas.setdefault(int(punto), []).append(int(area))
        return [
            self.areas[halladas[indice][0]] if len(halladas.get(indice, ())) == 1 else self.buscar(punto)[0]
            for indice, punto in enumerate(puntos)
        ]


def _metros(punto: shapely.Point, forma: shapely.Geometry) -> float:
    """Distancia aproximada en metros (error < 1 % a esta escala)."""
    cercano = shapely.shortest_line(punto, forma).coords[1]
    este_oeste = (cercano[0] - punto.x) * math.cos(math.radians(punto.y))
    return math.hypot(este_oeste, cercano[1] - punto.y) * METROS_POR_GRADO


Version = tuple[int, datetime.datetime | None, datetime.date]


def version_del_territorio() -> Version:
    """Cambia cuando se agrega, quita o edita un área, y cada día (las áreas tienen fechas de vigencia)."""
    cuenta = Area.objects.aggregate(cuantas=Count("pk"), ultima=Max("cambiada"))
    return cuenta["cuantas"], cuenta["ultima"], timezone.localdate()


class _Indice:
    """Índices por tipo; se rehacen cuando cambia el territorio."""

    def __init__(self) -> None:
        self.version: Version | None = None
        self.niveles: dict[str, _Nivel] = {}
        self.candado = threading.Lock()

    def niveles_al_dia(self) -> dict[str, _Nivel]:
        version = version_del_territorio()
        if version != self.version:
            with self.candado:
                if version != self.version:
                    self.niveles = {tipo: _Nivel(_con_su_limite(tipo)) for tipo in Area.Tipo.values}
                    self.version = version
        return self.niveles


def _con_su_limite(tipo: str) -> list[Area]:
    """Áreas en vigor de un tipo, con la geometría de su límite en vigor ya puesta."""
    limites = Limite.objects.vigentes().filter(area__in=Area.objects.filter(tipo=tipo).vigentes())
    areas = []
    for limite in limites.select_related("area__padre", "area__municipio").order_by("area__orden", "area__nombre"):
        limite.area.geometria = limite.geometria
        areas.append(limite.area)
    return areas


_indice = _Indice()


def ubicar(lon: float, lat: float) -> Lugar:
    """Municipio, distrito y OTB de un punto WGS84 según mapas/territorio/reglas.py.

    `regla` es la que decidió el distrito; la OTB se busca solo dentro del distrito hallado.
    """
    niveles = _indice.niveles_al_dia()
    punto = shapely.Point(lon, lat)
    municipio, _ = niveles[Area.Tipo.MUNICIPIO].buscar(punto)
    distrito, regla = niveles[Area.Tipo.DISTRITO].buscar(punto)
    otb, _ = niveles[Area.Tipo.OTB].buscar(punto)
    if otb is not None and distrito is not None and otb.padre_id != distrito.pk:
        otb = None
    return Lugar(municipio, distrito, otb, regla)


def en_json(lugar: Lugar) -> dict[str, Any]:
    """El contrato público de «ubicar», el mismo en la dirección web y en la orden de consola."""
    municipio = {"codigo": lugar.municipio.codigo, "nombre": lugar.municipio.nombre} if lugar.municipio else None
    return {
        "municipio": municipio,
        "distrito": _area_en_json(lugar.distrito),
        "otb": _area_en_json(lugar.otb),
        "regla": lugar.regla,
    }


def _area_en_json(area: Area | None) -> dict[str, Any] | None:
    return {"codigo": area.codigo, "nombre": area.nombre_completo, "id": area.pk} if area else None


def distritos_de(puntos: Sequence[tuple[float, float]]) -> list[Area | None]:
    """El distrito de cada punto (lon, lat), en el mismo orden; None fuera del municipio. Rápido para miles."""
    return _indice.niveles_al_dia()[Area.Tipo.DISTRITO].buscar_varios(shapely.points(puntos) if puntos else ())


def areas_con_poligono(tipo: str) -> list[Area]:
    """Áreas de este municipio, de un tipo, con su polígono de hoy; de la memoria si el territorio no cambió."""
    areas = _indice.niveles_al_dia()[tipo].areas
    return [area for area in areas if (area.municipio or area).codigo == settings.MUNICIPIO]


def areas_del_municipio(*tipos: str, dia: datetime.date | None = None) -> list[Area]:
    """Áreas en vigor de este municipio, con la geometría de ese día ya puesta (None si no tienen), en orden."""
    areas = Area.objects.filter(tipo__in=tipos).de_este_municipio().vigentes(dia).select_related("padre")
    limites = dict(Limite.objects.vigentes(dia).filter(area__in=areas.values("pk")).values_list("area_id", "geometria"))
    lista = list(areas.order_by("orden", "nombre"))
    for area in lista:
        area.geometria = limites.get(area.pk)
    return lista


def otbs_con_solo_punto() -> AreaQuerySet:
    """OTB vigentes sin área dibujada pero con un punto conocido."""
    return otbs().sin_poligono().filter(lon__isnull=False).select_related("padre")


def municipio_actual() -> Area | None:
    """El municipio de este sitio (AYNI_MUNICIPIO)."""
    return Area.objects.municipios().filter(codigo=settings.MUNICIPIO).first()


def distritos() -> AreaQuerySet:
    """Distritos vigentes del municipio, en orden."""
    return Area.objects.distritos().de_este_municipio().vigentes().order_by("orden", "nombre")


def distrito_por_codigo(valor: str) -> Area | None:
    """El distrito que una dirección nombra por su código («D-3») o por su número («3»); None si no existe."""
    areas = distritos()
    hallado = areas.filter(codigo=valor).first()
    # Más cifras que un número de distrito no caben en la columna.
    if hallado is None and valor.isascii() and valor.isdigit() and len(valor) <= 3:
        hallado = areas.filter(orden=int(valor)).exclude(orden=0).first()
    return hallado


def otbs(distrito: Area | None = None) -> AreaQuerySet:
    """OTB y comunidades vigentes (de un distrito si se da), por nombre."""
    areas = Area.objects.otbs().de_este_municipio().vigentes().order_by("padre__orden", "nombre")
    return areas.filter(padre=distrito) if distrito is not None else areas
