"""Recorre todas las rutas con todos los cargos y dice qué responde cada una, sin dejar rastro en la base."""

import csv
import re
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from django.db import connection, connections
from django.template.backends.django import Template
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLPattern
from django.utils.safestring import SafeString

from tests.elenco import pasar_segundo_paso
from tests.guardas import se_deshace
from tests.matriz.mundo import Mundo

# dirección -> final del error, para quien tenga que arreglar un 500.
ERRORES: dict[str, str] = {}
ARCHIVO = Path(__file__).with_name("matriz.csv")
METODOS = ("GET", "POST")
# Para estos se dibuja la página entera, y así un error de plantilla también se ve.
DIBUJAN = {"anonima", "superusuario"}
# Rutas sin nombre, o que en la raíz toman cualquier dirección: con qué dirección se prueban.
SIN_NOMBRE = {
    "admin/test404/": "/admin/test404/",
    "admin/^.*/$": "/admin/no-existe/",
    "cuentas/login/": "/cuentas/login/",
    "cuentas/signup/": "/cuentas/signup/",
    "cuentas/logout/": "/cuentas/logout/",
}
# Tienen cargo con llave y no pasaron el segundo paso.
SIN_PASO = {"planificacion_sin_paso"}
# Lo que un GET sí escribe: la sesión, quién miró qué, y lo que Wagtail prepara para mostrar.
TABLAS_DE_LECTURA = (
    "django_session",
    "comun_suceso",
    "comun_mirada",
    "wagtailimages_rendition",
    "wagtailusers_userprofile",
    "wagtailadmin_editingsession",
    "wagtailcore_pagesubscription",  # Wagtail la crea, apagada, al abrir el editor
)
_ESCRIBE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?', re.I)


@dataclass(frozen=True)
class Puerta:
    """Una ruta con una dirección de verdad. `clave` es su renglón en la matriz: ruta, o ruta@variante."""

    clave: str
    direccion: str
    con_parametros: bool


@dataclass
class Recorrido:
    celdas: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    sin_objeto: list[str] = field(default_factory=list)
    puertas: list[Puerta] = field(default_factory=list)
    lecturas_que_escriben: list[str] = field(default_factory=list)
    head_anonima: dict[str, str] = field(default_factory=dict)


def rutas() -> Iterator[tuple[str, str, list[str]]]:
    """(clave, patrón, parámetros) de cada ruta del sitio, en el orden en que se resuelven."""
    vistas: Counter[str] = Counter()

    def bajar(resolutor: Any, antes: str, espacios: tuple[str, ...]) -> Iterator[tuple[str, str, list[str]]]:
        for hijo in resolutor.url_patterns:
            patron = antes + str(hijo.pattern)
            if isinstance(hijo, URLPattern):
                clave = ":".join([*espacios, hijo.name]) if hijo.name else patron
                vistas[clave] += 1
                if vistas[clave] > 1:
                    clave = f"{clave}~{vistas[clave]}"
                yield clave, patron, _parametros(patron)
            else:
                yield from bajar(hijo, patron, (*espacios, hijo.namespace) if hijo.namespace else espacios)

    yield from bajar(get_resolver(), "", ())


def _parametros(patron: str) -> list[str]:
    nombres = re.findall(r"<(?:\w+:)?(\w+)>", patron)
    if nombres or "(" not in patron:
        return nombres
    return [str(puesto) for puesto in range(len(re.findall(r"\((?!\?)", patron)))][: 2 if "documentos" in patron else 1]


def puertas(mundo: Mundo, recorrido: Recorrido) -> list[Puerta]:
    lista = []
    for clave, patron, nombres in rutas():
        nombre = clave.partition("~")[0]
        if patron in SIN_NOMBRE:
            lista.append(Puerta(clave, SIN_NOMBRE[patron], False))
            continue
        variantes = mundo.variantes(nombre, nombres, patron) if nombres else {"": {}}
        if variantes is None:
            recorrido.sin_objeto.append(f"{clave} ({patron})")
            continue
        for variante, argumentos in variantes.items():
            direccion = _direccion(nombre, patron, nombres, argumentos)
            if direccion is None:
                recorrido.sin_objeto.append(f"{clave} ({patron})")
            else:
                lista.append(Puerta(f"{clave}@{variante}" if variante else clave, direccion, bool(nombres)))
    return lista


def _direccion(nombre: str, patron: str, nombres: list[str], argumentos: dict[str, Any]) -> str | None:
    consulta = argumentos.get("?", "")
    propios = {n: argumentos[n] for n in nombres if n in argumentos}
    try:
        if propios and all(n.isdigit() for n in propios):
            ruta = reverse(nombre, args=list(propios.values()))
        else:
            ruta = reverse(nombre, kwargs=propios)
    except NoReverseMatch:
        # Otra ruta con el mismo nombre y otros parámetros, o sin nombre: se arma a mano.
        ruta = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda hallado: str(propios.get(hallado[1], "")), patron)
        if any(signo in ruta for signo in "^$(<"):
            return None
    return f"{ruta}?{consulta}" if consulta else ruta


def codigo(respuesta: Any) -> str:
    """`200`, `403`, `404`…; `ing` si lleva a ingresar, `adm` si la trastienda dice que no, `302` a otra página."""
    if respuesta.status_code not in (301, 302, 303):
        return str(respuesta.status_code)
    destino = urlsplit(respuesta["Location"]).path
    if destino.startswith("/cuentas/ingresar/"):
        return "ing"
    return "adm" if destino == "/admin/" else "302"


class _Escrituras:
    """Anota qué tablas se escriben mientras está puesto."""

    def __init__(self) -> None:
        self.tablas: set[str] = set()

    def __call__(self, ejecutar: Any, sql: str, *resto: Any) -> Any:
        if hallado := _ESCRIBE.match(sql):
            self.tablas.add(hallado[1])
        return ejecutar(sql, *resto)


@contextmanager
def _sin_dibujar(si: bool) -> Iterator[None]:
    """La decisión de acceso se toma antes de dibujar la página: dibujarla para treinta cargos no dice nada más."""
    if not si:
        yield
        return
    with mock.patch.object(Template, "render", lambda *_args, **_kwargs: SafeString("")):
        yield


def _con_permisos_leidos(persona: Any) -> Any:
    """La persona leída de nuevo, con sus cargos y permisos ya consultados: no cambian de una celda a otra."""
    persona = type(persona).objects.get(pk=persona.pk)
    persona.has_perm("wagtailadmin.access_admin")
    persona.tiene_rol("nada")
    return persona


@contextmanager
def _sin_releer(persona: Any) -> Iterator[None]:
    """Quien entró es siempre la misma: sin esto, cada celda la vuelve a leer con todos sus permisos."""
    if persona is None:
        yield
        return
    with mock.patch("django.contrib.auth.middleware.auth.get_user", lambda _pedido: copy(persona)):
        yield


def recorrer(mundo: Mundo) -> Recorrido:
    """Cada celda en un punto de guardado que se deshace: ninguna deja rastro para la siguiente."""
    recorrido = Recorrido()
    recorrido.puertas = puertas(mundo, recorrido)
    for cargo, persona in mundo.personas.items():
        sesion = _sesion(persona, suspender=cargo == "suspendida", segundo_paso=cargo not in SIN_PASO)
        sin_atajo = cargo in {"anonima", "suspendida", *SIN_PASO}
        conocida = None if sin_atajo else _con_permisos_leidos(persona)
        for puerta, metodo in product(recorrido.puertas, METODOS):
            with _sin_dibujar(cargo not in DIBUJAN), _sin_releer(conocida):
                respuesta, tablas = pedir(sesion, metodo, puerta.direccion)
            recorrido.celdas.setdefault((puerta.clave, metodo), {})[cargo] = respuesta
            if cargo == "anonima" and metodo == "GET":
                recorrido.head_anonima[puerta.clave], _ = pedir(sesion, "HEAD", puerta.direccion)
            if metodo == "GET" and (de_mas := tablas - set(TABLAS_DE_LECTURA)):
                recorrido.lecturas_que_escriben.append(f"{puerta.clave} ({cargo}): {', '.join(sorted(de_mas))}")
    return recorrido


def _sesion(persona: Any, *, suspender: bool, segundo_paso: bool = True) -> dict[str, str]:
    cliente = Client()
    if persona is not None:
        cliente.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
        if segundo_paso:
            pasar_segundo_paso(cliente, persona)
        if suspender:
            type(persona).objects.filter(pk=persona.pk).update(is_active=False)
    return {nombre: galleta.value for nombre, galleta in cliente.cookies.items()}


def pedir(sesion: dict[str, str], metodo: str, direccion: str) -> tuple[str, set[str]]:
    """(código de la respuesta, tablas que escribió)."""
    cliente = Client(raise_request_exception=False)
    for nombre, valor in sesion.items():
        cliente.cookies[nombre] = valor
    escrituras = _Escrituras()
    urna = connections["urna"]
    with se_deshace(), connection.execute_wrapper(escrituras), urna.execute_wrapper(escrituras):
        respuesta = cliente.generic(metodo, direccion)
        if respuesta.status_code == 500 and respuesta.exc_info:
            ERRORES.setdefault(f"{metodo} {direccion}", "".join(traceback.format_exception(*respuesta.exc_info)[-4:]))
        return codigo(respuesta), escrituras.tablas


# --- El archivo ------------------------------------------------------------------------------------------------------
def leer() -> dict[tuple[str, str], dict[str, str]]:
    with ARCHIVO.open(newline="", encoding="utf-8") as archivo:
        filas = csv.DictReader(archivo)
        return {(fila.pop("ruta"), fila.pop("metodo")): fila for fila in filas}


def renglon(clave: tuple[str, str], celdas: dict[str, str]) -> str:
    return ",".join([*clave, *celdas.values()])
