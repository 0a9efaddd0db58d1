"""Encerrar el proceso que abre archivos ajenos: sin red, sin otros programas y con memoria, tiempo y disco limitados.

Varias capas, porque ninguna existe en todas partes: espacio de red propio (Linux), filtro de llamadas al sistema
(Linux), avisos de auditoría de Python (siempre) y límites de recursos (Unix). Los lectores, además, no usan la red.
"""

import ctypes
import platform
import resource
import socket
import struct
import sys
from typing import Any

from mapas.territorio.importador import topes

_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_SIN_PRIVILEGIOS_NUEVOS, _SECCOMP, _FILTRO = 38, 22, 2
# arquitectura: (marca de auditoría, llamadas que se niegan: socket, connect, bind, sendto, execve, execveat, io_uring)
_LLAMADAS = {
    "x86_64": (0xC000003E, (41, 42, 49, 44, 46, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 206, 211, 221, 281, 117, 425)),
}
_PROHIBIDOS = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "ftplib.", "urllib.")


def apartar_de_la_red() -> bool:
    """Espacio de red propio y vacío; antes de crear hilos. False donde el sistema no lo permite."""
    if not sys.platform.startswith("linux"):
        return False
    libreria = ctypes.CDLL(None, use_errno=True)
    return libreria.unshare(_NEWUSER | _NEWNET) == 0 or libreria.unshare(_NEWNET) == 0


def negar_llamadas() -> bool:
    """El núcleo niega abrir conexiones y ejecutar programas (seccomp). False donde no se puede."""
    conocida = _LLAMADAS.get(platform.machine()) if sys.platform.startswith("linux") else None
    if conocida is None:
        return False
    marca, llamadas = conocida
    paso = struct.Struct("HBBI")
    negar = len(llamadas)  # saltos hasta la última instrucción
    programa = [
        paso.pack(0x20, 0, 0, 4),  # cargar la arquitectura
        paso.pack(0x15, 1, 0, marca),
        paso.pack(0x06, 0, 0, 0x80000000),  # otra arquitectura: fin del proceso
        paso.pack(0x20, 0, 0, 0),  # cargar el número de llamada
        paso.pack(0x35, negar + 1, 0, 0x40000000),  # la otra numeración de x86
        *(paso.pack(0x15, negar - lugar, 0, numero) for lugar, numero in enumerate(llamadas)),
        paso.pack(0x06, 0, 0, 0x7FFF0000),  # permitir
        paso.pack(0x06, 0, 0, 0x00050001),  # negar: EPERM
    ]
    cuerpo = ctypes.create_string_buffer(b"".join(programa))
    filtro = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(programa), ctypes.addressof(cuerpo)))
    libreria = ctypes.CDLL(None, use_errno=True)
    if libreria.prctl(_SIN_PRIVILEGIOS_NUEVOS, 1, 0, 0, 0) != 0:
        return False
    return libreria.prctl(_SECCOMP, _FILTRO, filtro, 0, 0) == 0


def negar_en_python() -> None:
    """Lo mismo desde Python, en cualquier sistema: abrir una conexión o lanzar un programa es un error."""

    def vigilar(suceso: str, _partes: Any) -> None:
        if suceso.startswith(_PROHIBIDOS):
            raise PermissionError(f"El proceso que revisa archivos no puede hacer {suceso}.")

    sys.addaudithook(vigilar)


def limitar() -> None:
    """Memoria, tiempo de procesador y ningún archivo escrito."""
    resource.setrlimit(resource.RLIMIT_AS, (topes.MEMORIA, topes.MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (topes.SEGUNDOS_DE_CPU, topes.SEGUNDOS_DE_CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def hay_red() -> bool:
    """Si este proceso todavía puede abrir una conexión; para comprobar el encierro."""
    try:
        socket.socket().close()
    except OSError:
        return False
    return True
