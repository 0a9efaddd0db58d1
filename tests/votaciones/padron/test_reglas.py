"""El plazo, la vida de un reclamo y la huella: sin base ni reloj."""

import datetime
import hashlib

import pytest

from civic.comun.errores import ReglaIncumplida
from votaciones.padron import reglas

DIA = datetime.timedelta(days=1)
AHORA = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)


def test_el_plazo_dura_tres_dias_y_termina_antes_de_abrir():
    reglas.exigir_plazo(AHORA, AHORA + 3 * DIA, AHORA + 3 * DIA)
    reglas.exigir_plazo(AHORA, AHORA + 4 * DIA, AHORA + 9 * DIA)


@pytest.mark.parametrize(
    ("dura", "abre", "frase"),
    [
        (3 * DIA - datetime.timedelta(seconds=1), 9 * DIA, "por lo menos 3 días"),
        (-DIA, 9 * DIA, "por lo menos 3 días"),
        (4 * DIA, 4 * DIA - datetime.timedelta(seconds=1), "antes de que abra la votación"),
    ],
)
def test_un_plazo_corto_o_que_pasa_de_la_apertura_se_niega(dura, abre, frase):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        reglas.exigir_plazo(AHORA, AHORA + dura, AHORA + abre)
    assert error.value.campo == "observable_hasta"


def test_un_reclamo_se_resuelve_una_sola_vez():
    vale = {(de, a) for de in reglas.Estado for a in reglas.Estado if a in reglas.MOVIMIENTOS[de]}
    assert vale == {("presentado", "aceptado"), ("presentado", "rechazado")}
    for de in reglas.Estado:
        for a in (*reglas.Estado, "inventado"):
            if (de, a) in vale:
                reglas.exigir_movimiento(de, a)
            else:
                with pytest.raises(ReglaIncumplida):
                    reglas.exigir_movimiento(de, a)


def test_la_huella_no_depende_del_orden_y_cambia_con_una_sola_persona():
    huella = reglas.huella_de({2: ["c"], 1: ["b", "a"]})
    assert huella == hashlib.sha256(b"1:a\n1:b\n2:c\n").hexdigest()
    assert huella == reglas.huella_de({1: ["a", "b"], 2: ["c"]})
    otras = ({1: ["a"], 2: ["c"]}, {1: ["a", "b", "c"], 2: []}, {1: ["a", "b"], 2: ["d"]})
    assert huella not in {reglas.huella_de(otra) for otra in otras}
    assert reglas.huella_de({}) == hashlib.sha256(b"").hexdigest()
