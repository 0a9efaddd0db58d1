from decimal import Decimal

import pytest

from civic.comun.dinero import bolivianos
from civic.comun.texto import limpiar, para_buscar, sin_ilegibles, tiene_ilegibles


def test_limpiar_con_marcas_invisibles_las_quita():
    assert limpiar("a\u202eb\u200bc\x00 d\ud800") == "abc d"


def test_para_buscar_sin_acentos_ni_mayusculas():
    assert para_buscar("Ñankuna, ¡Urkupiña!") == "nankuna urkupina"


def test_bolivianos_con_centavos_y_sin_ellos():
    assert bolivianos(Decimal("1250000.50")) == "Bs\u00a01.250.000,50"
    assert bolivianos(120000) == "Bs\u00a0120.000"
    assert bolivianos(None) == "sin monto"


def test_limpiar_con_un_monton_de_acentos_deja_tres():
    assert limpiar("a" + "\u0301\u0302" * 500) == "á\u0302\u0301\u0302"


def test_limpiar_deja_los_emojis_unidos_y_quita_el_unidor_suelto():
    familia = "\U0001f469\u200d\U0001f33e"
    assert limpiar(f"{familia} an\u200da \u200d") == f"{familia} ana"


@pytest.mark.parametrize("texto", ["niño", "nin\u0303o"])
def test_limpiar_compone_los_acentos(texto):
    assert limpiar(texto) == "niño"


def test_sin_ilegibles_los_cambia_por_una_marca():
    assert (sin_ilegibles("a\x00\udfffb"), tiene_ilegibles("a\x00"), tiene_ilegibles("añ🌽")) == (
        "a\ufffd\ufffdb",
        True,
        False,
    )
