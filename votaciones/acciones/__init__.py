"""Verbos de las votaciones: preparar, abrir, votar, suspender, reanudar, cerrar y contar."""

from votaciones.acciones.conducir import (
    abrir_votacion,
    agregar_opciones,
    cerrar_votacion,
    corregir_votacion,
    preparar_votacion,
)
from votaciones.acciones.contar import contar_votacion
from votaciones.acciones.contiendas import agregar_contiendas, quitar_contienda
from votaciones.acciones.mesa import depositar_con_codigo, retirar_en_mesa
from votaciones.acciones.suspender import reanudar_votacion, suspender_votacion
from votaciones.acciones.votar import asentar_papeletas, emitir_voto
from votaciones.codigos import emitir_clave_de_cambio, emitir_clave_de_papeleta
from votaciones.urna.acciones import Suspendida

__all__ = [
    "Suspendida",
    "agregar_contiendas",
    "abrir_votacion",
    "agregar_opciones",
    "asentar_papeletas",
    "cerrar_votacion",
    "contar_votacion",
    "corregir_votacion",
    "depositar_con_codigo",
    "emitir_clave_de_cambio",
    "emitir_clave_de_papeleta",
    "emitir_voto",
    "preparar_votacion",
    "quitar_contienda",
    "reanudar_votacion",
    "retirar_en_mesa",
    "suspender_votacion",
]
