"""C5: el instante del cierre con dos servidores cuyos relojes van dos segundos adelantado y dos atrasado.

Se vota desde tres segundos antes hasta tres después; a la hora justa, el sistema cierra y cuenta. En PostgreSQL: SQLite
vive en el proceso que la usa y no tiene otro reloj que el suyo.
"""

import asyncio
import datetime
import time
import urllib.parse

import pytest
from django.db import connection, connections
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from tests.rendimiento.clientes import Anotadas, a_su_hora
from tests.rendimiento.test_diez_mil import servidor
from tests.rendimiento.test_votar import d1, empadronar, papeletas_de  # noqa: F401 -- d1 es una pieza de pytest
from tests.votaciones.conftest import abrir, segunda
from votaciones import acciones
from votaciones.models import Votacion
from votaciones.reglas import recibo as recibos
from votaciones.urna.guardas import poner_guardas, quitar_guardas
from votaciones.urna.models import Sobre

POR_SEGUNDO, ANTES, DESPUES, CORRIDOS = 100, 3, 3, ("2", "-2")
PUERTA = "tests.rendimiento.puerta_con_fallas:application"
HASTA_ABRIR = 25  # segundos para publicar el padrón, abrir, firmar formularios y despertar a los servidores


def votar_en_el_cierre(pueblo, gente, contienda, **mas):
    """(respuestas, segundos de la tanda, la hora del cierre, lo contado)."""
    personas = empadronar(pueblo, POR_SEGUNDO * (ANTES + DESPUES) + 2)
    hugo, contadora = gente.hugo, segunda()
    primero, segundo = (servidor(aplicacion=PUERTA, mas={"CORRE_EL_RELOJ": c, **mas}) for c in CORRIDOS)
    with primero as uno, segundo as otro:
        puertos = [urllib.parse.urlsplit(direccion).port for direccion in (uno, otro)]
        cierra = timezone.now() + datetime.timedelta(seconds=HASTA_ABRIR)
        Votacion.objects.update(cierra=cierra)
        abierta = abrir(Votacion.objects.get(), actor=hugo)
        contienda = abierta.contiendas.select_related("votacion").get(numero=1)
        pedidos = papeletas_de(contienda, personas)
        anotadas = Anotadas()

        def cerrar_y_contar() -> int:
            try:
                time.sleep(max(0, cierra.timestamp() - time.time()))
                acciones.cerrar_votacion(abierta)
                acciones.contar_votacion(abierta, actor=contadora)
                return contienda.resultados.get(oficial=True).votos
            except ReglaIncumplida as no_cuadra:
                print(f"\n{no_cuadra.mensaje}", end="")
                return -1
            finally:
                connections.close_all()

        async def escena() -> int:
            # Los primeros, sin medir: un servidor recién arrancado todavía carga módulos y abre conexiones.
            for puerto, pedido in zip(puertos, pedidos[:2], strict=True):
                await anotadas.enviar(puerto, pedido, puerto)
            desde = cierra.timestamp() - ANTES
            assert time.time() < desde, "Esta máquina no alcanzó a preparar la votación: sube HASTA_ABRIR."
            cierre = asyncio.create_task(asyncio.to_thread(cerrar_y_contar))
            await a_su_hora(puertos, pedidos[2:], anotadas, desde=desde, por_segundo=POR_SEGUNDO, insiste=True)
            return await cierre

        contados = asyncio.run(escena())
    dura = max(r.fin for r in anotadas.respuestas) - cierra.timestamp() + ANTES
    # Quien recibió «ahora no» (503) insistió con lo mismo: cuenta la hora de su primer envío.
    tarde = [r for r in anotadas.respuestas if r.recibo and r.inicio >= cierra.timestamp()]
    aceptados = [r for r in anotadas.respuestas if r.recibo]
    for corrido, puerto in zip(CORRIDOS, puertos, strict=True):
        suyos = [r for r in anotadas.respuestas if r.dato == puerto]
        print(f"\nreloj {corrido:>2} s: {len(suyos)} envíos, {sum(bool(r.recibo) for r in suyos)} aceptados", end="")
    print(
        f"\n{len(anotadas.respuestas)} envíos en {dura:.1f} s ({len(anotadas.respuestas) / dura:.0f} por segundo), "
        f"{anotadas.estados()}, insistieron {anotadas.insistidas}, "
        f"sin respuesta {len(anotadas.sin_respuesta)}; aceptados {len(aceptados)}, contados "
        f"{contados}, aceptados enviados después del cierre {len(tarde)}; el que más esperó "
        f"{max(r.tardo for r in anotadas.respuestas):.1f} s"
    )
    return anotadas, aceptados, contados, tarde


@pytest.fixture
def con_postgres():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no tiene otro reloj que el del proceso que la usa.")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_al_cerrar_lo_aceptado_es_lo_contado_aunque_los_relojes_no_coincidan(con_postgres, gente, pueblo, d1):  # noqa: F811
    anotadas, aceptados, contados, tarde = votar_en_el_cierre(pueblo, gente, d1)
    assert not anotadas.sin_respuesta
    assert set(anotadas.estados()) == {302, 409}  # a cada persona, un sí con recibo o un no
    assert 0 < len(aceptados) == contados
    sobres = set(Sobre.objects.values_list("recibo", flat=True))
    assert {recibos.huella_de(r.recibo) for r in aceptados} == sobres
    assert tarde == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_si_decide_el_reloj_de_python_se_acepta_lo_que_no_se_cuenta(con_postgres, gente, pueblo, d1):  # noqa: F811
    quitar_guardas(connections["urna"])
    try:
        _, aceptados, contados, tarde = votar_en_el_cierre(pueblo, gente, d1, FALLA="reloj de Python")
    finally:
        poner_guardas(connections["urna"])
    assert len(aceptados) > contados  # o la urna no cuadra y no se cuenta: -1
    assert tarde
