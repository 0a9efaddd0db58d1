"""Escaneos de actas: las imágenes se limpian como una foto; de un PDF se revisan peso, tipo y que no sea activo."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import PESO_MAXIMO, limpiar_foto, revisar_foto
from civic.cuentas.models import Escaneo, Usuario

ACEPTA = "application/pdf,image/jpeg,image/png,image/webp"
# Un acta escaneada no necesita ejecutar nada ni llevar otros archivos dentro.
_ACTIVO = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS<", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_COLA = 2048


def _falla(frase: str) -> ReglaIncumplida:
    return ReglaIncumplida(frase, campo="escaneo")


def revisar_escaneo(archivo: Any) -> str:
    """Formato en que se guardará («pdf» o «webp»); lanza ReglaIncumplida (campo «escaneo») si no se acepta.

    Mira peso, primeros bytes y que el nombre no mienta. No decodifica nada.
    """
    if not archivo.size:
        raise _falla("Ese archivo está vacío. Elige el acta otra vez.")
    if archivo.size > PESO_MAXIMO:
        megas = f"{archivo.size / 1024 / 1024:.1f}".replace(".", ",")
        raise _falla(f"El archivo pesa {megas} MB; el máximo es 10 MB. Escanéalo con menos resolución.")
    archivo.seek(0)
    es_pdf = archivo.read(5) == b"%PDF-"
    archivo.seek(0)
    if es_pdf:
        _revisar_pdf(archivo)
        return Escaneo.Formato.PDF
    if Path(archivo.name or "").suffix.lower() == ".pdf":
        raise _falla("Ese archivo dice ser PDF pero por dentro es otra cosa. Sube el acta original.")
    try:
        revisar_foto(archivo)
    except ReglaIncumplida:
        raise _falla("Sube el acta como PDF o como foto (JPG, PNG o WebP).") from None
    return Escaneo.Formato.WEBP


def _revisar_pdf(archivo: Any) -> None:
    if Path(archivo.name or "").suffix.lower() not in {"", ".pdf"}:
        raise _falla("Ese archivo es un PDF con otro nombre. Guárdalo como .pdf y súbelo de nuevo.")
    datos = archivo.read()
    archivo.seek(0)
    if b"%%EOF" not in datos[-_COLA:]:
        raise _falla("El PDF está cortado o dañado. Escanéalo de nuevo.")
    if any(marca in datos for marca in _ACTIVO):
        raise _falla("Ese PDF trae programas o archivos dentro. Imprímelo a un PDF nuevo o súbelo como foto.")


def guardar_archivo(archivo: Any, *, usuario: Usuario | None) -> Escaneo:
    """Revisa, limpia y guarda el archivo subido, y devuelve su Escaneo. La huella es la de los bytes guardados."""
    formato = revisar_escaneo(archivo)
    if formato == Escaneo.Formato.PDF:
        datos = archivo.read()
    else:
        try:
            datos = limpiar_foto(archivo)
        except ReglaIncumplida as error:
            raise _falla(error.mensaje) from None
    escaneo = Escaneo(formato=formato, peso=len(datos), huella=hashlib.sha256(datos).hexdigest(), subido_por=usuario)
    default_storage.save(escaneo.ruta, ContentFile(datos))
    escaneo.save()
    return escaneo
