"""Las áreas listas para dibujar: GeoJSON liviano para el navegador y trazos SVG para páginas sin JavaScript.

Todo sale de polígonos WGS84 simplificados juntos (los bordes compartidos siguen compartidos) y queda en memoria hasta
que cambia el territorio.
"""

import datetime
import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from mapas.territorio.consultas import (
    METROS_POR_GRADO,
    areas_con_poligono,
    otbs_con_solo_punto,
    version_del_territorio,
)
from mapas.territorio.models import Area
from mapas.territorio.reglas import metros_por_grado

AVISO = "aproximado, no oficial"
TOLERANCIA_METROS = 20.0
DECIMALES = 5
Caja = tuple[float, float, float, float]

_memoria: OrderedDict[Any, Any] = OrderedDict()
_candado = threading.RLock()
COSAS_EN_MEMORIA = 40


def _recordado(clave: Any, hacer: Callable[[], Any], dia: datetime.date | None = None) -> Any:
    """`hacer()` una vez por versión del territorio en ese día."""
    completa = (version_del_territorio(dia), clave)
    guardado = _memoria.get(completa)
    if guardado is None:
        with _candado:
            guardado = (hacer(),)
            _memoria[completa] = guardado
            while len(_memoria) > COSAS_EN_MEMORIA:
                _memoria.popitem(last=False)
    return guardado[0]


# --- GeoJSON ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Archivo:
    """Un GeoJSON ya escrito y su huella, para ETag."""

    cuerpo: bytes
    huella: str


def geojson_de(tipo: str, dia: datetime.date | None = None) -> Archivo:
    """FeatureCollection WGS84 de las áreas de un tipo, con los límites de ese día (hoy), simplificada a unos 20 m y
    con 5 decimales (1 m)."""
    return _recordado(("geojson", tipo), lambda: _escribir(tipo, dia), dia)


def formas_livianas(tipo: str, dia: datetime.date | None = None) -> dict[str, dict[str, Any]]:
    """Geometría GeoJSON simplificada de cada área, por código, con los límites de ese día."""
    return _recordado(
        ("formas", tipo),
        lambda: {area.codigo: _geometria(forma) for area, forma in _simplificadas(areas_con_poligono(tipo, dia))},
        dia,
    )


def _escribir(tipo: str, dia: datetime.date | None) -> Archivo:
    formas = formas_livianas(tipo, dia)
    rasgos = [_rasgo(area, formas[area.codigo]) for area in areas_con_poligono(tipo, dia)]
    if tipo == Area.Tipo.OTB:
        rasgos += [_rasgo(area, _punto(area)) for area in otbs_con_solo_punto(dia)]
    cuerpo = json.dumps(
        {"type": "FeatureCollection", "aviso": AVISO, "features": rasgos}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    return Archivo(cuerpo, hashlib.sha256(cuerpo).hexdigest()[:16])


def _rasgo(area: Area, geometria: dict[str, Any]) -> dict[str, Any]:
    propiedades: dict[str, Any] = {"codigo": area.codigo, "nombre": area.nombre_completo, "id": area.pk}
    if area.en_disputa:
        propiedades["en_disputa"] = True
    if area.tipo == Area.Tipo.DISTRITO:
        propiedades["corto"] = nombre_corto(area)
        propiedades["centro"] = [round(grado, DECIMALES) for grado in _centro(shape(geometria))]
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}


def _punto(area: Area) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(area.lon or 0, DECIMALES), round(area.lat or 0, DECIMALES)]}


def _geometria(forma: shapely.Geometry) -> dict[str, Any]:
    return mapping(shapely.set_precision(forma, 10**-DECIMALES))


def _simplificadas(areas: Sequence[Area], metros: float = TOLERANCIA_METROS) -> list[tuple[Area, shapely.Geometry]]:
    formas = [shape(area.geometria) for area in areas]
    livianas = shapely.coverage_simplify(formas, metros / METROS_POR_GRADO) if formas else []
    # Un área minúscula puede quedar vacía o cruzada al simplificar: esa se deja como vino.
    return [
        (area, liviana if liviana.is_valid and not liviana.is_empty else forma)
        for area, forma, liviana in zip(areas, formas, livianas, strict=True)
    ]


def nombre_corto(area: Area) -> str:
    """«D3» para «Distrito 3»; otros nombres quedan enteros."""
    return f"D{area.orden}" if area.orden and area.nombre == f"Distrito {area.orden}" else area.nombre


def _centro(forma: shapely.Geometry) -> tuple[float, float]:
    """Un punto bien adentro, donde poner el nombre: el centro del mayor círculo que cabe."""
    mayor = max(shapely.get_parts(forma), key=lambda parte: parte.area)
    circulo = shapely.maximum_inscribed_circle(mayor, tolerance=math.sqrt(mayor.area) / 50)
    lon, lat = circulo.coords[0]
    return lon, lat


# --- Encuadre --------------------------------------------------------------------------------------------------------
def caja_principal(dia: datetime.date | None = None) -> Caja | None:
    """Oeste, sur, este y norte de donde vive casi toda la gente; None si no hay distritos con polígono.

    Un distrito con más de la mitad de toda la superficie (la cordillera de Quillacollo) no decide el encuadre: el
    resto se vería diminuto.
    """
    return _recordado(("caja",), lambda: _medir_caja(dia), dia)


def _medir_caja(dia: datetime.date | None) -> Caja | None:
    formas = [shape(area.geometria) for area in areas_con_poligono(Area.Tipo.DISTRITO, dia)]
    if not formas:
        return None
    total = sum(forma.area for forma in formas)
    cercanas = [forma for forma in formas if len(formas) < 3 or forma.area <= total / 2]
    oeste, sur, este, norte = shapely.total_bounds(cercanas)
    margen = max(este - oeste, norte - sur) * 0.04
    return (float(oeste - margen), float(sur - margen), float(este + margen), float(norte + margen))


# --- SVG -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Trazo:
    """Un distrito dibujado: `d` es el camino SVG y (cx, cy) el lugar de su nombre, en unidades del `viewBox`."""

    id: int
    codigo: str
    nombre: str
    corto: str
    d: str
    cx: float
    cy: float
    cortado: bool
    en_disputa: bool = False


@dataclass(frozen=True)
class Dibujo:
    ancho: int
    alto: int
    trazos: tuple[Trazo, ...]

    @property
    def cortados(self) -> list[str]:
        """Nombres de los distritos que siguen más allá del dibujo."""
        return [trazo.nombre for trazo in self.trazos if trazo.cortado]

    @property
    def en_disputa(self) -> list[str]:
        """Nombres de los distritos con el límite en disputa."""
        return [trazo.nombre for trazo in self.trazos if trazo.en_disputa]


def dibujo_de_distritos(ancho: int = 360, dia: datetime.date | None = None) -> Dibujo | None:
    """Los distritos en un lienzo de `ancho` unidades, recortados a `caja_principal`; None si no hay polígonos."""
    return _recordado(("svg", ancho), lambda: _dibujar(ancho, dia), dia)


def _dibujar(ancho: int, dia: datetime.date | None) -> Dibujo | None:
    caja = caja_principal(dia)
    if caja is None:
        return None
    al_lienzo, alto = _lienzo(caja, ancho)
    areas = areas_con_poligono(Area.Tipo.DISTRITO, dia)
    lienzo = shapely.box(0, 0, ancho, alto)
    enteras = [shapely.transform(shape(area.geometria), al_lienzo) for area in areas]
    recortadas = [shapely.intersection(forma, lienzo) for forma in enteras]
    # Unidad y media de tolerancia: no se nota en pantalla y el camino pesa la décima parte.
    simples = shapely.coverage_simplify(recortadas, 1.5)
    trazos = []
    for area, entera, simple in zip(areas, enteras, simples, strict=True):
        if simple.is_empty:
            continue
        cx, cy = _centro(simple)
        trazos.append(
            Trazo(
                *(area.pk, area.codigo, area.nombre_completo, nombre_corto(area), _camino(simple)),
                *(round(cx, 1), round(cy, 1), not shapely.covers(lienzo.buffer(0.01), entera), area.en_disputa),
            )
        )
    orden = {area.pk: (area.orden, area.nombre) for area in areas}
    return Dibujo(ancho, alto, tuple(sorted(trazos, key=lambda trazo: orden[trazo.id])))


def silueta(area: Area, ancho: int = 240) -> dict[str, Any] | None:
    """El polígono de un área sola: `d`, `ancho` y `alto` para un SVG; None si no tiene."""
    if not area.geometria:
        return None
    forma = shape(area.geometria)
    al_lienzo, alto = _lienzo(forma.bounds, ancho)
    return {"d": _camino(shapely.simplify(shapely.transform(forma, al_lienzo), 0.5)), "ancho": ancho, "alto": alto}


def _lienzo(caja: Caja, ancho: int) -> tuple[Callable[[Any], Any], int]:
    """Función de grados a unidades del dibujo (con el este-oeste en su proporción) y el alto que resulta."""
    oeste, sur, este, norte = caja
    angosta = math.cos(math.radians((sur + norte) / 2))
    escala = ancho / ((este - oeste) * angosta)

    def al_lienzo(puntos: Any) -> Any:
        puntos = puntos.copy()
        puntos[:, 0] = (puntos[:, 0] - oeste) * angosta * escala
        puntos[:, 1] = (norte - puntos[:, 1]) * escala
        return puntos

    return al_lienzo, math.ceil((norte - sur) * escala)


def _camino(forma: shapely.Geometry) -> str:
    """Camino SVG con pasos relativos de una décima, lo más corto posible."""
    pedazos = []
    for poligono in shapely.get_parts(forma):
        if poligono.geom_type != "Polygon":
            continue
        for anillo in (poligono.exterior, *poligono.interiors):
            decimas = [(round(x * 10), round(y * 10)) for x, y in anillo.coords[:-1]]
            camino = f"M{_decima(decimas[0][0])} {_decima(decimas[0][1])}l"
            pasos = zip(decimas, decimas[1:], strict=False)
            camino += " ".join(f"{_decima(b[0] - a[0])} {_decima(b[1] - a[1])}" for a, b in pasos if a != b)
            pedazos.append(camino.replace(" -", "-") + "z")
    return "".join(pedazos)


def _decima(decimas: int) -> str:
    return f"{decimas / 10:g}"


@dataclass(frozen=True)
class Silueta:
    """Un área alrededor de un punto: su camino SVG y cómo se llama."""

    area: Area
    d: str
    clase: str


@dataclass(frozen=True)
class DibujoDePunto:
    """Un punto (cx, cy) y las áreas que lo rodean, en un lienzo cuadrado de `lado` unidades."""

    lado: int
    cx: int
    cy: int
    siluetas: tuple[Silueta, ...]


def dibujo_de_punto(lon: float, lat: float, areas: Sequence[Area], lado: int = 320) -> DibujoDePunto:
    """Las áreas con polígono y el punto, acercado hasta que se vea bien la más pequeña y al menos 300 m alrededor."""
    formas = [(area, shape(area.geometria)) for area in areas if area.geometria]
    por_lon, por_lat = metros_por_grado(lat)
    tamanos = [max((f.bounds[2] - f.bounds[0]) * por_lon, (f.bounds[3] - f.bounds[1]) * por_lat) for _, f in formas]
    alcance = max(300.0, min(min(tamanos, default=300.0) * 0.75, 20_000.0))
    ancho, alto = alcance / por_lon, alcance / por_lat
    al_lienzo, _ = _lienzo((lon - ancho, lat - alto, lon + ancho, lat + alto), lado)
    lienzo = shapely.box(-2, -2, lado + 2, lado + 2)
    siluetas = [
        Silueta(area, _camino(shapely.simplify(dentro, 0.5)), f"s{numero % 4}")
        for numero, (area, forma) in enumerate(formas)
        if not (dentro := shapely.intersection(shapely.transform(forma, al_lienzo), lienzo)).is_empty
    ]
    return DibujoDePunto(lado, lado // 2, lado // 2, tuple(siluetas))
