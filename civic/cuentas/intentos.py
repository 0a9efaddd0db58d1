"""Cuántas veces por día se puede probar un carnet en el padrón, por cuenta y por conexión.

El de la cuenta frena a quien adivina; el de la conexión, a quien adivina con muchas cuentas, y es más holgado porque un
barrio entero puede salir a internet por la misma dirección. Solo cuentan los intentos que no encontraron nada. Ni la
dirección ni el carnet se guardan: la memoria tiene números bajo una huella con clave.
"""

from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from civic.cuentas.identidad import huella_de_conexion

POR_CUENTA = 5
POR_CONEXION = 50
_UN_DIA = 24 * 3600


def _llaves(cuenta: int, ip: str, ahora: datetime) -> dict[str, int]:
    dia = f"{timezone.localtime(ahora):%Y%m%d}"
    return {
        f"verificar:cuenta:{cuenta}:{dia}": POR_CUENTA,
        f"verificar:conexion:{huella_de_conexion(ip)}:{dia}": POR_CONEXION,
    }


def gastar(cuenta: int, ip: str) -> bool:
    """Toma un intento antes de probar (dos pedidos a la vez no se cuelan); False si ya no quedan hoy."""
    llaves = _llaves(cuenta, ip, timezone.now())
    usados = []
    for llave in llaves:
        cache.add(llave, 0, _UN_DIA)
        try:
            usados.append(cache.incr(llave))
        except ValueError:  # venció justo entre las dos órdenes
            cache.set(llave, 1, _UN_DIA)
            usados.append(1)
    if all(usado <= tope for usado, tope in zip(usados, llaves.values(), strict=True)):
        return True
    devolver(cuenta, ip)  # un rechazo no alarga el castigo
    return False


def devolver(cuenta: int, ip: str) -> None:
    """Devuelve el intento: encontró algo, o lo escrito no llegó a probarse."""
    for llave in _llaves(cuenta, ip, timezone.now()):
        try:
            cache.decr(llave)
        except ValueError:
            continue


def segundos_hasta_manana() -> int:
    ahora = timezone.localtime()
    return _UN_DIA - (ahora.hour * 3600 + ahora.minute * 60 + ahora.second)
