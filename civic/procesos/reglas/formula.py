"""Cómo se reparte un total entre distritos, con aritmética exacta: cualquiera puede rehacer la cuenta.

Todas las fórmulas son una: tres partes (igual, por población y por índice de necesidad) con su peso en por ciento.
`partes_iguales` es 100/0/0, `per_capita` 0/100/0, `indice_de_necesidad` 0/0/100 y `mixta` los pesos que se publiquen.

La cuenta, paso a paso (la misma que explica /procesos/<slug>/techos/):
1. Si hay un mínimo, cada distrito lo recibe primero; se reparte lo que queda.
2. Parte del distrito = peso_igual % × 1/n + peso_poblacion % × población/suma + peso_necesidad % × índice/suma.
3. Su cuota es lo que queda × su parte, y se baja al múltiplo del redondeo.
4. Los redondeos que sobran van, de a uno, a quienes tenían el resto mayor (método de los restos mayores, Hamilton); si
   dos restos son iguales, primero el distrito de número menor.
Así los techos suman el total exacto, sin importar el redondeo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida

PARTES_IGUALES, PER_CAPITA, INDICE, MIXTA = "partes_iguales", "per_capita", "indice_de_necesidad", "mixta"
PESOS_DE = {PARTES_IGUALES: (100, 0, 0), PER_CAPITA: (0, 100, 0), INDICE: (0, 0, 100)}


@dataclass(frozen=True)
class Formula:
    """Lo que se publica de un reparto. Montos en Bs; pesos en por ciento entero: igual, población y necesidad."""

    clase: str
    total: Decimal
    redondeo: Decimal = Decimal(1)
    minimo: Decimal = Decimal(0)
    pesos: tuple[int, int, int] = (100, 0, 0)


@dataclass(frozen=True)
class Entrada:
    """Lo que se sabe de un distrito. El orden de la lista es el del número de distrito, y rompe los empates."""

    nombre: str
    poblacion: int | None = None
    indice: Decimal | None = None


def pesos_de(clase: str, mixta: tuple[int, int, int]) -> tuple[int, int, int]:
    """Los pesos de la fórmula: fijos en las simples, los que se escriban en la mixta."""
    return PESOS_DE.get(clase, mixta)


def exigir_formula(formula: Formula, entradas: Sequence[Entrada]) -> None:
    """Lanza ReglaIncumplida, en su campo, si con estos datos la cuenta no se puede hacer."""
    igual, poblacion, necesidad = formula.pesos
    if not entradas:
        raise ReglaIncumplida("No hay distritos vigentes entre los que repartir. Carga primero el territorio.")
    if formula.total <= 0:
        raise ReglaIncumplida("El total debe ser mayor a cero.", campo="total")
    if formula.redondeo <= 0:
        raise ReglaIncumplida("El redondeo debe ser mayor a cero.", campo="redondeo")
    if min(formula.pesos) < 0 or sum(formula.pesos) != 100:
        raise ReglaIncumplida(f"Los pesos deben sumar 100; suman {sum(formula.pesos)}.", campo="peso_igual")
    for monto, campo, que in ((formula.total, "total", "total"), (formula.minimo, "minimo", "mínimo")):
        if monto % formula.redondeo:
            raise ReglaIncumplida(
                f"El {que} ({bolivianos(monto)}) no se puede repartir de {bolivianos(formula.redondeo)} en "
                f"{bolivianos(formula.redondeo)}. Cambia uno de los dos.",
                campo=campo,
            )
    if formula.minimo < 0:
        raise ReglaIncumplida("El mínimo no puede ser menor a cero.", campo="minimo")
    if formula.minimo * len(entradas) > formula.total:
        raise ReglaIncumplida(
            f"Con un mínimo de {bolivianos(formula.minimo)} los {len(entradas)} distritos necesitan "
            f"{bolivianos(formula.minimo * len(entradas))}: más que el total.",
            campo="minimo",
        )
    if poblacion and (faltan := [e.nombre for e in entradas if e.poblacion is None]):
        raise ReglaIncumplida(f"Falta la población de: {', '.join(faltan)}. Complétala en Territorio.")
    if poblacion and not sum(e.poblacion or 0 for e in entradas):
        raise ReglaIncumplida("La población de los distritos suma cero: no se puede repartir por población.")
    if necesidad and (faltan := [e.nombre for e in entradas if e.indice is None]):
        raise ReglaIncumplida(f"Falta el índice de necesidad de: {', '.join(faltan)}.")
    if any(e.indice is not None and e.indice < 0 for e in entradas):
        raise ReglaIncumplida("El índice de necesidad no puede ser menor a cero.")
    if necesidad and not sum(e.indice or 0 for e in entradas):
        raise ReglaIncumplida("El índice de necesidad suma cero: no se puede repartir con él.")


def partes(formula: Formula, entradas: Sequence[Entrada]) -> list[Fraction]:
    """Qué parte de lo que se reparte le toca a cada distrito; suman 1 exacto."""
    igual, poblacion, necesidad = formula.pesos
    habitantes = sum(e.poblacion or 0 for e in entradas)
    indices = sum((Fraction(e.indice or 0) for e in entradas), Fraction(0))
    return [
        Fraction(igual, 100 * len(entradas))
        + (Fraction(poblacion * (e.poblacion or 0), 100 * habitantes) if poblacion else 0)
        + (Fraction(necesidad, 100) * Fraction(e.indice or 0) / indices if necesidad else 0)
        for e in entradas
    ]


def repartir(formula: Formula, entradas: Sequence[Entrada]) -> list[Decimal]:
    """Techo de cada distrito en Bs, en el orden de `entradas`; suman exactamente `formula.total`.

    Lanza ReglaIncumplida si los datos no alcanzan o si a algún distrito no le tocaría nada.
    """
    exigir_formula(formula, entradas)
    minimo = int(formula.minimo / formula.redondeo)
    quedan = int(formula.total / formula.redondeo) - minimo * len(entradas)
    cuotas = [parte * quedan for parte in partes(formula, entradas)]
    unidades = [int(cuota) for cuota in cuotas]  # hacia abajo: ninguna cuota es negativa
    por_resto = sorted(range(len(cuotas)), key=lambda lugar: (unidades[lugar] - cuotas[lugar], lugar))
    for lugar in por_resto[: quedan - sum(unidades)]:
        unidades[lugar] += 1
    montos = [formula.redondeo * (minimo + unidad) for unidad in unidades]
    if sin_nada := [e.nombre for e, monto in zip(entradas, montos, strict=True) if not monto]:
        raise ReglaIncumplida(
            f"Con esta fórmula no le tocaría nada a: {', '.join(sin_nada)}. Pon un mínimo o baja el redondeo.",
            campo="minimo",
        )
    return montos
