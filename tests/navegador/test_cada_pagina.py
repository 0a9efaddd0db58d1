"""Cada página del recorrido: accesible, liviana, sin pedidos a otro servidor y sin que la política bloquee nada."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.navegador.conftest import ingresar
from tests.navegador.paginas import TODAS, direccion_de

KB = 1000
LIVIANAS = {"inicio", "papeleta"}
CON_MAPA = {"mapa"}


def faltas_de_axe(pagina) -> list[str]:
    resultado = Axe().run(pagina)
    return [
        f"{falta['id']}: {nodo['html'][:140]} {nodo.get('failureSummary', '')[:160]}"
        for falta in resultado.response["violations"]
        for nodo in falta["nodes"]
    ]


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize("nombre", TODAS)
def test_pagina_publica_es_accesible(telefono, nombre, esquema):
    pagina = telefono(esquema=esquema)
    pagina.goto(direccion_de(pagina, nombre))
    assert faltas_de_axe(pagina) == []


@pytest.mark.parametrize(
    "ruta",
    [
        "/",
        "/cuentas/mi-cuenta/",
        "/propuestas/nueva/",
        "/votaciones/poa-2027/",
        "/votaciones/poa-2027/distrito-3/",
        "/votaciones/poa-2026/resultado/",
        "/votaciones/poa-2026/resultado/distrito-3/",
        "/votaciones/poa-2026/comprobar/",
    ],
)
@pytest.mark.parametrize("esquema", ["light", "dark"])
def test_pagina_con_cuenta_es_accesible(telefono, ruta, esquema):
    pagina = telefono(esquema=esquema)
    ingresar(pagina, "demo_ciudadania")
    respuesta = pagina.goto(ruta)
    assert respuesta.status == 200
    assert faltas_de_axe(pagina) == []


@pytest.mark.parametrize("nombre", TODAS)
def test_pagina_no_desborda_ni_pide_a_otros_ni_viola_la_politica(telefono, servidor, nombre):
    pagina = telefono()
    quejas, pedidos = [], []
    pagina.on("console", lambda mensaje: quejas.append(mensaje.text) if mensaje.type == "error" else None)
    pagina.on("pageerror", lambda error: quejas.append(str(error)))
    pagina.on("request", lambda pedido: pedidos.append(pedido.url))
    pagina.goto(direccion_de(pagina, nombre), wait_until="networkidle")
    ajenos = [url for url in pedidos if not url.startswith((servidor, "data:", "blob:"))]
    assert ajenos == []
    esperadas = ["404"] if nombre == "no existe" else []
    assert [queja for queja in quejas if not any(parte in queja for parte in esperadas)] == []
    ancho = pagina.evaluate("document.documentElement.scrollWidth")
    assert ancho <= 360, f"la página mide {ancho} px de ancho en un teléfono de 360"


def peso(pagina, ruta: str) -> tuple[int, int, list[tuple[int, str]]]:
    """(bytes por el cable en la primera visita, bytes del HTML sin comprimir, detalle)."""
    sesion = pagina.context.new_cdp_session(pagina)
    sesion.send("Network.enable")
    sesion.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls, pesos = {}, {}
    sesion.on("Network.responseReceived", lambda e: urls.update({e["requestId"]: e["response"]["url"]}))
    sesion.on("Network.loadingFinished", lambda e: pesos.update({e["requestId"]: int(e["encodedDataLength"])}))
    respuesta = pagina.goto(ruta, wait_until="networkidle")
    html = len(respuesta.body())
    detalle = sorted(((bytes_, urlsplit(urls.get(i, "?")).path) for i, bytes_ in pesos.items()), reverse=True)
    return sum(pesos.values()), html, detalle


@pytest.mark.parametrize(
    ("ruta", "limite", "limite_html"),
    [
        ("/", 100 * KB, 20 * KB),
        ("/votaciones/poa-2027/distrito-3/", 100 * KB, 20 * KB),
        ("/propuestas/", 300 * KB, None),
        ("/mapa/", 300 * KB, None),
        ("/demandas/", 300 * KB, None),
    ],
)
def test_primera_visita_pesa_poco(telefono, ruta, limite, limite_html):
    total, html, detalle = peso(telefono(), ruta)
    print(f"{ruta}: {total} bytes por el cable, HTML {html}")
    assert total <= limite, detalle
    if limite_html:
        assert html <= limite_html
