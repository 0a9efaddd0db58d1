"""La curva de avance de una obra como dibujo vectorial: solo cuentas, sin Django."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mapas.obras.reglas import AvanceLike

ANCHO, ALTO = 400, 270
_IZQUIERDA, _DERECHA, _ARRIBA, _ABAJO = 44, 88, 14, 34
_SEPARACION = 17  # puntos entre dos rótulos para que no se pisen
_MESES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@dataclass(frozen=True)
class Marca:
    """Un rótulo en una posición del dibujo; `linea` es la altura (o el lado) de la raya que señala."""

    x: str
    y: str
    texto: str


@dataclass(frozen=True)
class Curva:
    """Coordenadas ya escritas para el SVG, en un lienzo de ANCHO × ALTO."""

    fisico: str
    financiero: str
    puntos_fisico: list[Marca]
    puntos_financiero: list[Marca]
    rotulos: tuple[Marca, Marca]
    alturas: list[Marca]
    fechas: list[Marca]
    plazo: Marca | None
    ancho: int = ANCHO
    alto: int = ALTO
    izquierda: int = _IZQUIERDA
    derecha: int = ANCHO - _DERECHA
    arriba: int = _ARRIBA
    base: int = ALTO - _ABAJO


def curva(
    avances: Sequence[AvanceLike], *, inicio: datetime.date | None, fin_previsto: datetime.date | None
) -> Curva | None:
    """Construido y pagado en el tiempo, desde `inicio` en cero; None si hay menos de un informe.

    `avances` van del más viejo al más nuevo. La raya de plazo solo sale si `fin_previsto` cabe en el dibujo.
    """
    if not avances:
        return None
    desde = min(inicio or avances[0].fecha, avances[0].fecha)
    hasta = max(avances[-1].fecha, fin_previsto or avances[-1].fecha, desde + datetime.timedelta(days=1))
    tramo = (hasta - desde).days

    def x(dia: datetime.date) -> float:
        return _IZQUIERDA + (dia - desde).days / tramo * (ANCHO - _IZQUIERDA - _DERECHA)

    def y(valor: Decimal) -> float:
        return ALTO - _ABAJO - float(valor) / 100 * (ALTO - _ARRIBA - _ABAJO)

    cero = [(x(desde), y(Decimal(0)))] if inicio and inicio < avances[0].fecha else []
    fisico = cero + [(x(avance.fecha), y(avance.fisico)) for avance in avances]
    financiero = cero + [(x(avance.fecha), y(avance.financiero)) for avance in avances]
    alto_fisico, alto_financiero = _separar(fisico[-1][1], financiero[-1][1])
    plazo = None
    if fin_previsto is not None and desde < fin_previsto <= hasta:
        plazo = Marca(_n(x(fin_previsto)), _n(_ARRIBA), "Plazo")
    return Curva(
        fisico=_puntos(fisico),
        financiero=_puntos(financiero),
        puntos_fisico=[Marca(_n(px), _n(py), "") for px, py in fisico[len(cero) :]],
        puntos_financiero=[Marca(_n(px), _n(py), "") for px, py in financiero[len(cero) :]],
        rotulos=(
            Marca(_n(fisico[-1][0] + 8), _n(alto_fisico + 5), "Construido"),
            Marca(_n(financiero[-1][0] + 8), _n(alto_financiero + 5), "Pagado"),
        ),
        alturas=[Marca(_n(_IZQUIERDA - 8), _n(y(Decimal(valor))), f"{valor} %") for valor in (0, 50, 100)],
        fechas=[Marca(_n(x(dia)), _n(ALTO - 10), _mes(dia)) for dia in (desde, hasta)],
        plazo=plazo,
    )


def _separar(uno: float, otro: float) -> tuple[float, float]:
    """Alturas de dos rótulos, apartadas si se pisan; el más alto sigue más alto."""
    falta = _SEPARACION - abs(uno - otro)
    if falta <= 0:
        return uno, otro
    return (uno - falta / 2, otro + falta / 2) if uno <= otro else (uno + falta / 2, otro - falta / 2)


def _mes(dia: datetime.date) -> str:
    return f"{_MESES[dia.month - 1]} {dia.year}"


def _n(valor: float) -> str:
    return f"{valor:.1f}"


def _puntos(pares: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(px)},{_n(py)}" for px, py in pares)
