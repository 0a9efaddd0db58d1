"""Fotos de la gente: se revisan antes de decodificarlas, se limpian en un proceso aparte y solo queda lo limpio."""

import hashlib
import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import ANCHOS_DE_FOTO, Foto
from civic.comun.talleres import Taller, TallerLento, TallerOcupado

registro = logging.getLogger("ayni.fotos")

PESO_MAXIMO = 10 * 1024 * 1024
SEGUNDOS_MAXIMO = 20
# Cada foto puede pedir hasta 512 MB: más de dos a la vez tumbarían un servidor chico.
_taller = Taller(Path(__file__).with_name("taller_de_fotos.py"), a_la_vez=2)
_EXTENSIONES = {
    "JPEG": {"jpg", "jpeg", "jpe", "jfif"},
    "PNG": {"png"},
    "WEBP": {"webp"},
    "HEIF": {"heic", "heif", "hif"},
}
_MARCAS_HEIF = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


_VEN_LO_RESERVADO: list[Callable[[Any, Foto], bool]] = []


def registrar_quien_ve(regla: Callable[[Any, Foto], bool]) -> None:
    """Una sala dice quién más ve una foto que todavía no es pública: recibe (usuario con cuenta, foto)."""
    _VEN_LO_RESERVADO.append(regla)


def puede_ver(usuario: Any, foto: Foto) -> bool:
    """Las públicas, cualquiera; las demás, quien la subió, la trastienda y quien diga la sala que la usa."""
    if foto.publica:
        return True
    if not usuario.is_authenticated:
        return False
    if foto.subida_por_id == usuario.pk or usuario.has_perm("wagtailadmin.access_admin"):
        return True
    return any(ve(usuario, foto) for ve in _VEN_LO_RESERVADO)


def formato_de(cabeza: bytes) -> str | None:
    """Formato según los primeros bytes (JPEG, PNG, WEBP o HEIF), o None. No decodifica nada."""
    if cabeza.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if cabeza.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if cabeza[:4] == b"RIFF" and cabeza[8:12] == b"WEBP":
        return "WEBP"
    if cabeza[4:8] == b"ftyp" and cabeza[8:12] in _MARCAS_HEIF:
        return "HEIF"
    return None


def revisar_foto(archivo: Any) -> str:
    """Formato verdadero de un archivo subido; lanza ReglaIncumplida (campo «foto») si no se puede aceptar.

    Mira peso, primeros bytes y que el nombre no mienta; no decodifica.
    """
    if archivo.size > PESO_MAXIMO:
        megas = f"{archivo.size / 1024 / 1024:.1f}".replace(".", ",")
        raise ReglaIncumplida(f"La foto pesa {megas} MB; el máximo es 10 MB. Elige una más liviana.", campo="foto")
    archivo.seek(0)
    formato = formato_de(archivo.read(32))
    archivo.seek(0)
    if formato is None:
        raise ReglaIncumplida("Ese archivo no es una foto. Sube una imagen JPEG, PNG, WebP o HEIC.", campo="foto")
    extension = Path(archivo.name or "").suffix.lower().lstrip(".")
    if extension and extension not in _EXTENSIONES[formato]:
        raise ReglaIncumplida(
            f"El archivo dice ser «.{extension}» pero por dentro es otra cosa. Sube la foto original.", campo="foto"
        )
    return formato


def _en_el_taller(datos: bytes, formato: str, *salidas: str) -> tuple[dict[str, Any], list[bytes]]:
    anchos = ",".join(map(str, ANCHOS_DE_FOTO))
    try:
        hecho = _taller.correr(datos, formato, anchos, *salidas, segundos=SEGUNDOS_MAXIMO)
    except TallerOcupado:
        raise ReglaIncumplida(
            "Están llegando muchas fotos a la vez. Espera un minuto y envíala de nuevo.", campo="foto"
        ) from None
    except TallerLento:
        registro.warning("El taller de fotos tardó más de %s s", SEGUNDOS_MAXIMO)
        raise ReglaIncumplida("La foto es demasiado complicada. Toma otra más simple.", campo="foto") from None
    linea, _, resto = hecho.stdout.partition(b"\n")
    try:
        ficha = json.loads(linea)
    except ValueError:
        ficha = {"error": "No pudimos leer la foto: es demasiado pesada o está dañada."}
    if hecho.returncode != 0 or "error" in ficha:
        registro.info("Foto rechazada (%s): %s %s", formato, ficha, hecho.stderr[-300:])
        raise ReglaIncumplida(ficha.get("error", "No pudimos leer la foto. Prueba con otra."), campo="foto")
    versiones, posicion = [], 0
    for peso in (*ficha["tamanos"].values(), *ficha["reserva"].values()):
        versiones.append(resto[posicion : posicion + peso])
        posicion += peso
    return ficha, versiones


def limpiar_foto(archivo: BinaryIO | Any) -> bytes:
    """La versión mayor de una foto subida, en WebP y sin metadatos. Lanza ReglaIncumplida (campo «foto»)."""
    formato = revisar_foto(archivo)
    _, versiones = _en_el_taller(archivo.read(), formato)
    return versiones[-1]


def guardar_foto(archivo: BinaryIO | Any, *, usuario: Any = None, texto: str = "", publica: bool = False) -> Foto:
    """Revisa, limpia, reduce y guarda una foto subida; devuelve su Foto. Lanza ReglaIncumplida (campo «foto»).

    Cada tamaño se guarda en WebP y, de reserva para los teléfonos que no lo abren, en JPEG. Todo byte guardado sale del
    taller: ningún metadato del teléfono (GPS, serie, miniatura, comentario) sobrevive. Si la foto decía dónde se tomó,
    queda en `tomada_en` de lo devuelto, nunca en la base: quien subió decide si lo usa.
    """
    formato = revisar_foto(archivo)
    ficha, versiones = _en_el_taller(archivo.read(), formato, "jpeg")
    en_webp = len(ficha["tamanos"])
    mayor = versiones[en_webp - 1]
    foto = Foto(
        ancho=ficha["ancho"],
        alto=ficha["alto"],
        color=ficha["color"],
        peso=len(mayor),
        huella=hashlib.sha256(mayor).hexdigest(),
        texto=texto,
        publica=publica,
        subida_por=usuario if getattr(usuario, "pk", None) else None,
    )
    for ancho, version in zip(ficha["tamanos"], versiones[:en_webp], strict=True):
        default_storage.save(foto.ruta(int(ancho)), ContentFile(version))
    for ancho, version in zip(ficha["reserva"], versiones[en_webp:], strict=True):
        default_storage.save(foto.ruta(int(ancho), "jpg"), ContentFile(version))
    foto.save()
    foto.tomada_en = tuple(ficha["lugar"]) if ficha["lugar"] else None
    return foto


def publicar_foto(foto: Foto | None) -> None:
    """Hace pública una foto junto con lo que ilustra."""
    if foto is not None and not foto.publica:
        foto.publica = True
        foto.save(update_fields=["publica"])


def borrar_foto(foto: Foto) -> None:
    """Borra una foto que nada usa, con sus archivos; si algo la usa lanza ProtectedError y no borra nada."""
    rutas = foto.rutas
    foto.delete()
    # Si la transacción se deshace, la foto sigue existiendo y sus archivos también.
    for ruta in rutas:
        transaction.on_commit(partial(default_storage.delete, ruta))
