"""El acta en el teléfono: se carga una vez con señal, se llena sin ella y se envía después, una sola vez."""

import re

import pytest

from tests.navegador.conftest import ingresar
from tests.navegador.test_cada_pagina import faltas_de_axe


def abrir_equipo(pagina) -> str:
    """Entra la directiva de la demo y abre el formulario de su organización."""
    ingresar(pagina, "demo_directiva_otb")
    pagina.goto("/actas/nueva/")
    pagina.locator("select[name=proceso]").select_option("poa-2027")
    pagina.locator("main form button").first.click()
    pagina.wait_for_url(re.compile("/actas/equipo/"))
    return pagina.url


def llenar(pagina, lugar: str) -> None:
    pagina.locator("[name=tipo]").select_option("extraordinaria")
    pagina.locator("[name=fecha]").fill("2026-11-01")
    pagina.locator("[name=lugar]").fill(lugar)
    for nombre, valor in {
        "habilitados": "90", "presentes": "60", "mujeres": "35", "hombres": "25",
        "p1-descripcion": "Gradas de la cancha",
        "p1-monto": "12.500", "p1-a_favor": "55", "firmantes": "Presidencia\nSecretaría de actas",
    }.items():  # fmt: skip
        pagina.locator(f"[name={nombre}]").fill(valor)


def test_se_llena_sin_senal_y_se_envia_una_sola_vez(telefono):
    pagina = telefono()
    direccion = abrir_equipo(pagina)
    pagina.locator("html[data-sin-senal=lista]").wait_for(state="attached")
    pagina.context.set_offline(True)
    # El teléfono se apaga y se vuelve a abrir la página, en plena asamblea y sin señal.
    pagina.goto(direccion)
    assert pagina.locator("h1").inner_text().startswith("Acta de ")
    llenar(pagina, "Bajo el molle, sin señal")
    pagina.get_by_text("Guardado en este teléfono.").wait_for()
    pagina.goto(direccion)
    assert pagina.locator("[name=lugar]").input_value() == "Bajo el molle, sin señal", "nada se perdió"
    pagina.locator("#acta button.boton:not(.peligro)").click()
    pagina.get_by_text("No hay señal.").wait_for()
    envios = []
    pagina.on("request", lambda pedido: envios.append(pedido.url) if pedido.method == "POST" else None)
    pagina.context.set_offline(False)
    pagina.wait_for_url(re.compile("/actas/ACTA-2027-"), timeout=45_000)
    assert len(envios) == 1
    assert "Bajo el molle, sin señal" in pagina.content()
    assert pagina.evaluate("Object.keys(localStorage).filter((llave) => llave.startsWith('acta:')).length") == 0
    assert faltas_de_axe(pagina) == []
    pagina.goto("/actas/")
    assert pagina.locator("#mias + ul li").count() == 1


def test_sin_javascript_es_un_formulario_comun(telefono):
    pagina = telefono(js=False)
    abrir_equipo(pagina)
    pagina.locator("[name=tipo]").select_option("asamblea")
    pagina.locator("[name=mujeres]").fill("80")
    pagina.locator("[name=presentes]").fill("60")
    pagina.locator("#acta button.boton:not(.peligro)").click()
    assert "suman más que el total" in pagina.locator("main").inner_text()
    assert pagina.locator("[name=mujeres]").input_value() == "80"


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize(("ancho", "alto"), [(360, 740), (1280, 800)])
def test_las_paginas_de_actas_son_accesibles_y_no_desbordan(telefono, esquema, ancho, alto):
    pagina = telefono(esquema=esquema, ancho=ancho, alto=alto)
    quejas = []
    pagina.on("console", lambda mensaje: quejas.append(mensaje.text) if mensaje.type == "error" else None)
    ingresar(pagina, "demo_directiva_otb")
    rutas = ["/actas/", "/actas/comprobar/", "/actas/ACTA-2027-001/", "/actas/ACTA-2027-D7-CUMBRE/", "/actas/nueva/"]
    for ruta in rutas:
        assert pagina.goto(ruta).status == 200, ruta
        assert faltas_de_axe(pagina) == [], ruta
        assert pagina.evaluate("document.documentElement.scrollWidth") <= ancho, ruta
    abrir = pagina.goto("/actas/nueva/")
    assert abrir.ok
    pagina.locator("main form button").first.click()
    pagina.wait_for_url(re.compile("/actas/equipo/"))
    assert faltas_de_axe(pagina) == []
    assert pagina.evaluate("document.documentElement.scrollWidth") <= ancho
    assert quejas == []
