"""Las propuestas más nuevas en RSS y Atom, con los mismos filtros que la lista: por distrito, por categoría o todas."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from civic.comun.dinero import bolivianos
from propuestas.filtros import Filtros, filtros_de
from propuestas.models import Propuesta

CUANTAS = 30
LARGO_DEL_RESUMEN = 500
# Lo que XML 1.0 no admite ni escapado: con una sola de estas letras no se abriría ninguna novedad.
_FUERA_DE_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def para_xml(texto: str) -> str:
    return _FUERA_DE_XML.sub("", texto)


class Novedades(Feed):
    """RSS 2.0. El filtro lo arma `get_object` con la dirección."""

    feed_type: type[Rss201rev2Feed] | type[Atom1Feed] = Rss201rev2Feed
    language = "es-bo"
    formato = "rss"

    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> Filtros:
        return filtros_de(request.GET)

    def title(self, filtros: Filtros) -> str:
        elegido = para_xml(filtros.en_palabras)
        return f"Propuestas de Quillacollo: {elegido}" if elegido else "Propuestas de Quillacollo"

    def description(self, filtros: Filtros) -> str:
        return "Lo que la gente pide para su barrio, cuánto cuesta y qué respondió el municipio."

    subtitle = description

    def link(self, filtros: Filtros) -> str:
        return settings.URL_PUBLICA + reverse("propuestas:lista") + filtros.direccion

    def feed_url(self, filtros: Filtros) -> str:
        return settings.URL_PUBLICA + reverse("propuestas:novedades", args=[self.formato]) + filtros.direccion

    def items(self, filtros: Filtros) -> Iterable[Propuesta]:
        recientes = filtros.propuestas().order_by("-presentada", "-pk")
        return recientes.select_related("distrito", "categoria")[:CUANTAS]

    def item_title(self, item: Propuesta) -> str:  # type: ignore[override]
        return para_xml(item.titulo)

    def item_description(self, item: Propuesta) -> str:  # type: ignore[override]
        # Es texto llano, y quien lee novedades lo muestra como HTML: sin ángulos no hay etiquetas que valgan.
        resumen = item.descripcion[:LARGO_DEL_RESUMEN].replace("<", "‹").replace(">", "›")
        datos = f"{item.distrito} · {bolivianos(item.monto)} · {item.ficha.etiqueta}"
        return para_xml(f"{datos}. {resumen}".replace("<", "‹").replace(">", "›"))

    def item_link(self, item: Propuesta) -> str:
        return settings.URL_PUBLICA + item.get_absolute_url()

    item_guid = item_link

    def item_pubdate(self, item: Propuesta) -> datetime | None:
        return item.presentada

    def item_updateddate(self, item: Propuesta) -> datetime:
        return item.cambiada

    def item_categories(self, item: Propuesta) -> list[str]:
        return [para_xml(str(item.categoria))] if item.categoria else []


class NovedadesAtom(Novedades):
    feed_type = Atom1Feed
    formato = "atom"


FORMATOS: dict[str, type[Novedades]] = {"rss": Novedades, "atom": NovedadesAtom}
