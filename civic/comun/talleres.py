"""Abrir en un proceso aparte un archivo que no es de fiar: de a pocos, con tiempo y sin secretos a la vista."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

# Lo único que el programa hereda: lo que el intérprete necesita para arrancar.
_AMBIENTE = {nombre: os.environ[nombre] for nombre in ("LD_LIBRARY_PATH", "PYTHONHOME") if nombre in os.environ}


class TallerOcupado(Exception):
    """Pasó la espera y los demás todavía no terminaron."""


class TallerLento(Exception):
    """Pasó el tiempo y se lo cortó."""


class Taller:
    """Un programa de Python que lee por la entrada y contesta por la salida; él mismo se limita la memoria.

    `a_la_vez`: cuántos corren juntos en este servidor. `espera`: segundos que se aguarda un lugar. `ambiente` se agrega
    a lo poco que hereda.
    """

    def __init__(
        self, programa: Path, *, a_la_vez: int, espera: float = 20, ambiente: Mapping[str, str] | None = None
    ) -> None:
        self.programa, self.a_la_vez, self.espera = programa, a_la_vez, espera
        self.ambiente = _AMBIENTE | dict(ambiente or {})
        self.turnos = threading.BoundedSemaphore(a_la_vez)

    def correr(self, entrada: bytes, *argumentos: str, segundos: float) -> "subprocess.CompletedProcess[bytes]":
        """Lo que pasó, también si el sistema lo mató. Lanza TallerOcupado o TallerLento."""
        if not self.turnos.acquire(timeout=self.espera):
            raise TallerOcupado
        try:
            return subprocess.run(
                [sys.executable, "-I", str(self.programa), *argumentos],
                input=entrada,
                capture_output=True,
                timeout=segundos,
                check=False,
                env=self.ambiente,
            )
        except subprocess.TimeoutExpired:
            raise TallerLento from None
        finally:
            self.turnos.release()
