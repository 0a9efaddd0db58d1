"""Verbos de las propuestas: presentar, revisar, mover, evaluar, reclamar, apoyar, seguir, corregir, unir y dividir."""

from propuestas.acciones.adjuntos import retirar_documento
from propuestas.acciones.apoyos import apoyar, retirar_apoyo
from propuestas.acciones.arrastres import arrastrar_propuesta
from propuestas.acciones.asignaciones import agregar_nota, asignar_evaluador, asignar_unidad, excusarse
from propuestas.acciones.asistencia import abrir_asistida, borrar_borrador, consentir
from propuestas.acciones.borradores import abrir_borrador, guardar_borrador, presentar_propuesta
from propuestas.acciones.copatrocinios import invitar, responder_invitacion, retirar_invitacion, retirarse
from propuestas.acciones.correcciones import corregir_propuesta, reubicar_propuesta
from propuestas.acciones.dictamenes import dictaminar
from propuestas.acciones.listas import guardar_lista
from propuestas.acciones.movimientos import mover_propuesta
from propuestas.acciones.relaciones import quitar_relacion, relacionar
from propuestas.acciones.revisiones import revisar_forma
from propuestas.acciones.seguimientos import dejar_de_seguir, marcar_vistas, seguir
from propuestas.acciones.uniones import cancelar_pedido, pedir_division, pedir_union, responder_pedido

__all__ = [
    "abrir_asistida",
    "abrir_borrador",
    "agregar_nota",
    "apoyar",
    "arrastrar_propuesta",
    "asignar_evaluador",
    "asignar_unidad",
    "borrar_borrador",
    "consentir",
    "cancelar_pedido",
    "corregir_propuesta",
    "dejar_de_seguir",
    "dictaminar",
    "excusarse",
    "guardar_borrador",
    "guardar_lista",
    "invitar",
    "marcar_vistas",
    "mover_propuesta",
    "pedir_division",
    "pedir_union",
    "presentar_propuesta",
    "responder_invitacion",
    "quitar_relacion",
    "relacionar",
    "responder_pedido",
    "retirar_apoyo",
    "retirar_documento",
    "retirar_invitacion",
    "retirarse",
    "reubicar_propuesta",
    "revisar_forma",
    "seguir",
]
