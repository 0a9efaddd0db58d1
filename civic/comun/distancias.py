"""Distancias a escala de barrio, sin proyectar: error menor al 1 %."""

import math

_METROS_POR_GRADO = 111_320.0


def caja(lon: float, lat: float, metros: float) -> tuple[float, float, float, float]:
    """(oeste, sur, este, norte) en grados de la caja que contiene el círculo de `metros` alrededor del punto."""
    alto = metros / _METROS_POR_GRADO
    ancho = alto / max(0.01, math.cos(math.radians(lat)))
    return lon - ancho, lat - alto, lon + ancho, lat + alto


def metros_entre(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Distancia en metros, plana."""
    este_oeste = (lon_b - lon_a) * math.cos(math.radians((lat_a + lat_b) / 2))
    return math.hypot(este_oeste, lat_b - lat_a) * _METROS_POR_GRADO
