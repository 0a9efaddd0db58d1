"""La lista pública: filtros, orden, páginas y cuánto cuesta."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propuestas import acciones, consultas
from propuestas.models import Propuesta
from propuestas.reglas import PUBLICOS
from tests.propuestas.piezas import borrador, enviada, publicada, sembrar

LISTA = "/propuestas/"


def titulos(respuesta):
    return [propuesta.titulo for propuesta, _ in respuesta.context["tarjetas"]]


def test_lista_muestra_titulo_lugar_costo_apoyos_y_comentarios(client, una):
    respuesta = client.get(LISTA)
    texto = respuesta.content.decode()
    assert (respuesta.status_code, titulos(respuesta)) == (200, ["Agua potable para la zona Molle"])
    for parte in ("Distrito 1", "OTB Molle", "Bs\u00a0120.000", "0 apoyos · 0 comentarios", una.get_absolute_url()):
        assert parte in texto


def test_lista_no_muestra_borradores_ni_enviadas(client, recepcion, gente, pueblo):
    borrador(recepcion, gente.ana, pueblo)
    enviada(recepcion, gente.ana, pueblo)
    assert titulos(client.get(LISTA)) == []


def test_lista_vacia_invita_a_proponer_si_la_fase_lo_permite(client, recepcion):
    assert "Puedes ser la primera persona" in client.get(LISTA).content.decode()


def test_lista_vacia_fuera_de_fase_no_invita(client, votando):
    texto = client.get(LISTA).content.decode()
    assert ("Puedes ser la primera persona" in texto, reverse("propuestas:nueva") in texto) == (False, False)


def test_lista_con_metodo_ajeno_no_entra(client, db):
    assert client.post(LISTA).status_code == 405


@pytest.mark.parametrize("consulta", ["agua", "AGUA", "ágüa molle", "tanque nuevo", "distrito 1 posta", "PR-2027-001"])
def test_buscar_sin_acentos_ni_mayusculas_encuentra(client, una, consulta):
    assert titulos(client.get(LISTA, {"q": consulta})) == [una.titulo]


def test_buscar_por_la_organizacion_encuentra(client, recepcion, gente, pueblo):
    publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle, titulo="Cancha nueva")
    publicada(recepcion, gente, pueblo, titulo="Otra cosa distinta", otb=None, descripcion="x", referencia="")
    assert titulos(client.get(LISTA, {"q": "otb molle"})) == ["Cancha nueva"]


@pytest.mark.parametrize("consulta", ["inexistente", "agua cancha", "%", "_"])
def test_buscar_lo_que_no_esta_ofrece_quitar_filtros(client, una, consulta):
    respuesta = client.get(LISTA, {"q": consulta})
    # «%» y «_» no son letras: no filtran nada.
    esperado = [una.titulo] if consulta in "%_" else []
    assert titulos(respuesta) == esperado


@pytest.mark.parametrize(
    ("filtro", "hay"),
    [
        ({"distrito": "D-1"}, True),
        ({"distrito": "D-2"}, False),
        ({"categoria": "agua"}, True),
        ({"categoria": "vias"}, False),
        ({"estado": "publicada"}, True),
        ({"estado": "viable"}, False),
        ({"proceso": "poa-2027"}, True),
        ({"distrito": "D-1", "categoria": "agua", "estado": "publicada", "q": "molle"}, True),
    ],
)
def test_filtros_dejan_lo_que_piden(client, una, filtro, hay):
    assert (titulos(client.get(LISTA, filtro)) == [una.titulo]) is hay


@pytest.mark.parametrize(
    "filtro",
    [
        {"distrito": "D-99"},
        {"categoria": "'; drop table"},
        {"estado": "borrador"},
        {"estado": "nada"},
        {"orden": "titulo"},
        {"pagina": "menos uno"},
        {"pagina": "99999999999999999999"},
        {"q": "%" * 5000},
    ],
)
def test_filtros_que_no_existen_se_ignoran(client, una, filtro):
    respuesta = client.get(LISTA, filtro)
    assert (respuesta.status_code, titulos(respuesta)) == (200, [una.titulo])


@pytest.mark.parametrize("filtro", [{"proceso": "\x00"}, {"q": "a\x00b"}, {"\x00": "1"}])
def test_filtros_con_el_caracter_nulo_son_un_pedido_mal_hecho(client, una, filtro):
    assert client.get(LISTA, filtro).status_code == 400


def test_filtro_por_proceso_separa_procesos(client, recepcion, votando, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 1)
    sembrar(votando, gente.ana, pueblo, 2)
    assert len(titulos(client.get(LISTA, {"proceso": "poa-votando"}))) == 2
    assert len(titulos(client.get(LISTA))) == 3


def test_orden_por_apoyos_y_por_recientes(client, recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 3)
    assert titulos(client.get(LISTA, {"orden": "apoyos"}))[0] == "Propuesta número 2"
    publicada(recepcion, gente, pueblo, titulo="La última de todas")
    assert titulos(client.get(LISTA))[0] == "La última de todas"


def test_filtros_siguen_en_la_direccion_de_las_paginas(client, recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 45)
    respuesta = client.get(LISTA, {"distrito": "D-1", "orden": "apoyos"})
    texto = respuesta.content.decode()
    assert (len(titulos(respuesta)), "22 resultados" in texto) == (20, True)
    assert "?distrito=D-1&amp;orden=apoyos&amp;pagina=2" in texto
    segunda = client.get(LISTA, {"distrito": "D-1", "orden": "apoyos", "pagina": 2})
    assert len(titulos(segunda)) == 2


def test_lista_cuenta_los_comentarios_visibles(client, una, gente):
    from civic.debate.acciones import comentar

    una.hilo.refresh_from_db()
    comentar(una.hilo, autor=gente.beto, texto="Hace mucha falta.")
    assert "0 apoyos · 1 comentario<" in client.get(LISTA).content.decode()


def contar_consultas(client, **datos):
    with CaptureQueriesContext(connection) as consultas_hechas:
        assert client.get(LISTA, datos).status_code == 200
    return len(consultas_hechas)


def test_lista_hace_las_mismas_consultas_con_3_y_con_30_y_a_lo_mas_12(client, recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 3)
    con_tres = contar_consultas(client, q="propuesta")
    sembrar(recepcion, gente.ana, pueblo, 27)
    con_treinta = contar_consultas(client, q="propuesta")
    assert con_tres == con_treinta <= 12


def test_lista_pesa_a_lo_mas_20_kb_con_una_pagina_llena(client, recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 20)
    assert len(client.get(LISTA).content) <= 20_000


def test_lista_no_trae_los_poligonos(client, recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 2)
    with CaptureQueriesContext(connection) as hechas:
        client.get(LISTA)
    assert [consulta["sql"] for consulta in hechas if "geometria" in consulta["sql"]] == []


# --- Lo que usan otras salas -----------------------------------------------------------------------------------------


def test_puntos_publicos_da_solo_lo_publico_con_punto(una, recepcion, gente, pueblo):
    publicada(recepcion, gente, pueblo, lon=None, lat=None)
    enviada(recepcion, gente.ana, pueblo)
    assert consultas.puntos_publicos() == [
        {
            "id": una.pk,
            "titulo": "Agua potable para la zona Molle",
            "lon": 0.5,
            "lat": 0.5,
            "categoria": "agua",
            "estado": "publicada",
            "etiqueta": "Publicada",
            "tono": "info",
            "url": f"/propuestas/{una.pk}/",
        }
    ]


def test_puntos_publicos_hace_una_consulta(una, recepcion, gente, pueblo, django_assert_num_queries):
    sembrar(recepcion, gente.ana, pueblo, 5)
    with django_assert_num_queries(1):
        assert len(consultas.puntos_publicos()) == 6


def test_para_agregar_da_codigos_y_monto_en_bolivianos(una, recepcion, gente, pueblo):
    enviada(recepcion, gente.ana, pueblo)
    acciones.apoyar(una, usuario=gente.beto)
    esperado = {
        "id": una.pk,
        "distrito_codigo": "D-1",
        "otb_codigo": "O-1",
        "categoria": "agua",
        "monto": 120000.0,
        "apoyos": 1,
        "lon": 0.5,
        "lat": 0.5,
    }
    assert consultas.para_agregar() == [esperado]
    Propuesta.objects.filter(pk=una.pk).update(monto_tecnico=90000)
    assert consultas.para_agregar(recepcion) == [esperado | {"monto": 90000.0}]


def test_cifras_cuentan_personas_y_no_filas(una, recepcion, gente, pueblo):
    otra = publicada(recepcion, gente, pueblo)
    enviada(recepcion, gente.beto, pueblo)
    for propuesta in (una, otra):
        acciones.apoyar(propuesta, usuario=gente.beto)
    assert consultas.cifras() == {
        "propuestas": 2,
        "apoyos": 2,
        "monto": 240000,
        "personas_que_propusieron": 1,
        "personas_que_apoyaron": 1,
        "respondidas": 0,
    }


def test_por_distrito_suma_por_distrito_en_orden(recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 3)
    assert consultas.por_distrito() == [
        {"codigo": "D-1", "nombre": "Distrito 1", "propuestas": 1, "apoyos": 1, "monto": 2000},
        {"codigo": "D-2", "nombre": "Distrito 2", "propuestas": 2, "apoyos": 2, "monto": 4000},
    ]


def test_recientes_da_las_ultimas_del_distrito(recepcion, gente, pueblo):
    sembrar(recepcion, gente.ana, pueblo, 5)
    ultimas = consultas.recientes(2, distrito=pueblo.distrito_2)
    assert [(propuesta.titulo, comentarios) for propuesta, comentarios in ultimas] == [
        ("Propuesta número 4", 0),
        ("Propuesta número 2", 0),
    ]


@pytest.mark.parametrize("estado", PUBLICOS)
def test_lista_y_pagina_se_ven_en_cada_estado_publico(client, recepcion, gente, pueblo, estado):
    (propuesta,) = sembrar(recepcion, gente.ana, pueblo, 1, estado=estado)
    assert len(titulos(client.get(LISTA, {"estado": estado}))) == 1
    assert client.get(propuesta.get_absolute_url()).status_code == 200
