"""PDF que sube la gente: peso y tipo por fuera, estructura en un proceso limitado y antivirus, en ese orden."""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from civic.comun.antivirus import exigir_limpio
from civic.comun.errores import ReglaIncumplida
from civic.comun.talleres import Taller, TallerLento, TallerOcupado
from civic.comun.texto import limpiar

registro = logging.getLogger("ayni.documentos")

PESO_MAXIMO = 10 * 1024 * 1024
SEGUNDOS_MAXIMO = 20
LARGO_DE_NOMBRE = 80
# Con qué cabeceras se entrega lo que subió la gente: el navegador lo descarga y nunca lo ejecuta.
CABECERAS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}
_taller = Taller(Path(__file__).with_name("taller_de_pdf.py"), a_la_vez=2)
_NO_VA_EN_UN_NOMBRE = re.compile(r'[\\/:*?"<>|%;\x00-\x1f]+')


def es_pdf(archivo: Any) -> bool:
    """Si empieza como un PDF; no lee más que eso."""
    archivo.seek(0)
    cabeza = archivo.read(5)
    archivo.seek(0)
    return cabeza == b"%PDF-"


def revisar_por_fuera(archivo: Any, *, campo: str) -> None:
    """Lanza ReglaIncumplida (en `campo`) por el peso, el tipo o un nombre que miente. No abre el documento."""
    if not archivo.size:
        raise ReglaIncumplida("Ese archivo está vacío. Elígelo otra vez.", campo=campo)
    if archivo.size > PESO_MAXIMO:
        megas = f"{archivo.size / 1024 / 1024:.1f}".replace(".", ",")
        raise ReglaIncumplida(
            f"El archivo pesa {megas} MB; el máximo es 10 MB. Escanéalo con menos resolución.", campo=campo
        )
    if not es_pdf(archivo):
        raise ReglaIncumplida("Ese archivo no es un PDF. Sube el documento original en PDF.", campo=campo)
    if Path(archivo.name or "").suffix.lower() not in {"", ".pdf"}:
        raise ReglaIncumplida(
            "Ese archivo es un PDF con otro nombre. Guárdalo como .pdf y súbelo de nuevo.", campo=campo
        )


@dataclass(frozen=True)
class Pdf:
    """Un PDF ya examinado. `paginas` es None si el taller no las pudo contar."""

    nombre: str
    datos: bytes
    paginas: int | None
    huella: str

    @property
    def peso(self) -> int:
        return len(self.datos)


def leer(archivo: Any, *, campo: str) -> Pdf:
    """Un PDF aceptado: revisado por fuera, por dentro y con el antivirus. Lanza ReglaIncumplida (en `campo`)."""
    revisar_por_fuera(archivo, campo=campo)
    archivo.seek(0)
    datos: bytes = archivo.read()
    ficha = _por_dentro(datos, campo)
    exigir_limpio(datos, campo=campo)
    paginas = ficha.get("paginas") or None
    return Pdf(nombre_limpio(archivo.name or ""), datos, paginas, hashlib.sha256(datos).hexdigest())


def examinar(archivo: Any, *, campo: str) -> bytes:
    """Los bytes de un PDF aceptado (ver `leer`)."""
    return leer(archivo, campo=campo).datos


@contextmanager
def archivos_o_nada() -> Iterator[Callable[[str, bytes], None]]:
    """Da `guardar(ruta, datos)`; si lo de adentro falla, también al confirmar, no queda ninguno de esos archivos.

    Va por fuera de la transacción de la acción.
    """
    guardadas: list[str] = []

    def guardar(ruta: str, datos: bytes) -> None:
        guardadas.append(default_storage.save(ruta, ContentFile(datos)))

    try:
        yield guardar
    except BaseException:
        for ruta in guardadas:
            default_storage.delete(ruta)
        raise


def nombre_limpio(nombre: str) -> str:
    """El nombre de un archivo subido, sin carpetas ni signos que confundan, y terminado en una sola «.pdf»."""
    ultimo = re.split(r"[\\/]", nombre)[-1]
    tallo = _NO_VA_EN_UN_NOMBRE.sub(" ", limpiar(ultimo)).strip(". ")
    tallo = re.sub(r"(?i)(\.pdf)+$", "", tallo).replace(".", " ")
    return f"{limpiar(tallo)[:LARGO_DE_NOMBRE].strip() or 'documento'}.pdf"


def _por_dentro(datos: bytes, campo: str) -> dict[str, Any]:
    try:
        hecho = _taller.correr(datos, segundos=SEGUNDOS_MAXIMO)
    except TallerOcupado:
        raise ReglaIncumplida(
            "Están llegando muchos archivos a la vez. Espera un minuto y envíalo de nuevo.", campo=campo
        ) from None
    except TallerLento:
        raise ReglaIncumplida(
            "Ese PDF es demasiado complicado. Imprímelo a un PDF nuevo y súbelo.", campo=campo
        ) from None
    try:
        ficha = json.loads(hecho.stdout)
    except ValueError:
        ficha = {"error": "No pudimos leer el PDF: es demasiado pesado o está dañado."}
    if hecho.returncode != 0 or "error" in ficha:
        registro.info("PDF rechazado: %s %s", ficha, hecho.stderr[-300:])
        raise ReglaIncumplida(ficha.get("error", "No pudimos leer el PDF. Prueba con otro."), campo=campo)
    return ficha
