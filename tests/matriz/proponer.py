"""Propone renglones de la matriz: `python -m tests.matriz.proponer [--cambios]`.

Escribe en la salida los renglones de las rutas nuevas, con lo que hoy responde cada cargo, para que una persona los
juzgue contra la tabla de roles (civic/cuentas/roles.py) y los pegue en matriz.csv. Con `--cambios`, también los de las
que cambiaron. No toca el archivo: aceptar es de una persona.
"""

import os
import sys


def main() -> int:
    os.environ.setdefault("AYNI_MODO", "pruebas")
    import pytest

    como = "cambios" if "--cambios" in sys.argv[1:] else "nuevas"
    os.environ["MATRIZ_PROPONER"] = como
    return int(
        pytest.main(["-p", "tests.antes", "-q", "-s", "--reuse-db", "tests/matriz/test_matriz.py", "-k", "propone"])
    )


if __name__ == "__main__":
    raise SystemExit(main())
