"""Lo que comparten los dibujos y los PDF: papeles, letras, colores de Ayni y códigos QR.

La letra es Bitstream Vera, que se puede usar y repartir libremente y viene con reportlab: el servidor no depende de las
que tenga instaladas.
"""

import unicodedata
from functools import cache
from pathlib import Path

import reportlab
import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PAPELES = {"a4": A4, "oficio": (216 * mm, 330 * mm)}
LETRA, NEGRA = "AyniVera", "AyniVeraNegra"
_CARPETA = Path(reportlab.__file__).parent / "fonts"
ARCHIVOS = {LETRA: _CARPETA / "Vera.ttf", NEGRA: _CARPETA / "VeraBd.ttf"}
MOLLE, MOLLE_CLARO, MAIZ, PAPEL = "#0a6650", "#e3f1ea", "#f0b429", "#fbfaf6"
TINTA, TINTA_2, LINEA, NEGRO = "#1c2321", "#55605b", "#dfddd3", "#000000"


@cache
def preparar_letras() -> None:
    """Deja las letras listas para los PDF; se llama antes de escribir uno."""
    for nombre, archivo in ARCHIVOS.items():
        pdfmetrics.registerFont(TTFont(nombre, str(archivo)))
    pdfmetrics.registerFontFamily(LETRA, normal=LETRA, bold=NEGRA, italic=LETRA, boldItalic=NEGRA)


@cache
def _conocidas() -> frozenset[int]:
    return frozenset(TTFont(LETRA, str(ARCHIVOS[LETRA])).face.charToGlyph)


def dibujable(texto: str, *, varias_lineas: bool = False) -> str:
    """El texto con solo las letras que esta tipografía sabe dibujar; las demás saldrían como cuadraditos."""
    texto = unicodedata.normalize("NFC", texto)
    lineas = texto.split("\n") if varias_lineas else [texto.replace("\n", " ")]
    return "\n".join(" ".join("".join(filter(_se_dibuja, linea)).split()) for linea in lineas).strip()


def _se_dibuja(letra: str) -> bool:
    return letra.isspace() or (ord(letra) in _conocidas() and unicodedata.category(letra)[0] != "C")


def qr(direccion: str, lado: float) -> Drawing:
    """El QR de una dirección como dibujo de `lado` puntos, con su margen blanco."""
    filas = [list(fila) for fila in segno.make(direccion, error="m", micro=False).matrix_iter(border=2)]
    modulo = lado / len(filas)
    dibujo = Drawing(lado, lado)
    for alto, fila in enumerate(filas):
        desde: int | None = None
        # Un rectángulo por tramo negro: diez veces menos trazos que uno por cuadrito.
        for lugar, negro in enumerate([*fila, 0]):
            if negro and desde is None:
                desde = lugar
            elif not negro and desde is not None:
                y = lado - (alto + 1) * modulo
                dibujo.add(
                    Rect(
                        desde * modulo, y, (lugar - desde) * modulo, modulo, fillColor=HexColor(NEGRO), strokeColor=None
                    )
                )
                desde = None
    return dibujo
