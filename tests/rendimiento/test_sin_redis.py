"""K3: Redis se va mientras se vota. Votar, reportar, comentar y leer siguen igual; ingresar lo dice su propia prueba.

SIN_REDIS_SEGUNDOS dice cuánto falta (60 es la medida; de otro modo, 10, y lo mismo se mide antes con Redis).
"""

import asyncio
import os
import shutil
import socket
import subprocess
import time
import urllib.parse

import pytest
from django.db import connection

from civic.comun.idempotencia import emitir_clave
from civic.debate.forms import proposito_de
from civic.debate.models import Comentario
from mapas.reportes.acciones import PROPOSITO
from mapas.reportes.models import Reporte
from tests.elenco import PUNTO_D1
from tests.propuestas.piezas import publicada
from tests.rendimiento.clientes import Anotadas, a_su_hora, lectura, p95
from tests.rendimiento.test_diez_mil import servidor
from tests.rendimiento.test_votar import d1, empadronar, papeletas_de, pedido  # noqa: F401 -- d1 es una pieza
from tests.votaciones.conftest import abrir
from votaciones.models import Participacion
from votaciones.urna.models import Sobre

SEGUNDOS = int(os.environ.get("SIN_REDIS_SEGUNDOS", "10"))
VOTOS_POR_SEGUNDO, ESCRITOS_POR_SEGUNDO, LECTURAS_POR_SEGUNDO = 5, 1, 10
META_RAZON = 2
PUERTA = "tests.rendimiento.puerta_con_fallas:application"


class RedisPropio:
    """Un redis-server en un puerto libre, sin nada guardado en disco."""

    def __init__(self, carpeta) -> None:
        self.programa = shutil.which("redis-server")
        if not self.programa:
            pytest.skip("Falta redis-server en esta máquina.")
        self.carpeta = carpeta

    def __enter__(self) -> "RedisPropio":
        with socket.socket() as enchufe:
            enchufe.bind(("127.0.0.1", 0))
            self.puerto = enchufe.getsockname()[1]
        self.arrancar()
        return self

    def arrancar(self) -> None:
        orden = [self.programa, "--port", str(self.puerto), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.proceso = subprocess.Popen([*orden, str(self.carpeta)], stdout=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.puerto), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Redis no arrancó.")

    def parar(self) -> None:
        self.proceso.kill()
        self.proceso.wait(timeout=10)

    def __exit__(self, *_: object) -> None:
        self.parar()


def reportes_de(personas, pueblo, cuantos):
    campos = [
        ("categoria", str(pueblo.vias.pk)),
        ("lon", str(PUNTO_D1[0])),
        ("lat", str(PUNTO_D1[1])),
        ("es_otro", "on"),
    ]
    return [
        pedido(
            "/reportes/nuevo/",
            persona,
            [
                *campos,
                ("descripcion", f"Hueco número {n} en plena curva"),
                ("clave", emitir_clave(PROPOSITO, persona.usuario)),
            ],
        )
        for n, persona in zip(range(cuantos), personas, strict=False)
    ]


def comentarios_de(personas, hilo, cuantos):
    return [
        pedido(
            f"/debate/{hilo.pk}/comentar/",
            persona,
            [("texto", f"Hace falta, digo yo, {n}."), ("clave", emitir_clave(proposito_de(hilo), persona.usuario))],
        )
        for n, persona in zip(range(cuantos), personas, strict=False)
    ]


def medir(puertos, votos, escritos, paginas):
    """(escritos y votos, lecturas) de una tanda de SEGUNDOS, cada cosa a su ritmo."""
    envios, lecturas = Anotadas(), Anotadas()

    async def escena():
        desde = time.time() + 0.2
        async with asyncio.TaskGroup() as grupo:
            for pedidos, a_donde, ritmo in (
                (votos, envios, VOTOS_POR_SEGUNDO),
                (escritos, envios, 2 * ESCRITOS_POR_SEGUNDO),
                (paginas, lecturas, LECTURAS_POR_SEGUNDO),
            ):
                grupo.create_task(a_su_hora(puertos, pedidos, a_donde, desde=desde, por_segundo=ritmo))

    asyncio.run(escena())
    return envios, lecturas


@pytest.fixture
def escena(gente, pueblo, recepcion, d1):  # noqa: F811
    """(votos, escritos, lecturas) para tandas de SEGUNDOS: la primera sin medir, y las otras dos."""
    votos, escritos = SEGUNDOS * VOTOS_POR_SEGUNDO, SEGUNDOS * ESCRITOS_POR_SEGUNDO
    propuesta = publicada(recepcion, gente, pueblo)
    personas = empadronar(pueblo, 2 * votos + 20)
    abierta = abrir(d1.votacion, actor=gente.hugo)
    contienda = abierta.contiendas.select_related("votacion").get(numero=1)
    de_votar = papeletas_de(contienda, personas)
    de_escribir = [
        uno
        for par in zip(
            reportes_de(personas, pueblo, 2 * escritos),
            comentarios_de(personas, propuesta.hilo, 2 * escritos),
            strict=True,
        )
        for uno in par
    ]
    rutas = [
        "/",
        "/votaciones/",
        abierta.get_absolute_url(),
        "/propuestas/",
        propuesta.get_absolute_url(),
        "/reportes/",
    ]
    paginas = [lectura(rutas[n % len(rutas)]) for n in range(SEGUNDOS * LECTURAS_POR_SEGUNDO)]
    return de_votar, de_escribir, paginas


def con_y_sin(escena, tmp_path, **del_servidor):
    votos, escritos, paginas = escena
    mitad, media = (len(votos) - 20) // 2, len(escritos) // 2
    with RedisPropio(tmp_path) as redis:
        mas = {"AYNI_REDIS": f"redis://127.0.0.1:{redis.puerto}/0"} | del_servidor.pop("mas", {})
        with servidor(procesos=2, mas=mas, **del_servidor) as direccion:
            puertos = [urllib.parse.urlsplit(direccion).port]
            medir(puertos, votos[:20], [], paginas[:30])
            con = medir(puertos, votos[20 : 20 + mitad], escritos[:media], paginas)
            redis.parar()
            sin = medir(puertos, votos[20 + mitad :], escritos[media:], paginas)
            redis.arrancar()
            vuelta = medir(puertos, votos[:20], [], paginas[:30])
    return con, sin, vuelta


@pytest.mark.django_db(transaction=True)
def test_sin_redis_se_vota_se_escribe_y_se_lee_igual(escena, tmp_path):
    con, sin, vuelta = con_y_sin(escena, tmp_path)
    tiempos = [p95([r.tardo for r in lecturas.respuestas]) for _, lecturas in (con, sin)]
    razon = tiempos[1] / tiempos[0]
    print(
        f"\n{connection.vendor}, {SEGUNDOS} s sin Redis: envíos con {con[0].estados()} y sin {sin[0].estados()}; "
        f"lecturas {con[1].estados()} y {sin[1].estados()}; "
        f"p95 de leer {tiempos[0] * 1000:.0f} y {tiempos[1] * 1000:.0f} ms, razón "
        f"{razon:.2f} (meta {META_RAZON}); escribir, p95 {p95([r.tardo for r in con[0].respuestas]) * 1000:.0f} y "
        f"{p95([r.tardo for r in sin[0].respuestas]) * 1000:.0f} ms"
    )
    for envios, lecturas in (con, sin, vuelta):
        assert not envios.sin_respuesta and not lecturas.sin_respuesta
        assert set(envios.estados()) == {302}
        assert set(lecturas.estados()) == {200}
    votados = len(escena[0])
    assert Sobre.objects.count() == Participacion.objects.count() == votados
    assert Reporte.objects.count() == Comentario.objects.count() == len(escena[1]) // 2
    assert razon <= META_RAZON


@pytest.mark.django_db(transaction=True)
def test_control_si_todo_fuera_imprescindible_sin_redis_no_se_votaria(escena, tmp_path):
    con, sin, _ = con_y_sin(escena, tmp_path, aplicacion=PUERTA, mas={"FALLA": "todo imprescindible"})
    print(f"\ncontrol: envíos con Redis {con[0].estados()}, sin {sin[0].estados()}")
    assert set(con[0].estados()) == {302}
    assert sin[0].estados().get(503, 0) > 0
