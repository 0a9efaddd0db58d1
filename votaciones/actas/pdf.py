"""El acta en papel oficio (216 x 330 mm): texto, proyectos, firmas y QR con su huella. Mismo contenido, mismos bytes.

La huella va también en las propiedades del archivo: así se reconoce cuando vuelve con firmas digitales.
"""

import io
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import mm
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from civic.comun.dinero import bolivianos
from votaciones.actas.reglas.contenido import Contenido, fecha_en_palabras, texto_del_codigo

OFICIO = (216 * mm, 330 * mm)
MARGEN = 20 * mm
ANCHO = OFICIO[0] - 2 * MARGEN
TINTA, LINEA, SUAVE = colors.HexColor("#1c2321"), colors.HexColor("#8a948f"), colors.HexColor("#eef2ee")
NO_SE_CAMBIA = (
    "Una vez priorizado, un proyecto no se puede cambiar: solo otra acta, de otra asamblea, puede enmendar esta. "
    "Las dos quedan a la vista de todas las personas."
)


def _estilo(nombre: str, tamano: float = 10.5, **mas: object) -> ParagraphStyle:
    letra = mas.pop("fontName", "Helvetica")
    return ParagraphStyle(nombre, fontName=letra, fontSize=tamano, leading=tamano * 1.4, textColor=TINTA, **mas)  # type: ignore[arg-type]


TITULO = _estilo("titulo", 14, fontName="Helvetica-Bold", alignment=TA_CENTER, spaceAfter=2 * mm)
SUBTITULO = _estilo("subtitulo", 11, alignment=TA_CENTER, spaceAfter=5 * mm)
TEXTO = _estilo("texto", alignment=TA_JUSTIFY, spaceAfter=3 * mm)
CELDA, DERECHA = _estilo("celda", 9.5), _estilo("derecha", 9.5, alignment=TA_RIGHT)
CABEZA = _estilo("cabeza", 9.5, fontName="Helvetica-Bold")
CABEZA_DERECHA = _estilo("cabeza_derecha", 9.5, fontName="Helvetica-Bold", alignment=TA_RIGHT)
CHICO = _estilo("chico", 8.5)
CODIGO = _estilo("codigo", 8, fontName="Courier")
FIRMA = _estilo("firma", 9, alignment=TA_CENTER)


def dibujar_acta(contenido: Contenido, huella: str, direccion: str) -> bytes:
    """El PDF de un acta con ese contenido. `direccion`: la página donde se comprueba."""
    salida = io.BytesIO()
    hoja = SimpleDocTemplate(
        salida,
        pagesize=OFICIO,
        leftMargin=MARGEN,
        rightMargin=MARGEN,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=_titulo(contenido),
        author="Ayni",
        subject=f"SHA256 {huella}",
        lang="es-BO",
        invariant=1,
    )

    def pie(lienzo: Canvas, documento: SimpleDocTemplate) -> None:
        lienzo.saveState()
        lienzo.setFont("Helvetica", 8)
        lienzo.setFillColor(TINTA)
        lienzo.drawString(MARGEN, 10 * mm, f"{contenido['numero']} · SHA-256 {huella[:16]}…")
        lienzo.drawRightString(OFICIO[0] - MARGEN, 10 * mm, f"Página {documento.page}")
        lienzo.restoreState()

    hoja.build(_cuerpo(contenido, huella, direccion), onFirstPage=pie, onLaterPages=pie)
    return salida.getvalue()


def _titulo(contenido: Contenido) -> str:
    return f"ACTA DE PRIORIZACIÓN DE PROYECTOS Y ACTIVIDADES – POA {contenido['gestion']}"


def _cuerpo(contenido: Contenido, huella: str, direccion: str) -> list[Flowable]:
    quien = contenido["organizacion"] or contenido["distrito"]
    lugar = f" · {contenido['distrito']}" if contenido["organizacion"] and contenido["distrito"] else ""
    partes: list[Flowable] = [
        Paragraph(_titulo(contenido), TITULO),
        Paragraph(escape(f"{quien}{lugar} · {contenido['tipo']} · N.º {contenido['numero']}"), SUBTITULO),
        *(Paragraph(parrafo, TEXTO) for parrafo in _parrafos(contenido, quien)),
        _tabla(contenido),
        Spacer(1, 4 * mm),
        Paragraph(NO_SE_CAMBIA, TEXTO),
        Paragraph("En constancia firman:", TEXTO),
        _firmas(contenido["firmantes"]),
        Spacer(1, 6 * mm),
        _sello(contenido["numero"], huella, direccion),
    ]
    return partes


def _parrafos(contenido: Contenido, quien: str) -> list[str]:
    cuando = fecha_en_palabras(contenido["fecha"]) if contenido["fecha"] else "a los ____ días del mes de ____________"
    genero = ""
    if contenido["mujeres"] is not None and contenido["hombres"] is not None:
        genero = f" ({contenido['mujeres']} mujeres y {contenido['hombres']} hombres)"
    hubo = "con el quórum de" if contenido["hay_quorum"] else "sin alcanzar el quórum de"
    parrafos = [
        f"En {escape(contenido['lugar'] or '____________')}, {cuando}, en {contenido['convocatoria'].lower()} "
        f"convocatoria y {hubo} {contenido['quorum_minimo']} personas, se reunieron {_o_raya(contenido['presentes'])} "
        f"de las {_o_raya(contenido['habilitados'])} personas habilitadas de <b>{escape(quien)}</b>{genero} para "
        f"priorizar los proyectos y actividades del POA {contenido['gestion']} («{escape(contenido['proceso'])}»). "
        f"La asamblea decidió por {contenido['forma'].lower()} y se llevó en {contenido['idioma'].lower()}:"
    ]
    if contenido["enmienda_de"]:
        parrafos.insert(0, f"Esta acta enmienda a la N.º {escape(contenido['enmienda_de'])}, a la que reemplaza.")
    if contenido["acuerdo"]:
        parrafos.append("Acuerdo: " + escape(contenido["acuerdo"]).replace("\n", "<br/>"))
    return parrafos


def _o_raya(valor: int | None) -> str:
    return "____" if valor is None else str(valor)


def _tabla(contenido: Contenido) -> Table:
    filas = [
        [
            Paragraph("N.º", CABEZA),
            Paragraph("Descripción del proyecto o actividad", CABEZA),
            Paragraph("Votos", CABEZA),
            Paragraph("Monto", CABEZA_DERECHA),
        ]
    ]
    for proyecto in contenido["proyectos"]:
        codigo = f" ({proyecto['propuesta']})" if proyecto["propuesta"] else ""
        votos = (
            f"{_o_raya(proyecto['a_favor'])} a favor<br/>{proyecto['en_contra']} en contra<br/>"
            f"{proyecto['abstenciones']} abst."
        )
        monto = bolivianos(Decimal(proyecto["monto"])) if proyecto["monto"] else "Bs ________"
        filas.append(
            [
                Paragraph(str(proyecto["orden"]), CELDA),
                Paragraph(escape(proyecto["descripcion"] + codigo), CELDA),
                Paragraph(votos, CELDA),
                Paragraph(monto, DERECHA),
            ]
        )
    filas.append(
        ["", Paragraph("Total", CABEZA), "", Paragraph(bolivianos(Decimal(contenido["total"])), CABEZA_DERECHA)]
    )
    tabla = Table(filas, colWidths=[12 * mm, ANCHO - 77 * mm, 28 * mm, 37 * mm], repeatRows=1)
    tabla.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.6, LINEA),
                ("BACKGROUND", (0, 0), (-1, 0), SUAVE),
                ("BACKGROUND", (0, -1), (-1, -1), SUAVE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return tabla


def _firmas(cargos: Sequence[str]) -> Table:
    celdas = [
        [Spacer(1, 20 * mm), Paragraph("______________________________", FIRMA), Paragraph(escape(cargo), FIRMA)]
        for cargo in (cargos or ("Presidencia", "Secretaría de actas"))
    ]
    filas = [celdas[lugar : lugar + 2] for lugar in range(0, len(celdas), 2)]
    for fila in filas:
        fila.extend([[Spacer(1, 1)]] * (2 - len(fila)))
    tabla = Table(filas, colWidths=[ANCHO / 2] * 2)
    tabla.setStyle(TableStyle([("ALIGN", (0, 0), (-1, -1), "CENTER"), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]))
    return tabla


def _sello(numero: str, huella: str, direccion: str) -> KeepTogether:
    partida = " ".join(huella[lugar : lugar + 8] for lugar in range(0, 64, 8))
    texto = [
        Paragraph("Para comprobar que este papel dice lo mismo que lo guardado:", CHICO),
        Paragraph(f"lee el código o escribe la huella en {escape(direccion)}", CHICO),
        Spacer(1, 1.5 * mm),
        Paragraph(f"Acta {escape(numero)}", CODIGO),
        Paragraph(f"SHA-256 {partida}", CODIGO),
    ]
    codigo = dibujar_codigo(texto_del_codigo(numero, huella, direccion), 34 * mm)
    tabla = Table([[codigo, texto]], colWidths=[38 * mm, ANCHO - 38 * mm])
    tabla.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 0.6, LINEA), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return KeepTogether([tabla])


def dibujar_codigo(texto: str, lado: float) -> Drawing:
    """El código QR como cuadros: se ve igual a cualquier tamaño y no pesa como una imagen."""
    matriz = matriz_del_codigo(texto)
    paso = lado / (len(matriz) + 4)  # dos cuadros de margen: alrededor ya hay blanco
    dibujo = Drawing(lado, lado)
    for y, fila in enumerate(matriz):
        for x, oscuro in enumerate(fila):
            if oscuro:
                alto = lado - (y + 3) * paso
                dibujo.add(Rect((x + 2) * paso, alto, paso, paso, fillColor=colors.black, strokeWidth=0))
    return dibujo


def matriz_del_codigo(texto: str) -> tuple[bytearray, ...]:
    return tuple(segno.make(texto.encode("ascii"), error="m", micro=False).matrix)
