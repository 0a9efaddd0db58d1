"""Reúne los archivos estáticos solo cuando hace falta: un sello dice con qué se reunieron la última vez."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

SELLO = ".sello"


def se_reunen() -> bool:
    """Si esta instalación sirve los estáticos ya reunidos (al depurar se sirven desde cada aplicación)."""
    return hasattr(staticfiles_storage, "manifest_name")


def sello_de_hoy() -> str:
    """Huella de lo que hay para reunir: nombre, peso y fecha de cada archivo, y con qué se procesa."""
    huella = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for buscador in get_finders():
        for ruta, almacen in sorted(buscador.list(None), key=lambda par: par[0]):
            estado = Path(almacen.path(ruta)).stat()
            huella.update(f"{ruta}|{estado.st_size}|{estado.st_mtime_ns}".encode())
    return huella.hexdigest()


def estan_al_dia(sello: str) -> bool:
    archivo = Path(settings.STATIC_ROOT) / SELLO
    return archivo.exists() and archivo.read_text() == sello


def reunir(sello: str) -> None:
    """Corre collectstatic y deja el sello. Sin sello (se interrumpió) la próxima vez se reúnen de nuevo."""
    archivo = Path(settings.STATIC_ROOT) / SELLO
    archivo.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    archivo.parent.mkdir(parents=True, exist_ok=True)
    archivo.write_text(sello)
