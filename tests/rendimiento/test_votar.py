"""Votar de punta a punta: treinta y dos personas a la vez contra un uvicorn de verdad, hasta dejar vacía la fila.

La base, en la misma corrida y por turnos: una vista desnuda en el mismo servidor (`puerta_de_carga`) que solo hace las
dos escrituras, una en cada base. Se imprime la razón entre las dos. Los clientes gastan del mismo procesador.
"""

import asyncio
import cProfile
import dataclasses
import datetime
import io
import os
import pstats
import random
import statistics
import time
import urllib.parse
from collections import Counter

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.test import Client
from django.utils import timezone

from civic.cuentas.models import Residencia, Usuario
from tests.rendimiento.test_diez_mil import analizar, servidor
from tests.votaciones.conftest import abrir, crear_viable
from votaciones import acciones
from votaciones.models import Contienda, Participacion
from votaciones.reglas.papeleta_escrita import campos_de
from votaciones.urna.models import Sobre
from votaciones.urna.ruta import BASE
from votaciones.urna.sobres import Cerrojo

PUERTA = "tests.rendimiento.puerta_de_carga:application"
CLIENTES, POR_CLIENTE, TANDAS = 32, 8, 3
META_POR_SEGUNDO, META_RAZON, META_P95 = 100, 0.7, 400
RAZON_MINIMA = 0.5
VOTOS = 200
ELECCION = (3, 4)


@dataclasses.dataclass
class Persona:
    """Quien vota, con lo que su navegador ya tiene: sesión, permiso del formulario y clave de la papeleta."""

    usuario: Usuario
    galletas: str
    permiso: str


@pytest.fixture
def d1(pueblo, gente, votando):
    """La contienda 1 de una votación que se puede abrir, con cuatro obras; la 2 tiene una."""
    uno = {"autor": gente.fabio, "categoria": pueblo.agua, "otb": pueblo.otb_molle}
    obras = {"Tanque de agua": 200_000, "Cancha techada": 150_000, "Luz en la plaza": 80_000, "Parada": 20_000}
    for titulo, costo in obras.items():
        crear_viable(votando, pueblo.distrito_1, titulo, costo, **uno)
    crear_viable(votando, pueblo.distrito_2, "Puente peatonal", 250_000, autor=gente.beto, categoria=pueblo.vias)
    un_dia = datetime.timedelta(days=1)
    preparada = acciones.preparar_votacion(
        votando,
        nombre="Votación POA 2027",
        slug="poa-2027",
        abre=timezone.now() - un_dia,
        cierra=timezone.now() + 3 * un_dia,
    )
    return preparada.contiendas.get(numero=1)


def empadronar(pueblo, cuantas: int) -> list[Persona]:
    """Personas verificadas del distrito 1, cada una con su sesión abierta, escritas por montones."""
    clave = Usuario.objects.create_user("muestra", password="quinua-real-2027").password
    personas = Usuario.objects.bulk_create(
        (Usuario(username=f"votante{n}", nombre_publico=f"Votante {n}", password=clave) for n in range(cuantas)),
        batch_size=500,
    )
    suyo = {"otb": pueblo.otb_molle, "distrito": pueblo.distrito_1, "nivel": Residencia.Nivel.VERIFICADA}
    Residencia.objects.bulk_create((Residencia(usuario=persona, **suyo) for persona in personas), batch_size=500)
    almacen, vence = SessionStore(), timezone.now() + datetime.timedelta(days=1)
    sesiones, listas = [], []
    for persona in personas:
        datos = {
            SESSION_KEY: str(persona.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: persona.get_session_auth_hash(),
        }
        numero, secreto = f"{persona.pk:032x}", _get_new_csrf_string()
        sesiones.append(Session(session_key=numero, session_data=almacen.encode(datos), expire_date=vence))
        galletas = f"{settings.SESSION_COOKIE_NAME}={numero}; {settings.CSRF_COOKIE_NAME}={secreto}"
        listas.append(Persona(persona, galletas, _mask_cipher_secret(secreto)))
    Session.objects.bulk_create(sesiones, batch_size=500)
    return listas


def pedido(ruta: str, persona: Persona, campos: list[tuple[str, str]]) -> bytes:
    cuerpo = urllib.parse.urlencode([("csrfmiddlewaretoken", persona.permiso), *campos])
    return (
        f"POST {ruta} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {persona.galletas}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(cuerpo)}\r\n\r\n{cuerpo}"
    ).encode()


def papeletas_de(contienda: Contienda, personas: list[Persona]) -> list[bytes]:
    marcadas = campos_de(ELECCION, contienda.reglamento)
    ruta = f"/votaciones/{contienda.votacion.slug}/distrito-{contienda.numero}/emitir/"
    clave = acciones.emitir_clave_de_papeleta
    return [pedido(ruta, p, [*marcadas, ("clave", clave(contienda, usuario=p.usuario))]) for p in personas]


def desnudas_de(contienda: Contienda, personas: list[Persona]) -> list[bytes]:
    """Lo mismo para la vista desnuda, que escribe en la contienda 2 para no mezclar cuentas."""
    sobre = Cerrojo("base").cerrar(list(ELECCION))
    return [pedido(f"/desnuda/{contienda.pk}/", p, [("cerrado", sobre)]) for p in personas]


# --- Clientes --------------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Corrida:
    """Lo que pasó en una o más tandas."""

    tiempos: list[float] = dataclasses.field(default_factory=list)
    errores: Counter = dataclasses.field(default_factory=Counter)
    duraciones: list[float] = dataclasses.field(default_factory=list)

    @property
    def por_segundo(self) -> float:
        return len(self.tiempos) / sum(self.duraciones)

    def __str__(self) -> str:
        orden = sorted(self.tiempos)
        p50, p95 = statistics.median(orden), orden[int(len(orden) * 0.95) - 1]
        return f"{self.por_segundo:>10.1f}{p50:>9.0f}{p95:>9.0f}{orden[-1]:>9.0f}{self.errores.total():>9}"

    @property
    def p95(self) -> float:
        return sorted(self.tiempos)[int(len(self.tiempos) * 0.95) - 1]


def correr(direccion: str, pedidos: list[bytes], corrida: Corrida) -> None:
    """Reparte los pedidos entre los clientes, cada uno con su conexión abierta, y anota lo que tardó cada respuesta."""
    asyncio.run(_correr(urllib.parse.urlsplit(direccion).port, pedidos, corrida))


async def _correr(puerto: int, pedidos: list[bytes], corrida: Corrida) -> None:
    conexiones = [await asyncio.open_connection("127.0.0.1", puerto) for _ in range(CLIENTES)]
    inicio = time.perf_counter()
    async with asyncio.TaskGroup() as grupo:
        for numero, conexion in enumerate(conexiones):
            grupo.create_task(_cliente(*conexion, pedidos[numero::CLIENTES], corrida))
    corrida.duraciones.append(time.perf_counter() - inicio)
    for _, salida in conexiones:
        salida.close()


async def _cliente(entrada, salida, pedidos: list[bytes], corrida: Corrida) -> None:
    for uno in pedidos:
        inicio = time.perf_counter()
        salida.write(uno)
        cabeza = (await entrada.readuntil(b"\r\n\r\n")).lower()
        largo = cabeza.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await entrada.readexactly(int(largo or 0))
        corrida.tiempos.append((time.perf_counter() - inicio) * 1000)
        if not cabeza.startswith(b"http/1.1 302") or b"/recibo/\r\n" not in cabeza:
            corrida.errores[cabeza.partition(b"\r\n")[0].decode()] += 1


def en_las_bases(contienda: Contienda) -> tuple[int, int, int]:
    """(participaciones, sobres, credenciales distintas) de una contienda."""
    sobres = Sobre.objects.filter(contienda=contienda.pk)
    series = sobres.values("serie").distinct().count()
    return Participacion.objects.filter(contienda=contienda).count(), sobres.count(), series


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("procesos", [1, 2], ids=["un proceso", "dos procesos"])
def test_treinta_y_dos_votan_a_la_vez(gente, pueblo, d1, procesos):
    por_tanda = CLIENTES * POR_CLIENTE
    # La primera tanda de cada una, más corta, no se mide: el servidor todavía carga módulos y abre conexiones.
    cortes = [0, CLIENTES * 2, *(CLIENTES * 2 + por_tanda * n for n in range(1, TANDAS + 1))]
    personas = empadronar(pueblo, cortes[-1] * 2)
    abierta = abrir(d1.votacion, actor=gente.hugo)
    d1, d2 = abierta.contiendas.select_related("votacion").order_by("numero")
    # Personas distintas en cada una: quien ya participó en la 2 no vota en la 1.
    pedidos = {"Ayni": papeletas_de(d1, personas[::2]), "desnuda": desnudas_de(d2, personas[1::2])}
    analizar()
    corridas = {nombre: Corrida() for nombre in pedidos}
    with servidor(aplicacion=PUERTA, procesos=procesos) as direccion:
        for tanda, (desde, hasta) in enumerate(zip(cortes, cortes[1:], strict=False)):
            for nombre in sorted(pedidos, reverse=bool(tanda % 2)):
                medida = corridas[nombre] if tanda else Corrida()
                correr(direccion, pedidos[nombre][desde:hasta], medida)
                assert not medida.errores, (nombre, medida.errores)
        # Las últimas, otra vez y todas juntas: doble clic. Reciben su recibo y nada cambia.
        repetidas = Corrida()
        correr(direccion, pedidos["Ayni"][-CLIENTES:] * 2, repetidas)
    nuestra, base = corridas["Ayni"], corridas["desnuda"]
    razon = nuestra.por_segundo / base.por_segundo
    print(
        f"\n{connection.vendor}, {procesos} proceso(s), {CLIENTES} clientes, carga {os.getloadavg()[0]:.1f}"
        f"\n{'':<10}{'por s':>10}{'p50 ms':>9}{'p95 ms':>9}{'mayor':>9}{'errores':>9}"
    )
    for nombre, corrida in corridas.items():
        print(f"{nombre:<10}{corrida}")
    print(
        f"razón Ayni/desnuda {razon:.2f} (meta {META_RAZON}); por segundo {nuestra.por_segundo:.0f} "
        f"(meta {META_POR_SEGUNDO}); p95 {nuestra.p95:.0f} ms (meta {META_P95})"
    )
    print(f"(participaciones, sobres, credenciales): Ayni {en_las_bases(d1)}, desnuda {en_las_bases(d2)}")
    assert not repetidas.errores, repetidas.errores
    assert len(nuestra.tiempos) == len(base.tiempos) == por_tanda * TANDAS
    assert en_las_bases(d1) == en_las_bases(d2) == (cortes[-1],) * 3
    assert razon >= RAZON_MINIMA


# --- Dónde se va el tiempo -------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_lo_que_cuesta_un_voto(gente, pueblo, d1):
    """Consultas y CPU de un voto dentro de este proceso, y con PERFIL_DE_VOTAR=1 las funciones que más gastan."""
    personas = empadronar(pueblo, VOTOS * 2 + 2)
    abierta = abrir(d1.votacion, actor=gente.hugo)
    d1 = abierta.contiendas.select_related("votacion").get(numero=1)
    analizar()
    ruta = f"/votaciones/{abierta.slug}/distrito-1/emitir/"
    cliente = Client(enforce_csrf_checks=True)
    azar = random.Random(0)
    azar.shuffle(personas)

    def votar() -> None:
        persona = personas.pop()
        cliente.cookies.clear()
        cliente.cookies.load(persona.galletas)
        campos = [*campos_de(ELECCION, d1.reglamento), ("csrfmiddlewaretoken", persona.permiso)]
        campos.append(("clave", acciones.emitir_clave_de_papeleta(d1, usuario=persona.usuario)))
        tipo = "application/x-www-form-urlencoded"
        respuesta = cliente.post(ruta, urllib.parse.urlencode(campos), content_type=tipo)
        assert respuesta.status_code == 302 and respuesta.url.endswith("/recibo/"), respuesta.content[-2000:]

    votar()
    ordenes: list[str] = []

    def anotar(ejecutar, sql, parametros, muchas, contexto):
        ordenes.append(f"{contexto['connection'].alias}: {sql}")
        return ejecutar(sql, parametros, muchas, contexto)

    with connection.execute_wrapper(anotar), connections[BASE].execute_wrapper(anotar):
        votar()
    reloj, cpu = time.perf_counter(), time.process_time()
    for _ in range(VOTOS):
        votar()
    reloj, cpu = time.perf_counter() - reloj, time.process_time() - cpu
    en_la_urna = sum(orden.startswith(BASE) for orden in ordenes)
    print(
        f"\n{connection.vendor}: {len(ordenes)} órdenes, {en_la_urna} de ellas en la urna; "
        f"{cpu / VOTOS * 1000:.2f} ms de CPU y {reloj / VOTOS * 1000:.2f} ms de reloj por voto"
    )
    if os.environ.get("PERFIL_DE_VOTAR"):
        print(*ordenes, sep="\n")
        perfil = cProfile.Profile()
        perfil.enable()
        for _ in range(VOTOS):
            votar()
        perfil.disable()
        texto = io.StringIO()
        suma = pstats.Stats(perfil, stream=texto)
        suma.sort_stats("tottime").print_stats(30)
        suma.sort_stats("cumulative").print_stats("(votaciones|civic|cms|allauth|middleware|cryptography|signing)", 90)
        print(texto.getvalue())
    assert en_las_bases(d1)[0] == en_las_bases(d1)[1]
