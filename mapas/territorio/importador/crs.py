"""Sistemas de coordenadas: reconocer el del archivo, sin salir a buscarlo, y convertir a WGS84."""

import re
from typing import Any

import numpy as np
import pyproj
import pyproj.network
import shapely

from civic.comun.texto import limpiar
from mapas.territorio.importador.piezas import ArchivoInservible
from mapas.territorio.importador.topes import DECIMALES

pyproj.network.set_network_enabled(False)

WGS84 = "EPSG:4326"
SIN_CRS = (
    "El archivo no dice en qué sistema de coordenadas está. Vuelve a exportarlo con su sistema"
    " (en QGIS: Exportar → Guardar objetos como… → SRC), por ejemplo EPSG:32719 o EPSG:4326."
)
_EPSG = re.compile(
    r"^(?:EPSG::?|urn:(?:x-)?ogc:def:crs:EPSG:(?:[\d.]*:)?|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/)(\d{1,6})$",
    re.IGNORECASE,
)
_CRS84 = re.compile(
    r"^(?:urn:(?:x-)?ogc:def:crs:OGC:(?:[\d.]*:)?|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|OGC:)?CRS84$",
    re.IGNORECASE,
)


def por_nombre(nombre: str) -> pyproj.CRS:
    """El CRS de un nombre «EPSG:32719» o «urn:ogc:def:crs:…»; solo esos, que están en la tabla de esta máquina."""
    nombre = nombre.strip()
    if _CRS84.match(nombre):
        return pyproj.CRS.from_epsg(4326)
    hallado = _EPSG.match(nombre)
    if not hallado:
        raise ArchivoInservible(
            f"No reconocemos el sistema de coordenadas «{nombre[:60]}». Expórtalo en EPSG:4326 o en su zona UTM."
        )
    return por_epsg(int(hallado[1]))


def por_epsg(codigo: int) -> pyproj.CRS:
    try:
        return _servible(pyproj.CRS.from_epsg(codigo))
    except pyproj.exceptions.CRSError:
        raise ArchivoInservible(
            f"No existe el sistema de coordenadas EPSG:{codigo}. Expórtalo en EPSG:4326 o en su zona UTM."
        ) from None


def por_wkt(texto: str) -> pyproj.CRS:
    """El CRS de un .prj o de la tabla de un GeoPackage."""
    texto = texto.strip()
    if not texto or "undefined" in texto[:80].lower():
        raise ArchivoInservible(SIN_CRS)
    try:
        return _servible(pyproj.CRS.from_wkt(texto))
    except pyproj.exceptions.CRSError:
        raise ArchivoInservible(
            "No entendemos el sistema de coordenadas que trae el archivo. Expórtalo en EPSG:4326 o en su zona UTM."
        ) from None


def _servible(crs: pyproj.CRS) -> pyproj.CRS:
    if not (crs.is_geographic or crs.is_projected):
        raise ArchivoInservible(
            "El sistema de coordenadas del archivo no ubica lugares en un mapa. Expórtalo en EPSG:4326 o en su UTM."
        )
    return crs


def nombre_de(crs: pyproj.CRS) -> str:
    """«EPSG:32719» si se reconoce; si no, el nombre que trae, si lo trae."""
    autoridad = crs.to_authority(min_confidence=70)
    if autoridad:
        return ":".join(autoridad)
    nombre = limpiar(str(crs.name))
    return "propio, sin nombre" if nombre in ("", "unknown") else nombre[:80]


class AWgs84:
    """Lleva formas y puntos del sistema del archivo a grados WGS84 (longitud, latitud)."""

    def __init__(self, crs: pyproj.CRS) -> None:
        self.igual = nombre_de(crs) in (WGS84, "OGC:CRS84")
        self.paso = None if self.igual else pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)

    def formas(self, formas: Any) -> Any:
        if self.paso is None:
            return formas
        return shapely.set_coordinates(formas.copy(), self._mover(shapely.get_coordinates(formas)))

    def punto(self, x: float, y: float) -> list[float] | None:
        punto = self._mover(np.array([[x, y]])) if self.paso is not None else np.array([[x, y]])
        return [round(float(grado), 7) for grado in punto[0]] if np.isfinite(punto).all() else None

    def _mover(self, puntos: Any) -> Any:
        assert self.paso is not None  # noqa: S101 -- lo dice al verificador de tipos
        lon, lat = self.paso.transform(puntos[:, 0], puntos[:, 1])
        return np.round(np.column_stack([lon, lat]), DECIMALES)


class EnMetros:
    """Superficies y largos en metros: proyección de áreas iguales (Lambert azimutal) centrada en lo que se mide."""

    def __init__(self, caja: Any) -> None:
        lon, lat = (caja[0] + caja[2]) / 2, (caja[1] + caja[3]) / 2
        plano = pyproj.CRS.from_proj4(f"+proj=laea +lat_0={lat:.6f} +lon_0={lon:.6f} +datum=WGS84 +units=m")
        self.paso = pyproj.Transformer.from_crs(WGS84, plano, always_xy=True)

    def proyectar(self, formas: Any) -> Any:
        puntos = shapely.get_coordinates(formas)
        x, y = self.paso.transform(puntos[:, 0], puntos[:, 1])
        return shapely.set_coordinates(formas.copy(), np.column_stack([x, y]))
