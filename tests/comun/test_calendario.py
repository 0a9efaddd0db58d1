"""Feriados y días hábiles: los de la biblioteca, más y menos los del municipio."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.comun.calendario import DE_FABRICA, Local, es_habil, feriados, habiles_hasta, leer_locales, sumar_habiles

D = datetime.date


@pytest.mark.parametrize(
    ("anio", "domingo"),
    [
        (2024, D(2024, 3, 31)),
        (2025, D(2025, 4, 20)),
        (2026, D(2026, 4, 5)),
        (2027, D(2027, 3, 28)),
        (2038, D(2038, 4, 25)),
    ],
)
def test_el_viernes_santo_sigue_a_su_pascua(anio, domingo):
    assert domingo - datetime.timedelta(days=2) in feriados(anio)


def test_feriados_de_2026_incluyen_fijos_moviles_y_el_traslado_del_domingo():
    dias = feriados(2026)
    assert {D(2026, 2, 16), D(2026, 2, 17), D(2026, 4, 3), D(2026, 6, 4)} <= dias, "Carnaval, Viernes Santo, Corpus"
    assert D(2026, 9, 14) in dias, "Cochabamba"
    assert D(2026, 6, 22) in dias, "el 21 de junio de 2026 es domingo: pasa al lunes"
    assert len(dias) == 13


@pytest.mark.parametrize(
    ("dia", "habil"),
    [
        (D(2026, 11, 20), True),
        (D(2026, 11, 21), False),
        (D(2026, 11, 22), False),
        (D(2026, 12, 25), False),
        (D(2026, 12, 24), True),
    ],
)
def test_es_habil_no_cuenta_fin_de_semana_ni_feriado(dia, habil):
    assert es_habil(dia) is habil


@pytest.mark.parametrize(
    ("desde", "dias", "vence"),
    [
        (D(2026, 11, 20), 1, D(2026, 11, 23)),  # viernes + 1 = lunes
        (D(2026, 11, 21), 1, D(2026, 11, 23)),  # sábado + 1 = lunes
        (D(2026, 11, 16), 5, D(2026, 11, 23)),
        (D(2026, 12, 24), 2, D(2026, 12, 29)),  # salta Navidad y el fin de semana
        (D(2026, 12, 31), 1, D(2027, 1, 4)),  # cambia de año
        (D(2026, 11, 20), 0, D(2026, 11, 20)),
    ],
)
def test_sumar_habiles_empieza_al_dia_siguiente(desde, dias, vence):
    assert sumar_habiles(desde, dias) == vence


def test_el_17_de_octubre_se_trabaja_aunque_la_biblioteca_lo_traiga():
    assert es_habil(D(2025, 10, 17)) and es_habil(D(2028, 10, 17))
    assert not es_habil(D(2025, 10, 17), ()), "sin la lista de fábrica, la biblioteca lo cuenta"
    assert es_habil(D(2027, 10, 18)), "cae en domingo y no deja un lunes libre"


@pytest.mark.parametrize("lunes", [D(2025, 9, 15), D(2025, 11, 3), D(2026, 6, 22)])
def test_lo_que_cae_en_domingo_pasa_al_lunes(lunes):
    assert not es_habil(lunes)


def test_el_municipio_agrega_y_quita_dias():
    lista = leer_locales(["08-15", "2026-11-03", "-10-17", "-2026-06-22", "02-29"])
    assert lista[0] == Local(None, 8, 15) and lista[3] == Local(2026, 6, 22, quita=True)
    assert not es_habil(D(2028, 8, 15), lista) and es_habil(D(2028, 8, 15))
    assert not es_habil(D(2026, 11, 3), lista) and es_habil(D(2027, 11, 3), lista)
    assert es_habil(D(2026, 6, 22), lista), "un decreto lo dejó hábil ese año"
    assert not es_habil(D(2028, 2, 29), lista)
    assert feriados(2027, lista)


@pytest.mark.parametrize("mal", ["", "-", "14-09", "2026-02-30", "--10-17", "feria"])
def test_una_fecha_mal_escrita_no_se_acepta(mal):
    with pytest.raises(ValueError):
        leer_locales([mal])


@given(st.dates(D(2020, 1, 1), D(2035, 1, 1)), st.integers(0, 40))
def test_sumar_y_contar_dias_habiles_son_lo_mismo_al_reves(desde, dias):
    fin = sumar_habiles(desde, dias, DE_FABRICA)
    assert habiles_hasta(desde, fin) == dias
    assert dias == 0 or es_habil(fin)
