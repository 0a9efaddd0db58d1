"""Nadie averigua quién tiene cuenta: misma respuesta y mismo trabajo exista o no (A7).

El usuario elegido al registrarse es la excepción inevitable: hay que decir que está ocupado. Los correos, no.
El tiempo se mide en tests/rendimiento/test_enumeracion.py.
"""

import json
import re

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client

from tests.elenco import CLAVE, crear_persona

VARIAN = {"Content-Length", "Content-Security-Policy", "Expires"}  # la última trae la hora


def igualada(respuesta, *escritos: str) -> tuple:
    """Estado, cuerpo sin lo escrito ni el permiso del formulario, y cabeceras."""
    cuerpo = respuesta.content.decode()
    for escrito in escritos:
        cuerpo = cuerpo.replace(escrito, "…")
    cuerpo = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "csrf", cuerpo)
    cabeceras = {nombre: valor for nombre, valor in respuesta.items() if nombre not in VARIAN}
    galletas = sorted((nombre, g["path"], g["samesite"], g["httponly"]) for nombre, g in respuesta.cookies.items())
    return respuesta.status_code, cuerpo, cabeceras, galletas


@pytest.fixture
def conocida(db):
    persona = crear_persona("conocida", "Conocida Vecina")
    persona.emailaddress_set.create(email="conocida@correo.bo", verified=True, primary=True)
    persona.email = "conocida@correo.bo"
    persona.save()
    return persona


@pytest.fixture
def cifradas(monkeypatch):
    """Cuenta cuántas contraseñas se cifran o se comprueban: es lo que tarda."""
    hechas = []
    for nombre in ("encode", "verify"):
        de_verdad = getattr(hashers.MD5PasswordHasher, nombre)

        def contada(self, *args, _de_verdad=de_verdad, _nombre=nombre, **kwargs):
            hechas.append(_nombre)
            return _de_verdad(self, *args, **kwargs)

        monkeypatch.setattr(hashers.MD5PasswordHasher, nombre, contada)
    return hechas


@pytest.mark.parametrize(
    ("existe", "no_existe"),
    [("conocida", "nadie.asi"), ("conocida@correo.bo", "nadie@correo.bo"), ("CONOCIDA", "NADIE")],
)
def test_ingreso_responde_lo_mismo_y_cifra_lo_mismo(conocida, cifradas, existe, no_existe):
    respuestas, trabajos = [], []
    for quien in (existe, no_existe):
        cifradas.clear()
        respuesta = Client().post("/cuentas/ingresar/", {"login": quien, "password": "mala-mala-mala"})
        respuestas.append(igualada(respuesta, quien))
        # verify() de un hasher llama a encode(): se cuenta una vez lo que tarda.
        trabajos.append(cifradas.count("encode"))
    assert respuestas[0] == respuestas[1]
    assert respuestas[0][0] == 422
    assert trabajos[0] == trabajos[1] == 1


def test_recuperar_clave_responde_lo_mismo_y_manda_un_correo_en_los_dos_casos(conocida):
    respuestas = []
    for correo in ("conocida@correo.bo", "nadie@correo.bo"):
        cliente = Client()
        respuesta = cliente.post("/cuentas/clave/olvide/", {"email": correo})
        respuestas += [igualada(respuesta, correo), igualada(cliente.get(respuesta["Location"]), correo)]
    assert respuestas[0] == respuestas[2]
    assert respuestas[1] == respuestas[3]
    assert [m.to for m in mail.outbox] == [["conocida@correo.bo"], ["nadie@correo.bo"]]


def test_registrarse_con_correo_ajeno_responde_lo_mismo_hasta_en_mi_cuenta(conocida, datos_de_registro):
    respuestas = []
    for numero, correo in enumerate(("conocida@correo.bo", "libre@correo.bo")):
        cliente, usuario = Client(), f"nueva.{numero}"
        respuesta = cliente.post("/cuentas/registrarse/", {**datos_de_registro, "username": usuario, "email": correo})
        respuestas.append(
            [
                igualada(respuesta, correo, usuario),
                igualada(cliente.get("/cuentas/mi-cuenta/"), correo, usuario),
                igualada(cliente.get("/cuentas/correos/"), correo, usuario),
            ]
        )
    assert respuestas[0] == respuestas[1]
    assert respuestas[0][0][0] == 302


def test_agregar_un_correo_ajeno_responde_lo_mismo_que_uno_libre(conocida, db):
    respuestas = []
    for numero, correo in enumerate(("conocida@correo.bo", "libre@correo.bo")):
        persona = crear_persona(f"otra.{numero}", "Otra Vecina")
        cliente = Client()
        cliente.post("/cuentas/ingresar/", {"login": persona.username, "password": CLAVE})
        respuesta = cliente.post("/cuentas/correos/", {"email": correo, "action_add": "si"})
        respuestas.append(
            [igualada(respuesta, correo), igualada(cliente.get("/cuentas/correos/"), correo, persona.username)]
        )
    assert respuestas[0] == respuestas[1]
    assert respuestas[0][0][0] == 302


def test_codigo_de_ventanilla_cifra_lo_mismo_exista_o_no_la_cuenta(conocida, cifradas):
    trabajos, respuestas = [], []
    for usuario in ("conocida", "nadie.asi"):
        cifradas.clear()
        datos = {
            "usuario": usuario,
            "codigo": "AAAA-BBBB-CCCC",
            "clave": "tres-llamas-rojas",
            "clave_otra_vez": "tres-llamas-rojas",
        }
        respuestas.append(igualada(Client().post("/cuentas/clave/codigo/", datos), usuario))
        trabajos.append(cifradas.count("encode"))
    assert respuestas[0] == respuestas[1]
    assert trabajos == [1, 1]


def test_ingreso_con_llave_no_dice_si_la_cuenta_existe(conocida):
    from allauth.account.utils import user_pk_to_url_str
    from fido2.utils import websafe_encode

    respuestas = []
    for pk in (user_pk_to_url_str(conocida), "999999"):
        cliente = Client()
        cliente.get("/cuentas/llaves/ingresar/", headers={"accept": "application/json"})
        credencial = {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30",
                "authenticatorData": "A" * 60,
                "signature": "AA",
                "userHandle": websafe_encode(pk.encode()),
            },
        }
        respuesta = cliente.post("/cuentas/llaves/ingresar/", {"credential": json.dumps(credencial)})
        respuestas.append([igualada(respuesta), igualada(cliente.get("/cuentas/ingresar/"))])
    assert respuestas[0] == respuestas[1]
