"""Archivos, novedades, tarjeta, hoja y cartelera: lo público, bien formado y sin que un texto hostil haga daño."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest
from django.test import AsyncClient
from openpyxl import load_workbook
from PIL import Image
from shapely.geometry import shape

from civic.comun.fotos import guardar_foto
from civic.comun.imprenta import dibujable
from civic.comun.planillas import COMIENZOS_PELIGROSOS
from civic.procesos.models import Categoria
from mapas.territorio.models import Area
from propuestas import exportes, hojas, tarjeta
from propuestas.models import Propuesta
from tests.propuestas.piezas import enviada, foto_subida, publicada, sembrar

HOSTILES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></textarea><svg onload=alert(1)>",
    "]]><!--",
    "</script><script>alert(1)//",
    "{{ 7*7 }}{% csrf_token %}",
    "javascript:alert(1)",
    "=1+1",
    "@SUM(1)",
    "\t=cmd|' /C calc'!A0",
    "\uff1d1+1",
    "<b><para><font size=900>",
    "&lt;b&gt; &amp; <br/>",
    "\u202etxet lortnoc \u200b\x0b\x08",
    "Ñandú\u0301 🌋 漢字 عربي",
    "W" * 120,
]


def cuerpo(client, ruta: str, **datos) -> bytes:
    respuesta = client.get(ruta, datos)
    assert respuesta.status_code == 200, ruta
    return b"".join(respuesta)


def letras_de(pdf: bytes) -> str:
    """Lo dibujado en un PDF no se lee sin un lector; se mira que esté entero y cuántas páginas dice tener."""
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    return re.search(rb"/Count (\d+)", pdf).group(1).decode()


@pytest.fixture
def envenenar(recepcion, gente, pueblo):
    """envenenar(texto): una propuesta pública con ese texto en cada campo que alguien escribe, y en lo relacionado."""

    def poner(texto):
        propuesta = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
        campos = {"titulo": texto[:120], "descripcion": texto * 3, "referencia": texto[:160], "busqueda": "agua"}
        Propuesta.objects.filter(pk=propuesta.pk).update(**campos)
        type(gente.fabio).objects.update(nombre_publico=texto[:60])
        type(pueblo.org_molle).objects.filter(pk=pueblo.org_molle.pk).update(nombre=texto[:100])
        Categoria.objects.filter(pk=pueblo.agua.pk).update(nombre=texto[:60])
        Area.objects.filter(pk=pueblo.otb_molle.pk).update(nombre=texto[:100])
        return propuesta

    return poner


# --- Archivos --------------------------------------------------------------------------------------------------------
def test_csv_lleva_marca_columnas_y_nada_personal(client, una, gente, recepcion, pueblo):
    enviada(recepcion, gente.ana, pueblo, titulo="Todavía no es pública")
    texto = cuerpo(client, "/propuestas/descargar.csv").decode()
    filas = list(csv.DictReader(io.StringIO(texto.removeprefix("\ufeff"))))
    assert texto.startswith("\ufeffcodigo,titulo,")
    assert list(filas[0]) == list(exportes.TITULOS)
    assert len(filas) == 1
    fila = filas[0]
    assert (fila["costo_pedido_bs"], fila["costo_tecnico_bs"], fila["otb_nombre"]) == ("120000.00", "", "OTB Molle")
    assert fila["url"].endswith(f"/propuestas/{una.pk}/")
    assert fila["url"].startswith("http")
    assert gente.ana.nombre_publico not in texto


def test_xlsx_se_abre_y_dice_lo_mismo_que_el_csv(client, una):
    texto = cuerpo(client, "/propuestas/descargar.csv").decode("utf-8-sig")
    hoja = load_workbook(io.BytesIO(cuerpo(client, "/propuestas/descargar.xlsx"))).active
    filas = [[celda.value for celda in fila] for fila in hoja.iter_rows()]
    en_csv = list(csv.reader(io.StringIO(texto)))
    assert filas[0] == en_csv[0]
    assert [str(valor or "") for valor in filas[1][:5]] == en_csv[1][:5]
    assert filas[1][exportes.TITULOS.index("costo_pedido_bs")] == 120000


def test_geojson_cumple_la_norma_y_dice_de_donde_sale(client, una, recepcion, gente, pueblo):
    publicada(recepcion, gente, pueblo, lon=None, lat=None)
    respuesta = client.get("/propuestas/descargar.geojson")
    datos = json.loads(b"".join(respuesta))
    assert respuesta["Content-Type"] == "application/geo+json"
    assert (datos["type"], datos["atribucion"], len(datos["features"])) == (
        "FeatureCollection", exportes.ATRIBUCION, 2,
    )  # fmt: skip
    assert "crs" not in datos
    for rasgo in datos["features"]:
        assert rasgo["type"] == "Feature"
        assert set(rasgo) == {"type", "id", "geometry", "properties"}
    sin_punto, con_punto = datos["features"]
    assert sin_punto["geometry"] is None
    assert shape(con_punto["geometry"]).coords[0] == (0.5, 0.5)


def test_formato_que_no_existe_da_404(client, db):
    for ruta in ("/propuestas/descargar.pdf", "/propuestas/novedades.json", "/propuestas/descargar."):
        assert client.get(ruta).status_code == 404
    assert client.post("/propuestas/descargar.csv").status_code == 405


def test_sin_propuestas_los_archivos_salen_vacios_y_validos(client, db, pueblo):
    assert cuerpo(client, "/propuestas/descargar.csv").count(b"\n") == 1
    assert json.loads(cuerpo(client, "/propuestas/descargar.geojson"))["features"] == []
    assert load_workbook(io.BytesIO(cuerpo(client, "/propuestas/descargar.xlsx"))).active.max_row == 1
    assert letras_de(cuerpo(client, "/propuestas/cartelera.pdf")) == "1"


def test_los_archivos_se_envian_de_a_poco_y_con_las_mismas_consultas(
    client, recepcion, gente, pueblo, django_assert_max_num_queries
):
    sembrar(recepcion, gente.ana, pueblo, 450)
    for formato in ("csv", "xlsx", "geojson"):
        with django_assert_max_num_queries(8):
            respuesta = client.get(f"/propuestas/descargar.{formato}")
            assert respuesta.streaming
            trozos = list(respuesta)
        assert len(trozos) >= 3
    assert len(json.loads(b"".join(trozos))["features"]) == 450


@pytest.mark.django_db(transaction=True)
async def test_el_servidor_asincrono_tambien_los_envia_de_a_poco(recepcion, gente, pueblo):
    from asgiref.sync import sync_to_async

    await sync_to_async(sembrar)(recepcion, gente.ana, pueblo, 450)
    respuesta = await AsyncClient().get("/propuestas/descargar.csv")
    assert respuesta.is_async
    trozos = [trozo async for trozo in respuesta]
    assert len(trozos) >= 3
    assert b"".join(trozos).count(b"\r\n") == 451


# --- Novedades -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("formato", ["rss", "atom"])
def test_novedades_de_un_distrito_traen_solo_lo_suyo(client, una, recepcion, gente, pueblo, formato):
    publicada(recepcion, gente, pueblo, titulo="Puente del otro distrito", distrito=pueblo.distrito_2, otb=None,
              lon=1.5, lat=0.5)  # fmt: skip
    texto = cuerpo(client, f"/propuestas/novedades.{formato}", distrito="D-1").decode()
    raiz = ElementTree.fromstring(texto)  # noqa: S314 -- lo escribimos nosotros
    assert una.titulo in texto
    assert "Puente del otro" not in texto
    assert "Distrito 1" in "".join(raiz.itertext())
    assert f"http://testserver/propuestas/{una.pk}/" in texto or f"/propuestas/{una.pk}/" in texto
    assert gente.ana.nombre_publico not in texto


# --- Tarjeta, hoja y cartelera ---------------------------------------------------------------------------------------
def test_la_pagina_ofrece_su_tarjeta_y_su_hoja(client, una):
    texto = client.get(una.get_absolute_url()).content.decode()
    assert f"/propuestas/{una.pk}/tarjeta.png?v={tarjeta.huella_de(una)}" in texto
    assert 'property="og:title" content="Agua potable para la zona Molle"' in texto
    assert f'href="/propuestas/{una.pk}/hoja.pdf?papel=oficio"' in texto


def test_la_tarjeta_mide_lo_que_debe_y_pesa_poco(client, una, settings, tmp_path):
    settings.DIR_DATOS = tmp_path
    imagen = cuerpo(client, f"/propuestas/{una.pk}/tarjeta.png")
    assert Image.open(io.BytesIO(imagen)).size == (1200, 630)
    assert len(imagen) <= 300_000
    guardadas = list((tmp_path / "tarjetas").iterdir())
    assert [g.name for g in guardadas] == [f"{una.pk}-{tarjeta.huella_de(una)}.png"]
    guardadas[0].write_bytes(b"la de la carpeta")
    assert cuerpo(client, f"/propuestas/{una.pk}/tarjeta.png") == b"la de la carpeta"


def test_si_cambia_el_titulo_cambia_la_tarjeta_y_se_borra_la_vieja(client, una, settings, tmp_path):
    settings.DIR_DATOS = tmp_path
    antes = cuerpo(client, f"/propuestas/{una.pk}/tarjeta.png")
    Propuesta.objects.filter(pk=una.pk).update(titulo="Otro título muy distinto")
    assert cuerpo(client, f"/propuestas/{una.pk}/tarjeta.png") != antes
    assert len(list((tmp_path / "tarjetas").iterdir())) == 1


def test_titulo_larguisimo_termina_en_puntos_suspensivos_y_no_se_sale():
    letra = tarjeta._letra(tarjeta.NEGRA, 50)
    for texto in ("W" * 400, "palabra " * 80, "a", "Ñ" * 120, "uno " + "x" * 300):
        lineas = tarjeta.en_lineas(texto, letra, 1056, 4)
        assert len(lineas) <= 4
        assert max(letra.getlength(linea) for linea in lineas) <= 1056
        assert lineas[-1].endswith("…") == (len("".join(lineas).replace(" ", "")) < len(texto.replace(" ", "")))


def test_se_dibuja_el_castellano_entero_y_lo_demas_no_sale_como_cuadraditos():
    assert dibujable("¿Ñandú, güe y «Urkupiña»? — 5.000 m²") == "¿Ñandú, güe y «Urkupiña»? — 5.000 m²"
    assert dibujable("Agua 🌋 漢字 limpia\x0b\u202e") == "Agua limpia"


@pytest.mark.parametrize(
    ("papel", "medida"), [("", "595.2756 841.8898"), ("oficio", "612.2835 935.433"), ("x", "595.2756")]
)
def test_la_hoja_sale_en_el_papel_pedido(client, una, papel, medida):
    respuesta = client.get(f"/propuestas/{una.pk}/hoja.pdf", {"papel": papel})
    assert respuesta["Content-Type"] == "application/pdf"
    assert medida.encode() in respuesta.content
    assert letras_de(respuesta.content) == "1"


def test_la_hoja_lleva_la_foto_publica_y_sale_igual_sin_ella_o_si_falta(client, una, gente):
    sin_foto = cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf")
    foto = guardar_foto(foto_subida(), usuario=gente.ana, publica=True)
    Propuesta.objects.filter(pk=una.pk).update(foto=foto)
    con_foto = cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf")
    assert b"/DCTDecode" in con_foto
    assert b"/DCTDecode" not in sin_foto
    foto.publica = False
    foto.save()
    assert b"/DCTDecode" not in cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf")
    foto.publica = True
    foto.token = "no-hay-archivo"
    foto.save()
    assert b"/DCTDecode" not in cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf")


def test_la_hoja_con_textos_larguisimos_ocupa_mas_paginas(client, una):
    Propuesta.objects.filter(pk=una.pk).update(descripcion="Hace mucha falta.\n" * 220, titulo="W" * 120)
    assert int(letras_de(cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf"))) >= 2
    Propuesta.objects.filter(pk=una.pk).update(descripcion="x" * 4000, referencia="y" * 160)
    letras_de(cuerpo(client, f"/propuestas/{una.pk}/hoja.pdf"))


def test_la_cartelera_no_pasa_de_cien_y_dice_cuantas_faltan(client, recepcion, gente, pueblo, monkeypatch):
    sembrar(recepcion, gente.ana, pueblo, 130)
    vistas = []
    monkeypatch.setattr(hojas, "_renglon", lambda propuesta, ancho: vistas.append(propuesta) or hojas.Spacer(0, 1))
    letras_de(cuerpo(client, "/propuestas/cartelera.pdf"))
    assert len(vistas) == hojas.EN_CARTELERA


@pytest.mark.parametrize("que", ["tarjeta.png", "hoja.pdf"])
def test_lo_que_no_es_publico_no_se_comparte_ni_imprime(client, entrar, recepcion, gente, pueblo, que):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    assert client.get(f"/propuestas/{propuesta.pk}/{que}").status_code == 404
    assert entrar(gente.ana).get(f"/propuestas/{propuesta.pk}/{que}").status_code == 404
    assert "og:image" not in entrar(gente.ana).get(propuesta.get_absolute_url()).content.decode()


# --- Textos hostiles -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("texto", HOSTILES)
def test_un_texto_hostil_no_hace_dano_en_ninguna_puerta(client, envenenar, texto):
    propuesta = envenenar(texto)
    _mirar_paginas(client, propuesta)
    _mirar_archivos(client)
    _mirar_novedades(client)
    letras_de(cuerpo(client, f"/propuestas/{propuesta.pk}/hoja.pdf"))
    letras_de(cuerpo(client, "/propuestas/cartelera.pdf"))
    imagen = cuerpo(client, f"/propuestas/{propuesta.pk}/tarjeta.png")
    assert Image.open(io.BytesIO(imagen)).size == (1200, 630)
    assert len(imagen) <= 300_000


# Lo único que puede empezar una etiqueta en nuestras páginas son las nuestras: ninguna lleva estas formas.
EJECUTABLES = re.compile(r"<script>alert|<img src=x|<svg onload|<font size|onerror=alert\(1\)>|href=\"javascript", re.I)


def _mirar_paginas(client, propuesta) -> None:
    for ruta in ("/propuestas/", propuesta.get_absolute_url(), "/mapa/?capas=propuestas", "/propuestas/datos/"):
        texto = client.get(ruta).content.decode()
        assert EJECUTABLES.search(texto) is None, ruta


def _mirar_archivos(client) -> None:
    filas = list(csv.reader(io.StringIO(cuerpo(client, "/propuestas/descargar.csv").decode("utf-8-sig"))))
    assert [c for fila in filas for c in fila if c.lstrip(" ").startswith(COMIENZOS_PELIGROSOS)] == []
    libro = load_workbook(io.BytesIO(cuerpo(client, "/propuestas/descargar.xlsx")))
    assert [c.value for fila in libro.active.iter_rows() for c in fila if c.data_type == "f"] == []
    assert len(json.loads(cuerpo(client, "/propuestas/descargar.geojson"))["features"]) == 1
    respuesta = client.get("/mapa/capas/propuestas.geojson")
    assert respuesta["Content-Type"] == "application/geo+json"
    assert len(json.loads(respuesta.content)["features"]) == 1


def _mirar_novedades(client) -> None:
    for formato in ("rss", "atom"):
        raiz = ElementTree.fromstring(cuerpo(client, f"/propuestas/novedades.{formato}"))  # noqa: S314
        resumenes = [e.text or "" for e in raiz.iter() if e.tag.endswith(("description", "summary"))]
        assert resumenes
        assert [resumen for resumen in resumenes if "<" in resumen] == []
