"""Un dibujo por categoría, guardado como cualquier foto: pasa por el mismo taller."""

from concurrent.futures import ThreadPoolExecutor

from django.core.files.base import ContentFile

from civic.comun.fotos import guardar_foto
from civic.demo.contexto import Contexto
from civic.demo.dibujos import ESCENAS, dibujar


def cargar(contexto: Contexto) -> str:
    with ThreadPoolExecutor(2) as ayudantes:  # Pillow suelta el candado de Python al dibujar y reducir
        for codigo, png in zip(ESCENAS, ayudantes.map(dibujar, ESCENAS), strict=True):
            archivo = ContentFile(png, name=f"{codigo}.png")
            guardar_foto(archivo, texto=ESCENAS[codigo][1], publica=True)
    return f"{len(ESCENAS)} dibujos, uno por categoría"
