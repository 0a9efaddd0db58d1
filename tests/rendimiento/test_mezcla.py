"""C10: treinta y dos que escriben a la vez un minuto, de todo un poco: votos, comentarios, apoyos y reportes.

MEZCLA_SEGUNDOS dice cuánto (60 es la medida). Además, lo que espera quien encuentra tomado el candado que necesita.
"""

import asyncio
import os
import random
import re
import threading
import time
import urllib.parse

import pytest
from django.db import connection, connections, transaction

from civic.comun.idempotencia import emitir_clave
from civic.debate.forms import proposito_de
from civic.debate.models import Comentario
from mapas.reportes.acciones import PROPOSITO
from mapas.reportes.models import Reporte
from propuestas.models import Apoyo, Propuesta
from tests.elenco import PUNTO_D1
from tests.propuestas.piezas import publicada
from tests.rendimiento.clientes import Anotadas, enviar, p95
from tests.rendimiento.test_diez_mil import servidor
from tests.rendimiento.test_votar import d1, empadronar, papeletas_de, pedido  # noqa: F401 -- d1 es una pieza
from tests.votaciones.conftest import abrir
from votaciones.models import Participacion, Votacion
from votaciones.urna import acciones as urna
from votaciones.urna.models import Sobre
from votaciones.urna.ruta import BASE

SEGUNDOS = int(os.environ.get("MEZCLA_SEGUNDOS", "60"))
ESCRITORES, PERSONAS = 32, 1_000
ESPERA_DE_CANDADO, META_ESPERA = 3.0, 4.0
PUERTA = "tests.rendimiento.puerta_con_fallas:application"
BLOQUEOS = re.compile("database is locked|deadlock|lock timeout|Traceback", re.I)


@pytest.fixture
def escena(gente, pueblo, recepcion, d1):  # noqa: F811
    Votacion.objects.update(se_cambia=True)
    propuestas = [publicada(recepcion, gente, pueblo, titulo=f"Obra {n} de la zona Molle") for n in range(3)]
    personas = empadronar(pueblo, PERSONAS)
    abierta = abrir(Votacion.objects.get(), actor=gente.hugo)
    return abierta.contiendas.select_related("votacion").get(numero=1), propuestas, personas, pueblo


def que_envia(azar, escena, votos):
    """(clase, pedido) al azar: un voto nuevo, un comentario, apoyar o retirar el apoyo, o un reporte."""
    contienda, propuestas, personas, pueblo = escena
    clase = azar.choice(("voto", "comentario", "apoyo", "reporte"))
    persona, propuesta = azar.choice(personas), azar.choice(propuestas)
    if clase == "voto" and votos:
        return clase, votos.pop()
    if clase == "apoyo":
        return clase, pedido(f"/propuestas/{propuesta.pk}/{azar.choice(['apoyar', 'retirar-apoyo'])}/", persona, [])
    if clase == "reporte":
        campos = {"categoria": pueblo.vias.pk, "lon": PUNTO_D1[0], "lat": PUNTO_D1[1], "es_otro": "on"}
        campos |= {
            "descripcion": f"Hueco {azar.random()} en plena curva",
            "clave": emitir_clave(PROPOSITO, persona.usuario),
        }
        return clase, pedido("/reportes/nuevo/", persona, [(nombre, str(valor)) for nombre, valor in campos.items()])
    clave = emitir_clave(proposito_de(propuesta.hilo), persona.usuario)
    campos = [("texto", f"Hace falta, digo yo, {azar.random()}."), ("clave", clave)]
    return "comentario", pedido(f"/debate/{propuesta.hilo_id}/comentar/", persona, campos)


@pytest.mark.django_db(transaction=True)
def test_treinta_y_dos_escriben_de_todo_un_minuto(escena):
    contienda, propuestas, personas, _ = escena
    votos, todas = papeletas_de(contienda, personas), Anotadas()
    corre = servidor(procesos=2)
    with corre as direccion:
        puerto = urllib.parse.urlsplit(direccion).port

        async def escritor(numero: int) -> None:
            azar, hasta = random.Random(numero), time.monotonic() + SEGUNDOS
            while time.monotonic() < hasta:
                clase, uno = que_envia(azar, escena, votos)
                await todas.enviar(puerto, uno, clase)

        async def a_la_vez() -> None:
            async with asyncio.TaskGroup() as grupo:
                for numero in range(ESCRITORES):
                    grupo.create_task(escritor(numero))

        asyncio.run(a_la_vez())
    tiempos = [r.tardo for r in todas.respuestas]
    hubo = {clase: sum(r.dato == clase and r.estado == 302 for r in todas.respuestas) for clase in
            ("voto", "comentario", "apoyo", "reporte")}  # fmt: skip
    print(
        f"\n{connection.vendor}, {ESCRITORES} escriben {SEGUNDOS} s: {len(tiempos)} envíos "
        f"({len(tiempos) / SEGUNDOS:.0f} por segundo), {todas.estados()}, {hubo}; "
        f"sin respuesta {len(todas.sin_respuesta)}; p95 {p95(tiempos) * 1000:.0f} ms, "
        f"el que más {max(tiempos) * 1000:.0f} ms"
    )
    assert not todas.sin_respuesta
    assert set(todas.estados()) <= {302, 409, 429}  # una regla puede decir que no; la base, nunca
    assert not BLOQUEOS.search(corre.registro), corre.registro[-3000:]
    assert all(hubo.values())
    assert hubo["voto"] == Sobre.objects.count() == Participacion.objects.count()
    assert (hubo["comentario"], hubo["reporte"]) == (Comentario.objects.count(), Reporte.objects.count())
    for propuesta in propuestas:
        contados = Propuesta.objects.get(pk=propuesta.pk).apoyos_contados
        assert contados == Apoyo.objects.filter(propuesta=propuesta).count()


@pytest.fixture
def candado_tomado(escena):
    """Otra transacción tiene la urna para ella sola hasta que se le dice que suelte."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite (la demo) se espera hasta veinte segundos a que la base se libere.")
    tomado, soltar = threading.Event(), threading.Event()

    def tomar() -> None:
        with transaction.atomic(using=BASE):
            urna._tomar_sola(escena[0].pk)
            tomado.set()
            soltar.wait(60)
        connections.close_all()

    hilo = threading.Thread(target=tomar)
    hilo.start()
    assert tomado.wait(10)
    yield soltar
    soltar.set()
    hilo.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_quien_espera_un_candado_recibe_a_los_tres_segundos_que_lo_intente_de_nuevo(escena, candado_tomado):
    contienda, _, personas, _ = escena
    [uno] = papeletas_de(contienda, personas[:1])
    with servidor() as direccion:
        puerto = urllib.parse.urlsplit(direccion).port
        espera = asyncio.run(enviar(puerto, uno))
        print(f"\ncon la urna tomada contesta {espera.estado} a los {espera.tardo:.1f} s")
        assert (espera.estado, "retry-after: 3" in espera.cabeza.lower()) == (503, True)
        assert ESPERA_DE_CANDADO <= espera.tardo <= META_ESPERA
        candado_tomado.set()
        assert asyncio.run(enviar(puerto, uno)).recibo
    assert Sobre.objects.count() == Participacion.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_sin_limite_se_queda_esperando(escena, candado_tomado):
    contienda, _, personas, _ = escena
    [uno] = papeletas_de(contienda, personas[:1])
    with servidor(aplicacion=PUERTA, mas={"FALLA": "sin límite"}) as direccion:
        puerto = urllib.parse.urlsplit(direccion).port
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(enviar(puerto, uno), META_ESPERA + 2))
        candado_tomado.set()
