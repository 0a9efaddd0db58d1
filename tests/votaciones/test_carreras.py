"""Carreras de verdad, con hilos y conexiones propias; cada una con su control que falla sin la protección."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from civic.comun.errores import ReglaIncumplida
from tests.elenco import crear_persona
from tests.votaciones.conftest import segunda
from votaciones import acciones
from votaciones.models import Participacion, Votacion
from votaciones.urna.models import Sobre

HILOS = 8
VOTANTES = 6


def a_la_vez(tareas):
    """Corre las tareas en hilos que arrancan juntos; devuelve lo que dio cada una (o su excepción)."""
    salida = threading.Barrier(len(tareas))

    def correr(tarea):
        try:
            salida.wait(timeout=20)
            return tarea()
        except (ReglaIncumplida, OperationalError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return list(hilos.map(correr, tareas))


@pytest.fixture
def votantes(preparada, pueblo):
    """Antes de que se publique el padrón: pídela antes que `abierta`."""
    return [crear_persona(f"votante{i}", f"Votante {i}", otb=pueblo.otb_molle) for i in range(VOTANTES)]


@pytest.mark.django_db(transaction=True)
def test_el_mismo_formulario_enviado_ocho_veces_a_la_vez_da_un_voto_y_un_recibo(votantes, abierta, d1):
    for persona in votantes:
        clave = acciones.emitir_clave_de_papeleta(d1, usuario=persona)
        recibos = a_la_vez(
            [lambda p=persona, c=clave: acciones.emitir_voto(d1, usuario=p, eleccion=[1], clave=c)] * HILOS
        )
        assert len(set(recibos)) == 1, recibos
        assert isinstance(recibos[0], str)
    assert (Sobre.objects.count(), Participacion.objects.count()) == (VOTANTES, VOTANTES)


@pytest.mark.django_db(transaction=True)
def test_ocho_formularios_distintos_a_la_vez_dan_un_solo_voto(votantes, abierta, d1):
    for persona in votantes:
        claves = [acciones.emitir_clave_de_papeleta(d1, usuario=persona) for _ in range(HILOS)]
        respuestas = a_la_vez(
            [lambda p=persona, c=clave: acciones.emitir_voto(d1, usuario=p, eleccion=[1], clave=c) for clave in claves]
        )
        assert sorted(type(respuesta).__name__ for respuesta in respuestas) == ["ReglaIncumplida"] * (HILOS - 1) + [
            "str"
        ]
    assert (Sobre.objects.count(), Participacion.objects.count()) == (VOTANTES, VOTANTES)


@pytest.mark.django_db(transaction=True)
def test_control_sin_candado_ni_restriccion_el_voto_se_duplica(db):
    """Mirar y después escribir, sin más: lo que pasaría sin candado ni restricción única."""
    if connection.vendor == "sqlite":
        pytest.skip(
            "En SQLite cada transacción empieza con BEGIN IMMEDIATE y excluye a las demás: no se puede duplicar."
        )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE urna_sin_cuidado (persona integer)")
    esperan = threading.Barrier(HILOS)

    def votar_sin_cuidado(persona):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM urna_sin_cuidado WHERE persona = %s", [persona])
            ya_voto = cursor.fetchone()[0]
            esperan.wait(timeout=20)
            if not ya_voto:
                cursor.execute("INSERT INTO urna_sin_cuidado VALUES (%s)", [persona])

    try:
        a_la_vez([lambda: votar_sin_cuidado(1)] * HILOS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM urna_sin_cuidado")
            assert cursor.fetchone()[0] == HILOS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE urna_sin_cuidado")


@pytest.mark.django_db(transaction=True)
def test_la_base_sola_tambien_impide_el_doble_voto(abierta, d1, gente, monkeypatch):
    """Sin candado y sin mirar antes, la restricción única todavía dice que no."""
    monkeypatch.setattr(acciones.votar, "bloquear", lambda consulta: consulta)
    monkeypatch.setattr(acciones.votar.permisos, "impedimento_de", lambda *_: None)
    claves = [acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana) for _ in range(HILOS)]
    respuestas = a_la_vez(
        [lambda c=clave: acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=c) for clave in claves]
    )
    assert sum(isinstance(respuesta, str) for respuesta in respuestas) == 1
    assert (Sobre.objects.count(), Participacion.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_cerrar_mientras_se_vota_acepta_justo_lo_que_se_cuenta(votantes, abierta, d1, gente, vuelta):
    personas = votantes
    claves = [acciones.emitir_clave_de_papeleta(d1, usuario=persona) for persona in personas]

    def cerrar():
        acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
        return Sobre.objects.count()

    tareas = [
        lambda p=persona, c=clave: acciones.emitir_voto(d1, usuario=p, eleccion=[1], clave=c)
        for persona, clave in zip(personas, claves, strict=True)
    ]
    tareas.insert(2 * vuelta, cerrar)
    respuestas = a_la_vez(tareas)
    en_urna_al_cerrar = respuestas.pop(2 * vuelta)
    aceptados = [respuesta for respuesta in respuestas if isinstance(respuesta, str)]
    rechazados = [respuesta for respuesta in respuestas if isinstance(respuesta, ReglaIncumplida)]
    assert len(aceptados) + len(rechazados) == VOTANTES
    assert all("se cerró" in rechazo.mensaje for rechazo in rechazados)
    assert len(aceptados) == en_urna_al_cerrar == Sobre.objects.count()
    acciones.contar_votacion(abierta, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == len(aceptados)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_quien_vota_mientras_el_cierre_no_termina_encuentra_la_urna_cerrada(abierta, d1, gente):
    """El cierre todavía no se ve en la base de siempre, pero la urna ya está cerrada en la suya."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no deja empezar la segunda transacción hasta que termina la primera.")
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    with transaction.atomic():
        acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
        [respuesta] = a_la_vez([lambda: acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)])
    assert isinstance(respuesta, ReglaIncumplida), respuesta
    assert "La urna ya se cerró" in respuesta.mensaje
    assert Sobre.objects.count() == 0
    assert Votacion.objects.get().estado == "cerrada"
