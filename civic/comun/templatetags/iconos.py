"""{% lucide "nombre" %}, con memoria: dibujar un icono cuesta lo que una consulta y siempre da lo mismo."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as dibujar

register = template.Library()


@lru_cache(maxsize=512)
def _dibujo(nombre: str, size: int | None, atributos: tuple[tuple[str, Any], ...]) -> SafeString:
    return SafeString(dibujar(nombre, size=size, **dict(atributos)))


@register.simple_tag
def lucide(nombre: str, *, size: int | None = 24, **atributos: Any) -> SafeString:
    """El icono como SVG dentro de la página; `atributos` van en su etiqueta."""
    return _dibujo(str(nombre), size, tuple(sorted(atributos.items())))
