"""Lo que Ayni guarda de una persona, reunido para ella a partir del registro de datos. Solo lee."""

import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from civic.comun.models import Foto, Suceso
from civic.cuentas.models import AsignacionRol, Mandato, Residencia, Usuario
from civic.cuentas.registro_de_datos import REGISTRO, Dato

LEEME = """Tus datos en Ayni

mis_datos.json tiene todo lo que Ayni guarda de ti, ordenado por tema. Se abre con cualquier editor de texto.
La carpeta fotos tiene las fotos que subiste, y la carpeta documentos, los PDF que adjuntaste: cada uno se llama como
su «token» en mis_datos.json.

No está tu contraseña: Ayni no la conoce, solo guarda una huella que no se puede deshacer.
No está qué votaste: Ayni guarda que votaste, para que nadie vote dos veces, y aparte las papeletas, sin nombre.

Las horas dicen su diferencia con la hora universal.
"""


def modelo_de(dato: Dato) -> type[models.Model] | None:
    """El modelo de esa línea del registro; None si es de una biblioteca que esta instalación no usa."""
    try:
        return apps.get_model(dato.modelo)
    except LookupError:
        if dato.si_existe:
            return None
        raise


def filas_de(dato: Dato, usuario: Usuario) -> models.QuerySet[Any] | None:
    """Las filas de esa línea que son de la persona."""
    modelo = modelo_de(dato)
    if modelo is None:
        return None
    de_ella = {dato.camino: usuario} if dato.camino else {"pk": usuario.pk}
    return modelo._default_manager.filter(**de_ella, **dato.filtro).order_by("pk")


def sobre_la_persona(usuario: Usuario) -> models.QuerySet[Suceso]:
    """Líneas de la bitácora que hablan de ella, de su residencia, de sus mandatos o de sus roles."""
    sobre = Q(objeto_tipo=Usuario._meta.label_lower, objeto_id=usuario.pk)
    for modelo in (Residencia, Mandato, AsignacionRol):
        propios = modelo._default_manager.filter(usuario=usuario).values("pk")
        sobre |= Q(objeto_tipo=modelo._meta.label_lower, objeto_id__in=propios)
    return Suceso.objects.filter(sobre).order_by("pk")


def reunir(usuario: Usuario) -> dict[str, Any]:
    """{tema: [filas]} con todo lo de la persona; cada tema dice además qué pasa con él si cierra su cuenta."""
    temas: dict[str, Any] = {}
    for dato in REGISTRO:
        filas = filas_de(dato, usuario)
        if filas is not None:
            temas[dato.titulo] = {
                "si_cierras_tu_cuenta": f"{dato.al_cerrar.value}: {dato.por_que}",
                "filas": list(filas.values(*dato.campos)),
            }
    # Quién lo hizo no se entrega: es el dato de otra persona. Su cargo, sí.
    temas["lo_que_la_bitacora_dice_de_ti"] = {
        "si_cierras_tu_cuenta": "queda: la bitácora no se cambia ni se borra, y no guarda nombres",
        "filas": list(sobre_la_persona(usuario).values("momento", "verbo", "texto", "calidad", "motivo")),
    }
    return {"generado": timezone.now(), "temas": temas}


def _archivos_de_fotos(usuario: Usuario) -> Iterator[tuple[str, bytes]]:
    for foto in Foto.objects.filter(subida_por=usuario).order_by("pk").iterator():
        try:
            with default_storage.open(foto.ruta(foto.anchos[-1])) as archivo:
                yield f"fotos/{foto.token}.webp", archivo.read()
        except FileNotFoundError:
            continue


def _archivos_de_documentos(usuario: Usuario) -> Iterator[tuple[str, bytes]]:
    """Los archivos de las líneas del registro que los tienen; el mismo archivo, una vez."""
    dados: set[str] = set()
    for dato in REGISTRO:
        filas = filas_de(dato, usuario) if dato.carpeta else None
        for fila in filas if filas is not None else ():
            nombre = f"{dato.carpeta}/{fila.ruta.rsplit('/', 1)[-1]}"
            if nombre in dados or not default_storage.exists(fila.ruta):
                continue
            dados.add(nombre)
            with default_storage.open(fila.ruta) as archivo:
                yield nombre, archivo.read()


def empaquetar(usuario: Usuario, destino: IO[bytes]) -> None:
    """Escribe en `destino` el zip con los datos, las fotos y los documentos de la persona."""
    with zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED) as paquete:
        paquete.writestr("LEEME.txt", LEEME)
        datos = json.dumps(reunir(usuario), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        paquete.writestr("mis_datos.json", datos)
        for nombre, contenido in _archivos_de_fotos(usuario):
            paquete.writestr(nombre, contenido, zipfile.ZIP_STORED)  # WebP ya viene comprimido
        for nombre, contenido in _archivos_de_documentos(usuario):
            paquete.writestr(nombre, contenido)
