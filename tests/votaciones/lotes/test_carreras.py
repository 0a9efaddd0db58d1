"""Carreras de verdad sobre un lote: con hilos, conexiones propias y las dos bases."""

import threading

import pytest
from django.db import connection

from civic.comun.errores import ReglaIncumplida
from tests.urnas import elegido
from tests.votaciones.lotes.conftest import abrir_lote, conciliado, identidad, vale
from tests.votaciones.test_carreras import a_la_vez
from votaciones.acciones import mesa
from votaciones.lotes import acciones
from votaciones.lotes.acciones import piezas
from votaciones.lotes.models import Lote
from votaciones.models import Participacion
from votaciones.urna.models import Sobre

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
HILOS = 6


def test_depositar_seis_veces_a_la_vez_pone_cada_papeleta_una_vez(votacion_de, carnets, rita, saul):
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:4], rita, saul, vale(3), vale(4), vale(3), vale(1, 4))
    hechos = a_la_vez([lambda: acciones.depositar_lote(lote, actor=rita)] * HILOS)
    assert {(hecho.estado, hecho.validas) for hecho in hechos} == {("depositado", 4)}
    assert elegido(d1) == [[1, 4], [3], [3], [4]]


def test_control_con_un_codigo_al_azar_cada_vez_las_papeletas_se_duplican(
    votacion_de, carnets, rita, saul, monkeypatch
):
    """Lo que pasaría si el código no saliera del lote y del número de hoja: el reintento pone otra papeleta."""
    import secrets

    from votaciones.lotes import reglas
    from votaciones.reglas import recibo

    lote = conciliado(votacion_de(), carnets[:2], rita, saul, vale(3), vale(4))
    monkeypatch.setattr(reglas, "codigo_de", lambda *_: recibo.codigo_de(secrets.token_bytes(10)))
    monkeypatch.setattr(
        "votaciones.lotes.acciones.deposito.anotar", lambda *a, **k: (_ for _ in ()).throw(ReglaIncumplida("corte"))
    )
    with pytest.raises(ReglaIncumplida, match="corte"):
        acciones.depositar_lote(lote, actor=rita)
    with pytest.raises(ReglaIncumplida, match="corte"):
        acciones.depositar_lote(lote, actor=rita)
    assert Sobre.objects.count() == 4


def test_la_misma_persona_marcada_seis_veces_a_la_vez_recibe_una_papeleta(votacion_de, carnets, rita):
    d1 = votacion_de()
    lotes = [abrir_lote(d1, rita) for _ in range(2)]
    quien = identidad(carnets[0])
    salen = a_la_vez(
        [lambda n=n: acciones.marcar_entrega(lotes[n % 2], identidad=quien, actor=rita) for n in range(HILOS)]
    )
    assert sum(isinstance(salio, Lote) for salio in salen) == 1
    assert Participacion.objects.count() == sum(Lote.objects.values_list("entregadas", flat=True)) == 1


def test_marcar_a_seis_personas_a_la_vez_las_cuenta_a_todas(votacion_de, carnets, rita):
    lote = abrir_lote(votacion_de(), rita)
    tareas = [
        lambda p=persona: acciones.marcar_entrega(lote, identidad=p, actor=rita)
        for persona in [identidad(suya) for suya in carnets]
    ]
    a_la_vez(tareas)
    lote.refresh_from_db()
    assert lote.entregadas == Participacion.objects.count() == len(carnets)


@pytest.mark.postgres
def test_control_sin_candado_dos_depositos_terminan_los_dos(votacion_de, carnets, rita, saul, monkeypatch):
    """Sin bloquear el lote los dos lo creen suyo; aun así, la urna no acepta dos veces el mismo código."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no deja empezar la segunda transacción hasta que termina la primera.")
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:2], rita, saul, vale(3), vale(4))
    espera, poner, van = threading.Barrier(2), mesa.depositar_con_codigo, []

    def los_dos(*args, **kwargs):
        van.append(kwargs["codigo"])
        if len(van) <= 2:
            espera.wait(timeout=20)
        poner(*args, **kwargs)

    monkeypatch.setattr(piezas, "bloquear", lambda consulta: consulta)
    monkeypatch.setattr("votaciones.lotes.acciones.deposito.depositar_con_codigo", los_dos)
    a_la_vez([lambda: acciones.depositar_lote(lote, actor=rita)] * 2)
    assert len(van) == 4
    assert elegido(d1) == [[3], [4]]
