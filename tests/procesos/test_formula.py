"""El reparto: exacto, justo en los restos y posible de rehacer."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from civic.comun.errores import ReglaIncumplida
from civic.procesos.reglas.formula import INDICE, MIXTA, PARTES_IGUALES, PER_CAPITA, Entrada, Formula, partes, repartir


def formula(clase=PARTES_IGUALES, total="100", redondeo="1", minimo="0", pesos=None):
    fijos = {PARTES_IGUALES: (100, 0, 0), PER_CAPITA: (0, 100, 0), INDICE: (0, 0, 100)}
    return Formula(clase, Decimal(total), Decimal(redondeo), Decimal(minimo), pesos or fijos[clase])


def distritos(poblaciones, indices=None):
    indices = indices or [None] * len(poblaciones)
    return [
        Entrada(f"Distrito {lugar}", poblacion, None if indice is None else Decimal(indice))
        for lugar, (poblacion, indice) in enumerate(zip(poblaciones, indices, strict=True), start=1)
    ]


def enteros(*args):
    return [int(monto) for monto in repartir(*args)]


def test_partes_iguales_que_no_caben_justas_le_dan_el_resto_al_de_numero_menor():
    assert enteros(formula(), distritos([None] * 3)) == [34, 33, 33]
    assert enteros(formula(total="101"), distritos([None] * 3)) == [34, 34, 33]


def test_per_capita_sigue_a_la_poblacion_con_restos_mayores():
    # 100 entre 1, 1 y 4: 16,67 · 16,67 · 66,67. Sobran dos y los tres restos empatan: a los dos primeros números.
    assert enteros(formula(PER_CAPITA), distritos([1, 1, 4])) == [17, 17, 66]
    # Restos distintos: 3/10 y 7/10 de 9 son 2,7 y 6,3: el resto mayor se lleva el que sobra.
    assert enteros(formula(PER_CAPITA, total="9"), distritos([3, 7])) == [3, 6]


def test_un_distrito_sin_habitantes_recibe_solo_si_hay_minimo():
    with pytest.raises(ReglaIncumplida, match="no le tocaría nada a: Distrito 1") as error:
        repartir(formula(PER_CAPITA), distritos([0, 5]))
    assert error.value.campo == "minimo"
    assert enteros(formula(PER_CAPITA, minimo="10"), distritos([0, 5])) == [10, 90]


def test_indice_de_necesidad_reparte_segun_el_indice_con_decimales():
    assert enteros(formula(INDICE, total="1000"), distritos([9, 9], ["0.1", "0.3"])) == [250, 750]


def test_mixta_suma_sus_tres_partes():
    mixta = formula(MIXTA, total="1000", pesos=(40, 30, 30))
    lugares = distritos([100, 300], ["3", "1"])
    assert partes(mixta, lugares) == [Fraction(1, 2), Fraction(1, 2)]
    assert enteros(mixta, lugares) == [500, 500]


def test_minimo_va_primero_y_el_resto_se_reparte():
    assert enteros(formula(PER_CAPITA, total="1000", minimo="100"), distritos([1, 3])) == [300, 700]


@pytest.mark.parametrize("redondeo", ["0.01", "1", "1000", "100000"])
def test_redondeo_reparte_en_sus_multiplos_y_suma_justo(redondeo):
    paso = Decimal(redondeo)
    montos = repartir(formula(PER_CAPITA, "46000000", redondeo), distritos([19800, 18900, 24300, 3930]))
    assert sum(montos) == Decimal("46000000")
    assert [monto % paso for monto in montos] == [0, 0, 0, 0]


def test_suma_exacta_siempre_y_nadie_queda_a_mas_de_un_redondeo_de_lo_suyo():
    azar = random.Random(7)
    for _ in range(300):
        cuantos = azar.randint(1, 25)
        lugares = distritos(
            [azar.randint(1, 90_000) for _ in range(cuantos)],
            [f"{azar.randint(1, 9999)}.{azar.randint(0, 9999):04}" for _ in range(cuantos)],
        )
        igual = azar.randint(0, 100)
        poblacion = azar.randint(0, 100 - igual)
        paso = Decimal(azar.choice(["0.01", "0.05", "1", "7"]))
        minimo = paso * azar.randint(1, 50)
        total = paso * (azar.randint(1, 10**9) + 50 * cuantos)
        cuenta = Formula(MIXTA, total, paso, minimo, (igual, poblacion, 100 - igual - poblacion))
        montos = repartir(cuenta, lugares)
        assert sum(montos) == total
        quedan = Fraction(total - minimo * cuantos)
        for monto, parte in zip(montos, partes(cuenta, lugares), strict=True):
            assert abs(Fraction(monto) - Fraction(minimo) - parte * quedan) < Fraction(paso)


def test_total_mayor_que_cabe_en_la_base_se_reparte_sin_perder_centavos():
    montos = repartir(formula(total="999999999999.99", redondeo="0.01"), distritos([None] * 7))
    assert sum(montos) == Decimal("999999999999.99")
    assert max(montos) - min(montos) == Decimal("0.01")


@pytest.mark.parametrize(
    ("cuenta", "lugares", "frase", "campo"),
    [
        (formula(), [], "No hay distritos vigentes", None),
        (formula(total="0"), distritos([1]), "mayor a cero", "total"),
        (formula(redondeo="0"), distritos([1]), "redondeo debe ser mayor", "redondeo"),
        (formula(total="100.50"), distritos([1]), "no se puede repartir de Bs\u00a01 en", "total"),
        (formula(minimo="0.5"), distritos([1]), "El mínimo .* no se puede repartir", "minimo"),
        (formula(minimo="-1"), distritos([1]), "no puede ser menor a cero", "minimo"),
        (formula(minimo="60"), distritos([1, 1]), "necesitan Bs\u00a0120: más que el total", "minimo"),
        (formula(MIXTA, pesos=(50, 30, 30)), distritos([1], ["1"]), "deben sumar 100; suman 110", "peso_igual"),
        (formula(MIXTA, pesos=(-10, 80, 30)), distritos([1], ["1"]), "deben sumar 100", "peso_igual"),
        (formula(PER_CAPITA), distritos([1, None]), "Falta la población de: Distrito 2", None),
        (formula(PER_CAPITA), distritos([0, 0]), "suma cero", None),
        (formula(INDICE), distritos([1, 1], ["1", None]), "Falta el índice de necesidad de: Distrito 2", None),
        (formula(INDICE), distritos([1, 1], ["0", "0"]), "suma cero", None),
        (formula(INDICE), distritos([1, 1], ["2", "-1"]), "no puede ser menor a cero", None),
    ],
)
def test_datos_que_no_alcanzan_se_explican_en_su_campo(cuenta, lugares, frase, campo):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        repartir(cuenta, lugares)
    assert error.value.campo == campo
