"""Las direcciones que se ofrecen a los buscadores: secciones, páginas del portal, propuestas y obras públicas."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from wagtail.contrib.sitemaps import Sitemap as MapaDePaginas

from mapas.obras.models import Obra
from propuestas.models import Propuesta

SECCIONES = (
    "propuestas:lista",
    "votaciones:lista",
    "visor:mapa",
    "demandas:demandas",
    "obras:lista",
    "reportes:lista",
    "organizaciones:lista",
)


class MapaDeSecciones(Sitemap):
    def items(self) -> list[str]:
        direcciones = []
        for nombre in SECCIONES:
            try:
                direcciones.append(reverse(nombre))
            except NoReverseMatch:
                continue
        return direcciones

    def location(self, item: str) -> str:
        return item


class MapaDePropuestas(Sitemap):
    limit = 5000

    def items(self) -> Any:
        return Propuesta.objects.vivas().only("pk", "cambiada").order_by("pk")

    def lastmod(self, obj: Propuesta) -> Any:
        return obj.cambiada


class MapaDeObras(Sitemap):
    limit = 5000

    def items(self) -> Any:
        return Obra.objects.publicadas().only("pk", "codigo", "cambiada").order_by("pk")

    def lastmod(self, obj: Obra) -> Any:
        return obj.cambiada


def partes(request: HttpRequest) -> dict[str, Any]:
    return {
        "secciones": MapaDeSecciones(),
        "paginas": MapaDePaginas(request),
        "propuestas": MapaDePropuestas(),
        "obras": MapaDeObras(),
    }
