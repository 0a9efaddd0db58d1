"""Carnets y fechas inventados de la demo: números de nueve cifras, que ningún carnet boliviano tiene."""

import datetime

from civic.cuentas.reglas_identidad import Ci, normalizar_ci
from civic.demo.fuentes import contenido

DE_PERSONAS, DE_VECINOS, DE_PADRON = 900_000_001, 910_000_001, 920_000_001
NACIERON = datetime.date(1990, 1, 1)


def carnet_de_demo(usuario: str) -> Ci:
    """El de una persona de la demo con clave: 900000001 la primera del contenido, y así."""
    usuarios = [dato["usuario"] for dato in contenido()["usuarios_demo"]]
    return normalizar_ci(str(DE_PERSONAS + usuarios.index(usuario)))


def carnet_de_vecino(puesto: int) -> Ci:
    return normalizar_ci(str(DE_VECINOS + puesto))
