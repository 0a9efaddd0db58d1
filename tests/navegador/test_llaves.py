"""Llaves de acceso con el autenticador virtual de Chromium: agregarla, salir y volver a entrar solo con ella."""

from urllib.parse import urlsplit

import pytest

from tests.navegador.conftest import CLAVE_DEMO, ingresar


@pytest.fixture
def con_llavero(telefono, servidor):
    """Página en localhost (las llaves no admiten direcciones numéricas) con un autenticador de plataforma."""
    pagina = telefono()
    local = f"http://localhost:{urlsplit(servidor).port}"
    canal = pagina.context.new_cdp_session(pagina)
    canal.send("WebAuthn.enable")
    canal.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return pagina, local


def entrar_con_clave(pagina, local, usuario):
    pagina.goto(f"{local}/cuentas/ingresar/")
    pagina.locator("input[name=login]").fill(usuario)
    pagina.locator("input[name=password]").fill(CLAVE_DEMO)
    pagina.get_by_role("button", name="Ingresar", exact=True).click()
    pagina.wait_for_url(lambda url: "/ingresar/" not in url)


def test_agregar_una_llave_salir_y_entrar_solo_con_ella_hasta_la_trastienda(con_llavero):
    pagina, local = con_llavero
    errores = []
    pagina.on("console", lambda mensaje: errores.append(mensaje.text) if mensaje.type == "error" else None)
    entrar_con_clave(pagina, local, "demo_auditoria")
    pagina.goto(f"{local}/cuentas/llaves/agregar/")
    pagina.locator("input[name=password]").fill(CLAVE_DEMO)
    pagina.get_by_role("button", name="Confirmar").click()
    pagina.get_by_label("Nombre de la llave").fill("Mi teléfono")
    pagina.get_by_role("button", name="Guardar la llave en este aparato").click()
    pagina.wait_for_url("**/segundo-paso/codigos/")
    assert pagina.locator(".respaldo li").count() == 10
    pagina.goto(f"{local}/cuentas/llaves/")
    assert "Mi teléfono" in pagina.locator("main").inner_text()
    pagina.goto(f"{local}/cuentas/salir/")
    pagina.locator("main form button[type=submit]").click()
    pagina.wait_for_url(f"{local}/")
    # Sin escribir usuario ni contraseña.
    pagina.goto(f"{local}/cuentas/ingresar/")
    pagina.get_by_role("button", name="Usar mi llave").click()
    pagina.wait_for_url(lambda url: "/ingresar/" not in url)
    respuesta = pagina.goto(f"{local}/admin/")
    assert (respuesta.status, urlsplit(pagina.url).path) == (200, "/admin/")
    # Y con contraseña, la llave es el segundo paso.
    pagina.context.clear_cookies()
    pagina.goto(f"{local}/cuentas/ingresar/")
    pagina.locator("input[name=login]").fill("demo_auditoria")
    pagina.locator("input[name=password]").fill(CLAVE_DEMO)
    pagina.get_by_role("button", name="Ingresar", exact=True).click()
    pagina.wait_for_url("**/segundo-paso/ingresar/")
    pagina.get_by_role("button", name="Usar mi llave").click()
    pagina.wait_for_url(lambda url: "/segundo-paso/" not in url)
    # Se quita para que la cuenta de la demo quede como estaba.
    pagina.goto(f"{local}/cuentas/llaves/")
    pagina.get_by_role("link", name="Quitar").click()
    if "/confirmar" in pagina.url:
        pagina.locator("input[name=password]").fill(CLAVE_DEMO)
        pagina.get_by_role("button", name="Confirmar").click()
    pagina.get_by_role("button", name="Quitar la llave").click()
    pagina.wait_for_url("**/cuentas/llaves/")
    assert "Todavía no tienes llaves" in pagina.locator("main").inner_text()
    assert errores == []


def test_sin_javascript_las_llaves_se_explican_y_no_estorban(telefono):
    pagina = telefono(js=False)
    pagina.goto("/cuentas/ingresar/")
    assert pagina.get_by_text("Ingresar con una llave de acceso").is_visible() is False
    ingresar(pagina, "demo_auditoria")
    pagina.goto("/cuentas/llaves/agregar/")
    pagina.locator("input[name=password]").fill(CLAVE_DEMO)
    pagina.get_by_role("button", name="Confirmar").click()
    assert "aplicación de códigos" in pagina.locator("main").inner_text()
