"""Estados, avances, alertas y la curva de las obras."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest

from civic.comun.errores import ReglaIncumplida
from mapas.obras import reglas
from mapas.obras.grafico import ALTO, ANCHO, curva
from mapas.obras.reglas import FICHAS, MOVIMIENTOS, Estado

D = datetime.date
HOY = D(2026, 11, 20)


@dataclass
class Informe:
    fecha: D
    fisico: Decimal
    financiero: Decimal


def informe(mes: int, dia: int, fisico, financiero) -> Informe:
    return Informe(D(2026, mes, dia), Decimal(fisico), Decimal(financiero))


def alertas(**cambios) -> list[str]:
    datos = {"estado": Estado.EN_EJECUCION, "avances": [informe(11, 5, 50, 50)], "fin_previsto": None, "hoy": HOY}
    return [alerta.codigo for alerta in reglas.alertas(**(datos | cambios))]


def test_todo_estado_tiene_ficha_y_se_alcanza():
    assert set(FICHAS) == set(Estado)
    alcanzados = {Estado.EN_PREINVERSION} | {hacia for salidas in MOVIMIENTOS.values() for hacia in salidas}
    assert alcanzados == set(Estado)


def test_siguientes_van_en_el_orden_de_la_vida_de_la_obra():
    assert reglas.siguientes(Estado.EN_EJECUCION) == ["paralizada", "recepcion_provisional", "resuelta"]
    assert reglas.siguientes(Estado.CANCELADA) == []


@pytest.mark.parametrize(
    ("desde", "hacia", "motivo", "con_contrato", "campo"),
    [
        (Estado.EN_PREINVERSION, Estado.EN_EJECUCION, "", True, "hacia"),
        (Estado.EN_EJECUCION, Estado.PARALIZADA, "", True, "motivo"),
        (Estado.EN_CONTRATACION, Estado.CANCELADA, "", True, "motivo"),
        (Estado.EN_CONTRATACION, Estado.ORDEN_DE_PROCEDER, "", False, None),
    ],
)
def test_exigir_movimiento_sin_lo_necesario_lo_dice(desde, hacia, motivo, con_contrato, campo):
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_movimiento(desde, hacia, motivo=motivo, con_contrato=con_contrato)
    assert error.value.campo == campo
    reglas.exigir_movimiento(Estado.EN_EJECUCION, Estado.PARALIZADA, motivo="lluvias", con_contrato=True)


# --- Avances ---


def exigir(fecha, fisico, financiero, **cambios):
    otros = [informe(10, 5, 55, 48), informe(8, 5, 18, 20)]
    datos = {"estado": Estado.EN_EJECUCION, "otros": otros, "motivo": "", "hoy": HOY}
    reglas.exigir_avance(fecha=fecha, fisico=Decimal(fisico), financiero=Decimal(financiero), **(datos | cambios))


@pytest.mark.parametrize(
    ("fecha", "fisico", "financiero", "campo", "frase"),
    [
        (D(2026, 11, 21), 60, 50, "fecha", "futura"),
        (D(2026, 10, 5), 60, 50, "fecha", "Ya hay un informe"),
        (D(2026, 11, 5), 54, 50, "fisico", "decía 55 %"),
        (D(2026, 11, 5), 60, 47, "financiero", "decía 48 %"),
        (D(2026, 9, 4), 56, 30, "fisico", "siguiente dice 55 %"),
        (D(2026, 9, 4), 30, 49, "financiero", "siguiente dice 48 %"),
        (D(2026, 11, 5), "100.01", 50, "fisico", "de 0 a 100"),
        (D(2026, 11, 5), 60, -1, "financiero", "de 0 a 100"),
    ],
)
def test_exigir_avance_que_no_cabe_nombra_su_campo(fecha, fisico, financiero, campo, frase):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        exigir(fecha, fisico, financiero)
    assert error.value.campo == campo


def test_exigir_avance_que_cabe_o_con_motivo_pasa():
    exigir(D(2026, 11, 5), 68, 61)
    exigir(D(2026, 9, 4), 37, 32)
    exigir(D(2026, 7, 10), 5, 0)
    exigir(D(2026, 11, 5), 40, 40, motivo="La planilla 2 estaba mal medida")


@pytest.mark.parametrize("estado", [Estado.EN_PREINVERSION, Estado.EN_CONTRATACION, Estado.CANCELADA])
def test_exigir_avance_antes_de_empezar_no_se_puede(estado):
    with pytest.raises(ReglaIncumplida, match="todavía no hay avance"):
        exigir(D(2026, 11, 5), 68, 61, estado=estado)


# --- Alertas ---


def test_alertas_sin_nada_malo_no_hay():
    assert alertas() == []


@pytest.mark.parametrize(
    ("cambios", "esperadas"),
    [
        ({"avances": [informe(11, 5, 40, 55)]}, []),
        ({"avances": [informe(11, 5, 40, "55.01")]}, ["brecha"]),
        ({"avances": [informe(10, 16, 40, 40)]}, []),
        ({"avances": [informe(10, 15, 40, 40)]}, ["sin_informe"]),
        ({"avances": [], "orden_proceder": D(2026, 10, 1)}, ["sin_informe"]),
        ({"avances": [], "orden_proceder": D(2026, 11, 1)}, []),
        ({"avances": []}, []),
        ({"fin_previsto": D(2026, 11, 20)}, []),
        ({"fin_previsto": D(2026, 11, 19)}, ["atraso"]),
        ({"ampliaciones": 1}, []),
        ({"ampliaciones": 2}, ["ampliaciones"]),
        ({"estado": Estado.PARALIZADA}, ["paralizada"]),
        ({"estado": Estado.EN_USO, "fin_previsto": D(2020, 1, 1), "ampliaciones": 5}, []),
    ],
)
def test_alertas_en_su_borde_exacto(cambios, esperadas):
    assert alertas(**cambios) == esperadas


def test_alertas_dicen_cifras_y_singular():
    una = reglas.alertas(estado=Estado.EN_EJECUCION, avances=[], fin_previsto=D(2026, 11, 19), hoy=HOY)
    assert una[0].texto == "Debió terminar hace 1 día."


# --- Curva ---


def numeros(puntos: str) -> list[tuple[float, float]]:
    return [tuple(map(float, par.split(","))) for par in puntos.split()]


def test_curva_sin_informes_no_hay():
    assert curva([], inicio=D(2026, 7, 6), fin_previsto=None) is None


def test_curva_empieza_en_cero_y_sube_dentro_del_lienzo():
    dibujo = curva([informe(8, 5, 18, 20), informe(10, 5, 55, 48)], inicio=D(2026, 7, 6), fin_previsto=D(2026, 12, 3))
    fisico, pagado = numeros(dibujo.fisico), numeros(dibujo.financiero)
    assert len(fisico) == len(pagado) == 3
    assert fisico[0] == pagado[0] == (dibujo.izquierda, dibujo.base)
    assert [x for x, _ in fisico] == sorted(x for x, _ in fisico)
    assert [y for _, y in fisico] == sorted((y for _, y in fisico), reverse=True)
    assert all(0 <= x <= ANCHO and 0 <= y <= ALTO for x, y in fisico + pagado)
    assert len(dibujo.puntos_fisico) == 2, "el cero del comienzo no es un informe"
    assert dibujo.plazo.x == f"{dibujo.derecha:.1f}"


def test_curva_con_un_solo_informe_y_sin_fechas_no_se_rompe():
    dibujo = curva([informe(8, 5, 100, 0)], inicio=None, fin_previsto=None)
    assert numeros(dibujo.fisico) == [(dibujo.izquierda, dibujo.arriba)]
    assert dibujo.plazo is None


def test_curva_con_valores_iguales_separa_los_rotulos():
    dibujo = curva([informe(8, 5, 50, 50)], inicio=None, fin_previsto=None)
    uno, otro = (float(rotulo.y) for rotulo in dibujo.rotulos)
    assert abs(uno - otro) >= 16
