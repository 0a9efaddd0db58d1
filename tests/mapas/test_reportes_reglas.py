"""Estados, plazos en días hábiles y cercanía de los reportes."""

import datetime

import pytest

from civic.comun.calendario import es_habil, feriados, pascua, sumar_habiles
from civic.comun.errores import ReglaIncumplida
from mapas.reportes import reglas
from mapas.reportes.reglas import CIUDADANIA, FICHAS, FINALES, MOVIMIENTOS, UNIDAD, VENTANILLA, Estado

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
def test_pascua_cae_en_su_domingo(anio, domingo):
    assert pascua(anio) == domingo


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


def test_todo_estado_tiene_ficha_y_los_movimientos_solo_nombran_estados():
    assert set(FICHAS) == set(Estado)
    assert set(MOVIMIENTOS) <= set(Estado)
    assert {hacia for salidas in MOVIMIENTOS.values() for hacia in salidas} <= set(Estado)


def test_todo_estado_se_alcanza_y_solo_se_termina_en_uno_final():
    alcanzados, por_ver = {Estado.RECIBIDO}, [Estado.RECIBIDO]
    while por_ver:
        for hacia in MOVIMIENTOS.get(por_ver.pop(), {}):
            if hacia not in alcanzados:
                alcanzados.add(hacia)
                por_ver.append(hacia)
    assert alcanzados == set(Estado)
    assert {estado for estado in Estado if estado not in MOVIMIENTOS} <= FINALES


def test_exigir_movimiento_imposible_dice_los_dos_estados():
    reglas.exigir_movimiento(Estado.RECIBIDO, Estado.ASIGNADO)
    with pytest.raises(ReglaIncumplida, match="«Recibido» no puede pasar a «Resuelto»"):
        reglas.exigir_movimiento(Estado.RECIBIDO, Estado.RESUELTO)
    with pytest.raises(ReglaIncumplida):
        reglas.exigir_movimiento(Estado.NO_PROCEDE, Estado.ASIGNADO)


def test_siguientes_depende_de_la_calidad():
    assert reglas.siguientes(Estado.RESUELTO, frozenset({CIUDADANIA})) == ["confirmado", "reabierto"]
    assert reglas.siguientes(Estado.RESUELTO, frozenset({VENTANILLA})) == ["cerrado_sin_respuesta_ciudadana"]
    assert reglas.siguientes(Estado.EN_ATENCION, frozenset({VENTANILLA})) == []
    assert "resuelto" in reglas.siguientes(Estado.EN_ATENCION, frozenset({UNIDAD}))
    assert reglas.siguientes(Estado.CONFIRMADO, frozenset({UNIDAD, VENTANILLA, CIUDADANIA})) == []


@pytest.mark.parametrize(
    ("hacia", "campo"),
    [
        (Estado.RESUELTO, "respuesta"),
        (Estado.NO_PROCEDE, "respuesta"),
        (Estado.FUERA_DE_COMPETENCIA, "respuesta"),
        (Estado.PROGRAMADO, "respuesta"),
        (Estado.ASIGNADO, "unidad"),
        (Estado.DERIVADO, "operador"),
        (Estado.DUPLICADO, "sigue_en"),
        (Estado.CONVERTIDO, "sigue_en"),
    ],
)
def test_exigir_datos_sin_el_que_toca_nombra_su_campo(hacia, campo):
    completos = {"explicacion": "porque sí", "unidad": "Vías", "operador": "EMAPAQ", "sigue_en": "/propuestas/1/"}
    reglas.exigir_datos(hacia, **completos)
    nombre = "explicacion" if campo == "respuesta" else campo
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_datos(hacia, **(completos | {nombre: ""}))
    assert error.value.campo == campo


@pytest.mark.parametrize(
    ("estado", "vence", "vencido"),
    [
        (Estado.ASIGNADO, D(2026, 11, 19), True),
        (Estado.ASIGNADO, D(2026, 11, 20), False),
        (Estado.ASIGNADO, None, False),
        (Estado.RESUELTO, D(2026, 11, 1), False),
        (Estado.REABIERTO, D(2026, 11, 1), True),
    ],
)
def test_esta_vencido_solo_si_sigue_abierto_y_paso_la_fecha(estado, vence, vencido):
    assert reglas.esta_vencido(estado, vence, D(2026, 11, 20)) is vencido


def test_exigir_reabrible_hasta_quince_dias_despues():
    reglas.exigir_reabrible(D(2026, 11, 1), D(2026, 11, 16))
    with pytest.raises(ReglaIncumplida, match="hasta el 16/11/2026"):
        reglas.exigir_reabrible(D(2026, 11, 1), D(2026, 11, 17))


def test_plazo_de_usa_el_de_la_categoria_o_el_general():
    assert (reglas.plazo_de("alcantarillado"), reglas.plazo_de("nueva")) == (2, 10)


@pytest.mark.parametrize("lat", [-17.39, 0.0, 60.0])
def test_caja_contiene_el_circulo_y_poco_mas(lat):
    lon = -66.28
    oeste, sur, este, norte = reglas.caja(lon, lat, 150)
    for borde in ((oeste, lat), (este, lat), (lon, sur), (lon, norte)):
        assert 149.9 < reglas.metros_entre(lon, lat, *borde) < 150.2
