"""Pregunta a un antivirus (clamd) si un archivo trae algo malo. Sin AYNI_ANTIVIRUS no se pregunta nada.

Habla INSTREAM: manda el archivo en trozos con su largo delante y lee una línea. Si el antivirus no contesta, el archivo
no entra: es preferible pedir que esperen a guardar algo sin revisar.
"""

import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from civic.comun.errores import ReglaIncumplida

registro = logging.getLogger("ayni.antivirus")

SEGUNDOS = 20
_TROZO = 64 * 1024
_RESPUESTA_MAXIMA = 4096
CAIDO = "No pudimos revisar el archivo: el antivirus no responde. Espera unos minutos y envíalo de nuevo."
INFECTADO = "El antivirus encontró algo peligroso en ese archivo. No lo guardamos. Revisa tu equipo y sube otro."


def exigir_limpio(datos: bytes, *, campo: str) -> None:
    """Lanza ReglaIncumplida (en `campo`) si el antivirus halla algo o no contesta; sin antivirus no hace nada."""
    if not settings.ANTIVIRUS:
        return
    try:
        respuesta = _preguntar(settings.ANTIVIRUS, datos)
    except OSError as error:
        registro.error("El antivirus no responde: %s", error)
        raise ReglaIncumplida(CAIDO, campo=campo) from None
    if respuesta.endswith(" FOUND"):
        registro.warning("El antivirus rechazó un archivo: %s", respuesta)
        raise ReglaIncumplida(INFECTADO, campo=campo)
    if not respuesta.endswith(" OK"):
        registro.error("El antivirus contestó otra cosa: %r", respuesta[:200])
        raise ReglaIncumplida(CAIDO, campo=campo)


def _preguntar(direccion: str, datos: bytes) -> str:
    with _conectar(direccion) as canal:
        canal.sendall(b"zINSTREAM\0")
        for desde in range(0, len(datos), _TROZO):
            trozo = datos[desde : desde + _TROZO]
            canal.sendall(struct.pack(">I", len(trozo)) + trozo)
        canal.sendall(struct.pack(">I", 0))
        respuesta = b""
        while not respuesta.endswith(b"\0") and len(respuesta) < _RESPUESTA_MAXIMA:
            parte = canal.recv(_RESPUESTA_MAXIMA)
            if not parte:
                break
            respuesta += parte
    return respuesta.rstrip(b"\0\n").decode("utf-8", "replace")


def _conectar(direccion: str) -> socket.socket:
    partes = urlsplit(direccion)
    if partes.scheme == "unix":
        canal = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        canal.settimeout(SEGUNDOS)
        try:
            canal.connect(partes.path)
        except OSError:
            canal.close()
            raise
        return canal
    return socket.create_connection((partes.hostname, partes.port or 3310), timeout=SEGUNDOS)
