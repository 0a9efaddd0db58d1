"""Ninguna puerta da 500, escriban lo que escriban: se recorren todas las direcciones y todos sus formularios.

Se pide cada dirección del sitio con cada papel; los formularios que aparecen en las páginas, públicas y de la
trastienda, se envían con cada valor malo en cada campo. B13, B14 y B19.
"""

import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic.comun.texto import limpiar
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from mapas.obras.models import Obra
from mapas.reportes.acciones import recibir_reporte
from propuestas.models import Propuesta
from tests.elenco import pasar_segundo_paso

NUESTROS = ("civic.", "propuestas", "votaciones", "mapas.", "cms.")
TEXTOS_MALOS = [
    "a\x00b",  # nulo
    "\ud800suelto",  # sustituto suelto
    "\u202eesrever",  # al revés
    "\u200b\u200d\u2060\ufeff",  # solo invisibles
    "Z" + "\u0336\u0489\u030d" * 400,  # montón de marcas
    "🌽𝕬\U0010ffff",  # cuatro octetos y un código sin carácter
    "x" * 300,
    "' OR 1=1 --",
    "{{ 7*7 }}<script>alert(1)</script>",
    "../../etc/passwd\r\nX: 1",
    "",
]
NUMEROS_MALOS = ["1e400", "NaN", "-Infinity", "-0", "1" + "0" * 30, "٣٤٥", "1.5", "0x10", "½", "-1", "9" * 5000]
MALOS = TEXTOS_MALOS + NUMEROS_MALOS
# Los que rompen de modos distintos, para lo que se repite mucho.
JUNTOS = ["a\x00b", "\ud800", "".join(TEXTOS_MALOS[2:6]), "x" * 300, "1" + "0" * 30, "NaN", "٣٤٥"]
BUSCADORES: set[tuple] = set()
# «failwhale» es la página de Wagtail que falla a propósito.
NO_ENVIAR = re.compile(r"logout|salir|cerrar-sesion|failwhale")
# Un valor para cada pieza variable de una dirección; lo que no exista dará 404.
PIEZAS = ["1", "999999999999999999999999999999", "%ED%A0%80", "%F0%9F%8C%BD", "٣"]


def direcciones(resolutor=None, prefijo="/"):
    """Todas las direcciones del sitio, cada pieza variable como «{}»."""
    for patron in (resolutor or get_resolver()).url_patterns:
        ruta = prefijo + re.sub(r"^\^|\$$", "", str(patron.pattern)).removeprefix("/")
        if isinstance(patron, URLPattern):
            yield re.sub(r"<[^>]+>|\(\?P?<?[^)]*\)", "{}", ruta).replace("\\", "")
        else:
            yield from direcciones(patron, ruta)


@pytest.fixture
def mundo(pueblo, gente, recepcion, votando):
    """Una de cada cosa, para que los formularios aparezcan."""
    preparar_roles()
    roles = {gente.hugo: Rol.PLANIFICACION, gente.gloria: Rol.ADMINISTRACION, gente.nadia: Rol.VENTANILLA}
    for persona, rol in roles.items():
        asignar_rol(persona, rol=rol)
    lugar = {"categoria": pueblo.agua, "distrito": pueblo.distrito_1, "otb": pueblo.otb_molle, "lon": 0.5, "lat": 0.5}
    comunes = {
        "proceso": recepcion,
        "autor": gente.ana,
        "descripcion": "Hace falta.",
        "monto_solicitado": Decimal(1000),
    }
    Propuesta.objects.create(titulo="Borrador", **comunes, **lugar)
    ya = {"codigo": "PR-2027-001", "estado": "publicada", "presentada": timezone.now()}
    Propuesta.objects.create(titulo="Pública", **ya, **comunes, **lugar)
    recibir_reporte(descripcion="Bache", autor=gente.ana, **lugar)
    Obra.objects.create(
        codigo="PJ-1", nombre="Tanque", categoria=pueblo.agua, distrito=pueblo.distrito_1, presupuesto=1000,
        estado="en_ejecucion",
    )  # fmt: skip
    gente.dora.is_superuser = gente.dora.is_staff = True
    gente.dora.save()
    return gente


def cliente_de(persona):
    cliente = Client(raise_request_exception=False)
    if persona is not None:
        persona = Usuario.objects.get(pk=persona.pk)
        cliente.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
        pasar_segundo_paso(cliente, persona)
    return cliente


def quienes(gente):
    return {"nadie": None, "ana": gente.ana, "hugo": gente.hugo, "dora": gente.dora}


def formularios(respuesta, ruta):
    """(método, dirección, {campo: valor}) de cada formulario de una página."""
    if "html" not in respuesta.get("Content-Type", "") or respuesta.status_code >= 400 or respuesta.streaming:
        return
    for formulario in BeautifulSoup(respuesta.content, "html.parser").find_all("form"):
        campos = {}
        for campo in formulario.find_all(["input", "textarea", "select"]):
            nombre = campo.get("name")
            if not nombre or campo.get("type") in {"file", "submit", "button"} or nombre == "csrfmiddlewaretoken":
                continue
            opcion = campo.find("option", selected=True) if campo.name == "select" else None
            campos[nombre] = campo.get("value") or (opcion.get("value", "") if opcion else campo.text.strip() or "1")
        destino = (formulario.get("action") or ruta).split("?")[0]
        if destino.startswith("/") and not NO_ENVIAR.search(destino):
            yield (formulario.get("method") or "get").lower(), destino, campos


def reportar(fallas):
    assert fallas == [], "\n".join(sorted({str(falla) for falla in fallas})[:40])


def sin_500(respuesta):
    return respuesta.status_code < 500


RUTAS = sorted(set(direcciones()))


def test_se_encuentran_todas_las_puertas():
    assert len(RUTAS) > 150
    assert {"/propuestas/", "/bitacora/", "/cuentas/registrarse/"} <= set(RUTAS)


def test_rutas_con_piezas_imposibles_no_dan_500(mundo):
    fallas = []
    for quien in ("nadie", "dora"):
        cliente = cliente_de(quienes(mundo)[quien])
        for ruta in RUTAS:
            for pieza in PIEZAS if "{}" in ruta else ["-"]:
                direccion = ruta.replace("{}", pieza)
                respuesta = cliente.get(direccion) if not NO_ENVIAR.search(direccion) else None
                if respuesta is not None and not sin_500(respuesta):
                    fallas.append((quien, direccion, respuesta.status_code))
    reportar(fallas)


def _es_nuestra(direccion):
    """Si atiende código nuestro: una vista propia, o una de Wagtail sobre un modelo o con una clase nuestra."""
    try:
        vista = resolve(direccion).func
    except Resolver404:
        return False
    clase = getattr(vista, "view_class", None)
    modelo = getattr(vista, "view_initkwargs", {}).get("model")
    return any(
        getattr(algo, "__module__", "").startswith((*NUESTROS, "allauth.account"))
        for algo in (vista, clase, modelo)
        if algo
    ) or direccion.startswith("/admin/pages/")


def _rutas_vivas(cliente):
    """Direcciones nuestras que responden con una página, con números y nombres que existen en `mundo`."""
    vistas = set()
    for ruta in RUTAS:
        for pieza in ["1", "poa-2027", "PR-2027-001", "PJ-1"] if "{}" in ruta else ["-"]:
            direccion = ruta.replace("{}", pieza)
            if NO_ENVIAR.search(direccion) or direccion in vistas or not _es_nuestra(direccion):
                continue
            vistas.add(direccion)
            respuesta = cliente.get(direccion)
            if respuesta.status_code < 400:
                yield direccion, respuesta


@pytest.mark.parametrize("quien", ["nadie", "ana", "hugo"])
def test_formularios_con_valores_malos_no_dan_500(mundo, quien):
    cliente = cliente_de(quienes(mundo)[quien])
    vistos, fallas = set(), []
    for direccion, respuesta in list(_rutas_vivas(cliente)):
        for metodo, destino, campos in formularios(respuesta, direccion):
            clave = (metodo, destino, tuple(sorted(campos)))
            if clave in vistos or clave in BUSCADORES or not campos or not _es_nuestra(destino):
                continue
            vistos.add(clave)
            if metodo == "get":
                BUSCADORES.add(clave)  # buscar es igual para todos: basta una vez
            # Los formularios de la trastienda son muchos y lentos: ahí van los que rompen de modos distintos.
            malos = ("x" * 300, "1" + "0" * 30) if destino.startswith("/admin/") else JUNTOS
            envios = [(malo, dict.fromkeys(campos, _ascii(malo))) for malo in malos]
            # De a uno, con lo demás bien: así lo malo pasa la puerta del formulario y llega más adentro.
            if not destino.startswith("/admin/pages/"):  # su editor es de Wagtail, y lento
                envios += [
                    (uno, campos | {uno: "1" + "0" * 30})
                    for uno in list(campos)[: 3 if destino.startswith("/admin/") else 12]
                ]
            for malo, datos in envios:
                hecho = getattr(cliente, metodo)(destino, datos)
                if not sin_500(hecho):
                    fallas.append((quien, metodo, destino, malo[:20]))
    assert len(vistos) > 3
    reportar(fallas)


def _ascii(valor):
    """El cliente de pruebas escribe UTF-8: el sustituto suelto viaja como lo mandaría un programa, con sus octetos."""
    return valor.encode("utf-8", "surrogatepass") if "\ud800" in valor else valor


PARAMETROS = [
    *("pagina", "p", "q", "texto", "objeto", "desde", "hasta", "distrito", "otb", "categoria", "estado", "proceso"),
    *(
        "orden",
        "ordering",
        "capa",
        "lon",
        "lat",
        "alertas",
        "next",
        "id",
        "momento_from",
        "verbo",
        "formato",
        "gestion",
    ),
]


def test_parametros_con_valores_malos_no_dan_500(mundo):
    fallas = []
    fijas = [ruta for ruta in RUTAS if "{}" not in ruta and not NO_ENVIAR.search(ruta) and _es_nuestra(ruta)]
    for quien in ("nadie", "dora"):
        cliente = cliente_de(quienes(mundo)[quien])
        for direccion in fijas:
            for malo in JUNTOS if quien == "nadie" else ("x" * 300, "1" + "0" * 30):
                respuesta = cliente.get(direccion, dict.fromkeys(PARAMETROS, _ascii(malo)))
                if not sin_500(respuesta):
                    fallas.append((quien, direccion, malo[:20], respuesta.status_code))
    reportar(fallas)


@pytest.mark.parametrize("ruta", ["/%00", "/propuestas/%00/", "/propuestas/?q=%00", "/?%00=1", "/fotos/a%00/320.webp"])
def test_caracter_nulo_en_la_direccion_es_400_con_pagina(client, db, ruta):
    respuesta = client.get(ruta)
    assert (respuesta.status_code, "No entendimos el pedido" in respuesta.content.decode()) == (400, True)
    assert respuesta["Content-Security-Policy"]


def test_caracter_nulo_en_un_formulario_o_una_galleta_es_400(client, db):
    assert client.post("/cuentas/registrarse/", {"username": "a\x00b"}).status_code == 400
    client.cookies["sessionid"] = "a" * 20
    client.cookies["sessionid"].set("sessionid", "x", '"aaaaaaaaaa\\000bbbb"')
    assert client.get("/").status_code == 400


@pytest.mark.parametrize("ruta", ["/admin/obras/new/", "/admin/procesos/new/"])
def test_formulario_con_filas_que_no_vinieron_es_400(mundo, ruta):
    listas = ("fuentes", "hitos", "modificaciones", "fases", "techos")
    datos = {f"{lista}-{cual}_FORMS": "3" for lista in listas for cual in ("TOTAL", "INITIAL")}
    assert cliente_de(mundo.hugo).post(ruta, datos).status_code == 400


@pytest.mark.parametrize("juego", ["utf-16", "base64_codec", "unicode_escape", "no-existe", "idna"])
def test_juego_de_caracteres_raro_no_da_500(db, juego):
    cliente = Client(raise_request_exception=False)
    for tipo in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        cuerpo = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800\r\n--x--\r\n'
        respuesta = cliente.generic("POST", "/cuentas/ingresar/", cuerpo, content_type=f"{tipo}; charset={juego}")
        assert respuesta.status_code < 500


@pytest.mark.parametrize("cuerpo", [b'{"a": "\\ud800"}', b"\xff\xfe", b"[" * 5000, b'{"a": 1e400}', b'"\\u0000"'])
def test_json_raro_donde_se_espera_un_formulario_no_da_500(db, cuerpo):
    cliente = Client(raise_request_exception=False)
    for ruta in ("/cuentas/ingresar/", "/reportes/nuevo/", "/propuestas/", "/bitacora/"):
        assert cliente.post(ruta, cuerpo, content_type="application/json").status_code < 500


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_limpiar_siempre_da_algo_que_se_guarda_igual(texto):
    limpio = limpiar(texto, varias_lineas=True)
    assert limpiar(limpio, varias_lineas=True) == limpio
    assert "\x00" not in limpio
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", limpio)
    limpio.encode("utf-8")


@pytest.mark.django_db
@given(st.text(max_size=120))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_buscar_cualquier_texto_no_da_500(client, texto):
    client.raise_request_exception = False
    valor = texto.encode("utf-8", "surrogatepass")
    for ruta, parametro in (("/propuestas/", "q"), ("/bitacora/", "texto"), ("/reportes/", "q"), ("/obras/", "q")):
        assert client.get(ruta, {parametro: valor}).status_code < 500
