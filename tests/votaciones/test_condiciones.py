"""Excluyentes, dependencias y apoyo mínimo con cada regla, contra la fuerza bruta."""

import random

import pytest

from tests.votaciones.test_escrutinio import incrementos_a_lo_bruto, phragmen_a_lo_bruto
from tests.votaciones.test_reglas import caso_al_azar, contar, partes_iguales_a_lo_bruto, voraz_a_lo_bruto
from votaciones.reglas import REGLAS
from votaciones.reglas.condiciones import Condiciones, condiciones_de
from votaciones.reglas.escrutinio import escrutar
from votaciones.reglas.perfil import perfil_de


def caso_con_condiciones(semilla):
    """(caso, condiciones, puede): `puede` dice lo mismo que las condiciones, escrito aparte."""
    azar = random.Random(9000 + semilla)
    caso = costos, papeletas, *_ = caso_al_azar(azar, opciones=7)
    parejas = [(a, b) for a in costos for b in costos if a < b]
    azar.shuffle(parejas)
    excluyentes, dependencias = parejas[: azar.randint(0, 3)], parejas[3 : 3 + azar.randint(0, 3)]
    minimo = azar.choice([1, 1, 2, 3])

    def puede(opcion, ganan):
        if minimo > 1 and sum(1 for papeleta in papeletas if opcion in papeleta) < minimo:
            return False
        if any({opcion, otra} == set(pareja) for otra in ganan for pareja in excluyentes):
            return False
        return all(otra in ganan for una, otra in dependencias if una == opcion)

    return caso, condiciones_de(excluyentes=excluyentes, dependencias=dependencias, minimo=minimo), puede


def perfil_con(caso, condiciones):
    costos, papeletas, presupuesto, desempate = caso
    return perfil_de(costos, papeletas, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)


@pytest.mark.parametrize("semilla", range(300))
def test_cada_regla_con_condiciones_coincide_con_la_fuerza_bruta(semilla):
    caso, condiciones, puede = caso_con_condiciones(semilla)
    perfil = perfil_con(caso, condiciones)
    iguales = partes_iguales_a_lo_bruto(*caso, puede)
    assert list(escrutar(perfil, regla="voraz").ganadoras) == voraz_a_lo_bruto(*caso, puede)
    assert list(escrutar(perfil, regla="phragmen").ganadoras) == phragmen_a_lo_bruto(*caso, puede)
    assert list(escrutar(perfil, regla="partes_iguales").ganadoras) == iguales
    costos, papeletas, presupuesto, desempate = caso
    libre = presupuesto - sum(costos[o] for o in iguales)
    con_lo_que_sobra = [*iguales, *voraz_a_lo_bruto(costos, papeletas, libre, desempate, puede, ya=iguales)]
    assert list(escrutar(perfil, regla="partes_iguales", completar="voraz").ganadoras) == con_lo_que_sobra
    assert contar("voraz", *caso, condiciones=condiciones).ganadoras == voraz_a_lo_bruto(*caso, puede)
    assert contar("partes_iguales", *caso, condiciones=condiciones).ganadoras == con_lo_que_sobra


@pytest.mark.parametrize("parada", ["exhaustiva", "exceso"])
@pytest.mark.parametrize("semilla", range(100))
def test_incrementos_con_condiciones_coinciden_con_la_fuerza_bruta(semilla, parada):
    caso, condiciones, puede = caso_con_condiciones(semilla)
    perfil = perfil_con(caso, condiciones)
    hecho = escrutar(perfil, regla="partes_iguales", completar="incrementos", parada=parada, incremento=1)
    assert list(hecho.ganadoras) == incrementos_a_lo_bruto(*caso, parada, puede)


@pytest.mark.parametrize("regla", REGLAS)
@pytest.mark.parametrize("semilla", range(60))
def test_ganen_las_que_ganen_se_cumplen_las_condiciones_y_cada_una_dice_por_que(regla, semilla):
    caso, condiciones, _ = caso_con_condiciones(semilla)
    conteo = contar(regla, *caso, condiciones=condiciones)
    ganan = set(conteo.ganadoras)
    assert not any({a, b} <= ganan for a, b in condiciones.excluyentes)
    assert all(b in ganan for a, b in condiciones.dependencias if a in ganan)
    assert all(o.puntos >= condiciones.minimo for o in conteo.opciones if o.gana)
    assert all(o.razon.endswith(".") for o in conteo.opciones)


def razones(regla, costos, papeletas, presupuesto, condiciones):
    conteo = contar(regla, costos, papeletas, presupuesto, list(costos), condiciones=condiciones)
    return [opcion.razon.replace("\u00a0", " ") for opcion in conteo.opciones]


@pytest.mark.parametrize("regla", REGLAS)
def test_la_razon_nombra_la_condicion(regla):
    condiciones = condiciones_de(excluyentes=[[1, 2]], dependencias=[[3, 4]], minimo=2)
    dichas = razones(regla, {1: 100, 2: 100, 3: 100, 4: 100}, [[1, 2, 3], [1, 2, 3], [1, 4]], 1_000, condiciones)
    assert dichas[1:] == [
        "No se puede hacer junto con la opción 1, que ganó.",
        "Necesitaba que ganara la opción 4.",
        "Juntó 1 voto y hacían falta 2 para poder ganar.",
    ]


def test_si_el_sorteo_eligio_entre_dos_que_se_excluyen_se_dice():
    dichas = razones("voraz", {1: 100, 2: 100}, [[1, 2]], 1_000, condiciones_de(excluyentes=[[1, 2]]))
    assert dichas[0].endswith("Empató en votos con la opción 2 y el sorteo la puso antes.")
    assert dichas[1] == (
        "No se puede hacer junto con la opción 1, que ganó. "
        "Empató en votos con la opción 1 y el sorteo la puso después."
    )


def test_la_que_espera_entra_apenas_gana_la_que_necesita():
    condiciones = condiciones_de(dependencias=[[1, 3]])
    papeletas = [[1, 2], [1, 2], [1, 3], [3, 2]]
    conteo = contar("voraz", {1: 400, 2: 300, 3: 300}, papeletas, 1_000, [1, 2, 3], condiciones=condiciones)
    assert conteo.ganadoras == [2, 3, 1]


def test_parar_termina_en_la_primera_que_no_alcanza():
    perfil = perfil_con(({1: 900, 2: 200, 3: 100}, [[1], [1], [1, 2], [2], [3]], 1_000, [1, 2, 3]), Condiciones())
    assert list(escrutar(perfil, regla="voraz").ganadoras) == [1, 3]
    assert list(escrutar(perfil, regla="voraz", parar=True).ganadoras) == [1]
    with pytest.raises(ValueError, match="Solo las reglas voraces"):
        escrutar(perfil, regla="phragmen", parar=True)


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"minimo": 0}, "apoyo mínimo"),
        ({"excluyentes": [[1, 1]]}, "sí misma"),
        ({"dependencias": [[2, 2]]}, "sí misma"),
    ],
)
def test_condiciones_imposibles_no_se_aceptan(datos, frase):
    with pytest.raises(ValueError, match=frase):
        condiciones_de(**datos)


@pytest.mark.parametrize("regla", REGLAS)
def test_una_condicion_sobre_una_obra_que_no_esta_no_se_cuenta(regla):
    with pytest.raises(ValueError, match="no existe"):
        contar(regla, {1: 100}, [[1]], 1_000, [1], condiciones=condiciones_de(excluyentes=[[1, 9]]))
