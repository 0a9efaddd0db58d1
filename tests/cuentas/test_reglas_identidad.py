"""Un carnet escrito de cualquier manera es el mismo carnet; y las celdas chicas no se publican."""

import datetime
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civic.cuentas.reglas_identidad import DatoInvalido, agrupar_totales, leer_nacimiento, normalizar_ci

HOY = datetime.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("escrito", "canonico"),
    [
        *((t, "1234567") for t in ("1234567", " 1.234.567 ", "1 234 567", "001234567", "1234567.0", "1234567 CB")),
        *((t, "1234567") for t in ("1234567CB", "1234567-CB", "1234567 Cbba.", "1234567 La Paz", "CI 1234567 LP")),
        *((t, "1234567") for t in ("C.I. 1234567", "N° 1234567", "Nro. 1234567", "１２３４５６７", "١٢٣٤٥٦٧")),
        *((t, "1234567") for t in ("123\u200b4567", "\u202e1234567", "1234567\u00a0", "1234–567")),
        *((t, "1234567-1A") for t in ("1234567-1A", "1234567 1a", "12345671A", "1234567—1Ａ", "1234567-1A CB")),
        *((t, "1234567-1A") for t in ("12345671ACB", "1.234.567-1A Cbba.", "CI: 1234567 - 1A (CB)")),
        ("1234567-A1", "1234567-A1"),
        *((t, "E-1234567") for t in ("E-1234567", "e1234567", "E 1.234.567", "E-01234567 SC")),
    ],
)
def test_el_mismo_carnet_escrito_de_muchas_maneras(escrito, canonico):
    assert normalizar_ci(escrito).canonico == canonico


@pytest.mark.parametrize(
    "escrito",
    [
        *("", "   ", "abc", "123", "12345678901", "1234567-A", "=1234567", "+1234567", "1e400", "NaN", "inf", "-0"),
        *("1234567\x00", "1234567\ud800", "12345б7", "1234567 Quillacollo", "1234567;DROP", "1" * 1_000, "9" * 10**6),
    ],
)
def test_lo_que_no_es_un_carnet_se_dice_sin_repetirlo(escrito):
    with pytest.raises(DatoInvalido) as error:
        normalizar_ci(escrito)
    assert len(escrito.strip()) < 4 or escrito.strip() not in str(error.value)


def test_numeros_distintos_y_complementos_distintos_son_personas_distintas():
    escritos = ["1234567", "1234567-1A", "1234567-1B", "E-1234567", "1234568"]
    assert len({normalizar_ci(escrito).canonico for escrito in escritos}) == len(escritos)


def test_un_ci_nunca_se_imprime():
    ci = normalizar_ci("7654321-2B")
    assert "7654321" not in f"{ci} {ci!r} {[ci]}"


@given(st.integers(1_000, 9_999_999_999), st.sampled_from(["", "1A", "2B", "C3"]), st.booleans(), st.data())
def test_separadores_ceros_y_departamento_no_cambian_el_carnet(numero, complemento, extranjero, datos):
    cifras = str(numero)
    corte = datos.draw(st.integers(1, len(cifras) - 1))
    espacio = datos.draw(st.sampled_from([".", " ", ""]))
    cola = datos.draw(st.sampled_from(["", " CB", " Cbba.", "-LP", " (SC)"]))
    union = datos.draw(st.sampled_from(["-", " ", " - ", "–"]))
    ceros = datos.draw(st.sampled_from(["", "0", "00"]))
    escrito = f"{'E-' if extranjero else ''}{ceros}{cifras[:corte]}{espacio}{cifras[corte:]}"
    escrito += f"{union}{complemento}" if complemento else ""
    # «1954.0» lo escribe una planilla para decir 1954; ninguna persona separa así el último cero.
    assume(not re.fullmatch(r"[0-9]+\.0", escrito))
    llano = normalizar_ci(f"{'E-' if extranjero else ''}{cifras}{'-' if complemento else ''}{complemento}")
    assert normalizar_ci(escrito + cola) == llano
    assert normalizar_ci(llano.canonico) == llano


@given(st.text(max_size=80))
def test_cualquier_texto_da_un_carnet_o_una_frase(texto):
    try:
        ci = normalizar_ci(texto)
    except DatoInvalido:
        return
    assert normalizar_ci(ci.canonico) == ci
    assert 4 <= len(ci.numero) <= 10 and ci.numero.isascii()


@pytest.mark.parametrize(
    "escrito",
    [
        *(
            "31/05/1990",
            "31-5-1990",
            "31.05.1990",
            "1990-05-31",
            "1990/5/31",
            "1990-05-31 00:00:00",
            "33024",
            "33024.0",
        ),
        *("٣١/٠٥/١٩٩٠", datetime.date(1990, 5, 31), datetime.datetime(1990, 5, 31, 8, 0)),
    ],
)
def test_la_misma_fecha_escrita_de_muchas_maneras(escrito):
    assert leer_nacimiento(escrito, HOY) == datetime.date(1990, 5, 31)


@pytest.mark.parametrize(
    ("escrito", "frase"),
    [
        ("31/02/1990", "la fecha 31/02/1990 no existe"),
        ("1990-13-01", "la fecha 01/13/1990 no existe"),
        ("31/05/90", "no se entiende"),
        ("05/31/1990", "no existe"),
        ("mayo", "no se entiende"),
        ("", "no se entiende"),
        ("=HOY()", "no se entiende"),
        ("01/01/2030", "todavía no llegó"),
        ("01/01/1850", "más de 120 años"),
        ("99999", "todavía no llegó"),
        ("1" * 500, "demasiado larga"),
        ("0000-00-00", "no existe"),
    ],
)
def test_una_fecha_que_no_vale_dice_por_que(escrito, frase):
    with pytest.raises(DatoInvalido, match=frase):
        leer_nacimiento(escrito, HOY)


@given(st.text(max_size=40))
def test_cualquier_texto_da_una_fecha_posible_o_una_frase(texto):
    try:
        fecha = leer_nacimiento(texto, HOY)
    except DatoInvalido:
        return
    assert HOY.year - 120 <= fecha.year and fecha <= HOY


@pytest.mark.parametrize(
    ("cuentas", "salen"),
    [
        ({"padrón": 30, "promotora": 10, "ventanilla": 8}, [("padrón", 30), ("promotora", 10), ("ventanilla", 8)]),
        ({"padrón": 30, "promotora": 3, "ventanilla": 2}, [("padrón", 30), ("otras formas", 5)]),
        # Una sola celda chica se llevaría a la siguiente: del total se la podría restar.
        ({"padrón": 30, "promotora": 10, "ventanilla": 2}, [("padrón", 30), ("otras formas", 12)]),
        ({"padrón": 30, "ventanilla": 1}, []),
        ({"padrón": 48}, [("padrón", 48)]),
        ({"padrón": 4}, []),
        ({"padrón": 0}, []),
        ({}, []),
    ],
)
def test_las_celdas_chicas_se_juntan(cuentas, salen):
    assert agrupar_totales(cuentas) == salen


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 40), max_size=6))
def test_ningun_total_publico_tiene_menos_de_cinco_y_la_suma_no_cambia(cuentas):
    salen = agrupar_totales(cuentas, otras="otras formas")
    assert all(cuantas >= 5 for _, cuantas in salen)
    assert not salen or sum(cuantas for _, cuantas in salen) == sum(cuentas.values())
