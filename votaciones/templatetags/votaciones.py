"""Números para máquinas en las plantillas: sin separadores de miles, como los piden <progress> y el guion."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def centavos(monto: Decimal | int | None) -> str:
    """Bs 1.250,50 -> «125050»"""
    return str(int((monto or 0) * 100))


@register.filter
def llano(numero: int | None) -> str:
    """1250 -> «1250»"""
    return str(numero or 0)
