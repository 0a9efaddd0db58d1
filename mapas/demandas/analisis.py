"""Qué pide cada lugar: demandas (propuestas y reportes) agregadas por distrito y por OTB con GeoPandas. Sin Django.

Dónde cuenta cada demanda, en este orden:
1. Distrito: el polígono que contiene su punto (con las mismas reglas de borde, traslape y cercanía de
   mapas/territorio/reglas.py); si no tiene punto o cae fuera de todos, el distrito que declaró.
2. OTB: la que declaró, si es de ese distrito y no tiene polígono (el punto no puede desmentir un área que nadie
   dibujó); si no, el polígono de ese distrito que contiene el punto; si no, la que declaró.
3. Lo que queda sin distrito o sin OTB cuenta en la fila «sin ubicación»: nada se pierde y las sumas son exactas.

El dinero viaja en centavos enteros: los decimales binarios no suman exacto.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from mapas.territorio.reglas import METROS_DE_CERCANIA

WGS84 = "EPSG:4326"
SIN_UBICACION = ""


@dataclass(frozen=True)
class Demanda:
    """Una propuesta o un reporte abierto. `lon` y `lat` en grados WGS84; `distrito` y `otb`, códigos declarados."""

    clase: Literal["propuesta", "reporte"]
    categoria: str
    distrito: str | None = None
    otb: str | None = None
    lon: float | None = None
    lat: float | None = None
    centavos: int = 0
    apoyos: int = 0


@dataclass(frozen=True)
class Lugar:
    """Un distrito u OTB. `geometria` es GeoJSON WGS84 o None; `padre`, el código de su distrito."""

    codigo: str
    padre: str | None = None
    geometria: dict[str, Any] | None = None


@dataclass
class Suma:
    """Lo que se pide en un lugar. `categorias`: código -> (propuestas, centavos, reportes), de más a menos."""

    codigo: str
    propuestas: int = 0
    centavos: int = 0
    apoyos: int = 0
    reportes: int = 0
    categorias: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def principal(self) -> str:
        """La categoría con más demandas ("" si no hay ninguna)."""
        return next(iter(self.categorias), "")


@dataclass(frozen=True)
class Agregado:
    """Sumas de todos los lugares, en el orden en que se dieron, y al final la fila «sin ubicación»."""

    distritos: list[Suma]
    otbs: list[Suma]
    total: Suma


class SumasQueNoCuadran(Exception):
    """Se perdió o se duplicó una demanda: nunca debe pasar y nunca debe publicarse."""


def agregar(demandas: Sequence[Demanda], distritos: Sequence[Lugar], otbs: Sequence[Lugar]) -> Agregado:
    """Reparte las demandas entre distritos y OTB y las suma; comprueba que cada total sea el de la entrada."""
    tabla = pd.DataFrame(
        [vars(demanda) for demanda in demandas],
        columns=["clase", "categoria", "distrito", "otb", "lon", "lat", "centavos", "apoyos"],
    )
    puntos = gpd.GeoSeries(
        [
            shapely.Point(demanda.lon, demanda.lat)
            if demanda.lon is not None and demanda.lat is not None
            else shapely.Point()
            for demanda in demandas
        ],
        crs=WGS84,
    )
    tabla["en_distrito"] = _distrito_de_cada_una(tabla, puntos, distritos)
    tabla["en_otb"] = _otb_de_cada_una(tabla, puntos, otbs)
    total = _sumar(tabla, SIN_UBICACION)
    resultado = Agregado(
        _por_lugar(tabla, "en_distrito", distritos),
        _por_lugar(tabla, "en_otb", otbs),
        total,
    )
    for filas in (resultado.distritos, resultado.otbs):
        _comprobar(filas, total)
    return resultado


def _distrito_de_cada_una(tabla: pd.DataFrame, puntos: gpd.GeoSeries, distritos: Sequence[Lugar]) -> list[str]:
    del_punto = _localizar(puntos, distritos)
    conocidos = {lugar.codigo for lugar in distritos}
    return [
        codigo or (declarado if declarado in conocidos else SIN_UBICACION)
        for codigo, declarado in zip(del_punto, tabla["distrito"], strict=True)
    ]


def _otb_de_cada_una(tabla: pd.DataFrame, puntos: gpd.GeoSeries, otbs: Sequence[Lugar]) -> list[str]:
    del_punto = _localizar(puntos, otbs)
    por_codigo = {lugar.codigo: lugar for lugar in otbs}
    elegidas = []
    for codigo, declarada, distrito in zip(del_punto, tabla["otb"], tabla["en_distrito"], strict=True):
        suya = por_codigo.get(declarada) if declarada else None
        if suya is not None and suya.padre != distrito:
            suya = None
        hallada = por_codigo.get(codigo)
        if hallada is not None and hallada.padre != distrito:
            hallada = None
        if suya is not None and (suya.geometria is None or hallada is None):
            elegidas.append(suya.codigo)
        else:
            elegidas.append(hallada.codigo if hallada is not None else SIN_UBICACION)
    return elegidas


def _localizar(puntos: gpd.GeoSeries, lugares: Sequence[Lugar]) -> list[str]:
    """Código del lugar de cada punto, o "" si no cae en ninguno ni a METROS_DE_CERCANIA."""
    codigos = [""] * len(puntos)
    con_area = [lugar for lugar in lugares if lugar.geometria]
    validos = puntos[~puntos.is_empty]
    if not con_area or validos.empty:
        return codigos
    areas = gpd.GeoDataFrame(
        {"codigo": [lugar.codigo for lugar in con_area]},
        geometry=[shapely.geometry.shape(lugar.geometria) for lugar in con_area],
        crs=WGS84,
    )
    cruce = gpd.sjoin(gpd.GeoDataFrame(geometry=validos), areas, predicate="intersects")
    formas = areas.geometry.to_numpy()[cruce["index_right"].to_numpy()]
    interior = shapely.contains_properly(formas, cruce.geometry.to_numpy())
    # Gana un interior sobre un borde; entre interiores, el área más chica; entre bordes, solo el código.
    cruce = cruce.assign(borde=~interior, superficie=np.where(interior, shapely.area(formas), 0.0))
    primeras = cruce.sort_values(["borde", "superficie", "codigo"]).groupby(level=0)["codigo"].first()
    for indice, codigo in primeras.items():
        codigos[int(indice)] = codigo  # type: ignore[call-overload]
    sueltos = validos[~validos.index.isin(primeras.index)]
    for indice, codigo in _mas_cercanas(sueltos, areas):
        codigos[indice] = codigo
    return codigos


def _mas_cercanas(puntos: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> Iterable[tuple[int, str]]:
    if puntos.empty:
        return []
    metrica = areas.estimate_utm_crs()
    cerca = gpd.sjoin_nearest(
        gpd.GeoDataFrame(geometry=puntos).to_crs(metrica),
        areas.to_crs(metrica),
        max_distance=METROS_DE_CERCANIA,
        distance_col="metros",
    )
    primeras = cerca.sort_values(["metros", "codigo"]).groupby(level=0)["codigo"].first()
    return [(int(indice), codigo) for indice, codigo in primeras.items()]  # type: ignore[call-overload]


def _por_lugar(tabla: pd.DataFrame, columna: str, lugares: Sequence[Lugar]) -> list[Suma]:
    grupos = dict(iter(tabla.groupby(columna))) if len(tabla) else {}
    codigos = [*(lugar.codigo for lugar in lugares), SIN_UBICACION]
    return [_sumar(grupos[codigo], codigo) if codigo in grupos else Suma(codigo) for codigo in codigos]


def _sumar(grupo: pd.DataFrame, codigo: str) -> Suma:
    if grupo.empty:
        return Suma(codigo)
    es_propuesta = grupo["clase"] == "propuesta"
    categorias = {
        str(categoria): (
            int((parte["clase"] == "propuesta").sum()),
            int(parte["centavos"].sum()),
            int((parte["clase"] == "reporte").sum()),
        )
        for categoria, parte in grupo.groupby("categoria")
    }
    # Primero la de más demandas; a igual número, la de más dinero; después, por código.
    en_orden = sorted(categorias.items(), key=lambda par: (-(par[1][0] + par[1][2]), -par[1][1], par[0]))
    return Suma(
        codigo=codigo,
        propuestas=int(es_propuesta.sum()),
        centavos=int(grupo["centavos"].sum()),
        apoyos=int(grupo["apoyos"].sum()),
        reportes=int((~es_propuesta).sum()),
        categorias=dict(en_orden),
    )


def _comprobar(filas: Sequence[Suma], total: Suma) -> None:
    for dato in ("propuestas", "centavos", "apoyos", "reportes"):
        suma = sum(getattr(fila, dato) for fila in filas)
        if suma != getattr(total, dato):
            raise SumasQueNoCuadran(f"{dato}: las filas suman {suma} y la entrada {getattr(total, dato)}")
