"""Cuánto cuesta anotar, contra insertar lo mismo en una tabla sin cadena en la misma corrida, y cuánto tarda revisar.

Se corre con «make rendimiento». Falla solo si anotar cuesta más de CAROS veces la inserción llana o si revisar 100.000
sucesos pasa de SEGUNDOS_POR_CIEN_MIL.
"""

import statistics
import time

import pytest
from django.db import connection, transaction

from civic.comun.bitacora import anotar, anotar_varios, preparar_suceso
from civic.comun.verificacion import verificar_cadena

VUELTAS, RONDAS = 300, 5
CAROS = 8
SEGUNDOS_POR_CIEN_MIL = 30
COLUMNAS = "momento, verbo, objeto_tipo, objeto_id, desde, hasta, texto, motivo, calidad, datos, publico"


def por_vuelta(hacer) -> float:
    """Microsegundos por vuelta, cada una en su transacción."""
    empezo = time.perf_counter()
    for vuelta in range(VUELTAS):
        with transaction.atomic():
            hacer(vuelta)
    return (time.perf_counter() - empezo) / VUELTAS * 1e6


@pytest.mark.django_db(transaction=True)
def test_anotar_contra_una_insercion_llana(pueblo):
    with connection.cursor() as cursor:
        tipo = "bigserial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(f"CREATE TABLE sin_cadena (id {tipo} PRIMARY KEY, {COLUMNAS.replace(', ', ' text, ')} text)")

    def llana(vuelta):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO sin_cadena (momento, verbo, objeto_tipo, objeto_id, desde, hasta, texto, motivo, calidad, "
                "datos, publico) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                ["2027-01-01", "v", "x.y", "1", "a", "b", "Pasó algo.", "Porque sí.", "Cargo", '{"a": 1}', "1"],
            )

    def encadenada(vuelta):
        anotar(pueblo.agua, verbo="v", texto="Pasó algo.", motivo="Porque sí.", calidad="Cargo", desde="a", hasta="b")

    por_vuelta(encadenada)
    rondas = [(por_vuelta(llana), por_vuelta(encadenada)) for _ in range(RONDAS)]
    base, nuestra = (statistics.median(columna) for columna in zip(*rondas, strict=True))
    razon = statistics.median(uno / otro for otro, uno in rondas)
    print(f"\n{connection.vendor}: inserción llana {base:.0f} µs, anotar {nuestra:.0f} µs, razón {razon:.1f}")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sin_cadena")
    assert razon <= CAROS


@pytest.mark.django_db
def test_revisar_cien_mil_sucesos(pueblo):
    lineas = (
        preparar_suceso("x.y", n, verbo="mover", texto=f"Pasó la cosa {n}.", desde="a", hasta="b", publico=n % 3 > 0)
        for n in range(100_000)
    )
    empezo = time.perf_counter()
    anotar_varios(lineas)
    escribir, empezo = time.perf_counter() - empezo, time.perf_counter()
    hecho = verificar_cadena()
    revisar = time.perf_counter() - empezo
    print(
        f"\n{connection.vendor}: 100.000 sucesos escritos de una vez en {escribir:.1f} s, revisados en {revisar:.1f} s"
    )
    assert (hecho.sucesos, hecho.integra) == (100_000, True)
    assert revisar <= SEGUNDOS_POR_CIEN_MIL
