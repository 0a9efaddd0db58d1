"""K2: PostgreSQL se detiene de golpe cuatro veces mientras se vota. En un servidor propio, que nadie más usa."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections

from tests.ambiente import ambiente_de_las_bases
from tests.rendimiento.clientes import Anotadas
from tests.rendimiento.test_diez_mil import servidor
from tests.rendimiento.test_votar import d1, empadronar, papeletas_de  # noqa: F401 -- d1 es una pieza de pytest
from tests.votaciones.conftest import abrir
from votaciones.reglas import recibo as recibos

PARADAS, CLIENTES, CADA_UNO = 4, 16, 60
CAIDA, META_VUELVE = 1.5, 5.0
PUERTA = "tests.rendimiento.puerta_con_fallas:application"
# Tablas que PostgreSQL no escribe en su registro: confirma, y al caer las vacía. Para ver que la prueba lo nota.
SIN_REGISTRO = ("ALTER TABLE urna_asentado SET UNLOGGED", "ALTER TABLE urna_sobre SET UNLOGGED")


def binario(nombre: str) -> str:
    lugares = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{nombre}"))
    hallado = str(lugares[-1]) if lugares else shutil.which(nombre)
    if not hallado:
        pytest.skip(f"Falta {nombre} en esta máquina.")
    return hallado


class PostgresPropio:
    """Un PostgreSQL recién hecho, en una carpeta y un puerto libres; al salir se detiene y se borra."""

    def _correr(self, *orden: str) -> None:
        # PostgreSQL no corre como root.
        como = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*como, *orden], check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=120)

    def __enter__(self) -> "PostgresPropio":
        with socket.socket() as enchufe:
            enchufe.bind(("127.0.0.1", 0))
            self.puerto = enchufe.getsockname()[1]
        self.carpeta = Path(tempfile.mkdtemp(prefix="ayni-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.carpeta, "postgres", "postgres")
        self.datos = str(self.carpeta / "datos")
        self._correr(binario("initdb"), "-D", self.datos, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        self.arrancar()
        return self

    def arrancar(self) -> None:
        opciones = f"-p {self.puerto} -k {self.carpeta} -c listen_addresses=127.0.0.1"
        registro = str(self.carpeta / "registro")
        self._correr(binario("pg_ctl"), "-D", self.datos, "-w", "-l", registro, "-o", opciones, "start")

    def parar_de_golpe(self) -> None:
        self._correr(binario("pg_ctl"), "-D", self.datos, "-m", "immediate", "stop")

    def __exit__(self, *_: object) -> None:
        self.parar_de_golpe()
        shutil.rmtree(self.carpeta)

    def direccion(self, base: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.puerto}/{base}"

    def copiar(self, de: str, base: str) -> None:
        """Copia una base de las de esta prueba, con todo lo que tiene."""
        with psycopg.connect(self.direccion("postgres"), autocommit=True) as conexion:
            conexion.execute(f"CREATE DATABASE {base}")
        volcado = subprocess.run([binario("pg_dump"), de], check=True, capture_output=True, timeout=120).stdout
        subprocess.run(
            [binario("psql"), "-q", "-v", "ON_ERROR_STOP=1", self.direccion(base)],
            input=volcado, check=True, stdout=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

    def uno(self, base: str, consulta: str) -> list[tuple]:
        with psycopg.connect(self.direccion(base)) as conexion:
            return conexion.execute(consulta).fetchall()


async def insistir(puerto: int, pedidos: list[bytes], dados: list[tuple[float, str]], todas: Anotadas) -> None:
    """Envía cada papeleta hasta tener su recibo."""
    for uno in pedidos:
        for _ in range(600):
            respuesta = await todas.enviar(puerto, uno)
            if respuesta is not None and respuesta.estado == 302:
                dados.append((time.time(), respuesta.recibo))
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("Nadie contestó.")


def votar_con_caidas(postgres, contienda, personas, *, paradas, antes=(), **del_servidor):
    """Votan todas mientras la base cae: (recibos, respuestas, segundos hasta el primer voto tras cada caída)."""
    ambiente = ambiente_de_las_bases()
    postgres.copiar(ambiente["AYNI_BASE_DATOS"], "ayni")
    postgres.copiar(ambiente["AYNI_BASE_URNA"], "ayni_urna")
    with psycopg.connect(postgres.direccion("ayni_urna")) as conexion:
        for orden in antes:
            conexion.execute(orden)
    pedidos, dados, todas = papeletas_de(contienda, personas), [], Anotadas()
    for conexion in connections.all():
        conexion.close()
    mas = {"AYNI_BASE_DATOS": postgres.direccion("ayni"), "AYNI_BASE_URNA": postgres.direccion("ayni_urna")}
    mas |= del_servidor.pop("mas", {})
    with servidor(procesos=2, mas=mas, **del_servidor) as direccion:
        puerto = urllib.parse.urlsplit(direccion).port

        async def caer() -> list[float]:
            tardan = []
            for _ in range(paradas):
                await asyncio.sleep(1)
                await asyncio.to_thread(postgres.parar_de_golpe)
                await asyncio.sleep(CAIDA)
                await asyncio.to_thread(postgres.arrancar)
                lista = time.time()
                while not dados or dados[-1][0] < lista:
                    assert time.time() - lista < 60, "No volvió."
                    await asyncio.sleep(0.02)
                tardan.append(dados[-1][0] - lista)
            return tardan

        async def escena() -> list[float]:
            async with asyncio.TaskGroup() as grupo:
                caidas = grupo.create_task(caer())
                for numero in range(CLIENTES):
                    grupo.create_task(insistir(puerto, pedidos[numero::CLIENTES], dados, todas))
            return caidas.result()

        tardan = asyncio.run(escena())
    return [codigo for _, codigo in dados], todas, tardan


def perdidos_y_dobles(postgres, contienda, codigos):
    """(recibos entregados cuyo sobre no está, sobres de más, participaciones)."""
    sobres = [fila[0] for fila in postgres.uno("ayni_urna", "SELECT recibo FROM urna_sobre")]
    [(participaciones,)] = postgres.uno("ayni", "SELECT count(*) FROM votaciones_participacion")
    perdidos = {recibos.huella_de(codigo) for codigo in codigos} - set(sobres)
    return len(perdidos), len(sobres) - len(set(sobres)), participaciones


@pytest.fixture
def abierta_con(gente, pueblo, d1):  # noqa: F811
    if connection.vendor == "sqlite":
        pytest.skip("SQLite vive dentro del servidor: su caída es la de test_urna_grande.")

    def abierta(cuantas):
        personas = empadronar(pueblo, cuantas)
        votacion = abrir(d1.votacion, actor=gente.hugo)
        return votacion.contiendas.select_related("votacion").get(numero=1), personas

    return abierta


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_cuatro_caidas_de_la_base_no_pierden_ni_duplican_un_voto(abierta_con):
    contienda, personas = abierta_con(CLIENTES * CADA_UNO)
    with PostgresPropio() as postgres:
        codigos, todas, tardan = votar_con_caidas(postgres, contienda, personas, paradas=PARADAS)
        perdidos, dobles, participaciones = perdidos_y_dobles(postgres, contienda, codigos)
    espera = max(r.tardo for r in todas.respuestas)
    print(
        f"\n{len(codigos)} recibos, {perdidos} perdidos, {dobles} dobles; respuestas {todas.estados()}, sin respuesta "
        f"{len(todas.sin_respuesta)}; el que más esperó {espera:.1f} s; vuelve en "
        f"{', '.join(f'{t:.2f}' for t in tardan)} s (meta {META_VUELVE})"
    )
    assert (perdidos, dobles, participaciones) == (0, 0, len(personas))
    assert len(codigos) == len(set(codigos)) == len(personas)
    assert not todas.sin_respuesta
    assert set(todas.estados()) == {302, 503}
    assert all("retry-after: " in r.cabeza.lower() for r in todas.respuestas if r.estado == 503)
    assert max(tardan) <= META_VUELVE


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_si_la_urna_no_se_escribe_al_confirmar_se_pierden_votos_con_recibo(abierta_con):
    contienda, personas = abierta_con(CLIENTES * 20)
    with PostgresPropio() as postgres:
        codigos, _, _ = votar_con_caidas(postgres, contienda, personas, paradas=1, antes=SIN_REGISTRO)
        perdidos, _, _ = perdidos_y_dobles(postgres, contienda, codigos)
    print(f"\ncontrol: sin registro se pierden {perdidos} de {len(codigos)} con recibo")
    assert perdidos > 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_sin_nuestra_pagina_la_caida_son_errores_500(abierta_con):
    contienda, personas = abierta_con(CLIENTES * 20)
    with PostgresPropio() as postgres:
        _, todas, _ = votar_con_caidas(
            postgres, contienda, personas, paradas=1, aplicacion=PUERTA, mas={"FALLA": "sin 503"}
        )
    print(f"\ncontrol: {todas.estados()}")
    assert todas.estados().get(500, 0) > 0
