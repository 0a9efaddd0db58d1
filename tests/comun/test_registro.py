"""Un suceso del servidor es una línea del registro, escriban lo que escriban."""

import logging
import sys

import pytest

from civic.comun.registro import UnaLinea


def formatear(mensaje, *args, exc_info=None):
    registro = logging.LogRecord("ayni", logging.INFO, __file__, 1, mensaje, args, exc_info)
    return UnaLinea("%(levelname)s %(name)s: %(message)s").format(registro)


@pytest.mark.parametrize(
    ("texto", "escrito"),
    [
        ("ana\n2027-01-01 ERROR ayni: inventado", "ana\\n2027-01-01 ERROR ayni: inventado"),
        ("a\r\nb", "a\\r\\nb"),
        ("\x1b[31mrojo\x1b[0m", "\\x1b[31mrojo\\x1b[0m"),
        ("a\x00b\x7f\x9b", "a\\x00b\\x7f\\x9b"),
        ("a\u2028b\u202ec\ud800", "a\\u2028b\\u202ec\\ud800"),
        ("Ñandú, quinua y ají 🌽", "Ñandú, quinua y ají 🌽"),
    ],
)
def test_mensaje_con_saltos_o_controles_sale_en_una_linea(texto, escrito):
    linea = formatear("llegó %s", texto)
    assert linea == f"INFO ayni: llegó {escrito}"
    assert len(linea.splitlines()) == 1


def test_un_error_con_su_rastro_tambien_es_una_linea():
    try:
        raise ValueError("uno\ndos")
    except ValueError:
        linea = formatear("falló", exc_info=sys.exc_info())
    assert len(linea.splitlines()) == 1
    assert "Traceback" in linea and "uno\\ndos" in linea


def test_el_registro_del_producto_usa_ese_formato():
    manejador = next(m for m in logging.getLogger().handlers if isinstance(m.formatter, UnaLinea))
    assert isinstance(manejador, logging.StreamHandler)
