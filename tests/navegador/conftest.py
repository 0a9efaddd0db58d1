"""Un servidor de verdad con la demo cargada, y Chromium del tamaño de un teléfono barato.

Estas pruebas no tocan la base: miran y usan el sitio como una vecina. Corren en su propia llamada a pytest porque el
Playwright síncrono y pytest-asyncio no conviven.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

RAIZ = Path(__file__).resolve().parents[2]
CLAVE_DEMO = "ayni-demo-2027"


def _chromium() -> str | None:
    elegido = os.environ.get("CHROMIUM")
    if elegido:
        return elegido
    for nombre in ("chromium", "chromium-browser", "google-chrome"):
        if ruta := shutil.which(nombre):
            return ruta
    return None


def pytest_collection_modifyitems(items):
    if os.environ.get("CHROMIUM") == "ninguno":
        for prueba in items:
            prueba.add_marker(pytest.mark.skip(reason="no hay Chromium en esta máquina"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    opciones = {
        **browser_type_launch_args,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    }
    if ruta := _chromium():
        opciones["executable_path"] = ruta
    return opciones


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, servidor):
    return {
        **browser_context_args,
        "viewport": {"width": 360, "height": 740},
        "locale": "es-BO",
        "timezone_id": "America/La_Paz",
        "base_url": servidor,
    }


def _puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return enchufe.getsockname()[1]


def _base_aparte(url: str) -> str:
    """Bases PostgreSQL nuevas y vacías para el navegador (un par por proceso de pruebas); dirección de la primera.

    La otra es la de la urna, con el nombre que le toca si nadie dice otro.
    """
    import psycopg
    from psycopg import sql

    nombre = f"ayni_navegador{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with psycopg.connect(url, autocommit=True) as conexion:
        for cual in (nombre, f"{nombre}_urna"):
            conexion.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(cual)))
            conexion.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(cual)))
    return urlunsplit(urlsplit(url)._replace(path=f"/{nombre}"))


@pytest.fixture(scope="session")
def servidor(tmp_path_factory):
    """Dirección de un uvicorn propio con Quillacollo cargado."""
    carpeta = tmp_path_factory.mktemp("demo")
    puerto = _puerto_libre()
    direccion = f"http://127.0.0.1:{puerto}"
    entorno = {
        **{nombre: valor for nombre, valor in os.environ.items() if not nombre.startswith("AYNI_")},
        "AYNI_MODO": "demo",
        "AYNI_DIR_DATOS": str(carpeta),
        "AYNI_URL_PUBLICA": direccion,
        "AYNI_NIVEL_REGISTRO": "WARNING",
        "DJANGO_SETTINGS_MODULE": "civic.settings",
    }
    orden = [sys.executable, "manage.py", "demo", "--solo-cargar"]
    if base := os.environ.get("AYNI_BASE_DATOS"):
        entorno |= {"AYNI_BASE_DATOS": _base_aparte(base), "AYNI_REDIS": os.environ["AYNI_REDIS"]}
        orden.append("--en-otra-base")
    cargada = subprocess.run(orden, cwd=RAIZ, env=entorno, capture_output=True, text=True, check=False)
    assert cargada.returncode == 0, cargada.stdout[-2000:] + cargada.stderr[-4000:]
    bitacora = carpeta / "servidor.log"
    with bitacora.open("w") as salida:
        proceso = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "civic.asgi:application", "--port", str(puerto), "--lifespan", "off"],
            cwd=RAIZ,
            env=entorno,
            stdout=salida,
            stderr=subprocess.STDOUT,
        )
    try:
        _esperar(direccion, proceso, bitacora)
        yield direccion
    finally:
        proceso.terminate()
        proceso.wait(timeout=15)
    texto = bitacora.read_text()
    assert "Traceback" not in texto, texto[-6000:]


def _esperar(direccion: str, proceso: subprocess.Popen, bitacora: Path) -> None:
    limite = time.monotonic() + 60
    while time.monotonic() < limite:
        assert proceso.poll() is None, bitacora.read_text()[-4000:]
        try:
            with urllib.request.urlopen(f"{direccion}/salud/", timeout=2):  # noqa: S310 -- siempre http local
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("El servidor no respondió: " + bitacora.read_text()[-4000:])


def ingresar(pagina, usuario: str, clave: str = CLAVE_DEMO) -> None:
    """Entra con usuario y clave por el formulario, con o sin JavaScript."""
    pagina.goto("/cuentas/ingresar/")
    pagina.locator("input[name=login]").fill(usuario)
    pagina.locator("input[name=password]").fill(clave)
    pagina.locator("main form button[type=submit]").first.click()
    pagina.wait_for_url(lambda url: "/ingresar/" not in url)


@pytest.fixture(scope="session")
def con_sesion(servidor):
    """con_sesion(pagina, usuario): entra y reparte la misma sesión a todas las páginas que la piden.

    Por el formulario solo la primera vez: el sitio admite 30 ingresos por minuto desde una dirección, y quien mira
    cien páginas en una máquina rápida los gasta.
    """
    galletas: dict[str, list[dict]] = {}

    def entrar(pagina, usuario: str) -> None:
        pagina.context.add_cookies(galletas.get(usuario, []))
        pagina.goto("/cuentas/ingresar/")
        if "/ingresar/" in pagina.url:
            ingresar(pagina, usuario)
        galletas[usuario] = pagina.context.cookies()

    return entrar


@pytest.fixture
def telefono(browser, servidor):
    """telefono(js=True, esquema="light") -> página nueva en un contexto propio de 360×740."""
    contextos = []

    def abrir(*, js: bool = True, esquema: str = "light", ancho: int = 360, alto: int = 740):
        contexto = browser.new_context(
            viewport={"width": ancho, "height": alto},
            java_script_enabled=js,
            color_scheme=esquema,
            locale="es-BO",
            timezone_id="America/La_Paz",
            base_url=servidor,
        )
        contexto.set_default_timeout(15_000)
        contextos.append(contexto)
        return contexto.new_page()

    yield abrir
    for contexto in contextos:
        contexto.close()
