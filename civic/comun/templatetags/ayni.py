"""Filtros y etiquetas de todas las plantillas: dinero, fechas a la boliviana, direcciones con filtros."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from civic.comun.dinero import bolivianos, miles

register = template.Library()
MESES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
DIAS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]


@register.filter
def bs(monto: Decimal | int | None) -> str:
    return bolivianos(monto)


@register.filter
def entero(numero: int | None) -> str:
    """3412 -> 3.412"""
    return miles(int(numero or 0))


@register.filter
def porciento(parte: Any, total: Any) -> int:
    """Parte de un total en por ciento entero; 0 si no hay total."""
    return round(Decimal(parte or 0) * 100 / Decimal(total)) if total else 0


def _local(momento: date | datetime) -> date:
    return timezone.localtime(momento) if isinstance(momento, datetime) and timezone.is_aware(momento) else momento


@register.filter
def fecha(momento: date | datetime | None) -> str:
    """17/8/2026"""
    if not momento:
        return ""
    dia = _local(momento)
    return f"{dia.day}/{dia.month}/{dia.year}"


@register.filter
def fecha_larga(momento: date | datetime | None) -> str:
    """domingo 30 de agosto (con el año si no es el actual)"""
    if not momento:
        return ""
    dia = _local(momento)
    anio = f" de {dia.year}" if dia.year != timezone.localdate().year else ""
    return f"{DIAS[dia.weekday()]} {dia.day} de {MESES[dia.month - 1]}{anio}"


@register.filter
def fecha_corta(momento: date | datetime | None) -> str:
    """30 ago"""
    if not momento:
        return ""
    dia = _local(momento)
    return f"{dia.day} {MESES[dia.month - 1][:3]}"


@register.filter
def fecha_hora(momento: datetime | None) -> str:
    """17/8/2026, 14:30"""
    if not momento:
        return ""
    dia = _local(momento)
    return f"{fecha(momento)}, {dia:%H:%M}"


@register.simple_tag(takes_context=True)
def con_parametros(context: RequestContext, **cambios: Any) -> str:
    """La dirección actual con otros parámetros («?distrito=3&pagina=2»); un valor vacío quita el suyo."""
    parametros = context["request"].GET.copy()
    for nombre, valor in cambios.items():
        if valor in (None, ""):
            parametros.pop(nombre, None)
        else:
            parametros[nombre] = str(valor)
    return "?" + parametros.urlencode() if parametros else "?"


@register.simple_tag
def hora(momento: date | datetime | None) -> SafeString | str:
    """Etiqueta <time> con fecha legible y máquina."""
    if not momento:
        return ""
    legible = fecha_hora(momento) if isinstance(momento, datetime) else fecha(momento)
    return format_html('<time datetime="{}">{}</time>', momento.isoformat(), legible)
