"""Cada página del recorrido: accesible, liviana, sin pedidos a otro servidor y sin que la política bloquee nada."""

import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe

from tests.navegador.conftest import CLAVE_DEMO, ingresar
from tests.navegador.paginas import CON_CUENTA, DE_LA_TRASTIENDA, REGISTROS_DE_LA_TRASTIENDA, TODAS, direccion_de

KB = 1000
LIVIANAS = {"inicio", "papeleta"}
CON_MAPA = {"mapa"}


# En una lista vacía Wagtail enlaza «Agregar» dentro de su frase y solo lo distingue por el color: es su plantilla.
DE_WAGTAIL = ["#listing-results p > a"]


def faltas_de_axe(pagina, *, sin: list[str] | None = None) -> list[str]:
    resultado = Axe().run(pagina, context={"exclude": [[selector] for selector in sin]} if sin else None)
    return [
        f"{falta['id']}: {nodo['html'][:140]} {nodo.get('failureSummary', '')[:160]}"
        for falta in resultado.response["violations"]
        for nodo in falta["nodes"]
    ]


def en_los_dos_tamanos(pagina, **opciones) -> None:
    for ancho, alto in ((360, 740), (1280, 800)):
        pagina.set_viewport_size({"width": ancho, "height": alto})
        assert faltas_de_axe(pagina, **opciones) == [], ancho
        assert pagina.evaluate("document.documentElement.scrollWidth") <= ancho


def botones_fuera(pagina) -> list[str]:
    """Los botones del encabezado de la trastienda que no se alcanzan a ver."""
    botones = pagina.locator("#w-slim-header-buttons > *:visible").all()
    cajas = [(boton.inner_text(), boton.bounding_box()) for boton in botones]
    ancho = pagina.viewport_size["width"]
    return [rotulo for rotulo, caja in cajas if caja["x"] < 0 or caja["x"] + caja["width"] > ancho]


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize("nombre", TODAS)
def test_pagina_publica_es_accesible(telefono, nombre, esquema):
    pagina = telefono(esquema=esquema)
    pagina.goto(direccion_de(pagina, nombre))
    assert faltas_de_axe(pagina) == []


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize(("quien", "ruta"), CON_CUENTA)
def test_pagina_con_cuenta_es_accesible(telefono, con_sesion, quien, ruta, esquema):
    pagina = telefono(esquema=esquema)
    con_sesion(pagina, quien)
    assert pagina.goto(ruta).status == 200
    if "/confirmar-identidad/" in pagina.url:
        pagina.locator("input[name=password]").fill(CLAVE_DEMO)
        pagina.get_by_role("button", name="Confirmar").click()
        pagina.wait_for_url(lambda url: "/confirmar-identidad/" not in url)
    assert urlsplit(pagina.url).path == ruta
    en_los_dos_tamanos(pagina)


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize(("quien", "ruta"), DE_LA_TRASTIENDA)
def test_pagina_de_la_trastienda_es_accesible(telefono, con_sesion, quien, ruta, esquema):
    pagina = telefono(esquema=esquema)
    con_sesion(pagina, quien)
    assert pagina.goto(ruta).status == 200
    en_los_dos_tamanos(pagina, sin=DE_WAGTAIL)
    pagina.set_viewport_size({"width": 360, "height": 740})
    assert botones_fuera(pagina) == []


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize(("quien", "lista", "registro", "cual"), REGISTROS_DE_LA_TRASTIENDA)
def test_registro_de_la_trastienda_es_accesible(telefono, con_sesion, quien, lista, registro, cual, esquema):
    pagina = telefono(esquema=esquema)
    con_sesion(pagina, quien)
    pagina.goto(lista)
    enlace = pagina.locator("#listing-results a[href*='/edit/']", has_text=registro).first.get_attribute("href")
    assert pagina.goto(enlace.replace("/edit/", f"/{cual}/")).status == 200
    en_los_dos_tamanos(pagina, sin=DE_WAGTAIL)


def test_codigos_de_respaldo_son_accesibles(telefono):
    """Solo los tiene quien puso un segundo paso: lo pone, los mira de día y de noche, y lo quita."""
    pagina = telefono()
    ingresar(pagina, "demo_concejo")
    pagina.goto("/cuentas/segundo-paso/aplicacion/")
    if "/confirmar-identidad/" in pagina.url:
        pagina.locator("input[name=password]").fill(CLAVE_DEMO)
        pagina.get_by_role("button", name="Confirmar").click()
        pagina.wait_for_url(lambda url: "/confirmar-identidad/" not in url)
    secreto = "".join(pagina.locator(".secreto li").all_inner_texts())
    pagina.locator("input[name=code]").fill(format_hotp_value(hotp_value(secreto, int(time.time()) // 30)))
    pagina.locator("main form button[type=submit]").first.click()
    pagina.wait_for_url(lambda url: "/aplicacion/" not in url)
    for ruta in ("/cuentas/segundo-paso/codigos/", "/cuentas/segundo-paso/codigos/nuevos/"):
        assert pagina.goto(ruta).status == 200
        for esquema in ("light", "dark"):
            pagina.emulate_media(color_scheme=esquema)
            en_los_dos_tamanos(pagina)
    pagina.goto("/cuentas/segundo-paso/aplicacion/quitar/")
    pagina.locator("main form button[type=submit]").first.click()
    pagina.wait_for_url(lambda url: "/quitar/" not in url)


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
