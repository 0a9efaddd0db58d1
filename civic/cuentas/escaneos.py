"""Escaneos de actas: las imágenes se limpian como una foto y los PDF se examinan como todo documento."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from civic.comun import documentos
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import PESO_MAXIMO, limpiar_foto, revisar_foto
from civic.cuentas.models import Escaneo, Usuario

ACEPTA = "application/pdf,image/jpeg,image/png,image/webp"
CAMPO = "escaneo"


def _falla(frase: str) -> ReglaIncumplida:
    return ReglaIncumplida(frase, campo=CAMPO)


def revisar_escaneo(archivo: Any) -> str:
    """Formato en que se guardará («pdf» o «webp»); lanza ReglaIncumplida (campo «escaneo») si no se acepta.

    Mira peso, primeros bytes y que el nombre no mienta. No decodifica nada.
    """
    if not archivo.size:
        raise _falla("Ese archivo está vacío. Elige el acta otra vez.")
    if archivo.size > PESO_MAXIMO:
        megas = f"{archivo.size / 1024 / 1024:.1f}".replace(".", ",")
        raise _falla(f"El archivo pesa {megas} MB; el máximo es 10 MB. Escanéalo con menos resolución.")
    if documentos.es_pdf(archivo):
        documentos.revisar_por_fuera(archivo, campo=CAMPO)
        return Escaneo.Formato.PDF
    if Path(archivo.name or "").suffix.lower() == ".pdf":
        raise _falla("Ese archivo dice ser PDF pero por dentro es otra cosa. Sube el acta original.")
    try:
        revisar_foto(archivo)
    except ReglaIncumplida:
        raise _falla("Sube el acta como PDF o como foto (JPG, PNG o WebP).") from None
    return Escaneo.Formato.WEBP


def limpiar_escaneo(archivo: Any) -> tuple[str, bytes]:
    """(formato, bytes que se pueden guardar) de un archivo subido: revisado, sin metadatos y sin nada activo."""
    formato = revisar_escaneo(archivo)
    if formato == Escaneo.Formato.PDF:
        return formato, documentos.examinar(archivo, campo=CAMPO)
    try:
        return formato, limpiar_foto(archivo)
    except ReglaIncumplida as error:
        raise _falla(error.mensaje) from None


def guardar_archivo(archivo: Any, *, usuario: Usuario | None) -> Escaneo:
    """Revisa, limpia y guarda el archivo subido, y devuelve su Escaneo. La huella es la de los bytes guardados."""
    formato, datos = limpiar_escaneo(archivo)
    escaneo = Escaneo(formato=formato, peso=len(datos), huella=hashlib.sha256(datos).hexdigest(), subido_por=usuario)
    default_storage.save(escaneo.ruta, ContentFile(datos))
    escaneo.save()
    return escaneo
