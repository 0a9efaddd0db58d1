"""Formato de los mensajes del servidor: un suceso, una línea. No importa Django: lo usa settings al arrancar."""

import logging
import re

# Controles (salto, retroceso, los colores del terminal), separadores de línea y marcas que dan vuelta el texto.
_NO_SE_IMPRIMEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def en_una_linea(texto: str) -> str:
    r"""El texto con lo que no se imprime escrito como se escribe en Python: «\n», «\x1b»."""
    return _NO_SE_IMPRIMEN.sub(lambda hallado: hallado.group().encode("unicode_escape").decode(), texto)


class UnaLinea(logging.Formatter):
    """Nadie puede inventar una línea del registro escribiendo saltos en su nombre o en una dirección."""

    def format(self, record: logging.LogRecord) -> str:
        return en_una_linea(super().format(record))
