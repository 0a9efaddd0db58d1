"""La forma de cada rasgo: si es un polígono que sirve, si está donde debe y cuánto cae fuera del municipio."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.filas import POLIGONALES, Fila
from mapas.territorio.importador.geojson import FUERA_DE_GRADOS, MUCHOS_VERTICES, en_grados
from mapas.territorio.importador.piezas import Pedido

FALLAS = {
    "Self-intersection": "su borde se cruza a sí mismo",
    "Ring Self-intersection": "su borde se toca a sí mismo",
    "Hole lies outside shell": "tiene un hueco fuera de su contorno",
    "Holes are nested": "tiene un hueco dentro de otro",
    "Nested shells": "tiene un contorno dentro de otro",
    "Interior is disconnected": "sus huecos lo parten en dos",
    "Duplicate Rings": "tiene dos bordes iguales",
    "Too few points in geometry component": "tiene un borde con menos de cuatro puntos distintos",
    "Invalid Coordinate": "tiene coordenadas que no son números (NaN o infinito)",
}
_RAZON = re.compile(r"^(.*?)\s*\[(\S+) (\S+?)\]?$")
# Bolivia con margen: sirve solo para notar latitud y longitud al revés, o un sistema de coordenadas equivocado.
BOLIVIA = (-70.5, -23.5, -56.5, -9.0)


def revisar_formas(filas: list[Fila], a_wgs84: sistemas.AWgs84) -> None:
    """Deja en `fila.forma` el polígono WGS84 válido; si no lo es, el motivo y el punto."""
    sanas = []
    for fila in filas:
        forma = fila.rasgo.forma
        motivo = fila.rasgo.falla or ("no tiene polígono" if forma is None else _falla_simple(forma, a_wgs84.igual))
        if motivo:
            fila.motivos.append(motivo)
        elif forma is not None:
            sanas.append((fila, forma))
    if not sanas:
        return
    originales = np.array([forma for _, forma in sanas], dtype=object)
    validas = shapely.is_valid(originales)
    en_wgs84 = a_wgs84.formas(originales)
    for (fila, forma), valida, destino in zip(sanas, validas, en_wgs84, strict=True):
        if not valida:
            _anotar_falla(fila, forma, a_wgs84.punto)
        elif not np.isfinite(shapely.bounds(destino)).all() or not en_grados(destino):
            fila.motivos.append("al convertirlo a WGS84 queda fuera del mundo: ¿es ese su sistema de coordenadas?")
        elif destino.bounds[2] - destino.bounds[0] > 180:
            fila.motivos.append("cruza el antimeridiano (±180°) o tiene un vértice en el otro lado del mundo")
        elif not a_wgs84.igual and not shapely.is_valid(destino):
            _anotar_falla(fila, destino, lambda x, y: [round(x, 7), round(y, 7)])
        elif destino.area == 0:
            fila.motivos.append("no tiene superficie")
        else:
            fila.forma = destino


def _falla_simple(forma: shapely.Geometry, en_wgs84: bool) -> str:
    if forma.geom_type not in POLIGONALES:
        return f"no es un polígono ({forma.geom_type})"
    if forma.is_empty:
        return "su polígono está vacío"
    if not np.isfinite(shapely.get_coordinates(forma)).all():
        return "tiene coordenadas que no son números (NaN o infinito)"
    if shapely.get_num_coordinates(forma) > topes.VERTICES_POR_RASGO:
        return MUCHOS_VERTICES
    return FUERA_DE_GRADOS if en_wgs84 and not en_grados(forma) else ""


def _anotar_falla(fila: Fila, forma: shapely.Geometry, al_punto: Any) -> None:
    razon = shapely.is_valid_reason(forma)
    hallada = _RAZON.match(razon)
    clase = hallada[1] if hallada else razon
    frase = FALLAS.get(clase, f"su borde no es válido ({clase})")
    fila.punto = al_punto(float(hallada[2]), float(hallada[3])) if hallada else None
    fila.motivos.append(f"{frase} en {_lugar(fila.punto)}" if fila.punto else frase)


def _lugar(punto: list[float]) -> str:
    return f"longitud {punto[0]:.6f}, latitud {punto[1]:.6f}"


def revisar_ejes(filas: list[Fila], pedido: Pedido) -> None:
    """Latitud y longitud al revés, en todo el archivo o en un área: no cae donde debe, y con los ejes cambiados sí."""
    con_forma = [fila for fila in filas if fila.forma is not None]
    if not con_forma:
        return
    conocido = [shape(geometria) for geometria in pedido.referencia]
    donde = shapely.total_bounds(conocido) if conocido else BOLIVIA
    oeste, sur, este, norte = shapely.bounds(np.array([fila.forma for fila in con_forma], dtype=object)).T

    def toca(a: Any, b: Any, c: Any, d: Any) -> Any:
        return (a <= donde[2]) & (c >= donde[0]) & (b <= donde[3]) & (d >= donde[1])

    al_reves = ~toca(oeste, sur, este, norte) & toca(sur, oeste, norte, este)
    for lugar in np.flatnonzero(al_reves):
        con_forma[lugar].motivos.append(
            "tiene la latitud y la longitud al revés: vuelve a exportarlo con la longitud primero"
        )


def lejos_de_bolivia(filas: Sequence[Fila]) -> list[dict[str, Any]]:
    """Sin límites con que comparar, una zona UTM equivocada lleva todo a otro país y nada más lo notaría."""
    bolivia = shapely.box(*BOLIVIA)
    afuera = [fila.codigo for fila in filas if not bolivia.intersects(fila.forma)]
    if not afuera:
        return []
    texto = (
        f"Áreas fuera de Bolivia: {len(afuera)} de {len(filas)}. Revisa en qué sistema de coordenadas está el archivo."
    )
    return [{"clase": "archivo", "texto": texto, "codigos": afuera}]


def regla_de_medir(formas: Sequence[Any], referencia: Any) -> sistemas.EnMetros:
    caja = shapely.total_bounds(list(formas) if formas else [referencia or shapely.Point(-65, -17)])
    return sistemas.EnMetros(caja)


def _medir(metros: sistemas.EnMetros, formas: Any) -> Any:
    return shapely.area(metros.proyectar(np.asarray(formas, dtype=object)))


def revisar_adentro(filas: list[Fila], referencia: shapely.Geometry, metros: sistemas.EnMetros) -> None:
    shapely.prepare(referencia)
    formas = np.array([fila.forma for fila in filas], dtype=object)
    faltan = ~shapely.covers(referencia, formas)
    if not faltan.any():
        return
    dudosas = formas[faltan]
    totales, dentro = _medir(metros, dudosas), _medir(metros, shapely.intersection(dudosas, referencia))
    for fila, total, adentro in zip(np.array(filas, dtype=object)[faltan], totales, dentro, strict=True):
        parte = adentro / total if total else 0.0
        if parte < topes.PARTE_MINIMA_ADENTRO:
            fila.punto = fila.punto or punto_de(fila.forma)
            fila.motivos.append(f"está fuera del municipio ({_por_ciento(1 - parte)} de su superficie)")
        elif 1 - parte > topes.PARTE_AFUERA_QUE_SE_AVISA:
            afuera = _por_ciento(1 - parte)
            fila.notas.append(f"tiene {afuera} de su superficie fuera del límite conocido del municipio")


def _por_ciento(parte: float) -> str:
    return f"{parte * 100:.1f} %".replace(".", ",").replace(",0 %", " %")


def punto_de(forma: shapely.Geometry) -> list[float]:
    punto = shapely.point_on_surface(forma)
    return [round(punto.x, 6), round(punto.y, 6)]
