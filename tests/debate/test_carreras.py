"""Comentar a la vez, con hilos y conexiones de verdad; cada carrera con su control, que sin el candado falla."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from civic.debate import acciones, consultas, reglas
from civic.debate.models import Comentario
from tests.elenco import crear_persona

pytestmark = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite la transacción IMMEDIATE ya excluye, con candado o sin él."
)


@pytest.fixture
def despacio(monkeypatch):
    """Alarga el momento entre revisar y escribir, para que las carreras ocurran."""
    original = consultas.comentarios_del_ultimo_minuto

    def lenta(autor):
        cuenta = original(autor)
        time.sleep(0.05)
        return cuenta

    monkeypatch.setattr(consultas, "comentarios_del_ultimo_minuto", lenta)


def comentar_a_la_vez(hilo, autores):
    salida = threading.Barrier(len(autores))

    def correr(autor):
        try:
            salida.wait(timeout=20)
            return acciones.comentar(hilo, autor=autor, texto="A la vez").cambio
        except reglas.DemasiadoSeguido:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(autores)) as hilos:
        return list(hilos.map(correr, autores))


def test_ocho_personas_a_la_vez_reciben_numeros_de_cambio_seguidos(hilo, despacio):
    personas = [crear_persona(f"p{n}", f"Persona {n}") for n in range(8)]
    assert sorted(comentar_a_la_vez(hilo, personas)) == list(range(1, 9))
    assert list(Comentario.objects.order_by("pk").values_list("cambio", flat=True)) == list(range(1, 9))


@solo_postgres
def test_control_sin_candado_los_numeros_se_repiten(hilo, despacio, monkeypatch):
    monkeypatch.setattr(acciones, "bloquear", lambda consulta: consulta)
    personas = [crear_persona(f"p{n}", f"Persona {n}") for n in range(8)]
    assert sorted(comentar_a_la_vez(hilo, personas)) != list(range(1, 9))


def test_una_persona_quince_veces_a_la_vez_no_pasa_del_tope(hilo, gente, despacio):
    respuestas = comentar_a_la_vez(hilo, [gente.ana] * 15)
    assert respuestas.count(None) == 15 - reglas.POR_MINUTO
    assert Comentario.objects.count() == reglas.POR_MINUTO


@solo_postgres
def test_control_sin_candado_pasa_del_tope(hilo, gente, despacio, monkeypatch):
    monkeypatch.setattr(acciones, "bloquear", lambda consulta: consulta)
    comentar_a_la_vez(hilo, [gente.ana] * 15)
    assert Comentario.objects.count() > reglas.POR_MINUTO
