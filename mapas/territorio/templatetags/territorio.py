"""Etiquetas de mapas: los datos que el módulo territorio/mapa.js lee, y el dibujo de los distritos."""

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from mapas.territorio.dibujo import caja_principal, dibujo_de_distritos

register = template.Library()


@register.simple_tag
def datos_de_mapa() -> SafeString:
    """Atributos `data-*` de un mapa: dónde está Leaflet, las teselas (si hay) y los distritos."""
    caja = caja_principal()
    datos = {
        "modulo": static("territorio/mapa.js"),
        "leaflet": static("leaflet/leaflet.js"),
        "hojas": f"{static('leaflet/leaflet.css')} {static('territorio/mapa.css')}",
        "distritos": reverse("territorio:distritos_geojson"),
        "caja": ",".join(f"{grado:.5f}" for grado in caja) if caja else "",
        "teselas": settings.TESELAS_URL,
        "atribucion": settings.TESELAS_ATRIBUCION if settings.TESELAS_URL else "",
    }
    return format_html_join(" ", 'data-{}="{}"', ((nombre, valor) for nombre, valor in datos.items() if valor))


@register.inclusion_tag("territorio/_dibujo.html")
def mapa_de_distritos(
    enlace: str = "",
    clases: dict[str, str] | None = None,
    valores: dict[str, Any] | None = None,
    titulo: str = "",
    dia: datetime.date | None = None,
) -> dict[str, Any]:
    """Mapa de los distritos dibujado en el servidor, sin JavaScript.

    `enlace` es la dirección a la que se pega el código de cada distrito (por defecto, el mapa del municipio);
    `clases`, la clase de color de cada código («c0» a «c4»); `valores`, el texto que se escribe bajo su nombre;
    `dia`, el de los límites (hoy).
    """
    dibujo = dibujo_de_distritos(dia=dia)
    enlace = enlace or f"{reverse('visor:mapa')}?distrito="
    trazos = [
        {
            "codigo": trazo.codigo,
            "nombre": trazo.nombre,
            "corto": trazo.corto,
            "d": trazo.d,
            "cx": f"{trazo.cx:g}",
            "cy": f"{trazo.cy:g}",
            "url": f"{enlace}{trazo.codigo}",
            "clase": " ".join(
                filter(None, ((clases or {}).get(trazo.codigo), "en-disputa" if trazo.en_disputa else ""))
            ),
            "en_disputa": trazo.en_disputa,
            "valor": (valores or {}).get(trazo.codigo, ""),
        }
        for trazo in (dibujo.trazos if dibujo else ())
    ]
    return {"dibujo": dibujo, "trazos": trazos, "titulo": titulo or "Mapa de los distritos"}
