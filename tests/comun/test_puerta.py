"""La puerta ASGI: un salto por pedido y los envíos breves en fila."""

import asyncio
import threading

import pytest
from asgiref.sync import ThreadSensitiveContext, iscoroutinefunction
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse
from django.test import RequestFactory

from civic.comun import puerta
from civic.comun.puerta import ENVIO_BREVE_MAXIMO, ENVIOS_A_LA_VEZ, PuertaDeDjango, es_envio_breve

pedidos = RequestFactory()


class PuertaDeMentira(PuertaDeDjango):
    """Anota quién entra y cuántos hay adentro; cada uno se queda hasta que la prueba abre `salida`."""

    def __init__(self):
        super().__init__()
        self.entraron, self.adentro, self.mas = [], 0, 0
        self.salida, self.candado = threading.Event(), threading.Lock()

    def get_response(self, request):
        with self.candado:
            self.entraron.append(request.headers["X-Numero"])
            self.adentro += 1
            self.mas = max(self.mas, self.adentro)
        self.salida.wait(5)
        with self.candado:
            self.adentro -= 1
        return HttpResponse("ok")


async def atender(una, pedido):
    """Como el servidor: cada pedido en su propio hilo."""
    async with ThreadSensitiveContext():
        return await una.get_response_async(pedido)


def envio(numero, largo=10):
    return pedidos.post("/x/", {"texto": "a" * largo}, headers={"X-Numero": str(numero)})


def lanzar(una, lista):
    return [asyncio.create_task(atender(una, pedido)) for pedido in lista]


async def entren(una, cuantos):
    """Espera a que hayan entrado tantos y devuelve cuáles, por número: dos hilos vecinos pueden cruzarse al entrar."""
    for _ in range(500):
        if len(una.entraron) >= cuantos:
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # quien no debía entrar, que se note
    return sorted(una.entraron)


def test_los_envios_breves_entran_de_a_pocos_y_en_orden_de_llegada():
    async def escena():
        una = PuertaDeMentira()
        tareas = lanzar(una, [envio(n) for n in range(9)])
        assert await entren(una, 2) == ["0", "1"]
        una.salida.set()
        await asyncio.gather(*tareas)
        return una

    una = asyncio.run(escena())
    assert una.mas == ENVIOS_A_LA_VEZ
    assert sorted(una.entraron) == [str(n) for n in range(9)]
    # Con dos puestos, dos vecinos pueden cruzarse; nadie se adelanta más.
    assert all(abs(int(numero) - lugar) < ENVIOS_A_LA_VEZ for lugar, numero in enumerate(una.entraron))


def test_sin_fila_entran_todos_a_la_vez(monkeypatch):
    monkeypatch.setattr(puerta, "ENVIOS_A_LA_VEZ", 99)

    async def escena():
        una = PuertaDeMentira()
        tareas = lanzar(una, [envio(n) for n in range(5)])
        await entren(una, 5)
        una.salida.set()
        await asyncio.gather(*tareas)
        return una

    assert asyncio.run(escena()).mas == 5


@pytest.mark.parametrize("aparte", ["lectura", "pesado"])
def test_una_lectura_o_un_envio_con_archivos_no_hacen_fila(aparte):
    async def escena():
        una = PuertaDeMentira()
        tareas = lanzar(una, [envio(n) for n in range(4)])
        await entren(una, 2)
        pedido = pedidos.get("/x/", headers={"X-Numero": "9"}) if aparte == "lectura" else envio(9, 70_000)
        tareas += lanzar(una, [pedido])
        dentro = await entren(una, 3)
        una.salida.set()
        await asyncio.gather(*tareas)
        return dentro

    assert asyncio.run(escena()) == ["0", "1", "9"]


def test_nadie_espera_mas_que_el_maximo_detras_de_uno_colgado(monkeypatch):
    monkeypatch.setattr(puerta, "ESPERA_MAXIMA", 0.1)

    async def escena():
        una = PuertaDeMentira()
        tareas = lanzar(una, [envio(n) for n in range(4)])
        dentro = await entren(una, 4)
        una.salida.set()
        await asyncio.gather(*tareas)
        assert una._fila._value == ENVIOS_A_LA_VEZ
        return dentro

    assert asyncio.run(escena()) == ["0", "1", "2", "3"]


def test_quien_se_va_de_la_fila_no_se_lleva_el_puesto():
    async def escena():
        una = PuertaDeMentira()
        tareas = lanzar(una, [envio(n) for n in range(4)])
        await entren(una, 2)
        tareas[2].cancel()
        una.salida.set()
        await asyncio.gather(*tareas, return_exceptions=True)
        assert una._fila._value == ENVIOS_A_LA_VEZ
        return una.entraron

    assert sorted(asyncio.run(escena())) == ["0", "1", "3"]


def test_un_error_adentro_devuelve_el_puesto():
    class Rota(PuertaDeMentira):
        def get_response(self, request):
            raise RuntimeError("rota")

    async def escena():
        una = Rota()
        await asyncio.gather(*lanzar(una, [envio(n) for n in range(3)]), return_exceptions=True)
        return una._fila._value

    assert asyncio.run(escena()) == ENVIOS_A_LA_VEZ


@pytest.mark.parametrize(
    ("pedido", "breve"),
    [
        (pedidos.get("/x/"), False),
        (pedidos.put("/x/", b"{}"), False),
        (pedidos.post("/x/", {"texto": "hola"}), True),
        (pedidos.generic("POST", "/x/", CONTENT_LENGTH=str(ENVIO_BREVE_MAXIMO)), True),
        (pedidos.generic("POST", "/x/", CONTENT_LENGTH=str(ENVIO_BREVE_MAXIMO + 1)), False),
        (pedidos.generic("POST", "/x/", CONTENT_LENGTH="-1"), False),
        (pedidos.generic("POST", "/x/", CONTENT_LENGTH="²"), False),
    ],
)
def test_es_envio_breve(pedido, breve):
    assert es_envio_breve(pedido) is breve


def test_sin_largo_declarado_no_es_breve():
    pedido = pedidos.post("/x/")
    del pedido.META["CONTENT_LENGTH"]
    assert es_envio_breve(pedido) is False


def test_toda_la_cadena_es_sincrona_y_atiende(db):
    """Con una sola capa asíncrona, Django volvería a partir cada pedido en muchos saltos de hilo."""
    una = PuertaDeDjango()
    assert not iscoroutinefunction(una._middleware_chain)
    alcance = {"type": "http", "method": "GET", "path": "/no-esta/", "query_string": b"", "scheme": "http"}
    alcance |= {"headers": [(b"host", b"testserver")], "server": ("testserver", 80), "asgi": {"version": "3.0"}}

    async def escena():
        comunicador = ApplicationCommunicator(una, alcance)
        await comunicador.send_input({"type": "http.request", "body": b"", "more_body": False})
        return (await comunicador.receive_output(10))["status"]

    assert asyncio.run(escena()) == 404
