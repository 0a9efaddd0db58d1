"""Se carga antes que nada (pyproject: -p tests.antes): los ajustes deben leerse ya en modo de pruebas."""

import os
from pathlib import Path

os.environ.setdefault("AYNI_MODO", "pruebas")
# Cada hilo con su conexión: en las carreras hay más hilos que lugares en el fondo, y la base se borra al final.
os.environ.setdefault("AYNI_CONEXIONES", "0")

obrero = os.environ.get("PYTEST_XDIST_WORKER", "")
if obrero:
    # Cada proceso tiene su carpeta de datos y su base de Redis; pytest-django le da su propia base de datos.
    os.environ["AYNI_DIR_DATOS"] = str(Path(os.environ.get("AYNI_DIR_DATOS", "var")) / obrero)
    servidor, _, numero = os.environ.get("AYNI_REDIS", "").rpartition("/")
    if servidor:
        os.environ["AYNI_REDIS"] = f"{servidor}/{int(numero) + 1 + int(obrero.removeprefix('gw'))}"


def pytest_sessionstart():
    from tests.guardas import dejar_vaciar

    dejar_vaciar()
