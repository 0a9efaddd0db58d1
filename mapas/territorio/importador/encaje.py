"""Cómo encajan las áreas aceptadas unas con otras, y los dibujos que lo muestran en la página."""

from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.filas import POLIGONALES, Fila
from mapas.territorio.importador.formas import punto_de
from mapas.territorio.importador.geojson import en_grados
from mapas.territorio.importador.piezas import ArchivoInservible


def es_astilla(m2: float, perimetro: float) -> bool:
    """Más angosta que ANCHO_DE_ASTILLA metros en promedio."""
    return perimetro > 0 and 2 * m2 / perimetro < topes.ANCHO_DE_ASTILLA


def traslapes_de(filas: list[Fila], formas: Any, metros: sistemas.EnMetros) -> list[dict[str, Any]]:
    """Pares de áreas que comparten superficie, de mayor a menor. Con un índice espacial: nunca todos contra todos."""
    if len(filas) < 2:
        return []
    a, b = shapely.STRtree(formas).query(formas, predicate="intersects")
    a, b = a[a < b], b[a < b]
    if len(a) > topes.PARES_POR_MEDIR:
        raise ArchivoInservible(
            "Casi todas las áreas del archivo están unas encima de otras. Revisa que cada una esté una sola vez."
        )
    comunes = shapely.intersection(formas[a], formas[b])
    return [
        {"a": filas[a[lugar]].codigo, "b": filas[b[lugar]].codigo, **medida}
        for lugar, medida in _medidas(comunes, metros)
    ]


def huecos_de(formas: Any, referencia: shapely.Geometry | None, metros: sistemas.EnMetros) -> list[dict[str, Any]]:
    """Lo que nadie cubre: rodeado de áreas («entre_areas») o entre ellas y el límite del municipio («borde»)."""
    if not len(formas):
        return []
    union = shapely.union_all(formas)
    anillos = [anillo for parte in shapely.get_parts(union) for anillo in parte.interiors]
    entre = np.array([shapely.Polygon(anillo) for anillo in anillos], dtype=object)
    huecos = [{"donde": "entre_areas", **medida} for _, medida in _medidas(entre, metros)]
    if referencia is not None:
        lleno = shapely.union_all([shapely.Polygon(parte.exterior) for parte in shapely.get_parts(union)])
        borde = shapely.get_parts(shapely.difference(referencia, lleno))
        huecos += [{"donde": "borde", **medida} for _, medida in _medidas(borde, metros)]
    return huecos


def _medidas(formas: Any, metros: sistemas.EnMetros) -> list[tuple[int, dict[str, Any]]]:
    """(lugar, superficie en m², si es astilla, un punto y la forma) de las que cuentan, de mayor a menor."""
    if not len(formas):
        return []
    planas = metros.proyectar(formas)
    superficies, perimetros = shapely.area(planas), shapely.length(planas)
    halladas = []
    for lugar in np.argsort(-superficies, kind="stable").tolist():
        m2 = float(superficies[lugar])
        if m2 < topes.M2_QUE_CUENTA:
            break
        solo_superficie = _poligonos(formas[lugar])
        medida = {
            "m2": round(m2, 2),
            "astilla": es_astilla(m2, float(perimetros[lugar])),
            "punto": punto_de(solo_superficie),
            "forma": solo_superficie,
        }
        halladas.append((lugar, medida))
    return halladas


def _poligonos(forma: shapely.Geometry) -> shapely.Geometry:
    """Sin las líneas ni los puntos que quedan donde dos áreas solo se tocan."""
    if forma.geom_type in POLIGONALES:
        return forma
    partes = [parte for parte in shapely.get_parts(forma) if parte.geom_type == "Polygon"]
    return partes[0] if len(partes) == 1 else shapely.multipolygons(partes)


def liviana(forma: shapely.Geometry) -> dict[str, Any]:
    return mapping(forma if shapely.get_num_coordinates(forma) < 500 else shapely.simplify(forma, 0.0001))


def dibujo_de(fila: Fila, a_wgs84: sistemas.AWgs84) -> dict[str, Any] | None:
    """La forma de una rechazada, si se puede mostrar en un mapa (aunque se cruce)."""
    forma = fila.forma
    if forma is None and fila.rasgo.forma is not None and not fila.rasgo.forma.is_empty:
        cruda = np.array([fila.rasgo.forma], dtype=object)
        if cruda[0].geom_type not in POLIGONALES or not np.isfinite(shapely.get_coordinates(cruda)).all():
            return None
        forma = a_wgs84.formas(cruda)[0]
        if not np.isfinite(shapely.bounds(forma)).all() or not en_grados(forma):
            return None
    return None if forma is None else _liviana_invalida(forma)


def _liviana_invalida(forma: shapely.Geometry) -> dict[str, Any] | None:
    if shapely.get_num_coordinates(forma) < 2_000:
        return mapping(forma)
    liviana = shapely.simplify(forma, 0.0005, preserve_topology=False)
    return None if liviana.is_empty else mapping(liviana)
