"""Montos en bolivianos, escritos siempre a la boliviana: Bs 1.250.000,50."""

from decimal import ROUND_HALF_UP, Decimal

CENTAVO = Decimal("0.01")


def a_centavos(monto: Decimal) -> Decimal:
    """Monto redondeado a centavos (mitad hacia arriba)."""
    return monto.quantize(CENTAVO, rounding=ROUND_HALF_UP)


def miles(numero: int) -> str:
    return f"{numero:,}".replace(",", ".")


def bolivianos(monto: Decimal | int | float | None) -> str:
    """«Bs 1.250.000» o «Bs 1.250.000,50»; «sin monto» si no hay. El espacio es duro para que no se parta."""
    if monto is None:
        return "sin monto"
    exacto = a_centavos(Decimal(str(monto)))
    signo = "-" if exacto < 0 else ""
    entero, centavos = f"{abs(exacto):.2f}".split(".")
    texto = miles(int(entero))
    if centavos != "00":
        texto += f",{centavos}"
    return f"Bs\u00a0{signo}{texto}"
