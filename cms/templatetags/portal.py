"""Etiquetas con que las plantillas del portal piden sus datos vivos."""

import datetime
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from wagtail.images.models import AbstractImage

from civic.comun.paginacion import pagina_de
from civic.comun.templatetags.ayni import fecha_larga
from cms.blocks import TIPOS_DE_PIEZA
from cms.consultas import nuevo, paginas, procesos
from cms.consultas import portada as lo_primero

register = template.Library()
ANCHOS_DE_IMAGEN = (320, 640, 1280)


def _usuario(context: Context) -> Any:
    return getattr(context.get("request"), "user", None) or AnonymousUser()


@register.simple_tag(takes_context=True)
def portada(context: Context, pagina: Any = None) -> lo_primero.Portada:
    return lo_primero.portada(_usuario(context), destacado_id=getattr(pagina, "proceso_destacado_id", None))


@register.simple_tag
def cifras_del_portal() -> list[nuevo.Cifra]:
    return nuevo.cifras_recientes()


@register.simple_tag
def mapa_del_portal() -> nuevo.MapaDelPortal:
    return nuevo.mapa_reciente()


@register.simple_tag(takes_context=True)
def lo_mas_nuevo(context: Context) -> nuevo.Nuevo:
    return nuevo.lo_mas_nuevo(_usuario(context))


@register.simple_tag
def ultimas_noticias(destacadas: Any = None) -> list[Any]:
    return paginas.ultimas_noticias(list(destacadas or []))


@register.simple_tag
def campanas_en_marcha() -> list[Any]:
    return paginas.campanas_en_marcha()


@register.simple_tag
def procesos_por_situacion() -> dict[str, list[Any]]:
    return procesos.procesos_por_situacion()


@register.simple_tag(takes_context=True)
def vista_de_proceso(context: Context, pagina: Any) -> procesos.VistaDeProceso:
    return procesos.vista_de_proceso(pagina, _usuario(context))


@register.simple_tag(takes_context=True)
def noticias_de_la_pagina(context: Context) -> Any:
    return pagina_de(context["request"], paginas.noticias(), por_pagina=12)


@register.simple_tag(takes_context=True)
def campanas_de_la_pagina(context: Context) -> Any:
    return pagina_de(context["request"], paginas.campanas(), por_pagina=12)


@register.simple_tag
def paginas_hijas(pagina: Any) -> list[Any]:
    return paginas.paginas_hijas(pagina)


@register.filter
def plazo(momento: datetime.datetime | None) -> str:
    """Último momento útil: «domingo 30 de agosto», y la hora si no es la medianoche."""
    if not momento:
        return ""
    ultimo = timezone.localtime(momento - datetime.timedelta(seconds=1))
    if (ultimo.hour, ultimo.minute) == (23, 59):
        return fecha_larga(ultimo)
    hora = timezone.localtime(momento)
    return f"{fecha_larga(hora)} a las {hora:%H:%M}"


@register.filter
def nombre_de_pieza(tipo: str) -> str:
    return dict(TIPOS_DE_PIEZA).get(tipo, tipo)


@register.filter
def para_whatsapp(texto: str) -> str:
    """Enlace que abre WhatsApp con el texto escrito; no envía nada ni pide nada a otro sitio."""
    return "https://wa.me/?" + urlencode({"text": texto})


@register.simple_tag
def ruta(nombre: str, *args: Any) -> str:
    """Dirección por su nombre, o vacío si la sala no la tiene."""
    try:
        return reverse(nombre, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def url_de_imagen(imagen: AbstractImage | None, ancho: int) -> str:
    """Versión WebP de una imagen de la biblioteca, del ancho dado (uno de ANCHOS_DE_IMAGEN)."""
    if imagen is None or not imagen.file_hash or ancho not in ANCHOS_DE_IMAGEN:
        return ""
    return reverse("cms:imagen", args=[imagen.pk, imagen.file_hash[:12], ancho])
