"""Preguntas al territorio: dónde está un punto, qué distritos y organizaciones hay, su GeoJSON."""

import bisect
import datetime
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone
from shapely.geometry import shape

from mapas.territorio.indice import DISTRITO, MUNICIPIO, OTB, Indice, Pieza
from mapas.territorio.models import Area, AreaQuerySet, Limite

# Aproximación para simplificar dibujos; las distancias que deciden algo usan reglas.metros_por_grado.
METROS_POR_GRADO = 111_320.0
TRAMOS_EN_MEMORIA = 4
ESTADOS_EN_MEMORIA = 2


@dataclass(frozen=True)
class Lugar:
    """Respuesta de `ubicar`: áreas del punto (o None) y la regla que decidió la más fina de las halladas.

    `motivos` dice por qué convendría que alguien revise el lugar (ver reglas y la cola de dudas).
    """

    municipio: Area | None
    distrito: Area | None
    otb: Area | None
    regla: str
    motivos: tuple[str, ...] = ()

    @property
    def en_disputa(self) -> bool:
        """Si alguna de las áreas halladas tiene el límite en disputa."""
        return any(area.en_disputa for area in (self.municipio, self.distrito, self.otb) if area)


# --- El territorio en memoria -----------------------------------------------------------------------------------------
Version = tuple[int, int]
"""(sello, tramo): cambia con cada cambio del territorio, y de un día a otro solo si ese día cambió un límite."""


class _Tramo:
    """El territorio mientras no cambia ningún límite: sus áreas en vigor y el índice que ubica puntos."""

    def __init__(self, dia: datetime.date) -> None:
        limites = Limite.objects.vigentes(dia).filter(area__in=Area.objects.vigentes(dia))
        self._geometrias = dict(limites.values_list("area_id", "geometria"))
        self.areas = {area.pk: area for area in Area.objects.vigentes(dia).select_related("padre", "municipio")}
        for area in self.areas.values():
            area.geometria = self._geometrias.get(area.pk)

    @cached_property
    def indice(self) -> Indice:
        por_tipo: dict[str, list[Pieza]] = {MUNICIPIO: [], DISTRITO: [], OTB: []}
        for area in self.areas.values():
            if area.tipo in por_tipo:
                por_tipo[area.tipo].append(self._pieza(area))
        return Indice(por_tipo)

    def _pieza(self, area: Area) -> Pieza:
        padre = self.areas.get(area.padre_id) if area.padre_id else None
        es_distrito = padre is not None and padre.tipo == Area.Tipo.DISTRITO
        return Pieza(
            clave=area.pk,
            codigo=area.codigo,
            forma=shape(area.geometria) if area.geometria else None,
            padre=area.padre_id if es_distrito else None,
            municipio=area.municipio_id,
            codigo_municipio=area.municipio.codigo if area.municipio else "",
        )

    def area(self, clave: int | None) -> Area | None:
        return self.areas.get(clave) if clave is not None else None


class _Estado:
    """El territorio como quedó tras un cambio: sus cortes y los tramos usados hace poco."""

    def __init__(self, sello: int) -> None:
        self.sello = sello
        self.cortes = _cortes()
        self.tramos: OrderedDict[int, _Tramo] = OrderedDict()
        self.candado = threading.RLock()

    def lugar_de(self, dia: datetime.date) -> int:
        return bisect.bisect_right(self.cortes, dia)

    def tramo(self, dia: datetime.date) -> _Tramo:
        lugar = self.lugar_de(dia)
        tramo = self.tramos.get(lugar)
        if tramo is None or len(self.tramos) > 1:
            with self.candado:
                tramo = self.tramos.get(lugar) or _Tramo(dia)
                self.tramos[lugar] = tramo
                self.tramos.move_to_end(lugar)
                while len(self.tramos) > TRAMOS_EN_MEMORIA:
                    self.tramos.popitem(last=False)
        return tramo


class _Memoria:
    """Los estados del territorio que este proceso recuerda: el confirmado y, si alguien lo está cambiando, el suyo."""

    def __init__(self) -> None:
        self.sello: int | None = None
        self.leido = float("-inf")
        self.estados: OrderedDict[int, _Estado] = OrderedDict()
        self.candado = threading.RLock()

    def estado(self) -> _Estado:
        sello = self._sello_al_dia()
        estado = self.estados.get(sello)
        if estado is None:
            with self.candado:
                estado = self.estados.get(sello) or _Estado(sello)
                self.estados[sello] = estado
                while len(self.estados) > ESTADOS_EN_MEMORIA:
                    self.estados.popitem(last=False)
        return estado

    def tramo(self, dia: datetime.date | None = None) -> _Tramo:
        return self.estado().tramo(dia or timezone.localdate())

    def _sello_al_dia(self) -> int:
        """El sello de la base, preguntado a lo sumo cada TERRITORIO_SEGUNDOS; dentro de una transacción, siempre.

        Los gatillos de la base lo cambian con cualquier escritura en áreas o límites, venga de donde venga. Lo que una
        transacción todavía no confirmó solo lo ve ella.
        """
        if connection.in_atomic_block:
            return _leer_sello()
        ahora = time.monotonic()
        sello = self.sello
        if sello is None or ahora - self.leido >= settings.TERRITORIO_SEGUNDOS:
            self.sello = sello = _leer_sello()
            self.leido = ahora
        return sello


def _leer_sello() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(valor), 0) FROM territorio_sello")
        return int(cursor.fetchone()[0])


def _cortes() -> list[datetime.date]:
    """Los días en que algo empieza o deja de valer, en orden: entre dos seguidos el territorio no cambia."""
    dias = {dia for par in Limite.objects.values_list("desde", "hasta").distinct() for dia in par}
    dias |= {dia for par in Area.objects.values_list("vigente_desde", "vigente_hasta").distinct() for dia in par}
    return sorted(dia for dia in dias if dia is not None)


_memoria = _Memoria()


def version_del_territorio(dia: datetime.date | None = None) -> Version:
    """Cambia con cada escritura en áreas o límites y, de un día a otro, solo si ese día cambió un límite."""
    estado = _memoria.estado()
    return estado.sello, estado.lugar_de(dia or timezone.localdate())


# --- Dónde está un punto ----------------------------------------------------------------------------------------------
def ubicar(lon: float, lat: float, dia: datetime.date | None = None) -> Lugar:
    """Municipio, distrito y OTB de un punto WGS84 según mapas/territorio/reglas.py, con los límites de `dia` (hoy)."""
    tramo = _memoria.tramo(dia)
    decision = tramo.indice.ubicar(lon, lat)
    return Lugar(
        municipio=tramo.area(decision.municipio),
        distrito=tramo.area(decision.distrito),
        otb=tramo.area(decision.otb),
        regla=decision.regla,
        motivos=decision.motivos,
    )


def ubicar_muchos(lons: Any, lats: Any, *, tipo: str = "otb", dia: datetime.date | None = None) -> Any:
    """El área de un tipo («municipio», «distrito» u «otb») de cada punto: arreglo de claves de Area, o -1.

    Es lo mismo que `ubicar` punto por punto, unas mil veces más rápido: un millón de puntos en medio segundo.
    """
    return _memoria.tramo(dia).indice.ubicar_muchos(lons, lats, tipo)


def contar_puntos(lons: Any, lats: Any, *, tipo: str = "otb", dia: datetime.date | None = None) -> Counter[str]:
    """Cuántos puntos contiene cada área, por código (sin ceros): las cuentas de `geopandas.sjoin(predicate="within")`.

    A diferencia de `ubicar_muchos`, un punto en un traslape cuenta en cada área que lo contiene. Si dos municipios usan
    el mismo código, sus claves son «municipio/código».
    """
    tramo = _memoria.tramo(dia)
    cuentas = [(tramo.areas[clave], cuenta) for clave, cuenta in tramo.indice.contar(lons, lats, tipo).items()]
    repetidos = Counter(area.codigo for area in tramo.areas.values() if area.tipo == tipo)
    return Counter(
        {
            area.codigo if repetidos[area.codigo] == 1 else f"{area.municipio.codigo}/{area.codigo}": cuenta
            for area, cuenta in cuentas
        }
    )


def distritos_de(puntos: Sequence[tuple[float, float]], dia: datetime.date | None = None) -> list[Area | None]:
    """El distrito de cada punto (lon, lat), en el mismo orden; None si no está en ninguno. Rápido para miles."""
    return _areas_de(puntos, DISTRITO, dia)


def otbs_de(puntos: Sequence[tuple[float, float]], dia: datetime.date | None = None) -> list[Area | None]:
    """La OTB de cada punto (lon, lat), en el mismo orden; None si no está en ninguna. Rápido para miles."""
    return _areas_de(puntos, OTB, dia)


def _areas_de(puntos: Sequence[tuple[float, float]], tipo: str, dia: datetime.date | None) -> list[Area | None]:
    if not len(puntos):
        return []
    lons, lats = np.asarray(puntos, dtype=float).T
    tramo = _memoria.tramo(dia)
    return [tramo.areas.get(clave) for clave in tramo.indice.ubicar_muchos(lons, lats, tipo).tolist()]


def candidatas(lon: float, lat: float, dia: datetime.date | None = None) -> list[Area]:
    """Todas las áreas que tocan el punto o están cerca: entre las que elige quien resuelve una duda."""
    tramo = _memoria.tramo(dia)
    return [tramo.areas[clave] for clave in tramo.indice.candidatas(lon, lat)]


def en_json(lugar: Lugar) -> dict[str, Any]:
    """El contrato público de «ubicar», el mismo en la dirección web y en la orden de consola.

    `en_disputa` solo está cuando un límite del lugar está en disputa.
    """
    municipio = {"codigo": lugar.municipio.codigo, "nombre": lugar.municipio.nombre} if lugar.municipio else None
    datos = {
        "municipio": municipio,
        "distrito": _area_en_json(lugar.distrito),
        "otb": _area_en_json(lugar.otb),
        "regla": lugar.regla,
    }
    return datos | {"en_disputa": True} if lugar.en_disputa else datos


def _area_en_json(area: Area | None) -> dict[str, Any] | None:
    return {"codigo": area.codigo, "nombre": area.nombre_completo, "id": area.pk} if area else None


def areas_con_poligono(tipo: str, dia: datetime.date | None = None) -> list[Area]:
    """Áreas de este municipio, de un tipo, con su polígono de ese día; de la memoria si el territorio no cambió."""
    areas = (area for area in _memoria.tramo(dia).areas.values() if area.tipo == tipo and area.geometria)
    suyas = [area for area in areas if (area.municipio or area).codigo == settings.MUNICIPIO]
    return sorted(suyas, key=lambda area: (area.orden, area.nombre, area.codigo))


def areas_del_municipio(*tipos: str, dia: datetime.date | None = None) -> list[Area]:
    """Áreas en vigor de este municipio, con la geometría de ese día ya puesta (None si no tienen), en orden."""
    areas = Area.objects.filter(tipo__in=tipos).de_este_municipio().vigentes(dia).select_related("padre")
    limites = dict(Limite.objects.vigentes(dia).filter(area__in=areas.values("pk")).values_list("area_id", "geometria"))
    lista = list(areas.order_by("orden", "nombre"))
    for area in lista:
        area.geometria = limites.get(area.pk)
    return lista


def otbs_con_solo_punto(dia: datetime.date | None = None) -> AreaQuerySet:
    """OTB vigentes sin área dibujada pero con un punto conocido."""
    return otbs(dia=dia).sin_poligono(dia).filter(lon__isnull=False).select_related("padre")


def municipio_actual() -> Area | None:
    """El municipio de este sitio (AYNI_MUNICIPIO)."""
    return Area.objects.municipios().filter(codigo=settings.MUNICIPIO).first()


def distritos(dia: datetime.date | None = None) -> AreaQuerySet:
    """Distritos del municipio en vigor ese día (hoy), en orden."""
    return Area.objects.distritos().de_este_municipio().vigentes(dia).order_by("orden", "nombre")


def distrito_de_otb(otb: Area) -> Area | None:
    """El distrito donde está registrada una OTB; None si no se sabe (no tiene padre, o es el municipio entero)."""
    return otb.padre if otb.padre is not None and otb.padre.tipo == Area.Tipo.DISTRITO else None


def distrito_por_codigo(valor: str, dia: datetime.date | None = None) -> Area | None:
    """El distrito que una dirección nombra por su código («D-3») o por su número («3»); None si no existe."""
    areas = distritos(dia)
    hallado = areas.filter(codigo=valor).first()
    # Más cifras que un número de distrito no caben en la columna.
    if hallado is None and valor.isascii() and valor.isdigit() and len(valor) <= 3:
        hallado = areas.filter(orden=int(valor)).exclude(orden=0).first()
    return hallado


def otbs(distrito: Area | None = None, dia: datetime.date | None = None) -> AreaQuerySet:
    """OTB y comunidades vigentes (de un distrito si se da), por nombre."""
    areas = Area.objects.otbs().de_este_municipio().vigentes(dia).order_by("padre__orden", "nombre")
    return areas.filter(padre=distrito) if distrito is not None else areas
