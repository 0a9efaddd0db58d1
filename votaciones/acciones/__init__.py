"""Verbos de las votaciones: preparar, abrir, votar, cerrar y contar."""

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
from votaciones.acciones.votar import asentar_papeletas, emitir_voto
from votaciones.codigos import emitir_clave_de_cambio, emitir_clave_de_papeleta

__all__ = [
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
    "retirar_en_mesa",
]
