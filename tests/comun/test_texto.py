from decimal import Decimal

from civic.comun.dinero import bolivianos
from civic.comun.texto import limpiar, para_buscar


def test_limpiar_con_marcas_invisibles_las_quita():
    assert limpiar("a\u202eb\u200bc\x00 d\ud800") == "abc d"


def test_para_buscar_sin_acentos_ni_mayusculas():
    assert para_buscar("Ñankuna, ¡Urkupiña!") == "nankuna urkupina"


def test_bolivianos_con_centavos_y_sin_ellos():
    assert bolivianos(Decimal("1250000.50")) == "Bs\u00a01.250.000,50"
    assert bolivianos(120000) == "Bs\u00a0120.000"
    assert bolivianos(None) == "sin monto"
