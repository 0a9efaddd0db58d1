"""Los mapas del territorio: GeoJSON, dibujo del servidor, fragmentos y el lugar en un formulario."""

import datetime
import json
import re

import pytest
from django.template import Context, Template
from shapely.geometry import shape

from civic.comun.forms import Formulario
from mapas.territorio import dibujo
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.consultas import ubicar
from mapas.territorio.forms import ConLugar
from mapas.territorio.models import Area, Clase
from tests.elenco import crear_area, cuadrado


class LugarForm(Formulario, ConLugar):
    pass


class LugarLibreForm(LugarForm):
    lugar_obligatorio = False


def pintar(codigo: str, **contexto) -> str:
    return Template("{% load territorio %}" + codigo).render(Context(contexto))


# --- GeoJSON ---------------------------------------------------------------------------------------------------------
def test_distritos_geojson_es_wgs84_valido_y_lleva_su_aviso(client, pueblo):
    respuesta = client.get("/territorio/distritos.geojson")
    datos = json.loads(respuesta.content)
    assert respuesta["Content-Type"] == "application/geo+json"
    assert datos["aviso"] == "aproximado, no oficial"
    assert [rasgo["properties"]["codigo"] for rasgo in datos["features"]] == ["D-1", "D-2"]
    for rasgo, area in zip(datos["features"], (pueblo.distrito_1, pueblo.distrito_2), strict=True):
        assert shape(rasgo["geometry"]).equals(shape(area.geometria))
        assert rasgo["properties"]["corto"] == f"D{area.orden}"


def test_otbs_geojson_trae_polígonos_y_las_que_solo_tienen_punto(client, pueblo):
    pueblo.otb_ceibo.lon, pueblo.otb_ceibo.lat = 1.5, 0.5
    pueblo.otb_ceibo.save()
    datos = json.loads(client.get("/territorio/otbs.geojson").content)
    assert [(rasgo["properties"]["nombre"], rasgo["geometry"]["type"]) for rasgo in datos["features"]] == [
        ("OTB Molle", "Polygon"),
        ("OTB Ceibo", "Point"),
    ]


def test_distritos_geojson_ya_bajado_da_304_hasta_que_cambia_el_territorio(client, pueblo):
    etiqueta = client.get("/territorio/distritos.geojson")["ETag"]
    assert client.get("/territorio/distritos.geojson", headers={"if-none-match": etiqueta}).status_code == 304
    pueblo.distrito_2.nombre = "Distrito del Ceibo"
    pueblo.distrito_2.save()
    nueva = client.get("/territorio/distritos.geojson", headers={"if-none-match": etiqueta})
    assert nueva.status_code == 200
    assert json.loads(nueva.content)["features"][1]["properties"]["corto"] == "Distrito del Ceibo"


def test_geojson_simplificado_pesa_menos_y_no_deja_huecos(client, pueblo):
    """Dos vecinos con un borde de mil puntos que tiembla medio metro: se simplifica igual en los dos lados."""
    borde = [[1 + (0.000005 if paso % 2 else 0), paso / 1000] for paso in range(1001)]
    oeste = {"type": "Polygon", "coordinates": [[[0, 0], *borde, [0, 1], [0, 0]]]}
    este = {"type": "Polygon", "coordinates": [[[2, 0], [2, 1], *borde[::-1], [2, 0]]]}
    trazar_limite(pueblo.distrito_1, oeste, desde=datetime.date(2020, 1, 1))
    trazar_limite(pueblo.distrito_2, este, desde=datetime.date(2020, 1, 1))
    respuesta = client.get("/territorio/distritos.geojson")
    uno, dos = (shape(rasgo["geometry"]) for rasgo in json.loads(respuesta.content)["features"])
    assert len(respuesta.content) < 2000
    assert uno.intersection(dos).area == 0
    assert uno.union(dos).area == pytest.approx(2, abs=1e-4)


# --- Dibujo del servidor ---------------------------------------------------------------------------------------------
def test_mapa_de_distritos_enlaza_cada_uno_con_su_color_y_su_valor(pueblo):
    html = pintar(
        "{% mapa_de_distritos enlace=enlace clases=clases valores=valores titulo='Propuestas' %}",
        enlace="?distrito=",
        clases={"D-1": "c3"},
        valores={"D-1": "12"},
    )
    assert '<a href="?distrito=D-1" aria-label="Distrito 1: 12" class="c3">' in html
    assert '<a href="?distrito=D-2" aria-label="Distrito 2">' in html
    assert 'aria-label="Propuestas"' in html
    assert "no oficiales" in html
    assert "sigue más allá" not in html


def test_mapa_de_distritos_sin_enlace_lleva_al_mapa(pueblo):
    assert 'href="/mapa/?distrito=D-1"' in pintar("{% mapa_de_distritos %}")


def test_mapa_de_distritos_sin_poligonos_no_dibuja_nada(db):
    assert pintar("{% mapa_de_distritos %}").strip() == ""


def test_mapa_de_distritos_con_uno_enorme_encuadra_los_demas_y_lo_dice(pueblo):
    crear_area(
        municipio=pueblo.municipio,
        tipo="distrito",
        codigo="D-9",
        nombre="Distrito 9",
        orden=9,
        padre=pueblo.municipio,
        geometria=cuadrado(0, 1, 2, 30),
    )
    hecho = dibujo.dibujo_de_distritos()
    assert dibujo.caja_principal() == pytest.approx((-0.08, -0.08, 2.08, 1.08))
    assert hecho.cortados == ["Distrito 9"]
    assert [trazo.corto for trazo in hecho.trazos] == ["D1", "D2", "D9"]
    for trazo in hecho.trazos:
        assert 0 <= trazo.cx <= hecho.ancho
        assert 0 <= trazo.cy <= hecho.alto


def test_camino_svg_de_un_cuadrado_dice_sus_esquinas(pueblo):
    forma = dibujo.silueta(pueblo.distrito_1, ancho=100)
    numeros = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", forma["d"])]
    assert (forma["ancho"], forma["alto"]) == (100, 101)  # un grado de lat mide casi lo mismo que uno de lon aquí
    assert forma["d"].startswith("M") and forma["d"].endswith("z")
    assert max(abs(n) for n in numeros) == pytest.approx(100, abs=0.1)
    assert dibujo.silueta(pueblo.otb_ceibo) is None


# --- Fragmentos ------------------------------------------------------------------------------------------------------
def test_datos_de_mapa_sin_teselas_no_las_nombra_y_con_ellas_si(pueblo, settings):
    settings.TESELAS_URL, settings.TESELAS_ATRIBUCION = "", ""
    assert "teselas" not in pintar("{% datos_de_mapa %}")
    settings.TESELAS_URL = "https://teselas.example/{z}/{x}/{y}.png"
    settings.TESELAS_ATRIBUCION = "© colaboradores <OSM>"
    html = pintar("{% datos_de_mapa %}")
    assert 'data-teselas="https://teselas.example/{z}/{x}/{y}.png"' in html
    assert 'data-atribucion="© colaboradores &lt;OSM&gt;"' in html


def test_mapa_de_un_punto_escribe_los_grados_con_punto_y_sin_punto_no_aparece(pueblo):
    codigo = '{% include "territorio/_mapa_punto.html" with lon=lon lat=lat titulo=titulo only %}'
    html = pintar(codigo, lon=-66.28, lat=-17.3935, titulo='Agua "ya"')
    assert 'data-lon="-66.28" data-lat="-17.3935" data-titulo="Agua &quot;ya&quot;"' in html
    assert "-17.39350" in html
    assert pintar(codigo, lon=None, lat=None, titulo="x").strip() == ""


def test_elegir_lugar_pinta_las_otbs_por_distrito_en_pocas_consultas(pueblo, django_assert_max_num_queries):
    crear_area(
        tipo="otb",
        municipio=pueblo.municipio,
        codigo="O-3",
        nombre="Falsuri",
        clase=Clase.SINDICATO,
        padre=pueblo.distrito_1,
    )
    dibujo.caja_principal()  # el índice del territorio ya está en memoria
    with django_assert_max_num_queries(3):
        html = pintar('{% include "territorio/_elegir_lugar.html" with form=form only %}', form=LugarForm())
    uno, dos = pueblo.distrito_1, pueblo.distrito_2
    assert (
        f'<optgroup label="Distrito 1" data-distrito="{uno.pk}">'
        f'<option value="{Area.objects.get(codigo="O-3").pk}">Falsuri (sindicato agrario)</option>'
        f'<option value="{pueblo.otb_molle.pk}">Molle</option></optgroup>'
        f'<optgroup label="Distrito 2" data-distrito="{dos.pk}">'
        f'<option value="{pueblo.otb_ceibo.pk}">Ceibo</option></optgroup></select>'
    ) in html


def test_elegir_lugar_con_error_conserva_lo_elegido(pueblo):
    form = LugarForm({"lon": "5", "lat": "5", "otb": pueblo.otb_ceibo.pk, "referencia": "al frente"})
    assert not form.is_valid()
    html = pintar('{% include "territorio/_elegir_lugar.html" with form=form only %}', form=form)
    assert f'<option value="{pueblo.otb_ceibo.pk}" selected>Ceibo</option>' in html
    assert 'name="lon" value="5"' in html and 'value="al frente"' in html
    assert "fuera del municipio" in html


# --- El lugar en un formulario ---------------------------------------------------------------------------------------
def test_lugar_con_punto_toma_distrito_y_otb_del_punto(pueblo):
    form = LugarForm({"lon": "0.5", "lat": "0.5"})
    assert form.is_valid()
    assert (form.cleaned_data["distrito"], form.cleaned_data["otb"]) == (pueblo.distrito_1, pueblo.otb_molle)


def test_lugar_sin_punto_toma_el_distrito_de_la_otb(pueblo):
    form = LugarForm({"otb": pueblo.otb_ceibo.pk})
    assert form.is_valid()
    assert (form.cleaned_data["distrito"], form.cleaned_data["lon"]) == (pueblo.distrito_2, None)


def test_lugar_con_otb_de_otro_distrito_lo_dice(pueblo):
    form = LugarForm({"distrito": pueblo.distrito_1.pk, "otb": pueblo.otb_ceibo.pk})
    assert form.errors == {"otb": ["Esa OTB no es del Distrito 1. Elige otra o deja la lista vacía."]}


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({}, "Dinos dónde es: marca el punto en el mapa o elige el distrito."),
        ({"lon": "0.5"}, "El punto quedó incompleto. Márcalo otra vez en el mapa o elige el distrito."),
        (
            {"lon": "5", "lat": "5"},
            "Ese punto está fuera del municipio. Muévelo adentro o elige el distrito de la lista.",
        ),
    ],
)
def test_lugar_que_falta_o_no_vale_lo_dice_en_el_distrito(pueblo, datos, frase):
    assert LugarForm(datos).errors == {"distrito": [frase]}


def test_lugar_se_muestra_necesario_solo_si_lo_es_y_el_navegador_no_obliga(pueblo):
    assert "si quieres" not in LugarForm()["distrito"].as_field_group()
    assert "si quieres" in LugarLibreForm()["distrito"].as_field_group()
    assert "required" not in str(LugarForm()["distrito"])
    assert LugarLibreForm({}).is_valid()


# --- Áreas a medio dibujar -------------------------------------------------------------------------------------------
@pytest.fixture
def sin_padre(pueblo):
    """Una organización con solo nombre: ni distrito, ni polígono, ni punto."""
    return crear_area(tipo="otb", municipio=pueblo.municipio, codigo="O-8", nombre="Suelta", clase=Clase.COMUNIDAD)


def test_otb_sin_distrito_se_puede_elegir_con_punto_o_con_distrito(pueblo, sin_padre):
    con_punto = LugarForm({"lon": "1.5", "lat": "0.5", "otb": sin_padre.pk})
    assert con_punto.is_valid()
    assert (con_punto.cleaned_data["distrito"], con_punto.cleaned_data["otb"]) == (pueblo.distrito_2, sin_padre)
    con_distrito = LugarForm({"distrito": pueblo.distrito_1.pk, "otb": sin_padre.pk})
    assert con_distrito.is_valid()
    sola = LugarForm({"otb": sin_padre.pk})
    assert sola.errors == {
        "distrito": ["Elige también el distrito: no sabemos en cuál está Comunidad campesina Suelta."]
    }
    assert "Suelta" in pintar('{% include "territorio/_elegir_lugar.html" with form=form only %}', form=LugarForm())


def test_otb_con_solo_un_punto_esta_en_el_mapa_pero_no_se_lleva_lo_cercano(client, pueblo):
    Area.objects.filter(pk=pueblo.otb_ceibo.pk).update(lon=1.5, lat=0.5)
    assert ubicar(1.5, 0.5).otb is None
    nombres = [
        r["properties"]["nombre"] for r in json.loads(client.get("/territorio/otbs.geojson").content)["features"]
    ]
    assert "OTB Ceibo" in nombres
    assert client.get("/mapa/?capas=otbs").status_code == 200


def test_punto_en_un_hueco_del_municipio_pide_el_distrito_y_lo_acepta(pueblo):
    trazar_limite(pueblo.distrito_2, None, desde=datetime.date(2020, 1, 1))
    solo = LugarForm({"lon": "1.5", "lat": "0.5"})
    assert solo.errors == {
        "distrito": ["Ese punto no está en ningún distrito dibujado. Elige el distrito de la lista."]
    }
    con_lista = LugarForm({"lon": "1.5", "lat": "0.5", "distrito": pueblo.distrito_2.pk})
    assert con_lista.is_valid() and con_lista.cleaned_data["distrito"] == pueblo.distrito_2


@pytest.mark.parametrize(
    "ruta", ["/demandas/?ver=otbs", "/demandas/otbs.geojson", "/cuentas/registrarse/", "/mapa/?capas=otbs"]
)
def test_las_paginas_abren_con_una_otb_sin_distrito(client, pueblo, sin_padre, ruta):
    respuesta = client.get(ruta, follow=True)
    assert respuesta.status_code == 200
