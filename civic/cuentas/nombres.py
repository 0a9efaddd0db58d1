"""Guardar por un rato algo ya dibujado que lleva nombres de personas.

Lo guardado recuerda la versión de los nombres con que se dibujó. Cambiar un nombre, o cerrar la cuenta, estrena
versión en cuanto se confirma: nadie vuelve a leer el nombre viejo.
"""

import secrets
from typing import Any

from django.core.cache import cache
from django.db import transaction

_VERSION = "cuentas:nombres"


def lo_guardado(clave: str) -> tuple[str, Any]:
    """(versión de los nombres de hoy, lo guardado en `clave`); None si no hay o si desde entonces cambió un nombre.

    La versión se pide antes de dibujar y se pasa a `guardar`: si un nombre cambia entre tanto, lo guardado no vale.
    """
    hay = cache.get_many([_VERSION, clave])
    version = str(hay.get(_VERSION) or cache.get_or_set(_VERSION, _nueva, None))
    con, valor = hay.get(clave, ("", None))
    return version, valor if con == version else None


def guardar(clave: str, valor: Any, *, version: str, segundos: int) -> None:
    cache.set(clave, (version, valor), segundos)


def cambio_un_nombre() -> None:
    """Estrena versión al confirmarse la transacción."""
    transaction.on_commit(lambda: cache.set(_VERSION, _nueva(), None))


def _nueva() -> str:
    return secrets.token_hex(8)
