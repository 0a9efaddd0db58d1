"""La tabla de estados y las reglas puras."""

from decimal import Decimal

import pytest

from civic.comun.errores import ReglaIncumplida
from propuestas import reglas
from propuestas.reglas import (
    AUTOR,
    EN_CALIDAD_DE,
    FICHAS,
    GRUPOS,
    MOVIMIENTOS,
    PLANIFICACION,
    PUBLICOS,
    SISTEMA,
    Estado,
)

TONOS = {"bien", "ojo", "mal", "info"}


@pytest.mark.parametrize("estado", list(Estado))
def test_ficha_de_cada_estado_tiene_palabra_tono_signo_y_que_sigue(estado):
    ficha = FICHAS[estado]
    assert (bool(ficha.etiqueta), ficha.tono in TONOS, bool(ficha.signo), ficha.sigue[-1:]) == (True, True, True, ".")


def test_fichas_no_repiten_etiqueta():
    etiquetas = [ficha.etiqueta for ficha in FICHAS.values()]
    assert len(set(etiquetas)) == len(etiquetas) == len(Estado)


def test_movimientos_solo_nombran_estados_y_calidades_que_existen():
    for desde, destinos in MOVIMIENTOS.items():
        for hacia, quienes in destinos.items():
            assert desde in FICHAS and hacia in FICHAS and desde != hacia
            assert quienes and quienes <= set(EN_CALIDAD_DE)


def test_movimientos_llegan_a_todos_los_estados_desde_los_borradores():
    alcanzados, pendientes = set(), [Estado.BORRADOR, Estado.BORRADOR_ASISTIDO]
    while pendientes:
        estado = pendientes.pop()
        if estado not in alcanzados:
            alcanzados.add(estado)
            pendientes += MOVIMIENTOS.get(estado, {})
    assert alcanzados == set(Estado)


def test_grupos_del_filtro_cubren_cada_estado_publico_una_vez():
    assert sorted(estado.value for estados in GRUPOS.values() for estado in estados) == sorted(PUBLICOS)


def test_apoyables_son_todos_publicos():
    assert set(reglas.APOYABLES) <= set(PUBLICOS)


def test_siguientes_da_solo_lo_que_toca_a_la_calidad():
    assert reglas.siguientes(Estado.PUBLICADA, AUTOR) == ["retirada"]
    assert reglas.siguientes(Estado.CUMPLIDA, PLANIFICACION) == []


@pytest.mark.parametrize(
    ("desde", "hacia", "calidad", "frase"),
    [
        ("borrador", "publicada", PLANIFICACION, "Una propuesta «Borrador» no puede pasar a «Publicada»."),
        ("publicada", "retirada", PLANIFICACION, "Pasar la propuesta a «Retirada» le toca a: quien la presentó."),
        ("en_votacion", "seleccionada", PLANIFICACION, "Pasar la propuesta a «Ganó la votación» le toca a: sistema."),
    ],
)
def test_movimiento_que_no_existe_o_no_toca_se_explica(desde, hacia, calidad, frase):
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_movimiento(desde, hacia, calidad)
    assert error.value.mensaje == frase


def test_movimiento_del_sistema_permitido_no_lanza():
    assert reglas.exigir_movimiento("en_votacion", "seleccionada", SISTEMA) is None


def test_faltantes_nombra_cada_paso_en_orden():
    faltas = reglas.faltantes(titulo=" ", descripcion="", con_categoria=False, con_distrito=False, monto=None)
    assert [paso for paso, _ in faltas] == ["que", "que", "que", "donde", "foto"]
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_completa(faltas[3:])
    assert error.value.mensaje == "Para presentarla falta: el lugar (paso «Dónde»); el costo (paso «Foto y costo»)."


def test_completa_no_le_falta_nada():
    faltas = reglas.faltantes(titulo="a", descripcion="b", con_categoria=True, con_distrito=True, monto=Decimal(1))
    assert faltas == []
    assert reglas.exigir_completa(faltas) is None


def test_bajo_techo_en_el_limite_vale_y_un_centavo_mas_no():
    techo = Decimal("300000")
    assert reglas.exigir_bajo_techo(techo, techo, "Distrito 1") is None
    assert reglas.exigir_bajo_techo(Decimal("9e9"), None, "Distrito 1") is None
    with pytest.raises(ReglaIncumplida, match="techo de Distrito 1") as error:
        reglas.exigir_bajo_techo(techo + Decimal("0.01"), techo, "Distrito 1")
    assert error.value.campo == "monto_solicitado"


@pytest.mark.parametrize(("numero", "codigo"), [(1, "PR-2027-001"), (999, "PR-2027-999"), (1000, "PR-2027-1000")])
def test_codigo_ida_y_vuelta(numero, codigo):
    assert reglas.codigo_de(2027, numero) == codigo
    assert reglas.numero_de(codigo) == numero


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"resultado": "publicada"}, "resultado"),
        ({"estado": "publicada"}, None),
        ({"texto": "  "}, "texto"),
        ({"resultado": "rechazada", "motivo": ""}, "motivo"),
        ({"resultado": "derivada", "motivo": "inventada"}, "motivo"),
        ({"monto_tecnico": None}, "monto_tecnico"),
        ({"monto_tecnico": Decimal(0)}, "monto_tecnico"),
    ],
)
def test_dictamen_sin_lo_que_necesita_dice_que_campo(cambios, campo):
    dictamen = {
        "estado": "en_evaluacion",
        "resultado": "viable",
        "motivo": "",
        "texto": "Se puede.",
        "monto_tecnico": Decimal(100),
    }
    assert reglas.exigir_dictamen(**dictamen) is None
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_dictamen(**dictamen | cambios)
    assert error.value.campo == campo


def test_motivo_lo_piden_la_devolucion_y_la_respuesta_del_autor():
    for hacia, calidad in (("devuelta", PLANIFICACION), ("retirada", AUTOR), ("en_evaluacion", AUTOR)):
        with pytest.raises(ReglaIncumplida) as error:
            reglas.exigir_motivo(hacia, calidad, "  ")
        assert error.value.campo == "motivo"
    assert reglas.exigir_motivo("publicada", PLANIFICACION, "") is None
    assert reglas.exigir_motivo("en_evaluacion", PLANIFICACION, "") is None
