"""El debate en vivo: el consumidor, y lo mismo sobre un WebSocket de verdad."""

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
import urllib.request
from urllib.parse import urlencode

import pytest
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from civic.asgi import application
from civic.comun.idempotencia import emitir_clave
from civic.debate import acciones, avisos, consumers
from civic.debate.forms import proposito_de
from civic.debate.models import Comentario, Hilo
from tests.debate.oyente import Oyente

pytestmark = pytest.mark.django_db(transaction=True)
ORIGEN = [(b"origin", b"http://localhost")]
GALLETA = settings.SESSION_COOKIE_NAME


@pytest.fixture(autouse=True)
def _nadie_queda_conectado():
    yield
    assert dict(consumers.DebateConsumer.conectados) == {}


def comunicador(hilo, *, desde=None, cabeceras=ORIGEN):
    consulta = "" if desde is None else f"?desde={desde}"
    return Oyente(application, f"/ws/debate/{hilo.pk}/{consulta}", list(cabeceras))


@contextlib.asynccontextmanager
async def escuchando(hilo, **opciones):
    """Un oyente ya conectado y al día; devuelve (comunicador, mensajes repuestos)."""
    oyente = comunicador(hilo, **opciones)
    aceptado, _ = await oyente.connect()
    assert aceptado
    repuestos = []
    while not repuestos or repuestos[-1]["type"] == "comentario":
        repuestos.append(await oyente.recibir())
    try:
        yield oyente, repuestos
    finally:
        await oyente.disconnect()


async def comentar(hilo, autor, texto, **opciones):
    return await sync_to_async(acciones.comentar)(hilo, autor=autor, texto=texto, **opciones)


# --- El consumidor


async def test_oyente_anonimo_recibe_el_comentario_nuevo_y_su_respuesta(hilo, gente):
    async with escuchando(hilo) as (oyente, repuestos):
        assert repuestos == [{"type": "al_dia", "cambio": 0}]
        comentario = await comentar(hilo, gente.ana, "Llega <ya>")
        mensaje = await oyente.recibir()
        assert (mensaje["type"], mensaje["id"], mensaje["padre"], mensaje["cambio"]) == (
            "comentario",
            comentario.pk,
            None,
            1,
        )
        assert "Llega &lt;ya&gt;" in mensaje["html"]
        assert "<form" not in mensaje["html"]
        respuesta = await comentar(hilo, gente.beto, "Respondo", padre=comentario)
        mensaje = await oyente.recibir()
        assert (mensaje["id"], mensaje["padre"]) == (respuesta.pk, comentario.pk)


async def test_oyente_recibe_lo_oculto_sin_su_texto(hilo, gente, dicho):
    async with escuchando(hilo) as (oyente, _):
        await sync_to_async(acciones.ocultar_comentario)(dicho, actor=gente.gloria, motivo="Insulta")
        mensaje = await oyente.recibir()
        assert (mensaje["id"], mensaje["cambio"]) == (dicho.pk, 2)
        assert "Comentario oculto por moderación: Insulta" in mensaje["html"]
        assert "Hace falta" not in mensaje["html"]


async def test_oyente_no_recibe_lo_de_otro_hilo_ni_lo_que_no_se_confirmo(hilo, gente):
    otro = await sync_to_async(acciones.abrir_hilo)("Otro")

    def deshacer():
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            acciones.comentar(hilo, autor=gente.ana, texto="Esto se deshace")
            raise ZeroDivisionError

    async with escuchando(hilo) as (oyente, _):
        await comentar(otro, gente.ana, "En otro lado")
        await sync_to_async(deshacer)()
        assert await oyente.receive_nothing(timeout=0.3)
    assert await Comentario.objects.acount() == 1


async def test_reconectar_con_desde_repone_lo_perdido_y_sigue(hilo, gente, dicho):
    """Lo repuesto más lo que llega después es igual a lo que hay en la base."""
    await comentar(hilo, gente.beto, "Perdido uno")
    await sync_to_async(acciones.retirar_comentario)(dicho, actor=gente.ana)
    async with escuchando(hilo, desde=1) as (oyente, repuestos):
        assert [m["cambio"] for m in repuestos] == [2, 3, 3]
        assert repuestos[-1] == {"type": "al_dia", "cambio": 3}
        assert "Perdido uno" in repuestos[0]["html"]
        assert "retirado" in repuestos[1]["html"]
        await comentar(hilo, gente.beto, "Ya en vivo")
        assert (await oyente.recibir())["cambio"] == 4


async def test_reconectar_desde_muy_atras_pide_recargar(hilo, gente):
    await Comentario.objects.abulk_create(
        Comentario(hilo=hilo, autor=gente.ana, texto="x", cambio=n) for n in range(1, 203)
    )
    async with escuchando(hilo, desde=1) as (_, repuestos):
        assert repuestos == [{"type": "recargar"}]


@pytest.mark.parametrize("desde", ["", "-1", "uno", "9" * 40, "%00"])
async def test_conectar_con_desde_imposible_no_falla(hilo, dicho, desde):
    async with escuchando(hilo, desde=desde) as (_, repuestos):
        assert [m["type"] for m in repuestos] == ["al_dia"]


@pytest.mark.parametrize("caso", ["no existe", "oculto"])
async def test_conectar_a_hilo_que_no_se_puede_leer_se_rechaza(hilo, caso):
    if caso == "oculto":
        await Hilo.objects.aupdate(visible=False)
    else:
        hilo.pk = 987654
    oyente = comunicador(hilo)
    assert await oyente.connect() == (False, 4404)
    await oyente.wait()


@pytest.mark.parametrize(
    "cabeceras", [[(b"origin", b"https://malo.example")], [(b"origin", b"null")], []], ids=["ajeno", "nulo", "sin"]
)
async def test_conectar_desde_otro_origen_se_rechaza(hilo, cabeceras):
    oyente = comunicador(hilo, cabeceras=cabeceras)
    aceptado, _ = await oyente.connect()
    assert aceptado is False
    await oyente.wait()


async def test_lo_que_envia_el_navegador_se_ignora_y_lo_excesivo_cierra(hilo, gente):
    async with escuchando(hilo) as (oyente, _):
        await oyente.enviar("{esto no es JSON")
        await oyente.enviar(datos=b"\x00\xff")
        await comentar(hilo, gente.ana, "Sigo aquí")
        assert (await oyente.recibir())["id"] > 0
        await oyente.enviar("x" * (consumers.LARGO_DE_MENSAJE + 1))
        assert await oyente.receive_output() == {"type": "websocket.close", "code": 1009}
    async with escuchando(hilo) as (oyente, _):
        for _ in range(consumers.MENSAJES_POR_CONEXION + 1):
            await oyente.enviar("hola")
        assert await oyente.receive_output() == {"type": "websocket.close", "code": 1008}
    assert await Comentario.objects.acount() == 1


async def test_una_persona_con_demasiadas_conexiones_no_abre_otra(hilo, gente, monkeypatch):
    monkeypatch.setattr(consumers, "CONEXIONES_POR_PERSONA", 2)
    cliente = Client()
    await sync_to_async(cliente.force_login)(gente.ana, "allauth.account.auth_backends.AuthenticationBackend")
    cabeceras = [*ORIGEN, (b"cookie", f"{GALLETA}={cliente.cookies[GALLETA].value}".encode())]
    async with escuchando(hilo, cabeceras=cabeceras), escuchando(hilo, cabeceras=cabeceras):
        tercera = comunicador(hilo, cabeceras=cabeceras)
        assert await tercera.connect() == (False, 1008)
        await tercera.wait()
        async with escuchando(hilo):
            pass  # sin cuenta, o con otra, sí
    async with escuchando(hilo, cabeceras=cabeceras):
        pass  # las cerradas dejaron su lugar


async def test_con_el_canal_caido_el_comentario_queda_guardado(hilo, gente, monkeypatch):
    def caido():
        raise ConnectionError("Redis no responde")

    monkeypatch.setattr(avisos, "get_channel_layer", caido)
    comentario = await comentar(hilo, gente.ana, "Se guarda igual")
    monkeypatch.undo()
    async with escuchando(hilo, desde=0) as (_, repuestos):
        assert [m.get("id") for m in repuestos] == [comentario.pk, None]


# --- Sobre un servidor y un WebSocket de verdad


@pytest.fixture
def servidor(hilo, gente, monkeypatch):
    """Ayni entero en un puerto libre, en otro hilo, sobre la base de pruebas."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    enchufe = socket.socket()
    enchufe.bind(("127.0.0.1", 0))
    uv = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off", ws_max_size=16_384))
    hebra = threading.Thread(target=uv.run, kwargs={"sockets": [enchufe]}, daemon=True)
    hebra.start()
    limite = time.monotonic() + 20
    while not uv.started and time.monotonic() < limite:
        time.sleep(0.02)
    yield f"127.0.0.1:{enchufe.getsockname()[1]}"
    uv.should_exit = True
    hebra.join(10)
    enchufe.close()
    assert not hebra.is_alive()


def publicar(direccion, hilo, persona, texto):
    """Envía el formulario de comentar por HTTP, con su sesión y su CSRF; devuelve el JSON y la hora de envío."""
    cliente = Client()
    cliente.force_login(persona, "allauth.account.auth_backends.AuthenticationBackend")
    csrf = "a" * 32
    cuerpo = {"texto": texto, "clave": emitir_clave(proposito_de(hilo), persona), "csrfmiddlewaretoken": csrf}
    pedido = urllib.request.Request(
        f"http://{direccion}/debate/{hilo.pk}/comentar/",
        urlencode(cuerpo).encode(),
        {
            "Cookie": f"{GALLETA}={cliente.cookies[GALLETA].value}; {settings.CSRF_COOKIE_NAME}={csrf}",
            "X-Requested-With": "fetch",
        },
    )
    enviado = time.monotonic()
    with urllib.request.urlopen(pedido, timeout=10) as respuesta:  # noqa: S310 -- servidor propio
        return json.load(respuesta), enviado


async def siguiente(canal, tipo):
    while (mensaje := json.loads(await asyncio.wait_for(canal.recv(), 5)))["type"] != tipo:
        pass
    return mensaje


async def test_websocket_real_el_comentario_llega_a_otro_navegador_en_menos_de_un_segundo(servidor, hilo, gente):
    async with connect(f"ws://{servidor}/ws/debate/{hilo.pk}/", origin=f"http://{servidor}") as canal:
        await siguiente(canal, "al_dia")
        tardo = []
        for texto in ("Primero", "Segundo", "Tercero"):
            envio = asyncio.create_task(asyncio.to_thread(publicar, servidor, hilo, gente.ana, texto))
            mensaje = await siguiente(canal, "comentario")
            llego = time.monotonic()
            datos, enviado = await envio
            tardo.append(llego - enviado)
            assert (mensaje["id"], mensaje["cambio"]) == (datos["id"], datos["cambio"])
            assert texto in mensaje["html"]
        assert max(tardo) < 1


async def test_websocket_real_lo_perdido_en_un_corte_se_repone(servidor, hilo, gente):
    direccion = f"ws://{servidor}/ws/debate/{hilo.pk}/"
    async with connect(direccion, origin=f"http://{servidor}") as canal:
        visto = (await siguiente(canal, "al_dia"))["cambio"]
    perdido, _ = await asyncio.to_thread(publicar, servidor, hilo, gente.ana, "Mientras no estabas")
    async with connect(f"{direccion}?desde={visto}", origin=f"http://{servidor}") as canal:
        assert (await siguiente(canal, "comentario"))["id"] == perdido["id"]
        assert (await siguiente(canal, "al_dia"))["cambio"] == perdido["cambio"]


@pytest.mark.parametrize("origen", ["https://malo.example", "null", None])
async def test_websocket_real_de_otro_origen_se_rechaza(servidor, hilo, origen):
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(f"ws://{servidor}/ws/debate/{hilo.pk}/", origin=origen):
            pass


async def test_websocket_real_mensaje_enorme_cierra_con_1009_y_los_demas_siguen(servidor, hilo, gente):
    direccion, origen = f"ws://{servidor}/ws/debate/{hilo.pk}/", f"http://{servidor}"
    async with connect(direccion, origin=origen) as tranquilo, connect(direccion, origin=origen) as abusivo:
        await siguiente(tranquilo, "al_dia")
        with pytest.raises(ConnectionClosed) as cierre:
            await abusivo.send("x" * 1_000_000)
            while True:
                await asyncio.wait_for(abusivo.recv(), 5)
        assert cierre.value.rcvd.code == 1009
        await asyncio.to_thread(publicar, servidor, hilo, gente.ana, "Seguimos")
        assert "Seguimos" in (await siguiente(tranquilo, "comentario"))["html"]


async def test_websocket_real_mil_mensajes_cierran_con_1008(servidor, hilo):
    async with connect(f"ws://{servidor}/ws/debate/{hilo.pk}/", origin=f"http://{servidor}") as canal:
        with pytest.raises(ConnectionClosed) as cierre:
            for _ in range(1000):
                await canal.send("hola")
            while True:
                await asyncio.wait_for(canal.recv(), 5)
        assert cierre.value.rcvd.code == 1008


def test_la_direccion_del_guion_es_la_de_la_ruta():
    from civic.debate.routing import websocket_urlpatterns

    guion = (settings.BASE_DIR / "civic/debate/static/debate/debate.js").read_text()
    assert re.findall(r"`(/ws/[^?`]+)", guion) == ["/ws/debate/${hilo}/"]
    assert str(websocket_urlpatterns[0].pattern) == "ws/debate/<int:hilo_pk>/"
