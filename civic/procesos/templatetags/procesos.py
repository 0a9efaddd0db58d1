"""Etiquetas de las plantillas de procesos."""

from collections.abc import Sequence
from decimal import Decimal

from django import template

from civic.procesos import consultas

register = template.Library()


@register.simple_tag
def que_sigue(fases: Sequence[consultas.FaseEnLinea]) -> consultas.QueSigue:
    """Resumen de una línea de fases: {% que_sigue fases as resumen %}."""
    return consultas.que_sigue(fases or [])


@register.filter
def decimal_llano(numero: Decimal | None) -> str:
    """49.6000 -> «49,6»; vacío si no hay."""
    return "" if numero is None else f"{numero.normalize():f}".replace(".", ",")
