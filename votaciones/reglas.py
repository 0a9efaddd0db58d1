"""Reglas de conteo: funciones puras."""
