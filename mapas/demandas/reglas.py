"""Cómo se pintan y se comparan las demandas. Funciones puras."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MEDIDAS = {
    "propuestas": "Propuestas",
    "monto": "Dinero pedido",
    "apoyos": "Apoyos",
    "reportes": "Reportes abiertos",
}
CLASES_CON_COLOR = 4


@dataclass(frozen=True)
class Tramo:
    """Una clase de la leyenda: desde y hasta, ambos incluidos."""

    clase: str
    desde: Decimal
    hasta: Decimal


def repartir_en_clases(valores: Mapping[str, Decimal]) -> tuple[dict[str, str], list[Tramo]]:
    """Clase de color de cada código y la leyenda, de menos a más.

    «c0» es nada; «c1» a «c4» son cuartos de los valores distintos de cero, para que un distrito enorme no deje a los
    demás del mismo color. Valores iguales llevan siempre la misma clase.
    """
    distintos = sorted({valor for valor in valores.values() if valor > 0})
    clases = min(CLASES_CON_COLOR, len(distintos))
    de_valor = {
        # Con pocos valores se usan los tonos más fuertes espaciados: 1 -> c4; 2 -> c2, c4.
        valor: f"c{CLASES_CON_COLOR * (puesto * clases // len(distintos) + 1) // clases}"
        for puesto, valor in enumerate(distintos)
    }
    tramos: list[Tramo] = []
    if any(valor <= 0 for valor in valores.values()):
        tramos.append(Tramo("c0", Decimal(0), Decimal(0)))
    for clase in sorted(set(de_valor.values())):
        suyos = [valor for valor in distintos if de_valor[valor] == clase]
        tramos.append(Tramo(clase, suyos[0], suyos[-1]))
    return {codigo: de_valor.get(valor, "c0") for codigo, valor in valores.items()}, tramos


def por_mil(cuantas: int, poblacion: int | None) -> Decimal | None:
    """Demandas por cada 1.000 habitantes, con un decimal; None si no se sabe cuánta gente vive ahí."""
    if not poblacion:
        return None
    return (Decimal(cuantas) * 1000 / poblacion).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def frente_al_techo(monto: Decimal, techo: Decimal | None) -> str:
    """«45 % de su techo», «2,7 veces su techo» o "" si no tiene."""
    if not techo:
        return ""
    if monto <= techo:
        return f"{int((monto * 100 / techo).quantize(Decimal(1), rounding=ROUND_HALF_UP))} % de su techo"
    veces = (monto / techo).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{str(veces).replace('.', ',').removesuffix(',0')} veces su techo"


def en_corto(monto: Decimal) -> str:
    """«Bs 1,2 mill.», «Bs 340 mil», «Bs 900»: para escribir dentro del mapa."""
    if monto >= 1_000_000:
        millones = (monto / 1_000_000).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        return f"Bs\u00a0{str(millones).replace('.', ',').removesuffix(',0')}\u00a0mill."
    if monto >= 1000:
        return f"Bs\u00a0{int((monto / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))}\u00a0mil"
    return f"Bs\u00a0{int(monto)}"
