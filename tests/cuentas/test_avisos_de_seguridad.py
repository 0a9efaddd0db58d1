"""Los correos que avisan de un cambio en cómo se ingresa: cuáles salen, y a quién no le llega ninguno."""

import smtplib

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.flows import _signup_or_add_authenticator
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from civic.cuentas import acciones
from tests.cuentas.conftest import recargada
from tests.cuentas.test_segundo_paso import ACTIVAR, PASO, codigo_de, con_aplicacion, con_contrasena
from tests.elenco import CLAVE

NUEVA = "tres-llamas-rojas"
CORREOS = "/cuentas/correos/"
LLAVES = "/cuentas/llaves/"


@pytest.fixture(autouse=True)
def _sin_codigos_usados_y_con_sitio(settings):
    settings.URL_PUBLICA = "https://ayni.bo"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ana(gente):
    gente.ana.emailaddress_set.create(email="ana@correo.bo", verified=True, primary=True)
    return gente.ana


@pytest.fixture
def avisos(django_capture_on_commit_callbacks):
    """Hace algo y devuelve los correos que salieron al confirmar: [(a quién, asunto, texto)]."""

    def hacer(que):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            que()
        return [(m.to, m.subject.removeprefix("Ayni: "), m.body) for m in mail.outbox]

    return hacer


@pytest.fixture
def dentro(entrar):
    """Una sesión que acaba de confirmar quién es."""

    def con(persona):
        cliente = entrar(persona)
        cliente.post("/cuentas/confirmar-identidad/", {"password": CLAVE})
        return cliente

    return con


def exigir(enviados, asunto, dice="", a="ana@correo.bo"):
    (destino, titulo, texto), *_ = enviados
    assert len(enviados) == 1, enviados
    assert (destino, titulo) == ([a], asunto)
    assert dice in texto
    assert texto.startswith("Hola, Ana Vecina:")
    assert "Si no fuiste tú, avisa en la ventanilla" in texto
    assert texto.count("https://ayni.bo") == 2  # para poner otra contraseña, y al pie
    assert "https://ayni.bo/cuentas/clave/olvide/" in texto
    # Ni desde dónde ni con qué aparato, y nada a medio llenar ni en inglés.
    assert "127.0.0.1" not in texto
    assert "{" not in texto
    assert "testserver" not in texto


# --- Contraseña
def cambiar(cliente):
    datos = {"oldpassword": CLAVE, "password1": NUEVA, "password2": NUEVA}
    assert cliente.post("/cuentas/clave/cambiar/", datos).status_code == 302


def test_cambiar_la_contrasena(ana, entrar, avisos):
    exigir(avisos(lambda: cambiar(entrar(ana))), "Cambió tu contraseña", "Se cambió la contraseña")


def test_recuperarla_por_correo(ana, client, avisos):
    enviados = avisos(lambda: client.post("/cuentas/clave/olvide/", {"email": "ana@correo.bo"}))
    enlace = next(linea for linea in enviados[0][2].splitlines() if "/clave/nueva/" in linea)
    destino = client.get("/" + enlace.split("/", 3)[3])["Location"]
    enviados = avisos(lambda: client.post(destino, {"password1": NUEVA, "password2": NUEVA}))
    exigir(enviados, "Cambió tu contraseña", "con un enlace que llegó a tu correo")


def test_ponerla_por_primera_vez(ana, entrar, avisos):
    ana.set_unusable_password()
    ana.save()
    cliente = entrar(ana)
    enviados = avisos(lambda: cliente.post("/cuentas/clave/poner/", {"password1": NUEVA, "password2": NUEVA}))
    exigir(enviados, "Tu cuenta tiene contraseña")


def test_ponerla_con_un_codigo_de_la_ventanilla(ana, con_roles, avisos):
    codigo = acciones.emitir_codigo_de_ingreso(ana, actor=con_roles.gloria, comprobacion="Mostró su carnet")
    enviados = avisos(lambda: acciones.usar_codigo_de_ingreso("ana", codigo=codigo, clave=NUEVA))
    exigir(enviados, "Cambió tu contraseña", "con un código entregado en la ventanilla")


def test_que_la_ponga_la_administracion(ana, con_roles, entrar, avisos):
    datos = {"username": "ana", "nombre_publico": "Ana Vecina", "email": "", "is_active": "on"}
    cliente = entrar(con_roles.gloria)
    ruta = f"/admin/users/edit/{ana.pk}/"
    assert avisos(lambda: cliente.post(ruta, datos)) == []
    enviados = avisos(lambda: cliente.post(ruta, {**datos, "password1": NUEVA, "password2": NUEVA}))
    assert recargada(ana).check_password(NUEVA)
    exigir(enviados, "La administración cambió tu contraseña")


# --- Correos
def test_agregar_un_correo(ana, dentro, avisos):
    cliente = dentro(ana)
    enviados = avisos(lambda: cliente.post(CORREOS, {"action_add": "", "email": "otra@correo.bo"}))
    pedido, aviso = sorted(enviados, key=lambda m: m[1])
    assert (pedido[0], pedido[1]) == (["otra@correo.bo"], "Confirma tu correo")
    exigir([aviso], "Se agregó un correo a tu cuenta", "otra@correo.bo")


def test_confirmar_otro_correo_avisa_al_de_antes(ana, client, avisos):
    otro = ana.emailaddress_set.create(email="otra@correo.bo")
    clave = EmailConfirmationHMAC(otro).key
    enviados = avisos(lambda: client.post(f"/cuentas/correos/confirmar/{clave}/"))
    assert EmailAddress.objects.get(pk=otro.pk).verified
    exigir(enviados, "Se confirmó otro correo de tu cuenta", "otra@correo.bo")


def test_confirmar_el_primero_no_avisa_a_nadie(gente, client, avisos):
    correo = gente.ana.emailaddress_set.create(email="ana@correo.bo", primary=True)
    assert avisos(lambda: client.post(f"/cuentas/correos/confirmar/{EmailConfirmationHMAC(correo).key}/")) == []
    assert EmailAddress.objects.get(pk=correo.pk).verified


def test_cambiar_el_principal_avisa_al_que_lo_era(ana, dentro, avisos):
    ana.emailaddress_set.create(email="otra@correo.bo", verified=True)
    cliente = dentro(ana)
    enviados = avisos(lambda: cliente.post(CORREOS, {"action_primary": "", "email": "otra@correo.bo"}))
    exigir(enviados, "Cambió tu correo principal", "era ana@correo.bo y ahora es otra@correo.bo")


def test_quitar_un_correo_avisa_al_que_queda_y_al_que_se_va(ana, dentro, avisos):
    ana.emailaddress_set.create(email="otra@correo.bo", verified=True)
    cliente = dentro(ana)
    enviados = avisos(lambda: cliente.post(CORREOS, {"action_remove": "", "email": "otra@correo.bo"}))
    uno, otro = sorted(enviados)
    exigir([uno], "Se quitó un correo de tu cuenta", "otra@correo.bo")
    exigir([otro], "Se quitó un correo de tu cuenta", "otra@correo.bo", a="otra@correo.bo")


def test_quitar_un_correo_sin_confirmar_no_le_escribe(ana, dentro, avisos):
    ana.emailaddress_set.create(email="otra@correo.bo")
    cliente = dentro(ana)
    exigir(
        avisos(lambda: cliente.post(CORREOS, {"action_remove": "", "email": "otra@correo.bo"})),
        "Se quitó un correo de tu cuenta",
    )


def test_intentar_quitar_el_principal_no_avisa(ana, dentro, avisos):
    ana.emailaddress_set.create(email="otra@correo.bo", verified=True)
    cliente = dentro(ana)
    assert avisos(lambda: cliente.post(CORREOS, {"action_remove": "", "email": "ana@correo.bo"})) == []
    assert ana.emailaddress_set.count() == 2


# --- Segundo paso
def test_activar_la_aplicacion(ana, dentro, avisos):
    cliente = dentro(ana)
    secreto = cliente.get(ACTIVAR).context["form"].secret
    exigir(avisos(lambda: cliente.post(ACTIVAR, {"code": codigo_de(secreto)})), "Tu cuenta tiene segundo paso")


def test_quitar_la_aplicacion(ana, dentro, avisos):
    con_aplicacion(ana)
    cliente = dentro(ana)
    enviados = avisos(lambda: cliente.post("/cuentas/segundo-paso/aplicacion/quitar/"))
    exigir(enviados, "Se quitó un segundo paso de tu cuenta", "la aplicación de códigos")


def test_agregar_y_quitar_una_llave(ana, dentro, avisos, monkeypatch):
    """La credencial la firma un aparato: se prueba con lo que allauth hace cuando ya la dio por buena."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.complete_registration", lambda credencial: None)
    cliente = dentro(ana)
    pedido = cliente.get(LLAVES).wsgi_request
    credencial = {"id": "x", "clientExtensionResults": {}}
    enviados = avisos(lambda: _signup_or_add_authenticator(pedido, ana, "Llave 1", credencial))
    exigir(enviados, "Se agregó una llave de acceso")
    llave = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    enviados = avisos(lambda: cliente.post(f"{LLAVES}{llave.pk}/quitar/"))
    exigir(enviados, "Se quitó una llave de acceso")


def test_codigos_de_respaldo_nuevos(ana, dentro, avisos):
    con_aplicacion(ana)
    cliente = dentro(ana)
    enviados = avisos(lambda: cliente.post("/cuentas/segundo-paso/codigos/nuevos/"))
    exigir(enviados, "Tienes códigos de respaldo nuevos")
    codigos = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert not [codigo for codigo in codigos if codigo in enviados[0][2]]


def test_usar_un_codigo_de_respaldo_y_no_uno_de_la_aplicacion(ana, avisos):
    secreto = con_aplicacion(ana)
    codigo = RecoveryCodes.activate(ana).get_unused_codes()[0]
    cliente = Client()
    con_contrasena(cliente, ana)
    exigir(avisos(lambda: cliente.post(PASO, {"code": codigo})), "Se usó un código de respaldo")
    otro = Client()
    con_contrasena(otro, ana)
    assert avisos(lambda: otro.post(PASO, {"code": codigo_de(secreto)})) == []
    assert "_auth_user_id" in otro.session


def test_que_la_administracion_quite_el_segundo_paso(ana, con_roles, avisos):
    con_aplicacion(ana)
    enviados = avisos(lambda: acciones.quitar_segundo_paso(ana, actor=con_roles.gloria, motivo="Mostró su carnet"))
    exigir(enviados, "La administración quitó tu segundo paso")
    assert "Mostró" not in enviados[0][2]
    assert "Gloria" not in enviados[0][2]


# --- A quién no, y qué pasa si no sale
@pytest.mark.parametrize("correo", [None, "ana@correo.bo"], ids=["sin_correo", "sin_confirmar"])
def test_sin_correo_confirmado_no_sale_nada(gente, con_roles, dentro, avisos, correo):
    if correo:
        gente.ana.email = correo
        gente.ana.save()
        gente.ana.emailaddress_set.create(email=correo, primary=True)
    con_aplicacion(gente.ana)
    cliente = dentro(gente.ana)
    assert avisos(lambda: cliente.post("/cuentas/segundo-paso/codigos/nuevos/")) == []
    assert avisos(lambda: cambiar(cliente)) == []
    gloria = con_roles.gloria
    assert avisos(lambda: acciones.quitar_segundo_paso(gente.ana, actor=gloria, motivo="Mostró su carnet")) == []


def test_el_principal_sin_confirmar_no_recibe_y_otro_confirmado_si(gente, entrar, avisos):
    gente.ana.emailaddress_set.create(email="sin@correo.bo", primary=True)
    gente.ana.emailaddress_set.create(email="ana@correo.bo", verified=True)
    exigir(avisos(lambda: cambiar(entrar(gente.ana))), "Cambió tu contraseña")


def test_si_el_cambio_se_deshace_no_sale_nada(ana, con_roles, avisos):
    con_aplicacion(ana)

    def deshacer():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            acciones.quitar_segundo_paso(ana, actor=con_roles.gloria, motivo="Mostró su carnet")
            raise ZeroDivisionError

    assert avisos(deshacer) == []


def test_sin_servidor_de_correo_el_cambio_queda_y_el_registro_no_guarda_la_direccion(
    ana, entrar, avisos, monkeypatch, caplog
):
    def caido(self, mensajes):
        raise smtplib.SMTPRecipientsRefused({"ana@correo.bo": (550, b"no")})

    monkeypatch.setattr(EmailBackend, "send_messages", caido)
    assert avisos(lambda: cambiar(entrar(ana))) == []
    assert recargada(ana).check_password(NUEVA)
    assert "No salió un aviso de seguridad: SMTPRecipientsRefused." in caplog.text
    assert "ana@correo.bo" not in caplog.text


def test_un_nombre_con_signos_se_lee_como_se_escribio():
    contexto = {"persona": {"nombre_publico": "D'Ana <b>"}, "momento": timezone.now(), "URL_PUBLICA": "https://ayni.bo"}
    texto = render_to_string("account/email/password_changed_message.txt", contexto)
    assert "Hola, D'Ana <b>:" in texto
