"""Nadie pierde lo que escribía porque su sesión o el permiso del formulario vencieron (fiabilidad I7)."""

import re
import time
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver

from civic.comun.retomar import LETRAS_MAXIMO, SEGUNDOS
from propuestas.models import Propuesta
from tests.casa.test_casa import vistas_nuestras
from tests.elenco import CLAVE
from tests.propuestas.test_borradores import NUEVA, que

AQUI = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def escrito(entrar, recepcion, gente, pueblo):
    """Lo que ana tiene escrito en el formulario cuando su sesión vence."""
    cliente = entrar(gente.ana)
    datos = que(pueblo, cliente, descripcion="Dos <b>líneas</b>\ncon & y «comillas».")
    cliente.logout()
    return datos


def ocultos(texto: str) -> dict[str, str]:
    cuerpo = texto.split('method="post"', 2)[-1]
    return {n: unescape(v) for n, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', cuerpo)}


def volver_a_entrar(cliente: Client, respuesta, persona) -> str:
    assert respuesta["Location"].startswith("/cuentas/ingresar/?next=/retomar/")
    entro = cliente.post(respuesta["Location"], {"login": persona.username, "password": CLAVE})
    assert entro["Location"] == "/retomar/"
    return cliente.get("/retomar/").content.decode()


def test_sesion_vencida_al_enviar_se_retoma_tras_entrar_y_crea_una(client, escrito, gente):
    respuesta = client.post(NUEVA, escrito, **AQUI)
    texto = volver_a_entrar(client, respuesta, gente.ana)
    assert "Dos &lt;b&gt;líneas&lt;/b&gt;" in texto and 'action="/propuestas/nueva/"' in texto
    for _ in range(2):
        assert client.post(NUEVA, ocultos(texto)).status_code == 302
    propuesta = Propuesta.objects.get()
    assert (propuesta.autor, propuesta.descripcion) == (gente.ana, escrito["descripcion"])


def test_otra_persona_que_entra_no_envia_a_nombre_de_la_primera(client, escrito, gente):
    texto = volver_a_entrar(client, client.post(NUEVA, escrito, **AQUI), gente.beto)
    client.post(NUEVA, ocultos(texto))
    assert not Propuesta.objects.filter(autor=gente.ana).exists()


@pytest.mark.parametrize("origen", ["https://otro.example", "null", ""])
def test_un_envio_desde_otro_sitio_no_se_guarda(client, escrito, origen):
    respuesta = client.post(NUEVA, escrito, HTTP_ORIGIN=origen)
    assert "/retomar/" not in respuesta["Location"]
    assert client.get("/retomar/")["Location"] == "/"


def test_lo_demasiado_largo_no_llena_la_base(client, escrito):
    respuesta = client.post(NUEVA, escrito | {"descripcion": "x" * LETRAS_MAXIMO}, **AQUI)
    assert "/retomar/" not in respuesta["Location"]


def test_a_la_hora_ya_no_se_retoma(client, escrito, gente):
    volver_a_entrar(client, client.post(NUEVA, escrito, **AQUI), gente.ana)
    with time_machine.travel(time.time() + SEGUNDOS + 2):
        assert client.get("/retomar/")["Location"] == "/"


def test_permiso_de_formulario_vencido_con_la_sesion_abierta_se_retoma(escrito, gente):
    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(gente.ana)
    respuesta = cliente.post(NUEVA, escrito, **AQUI)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/retomar/")
    texto = cliente.get("/retomar/").content.decode()
    assert cliente.post(NUEVA, ocultos(texto)).status_code == 302
    assert Propuesta.objects.get().autor == gente.ana


def test_permiso_que_falta_desde_otro_sitio_sigue_siendo_403_y_no_deja_nada(escrito, gente):
    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(gente.ana)
    assert cliente.post(NUEVA, escrito, HTTP_ORIGIN="https://otro.example").status_code == 403
    assert cliente.get("/retomar/")["Location"] == "/"
    assert not Propuesta.objects.exists()


def test_ni_la_papeleta_ni_las_cuentas_se_guardan_para_retomar():
    retomables = {ruta for ruta, vista in vistas_nuestras(get_resolver()) if getattr(vista, "retomable", False)}
    assert "/propuestas/nueva/" in retomables
    assert not {ruta for ruta in retomables if ruta.startswith(("/votaciones/", "/cuentas/"))}
