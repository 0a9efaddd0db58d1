"""Qué papeletas valen."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida


def total_de(numeros: Iterable[int], costos: Mapping[int, Decimal]) -> Decimal:
    """Suma en Bs de las opciones elegidas que existen."""
    return sum((costos[numero] for numero in set(numeros) if numero in costos), Decimal(0))


def exigir_valida(numeros: Iterable[int], costos: Mapping[int, Decimal], presupuesto: Decimal) -> list[int]:
    """La selección en orden y sin repetidos; ReglaIncumplida si está vacía, sobra o no existe."""
    elegidas = sorted(set(numeros))
    if not elegidas:
        raise ReglaIncumplida("Todavía no elegiste ninguna obra. Marca al menos una.", campo="opciones")
    if any(numero not in costos for numero in elegidas):
        raise ReglaIncumplida(
            "Una de las obras que marcaste no está en esta papeleta. Revisa y vuelve a elegir.", campo="opciones"
        )
    total = total_de(elegidas, costos)
    if total > presupuesto:
        raise ReglaIncumplida(
            f"Lo que elegiste suma {bolivianos(total)} y el presupuesto es {bolivianos(presupuesto)}. "
            f"Quita obras por {bolivianos(total - presupuesto)} o más.",
            campo="opciones",
        )
    return elegidas
