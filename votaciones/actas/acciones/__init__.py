"""Verbos de las actas."""

from votaciones.actas.acciones.escribir import (
    Escrito,
    Recibida,
    corregir_acta,
    elegir_envio,
    enmendar_acta,
    escribir_acta,
    fijar_reglamento,
    recibir_acta,
)
from votaciones.actas.acciones.observaciones import observar_acta, responder_observacion
from votaciones.actas.acciones.papeles import agregar_hoja, guardar_firmado, quitar_hoja
from votaciones.actas.acciones.vida import mover_acta

__all__ = [
    "Escrito",
    "Recibida",
    "agregar_hoja",
    "corregir_acta",
    "elegir_envio",
    "enmendar_acta",
    "escribir_acta",
    "fijar_reglamento",
    "guardar_firmado",
    "mover_acta",
    "observar_acta",
    "quitar_hoja",
    "recibir_acta",
    "responder_observacion",
]
