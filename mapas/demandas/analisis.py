"""Qué pide cada lugar: demandas (propuestas y reportes) agregadas por distrito y por OTB. Sin Django.

Dónde cuenta cada demanda, en este orden:
1. Donde una persona decidió, si su lugar estuvo en duda y se resolvió (`decidida`).
2. Distrito: el del punto (con las reglas de mapas/territorio/reglas.py); si no tiene punto o cae fuera de todos, el
   distrito que declaró.
3. OTB: la que declaró, si es de ese distrito y no tiene polígono (el punto no puede desmentir un área que nadie
   dibujó); si no, la del punto; si no, la que declaró.
4. Lo que queda sin distrito o sin OTB cuenta en la fila «sin ubicación»: nada se pierde y las sumas son exactas.

El dinero viaja en centavos enteros: los decimales binarios no suman exacto.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from shapely.geometry import shape

from mapas.territorio.indice import DISTRITO, NADA, OTB, Indice, Pieza

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
    decidida: bool = False


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
        columns=["clase", "categoria", "distrito", "otb", "lon", "lat", "centavos", "apoyos", "decidida"],
    )
    en_distrito, en_otb = _localizar(tabla, distritos, otbs)
    tabla["en_distrito"] = _distrito_de_cada_una(tabla, en_distrito, distritos)
    tabla["en_otb"] = _otb_de_cada_una(tabla, en_otb, otbs)
    total = _sumar(tabla, SIN_UBICACION)
    resultado = Agregado(
        _por_lugar(tabla, "en_distrito", distritos),
        _por_lugar(tabla, "en_otb", otbs),
        total,
    )
    for filas in (resultado.distritos, resultado.otbs):
        _comprobar(filas, total)
    return resultado


def _localizar(tabla: pd.DataFrame, distritos: Sequence[Lugar], otbs: Sequence[Lugar]) -> tuple[list[str], list[str]]:
    """Código del distrito y de la OTB del punto de cada fila ("" si no tiene punto, no cae en ninguna o no importa)."""
    lugares = [*distritos, *otbs]
    clave_de = {lugar.codigo: clave for clave, lugar in enumerate(distritos)}
    piezas = [
        Pieza(
            clave,
            lugar.codigo,
            shape(lugar.geometria) if lugar.geometria else None,
            clave_de.get(lugar.padre) if lugar.padre else None,
            0,
        )
        for clave, lugar in enumerate(lugares)
    ]
    indice = Indice({DISTRITO: piezas[: len(distritos)], OTB: piezas[len(distritos) :]})
    lons, lats = tabla["lon"].to_numpy(dtype=float), tabla["lat"].to_numpy(dtype=float)
    con_punto = np.flatnonzero(~(np.isnan(lons) | np.isnan(lats) | tabla["decidida"].to_numpy(dtype=bool)))
    codigos = np.array([*(lugar.codigo for lugar in lugares), SIN_UBICACION], dtype=object)
    hallados = []
    for tipo in (DISTRITO, OTB):
        claves = np.full(len(tabla), NADA)
        claves[con_punto] = indice.ubicar_muchos(lons[con_punto], lats[con_punto], tipo)
        hallados.append(codigos[claves].tolist())  # NADA es -1: el último, sin ubicación
    return hallados[0], hallados[1]


def _distrito_de_cada_una(tabla: pd.DataFrame, del_punto: list[str], distritos: Sequence[Lugar]) -> list[str]:
    conocidos = {lugar.codigo for lugar in distritos}
    return [
        codigo or (declarado if declarado in conocidos else SIN_UBICACION)
        for codigo, declarado in zip(del_punto, tabla["distrito"], strict=True)
    ]


def _otb_de_cada_una(tabla: pd.DataFrame, del_punto: list[str], otbs: Sequence[Lugar]) -> list[str]:
    por_codigo = {lugar.codigo: lugar for lugar in otbs}
    elegidas = []
    for codigo, declarada, distrito in zip(del_punto, tabla["otb"], tabla["en_distrito"], strict=True):
        suya = por_codigo.get(declarada) if declarada else None
        if suya is not None and suya.padre is not None and suya.padre != distrito:
            suya = None
        hallada = por_codigo.get(codigo)
        if suya is not None and (suya.geometria is None or hallada is None):
            elegidas.append(suya.codigo)
        else:
            elegidas.append(hallada.codigo if hallada is not None else SIN_UBICACION)
    return elegidas


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
