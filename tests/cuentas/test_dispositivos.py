"""Las sesiones: verlas, cerrarlas, y cuándo mueren solas."""

import os
import subprocess
import sys

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas import sesiones
from civic.cuentas.aparatos import aparato
from tests.elenco import CLAVE

URL = "/cuentas/dispositivos/"
MI_CUENTA = "/cuentas/mi-cuenta/"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; SM-A135M) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0"


def ingresar(persona="ana", navegador=WINDOWS) -> Client:
    cliente = Client(headers={"user-agent": navegador})
    respuesta = cliente.post("/cuentas/ingresar/", {"login": persona, "password": CLAVE})
    assert respuesta.status_code == 302
    return cliente


def esta_dentro(cliente) -> bool:
    return cliente.get(MI_CUENTA).status_code == 200


@pytest.mark.parametrize(
    ("se_presenta", "dicho"),
    [
        (ANDROID, "Teléfono Android, con Chrome"),
        (WINDOWS, "Computadora con Windows, con Firefox"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Teléfono iPhone, con Safari",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Computadora con Windows, con Edge",
        ),
        ("curl/8.0", "Aparato desconocido"),
        ("", "Aparato desconocido"),
    ],
)
def test_aparato_se_dice_en_palabras(se_presenta, dicho):
    assert aparato(se_presenta) == dicho


def test_lista_muestra_cada_aparato_y_cual_es_este(gente):
    telefono, computadora = ingresar(navegador=ANDROID), ingresar()
    texto = " ".join(computadora.get(URL).content.decode().split())
    assert "Teléfono Android, con Chrome" in texto
    assert "Computadora con Windows, con Firefox</strong> <span" in texto  # con su ficha «Este aparato»
    assert texto.count("Este aparato") == 1
    assert "127.0.0.1" in texto
    assert esta_dentro(telefono)


def test_cerrar_uno_lo_saca_y_no_toca_a_los_demas(gente):
    telefono, computadora = ingresar(navegador=ANDROID), ingresar()
    pk = UserSession.objects.get(user_agent=ANDROID).pk
    assert computadora.post(URL, {"cerrar": pk})["Location"] == URL
    assert (esta_dentro(telefono), esta_dentro(computadora)) == (False, True)
    assert Suceso.objects.de(gente.ana).get().texto == "Cerró su sesión en otro aparato."


def test_cerrar_los_demas_deja_solo_este(gente):
    otros, este = [ingresar() for _ in range(3)], ingresar()
    de_beto = ingresar("beto")
    este.post(URL, {"cerrar_los_demas": "si"})
    assert [esta_dentro(cliente) for cliente in [*otros, este, de_beto]] == [False, False, False, True, True]
    assert UserSession.objects.filter(user=gente.ana).count() == 1


@pytest.mark.parametrize("pk", ["0", "999999999999", "x", "-1", "", "١", "1" * 60, "\x07"])
def test_cerrar_lo_que_no_es_suyo_o_no_existe_no_hace_nada(gente, pk):
    ana, beto = ingresar(), ingresar("beto")
    assert ana.post(URL, {"cerrar": pk}).status_code == 302
    assert ana.post(URL, {"cerrar": UserSession.objects.get(user=gente.beto).pk}).status_code == 302
    assert (esta_dentro(ana), esta_dentro(beto)) == (True, True)


def test_dispositivos_pide_ingresar_y_no_acepta_otros_metodos(client, entrar, gente):
    assert client.get(URL)["Location"] == f"/cuentas/ingresar/?next={URL}"
    assert entrar(gente.ana).delete(URL).status_code == 405


def test_salir_mata_la_sesion_tambien_para_quien_copio_su_numero(gente):
    cliente = ingresar()
    copia = Client()
    copia.cookies = cliente.cookies.copy()
    assert esta_dentro(copia)
    cliente.post("/cuentas/salir/")
    assert not esta_dentro(copia)


def test_cambiar_la_clave_cambia_esta_sesion_y_mata_las_demas(gente):
    otra, esta = ingresar(), ingresar()
    antes = esta.session.session_key
    nueva = {"oldpassword": CLAVE, "password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"}
    assert esta.post("/cuentas/clave/cambiar/", nueva).status_code == 302
    assert (esta_dentro(esta), esta_dentro(otra)) == (True, False)
    assert esta.session.session_key != antes
    assert list(UserSession.objects.filter(user=gente.ana).values_list("session_key", flat=True)) == [
        esta.session.session_key
    ]
    assert not Session.objects.filter(session_key=antes).exists()


@pytest.mark.parametrize("camino", ["ficha", "en bloque"])
def test_cerrar_la_cuenta_desde_la_trastienda_mata_sus_sesiones_aunque_se_reabra(entrar, con_roles, camino):
    de_ana = ingresar()
    cliente = entrar(con_roles.gloria)
    if camino == "ficha":
        datos = {"username": "ana", "nombre_publico": "Ana Vecina", "email": ""}
        cliente.post(reverse("wagtailusers_users:edit", args=[con_roles.ana.pk]), datos)
    else:
        ruta = reverse("wagtail_bulk_action", args=["cuentas", "usuario", "set_active_state"])
        cliente.post(f"{ruta}?id={con_roles.ana.pk}", {"mark_as_active": "False"})
    con_roles.ana.refresh_from_db()
    assert con_roles.ana.is_active is False
    assert not esta_dentro(de_ana)
    type(con_roles.ana).objects.filter(pk=con_roles.ana.pk).update(is_active=True)
    assert not esta_dentro(de_ana)


def test_numero_de_sesion_puesto_de_antemano_no_sirve_despues_de_ingresar(client, gente):
    """Fijación: quien conoce el número de antes no entra con él."""
    client.get("/cuentas/ingresar/?next=/")
    sesion = client.session
    sesion["algo"] = 1
    sesion.save()
    conocido = sesion.session_key
    client.post("/cuentas/ingresar/", {"login": "ana", "password": CLAVE})
    ajeno = Client()
    ajeno.cookies["sessionid"] = conocido
    assert client.session.session_key != conocido
    assert not esta_dentro(ajeno)


def test_la_ultima_vez_se_anota_cada_cinco_minutos_y_no_en_cada_pagina(gente, django_assert_num_queries, monkeypatch):
    cliente = ingresar()
    cache.clear()
    ahora = {"es": 1000.0}
    monkeypatch.setattr(sesiones.time, "time", lambda: ahora["es"])
    anotadas = []
    monkeypatch.setattr(UserSession.objects, "create_from_request", anotadas.append)
    for momento in (1000, 1100, 1299, 1301, 1302, 1700):
        ahora["es"] = float(momento)
        cliente.get(MI_CUENTA)
    assert len(anotadas) == 2


def test_muertas_reconoce_cada_modo_de_morir(gente):
    vivas = [ingresar() for _ in range(3)]
    claves = [cliente.session.session_key for cliente in vivas]
    assert sesiones.muertas([*claves, "no-existe"]) == {"no-existe"}
    Session.objects.filter(session_key=claves[0]).delete()
    assert sesiones.muertas(claves) == {claves[0]}
    gente.ana.set_password("otra-clave-larga")
    gente.ana.save()
    assert sesiones.muertas(claves) == set(claves)


COMPROBAR = """
import json
from civic import settings as s
nombres = ("SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE "
           "CSRF_COOKIE_NAME CSRF_COOKIE_SECURE CSRF_COOKIE_HTTPONLY CSRF_COOKIE_SAMESITE").split()
print(json.dumps({n: getattr(s, n) for n in nombres}))
"""


def test_galletas_con_https_llevan_todas_sus_marcas(client, gente, settings, tmp_path):
    import json

    entorno = {nombre: valor for nombre, valor in os.environ.items() if not nombre.startswith("AYNI_")}
    entorno |= {"AYNI_MODO": "demo", "AYNI_DIR_DATOS": str(tmp_path), "AYNI_URL_PUBLICA": "https://ayni.ejemplo.bo"}
    salida = subprocess.run([sys.executable, "-c", COMPROBAR], env=entorno, capture_output=True, text=True, check=True)
    for nombre, valor in json.loads(salida.stdout).items():
        setattr(settings, nombre, valor)
    client.get("/cuentas/ingresar/", secure=True)
    client.post("/cuentas/ingresar/", {"login": "ana", "password": CLAVE}, secure=True)
    for nombre in ("__Host-sesion", "__Host-csrf"):
        galleta = client.cookies[nombre]
        assert (galleta["secure"], galleta["httponly"], galleta["samesite"]) == (True, True, "Lax"), nombre
        assert (galleta["path"], galleta["domain"]) == ("/", ""), nombre  # lo exige el prefijo __Host-
