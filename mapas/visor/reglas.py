"""Cómo se agrupan muchos puntos para que el mapa siga siendo usable. Funciones puras."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

PUNTOS_SUELTOS = 25
# Así de cerca ya se distingue cada uno; si aun así son muchísimos, se siguen agrupando.
ZOOM_SIN_GRUPOS, PUNTOS_DE_CERCA = 18, 500
LADO_EN_PIXELES = 56
ZOOM_MINIMO, ZOOM_MAXIMO, ZOOM_INICIAL = 0, 19, 12
Punto = dict[str, Any]


@dataclass(frozen=True)
class Grupo:
    """Varios puntos de una misma celda: cuántos son y su centro, en grados WGS84."""

    lon: float
    lat: float
    cuantos: int


def en_caja(puntos: Iterable[Punto], caja: tuple[float, float, float, float]) -> list[Punto]:
    """Los puntos dentro de oeste, sur, este, norte (bordes incluidos)."""
    oeste, sur, este, norte = caja
    return [punto for punto in puntos if oeste <= punto["lon"] <= este and sur <= punto["lat"] <= norte]


def agrupar(puntos: Sequence[Punto], zoom: int) -> tuple[list[Punto], list[Grupo]]:
    """Puntos sueltos y grupos. Hasta PUNTOS_SUELTOS (o PUNTOS_DE_CERCA, bien de cerca) quedan sueltos; si son más,
    se juntan por celdas de LADO_EN_PIXELES en la pantalla. Nadie se pierde: sueltos + suma de grupos = entrada."""
    if len(puntos) <= (PUNTOS_DE_CERCA if zoom >= ZOOM_SIN_GRUPOS else PUNTOS_SUELTOS):
        return list(puntos), []
    lado = 360 / (256 * 2**zoom) * LADO_EN_PIXELES
    # Una sola proporción norte-sur para todas las celdas: el municipio es chico.
    alto = lado * max(0.2, math.cos(math.radians(puntos[0]["lat"])))
    celdas: dict[tuple[int, int], list[Punto]] = {}
    for punto in puntos:
        celdas.setdefault((math.floor(punto["lon"] / lado), math.floor(punto["lat"] / alto)), []).append(punto)
    sueltos = [celda[0] for celda in celdas.values() if len(celda) == 1]
    grupos = [
        Grupo(
            sum(punto["lon"] for punto in celda) / len(celda),
            sum(punto["lat"] for punto in celda) / len(celda),
            len(celda),
        )
        for celda in celdas.values()
        if len(celda) > 1
    ]
    return sueltos, grupos
