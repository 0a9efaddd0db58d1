"""Leer GeoJSON con `json` y nada más: ni GDAL ni un analizador de geometrías ven lo que alguien subió."""

import json
import re
from typing import Any

import numpy as np
import shapely

from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.piezas import ArchivoInservible, Capa, Rasgo

# Un texto sin cerrar llega hasta el final (`\Z`): si no, cada comilla volvería a recorrer el archivo entero.
_MARCAS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
NO_ES_GEOJSON = "El archivo no es un GeoJSON. Sube un FeatureCollection con los polígonos y sus campos."
FUERA_DE_GRADOS = (
    "sus coordenadas no son grados (longitud de -180 a 180, latitud de -90 a 90): quizá están en metros y falta decir"
    " el sistema"
)


def leer(datos: bytes) -> Capa:
    _revisar_por_fuera(datos)
    try:
        raiz = json.loads(datos.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ArchivoInservible("El GeoJSON no está en UTF-8. Vuelve a exportarlo con esa codificación.") from None
    except RecursionError:
        raise ArchivoInservible(_ANIDADO) from None
    except ValueError as error:
        lugar = f" (línea {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ArchivoInservible(f"El GeoJSON está mal escrito{lugar}. Vuelve a exportarlo.") from None
    if not isinstance(raiz, dict):
        raise ArchivoInservible(NO_ES_GEOJSON)
    crs = _crs(raiz)
    rasgos = [leer_rasgo(indice, rasgo) for indice, rasgo in enumerate(_rasgos(raiz))]
    if "crs" not in raiz:
        _exigir_grados(rasgos)
    return Capa(rasgos, crs, "GeoJSON")


_ANIDADO = "El GeoJSON tiene demasiados niveles unos dentro de otros. No es un archivo de límites: expórtalo de nuevo."


def _revisar_por_fuera(datos: bytes) -> None:
    """Lo que se puede negar sin entender el archivo: otro formato, demasiados vértices, demasiada profundidad."""
    inicio = datos[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if inicio.startswith(b"<"):
        raise ArchivoInservible("Dice ser GeoJSON pero por dentro es XML (VRT, GML o KML). Expórtalo de nuevo.")
    if not inicio.startswith(b"{"):
        raise ArchivoInservible(NO_ES_GEOJSON)
    # Cada vértice es una lista: contarlas es cien veces más rápido que leerlas.
    if datos.count(b"[") > topes.VERTICES * 1.2 + 10_000:
        raise ArchivoInservible(_MUCHOS)
    hondo = 0
    for marca in _MARCAS.finditer(datos):
        letra = datos[marca.start()]
        if letra in b"[{":
            hondo += 1
            if hondo > topes.PROFUNDIDAD:
                raise ArchivoInservible(_ANIDADO)
        elif letra in b"]}":
            hondo -= 1


_MUCHOS = f"El archivo tiene más de {topes.VERTICES // 1000}.000 vértices. Simplifícalo o súbelo por partes."


def _rasgos(raiz: dict[str, Any]) -> list[Any]:
    rasgos = [raiz] if raiz.get("type") == "Feature" else raiz.get("features")
    if raiz.get("type") not in ("Feature", "FeatureCollection") or not isinstance(rasgos, list):
        raise ArchivoInservible(NO_ES_GEOJSON)
    return rasgos


def _crs(raiz: dict[str, Any]) -> Any:
    """Sin `crs`, WGS84 (RFC 7946). Un `crs` de clase «link» pediría salir a la red: se niega."""
    if "crs" not in raiz:
        return sistemas.por_epsg(4326)
    crs = raiz["crs"]
    if crs is None:
        raise ArchivoInservible(sistemas.SIN_CRS)
    propiedades = crs.get("properties") if isinstance(crs, dict) else None
    if not isinstance(propiedades, dict) or crs.get("type") not in ("name", "EPSG"):
        raise ArchivoInservible(
            "El sistema de coordenadas del GeoJSON apunta a otro lugar. Expórtalo en EPSG:4326, con el sistema escrito."
        )
    if crs["type"] == "EPSG":
        return sistemas.por_nombre(f"EPSG:{propiedades.get('code')}")
    return sistemas.por_nombre(str(propiedades.get("name") or ""))


def _exigir_grados(rasgos: list[Rasgo]) -> None:
    """Un GeoJSON sin `crs` con todo en metros no dice dónde está: se niega entero y con su razón."""
    con_forma = [rasgo for rasgo in rasgos if rasgo.forma is not None]
    fuera = [rasgo for rasgo in con_forma if not en_grados(rasgo.forma)]
    if fuera and len(fuera) == len(con_forma) and np.abs(shapely.total_bounds([r.forma for r in fuera])).max() > 1_000:
        raise ArchivoInservible(
            "El GeoJSON no dice en qué sistema está y sus coordenadas no son grados: parecen metros."
            " Expórtalo en EPSG:4326 (WGS84) o con su sistema escrito."
        )


def en_grados(forma: shapely.Geometry) -> bool:
    oeste, sur, este, norte = shapely.bounds(forma)
    return bool(oeste >= -180 and este <= 180 and sur >= -90 and norte <= 90)


def leer_rasgo(indice: int, dato: Any) -> Rasgo:
    if not isinstance(dato, dict) or dato.get("type") != "Feature":
        return Rasgo(indice, {}, falla="no es un rasgo (Feature) de GeoJSON")
    propiedades = dato.get("properties")
    rasgo = Rasgo(indice, propiedades if isinstance(propiedades, dict) else {})
    try:
        rasgo.forma = leer_forma(dato.get("geometry"))
    except FormaInservible as error:
        rasgo.falla = str(error)
    return rasgo


NO_SE_ENTIENDE = "su geometría no se entiende"


class FormaInservible(Exception):
    """La geometría no se puede armar; el texto completa la frase «se rechaza porque…»."""


def leer_forma(dato: Any) -> shapely.Geometry:
    """Polígono o multipolígono de un objeto `geometry`; lanza FormaInservible con la razón."""
    if dato is None:
        raise FormaInservible("no tiene polígono")
    clase = dato.get("type") if isinstance(dato, dict) else None
    if clase not in ("Polygon", "MultiPolygon"):
        raise FormaInservible(f"no es un polígono ({clase[:30]})" if isinstance(clase, str) else NO_SE_ENTIENDE)
    poligonos = dato.get("coordinates")
    if clase == "Polygon":
        poligonos = [poligonos]
    if not isinstance(poligonos, list) or not all(isinstance(anillos, list) for anillos in poligonos):
        raise FormaInservible(NO_SE_ENTIENDE)
    poligonos = [anillos for anillos in poligonos if anillos]
    if not poligonos:
        raise FormaInservible("su polígono está vacío")
    anillos_sueltos = (anillo for anillos in poligonos for anillo in anillos if isinstance(anillo, list))
    if sum(map(len, anillos_sueltos)) > topes.VERTICES_POR_RASGO:
        raise FormaInservible(MUCHOS_VERTICES)
    partes = [_poligono([_anillo(anillo) for anillo in anillos]) for anillos in poligonos]
    return partes[0] if clase == "Polygon" else shapely.multipolygons(partes)


MUCHOS_VERTICES = f"tiene más de {topes.VERTICES_POR_RASGO // 1000}.000 vértices: simplifícalo"


def _anillo(dato: Any) -> Any:
    """Anillo como arreglo n×2; la altura y la medida, si vienen, se dejan."""
    if not isinstance(dato, list) or not all(isinstance(punto, list) and len(punto) >= 2 for punto in dato):
        raise FormaInservible(NO_SE_ENTIENDE)
    if not dato:
        raise FormaInservible("su polígono está vacío")
    # `true` en medio de números se volvería un 1 sin decirlo.
    if not {type(numero) for punto in dato for numero in punto[:2]} <= {int, float}:
        raise FormaInservible("sus coordenadas no son números")
    try:
        return np.array([punto[:2] for punto in dato], dtype=float)
    except OverflowError:
        raise FormaInservible("sus coordenadas no son números") from None


def _poligono(anillos: list[Any]) -> shapely.Geometry:
    return armar_poligono(anillos[0], anillos[1:])


def armar_poligono(contorno: Any, huecos: list[Any]) -> shapely.Geometry:
    """Polígono con sus huecos; revisa cada anillo antes de que GEOS lo cierre o lo complete por su cuenta."""
    for anillo in (contorno, *huecos):
        if not np.isfinite(anillo).all():
            raise FormaInservible("tiene coordenadas que no son números (NaN o infinito)")
        if len(anillo) < 4:
            raise FormaInservible("tiene un borde con menos de cuatro puntos")
        if (anillo[0] != anillo[-1]).any():
            raise FormaInservible("tiene un borde que no se cierra: el último punto debe repetir el primero")
    return shapely.polygons(shapely.linearrings(contorno), [shapely.linearrings(hueco) for hueco in huecos] or None)
