import pytest

from mapas.territorio.consultas import ubicar
from tests.elenco import PUNTO_D1, PUNTO_D2, PUNTO_FUERA


def test_ubicar_dentro_da_distrito_y_otb(pueblo):
    lugar = ubicar(*PUNTO_D1)
    assert (lugar.municipio, lugar.distrito, lugar.otb, lugar.regla) == (
        pueblo.municipio,
        pueblo.distrito_1,
        pueblo.otb_molle,
        "dentro",
    )


def test_ubicar_en_distrito_con_otb_sin_poligono_da_solo_distrito(pueblo):
    lugar = ubicar(*PUNTO_D2)
    assert (lugar.distrito, lugar.otb) == (pueblo.distrito_2, None)


def test_ubicar_en_el_borde_gana_el_codigo_menor(pueblo):
    lugar = ubicar(1.0, 0.5)
    assert (lugar.distrito, lugar.regla) == (pueblo.distrito_1, "borde")


@pytest.mark.parametrize(("lat", "regla"), [(1.0003, "cercano"), (1.01, "ninguno")])
def test_ubicar_afuera_solo_acerca_hasta_50_metros(pueblo, lat, regla):
    assert ubicar(0.5, lat).regla == regla


def test_ubicar_lejos_da_nada(pueblo):
    lugar = ubicar(*PUNTO_FUERA)
    assert (lugar.municipio, lugar.distrito, lugar.otb, lugar.regla) == (None, None, None, "ninguno")


def test_ubicar_tras_cambiar_el_territorio_usa_el_nuevo(pueblo):
    assert ubicar(*PUNTO_D1).distrito == pueblo.distrito_1
    pueblo.distrito_1.geometria = None
    pueblo.distrito_1.save()
    assert ubicar(*PUNTO_D1).distrito is None
