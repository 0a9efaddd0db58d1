import datetime
import re

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from civic.cuentas.models import Usuario
from tests.elenco import CLAVE

URL = "/cuentas/ingresar/"
NO_COINCIDEN = "El usuario o la contraseña no coinciden."


@pytest.fixture
def con_limites(settings):
    """Los límites de intentos de la instalación verdadera."""
    settings.ACCOUNT_RATE_LIMITS = settings.LIMITES_DE_CUENTAS
    cache.clear()
    yield
    cache.clear()


def ingresar(cliente, login="ana", clave=CLAVE, **extra):
    return cliente.post(URL, {"login": login, "password": clave, **extra})


def test_ingreso_con_usuario_y_clave_entra_y_cambia_la_sesion(client, gente):
    client.get(URL)
    client.session["algo"] = 1
    antes = client.session.session_key
    respuesta = ingresar(client)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(gente.ana.pk)
    assert client.session.session_key != antes


@pytest.mark.parametrize("login", ["ANA", " ana "])
def test_ingreso_con_usuario_en_mayusculas_o_con_espacios_entra(client, gente, login):
    assert ingresar(client, login).status_code == 302
    assert client.session["_auth_user_id"] == str(gente.ana.pk)


def test_ingreso_con_clave_equivocada_dice_lo_mismo_que_con_usuario_que_no_existe(client, gente):
    mala, inexistente = ingresar(client, clave="otra"), ingresar(client, "quien-es", "otra")
    for respuesta in (mala, inexistente):
        assert respuesta.status_code == 422
        assert NO_COINCIDEN in respuesta.content.decode()
    sin_lo_escrito = [re.sub(r'value="[^"]*"', "", respuesta.content.decode()) for respuesta in (mala, inexistente)]
    assert sin_lo_escrito[0] == sin_lo_escrito[1]
    assert "_auth_user_id" not in client.session


def test_ingreso_con_cuenta_cerrada_lo_explica(client, gente):
    Usuario.objects.filter(pk=gente.ana.pk).update(is_active=False)
    respuesta = client.post(URL, {"login": "ana", "password": CLAVE}, follow=True)
    assert respuesta.redirect_chain == [("/cuentas/cerrada/", 302)]
    assert "Esta cuenta está cerrada" in respuesta.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("siguiente", "destino"),
    [
        ("/organizaciones/?q=molle", "/organizaciones/?q=molle"),
        ("https://malo.example/", "/"),
        ("//malo.example/", "/"),
        ("/\\malo.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:malo.example", "/"),
    ],
)
def test_ingreso_vuelve_solo_dentro_del_sitio(client, gente, siguiente, destino):
    assert ingresar(client, next=siguiente)["Location"] == destino


def test_ingreso_conserva_a_donde_iba_en_el_formulario(client, db):
    texto = client.get(URL + "?next=/organizaciones/").content.decode()
    assert '<input type="hidden" name="next" value="/organizaciones/">' in texto
    assert "/cuentas/registrarse/?next=%2Forganizaciones%2F" in texto


def test_ingreso_con_demasiados_intentos_responde_429_y_cuando_volver(client, gente, con_limites):
    estados = [ingresar(client, clave="mala").status_code for _ in range(6)]
    assert estados == [422, 422, 422, 422, 422, 429]
    bloqueada = ingresar(client)
    assert (bloqueada.status_code, bloqueada["Retry-After"]) == (429, "300")
    assert "Hubo demasiados intentos. Espera unos minutos" in bloqueada.content.decode()
    assert ingresar(Client(), "ANA").status_code == 429  # otra escritura del mismo usuario no esquiva el límite
    assert ingresar(Client(), "beto").status_code == 302  # las demás personas entran igual


def test_ingreso_con_demasiados_pedidos_por_direccion_muestra_la_pagina_en_castellano(client, gente, con_limites):
    for _ in range(30):
        client.post(URL, {})
    respuesta = client.post(URL, {})
    assert (respuesta.status_code, respuesta["Retry-After"]) == (429, "300")
    assert "Demasiados intentos seguidos" in respuesta.content.decode()


def test_limite_no_se_esquiva_inventando_de_donde_viene(gente, con_limites, settings):
    """Sin proxies declarados, X-Forwarded-For no se cree; con uno, se cree solo lo que agregó él."""
    estados = [
        ingresar(Client(headers={"x-forwarded-for": f"198.51.100.{n}"}), f"u{n}", "mala").status_code for n in range(12)
    ]
    assert estados == [422] * 10 + [429] * 2
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    estados = [
        ingresar(Client(headers={"x-forwarded-for": f"198.51.100.{n}, 203.0.113.5"}), f"u{n}", "mala").status_code
        for n in range(12)
    ]
    assert estados == [422] * 10 + [429] * 2
    otra = Client(headers={"x-forwarded-for": "203.0.113.5, 203.0.113.6"})
    assert ingresar(otra, "otro", "mala").status_code == 422


def test_limite_de_recuperar_clave_cuenta_junto_el_correo_en_otra_escritura(db, con_limites):
    escritos = ["ana@correo.bo", "ANA@correo.bo", "Ana@Correo.bo", "ana@CORREO.bo", "aNa@correo.bo", "anA@correo.bo"]
    respuestas = [Client().post("/cuentas/clave/olvide/", {"email": escrito}) for escrito in escritos]
    assert [r.status_code for r in respuestas] == [302] * 5 + [429]
    assert respuestas[-1]["Retry-After"] == "300"


def test_biblioteca_con_doscientos_ingresos_honestos_en_una_hora_no_se_bloquea(db, con_limites):
    """Una sola dirección, doscientas personas, en tandas de veinte cada seis minutos: nadie se queda afuera."""
    claves = make_password(CLAVE)
    Usuario.objects.bulk_create(
        Usuario(username=f"vecina{n}", password=claves, nombre_publico="Vecina Cualquiera") for n in range(200)
    )
    inicio = timezone.now()
    estados = []
    for numero in range(200):
        minutos = numero // 20 * 6
        with time_machine.travel(inicio + datetime.timedelta(minutes=minutos, seconds=numero % 20 * 2), tick=False):
            estados.append(ingresar(Client(), f"vecina{numero}").status_code)
    assert estados == [302] * 200


def test_salida_pide_confirmar_y_sale_solo_con_post(entrar, gente):
    cliente = entrar(gente.ana)
    assert cliente.get("/cuentas/salir/").status_code == 200
    assert "_auth_user_id" in cliente.session
    assert cliente.post("/cuentas/salir/")["Location"] == "/"
    assert "_auth_user_id" not in cliente.session


def test_cambiar_clave_cambia_y_exige_la_de_ahora(entrar, gente):
    cliente = entrar(gente.ana)
    nueva = {"oldpassword": CLAVE, "password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"}
    mala = cliente.post("/cuentas/clave/cambiar/", {**nueva, "oldpassword": "otra"})
    assert mala.status_code == 422
    assert "Esa no es tu contraseña actual." in mala.content.decode()
    assert cliente.post("/cuentas/clave/cambiar/", nueva)["Location"] == "/cuentas/mi-cuenta/"
    assert Usuario.objects.get(pk=gente.ana.pk).check_password("tres-llamas-rojas")


@pytest.mark.parametrize("ruta", ["clave/cambiar/", "clave/poner/", "correos/", "confirmar-identidad/", "mi-cuenta/"])
def test_paginas_de_la_cuenta_piden_ingresar(client, db, ruta):
    assert client.get(f"/cuentas/{ruta}")["Location"] == f"/cuentas/ingresar/?next=/cuentas/{ruta}"


def test_olvido_de_clave_manda_un_enlace_que_sirve_una_vez(client, gente):
    gente.ana.email = "ana@correo.bo"
    gente.ana.save()
    respuesta = client.post("/cuentas/clave/olvide/", {"email": "ana@correo.bo"})
    assert respuesta["Location"] == "/cuentas/clave/olvide/enviado/"
    enlace = next(linea for linea in mail.outbox[0].body.splitlines() if "/clave/nueva/" in linea)
    ruta = "/cuentas/clave/nueva/" + enlace.split("/cuentas/clave/nueva/")[1]
    formulario = client.get(ruta, follow=True)
    nueva = {"password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"}
    lista = client.post(formulario.redirect_chain[-1][0], nueva, follow=True)
    assert "Tu contraseña ya es la nueva" in lista.content.decode()
    assert Usuario.objects.get(pk=gente.ana.pk).check_password("tres-llamas-rojas")
    assert "Ese enlace ya no sirve" in Client().get(ruta, follow=True).content.decode()


def test_olvido_de_clave_con_correo_desconocido_responde_lo_mismo(client, db):
    respuesta = client.post("/cuentas/clave/olvide/", {"email": "nadie@correo.bo"})
    assert respuesta["Location"] == "/cuentas/clave/olvide/enviado/"
    assert [m.subject for m in mail.outbox] == ["Ayni: No hay cuenta con este correo"]


def test_correos_agrega_y_quita_los_propios(entrar, gente):
    cliente = entrar(gente.ana)
    cliente.post("/cuentas/correos/", {"action_add": "si", "email": "ana@correo.bo"})
    assert [c.email for c in gente.ana.emailaddress_set.all()] == ["ana@correo.bo"]
    assert "Sin confirmar" in cliente.get("/cuentas/correos/").content.decode()
    cliente.post("/cuentas/correos/", {"action_remove": "si", "email": "ana@correo.bo"})
    assert gente.ana.emailaddress_set.count() == 0


def test_correos_con_uno_mal_escrito_responde_422(entrar, gente):
    respuesta = entrar(gente.ana).post("/cuentas/correos/", {"action_add": "si", "email": "ana@"})
    assert respuesta.status_code == 422
    assert gente.ana.emailaddress_set.count() == 0


@pytest.mark.parametrize(
    "ruta",
    [
        "/cuentas/ingresar/",
        "/cuentas/registrarse/",
        "/cuentas/clave/olvide/",
        "/cuentas/clave/olvide/enviado/",
        "/cuentas/clave/nueva/lista/",
        "/cuentas/clave/nueva/1-mala/",
        "/cuentas/cerrada/",
        "/cuentas/correos/enviado/",
        "/cuentas/correos/confirmar/nada/",
    ],
)
def test_paginas_de_allauth_estan_en_castellano_y_en_nuestra_base(client, db, ruta):
    texto = client.get(ruta).content.decode()
    assert '<html lang="es-BO">' in texto
    assert texto.count("<h1>") == 1
    for ajena in ("Sign ", "Password", "Email", "style="):
        assert ajena not in texto


def test_registro_cerrado_lo_dice(client, db, monkeypatch):
    from civic.cuentas.adaptadores import AdaptadorDeCuentas

    monkeypatch.setattr(AdaptadorDeCuentas, "is_open_for_signup", lambda self, request: False)
    assert "Por ahora no se crean cuentas" in client.get("/cuentas/registrarse/").content.decode()


def test_otras_direcciones_en_ingles_no_existen(client, db):
    assert client.get("/cuentas/password/reset/").status_code == 404
