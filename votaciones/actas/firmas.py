"""Lleva un PDF firmado al taller, que lo comprueba en un proceso aparte, y trae lo que se sabe de sus firmas."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from civic.comun.errores import ReglaIncumplida
from civic.comun.talleres import Taller, TallerLento, TallerOcupado
from votaciones.actas.reglas import firmas as reglas

registro = logging.getLogger("ayni.actas")
PESO_MAXIMO = 10 * 1024 * 1024
SEGUNDOS_MAXIMO = 40
_taller = Taller(Path(__file__).with_name("taller_de_firmas.py"), a_la_vez=1)


@dataclass(frozen=True)
class Comprobado:
    """Lo que se supo de un PDF: sus firmas, si todas valen y lo que dice ser en sus propiedades."""

    firmas: list[dict[str, Any]]
    valido: bool
    asunto: str


def comprobar_firmas(datos: bytes) -> Comprobado:
    """Comprueba las firmas de un PDF. Lanza ReglaIncumplida (campo «pdf») si no es un PDF firmado que se pueda leer."""
    if len(datos) > PESO_MAXIMO:
        raise _falla("El PDF pesa más de 10 MB. Firma el que descargaste de esta página.")
    if not datos.startswith(b"%PDF-"):
        raise _falla("Ese archivo no es un PDF. Firma el que descargaste de esta página y súbelo.")
    ficha = _en_el_taller(datos)
    if "error" in ficha:
        registro.info("PDF firmado rechazado: %s", ficha)
        raise _falla(ficha["error"])
    firmas = [reglas.ficha(firma) for firma in ficha["firmas"]]
    return Comprobado(firmas, reglas.todas_valen(firmas), ficha["asunto"])


def _en_el_taller(datos: bytes) -> dict[str, Any]:
    carpeta = str(settings.RAICES_FIRMA) if settings.RAICES_FIRMA else ""
    try:
        hecho = _taller.correr(datos, carpeta, segundos=SEGUNDOS_MAXIMO)
    except TallerOcupado:
        raise _falla("Se están comprobando otras firmas. Espera un minuto y súbelo de nuevo.") from None
    except TallerLento:
        raise _falla("El PDF es demasiado complicado. Firma el que descargaste de esta página.") from None
    try:
        return json.loads(hecho.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        registro.warning("El taller de firmas no contestó: %s", hecho.stderr[-300:])
        return {"error": "No pudimos leer ese PDF: es demasiado pesado o está dañado."}


def _falla(frase: str) -> ReglaIncumplida:
    return ReglaIncumplida(frase, campo="pdf")
