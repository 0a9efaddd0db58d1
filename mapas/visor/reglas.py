"""Cómo se agrupan muchos puntos para que el mapa siga siendo usable. Funciones puras."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PUNTOS_SUELTOS = 25
# Así de cerca ya se distingue cada uno; si aun así son muchísimos, se siguen agrupando.
ZOOM_SIN_GRUPOS, PUNTOS_DE_CERCA = 18, 150
# Ninguna vista del mapa trae más marcas que estas: pesaría más de 100 kB en el teléfono.
MARCAS_MAXIMAS = 150
LADO_EN_PIXELES = 56
ZOOM_MINIMO, ZOOM_MAXIMO, ZOOM_INICIAL = 0, 19, 12
Punto = dict[str, Any]
Caja = tuple[float, float, float, float]
Celdas = Mapping[tuple[int, int], "Grupo"]


@dataclass(frozen=True)
class Grupo:
    """Varios puntos de una misma celda: cuántos son y su centro, en grados WGS84. `una`: cuál, si es uno solo."""

    lon: float
    lat: float
    cuantos: int
    una: int = 0


def sueltos_hasta(zoom: int) -> int:
    """Cuántos puntos se dibujan uno por uno a ese acercamiento."""
    return PUNTOS_DE_CERCA if zoom >= ZOOM_SIN_GRUPOS else PUNTOS_SUELTOS


def celda_en_grados(zoom: int, latitud: float) -> tuple[float, float]:
    """(ancho, alto) de una celda de LADO_EN_PIXELES. Una sola proporción para todas: el municipio es chico."""
    ancho = 360 / (256 * 2**zoom) * LADO_EN_PIXELES
    return ancho, ancho * max(0.2, math.cos(math.radians(latitud)))


def en_caja(puntos: Iterable[Punto], caja: Caja) -> list[Punto]:
    """Los puntos dentro de oeste, sur, este, norte (bordes incluidos)."""
    oeste, sur, este, norte = caja
    return [punto for punto in puntos if oeste <= punto["lon"] <= este and sur <= punto["lat"] <= norte]


def agrupar(puntos: Sequence[Punto], zoom: int) -> tuple[list[Punto], list[Grupo]]:
    """Puntos sueltos y grupos. Hasta `sueltos_hasta(zoom)` quedan sueltos; si son más, se juntan por celdas de la
    pantalla, más grandes si hacen falta para no pasar de MARCAS_MAXIMAS. Nadie se pierde: sueltos + suma de grupos =
    entrada."""
    if len(puntos) <= sueltos_hasta(zoom):
        return list(puntos), []
    ancho, alto = celda_en_grados(zoom, puntos[0]["lat"])
    por_celda: dict[tuple[int, int], list[int]] = {}
    for lugar, punto in enumerate(puntos):
        celda = math.floor(punto["lon"] / ancho), math.floor(punto["lat"] / alto)
        por_celda.setdefault(celda, []).append(lugar)
    celdas = {celda: _grupo([puntos[lugar] for lugar in lugares], lugares[0]) for celda, lugares in por_celda.items()}
    juntas = juntar_celdas(celdas)
    return [puntos[g.una] for g in juntas if g.cuantos == 1], [g for g in juntas if g.cuantos > 1]


def _grupo(puntos: Sequence[Punto], una: int) -> Grupo:
    cuantos = len(puntos)
    lon, lat = sum(punto["lon"] for punto in puntos) / cuantos, sum(punto["lat"] for punto in puntos) / cuantos
    return Grupo(lon, lat, cuantos, una)


def juntar_celdas(celdas: Celdas) -> list[Grupo]:
    """Los grupos, juntando de a cuatro celdas vecinas (un acercamiento menos) hasta que no pasen de MARCAS_MAXIMAS."""
    while len(celdas) > MARCAS_MAXIMAS:
        mayores: dict[tuple[int, int], Grupo] = {}
        for (columna, fila), grupo in celdas.items():
            clave = columna // 2, fila // 2
            mayores[clave] = _sumar(mayores[clave], grupo) if clave in mayores else grupo
        celdas = mayores
    return list(celdas.values())


def _sumar(uno: Grupo, otro: Grupo) -> Grupo:
    cuantos = uno.cuantos + otro.cuantos
    return Grupo(
        (uno.lon * uno.cuantos + otro.lon * otro.cuantos) / cuantos,
        (uno.lat * uno.cuantos + otro.lat * otro.cuantos) / cuantos,
        cuantos,
        uno.una,
    )
