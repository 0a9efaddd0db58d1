"""Escribir y leer la bitácora."""

from typing import Any

from django.db import models

from civic.comun.models import Suceso, SucesoQuerySet


def anotar(
    objeto: models.Model,
    *,
    verbo: str,
    texto: str,
    actor: Any = None,
    calidad: str = "",
    desde: str = "",
    hasta: str = "",
    motivo: str = "",
    publico: bool = True,
    datos: dict[str, Any] | None = None,
) -> Suceso:
    """Agrega una línea a la bitácora de `objeto`, dentro de la transacción de quien llama.

    `texto` es la frase en lenguaje llano que verá el público; `calidad` dice en qué calidad actuó (cargo u
    organización): la línea pública muestra la calidad, no el nombre del funcionario.
    """
    return Suceso.objects.create(
        objeto_tipo=objeto._meta.label_lower,
        objeto_id=objeto.pk,
        verbo=verbo,
        texto=texto,
        actor=actor if getattr(actor, "pk", None) else None,
        calidad=calidad,
        desde=desde,
        hasta=hasta,
        motivo=motivo,
        publico=publico,
        datos=datos or {},
    )


def historia(objeto: models.Model) -> SucesoQuerySet:
    """Sucesos públicos de `objeto`, del más nuevo al más viejo."""
    return Suceso.objects.de(objeto).publicos()
