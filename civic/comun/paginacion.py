"""Listas por páginas, con los filtros en la dirección."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

POR_PAGINA = 20


def pagina_de(request: HttpRequest, consulta: Any, por_pagina: int = POR_PAGINA) -> Page:
    """Página pedida en `?pagina=` de una consulta o de cualquier secuencia con largo que se parta.

    Un número imposible lleva a la más cercana, nunca a un error.
    """
    return Paginator(consulta, por_pagina).get_page(request.GET.get("pagina"))
