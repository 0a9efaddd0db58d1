"""Sexo y año de nacimiento: opcionales, privados, se descargan y se borran."""

import io
import json
import zipfile

import pytest

from civic.comun.models import Suceso
from civic.cuentas import acciones, datos_propios
from civic.cuentas.models import DatosParaEstadisticas

PAGINA = "/cuentas/mi-cuenta/estadisticas/"


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def test_la_pagina_dice_que_es_opcional_para_que_es_y_como_se_borra(entrar, gente):
    cliente = entrar(gente.ana)
    texto = texto_de(cliente.get(PAGINA))
    assert "Es opcional." in texto and "Para qué es:" in texto and "Cómo se borra:" in texto
    assert "Borrar lo que dije" not in texto  # no hay nada que borrar
    assert f'href="{PAGINA}"' in texto_de(cliente.get("/cuentas/mi-cuenta/"))


def test_se_guarda_y_la_bitacora_no_dice_que(entrar, gente):
    respuesta = entrar(gente.ana).post(PAGINA, {"sexo": "mujer", "nacimiento": "1985"})
    assert respuesta["Location"] == "/cuentas/mi-cuenta/"
    datos = DatosParaEstadisticas.objects.get(usuario=gente.ana)
    assert (datos.sexo, datos.nacimiento) == ("mujer", 1985)
    suceso = Suceso.objects.de(gente.ana).get()
    assert (suceso.verbo, suceso.publico, suceso.datos) == ("datos_para_estadisticas", False, {})
    assert "mujer" not in suceso.texto.lower() and "1985" not in suceso.texto


def test_repetir_lo_mismo_no_deja_otra_linea(entrar, gente):
    cliente = entrar(gente.ana)
    for _ in range(2):
        cliente.post(PAGINA, {"sexo": "mujer", "nacimiento": ""})
    assert Suceso.objects.de(gente.ana).count() == 1


@pytest.mark.parametrize("como", [{"sexo": "", "nacimiento": ""}, {"borrar": "si", "sexo": "mujer", "nacimiento": "x"}])
def test_se_borra_vaciando_o_con_el_boton(entrar, gente, como):
    acciones.guardar_datos_para_estadisticas(gente.ana, sexo="mujer", nacimiento=1985)
    cliente = entrar(gente.ana)
    assert "Borrar lo que dije" in texto_de(cliente.get(PAGINA))
    assert cliente.post(PAGINA, como).status_code == 302
    assert not DatosParaEstadisticas.objects.exists()


@pytest.mark.parametrize(
    ("escrito", "frase"),
    [
        ({"sexo": "mujer", "nacimiento": "85"}, "Escribe el año en que naciste"),
        ({"sexo": "", "nacimiento": "2999"}, "Escribe el año en que naciste"),
        ({"sexo": "", "nacimiento": "mil"}, "Escribe el año con cuatro números"),
        ({"sexo": "marciana", "nacimiento": "1985"}, "Elige una de las respuestas"),
    ],
)
def test_lo_que_no_vale_responde_422_y_conserva_lo_escrito(entrar, gente, escrito, frase):
    respuesta = entrar(gente.ana).post(PAGINA, escrito)
    assert respuesta.status_code == 422
    assert frase in texto_de(respuesta)
    assert f'value="{escrito["nacimiento"]}"' in texto_de(respuesta)
    assert not DatosParaEstadisticas.objects.exists()


def test_sin_cuenta_hay_que_ingresar(client):
    assert client.get(PAGINA).status_code == 302


def test_va_en_la_descarga_y_se_borra_al_cerrar_la_cuenta(gente):
    acciones.guardar_datos_para_estadisticas(gente.ana, sexo="otra", nacimiento=1961)
    paquete = io.BytesIO()
    datos_propios.empaquetar(gente.ana, paquete)
    suyos = json.loads(zipfile.ZipFile(paquete).read("mis_datos.json"))["temas"]["datos_para_estadisticas"]
    assert suyos["filas"] == [{"sexo": "otra", "nacimiento": 1961}]
    acciones.cerrar_cuenta(gente.ana)
    assert not DatosParaEstadisticas.objects.exists()
