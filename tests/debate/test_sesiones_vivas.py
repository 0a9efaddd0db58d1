"""La conexión en vivo termina cuando muere la sesión con la que se abrió (A10: en cinco segundos o menos)."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from civic.cuentas import acciones as cuentas
from civic.cuentas.models import Usuario
from civic.debate import consumers
from civic.debate.models import Hilo
from tests.debate.test_vivo import GALLETA, ORIGEN, comunicador, escuchando
from tests.elenco import pasar_segundo_paso

pytestmark = pytest.mark.django_db(transaction=True)
TOPE = 5.0


def sesion_de(persona, *, segundo_paso=True):
    cliente = Client()
    cliente.force_login(persona, "allauth.account.auth_backends.AuthenticationBackend")
    if segundo_paso:
        pasar_segundo_paso(cliente, persona)
    clave = cliente.cookies[settings.SESSION_COOKIE_NAME].value
    return clave, [*ORIGEN, (b"cookie", f"{GALLETA}={clave}".encode())]


def cerrar_cuenta(persona):
    Usuario.objects.filter(pk=persona.pk).update(is_active=False)


def cambiar_clave(persona):
    persona.set_password("otra-clave-larga-2027")
    persona.save()


def borrar_sesiones(persona):
    Session.objects.all().delete()


@pytest.mark.parametrize("matar", [cerrar_cuenta, cambiar_clave, borrar_sesiones, cuentas.cerrar_sesiones])
async def test_conexion_termina_en_cinco_segundos_al_morir_la_sesion(hilo, gente, matar):
    _, cabeceras = await sync_to_async(sesion_de)(gente.ana)
    _, de_beto = await sync_to_async(sesion_de)(gente.beto)
    async with escuchando(hilo, cabeceras=cabeceras) as (oyente, _):
        desde = time.monotonic()
        await sync_to_async(matar)(gente.ana)
        salida = await oyente.receive_output(TOPE)
        assert salida == {"type": "websocket.close", "code": consumers.SESION_CERRADA}
        assert time.monotonic() - desde <= TOPE
    if matar is not borrar_sesiones:
        async with escuchando(hilo, cabeceras=de_beto):
            pass


async def test_conexion_de_otra_persona_y_sin_cuenta_siguen(hilo, gente, monkeypatch):
    monkeypatch.setattr(consumers, "SEGUNDOS_ENTRE_RONDAS", 0.1)
    _, de_ana = await sync_to_async(sesion_de)(gente.ana)
    _, de_beto = await sync_to_async(sesion_de)(gente.beto)
    async with (
        escuchando(hilo, cabeceras=de_ana) as (ana, _),
        escuchando(hilo, cabeceras=de_beto) as (beto, _),
        escuchando(hilo) as (nadie, _),
    ):
        await sync_to_async(cuentas.cerrar_sesiones)(gente.ana)
        assert (await ana.receive_output(TOPE))["code"] == consumers.SESION_CERRADA
        assert await beto.receive_nothing(0.5)
        assert await nadie.receive_nothing(0.1)
    assert consumers.DebateConsumer.ronda.puestos == set()


async def test_sin_la_ronda_la_conexion_seguiria(hilo, gente, monkeypatch):
    """Contraprueba: es la ronda, y no otra cosa, quien la termina."""
    monkeypatch.setattr(consumers, "SEGUNDOS_ENTRE_RONDAS", 0.1)
    monkeypatch.setattr(consumers.Ronda, "sumar", lambda self, uno: None)
    _, cabeceras = await sync_to_async(sesion_de)(gente.ana)
    async with escuchando(hilo, cabeceras=cabeceras) as (oyente, _):
        await sync_to_async(cuentas.cerrar_sesiones)(gente.ana)
        assert await oyente.receive_nothing(1)


async def test_quien_modera_sin_segundo_paso_no_escucha_lo_oculto(hilo, gente):
    def preparar():
        raiz = Usuario.objects.create_superuser("raiz", nombre_publico="Raíz Técnica")
        Hilo.objects.filter(pk=hilo.pk).update(visible=False)
        return sesion_de(raiz, segundo_paso=False)[1], sesion_de(raiz)[1]

    sin_paso, con_paso = await sync_to_async(preparar)()
    rechazado = comunicador(hilo, cabeceras=sin_paso)
    assert await rechazado.connect() == (False, consumers.NO_EXISTE)
    await rechazado.wait()
    async with escuchando(hilo, cabeceras=con_paso):
        pass
