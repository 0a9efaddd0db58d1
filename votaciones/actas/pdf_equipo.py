"""Las hojas de la asamblea, en oficio: lista de asistencia y papeletas, con un código que lleva al formulario."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import mm
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from civic.comun.dinero import bolivianos
from votaciones.actas.pdf import (
    ANCHO,
    CABEZA,
    CELDA,
    CHICO,
    LINEA,
    MARGEN,
    OFICIO,
    SUAVE,
    SUBTITULO,
    TEXTO,
    TITULO,
    dibujar_codigo,
)

Opcion = tuple[str, str, Decimal | None]
FILAS_POR_HOJA, HOJAS_DE_LISTA = 30, 2
PAPELETAS_POR_HOJA = 4
OPCIONES_EN_PAPELETA = 12
RENGLONES_LIBRES = 3


def dibujar_equipo(*, quien: str, proceso: str, gestion: int, direccion: str, opciones: Sequence[Opcion]) -> bytes:
    """Dos hojas de lista de asistencia y una hoja con cuatro papeletas iguales, para fotocopiar."""
    salida = io.BytesIO()
    hoja = SimpleDocTemplate(
        salida,
        pagesize=OFICIO,
        leftMargin=MARGEN,
        rightMargin=MARGEN,
        topMargin=14 * mm,
        bottomMargin=12 * mm,
        title=f"Hojas de asamblea – POA {gestion}",
        author="Ayni",
        lang="es-BO",
        invariant=1,
    )
    partes: list[Flowable] = []
    for numero in range(HOJAS_DE_LISTA):
        partes += _lista(quien, proceso, gestion, direccion, numero)
        partes.append(PageBreak())
    partes += _papeletas(quien, gestion, direccion, opciones)
    hoja.build(partes)
    return salida.getvalue()


def _lista(quien: str, proceso: str, gestion: int, direccion: str, hoja: int) -> list[Flowable]:
    desde = hoja * FILAS_POR_HOJA
    filas: list[list[object]] = [[Paragraph(t, CABEZA) for t in ("N.º", "Nombre", "M / H", "Firma o huella")]]
    filas += [[str(desde + fila + 1), "", "", ""] for fila in range(FILAS_POR_HOJA)]
    tabla = Table(filas, colWidths=[12 * mm, ANCHO - 82 * mm, 16 * mm, 54 * mm], rowHeights=[7 * mm] + [7.4 * mm] * 30)
    tabla.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.6, LINEA), ("BACKGROUND", (0, 0), (-1, 0), SUAVE),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    )  # fmt: skip
    encabezado = Table(
        [[
            [
                Paragraph(f"LISTA DE ASISTENCIA – POA {gestion}", TITULO),
                Paragraph(escape(quien), SUBTITULO),
                Paragraph(escape(proceso), CHICO),
                Paragraph("Fecha: ____ / ____ / ______ &nbsp; Lugar: _______________________ Hoja ____", CHICO),
            ],
            dibujar_codigo(_ascii(direccion), 26 * mm),
        ]],
        colWidths=[ANCHO - 30 * mm, 30 * mm],
    )  # fmt: skip
    return [
        encabezado,
        Spacer(1, 2 * mm),
        tabla,
        Spacer(1, 2 * mm),
        Paragraph(
            "Total ______ &nbsp; Mujeres ______ &nbsp; Hombres ______ &nbsp; Esta lista no se publica: al acta pasan "
            "solo los totales. Guárdala con el libro de actas.",
            CHICO,
        ),
    ]


def _papeletas(quien: str, gestion: int, direccion: str, opciones: Sequence[Opcion]) -> list[Flowable]:
    una = _papeleta(quien, gestion, direccion, opciones)
    caben = PAPELETAS_POR_HOJA if len(opciones) <= OPCIONES_EN_PAPELETA // 2 else PAPELETAS_POR_HOJA // 2
    filas = [[una(), una()] for _ in range(caben // 2)]
    tabla = Table(filas, colWidths=[ANCHO / 2] * 2)
    tabla.setStyle(
        TableStyle([("BOX", (0, 0), (-1, -1), 0.6, LINEA), ("INNERGRID", (0, 0), (-1, -1), 0.6, LINEA, None, (4, 4)),
                    ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )  # fmt: skip
    sobran = len(opciones) - OPCIONES_EN_PAPELETA
    nota = f" Hay {sobran} más en la página: escríbelas a mano." if sobran > 0 else ""
    return [Paragraph(f"Recorta por las líneas y fotocopia. No lleva nombre.{nota}", TEXTO), tabla]


def _papeleta(quien: str, gestion: int, direccion: str, opciones: Sequence[Opcion]) -> Callable[[], list[Flowable]]:
    def una() -> list[Flowable]:
        renglones = [
            [_casilla(), Paragraph(escape(f"{codigo} {titulo}".strip()) + f" <b>{bolivianos(monto)}</b>", CHICO)]
            for codigo, titulo, monto in opciones[:OPCIONES_EN_PAPELETA]
        ]
        renglones += [[_casilla(), Paragraph("______________________________", CHICO)]] * RENGLONES_LIBRES
        lista = Table(renglones, colWidths=[8 * mm, ANCHO / 2 - 14 * mm])
        lista.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
        return [
            Paragraph(f"PAPELETA – POA {gestion}", CABEZA),
            Paragraph(escape(quien), CELDA),
            lista,
            dibujar_codigo(_ascii(direccion), 20 * mm),
        ]

    return una


def _casilla() -> Table:
    casilla = Table([[""]], colWidths=[4.5 * mm], rowHeights=[4.5 * mm])
    casilla.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 1, LINEA)]))
    return casilla


def _ascii(texto: str) -> str:
    return texto.encode("ascii", "ignore").decode()
