"""Cuántos intentos sin acierto caben por día: de carnets, por mesa; de códigos impresos, por conexión.

Solo cuentan los que no encontraron nada. La memoria tiene números; ni el carnet, ni el código, ni la dirección.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

from civic.cuentas.identidad import huella_de_conexion
from civic.cuentas.intentos import segundos_hasta_manana

__all__ = ["de_clave", "de_codigo", "de_mesa", "segundos_hasta_manana"]
_UN_DIA = 24 * 3600


@dataclass(frozen=True)
class Intentos:
    quien: str
    tope: int

    @property
    def _llave(self) -> str:
        return f"mesas:{self.quien}:{timezone.localdate():%Y%m%d}"

    def gastar(self) -> bool:
        """Toma un intento antes de probar (dos pedidos a la vez no se cuelan); False si ya no quedan hoy."""
        cache.add(self._llave, 0, _UN_DIA)
        try:
            usados = cache.incr(self._llave)
        except ValueError:  # venció justo entre las dos órdenes
            cache.set(self._llave, 1, _UN_DIA)
            usados = 1
        if usados > self.tope:
            self.devolver()  # un rechazo no alarga el castigo
            return False
        return True

    def devolver(self) -> None:
        try:
            cache.decr(self._llave)
        except ValueError:
            return


def de_mesa(cuenta: int) -> Intentos:
    """Carnets que no están: una mesa se equivoca al copiar, pero no prueba carnets todo el día."""
    return Intentos(f"carnet:{cuenta}", 40)


def de_clave(cuenta: int) -> Intentos:
    """Contraseñas al recuperar el aparato."""
    return Intentos(f"clave:{cuenta}", 10)


def de_codigo(ip: str) -> Intentos:
    """Códigos que no existen. Holgado: en un punto de votación todos salen por la misma conexión."""
    return Intentos(f"codigo:{huella_de_conexion(ip)}", 60)
