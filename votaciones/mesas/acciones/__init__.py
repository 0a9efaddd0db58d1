"""Verbos de las mesas: inscribir, preparar códigos, entregarlos, votar con uno y atender un turno del aparato."""

from votaciones.mesas.acciones.inscribir import inscribir

__all__ = ["inscribir"]
