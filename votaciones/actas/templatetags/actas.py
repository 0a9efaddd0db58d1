"""Lo que las plantillas de actas muestran de su contenido, que guarda todo como texto."""

import datetime
from decimal import Decimal

from django import template

from civic.comun.dinero import bolivianos

register = template.Library()


@register.filter
def bs_de_texto(monto: str) -> str:
    """«120000.00» -> «Bs 120.000»"""
    return bolivianos(Decimal(monto)) if monto else "sin monto"


@register.filter
def dia(iso: str) -> datetime.date | None:
    """«2026-07-05» -> la fecha, para los demás filtros."""
    return datetime.date.fromisoformat(iso) if iso else None
