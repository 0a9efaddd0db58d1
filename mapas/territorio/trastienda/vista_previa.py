"""Lo que trae una importación, dibujado: para el mapa (GeoJSON) y para quien no tiene JavaScript (SVG)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from mapas.territorio.models import Importacion, Limite

ACEPTADA, RECHAZADA, TRASLAPE, HUECO = "aceptada", "rechazada", "traslape", "hueco"
ANCHO = 720
ALTO_MAXIMO = 900
DECIMALES = 6
Pieza = tuple[str, str, shapely.Geometry]
"""(clase, rótulo, forma en grados)"""


def piezas(importacion: Importacion) -> list[Pieza]:
    """Lo que se dibuja, de abajo arriba. Una publicada dibuja los límites que dejó; una descartada, nada."""
    contenido = importacion.contenido
    if importacion.estado == Importacion.Estado.PUBLICADA:
        limites = Limite.objects.filter(importacion=importacion).select_related("area").order_by("pk")
        return [(ACEPTADA, f"{limite.area} ({limite.area.codigo})", shape(limite.geometria)) for limite in limites]
    dibujo = contenido.get("dibujo", {})
    motivos = {rasgo["indice"]: rasgo for rasgo in importacion.informe.get("rasgos", ())}
    return [
        *(
            (ACEPTADA, f"{trae['nombre']} ({trae['codigo']})", shape(trae["geometria"]))
            for trae in contenido.get("areas", ())
        ),
        *(
            (RECHAZADA, _rechazo(motivos[mala["indice"]]), shape(mala["geometria"]))
            for mala in dibujo.get("rechazadas", ())
        ),
        *(
            (TRASLAPE, f"Traslape de {cruce['a']} y {cruce['b']}", shape(cruce["geometria"]))
            for cruce in dibujo.get("traslapes", ())
        ),
        *((HUECO, f"Hueco de {hueco['m2']:.0f} m²", shape(hueco["geometria"])) for hueco in dibujo.get("huecos", ())),
    ]


def _rechazo(rasgo: dict[str, Any]) -> str:
    return f"{rasgo['nombre'] or 'Sin nombre'} ({rasgo['codigo'] or 'sin código'}): {rasgo['motivo']}"


def encuadre(dibujadas: Iterable[Pieza]) -> tuple[float, float, float, float] | None:
    """La caja de lo aceptado (o de todo, si nada se aceptó) con un margen: una rechazada lejana no la agranda."""
    dibujadas = list(dibujadas)
    formas = [forma for clase, _, forma in dibujadas if clase == ACEPTADA] or [forma for _, _, forma in dibujadas]
    if not formas:
        return None
    oeste, sur, este, norte = (float(grado) for grado in shapely.total_bounds(formas))
    margen = max(este - oeste, norte - sur, 1e-6) * 0.05
    return oeste - margen, sur - margen, este + margen, norte + margen


def geojson(importacion: Importacion) -> dict[str, Any]:
    """FeatureCollection liviana: un vértice cada media milésima del ancho, con 6 decimales."""
    dibujadas = piezas(importacion)
    caja = encuadre(dibujadas)
    tolerancia = (caja[2] - caja[0]) / 2_000 if caja else 0.0
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"clase": clase, "rotulo": rotulo},
                "geometry": _redondeada(shapely.simplify(forma, tolerancia)),
            }
            for clase, rotulo, forma in dibujadas
        ],
    }


def _redondeada(forma: shapely.Geometry) -> dict[str, Any]:
    return mapping(shapely.transform(forma, lambda puntos: puntos.round(DECIMALES)))


@dataclass(frozen=True)
class Lamina:
    """Un SVG: su tamaño y sus caminos, en el orden en que se pintan."""

    alto: int
    caminos: list[dict[str, str]]
    ancho: int = ANCHO


def lamina(importacion: Importacion) -> Lamina | None:
    dibujadas = piezas(importacion)
    caja = encuadre(dibujadas)
    if caja is None:
        return None
    oeste, sur, este, norte = caja
    angosta = math.cos(math.radians((sur + norte) / 2))
    escala = min(ANCHO / ((este - oeste) * angosta), ALTO_MAXIMO / (norte - sur))

    def al_lienzo(puntos: Any) -> Any:
        puntos = puntos.copy()
        puntos[:, 0] = (puntos[:, 0] - oeste) * angosta * escala
        puntos[:, 1] = (norte - puntos[:, 1]) * escala
        return puntos

    caminos = []
    for clase, rotulo, forma in dibujadas:
        plana = shapely.transform(forma, al_lienzo)
        # Una astilla se perdería al simplificar: se dibuja entera.
        simple = shapely.simplify(plana, 0.5) if clase in (ACEPTADA, RECHAZADA) else plana
        caminos.append({"clase": clase, "rotulo": rotulo, "d": _camino(simple if not simple.is_empty else plana)})
    return Lamina(math.ceil((norte - sur) * escala), caminos)


def _camino(forma: shapely.Geometry) -> str:
    anillos = [anillo for parte in shapely.get_parts(forma) for anillo in (parte.exterior, *parte.interiors)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in anillo.coords[:-1]) + "z" for anillo in anillos)
