"""PDF para imprimir: la hoja de una propuesta y la cartelera de un distrito, en A4 u oficio, con sus QR."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Dibujo
from PIL import UnidentifiedImageError
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from civic.comun.dinero import bolivianos, miles
from civic.comun.imprenta import (
    LETRA,
    LINEA,
    MAIZ,
    MOLLE,
    MOLLE_CLARO,
    NEGRA,
    PAPELES,
    TINTA,
    TINTA_2,
    dibujable,
    preparar_letras,
    qr,
)
from civic.comun.models import Foto
from propuestas.consultas_firmantes import copatrocinantes_de
from propuestas.models import Propuesta
from propuestas.reglas import APOYABLES

MARGEN = 18 * mm
EN_CARTELERA = 100
CABECERA = "Ayni · Presupuesto participativo de Quillacollo"


def _estilo(nombre: str, tamano: float, **cambios: Any) -> ParagraphStyle:
    base = {"fontName": LETRA, "fontSize": tamano, "leading": tamano * 1.36, "textColor": HexColor(TINTA)}
    return ParagraphStyle(nombre, **{**base, **cambios})


TITULO = _estilo("titulo", 22, fontName=NEGRA, leading=27, spaceAfter=4 * mm)
SUBTITULO = _estilo("subtitulo", 12.5, fontName=NEGRA, spaceBefore=5 * mm, spaceAfter=1.5 * mm)
TEXTO = _estilo("texto", 10.5, spaceAfter=2 * mm)
LUGAR = _estilo("lugar", 12, fontName=NEGRA, textColor=HexColor(MOLLE), spaceAfter=2 * mm)
SUAVE = _estilo("suave", 8.5, textColor=HexColor(TINTA_2))
CIFRA = _estilo("cifra", 16, fontName=NEGRA, textColor=HexColor(MOLLE))
BAJO_QR = _estilo("bajo_qr", 8.5, alignment=TA_CENTER, textColor=HexColor(TINTA_2))
FILA = _estilo("fila", 11, fontName=NEGRA, leading=14, spaceAfter=1 * mm)


def _p(texto: str, estilo: ParagraphStyle) -> Paragraph:
    """Un párrafo con el texto tal cual: lo que parece una etiqueta se lee, no se obedece."""
    return Paragraph(escape(dibujable(texto, varias_lineas=True)).replace("\n", "<br/>"), estilo)


def direccion_de(propuesta: Propuesta) -> str:
    return settings.URL_PUBLICA + propuesta.get_absolute_url()


# --- La hoja de una propuesta ----------------------------------------------------------------------------------------
def hoja(propuesta: Propuesta, papel: str) -> bytes:
    """Una propuesta en una hoja (o más, si su texto es largo)."""
    preparar_letras()
    ancho = PAPELES[papel][0] - 2 * MARGEN
    partes: list[Flowable] = [
        _p(", ".join(str(area) for area in (propuesta.distrito, propuesta.otb) if area), LUGAR),
        _p(propuesta.titulo, TITULO),
        _cifras(propuesta, ancho),
        Spacer(0, 4 * mm),
    ]
    if imagen := _foto(propuesta.foto, ancho, 78 * mm):
        partes += [imagen, Spacer(0, 2 * mm)]
    partes += [_p("Qué se pide y por qué", SUBTITULO)]
    partes += [_p(parrafo, TEXTO) for parrafo in propuesta.descripcion.split("\n") if parrafo.strip()]
    if propuesta.referencia:
        partes += [_p("Cómo llegar", SUBTITULO), _p(propuesta.referencia, TEXTO)]
    partes.append(KeepTogether([Spacer(0, 5 * mm), _como_apoyar(propuesta, ancho)]))
    return _escribir(partes, papel, titulo=propuesta.titulo, rotulo=propuesta.codigo or "")


def _cifras(propuesta: Propuesta, ancho: float) -> Table:
    ficha = propuesta.ficha
    quien = str(propuesta.organizacion) if propuesta.organizacion else ""
    celdas = [
        (bolivianos(propuesta.monto), "costo técnico" if propuesta.monto_tecnico else "costo pedido"),
        (ficha.etiqueta, "estado"),
        (
            miles(propuesta.apoyos_contados),
            "personas la apoyan" if propuesta.apoyos_contados != 1 else "persona la apoya",
        ),
    ]
    filas = [[[_p(cifra, CIFRA), _p(rotulo, SUAVE)] for cifra, rotulo in celdas]]
    tabla = Table(filas, colWidths=[ancho * parte for parte in (0.36, 0.38, 0.26)])
    tabla.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), HexColor(MOLLE_CLARO)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4 * mm),
                ("TOPPADDING", (0, 0), (-1, -1), 3 * mm),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3 * mm),
            ]
        )
    )
    datos = [str(propuesta.categoria or ""), str(propuesta.proceso), f"La presentó {quien}" if quien else ""]
    if copatrocinan := ", ".join(str(organizacion) for organizacion in copatrocinantes_de(propuesta)):
        datos.append(f"También la piden: {copatrocinan}")
    if propuesta.familias:
        datos.insert(1, f"{miles(propuesta.familias)} familias")
    pie = _p(" · ".join(dato for dato in datos if dato), SUAVE)
    junto = Table([[tabla], [pie]], colWidths=[ancho])
    junto.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]))
    return junto


def _como_apoyar(propuesta: Propuesta, ancho: float) -> Table:
    if propuesta.estado in APOYABLES:
        pasos = (
            "1. Apunta la cámara del teléfono al código, o escribe la dirección.\n"
            "2. Entra con tu cuenta. Si no tienes, créala: es gratis.\n"
            "3. Toca «Apoyar». Apoya quien vive en el municipio, una vez por propuesta.\n"
            "Si necesitas ayuda para abrir tu cuenta, pídela en la ventanilla del municipio."
        )
        rotulo = "Cómo apoyarla"
    else:
        pasos = f"{propuesta.ficha.sigue}\nMira en su página qué respondió el municipio y qué sigue."
        rotulo = "Cómo seguirla"
    direccion = direccion_de(propuesta)
    izquierda = [_p(rotulo, _estilo("rotulo", 14, fontName=NEGRA, spaceAfter=2 * mm)), _p(pasos, TEXTO)]
    derecha = [qr(direccion, 38 * mm), _p(propuesta.codigo or "", BAJO_QR)]
    tabla = Table([[izquierda, derecha], [_p(direccion, SUAVE), ""]], colWidths=[ancho - 46 * mm, 46 * mm])
    tabla.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 1.2, HexColor(MOLLE)),
                ("SPAN", (0, 1), (1, 1)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (1, 0), (1, 0), "CENTER"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4 * mm),
                ("TOPPADDING", (0, 0), (-1, 0), 4 * mm),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 3 * mm),
            ]
        )
    )
    return tabla


def _foto(foto: Foto | None, ancho: float, alto: float) -> Image | None:
    """La foto pública, para el papel; sin ella, o si falta su archivo, la hoja sale igual."""
    if foto is None or not foto.publica:
        return None
    salida = io.BytesIO()
    try:
        with (
            default_storage.open(foto.ruta(foto.anchos[-1])) as archivo,
            Dibujo.open(archivo, formats=["WEBP"]) as abierta,
        ):
            abierta.convert("RGB").save(salida, "JPEG", quality=82)
    except (OSError, UnidentifiedImageError):
        return None
    escala = min(ancho / foto.ancho, alto / foto.alto)
    salida.seek(0)
    return Image(salida, foto.ancho * escala, foto.alto * escala, hAlign="LEFT")


# --- La cartelera ----------------------------------------------------------------------------------------------------
def cartelera(propuestas: Sequence[Propuesta], *, total: int, lugar: str, direccion: str, papel: str) -> bytes:
    """Las propuestas para pegar en la sede: una por renglón, cada una con su QR."""
    preparar_letras()
    ancho = PAPELES[papel][0] - 2 * MARGEN
    cuantas = "1 propuesta" if total == 1 else f"{miles(total)} propuestas"
    invitacion = (
        f"{cuantas}. Apunta la cámara del teléfono al código de la que te interese para leerla, comentarla y apoyarla."
        if total
        else "Todavía no hay propuestas. Presenta la tuya: apunta la cámara del teléfono al código."
    )
    cabeza = Table(
        [[[_p(lugar or "Todo el municipio", LUGAR), _p("Propuestas de la gente", TITULO), _p(invitacion, TEXTO)],
          [qr(direccion, 30 * mm)]]],
        colWidths=[ancho - 34 * mm, 34 * mm],
    )  # fmt: skip
    cabeza.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    partes: list[Flowable] = [cabeza, Spacer(0, 3 * mm)]
    partes += [_renglon(propuesta, ancho) for propuesta in propuestas]
    if total > len(propuestas):
        partes += [Spacer(0, 3 * mm), _p(f"Hay {miles(total - len(propuestas))} más en {direccion}", TEXTO)]
    return _escribir(partes, papel, titulo=f"Propuestas: {lugar or 'todo el municipio'}", rotulo=lugar)


def _renglon(propuesta: Propuesta, ancho: float) -> Table:
    ficha = propuesta.ficha
    apoyos = "1 apoyo" if propuesta.apoyos_contados == 1 else f"{miles(propuesta.apoyos_contados)} apoyos"
    donde = ", ".join(str(area) for area in (propuesta.distrito, propuesta.otb) if area)
    datos = " · ".join([bolivianos(propuesta.monto), ficha.etiqueta, apoyos])
    textos = [_p(propuesta.titulo, FILA), _p(donde, TEXTO), _p(f"{datos} · {propuesta.codigo}", SUAVE)]
    tabla = Table([[textos, qr(direccion_de(propuesta), 21 * mm)]], colWidths=[ancho - 26 * mm, 26 * mm])
    tabla.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, 0), (-1, 0), 0.6, HexColor(LINEA)),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("NOSPLIT", (0, 0), (-1, -1)),
            ]
        )
    )
    return tabla


# --- El papel --------------------------------------------------------------------------------------------------------
def _escribir(partes: list[Flowable], papel: str, *, titulo: str, rotulo: str) -> bytes:
    salida = io.BytesIO()
    documento = SimpleDocTemplate(
        salida,
        pagesize=PAPELES[papel],
        # El marco de reportlab deja 6 puntos adentro: así los textos empiezan justo donde las tablas.
        leftMargin=MARGEN - 6,
        rightMargin=MARGEN - 6,
        topMargin=26 * mm,
        bottomMargin=18 * mm,
        title=dibujable(titulo),
        author="Ayni, Municipio de Quillacollo",
        lang="es-BO",
    )
    dia = timezone.localdate()
    impresa = f"Impresa el {dia.day}/{dia.month}/{dia.year}"

    def marco(lienzo: Any, doc: Any) -> None:
        ancho, alto = PAPELES[papel]
        lienzo.setFillColor(HexColor(MOLLE))
        lienzo.rect(0, alto - 5 * mm, ancho, 5 * mm, stroke=0, fill=1)
        lienzo.setFillColor(HexColor(MAIZ))
        lienzo.rect(0, alto - 6.4 * mm, ancho, 1.4 * mm, stroke=0, fill=1)
        _linea(
            lienzo, MARGEN, alto - 16 * mm, ancho, ("Ayni · Presupuesto participativo de Quillacollo", NEGRA), rotulo
        )
        sitio = settings.URL_PUBLICA + reverse("propuestas:lista")
        _linea(lienzo, MARGEN, 10 * mm, ancho, (f"{impresa} · {sitio}", LETRA), f"Página {doc.page}")

    documento.build(partes, onFirstPage=marco, onLaterPages=marco)
    return salida.getvalue()


def _linea(lienzo: Any, margen: float, y: float, ancho: float, izquierda: tuple[str, str], derecha: str) -> None:
    lienzo.setFillColor(HexColor(TINTA_2))
    lienzo.setFont(izquierda[1], 9)
    lienzo.drawString(margen, y, izquierda[0])
    lienzo.setFont(LETRA, 9)
    lienzo.drawRightString(ancho - margen, y, dibujable(derecha))
