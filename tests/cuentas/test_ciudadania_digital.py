"""Ciudadanía Digital contra un proveedor de mentira en esta máquina: lo que vale y todo lo que se rechaza."""

import json
import logging
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas import acciones, ciudadania_digital
from civic.cuentas.ciudadania_digital import RespuestaInvalida, leer_persona
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Residencia, Verificacion
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.piezas_verificacion import CARNET, CI, NACIO, cargar_padron
from tests.cuentas.proveedor_falso import CLIENTE, SECRETO, Proveedor, con_profile, sin_profile
from tests.elenco import crear_persona

INICIO, VUELTA = "/cuentas/verificar/ciudadania-digital/", "/cuentas/verificar/ciudadania-digital/vuelta/"


@pytest.fixture
def proveedor(settings):
    cache.clear()
    falso = Proveedor()
    settings.OIDC = {"emisor": falso.emisor, "cliente": CLIENTE, "secreto": SECRETO}
    falso.persona = con_profile(CARNET)
    yield falso
    falso.apagar()
    cache.clear()


@pytest.fixture
def rosa(pueblo):
    return crear_persona("rosa", "Rosa Vecina", otb=pueblo.otb_molle, verificada=False)


@pytest.fixture
def cliente(entrar, rosa):
    return entrar(rosa)


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def de_vuelta(direccion):
    """La parte de la dirección que ve este sitio."""
    return direccion.split("8000", 1)[1] if "8000" in direccion else direccion[direccion.index("/cuentas/") :]


def ir_y_volver(cliente, proveedor):
    respuesta = cliente.post(INICIO)
    assert respuesta.status_code == 302 and respuesta.url.startswith(f"{proveedor.emisor}/auth?")
    return cliente.get(de_vuelta(proveedor.entrar(respuesta.url)))


def nada_cambio(rosa):
    assert Identidad.objects.count() == Verificacion.objects.count() == 0
    assert Residencia.objects.get(usuario=rosa).nivel == "declarada"


# --- Lo que vale -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("disposicion", [con_profile, sin_profile])
@pytest.mark.parametrize("numero", [CARNET, f"{CARNET}-1A", f"{CARNET}1A"])
def test_con_el_padron_queda_verificada_con_las_dos_disposiciones(
    cliente, proveedor, pueblo, rosa, disposicion, numero
):
    cargar_padron(pueblo, (numero, "31/05/1990", "O-1"))
    proveedor.persona = disposicion(numero)
    respuesta = ir_y_volver(cliente, proveedor)
    assert (respuesta.status_code, respuesta.url) == (302, "/cuentas/mi-cuenta/")
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.nivel, residencia.metodo) == ("verificada", "ciudadania_digital")


def test_el_pedido_lleva_lo_que_pide_la_norma(cliente, proveedor, settings):
    ir_y_volver(cliente, proveedor)
    pedido = proveedor.ultimo_pedido
    assert pedido["scope"] == "openid profile fecha_nacimiento"
    assert pedido["redirect_uri"] == f"{settings.URL_PUBLICA}{VUELTA}"
    assert len(pedido["state"]) >= 43 and len(pedido["nonce"]) >= 43 and pedido["state"] != pedido["nonce"]
    fichas = [cuerpo for verbo, ruta, _, cuerpo in proveedor.pedidos if ruta == "/token"]
    assert len(fichas) == 1 and "secreto" not in fichas[0] and "code_verifier=" in fichas[0]


def test_sin_padron_prueba_quien_es_y_no_donde_vive(cliente, proveedor, rosa):
    respuesta = ir_y_volver(cliente, proveedor)
    assert respuesta.url == "/cuentas/verificar/"
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.nivel, residencia.metodo, residencia.esta_verificada) == (
        "identidad",
        "ciudadania_digital",
        False,
    )
    assert "Sabemos quién eres" in texto_de(cliente.get("/cuentas/verificar/"))


def test_si_el_padron_dice_otro_lugar_se_ofrece(cliente, proveedor, pueblo, rosa):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-2"))
    assert ir_y_volver(cliente, proveedor).url == "/cuentas/verificar/lugar/"
    assert cliente.post("/cuentas/verificar/lugar/", {"tomar": "si"}).status_code == 302
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.otb, residencia.nivel, residencia.metodo) == (
        pueblo.otb_ceibo,
        "verificada",
        "ciudadania_digital",
    )


def test_mudarse_no_borra_quien_es(cliente, proveedor, pueblo, rosa):
    ir_y_volver(cliente, proveedor)
    acciones.declarar_residencia(rosa, otb=pueblo.otb_ceibo)
    assert Residencia.objects.get(usuario=rosa).nivel == "identidad"


def test_el_carnet_de_otra_cuenta_va_a_la_cola(cliente, proveedor, pueblo, rosa):
    otra = crear_persona("lidia", "Lidia Primera", otb=pueblo.otb_molle, verificada=False)
    acciones.verificar_residencia(otra.residencia, metodo="ventanilla", ci=CI)
    respuesta = ir_y_volver(cliente, proveedor)
    assert respuesta.status_code == 409
    assert acciones.EN_REVISION in texto_de(respuesta) and "Lidia" not in texto_de(respuesta)
    assert ConflictoDeIdentidad.objects.get().segunda == rosa


def test_no_se_guarda_nada_del_proveedor(cliente, proveedor, rosa, pueblo):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-2"))
    ir_y_volver(cliente, proveedor)
    guardado = json.dumps(
        [
            [sesion.get_decoded() for sesion in Session.objects.all()],
            list(Suceso.objects.values()),
            list(Verificacion.objects.values()),
            list(Identidad.objects.values()),
        ],
        default=str,
    )
    for dato in (CARNET, "MAMANI", "uuid-1", "31/05/1990", "1990-05-31", "rosa@ejemplo.bo", "70000000"):
        assert dato not in guardado


def test_la_pagina_deja_ir_solo_al_proveedor(cliente, proveedor):
    politica = cliente.get(INICIO)["Content-Security-Policy"]
    assert f"form-action 'self' {proveedor.emisor}" in politica
    assert proveedor.emisor not in cliente.get("/cuentas/verificar/")["Content-Security-Policy"]


# --- Lo que se rechaza -----------------------------------------------------------------------------------------------
def otra_clave(proveedor):
    proveedor.firmar_con = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def hs256(proveedor):
    proveedor.firmar_con, proveedor.algoritmo = "x" * 64, "HS256"


def sin_firma(proveedor):
    def fichas(*_):
        ahora = int(time.time())
        dicho = {"iss": proveedor.emisor, "sub": "uuid-1", "aud": CLIENTE, "iat": ahora, "exp": ahora + 300}
        dicho["nonce"] = proveedor.ultimo_pedido["nonce"]
        return 200, {"access_token": "a", "id_token": jwt.encode(dicho, None, algorithm="none")}

    proveedor._fichas = fichas
    proveedor.accesos["a"] = True


def cambiar(**campos):
    def aplicar(proveedor):
        def en_token(dicho):
            nuevo = {**dicho, **campos}
            return {clave: valor for clave, valor in nuevo.items() if valor is not None}

        proveedor.cambiar_id_token = en_token

    return aplicar


@pytest.mark.parametrize(
    "mal",
    [
        pytest.param(cambiar(nonce="otro"), id="nonce de otro intento"),
        pytest.param(cambiar(nonce=None), id="sin nonce"),
        pytest.param(cambiar(nonce=7), id="nonce que no es texto"),
        pytest.param(cambiar(aud="otro-cliente"), id="para otro cliente"),
        pytest.param(cambiar(aud=None), id="sin destinatario"),
        pytest.param(cambiar(aud=[CLIENTE, "otro"]), id="varios destinatarios sin azp"),
        pytest.param(cambiar(azp="otro"), id="azp ajeno"),
        pytest.param(cambiar(iss="https://otro.example"), id="otro emisor"),
        pytest.param(cambiar(exp=int(time.time()) - 3600), id="vencido"),
        pytest.param(cambiar(exp=None), id="sin vencimiento"),
        pytest.param(cambiar(iat=int(time.time()) + 3600), id="del futuro"),
        pytest.param(cambiar(sub=None), id="sin sujeto"),
        pytest.param(otra_clave, id="firmado con otra clave"),
        pytest.param(hs256, id="HS256"),
        pytest.param(sin_firma, id="sin firma"),
    ],
)
def test_un_id_token_que_no_vale_se_rechaza(cliente, proveedor, rosa, mal):
    mal(proveedor)
    respuesta = ir_y_volver(cliente, proveedor)
    assert respuesta.status_code == 422
    assert "no es válida para este ingreso" in texto_de(respuesta)
    nada_cambio(rosa)


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"profile": {}}, "no nos dio tu número de carnet"),
        ({"profile": "texto"}, "no nos dio tu número de carnet"),
        ({"profile": {"documento_identidad": []}}, "no nos dio tu número de carnet"),
        (con_profile(""), "no nos dio tu número de carnet"),
        (con_profile(None), "no nos dio tu número de carnet"),
        (con_profile({"a": 1}), "no nos dio tu número de carnet"),
        (con_profile("abc"), "no nos dio tu número de carnet"),
        (con_profile(CARNET, tipo="PASAPORTE"), "no nos dio tu número de carnet"),
    ],
)
def test_sin_carnet_en_me_no_se_verifica(cliente, proveedor, rosa, datos, frase):
    proveedor.persona = datos
    respuesta = ir_y_volver(cliente, proveedor)
    assert respuesta.status_code == 422 and frase in texto_de(respuesta)
    nada_cambio(rosa)


def test_me_de_otra_persona_se_rechaza(cliente, proveedor, rosa):
    proveedor.cambiar_me = lambda datos: {**datos, "sub": "uuid-2"}
    respuesta = ir_y_volver(cliente, proveedor)
    assert respuesta.status_code == 422 and "por otra persona" in texto_de(respuesta)
    nada_cambio(rosa)


def test_la_misma_vuelta_dos_veces_no_vale(cliente, proveedor, rosa):
    vuelta = de_vuelta(proveedor.entrar(cliente.post(INICIO).url))
    assert cliente.get(vuelta).status_code == 302
    otra = cliente.get(vuelta)
    assert otra.status_code == 422 and "ya se usó o venció" in texto_de(otra)
    assert Verificacion.objects.count() == 1


def test_una_vuelta_sin_ida_con_otro_estado_o_de_otra_cuenta_no_vale(cliente, proveedor, rosa, entrar, gente):
    assert cliente.get(f"{VUELTA}?code=x&state=y").status_code == 422
    assert cliente.get(VUELTA).status_code == 422
    vuelta = de_vuelta(proveedor.entrar(cliente.post(INICIO).url))
    assert cliente.get(vuelta.replace("state=", "state=otro")).status_code == 422
    assert cliente.get(vuelta).status_code == 422  # el intento ya se gastó
    guardado = ciudadania_digital.nuevo_intento(rosa.pk)
    with pytest.raises(RespuestaInvalida):
        ciudadania_digital.revisar_intento(guardado.en_sesion(), cuenta=gente.ana.pk, estado=guardado.estado)
    nada_cambio(rosa)


def test_un_intento_de_hace_mas_de_diez_minutos_no_vale(rosa, db):
    viejo = ciudadania_digital.nuevo_intento(rosa.pk)
    guardado = {**viejo.en_sesion(), "momento": viejo.momento - 601}
    with pytest.raises(RespuestaInvalida):
        ciudadania_digital.revisar_intento(guardado, cuenta=rosa.pk, estado=viejo.estado)


def test_cancelar_en_el_proveedor_no_cambia_nada(cliente, proveedor, rosa):
    estado = proveedor.entrar(cliente.post(INICIO).url).split("state=")[1]
    respuesta = cliente.get(f"{VUELTA}?error=access_denied&error_description=<b>x</b>&state={estado}")
    assert respuesta.status_code == 422
    assert "No terminaste el ingreso" in texto_de(respuesta) and "<b>x</b>" not in texto_de(respuesta)
    nada_cambio(rosa)


@pytest.mark.parametrize("ruta", ["/.well-known/openid-configuration", "/token", "/me", "/jwks"])
def test_el_proveedor_caido_se_explica_con_503(cliente, proveedor, rosa, ruta):
    vuelta = None
    if ruta != "/.well-known/openid-configuration":
        vuelta = de_vuelta(proveedor.entrar(cliente.post(INICIO).url))
    proveedor.caido.add(ruta)
    respuesta = cliente.get(vuelta) if vuelta else cliente.post(INICIO)
    assert respuesta.status_code == 503 and "no responde en este momento" in texto_de(respuesta)
    nada_cambio(rosa)


def test_el_proveedor_apagado_se_explica_con_503(cliente, proveedor, settings):
    settings.OIDC = {**settings.OIDC, "emisor": "http://127.0.0.1:9"}
    assert cliente.post(INICIO).status_code == 503


@pytest.mark.parametrize(
    "campo", ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
)
@pytest.mark.parametrize("ajena", ["http://169.254.169.254/x", "https://otro.example/x", "file:///etc/passwd", None])
def test_solo_se_habla_con_el_emisor(cliente, proveedor, rosa, campo, ajena):
    proveedor.cambiar_descubrimiento = lambda datos: {**datos, campo: ajena}
    respuesta = cliente.post(INICIO)
    if respuesta.status_code == 302:
        respuesta = cliente.get(de_vuelta(proveedor.entrar(respuesta.url)))
    assert respuesta.status_code == 503
    nada_cambio(rosa)


def test_no_se_siguen_redirecciones(cliente, proveedor, monkeypatch):
    monkeypatch.setattr(proveedor, "_descubrimiento", lambda *_: (302, {}))
    assert cliente.post(INICIO).status_code == 503


def test_una_respuesta_enorme_no_se_lee_entera(cliente, proveedor):
    proveedor.cambiar_descubrimiento = lambda datos: {**datos, "relleno": "x" * 1_000_000}
    assert cliente.post(INICIO).status_code == 503


def test_si_el_proveedor_cambia_su_clave_se_pide_otra_vez(cliente, proveedor, rosa):
    ir_y_volver(cliente, proveedor)
    acciones.retirar_verificacion(rosa)
    proveedor.clave = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    proveedor.kid = "dos"
    assert ir_y_volver(cliente, proveedor).status_code == 302
    assert Residencia.objects.get(usuario=rosa).nivel == "identidad"


def test_apagada_no_existe(cliente, settings):
    settings.OIDC = {"emisor": "", "cliente": "", "secreto": ""}
    assert cliente.get(INICIO).status_code == cliente.post(INICIO).status_code == cliente.get(VUELTA).status_code == 404
    assert INICIO not in texto_de(cliente.get("/cuentas/verificar/"))


def test_sin_cuenta_no_hay_vuelta(client, proveedor):
    assert "/cuentas/ingresar/" in client.get(f"{VUELTA}?code=x&state=y").url
    assert reverse("verificar_ciudadania_vuelta") == VUELTA


def test_ninguna_falla_deja_datos_en_los_registros(cliente, proveedor, rosa, caplog):
    caplog.set_level(logging.DEBUG)
    ir_y_volver(cliente, proveedor)
    proveedor.persona = con_profile("abc", nacimiento="31/02/1990")
    ir_y_volver(cliente, proveedor)
    proveedor.caido.add("/me")
    ir_y_volver(cliente, proveedor)
    lineas = [r.getMessage() for r in caplog.records]
    secretos = (CARNET, "MAMANI", "rosa@ejemplo.bo", "uuid-1", SECRETO, *proveedor.accesos)
    assert not [linea for linea in lineas for dato in secretos if dato in linea]


# --- Leer lo que llega -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("datos", "ci", "nacimiento"),
    [
        (con_profile(4455667), CI, NACIO),
        (con_profile(CARNET, complemento="1A"), normalizar_ci("4455667-1A"), NACIO),
        (sin_profile(CARNET, nacimiento="1990-05-31"), CI, NACIO),
        (con_profile(CARNET, nacimiento="31/02/1990"), CI, None),
        (con_profile(CARNET, nacimiento=None), CI, None),
        (con_profile(CARNET, tipo="CIE"), normalizar_ci("E-4455667"), NACIO),
        ({"profile": {**con_profile(CARNET)["profile"], "fecha_nacimiento": "31/05/1990"}}, CI, NACIO),
    ],
)
def test_leer_lo_que_llega(datos, ci, nacimiento):
    persona = leer_persona(datos, NACIO.replace(year=2026))
    assert (persona.ci, persona.nacimiento) == (ci, nacimiento)
