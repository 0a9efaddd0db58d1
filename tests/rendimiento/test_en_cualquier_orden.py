"""C4 con la cifra entera: dos mil pasos de la máquina de tests/votaciones, y más carreras."""

import random
import time

import pytest
from django.db import connection
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.votaciones.conftest import preparada, segunda, viables  # noqa: F401 -- piezas de pytest
from tests.votaciones.test_en_cualquier_orden import (
    POCOS,
    a_la_vez_cada_aparato,
    d1,  # noqa: F401
    hay_un_orden,
    maquina_para,
    quienes,  # noqa: F401
)

EJEMPLOS, PASOS, CARRERAS = 100, 20, 30


@pytest.mark.django_db
def test_dos_mil_pasos_en_cualquier_orden(d1, quienes, gente):  # noqa: F811
    inicio, dados = time.perf_counter(), []
    maquina = maquina_para(d1, quienes, gente.hugo, segunda())
    mirar = maquina.como_dice_el_modelo.function

    def contar_pasos(self):
        dados.append(1)
        mirar(self)

    maquina.como_dice_el_modelo.function = contar_pasos  # se mira después de cada paso
    run_state_machine_as_test(maquina, settings=settings(POCOS, max_examples=EJEMPLOS, stateful_step_count=PASOS))
    print(f"\n{connection.vendor}: {EJEMPLOS} ejemplos, {len(dados)} pasos en {time.perf_counter() - inicio:.0f} s")
    assert len(dados) >= EJEMPLOS


@pytest.mark.django_db(transaction=True)
def test_treinta_carreras_con_nueve_aparatos(d1, quienes):  # noqa: F811
    """360 cambios a la vez, de tres personas con tres aparatos cada una; siempre hay un orden que lo explica."""
    for semilla in range(CARRERAS):
        for historia in a_la_vez_cada_aparato(d1, quienes[:3], random.Random(semilla)).values():
            assert hay_un_orden(historia), (semilla, historia)
