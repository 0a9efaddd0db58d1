"""Publicar el padrón de una votación, reclamarlo, resolver los reclamos y dejarlo definitivo."""

from votaciones.padron.acciones.publicar import congelar_padron, publicar_padron
from votaciones.padron.acciones.reclamos import (
    enviar_observacion,
    enviar_reclamo,
    observar_inclusion,
    presentar_reclamo,
    resolver_reclamo,
)

__all__ = [
    "congelar_padron",
    "enviar_observacion",
    "enviar_reclamo",
    "observar_inclusion",
    "presentar_reclamo",
    "publicar_padron",
    "resolver_reclamo",
]
