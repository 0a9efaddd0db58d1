"""Imágenes de prueba."""

import io

from PIL import Image


def jpeg_con_lugar(ancho: int = 800, alto: int = 600) -> bytes:
    """Un JPEG con el aparato y el lugar escondidos en sus metadatos."""
    imagen = Image.new("RGB", (ancho, alto), "#2f6d57")
    exif = Image.Exif()
    exif[271] = "TelefonoSecreto"
    exif.get_ifd(0x8825)[1] = "S"
    salida = io.BytesIO()
    imagen.save(salida, "JPEG", exif=exif)
    return salida.getvalue()
