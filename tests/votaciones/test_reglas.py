"""Las reglas de conteo: casos a mano, fuerza bruta, invariancias y elecciones de verdad."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from civic.comun.errores import ReglaIncumplida
from votaciones.reglas import REGLAS, estados, libro, orden_de_desempate, pabulib, recibo, voraz
from votaciones.reglas.papeleta import Reglamento, exigir_valida
from votaciones.reglas.perfil import perfil_de
from votaciones.reglas.reparto import repartir


def caso_al_azar(azar: random.Random, opciones: int = 6) -> tuple[dict[int, int], list[list[int]], int, list[int]]:
    costos = {numero: azar.randint(1, 40) for numero in range(1, opciones + 1)}
    papeletas = [azar.sample(list(costos), azar.randint(1, min(4, opciones))) for _ in range(azar.randint(1, 14))]
    desempate = list(costos)
    azar.shuffle(desempate)
    return costos, papeletas, azar.randint(20, 90), desempate


def contar(regla, costos, papeletas, presupuesto, desempate, **mas):
    return REGLAS[regla](costos, papeletas, presupuesto=presupuesto, desempate=desempate, **mas)


# --- Más votos primero -----------------------------------------------------------------------------------------------
def test_voraz_salta_la_que_no_alcanza_y_sigue():
    papeletas = [[1, 2], [1, 2], [1], [2], [3], [1]]
    conteo = contar("voraz", {1: 6_000_00, 2: 5_000_00, 3: 3_000_00, 4: 1_00}, papeletas, 10_000_00, [1, 2, 3, 4])
    assert conteo.ganadoras == [1, 3]
    assert (conteo.gastado, conteo.sobra, conteo.papeletas) == (9_000_00, 1_000_00, 6)
    assert [opcion.razon.replace("\u00a0", " ") for opcion in conteo.opciones] == [
        "Ganó en la vuelta 1 con 4 votos: costaba Bs 6.000 y quedaban Bs 10.000.",
        "Le faltaron Bs 1.000: costaba Bs 5.000 y quedaban Bs 4.000 cuando le tocó.",
        "Ganó en la vuelta 2 con 1 voto: costaba Bs 3.000 y quedaban Bs 4.000.",
        "Nadie la eligió.",
    ]


@pytest.mark.parametrize("regla", REGLAS)
def test_sin_votos_nunca_gana_aunque_sobre_dinero(regla):
    conteo = contar(regla, {1: 100, 2: 100}, [[1]], 1_000, [2, 1])
    assert conteo.ganadoras == [1]
    assert conteo.opciones[1].razon == "Nadie la eligió."


@pytest.mark.parametrize("regla", REGLAS)
@pytest.mark.parametrize(("desempate", "gana", "pierde"), [([1, 2], 1, 2), ([2, 1], 2, 1)])
def test_el_sorteo_decide_el_empate_y_se_dice(regla, desempate, gana, pierde):
    conteo = contar(regla, {1: 700, 2: 700}, [[1, 2], [1, 2]], 1_000, desempate)
    assert conteo.ganadoras == [gana]
    razones = {opcion.id: opcion.razon for opcion in conteo.opciones}
    assert f"con la opción {pierde} y el sorteo la puso antes." in razones[gana]
    assert f"con la opción {gana} y el sorteo la puso después." in razones[pierde]


@pytest.mark.parametrize("regla", REGLAS)
def test_un_empate_que_no_decide_no_se_nombra(regla):
    conteo = contar(regla, {1: 300, 2: 300}, [[1, 2]], 1_000, [1, 2])
    assert sorted(conteo.ganadoras) == [1, 2]
    assert not any("sorteo" in opcion.razon for opcion in conteo.opciones)


def todas_pueden(opcion, ganan):
    return True


def voraz_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede=todas_pueden, ya=()):
    votos = {o: sum(1 for p in papeletas if o in set(p)) for o in costos}
    pendientes, gana = [o for o in costos if votos[o] and o not in ya], []
    while listas := [o for o in pendientes if puede(o, [*ya, *gana])]:
        tope = max(votos[o] for o in listas)
        opcion = next(o for o in desempate if o in listas and votos[o] == tope)
        pendientes.remove(opcion)
        if costos[opcion] <= presupuesto:
            presupuesto -= costos[opcion]
            gana.append(opcion)
    return gana


@pytest.mark.parametrize("semilla", range(300))
def test_voraz_coincide_con_la_fuerza_bruta(semilla):
    costos, papeletas, presupuesto, desempate = caso_al_azar(random.Random(semilla))
    assert contar("voraz", costos, papeletas, presupuesto, desempate).ganadoras == voraz_a_lo_bruto(
        costos, papeletas, presupuesto, desempate
    )


# --- Partes iguales --------------------------------------------------------------------------------------------------
def test_partes_iguales_paga_cada_papeleta_lo_suyo():
    # Diez papeletas con 100 cada una: seis quieren la 1; cuatro, la 2. «Más votos» daría todo a las seis.
    papeletas = [[1, 3]] * 6 + [[2]] * 4
    costos = {1: 600, 2: 400, 3: 400}
    conteo = contar("partes_iguales", costos, papeletas, 1_000, [1, 2, 3])
    assert sorted(conteo.ganadoras) == [1, 2]
    assert contar("voraz", costos, papeletas, 1_000, [1, 2, 3]).ganadoras == [1, 3]
    razones = [opcion.razon.replace("\u00a0", " ") for opcion in conteo.opciones]
    assert razones == [
        "Ganó en la vuelta 1: sus 6 votantes la pagaron poniendo hasta Bs 1 cada uno; costaba Bs 6. "
        "Empató con la opción 3 y el sorteo la puso antes.",
        "Ganó en la vuelta 2: sus 4 votantes la pagaron poniendo hasta Bs 1 cada uno; costaba Bs 4.",
        "No alcanzó: a sus 6 votantes les quedaban Bs 0 y costaba Bs 4; y al completar quedaban Bs 0. "
        "Empató con la opción 1 y el sorteo la puso después.",
    ]


def test_partes_iguales_completa_con_lo_que_sobra_y_lo_dice():
    conteo = contar("partes_iguales", {1: 900}, [[1], []], 1_000, [1])
    assert conteo.ganadoras == [1]
    assert conteo.opciones[0].razon.replace("\u00a0", " ") == (
        "Entró al completar, en la vuelta 1: a su 1 votante le quedaban Bs 5 y costaba Bs 9, "
        "pero alcanzó con los Bs 10 que sobraban."
    )
    assert contar("partes_iguales", {1: 900}, [[1], []], 1_000, [1], completar=False).ganadoras == []


def partes_iguales_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede=todas_pueden):
    """La definición al pie de la letra, persona por persona y sin atajos."""
    saldo = [Fraction(presupuesto, len(papeletas))] * len(papeletas)
    gana = []
    while True:
        mejor = None
        for opcion in desempate:
            votantes = [i for i, p in enumerate(papeletas) if opcion in p]
            if (
                opcion in gana
                or not puede(opcion, gana)
                or not votantes
                or sum(saldo[i] for i in votantes) < costos[opcion]
            ):
                continue
            # El menor pago q tal que sum(min(saldo, q)) = costo: se prueba cada saldo como tramo.
            for q0 in sorted({Fraction(0), *(saldo[i] for i in votantes)}):
                ricos = [i for i in votantes if saldo[i] > q0]
                fijo = sum((saldo[i] for i in votantes if saldo[i] <= q0), Fraction(0))
                q = (costos[opcion] - fijo) / len(ricos) if ricos else q0
                if sum(min(saldo[i], q) for i in votantes) == costos[opcion]:
                    break
            rho = q / costos[opcion]
            if mejor is None or rho < mejor[0]:
                mejor = (rho, opcion, q, votantes)
        if mejor is None:
            return gana
        _, opcion, q, votantes = mejor
        gana.append(opcion)
        for i in votantes:
            saldo[i] -= min(saldo[i], q)


@pytest.mark.parametrize("semilla", range(300))
def test_partes_iguales_coincide_con_la_fuerza_bruta(semilla):
    costos, papeletas, presupuesto, desempate = caso_al_azar(random.Random(1000 + semilla))
    conteo = contar("partes_iguales", costos, papeletas, presupuesto, desempate, completar=False)
    assert conteo.ganadoras == partes_iguales_a_lo_bruto(costos, papeletas, presupuesto, desempate)


# --- Invariancias ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("regla", REGLAS)
@pytest.mark.parametrize("semilla", range(100))
def test_mismo_resultado_con_las_papeletas_barajadas_y_sin_pasarse(regla, semilla):
    azar = random.Random(semilla)
    costos, papeletas, presupuesto, desempate = caso_al_azar(azar, opciones=9)
    primero = contar(regla, costos, papeletas, presupuesto, desempate)
    barajadas = [azar.sample(p, len(p)) for p in azar.sample(papeletas, len(papeletas))]
    assert contar(regla, costos, barajadas, presupuesto, desempate) == primero
    assert primero.gastado == sum(costos[o] for o in primero.ganadoras) <= presupuesto
    assert all(opcion.razon.endswith(".") for opcion in primero.opciones)
    assert {o.id for o in primero.opciones if o.votos == 0}.isdisjoint(primero.ganadoras)


def test_partes_iguales_nadie_paga_mas_que_su_parte():
    costos, papeletas, presupuesto, desempate = caso_al_azar(random.Random(7), opciones=8)
    perfil = perfil_de(costos, papeletas, presupuesto=presupuesto, desempate=desempate)
    hecho = repartir(perfil, perfil.parte)
    bolsas = hecho.bolsas
    quedan = sum(bolsas.saldos[bolsas.clase[i]] * int(n) for i, n in enumerate(perfil.cuantas))
    assert quedan == presupuesto - sum(perfil.costos[i] for i in hecho.ganan)
    assert min(bolsas.saldos) >= 0


@pytest.mark.parametrize("regla", REGLAS)
def test_sin_papeletas_nadie_gana(regla):
    conteo = contar(regla, {1: 100}, [], 1_000, [1])
    assert (conteo.ganadoras, conteo.papeletas, conteo.gastado) == ([], 0, 0)


@pytest.mark.parametrize(
    ("costos", "papeletas", "desempate"),
    [({1: 0}, [[1]], [1]), ({1: 10}, [[2]], [1]), ({1: 10, 2: 5}, [[1]], [1]), ({1: 10}, [{1: -1}], [1])],
)
def test_datos_imposibles_no_se_cuentan(costos, papeletas, desempate):
    with pytest.raises(ValueError):
        voraz.contar(costos, papeletas, presupuesto=100, desempate=desempate)


def test_desempate_depende_solo_de_la_semilla_publica():
    ids = list(range(1, 30))
    assert orden_de_desempate(reversed(ids), "abc") == orden_de_desempate(ids, "abc")
    assert orden_de_desempate(ids, "abc") != orden_de_desempate(ids, "abd")
    assert sorted(orden_de_desempate(ids, "abc")) == ids


# --- Pabulib ---------------------------------------------------------------------------------------------------------
def test_pabulib_lee_comillas_espacios_y_puntos():
    texto = (
        "META\nkey;value\nbudget;10,50\nvote_type;cumulative\nPROJECTS\nproject_id;cost;name\n"
        '1;5;"una; obra"\n2;5.25;otra\nVOTES\nvoter_id;vote;points\na;1, 2;3,1\nb;2;2\n'
    )
    eleccion = pabulib.leer(texto.splitlines(keepends=True))
    assert (eleccion.presupuesto, eleccion.costos) == (1050, {"1": 500, "2": 525})
    assert eleccion.papeletas == [{"1": 3, "2": 1}, {"2": 2}]


# --- Papeleta, recibo, libro, estados --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("numeros", "frase"),
    [([], "Todavía no elegiste"), ([9], "no está en esta papeleta"), ([1, 2], "Quita obras por Bs\u00a0200 o más")],
)
def test_papeleta_que_no_vale_se_explica(numeros, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        exigir_valida(numeros, Reglamento(presupuesto=1000), {1: 600, 2: 600})


def test_papeleta_sin_repetidos_y_en_orden():
    assert exigir_valida([3, 1, 3], Reglamento(presupuesto=20), {1: 10, 2: 10, 3: 10}) == [1, 3]


def test_recibo_se_reconoce_aunque_se_copie_a_mano():
    codigo = recibo.codigo_de(bytes(range(10)))
    assert len(codigo) == 19
    assert recibo.normalizar(codigo.lower().replace("-", " ").replace("0", "o")) == codigo
    assert recibo.normalizar(codigo[:-1]) is None
    assert recibo.normalizar("U" * 16) is None


def test_recibos_distintos_tienen_huellas_distintas():
    azar = random.Random(1)
    codigos = {recibo.codigo_de(azar.randbytes(32)) for _ in range(2000)}
    assert len(codigos) == len({recibo.huella_de(codigo) for codigo in codigos}) == 2000


def test_libro_canonico_y_su_primera_diferencia():
    uno = {"b": [{"costo": 1}], "a": "ñ"}
    assert libro.canonico(uno) == '{"a":"ñ","b":[{"costo":1}]}'
    assert libro.diferencia(uno, {"a": "ñ", "b": [{"costo": 1}]}) == ""
    assert libro.diferencia(uno, {"a": "ñ", "b": [{"costo": 2}]}) == "b.0.costo"
    assert libro.diferencia(uno, {"a": "ñ", "b": []}) == "b"


def test_una_votacion_no_salta_pasos():
    for desde, hacia in pairwise(estados.Estado):
        estados.exigir_movimiento(desde, hacia)
    for desde, hacia in (
        ("preparada", "cerrada"),
        ("abierta", "contada"),
        ("cerrada", "abierta"),
        ("contada", "abierta"),
    ):
        with pytest.raises(ReglaIncumplida):
            estados.exigir_movimiento(desde, hacia)
