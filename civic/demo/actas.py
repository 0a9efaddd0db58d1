"""El escaneo de un acta de la demo: una hoja dibujada, con sus renglones y sus firmas inventadas."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFont

from civic.demo.lienzo import PAPEL, TINTA

ANCHO, ALTO = 1080, 1650  # la proporción de una hoja oficio, 216 x 330 mm
AZUL = "#2b4a86"
FIRMAS_POR_FILA = 3


def dibujar_acta(titulo: str, renglones: list[str], azar: random.Random) -> bytes:
    """JPEG de una hoja manuscrita; la misma semilla da siempre la misma hoja."""
    hoja = Image.new("RGB", (ANCHO, ALTO), PAPEL)
    pincel = ImageDraw.Draw(hoja)
    pincel.text((90, 90), titulo, fill=TINTA, font=ImageFont.load_default(40))
    letra = ImageFont.load_default(28)
    for numero, renglon in enumerate(renglones):
        alto = 190 + numero * 62
        pincel.line((90, alto + 44, ANCHO - 90, alto + 44), fill="#d7d3c4", width=2)
        pincel.text((90 + azar.randint(-4, 4), alto + azar.randint(-3, 3)), renglon, fill=AZUL, font=letra)
    for firma in range(FIRMAS_POR_FILA * 2):
        columna, fila = firma % FIRMAS_POR_FILA, firma // FIRMAS_POR_FILA
        x, y = 130 + columna * 300, 1230 + fila * 170
        onda, alto = azar.uniform(0.05, 0.12), azar.randint(14, 34)
        puntos = [(x + paso, y + alto * math.sin(paso * onda) * math.cos(paso * onda / 3)) for paso in range(0, 220, 4)]
        pincel.line(puntos, fill=AZUL, width=4, joint="curve")
        pincel.line((x - 10, y + 60, x + 230, y + 60), fill="#8d8a80", width=2)
    salida = io.BytesIO()
    hoja.rotate(azar.uniform(-0.8, 0.8), fillcolor="#c9c5b8").save(salida, "JPEG", quality=80)
    return salida.getvalue()
