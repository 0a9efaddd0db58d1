"""El segundo paso: quién no entra sin él, cómo se pone, cómo se usa y quién lo quita."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas import acciones, seguridad
from civic.cuentas.acciones import quitar_segundo_paso
from civic.debate import acciones as debate
from tests.cuentas.conftest import recargada
from tests.elenco import CLAVE, SECRETO

INGRESO = "/cuentas/ingresar/"
PASO = "/cuentas/segundo-paso/ingresar/"
OBLIGATORIO = "/cuentas/segundo-paso/obligatorio/"
ACTIVAR = "/cuentas/segundo-paso/aplicacion/"


@pytest.fixture(autouse=True)
def _sin_codigos_usados():
    """Cada prueba repite los números de persona, y la memoria de códigos usados va por persona."""
    cache.clear()
    yield
    cache.clear()


def codigo_de(secreto: str, *, corrido: int = 0) -> str:
    return format_hotp_value(hotp_value(secreto, int(time.time()) // 30 + corrido))


def con_aplicacion(persona) -> str:
    TOTP.activate(persona, SECRETO)
    return SECRETO


def con_contrasena(cliente, persona):
    return cliente.post(INGRESO, {"login": persona.username, "password": CLAVE})


def confirmar_identidad(cliente):
    return cliente.post("/cuentas/confirmar-identidad/", {"password": CLAVE})


# --- Las puertas


@pytest.mark.parametrize("ruta", ["/admin/", "/admin/pages/", "/admin/codigo-de-ingreso/", "/admin/propuestas/"])
def test_sin_segundo_paso_la_trastienda_lleva_a_ponerlo(entrar, con_roles, ruta):
    cliente = entrar(con_roles.gloria, segundo_paso=False)
    respuesta = cliente.get(ruta)
    assert (respuesta.status_code, respuesta["Location"].split("?")[0]) == (302, OBLIGATORIO)
    assert cliente.post(ruta).status_code == 403


def test_todas_las_direcciones_de_la_trastienda_se_cierran_sin_segundo_paso(entrar, raiz):
    """Ninguna dirección de Wagtail ni nuestra bajo /admin/ responde 200 a quien solo puso su contraseña."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def rutas(patrones, prefijo=""):
        for patron in patrones:
            ruta = prefijo + str(patron.pattern)
            if isinstance(patron, URLResolver):
                yield from rutas(patron.url_patterns, ruta)
            elif isinstance(patron, URLPattern) and "<" not in ruta and "(" not in ruta and "\\" not in ruta:
                yield "/" + ruta.removeprefix("^").replace("^", "").replace("$", "")

    de_admin = sorted({ruta for ruta in rutas(get_resolver().url_patterns) if ruta.startswith("/admin/")})
    assert len(de_admin) > 60
    cliente = entrar(raiz, segundo_paso=False)
    abiertas = [
        ruta
        for ruta in de_admin
        if ruta != reverse("wagtailadmin_logout") and cliente.get(ruta).status_code not in {302, 404}
    ]
    assert abiertas == []


def test_vista_con_rol_fuera_de_la_trastienda_tambien_se_cierra(entrar, con_roles, rf):
    from django.contrib.sessions.backends.db import SessionStore

    from civic.comun.acceso import con_rol

    vista = con_rol("planificacion")(lambda request: None)
    pedido = rf.get("/cualquiera/")
    pedido.session, pedido.user = SessionStore(), seguridad.marcar(recargada(con_roles.hugo), {})
    respuesta = seguridad.SegundoPasoMiddleware(lambda p: None).process_view(pedido, vista, (), {})
    assert respuesta["Location"].split("?")[0] == OBLIGATORIO


def test_sin_segundo_paso_no_hay_privilegios_en_ninguna_pagina(entrar, con_roles):
    """Un hilo oculto lo ve quien modera; con la contraseña sola, ni eso."""
    hilo = debate.abrir_hilo("Escondido")
    type(hilo).objects.filter(pk=hilo.pk).update(visible=False)
    ruta = reverse("debate:hilo", args=[hilo.pk])
    assert entrar(con_roles.gloria, segundo_paso=False).get(ruta).status_code == 404
    assert entrar(con_roles.gloria).get(ruta).status_code == 200


def test_marcada_sin_segundo_paso_no_tiene_roles_ni_permisos(con_roles, raiz):
    for persona in (con_roles.gloria, con_roles.hugo, raiz):
        libre, marcada = recargada(persona), seguridad.marcar(recargada(persona), {})
        assert libre.has_perm("wagtailadmin.access_admin") is True
        assert marcada.has_perm("wagtailadmin.access_admin") is False
        assert marcada.tiene_rol("administracion", "planificacion") is False
    # Un cargo que no abre la trastienda no lo necesita.
    assert seguridad.marcar(recargada(con_roles.dora), {}).tiene_rol("control_social") is True


def test_la_ciudadania_no_lo_necesita(entrar, gente):
    cliente = entrar(gente.ana)
    assert cliente.get("/cuentas/mi-cuenta/").status_code == 200
    assert Authenticator.objects.count() == 0


def test_opcional_deja_entrar_y_la_trastienda_lo_avisa(entrar, con_roles, settings):
    settings.SEGUNDO_FACTOR = "opcional"
    respuesta = entrar(con_roles.gloria, segundo_paso=False).get("/admin/")
    assert respuesta.status_code == 200
    assert "no se exige el segundo paso" in respuesta.content.decode()
    settings.SEGUNDO_FACTOR = "obligatorio"
    assert "no se exige el segundo paso" not in entrar(con_roles.gloria).get("/admin/").content.decode()


def test_revision_de_instalacion_avisa_si_es_opcional(settings):
    settings.SEGUNDO_FACTOR = "opcional"
    assert "ayni.W001" in {aviso.id for aviso in run_checks(include_deployment_checks=True, tags=["security"])}
    settings.SEGUNDO_FACTOR = "obligatorio"
    assert "ayni.W001" not in {aviso.id for aviso in run_checks(include_deployment_checks=True, tags=["security"])}


# --- Ingresar


def test_contrasena_correcta_no_alcanza_y_el_codigo_entra_con_otra_sesion(client, con_roles):
    secreto = con_aplicacion(con_roles.gloria)
    respuesta = con_contrasena(client, con_roles.gloria)
    assert (respuesta.status_code, respuesta["Location"]) == (302, PASO)
    assert "_auth_user_id" not in client.session
    antes = client.session.session_key
    pagina = client.get(PASO)
    formularios = pagina.content.decode().count("<form")
    assert pagina.content.decode().count('name="csrfmiddlewaretoken"') == formularios == 3
    assert client.post(PASO, {"code": codigo_de(secreto)}).status_code == 302
    assert client.session["_auth_user_id"] == str(con_roles.gloria.pk)
    assert client.session.session_key != antes
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("codigo", ["000000", "", "abc", "\x07", "9" * 5000, "１２３４５６"])
def test_codigo_equivocado_responde_422_y_no_entra(client, gente, codigo):
    con_aplicacion(gente.ana)
    con_contrasena(client, gente.ana)
    respuesta = client.post(PASO, {"code": codigo})
    assert respuesta.status_code == 422
    assert "_auth_user_id" not in client.session


def test_el_mismo_codigo_no_sirve_dos_veces(client, gente):
    codigo = codigo_de(con_aplicacion(gente.ana))
    con_contrasena(client, gente.ana)
    assert client.post(PASO, {"code": codigo}).status_code == 302
    otro = Client()
    con_contrasena(otro, gente.ana)
    assert otro.post(PASO, {"code": codigo}).status_code == 422


def test_codigo_de_respaldo_entra_una_sola_vez(entrar, gente):
    con_aplicacion(gente.ana)
    cliente = entrar(gente.ana)
    confirmar_identidad(cliente)
    cliente.post("/cuentas/segundo-paso/codigos/nuevos/")
    codigo = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    texto = cliente.get("/cuentas/segundo-paso/codigos/").content.decode()
    assert codigo in texto
    assert codigo in cliente.get("/cuentas/segundo-paso/codigos/descargar/").content.decode()
    for esperado in (302, 422):
        otro = Client()
        con_contrasena(otro, gente.ana)
        assert otro.post(PASO, {"code": codigo}).status_code == esperado


def test_recuperar_la_clave_por_correo_no_salta_el_segundo_paso(client, gente):
    con_aplicacion(gente.ana)
    gente.ana.emailaddress_set.create(email="ana@correo.bo", verified=True, primary=True)
    client.post("/cuentas/clave/olvide/", {"email": "ana@correo.bo"})
    enlace = next(linea for linea in mail.outbox[0].body.splitlines() if "/clave/nueva/" in linea)
    ruta = "/" + enlace.split("/", 3)[3]
    destino = client.get(ruta)["Location"]
    nueva = "tres-llamas-rojas"
    assert client.post(destino, {"password1": nueva, "password2": nueva}).status_code == 302
    assert "_auth_user_id" not in client.session
    respuesta = client.post(INGRESO, {"login": "ana", "password": nueva})
    assert respuesta["Location"] == PASO
    assert "_auth_user_id" not in client.session


def test_sesion_de_antes_pide_el_codigo_en_la_puerta_y_cambia_de_numero(entrar, con_roles):
    cliente = entrar(con_roles.gloria, segundo_paso=False)
    secreto = con_aplicacion(con_roles.gloria)
    respuesta = cliente.get("/admin/?x=1")
    assert respuesta["Location"] == "/cuentas/segundo-paso/confirmar/?next=%2Fadmin%2F%3Fx%3D1"
    texto = cliente.get(respuesta["Location"]).content.decode()
    assert "Usar mi contraseña" not in texto  # con la contraseña sola volvería aquí
    antes = cliente.session.session_key
    respuesta = cliente.post(respuesta["Location"], {"code": codigo_de(secreto)})
    assert respuesta["Location"] == "/admin/?x=1"
    assert cliente.session.session_key != antes
    assert cliente.get("/admin/").status_code == 200


def test_un_segundo_paso_que_ya_no_existe_no_prueba_nada(entrar, con_roles):
    cliente = entrar(con_roles.gloria)
    assert cliente.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert cliente.get("/admin/")["Location"].split("?")[0] == OBLIGATORIO


def test_al_cambiar_los_cargos_cambia_el_numero_de_sesion(entrar, con_roles):
    cliente = entrar(con_roles.hugo)
    cliente.get("/admin/")
    antes = cliente.session.session_key
    cliente.get("/admin/")
    assert cliente.session.session_key == antes
    acciones.asignar_rol(con_roles.hugo, rol="transparencia", actor=con_roles.gloria)
    assert cliente.get("/admin/").status_code == 200
    assert cliente.session.session_key != antes


# --- Ponerlo y quitarlo


def test_activar_pide_la_contrasena_muestra_la_clave_y_abre_la_puerta(entrar, con_roles):
    cliente = entrar(con_roles.gloria, segundo_paso=False)
    assert "Te falta el segundo paso" in cliente.get(OBLIGATORIO).content.decode()
    assert cliente.get(ACTIVAR)["Location"].startswith("/cuentas/confirmar-identidad/")
    confirmar_identidad(cliente)
    texto = cliente.get(ACTIVAR).content.decode()
    secreto = cliente.session["mfa.totp.secret"]
    assert secreto[:4] in texto and 'src="data:image/svg+xml;base64,' in texto
    assert cliente.post(ACTIVAR, {"code": "000000"}).status_code == 422
    antes = cliente.session.session_key
    respuesta = cliente.post(ACTIVAR, {"code": codigo_de(secreto)})
    assert respuesta["Location"] == "/cuentas/segundo-paso/codigos/"
    assert cliente.session.session_key != antes
    assert cliente.get("/admin/").status_code == 200
    assert Suceso.objects.de(con_roles.gloria).filter(verbo="cambiar_seguridad").count() == 1
    guardado = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secreto not in guardado  # cifrado


def test_quien_administra_no_se_queda_sin_ninguno(entrar, con_roles):
    cliente = entrar(con_roles.gloria)
    confirmar_identidad(cliente)
    texto = cliente.get("/cuentas/segundo-paso/aplicacion/quitar/").content.decode()
    assert seguridad.ES_EL_ULTIMO in texto
    assert cliente.post("/cuentas/segundo-paso/aplicacion/quitar/").status_code == 422
    assert Authenticator.objects.filter(user=con_roles.gloria, type="totp").count() == 1


def test_la_ciudadania_lo_quita_cuando_quiere(entrar, gente):
    con_aplicacion(gente.ana)
    cliente = entrar(gente.ana)
    confirmar_identidad(cliente)
    assert cliente.post("/cuentas/segundo-paso/aplicacion/quitar/").status_code == 302
    assert Authenticator.objects.count() == 0


def test_la_administracion_lo_quita_a_la_ciudadania_y_cierra_sus_sesiones(entrar, con_roles):
    con_aplicacion(con_roles.ana)
    de_ana = Client()
    de_ana.force_login(con_roles.ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    ruta = reverse("wagtailusers_users:quitar_segundo_paso", args=[con_roles.ana.pk])
    cliente = entrar(con_roles.gloria)
    assert cliente.get(ruta).status_code == 200
    assert cliente.post(ruta, {"motivo": ""}).status_code == 422
    assert Authenticator.objects.filter(user=con_roles.ana).count() == 1
    assert cliente.post(ruta, {"motivo": "Perdió el teléfono; mostró su carnet."}).status_code == 302
    assert Authenticator.objects.filter(user=con_roles.ana).count() == 0
    assert de_ana.get("/cuentas/mi-cuenta/").status_code == 302
    suceso = Suceso.objects.de(con_roles.ana).get(verbo="quitar_segundo_paso")
    assert (suceso.actor, suceso.publico) == (con_roles.gloria, False)


def test_al_personal_solo_se_lo_quita_la_administracion_tecnica(entrar, con_roles, raiz):
    con_aplicacion(con_roles.hugo)
    ruta = reverse("wagtailusers_users:quitar_segundo_paso", args=[con_roles.hugo.pk])
    # Wagtail lleva al inicio, con su aviso, a quien no tiene permiso.
    assert entrar(con_roles.gloria).post(ruta, {"motivo": "x"})["Location"] == "/admin/"
    assert Authenticator.objects.filter(user=con_roles.hugo).count() == 1
    from civic.comun.errores import ReglaIncumplida

    with pytest.raises(ReglaIncumplida, match="solo se lo quita la administración técnica"):
        quitar_segundo_paso(con_roles.hugo, actor=con_roles.gloria, motivo="x")
    with pytest.raises(ReglaIncumplida, match="Nadie se quita aquí"):
        quitar_segundo_paso(raiz, actor=raiz, motivo="x")
    assert entrar(raiz).post(ruta, {"motivo": "Perdió el teléfono."}).status_code == 302
    assert Authenticator.objects.filter(user=con_roles.hugo).count() == 0


# --- Llaves de acceso: lo que llega deforme

HONDO = '{"a":' * 3000 + "1" + "}" * 3000
CREDENCIALES = [
    "",
    "{",
    "[]",
    "null",
    "7",
    '"x"',
    "{}",
    HONDO,
    "[" * 3000,
    '{"id": 1}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": null}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}, "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": null, "clientDataJSON": "e30",'
    ' "authenticatorData": "AA", "signature": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "8J-YgA", "clientDataJSON": "e30",'
    ' "authenticatorData": "' + "A" * 400 + '", "signature": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key",'
    ' "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}',
    "x" * 50_000,
]


@pytest.mark.parametrize("credencial", CREDENCIALES, ids=range(len(CREDENCIALES)))
def test_llave_deforme_nunca_es_un_error_del_servidor(client, entrar, gente, credencial):
    client.get("/cuentas/llaves/ingresar/", headers={"accept": "application/json"})
    respuesta = client.post("/cuentas/llaves/ingresar/", {"credential": credencial})
    assert (respuesta.status_code, respuesta["Location"]) == (302, INGRESO)
    assert "_auth_user_id" not in client.session
    cliente = entrar(gente.ana)
    confirmar_identidad(cliente)
    assert cliente.get("/cuentas/llaves/agregar/").status_code == 200
    assert cliente.post("/cuentas/llaves/agregar/", {"name": "x", "credential": credencial}).status_code == 422
    assert Authenticator.objects.count() == 0


def test_llaves_atadas_al_nombre_publico_del_sitio(client, db, settings):
    settings.URL_PUBLICA = "https://ayni.quillacollo.bo"
    cabeceras = {"accept": "application/json", "host": "localhost"}
    opciones = client.get("/cuentas/llaves/ingresar/", headers=cabeceras).json()["request_options"]
    assert opciones["publicKey"]["rpId"] == "ayni.quillacollo.bo"
    assert opciones["publicKey"]["userVerification"] == "required"


def test_nombres_de_allauth_del_segundo_paso_dan_direcciones_en_castellano():
    assert {
        nombre: reverse(nombre)
        for nombre in ("mfa_index", "mfa_authenticate", "mfa_add_webauthn", "mfa_list_webauthn", "usersessions_list")
    } == {
        "mfa_index": "/cuentas/segundo-paso/",
        "mfa_authenticate": PASO,
        "mfa_add_webauthn": "/cuentas/llaves/agregar/",
        "mfa_list_webauthn": "/cuentas/llaves/",
        "usersessions_list": "/cuentas/dispositivos/",
    }


@pytest.mark.parametrize("ruta", ["", "obligatorio/", "aplicacion/", "codigos/"])
def test_paginas_del_segundo_paso_piden_ingresar_y_estan_en_castellano(client, entrar, gente, ruta):
    ruta = f"/cuentas/segundo-paso/{ruta}"
    assert client.get(ruta)["Location"].startswith(INGRESO)
    cliente = entrar(gente.ana)
    con_aplicacion(gente.ana) if "codigos" in ruta else None
    confirmar_identidad(cliente)
    if "codigos" in ruta:
        cliente.post("/cuentas/segundo-paso/codigos/nuevos/")
    texto = cliente.get(ruta).content.decode()
    assert texto.count("<h1>") == 1
    for ajena in ("Two-Factor", "Authenticator app", "Recovery", "Security Key", "style="):
        assert ajena not in texto
