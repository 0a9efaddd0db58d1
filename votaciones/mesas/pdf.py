"""Las hojas de un paquete: un recorte por código, con su QR. Se dibujan una vez y no se guardan."""

import io
from collections.abc import Sequence

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, mm
from reportlab.pdfgen.canvas import Canvas

from votaciones.mesas.models import Paquete

COLUMNAS, FILAS = 2, 5
MARGEN = 10 * mm
ANCHO, ALTO = (A4[0] - 2 * MARGEN) / COLUMNAS, (A4[1] - 2 * MARGEN) / FILAS
LADO = 30 * mm
TINTA, LINEA = colors.HexColor("#1c2321"), colors.HexColor("#8a948f")


def dibujar_hojas(paquete: Paquete, codigos: Sequence[str], direccion: str) -> bytes:
    """El PDF. En el QR el código va después de «#»: el navegador no lo manda al abrir la página."""
    salida = io.BytesIO()
    lienzo = Canvas(salida, pagesize=A4, lang="es-BO")
    lienzo.setTitle(f"Códigos para votar: paquete {paquete.pk}")
    lienzo.setAuthor("Ayni")
    for lugar, codigo in enumerate(codigos):
        casilla = lugar % (COLUMNAS * FILAS)
        if lugar and not casilla:
            lienzo.showPage()
        columna, fila = casilla % COLUMNAS, casilla // COLUMNAS
        _recorte(lienzo, MARGEN + columna * ANCHO, A4[1] - MARGEN - (fila + 1) * ALTO, paquete, codigo, direccion)
    lienzo.save()
    return salida.getvalue()


def _recorte(lienzo: Canvas, x: float, y: float, paquete: Paquete, codigo: str, direccion: str) -> None:
    lienzo.setStrokeColor(LINEA)
    lienzo.setDash(3, 3)
    lienzo.rect(x, y, ANCHO, ALTO)
    lienzo.setDash()
    lienzo.setFillColor(TINTA)
    _qr(lienzo, x + 3 * mm, y + ALTO - LADO - 4 * mm, f"{direccion}#{codigo}")
    donde = x + LADO + 6 * mm
    lienzo.setFont("Helvetica-Bold", 10)
    lienzo.drawString(donde, y + ALTO - 9 * mm, _corta(lienzo, f"Papeleta: {paquete.contienda.lugar}", 10))
    lienzo.setFont("Helvetica", 8)
    renglones = ("Escanea el cuadro con tu teléfono,", "o escribe el código en:", *_en_trozos(direccion, 38))
    for n, renglon in enumerate(renglones):
        lienzo.drawString(donde, y + ALTO - (15 + 4 * n) * mm, renglon)
    lienzo.setFont("Courier-Bold", 14)
    lienzo.drawCentredString(x + ANCHO / 2, y + 13 * mm, codigo)
    lienzo.setFont("Helvetica", 8)
    lienzo.drawCentredString(x + ANCHO / 2, y + 7 * mm, "Sirve una sola vez. No lo muestres a nadie.")


def _en_trozos(texto: str, largo: int) -> list[str]:
    return [texto[n : n + largo] for n in range(0, len(texto), largo)]


def _corta(lienzo: Canvas, texto: str, tamano: int) -> str:
    hasta = ANCHO - LADO - 8 * mm
    while lienzo.stringWidth(texto, "Helvetica-Bold", tamano) > hasta:
        texto = texto[:-2].rstrip("… ") + "…"
    return texto


def _qr(lienzo: Canvas, x: float, y: float, texto: str) -> None:
    puntos = segno.make(texto, error="m").matrix
    punto = LADO / len(puntos)
    for fila, renglon in enumerate(puntos):
        for columna, negro in enumerate(renglon):
            if negro:
                lienzo.rect(x + columna * punto, y + LADO - (fila + 1) * punto, punto, punto, stroke=0, fill=1)
