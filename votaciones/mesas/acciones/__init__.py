"""Verbos de las mesas: inscribir, preparar códigos, entregarlos, votar con uno y votar en un aparato."""

from votaciones.mesas.acciones.aparato import votar_en_aparato
from votaciones.mesas.acciones.codigo import votar_con_codigo
from votaciones.mesas.acciones.entregar import entregar_codigos
from votaciones.mesas.acciones.inscribir import inscribir, quitar_inscripcion
from votaciones.mesas.acciones.paquetes import cerrar_paquete, imprimir_paquete, llevar_a_la_mesa, preparar_paquete

__all__ = [
    "cerrar_paquete",
    "entregar_codigos",
    "imprimir_paquete",
    "inscribir",
    "llevar_a_la_mesa",
    "preparar_paquete",
    "quitar_inscripcion",
    "votar_con_codigo",
    "votar_en_aparato",
]
