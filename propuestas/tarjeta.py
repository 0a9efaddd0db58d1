"""La imagen que muestran WhatsApp, Facebook y otros al compartir una propuesta: título, lugar, costo y código."""

import hashlib
import io
import os
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from civic.comun.dinero import bolivianos
from civic.comun.imprenta import (
    ARCHIVOS,
    LETRA,
    MAIZ,
    MOLLE,
    MOLLE_CLARO,
    NEGRA,
    PAPEL,
    TINTA,
    TINTA_2,
    dibujable,
)
from propuestas.models import Propuesta

ANCHO, ALTO = 1200, 630
MARGEN = 72
# Dónde va el título: de 154 a 460. Cuanto más largo, más chica la letra.
TITULO_ALTO = 306
TAMANOS = (76, 66, 58, 50)
# Sube si cambia el dibujo: así nadie recibe una tarjeta vieja de la carpeta.
VERSION = "1"


@cache
def _letra(nombre: str, tamano: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(ARCHIVOS[nombre]), tamano)


def _textos(propuesta: Propuesta) -> tuple[str, str, str, str]:
    """(título, lugar, costo, código): todo lo que se dibuja y nada más."""
    titulo = dibujable(propuesta.titulo) or "Propuesta"
    lugar = ", ".join(dibujable(str(area)) for area in (propuesta.distrito, propuesta.otb) if area)
    return titulo, lugar, dibujable(bolivianos(propuesta.monto)), dibujable(propuesta.codigo or "")


def huella_de(propuesta: Propuesta) -> str:
    """Cambia cuando cambia algo de lo dibujado: va en la dirección, y quien guarda la imagen pide la nueva."""
    return hashlib.sha256("\0".join((VERSION, *_textos(propuesta))).encode()).hexdigest()[:16]


def tarjeta(propuesta: Propuesta) -> bytes:
    """El PNG de 1200 × 630; se dibuja una vez y queda en el disco."""
    carpeta = Path(settings.DIR_DATOS) / "tarjetas"
    archivo = carpeta / f"{propuesta.pk}-{huella_de(propuesta)}.png"
    try:
        return archivo.read_bytes()
    except FileNotFoundError:
        imagen = dibujar(propuesta)
    carpeta.mkdir(parents=True, exist_ok=True)
    viejas = [otra for otra in carpeta.glob(f"{propuesta.pk}-*.png") if otra != archivo]
    # Con otro nombre y después el suyo: dos pedidos a la vez nunca leen media imagen.
    numero, temporal = tempfile.mkstemp(dir=carpeta, suffix=".parte")
    with os.fdopen(numero, "wb") as salida:
        salida.write(imagen)
    Path(temporal).replace(archivo)
    for vieja in viejas:
        vieja.unlink(missing_ok=True)
    return imagen


def dibujar(propuesta: Propuesta) -> bytes:
    titulo, lugar, costo, codigo = _textos(propuesta)
    imagen = Image.new("RGB", (ANCHO, ALTO), PAPEL)
    lapiz = ImageDraw.Draw(imagen)
    lapiz.rectangle((0, 0, ANCHO, 14), fill=MOLLE)
    lapiz.rectangle((0, 14, ANCHO, 20), fill=MAIZ)
    ancho = ANCHO - 2 * MARGEN
    chica = _letra(NEGRA, 28)
    renglon = _acortar(lugar, chica, ancho - 48)
    lapiz.rounded_rectangle((MARGEN, 62, MARGEN + chica.getlength(renglon) + 48, 118), 28, fill=MOLLE_CLARO)
    lapiz.text((MARGEN + 24, 90), renglon, font=chica, fill=MOLLE, anchor="lm")
    grande, lineas = _a_su_medida(titulo, ancho)
    alto = round(grande.size * 1.22)
    primera = 154 + (TITULO_ALTO - alto * len(lineas)) // 2
    for numero, linea in enumerate(lineas):
        lapiz.text((MARGEN, primera + numero * alto), linea, font=grande, fill=TINTA, anchor="la")
    _pie(imagen, lapiz, costo, codigo)
    salida = io.BytesIO()
    # Con 64 colores se ve igual y pesa la cuarta parte: se manda por WhatsApp con poca señal.
    imagen.quantize(64).save(salida, "PNG", optimize=True)
    return salida.getvalue()


def _a_su_medida(titulo: str, ancho: float) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """La letra más grande con la que el título entra entero; si con ninguna, la más chica y puntos suspensivos."""
    for tamano in TAMANOS:
        letra = _letra(NEGRA, tamano)
        lineas = en_lineas(titulo, letra, ancho, int(TITULO_ALTO // (tamano * 1.22)))
        if not lineas[-1].endswith("…"):
            break
    return letra, lineas


def _pie(imagen: Image.Image, lapiz: ImageDraw.ImageDraw, costo: str, codigo: str) -> None:
    lapiz.line((MARGEN, 478, ANCHO - MARGEN, 478), fill=MOLLE_CLARO, width=3)
    lapiz.text((MARGEN, 536), costo, font=_letra(NEGRA, 46), fill=MOLLE, anchor="lm")
    lapiz.text((MARGEN, 588), codigo, font=_letra(LETRA, 26), fill=TINTA_2, anchor="lm")
    derecha = ANCHO - MARGEN
    ayni, pueblo = _letra(NEGRA, 40), _letra(LETRA, 24)
    lapiz.text((derecha, 536), "Ayni", font=ayni, fill=TINTA, anchor="rm")
    lapiz.text((derecha, 588), "Presupuesto participativo de Quillacollo", font=pueblo, fill=TINTA_2, anchor="rm")
    imagen.paste(_sello(), (int(derecha - ayni.getlength("Ayni") - 108), 506))


def _sello() -> Image.Image:
    """Los dos aros entrelazados de Ayni, como en la cabecera; se dibujan al cuádruple para que salgan redondos."""
    dibujo = Image.new("RGB", (344, 232), PAPEL)
    lapiz = ImageDraw.Draw(dibujo)
    uno, otro = (4, 4, 220, 220), (120, 4, 336, 220)
    lapiz.ellipse(uno, outline=MOLLE, width=44)
    lapiz.ellipse(otro, outline=MAIZ, width=44)
    lapiz.arc(uno, -60, 60, fill=MOLLE, width=44)
    return dibujo.resize((86, 58), Image.Resampling.LANCZOS)


def en_lineas(texto: str, letra: ImageFont.FreeTypeFont, ancho: float, maximo: int) -> list[str]:
    """El texto en renglones que entran en `ancho`; si no entra todo, el último termina en puntos suspensivos."""
    lineas: list[str] = []
    palabras = [trozo for palabra in texto.split() for trozo in _partir(palabra, letra, ancho)]
    actual = ""
    for lugar, palabra in enumerate(palabras):
        junto = f"{actual} {palabra}".strip()
        if letra.getlength(junto) <= ancho:
            actual = junto
            continue
        if len(lineas) == maximo - 1:
            return [*lineas, _acortar(" ".join([actual, *palabras[lugar:]]), letra, ancho)]
        lineas.append(actual)
        actual = palabra
    return [*lineas, actual]


def _partir(palabra: str, letra: ImageFont.FreeTypeFont, ancho: float) -> list[str]:
    """La palabra en pedazos que entran: una sin espacios tampoco se sale del borde."""
    pedazos = [""]
    for signo in palabra:
        if pedazos[-1] and letra.getlength(pedazos[-1] + signo) > ancho:
            pedazos.append("")
        pedazos[-1] += signo
    return pedazos


def _acortar(texto: str, letra: ImageFont.FreeTypeFont, ancho: float) -> str:
    if letra.getlength(texto) <= ancho:
        return texto
    while texto and letra.getlength(f"{texto}…") > ancho:
        texto = texto[:-1]
    return f"{texto.rstrip()}…"
