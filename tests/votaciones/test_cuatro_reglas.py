"""Las reglas con crecimiento y de cargas: contra el motor, contra la fuerza bruta y en sus palabras."""

import json
import random
from fractions import Fraction

import pytest

from tests.votaciones.test_condiciones import caso_con_condiciones, perfil_con
from tests.votaciones.test_escrutinio import DATOS, _elecciones, phragmen_a_lo_bruto
from tests.votaciones.test_reglas import (
    caso_al_azar,
    contar,
    partes_iguales_a_lo_bruto,
    todas_pueden,
    voraz_a_lo_bruto,
)
from votaciones.reglas import REGLAS, pabulib
from votaciones.reglas.condiciones import SIN_CONDICIONES, condiciones_de
from votaciones.reglas.escrutinio import escrutar

# código oficial -> las mismas opciones para el motor; el incremento sale de cada caso
MOTOR = {
    "voraz": {"regla": "voraz"},
    "partes_iguales": {"regla": "partes_iguales", "completar": "voraz"},
    "partes_iguales_incrementos": {
        "regla": "partes_iguales",
        "completar": "incrementos_y_voraz",
        "parada": "exceso",
        "tope": 1000,
    },
    "phragmen": {"regla": "phragmen", "completar": "voraz"},
}


def caso_numero(semilla):
    """(caso, condiciones, puede): la mitad con condiciones."""
    if semilla % 2:
        return caso_al_azar(random.Random(semilla), opciones=9), SIN_CONDICIONES, todas_pueden
    return caso_con_condiciones(semilla)


def test_las_cuatro_reglas_oficiales_son_estas():
    assert list(REGLAS) == list(MOTOR)


@pytest.mark.parametrize("semilla", range(300))
def test_cada_regla_da_las_mismas_ganadoras_que_el_motor(semilla):
    caso, condiciones, _ = caso_numero(semilla)
    perfil = perfil_con(caso, condiciones)
    for regla, opciones in MOTOR.items():
        conteo = contar(regla, *caso, condiciones=condiciones)
        hecho = escrutar(perfil, **opciones, incremento=perfil.parte / 100)
        assert (regla, *conteo.ganadoras) == (regla, *hecho.ganadoras)
        assert (conteo.gastado, conteo.pasos) == (hecho.costo, hecho.pasos)


def crecen_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede=todas_pueden):
    """De a un céntimo de la parte, con la fuerza bruta de partes iguales: (ganadoras, pasos)."""
    cuantas, alguien = len(papeletas), {o for p in papeletas for o in p}
    paso, gana = 0, partes_iguales_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede)
    while paso < 1000 and any(o not in gana and puede(o, gana) for o in alguien):
        # La misma cuenta con todo multiplicado por cien, para que cada paso sea un presupuesto entero.
        otra = partes_iguales_a_lo_bruto(
            {o: 100 * costo for o, costo in costos.items()},
            papeletas,
            presupuesto * (100 + paso + 1),
            desempate,
            puede,
        )
        if sum(costos[o] for o in otra) > presupuesto:
            break
        paso, gana = paso + 1, otra
    return gana, paso if cuantas else 0


@pytest.mark.parametrize("semilla", range(60))
def test_partes_que_crecen_coinciden_con_la_fuerza_bruta(semilla):
    caso, condiciones, puede = caso_numero(semilla)
    costos, papeletas, presupuesto, desempate = caso
    conteo = contar("partes_iguales_incrementos", *caso, condiciones=condiciones)
    gana, pasos = crecen_a_lo_bruto(*caso, puede)
    libre = presupuesto - sum(costos[o] for o in gana)
    assert conteo.ganadoras == [*gana, *voraz_a_lo_bruto(costos, papeletas, libre, desempate, puede, ya=gana)]
    assert conteo.pasos == pasos


@pytest.mark.parametrize("semilla", range(300))
def test_cargas_parejas_coinciden_con_la_fuerza_bruta_y_completan(semilla):
    caso, condiciones, puede = caso_numero(semilla)
    costos, papeletas, presupuesto, desempate = caso
    gana = phragmen_a_lo_bruto(*caso, puede)
    libre = presupuesto - sum(costos[o] for o in gana)
    completas = [*gana, *voraz_a_lo_bruto(costos, papeletas, libre, desempate, puede, ya=gana)]
    assert contar("phragmen", *caso, condiciones=condiciones).ganadoras == completas


@pytest.mark.parametrize("semilla", range(150))
def test_los_pagos_publicados_suman_el_costo_y_nadie_pone_mas_que_su_parte(semilla):
    """Con los números publicados, el mismo recorrido de «qué pagó tu voto»: min(lo que queda, lo más que se puso)."""
    caso, condiciones, _ = caso_numero(semilla)
    costos, papeletas, presupuesto, _ = caso
    for regla in ("partes_iguales", "partes_iguales_incrementos"):
        conteo = contar(regla, *caso, condiciones=condiciones)
        saldos = [Fraction(presupuesto, len(papeletas)) * Fraction(100 + conteo.pasos, 100)] * len(papeletas)
        por_id = {opcion.id: opcion for opcion in conteo.opciones}
        for ganadora in conteo.ganadoras:
            if (pago := por_id[ganadora].pago) is None:
                continue
            puestos = [min(saldo, pago) if ganadora in p else 0 for saldo, p in zip(saldos, papeletas, strict=True)]
            assert sum(puestos) == costos[ganadora]
            saldos = [saldo - puesto for saldo, puesto in zip(saldos, puestos, strict=True)]


@pytest.mark.parametrize("semilla", range(150))
def test_las_cargas_publicadas_suman_lo_que_cuestan_las_ganadoras(semilla):
    caso, condiciones, _ = caso_numero(semilla)
    costos, papeletas, *_ = caso
    conteo = contar("phragmen", *caso, condiciones=condiciones)
    cargas = [Fraction(0)] * len(papeletas)
    por_id = {opcion.id: opcion for opcion in conteo.opciones}
    for ganadora in conteo.ganadoras:
        carga = por_id[ganadora].carga
        if carga is not None:
            antes = sum(cargas)
            cargas = [carga if ganadora in p else suya for suya, p in zip(cargas, papeletas, strict=True)]
            assert sum(cargas) - antes == costos[ganadora]


@pytest.mark.parametrize("regla", REGLAS)
@pytest.mark.parametrize("semilla", range(60))
def test_con_alguna_son_las_papeletas_que_eligieron_una_ganadora(regla, semilla):
    caso, condiciones, _ = caso_numero(semilla)
    conteo = contar(regla, *caso, condiciones=condiciones)
    assert conteo.con_alguna == sum(1 for papeleta in caso[1] if set(papeleta) & set(conteo.ganadoras))


def razones(conteo):
    return [opcion.razon.replace("\u00a0", " ") for opcion in conteo.opciones]


def test_partes_que_crecen_dicen_cuanto_crecio_la_parte():
    # Con Bs 100 cada una solo se paga la 3; con Bs 150, la 2; con Bs 390 se pagaría la 1, y ya se pasan.
    papeletas = [[1], [2], [2], [3]]
    conteo = contar("partes_iguales_incrementos", {1: 390_00, 2: 300_00, 3: 90_00}, papeletas, 400_00, [1, 2, 3])
    assert (conteo.ganadoras, conteo.pasos) == ([2, 3], 289)
    assert razones(conteo) == [
        "No alcanzó: con la parte agrandada un 289 %, a su 1 votante le quedaban Bs 389 y costaba Bs 390; y al "
        "completar quedaban Bs 10.",
        "Ganó en la vuelta 1: sus 2 votantes la pagaron poniendo hasta Bs 150 cada uno; costaba Bs 300.",
        "Ganó en la vuelta 2: su 1 votante la pagó poniendo hasta Bs 90 cada uno; costaba Bs 90.",
    ]


def test_partes_que_crecen_se_detienen_a_los_mil_pasos_y_completan():
    conteo = contar("partes_iguales_incrementos", {1: 400_00}, [[1], *[[]] * 19], 400_00, [1])
    assert (conteo.ganadoras, conteo.pasos, conteo.opciones[0].pago) == ([1], 1000, None)
    assert razones(conteo) == [
        "Entró al completar, en la vuelta 1: con la parte agrandada un 1000 %, a su 1 votante le quedaban Bs 220 y "
        "costaba Bs 400, pero alcanzó con los Bs 400 que sobraban."
    ]


def test_cargas_parejas_dicen_la_carga_y_donde_termino():
    papeletas = [[1, 2]] * 3 + [[3, 4]] * 2
    conteo = contar("phragmen", {1: 300_00, 2: 600_00, 3: 400_00, 4: 100_00}, papeletas, 1_000_00, [1, 2, 3, 4])
    assert conteo.ganadoras == [4, 1, 3]
    assert [str(opcion.carga) for opcion in conteo.opciones] == ["10000", "None", "25000", "5000"]
    assert razones(conteo) == [
        "Ganó en la vuelta 2: con ella cada uno de sus 3 votantes queda con una carga de Bs 100, la menor de esa "
        "vuelta; costaba Bs 300.",
        "No alcanzó: le tocaba en la vuelta 4, pero costaba Bs 600 y quedaban Bs 200, y ahí terminó el reparto de "
        "cargas.",
        "Ganó en la vuelta 3: con ella cada uno de sus 2 votantes queda con una carga de Bs 250, la menor de esa "
        "vuelta; costaba Bs 400.",
        "Ganó en la vuelta 1: con ella cada uno de sus 2 votantes queda con una carga de Bs 50, la menor de esa "
        "vuelta; costaba Bs 100.",
    ]


def test_cargas_parejas_completan_con_lo_que_sobra_y_lo_dicen():
    conteo = contar("phragmen", {1: 900, 2: 100, 3: 850}, [[1], [1], [1], [2], [3]], 850, [1, 2, 3])
    assert conteo.ganadoras == [2]
    # La 1 tenía la segunda carga más baja y no cupo; con la 3 fuera de alcance, nada más entra.
    assert razones(conteo)[0] == (
        "No alcanzó: le tocaba en la vuelta 2, pero costaba Bs 9 y quedaban Bs 7,50, y ahí terminó el reparto de "
        "cargas."
    )
    conteo = contar("phragmen", {1: 900, 2: 100, 3: 750}, [[1], [1], [1], [2], [3]], 850, [1, 2, 3])
    assert conteo.ganadoras == [2, 3]
    assert razones(conteo)[2] == (
        "Entró al completar, en la vuelta 2: el reparto de cargas terminó en la vuelta 2, donde no alcanzó para la "
        "opción 1; esta costaba Bs 7,50 y su 1 votante habría quedado con una carga de Bs 7,50, pero alcanzó con los "
        "Bs 7,50 que sobraban."
    )


def test_una_que_esperaba_entra_al_completar_y_no_se_queda_sin_razon():
    """La 3 necesita a la 2, que solo entra al completar: cuando el reparto terminó todavía no competía."""
    condiciones = condiciones_de(dependencias=[[3, 2]])
    conteo = contar(
        "phragmen",
        {1: 900, 2: 300, 3: 300},
        [[1]] * 4 + [[2, 3]],
        700,
        [1, 2, 3],
        condiciones=condiciones,
    )
    assert conteo.ganadoras == [2, 3]
    assert razones(conteo)[2] == (
        "Entró al completar, en la vuelta 2: el reparto de cargas terminó en la vuelta 1, donde no alcanzó para la "
        "opción 1, y costaba Bs 3, pero alcanzó con los Bs 4 que sobraban."
    )


OFICIALES = ["Netherlands_Assen_2024.pb", "Poland_Swiecie_2023.pb", "Poland_Wieliczka_2023_Green_Budget.pb"]


@pytest.mark.skipif(not _elecciones(), reason=f"no están las elecciones reales en {DATOS}")
@pytest.mark.parametrize("nombre", OFICIALES)
def test_creciendo_de_a_centesimas_ganan_las_que_publicaron_las_elecciones_oficiales(nombre):
    with (DATOS / nombre).open(encoding="utf-8-sig", newline="") as archivo:
        eleccion = pabulib.leer(archivo)
    esperado = json.loads((DATOS / "esperado.json").read_text())["instances"][nombre]["rules"]
    conteo = contar(
        "partes_iguales_incrementos",
        eleccion.costos,
        eleccion.papeletas,
        eleccion.presupuesto,
        sorted(eleccion.costos),
    )
    por_partes = {opcion.id for opcion in conteo.opciones if opcion.pago is not None}
    assert sorted(por_partes) == sorted(esperado["mes_add1_until_overspend"]["winners"])
