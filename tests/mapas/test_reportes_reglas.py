"""Estados, plazos en días hábiles y cercanía de los reportes."""

import datetime

import pytest

from civic.comun.distancias import caja, metros_entre
from civic.comun.errores import ReglaIncumplida
from mapas.reportes import reglas
from mapas.reportes.reglas import CIUDADANIA, FICHAS, FINALES, MOVIMIENTOS, UNIDAD, VENTANILLA, Estado

D = datetime.date


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
    oeste, sur, este, norte = caja(lon, lat, 150)
    for borde in ((oeste, lat), (este, lat), (lon, sur), (lon, norte)):
        assert 149.9 < metros_entre(lon, lat, *borde) < 150.2
