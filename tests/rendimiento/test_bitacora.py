"""Cuánto cuesta anotar, contra guardar una fila cualquiera con el mismo ORM en la misma corrida, y cuánto revisar.

Se mide en CPU de este proceso, que no depende de lo ocupada que esté la máquina. Falla solo si anotar pasa de CAROS
veces la fila llana o si revisar 100.000 sucesos pasa de SEGUNDOS_POR_CIEN_MIL de CPU.
"""

import statistics
import time

import pytest
from django.db import connection, transaction

from civic.comun.bitacora import anotar, anotar_varios, preparar_suceso
from civic.comun.models import ClaveUsada
from civic.comun.verificacion import verificar_cadena

VUELTAS, RONDAS = 200, 5
CAROS = 8
SEGUNDOS_POR_CIEN_MIL = 20


def por_vuelta(hacer) -> float:
    """Microsegundos de CPU por vuelta, cada una en su transacción."""
    empezo = time.process_time()
    for vuelta in range(VUELTAS):
        with transaction.atomic():
            hacer(vuelta)
    return (time.process_time() - empezo) / VUELTAS * 1e6


@pytest.mark.django_db(transaction=True)
def test_anotar_contra_guardar_una_fila(pueblo):
    total = iter(range(10**6))

    def llana(vuelta):
        ClaveUsada.objects.create(huella=f"{next(total):064}", proposito="prueba", contenido="0" * 64, objeto_id=1)

    def encadenada(vuelta):
        anotar(pueblo.agua, verbo="v", texto="Pasó algo.", motivo="Porque sí.", calidad="Cargo", desde="a", hasta="b")

    por_vuelta(llana)
    por_vuelta(encadenada)
    rondas = [(por_vuelta(llana), por_vuelta(encadenada)) for _ in range(RONDAS)]
    base, nuestra = (statistics.median(columna) for columna in zip(*rondas, strict=True))
    razon = statistics.median(uno / otro for otro, uno in rondas)
    print(f"\n{connection.vendor}: fila llana {base:.0f} µs de CPU, anotar {nuestra:.0f} µs, razón {razon:.1f}")
    assert razon <= CAROS


@pytest.mark.django_db
def test_revisar_cien_mil_sucesos(pueblo):
    lineas = (
        preparar_suceso("x.y", n, verbo="mover", texto=f"Pasó la cosa {n}.", desde="a", hasta="b", publico=n % 3 > 0)
        for n in range(100_000)
    )
    empezo = time.process_time()
    anotar_varios(lineas)
    escribir, empezo = time.process_time() - empezo, time.process_time()
    hecho = verificar_cadena()
    revisar = time.process_time() - empezo
    print(f"\n{connection.vendor}, CPU: 100.000 sucesos escritos en {escribir:.1f} s, revisados en {revisar:.1f} s")
    assert (hecho.sucesos, hecho.integra) == (100_000, True)
    assert revisar <= SEGUNDOS_POR_CIEN_MIL
