"""Los filtros de la dirección: valen igual en la lista, el mapa, las descargas y las novedades, y nada los rompe."""

import csv
import io
import json

import pytest
from django.http import QueryDict

from propuestas import consultas
from propuestas.filtros import filtros_de
from propuestas.models import Propuesta
from tests.propuestas.piezas import publicada, sembrar

LISTA = "/propuestas/"
BASURA = [
    "",
    "0",
    "-1",
    "x",
    "1e400",
    "NaN",
    "'; drop table",
    "%" * 3000,
    "٣٤",
    "\u202e",
    "á" * 200,
    "99999999999999999999",
]
PARAMETROS = [
    *("q", "proceso", "distrito", "otb", "categoria", "estado", "lugar", "desde", "hasta", "orden", "organizacion"),
    *("pagina", "papel", "capas", "z", "inventado"),
]


def codigos(client, **datos) -> set[str]:
    """Los códigos que muestra la lista con esos filtros."""
    return {propuesta.codigo for propuesta, _ in client.get(LISTA, datos).context["tarjetas"]}


@pytest.fixture
def cuatro(recepcion, gente, pueblo):
    """a: D-1, agua, 120.000, con punto · b: D-2, vías, 50.000, sin punto · c: viable, técnico 90.000 · d: de la OTB."""
    a = publicada(recepcion, gente, pueblo)
    b = publicada(
        recepcion, gente, pueblo, titulo="Empedrado Ceibo", categoria=pueblo.vias, distrito=pueblo.distrito_2,
        otb=pueblo.otb_ceibo, lon=None, lat=None, monto_solicitado=50_000,
    )  # fmt: skip
    c = publicada(recepcion, gente, pueblo, titulo="Posta nueva de salud", otb=None)
    Propuesta.objects.filter(pk=c.pk).update(estado="viable", monto_tecnico=90_000)
    d = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle, monto_solicitado=1000)
    return {letra: propuesta.codigo for letra, propuesta in zip("abcd", (a, b, c, d), strict=True)}


@pytest.mark.parametrize(
    ("filtro", "quedan"),
    [
        ({}, "abcd"),
        ({"otb": "O-1"}, "ad"),
        ({"otb": "O-2", "distrito": "D-2"}, "b"),
        ({"otb": "O-2", "distrito": "D-1"}, "acd"),
        ({"lugar": "con"}, "acd"),
        ({"lugar": "sin"}, "b"),
        ({"desde": "90.000"}, "ac"),
        ({"desde": "50000", "hasta": "90.000,00"}, "bc"),
        ({"hasta": "Bs 1.000"}, "d"),
        ({"desde": "5", "hasta": "4"}, ""),
        ({"estado": "grupo-en-evaluacion"}, "c"),
        ({"estado": "grupo-recibiendo-apoyos"}, "abd"),
        ({"estado": "viable"}, "c"),
        ({"organizacion": "molle"}, "d"),
        ({"organizacion": "molle", "lugar": "con", "categoria": "agua", "hasta": "1000", "q": "agua"}, "d"),
    ],
)
def test_cada_filtro_deja_lo_suyo_en_la_lista_y_en_las_descargas(client, cuatro, filtro, quedan):
    esperados = {cuatro[letra] for letra in quedan}
    assert codigos(client, **filtro) == esperados
    en_csv = b"".join(client.get("/propuestas/descargar.csv", filtro)).decode("utf-8-sig")
    assert {fila["codigo"] for fila in csv.DictReader(io.StringIO(en_csv))} == esperados
    rasgos = json.loads(b"".join(client.get("/propuestas/descargar.geojson", filtro)))["features"]
    assert {rasgo["id"] for rasgo in rasgos} == esperados


def test_los_filtros_puestos_hacen_una_direccion_que_los_repite(client, cuatro):
    pedido = "q=agua&distrito=D-1&otb=O-1&estado=grupo-recibiendo-apoyos&lugar=con&desde=1.000,50&hasta=200.000"
    filtros = filtros_de(QueryDict(pedido))
    otra_vez = filtros_de(QueryDict(filtros.direccion[1:]))
    assert filtros.activos == 7
    assert otra_vez.argumentos() == filtros.argumentos()
    assert "Distrito 1 · OTB Molle" in filtros.en_palabras


def test_la_lista_enlaza_el_mapa_las_descargas_y_las_novedades_con_sus_filtros(client, cuatro):
    texto = client.get(LISTA, {"distrito": "D-1"}).content.decode()
    for direccion in (
        "/propuestas/descargar.csv?distrito=D-1",
        "/propuestas/descargar.xlsx?distrito=D-1",
        "/propuestas/descargar.geojson?distrito=D-1",
        "/propuestas/novedades.rss?distrito=D-1",
        "/propuestas/cartelera.pdf?distrito=D-1",
        "/mapa/?distrito=D-1&amp;capas=propuestas",
    ):
        assert f'href="{direccion}"' in texto


@pytest.mark.parametrize("parametro", PARAMETROS)
def test_filtros_con_basura_nunca_son_un_error(client, cuatro, parametro):
    rutas = [LISTA, "/propuestas/datos/", "/propuestas/novedades.rss", "/propuestas/descargar.csv"]
    for ruta in rutas:
        for valor in BASURA:
            respuesta = client.get(ruta, {parametro: valor})
            assert respuesta.status_code == 200, (ruta, parametro, valor)
            if respuesta.streaming:
                assert b"".join(respuesta)


@pytest.mark.parametrize("parametro", PARAMETROS)
def test_el_mapa_y_la_cartelera_con_basura_nunca_fallan(client, cuatro, parametro):
    for ruta in ("/mapa/", "/mapa/capas/propuestas.geojson", "/propuestas/cartelera.pdf"):
        for valor in ("x", "-1", "1e400", "\u202e"):
            assert client.get(ruta, {parametro: valor}).status_code in (200, 400, 404), (ruta, parametro, valor)


def test_una_pagina_lejana_hace_las_mismas_consultas(client, recepcion, gente, pueblo, django_assert_max_num_queries):
    sembrar(recepcion, gente.ana, pueblo, 61)
    with django_assert_max_num_queries(12):
        respuesta = client.get(LISTA, {"pagina": 4, "distrito": "D-1", "q": "propuesta"})
    assert respuesta.context["pagina"].number == 2
    with django_assert_max_num_queries(12):
        assert len(client.get(LISTA, {"pagina": 4}).context["tarjetas"]) == 1


def test_los_grupos_de_estados_son_los_del_filtro():
    assert set(consultas.ESTADOS_DE_GRUPO) == {
        *("grupo-recibiendo-apoyos", "grupo-en-evaluacion", "grupo-votacion", "grupo-en-camino", "grupo-no-siguen")
    }
