"""Claves que no cuentan el orden de llegada, para filas que no deben decir cuándo se escribieron."""

import secrets

from django.db import models


def clave_al_azar() -> int:
    return secrets.randbits(62)


class ConClaveAlAzar(models.Model):
    """Fila cuya clave no dice nada.

    Es BigAutoField, y no un entero cualquiera, porque SQLite usa entonces esa misma clave como número de fila: de otro
    modo guardaría uno oculto y correlativo.
    """

    id = models.BigAutoField(primary_key=True, default=clave_al_azar, editable=False)

    class Meta:
        abstract = True
