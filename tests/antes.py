"""Se carga antes que nada (pyproject: -p tests.antes): los ajustes deben leerse ya en modo de pruebas."""

import os

os.environ.setdefault("AYNI_MODO", "pruebas")


def pytest_sessionstart():
    from tests.guardas import dejar_vaciar

    dejar_vaciar()
