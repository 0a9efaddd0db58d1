"""El PDF: oficio, lo que dice, su código y que no cambia. Se lee de vuelta con otro programa (pyHanko)."""

import io
import re

import pytest
import segno
from pyhanko.pdf_utils.reader import PdfFileReader

from votaciones.actas.pdf import dibujar_acta, dibujar_codigo, matriz_del_codigo
from votaciones.actas.reglas.contenido import canonico, huella_de, texto_del_codigo

PROYECTO = {
    "orden": 1, "propuesta": "PR-2027-001", "descripcion": "Tanque <b>de</b> agua & tubería", "monto": "120000.00",
    "a_favor": 60, "en_contra": 5, "abstenciones": 3,
}  # fmt: skip
CONTENIDO = {
    "version": 1, "numero": "ACTA-2027-001", "gestion": 2027, "proceso": "Tu OTB decide", "tipo": "Asamblea",
    "organizacion": "OTB Molle", "distrito": "Distrito 1", "enmienda_de": "", "fecha": "2026-07-05",
    "lugar": "Sede social", "convocatoria": "Primera", "idioma": "Castellano", "habilitados": 100, "presentes": 70,
    "mujeres": 40, "hombres": 30, "quorum_minimo": 51, "hay_quorum": True, "forma": "Mano alzada", "acuerdo": "",
    "proyectos": [PROYECTO], "total": "120000.00", "firmantes": ["Presidencia", "Secretaría de actas"],
}  # fmt: skip
HUELLA = huella_de(canonico(CONTENIDO))
DIRECCION = "https://ayni.example/actas/comprobar/"


def texto_de(pdf: bytes) -> str:
    """Lo que el PDF escribe, página por página, sin su forma."""
    lector = PdfFileReader(io.BytesIO(pdf))
    paginas = (lector.root["/Pages"]["/Kids"][n] for n in range(int(lector.root["/Pages"]["/Count"])))
    crudo = b"\n".join(pagina["/Contents"].data for pagina in paginas)
    trozos = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", crudo)
    llano = b" ".join(re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), t).replace(b"\\", b"") for t in trozos)
    return " ".join(llano.decode("cp1252").replace("\xa0", " ").split())


def test_dice_todo_lo_que_debe():
    texto = texto_de(dibujar_acta(CONTENIDO, HUELLA, DIRECCION))
    for frase in (
        "ACTA DE PRIORIZACIÓN DE PROYECTOS Y ACTIVIDADES – POA 2027",
        "OTB Molle · Distrito 1",
        "a los cinco días del mes de julio de dos mil veintiséis",
        "40 mujeres y 30 hombres",
        "Tanque <b>de</b> agua & tubería (PR-2027-001)",
        "60 a favor",
        "Bs 120.000",
        "un proyecto no se puede cambiar",
        "Secretaría de actas",
        DIRECCION,
    ):
        assert frase.replace(" ", "") in texto.replace(" ", ""), texto
    assert HUELLA in texto.replace(" ", "")


def test_es_oficio_y_siempre_los_mismos_bytes():
    pdf = dibujar_acta(CONTENIDO, HUELLA, DIRECCION)
    lector = PdfFileReader(io.BytesIO(pdf))
    caja = [float(n) for n in lector.root["/Pages"]["/Kids"][0]["/MediaBox"]]
    assert [round(n / 72 * 25.4) for n in caja] == [0, 0, 216, 330]
    assert lector.trailer_view["/Info"]["/Subject"] == f"SHA256 {HUELLA}"
    assert pdf == dibujar_acta(CONTENIDO, HUELLA, DIRECCION)


def test_el_codigo_es_ascii_y_sus_cuadros_son_los_de_segno():
    texto = texto_del_codigo("ACTA-2027-001", HUELLA, DIRECCION)
    texto.encode("ascii")
    esperada = segno.make(texto.encode(), error="m", micro=False)
    assert [list(fila) for fila in matriz_del_codigo(texto)] == [list(fila) for fila in esperada.matrix]
    dibujo = dibujar_codigo(texto, 100)
    oscuros = [(x, y) for y, fila in enumerate(esperada.matrix) for x, valor in enumerate(fila) if valor]
    paso = 100 / (len(esperada.matrix) + 4)
    hechos = sorted((round(cuadro.x / paso - 2), round((100 - cuadro.y) / paso - 3)) for cuadro in dibujo.contents)
    assert hechos == sorted(oscuros)


@pytest.mark.parametrize("cuantos", [0, 1, 7])
def test_aguanta_lo_minimo_y_lo_maximo(cuantos):
    largo = PROYECTO | {"descripcion": "Ñandú " * 33, "monto": "", "a_favor": None}
    contenido = CONTENIDO | {
        "proyectos": [largo] * cuantos,
        "firmantes": ["Cargo " + str(n) for n in range(cuantos)],
        "acuerdo": "Línea & más\n" * 60,
        "fecha": "",
        "habilitados": None,
    }
    assert "______" in texto_de(dibujar_acta(contenido, HUELLA, DIRECCION))
