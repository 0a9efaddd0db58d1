"""Preguntas al territorio: dónde está un punto, qué distritos y organizaciones hay, su GeoJSON."""

import math
import threading
from dataclasses import dataclass
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Count, Max
from shapely.geometry import shape

from mapas.territorio import reglas
from mapas.territorio.models import Area, AreaQuerySet

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


def _metros(punto: shapely.Point, forma: shapely.Geometry) -> float:
    """Distancia aproximada en metros (error < 1 % a esta escala)."""
    cercano = shapely.shortest_line(punto, forma).coords[1]
    este_oeste = (cercano[0] - punto.x) * math.cos(math.radians(punto.y))
    return math.hypot(este_oeste, cercano[1] - punto.y) * METROS_POR_GRADO


class _Indice:
    """Índices por tipo; se rehacen cuando cambia el territorio."""

    def __init__(self) -> None:
        self.version: Any = None
        self.niveles: dict[str, _Nivel] = {}
        self.candado = threading.Lock()

    def niveles_al_dia(self) -> dict[str, _Nivel]:
        version = Area.objects.aggregate(cuantas=Count("pk"), ultima=Max("cambiada"))
        if version != self.version:
            with self.candado:
                if version != self.version:
                    areas = Area.objects.vigentes().con_poligono()
                    self.niveles = {
                        tipo: _Nivel([area for area in areas if area.tipo == tipo])
                        for tipo in (Area.Tipo.MUNICIPIO, Area.Tipo.DISTRITO, Area.Tipo.OTB)
                    }
                    self.version = version
        return self.niveles


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


def municipio_actual() -> Area | None:
    """El municipio de este sitio (AYNI_MUNICIPIO)."""
    return Area.objects.municipios().sin_poligono_cargado().filter(codigo=settings.MUNICIPIO).first()


def distritos() -> AreaQuerySet:
    """Distritos vigentes del municipio, en orden, sin sus polígonos."""
    return Area.objects.distritos().vigentes().sin_poligono_cargado().order_by("orden", "nombre")


def otbs(distrito: Area | None = None) -> AreaQuerySet:
    """OTB y comunidades vigentes (de un distrito si se da), por nombre, sin sus polígonos."""
    areas = Area.objects.otbs().vigentes().sin_poligono_cargado().order_by("padre__orden", "nombre")
    return areas.filter(padre=distrito) if distrito is not None else areas
