"""Las medidas de los dibujos del resultado, en porcentajes del ancho: la letra no cambia de tamaño con la pantalla."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Un tramo más angosto que esto no lleva su número escrito: no cabría en un teléfono.
MINIMO_CON_NUMERO = 7
ALTO_DE_VUELTA = 48


@dataclass(frozen=True)
class Tramo:
    """Una obra en la barra de una regla. `otra`: con la regla oficial no gana."""

    numero: int
    x: str
    ancho: str
    centro: str
    otra: bool
    con_numero: bool


@dataclass(frozen=True)
class Barra:
    """Lo que usa una regla del presupuesto, obra por obra, y su porcentaje redondeado hacia abajo."""

    tramos: list[Tramo]
    usado: int


@dataclass(frozen=True)
class Vuelta:
    """Una vuelta de la cuenta: lo que queda después, en centavos, y dónde va su renglón."""

    vuelta: int
    queda: int
    x: str
    ancho: str
    y: int


def por_ciento(parte: int, total: int) -> str:
    """«12.5%», con punto: es para el dibujo, no para leer."""
    return f"{round(100 * parte / total, 3):g}%" if total else "0%"


def barra(obras: Iterable[tuple[int, int, bool]], presupuesto: int) -> Barra:
    """`obras`: (número, costo en centavos, si no gana con la regla oficial), en el orden en que se dibujan."""
    tramos, antes = [], 0
    for numero, costo, otra in obras:
        tramos.append(
            Tramo(
                numero,
                x=por_ciento(antes, presupuesto),
                ancho=por_ciento(costo, presupuesto),
                centro=por_ciento(2 * antes + costo, 2 * presupuesto),
                otra=otra,
                con_numero=costo * 100 >= presupuesto * MINIMO_CON_NUMERO,
            )
        )
        antes += costo
    return Barra(tramos, antes * 100 // presupuesto if presupuesto else 0)


def vueltas(costos: Iterable[int], presupuesto: int) -> list[Vuelta]:
    """`costos` en centavos, en orden de victoria."""
    filas, antes = [], 0
    for cual, costo in enumerate(costos):
        x, ancho = por_ciento(antes, presupuesto), por_ciento(costo, presupuesto)
        antes += costo
        filas.append(Vuelta(cual + 1, presupuesto - antes, x, ancho, y=cual * ALTO_DE_VUELTA))
    return filas


CLASES_CON_COLOR = 4


def clases_de_color(
    valores: Mapping[str, int], *, tope: int | None = None
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Clase de color de cada valor (en por ciento) y la leyenda, de menos a más: solo las clases que se usan.

    «c0» es nada; «c1» a «c4», cuartos iguales hasta `tope` o, sin él, hasta el mayor valor redondeado hacia arriba.
    """
    tope = tope or max(1, -(-max(valores.values(), default=0) // CLASES_CON_COLOR)) * CLASES_CON_COLOR
    paso = tope // CLASES_CON_COLOR
    clases = {codigo: f"c{min(CLASES_CON_COLOR, -(-max(0, valor) // paso))}" for codigo, valor in valores.items()}
    rotulos = {"c0": "0 %"} | {
        f"c{n}": f"{(n - 1) * paso + 1} a {n * paso} %" if paso > 1 else f"{n} %"
        for n in range(1, CLASES_CON_COLOR + 1)
    }
    return clases, [(clase, rotulo) for clase, rotulo in rotulos.items() if clase in clases.values()]
