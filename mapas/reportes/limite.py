"""Cuántos reportes sin cuenta puede enviar una misma conexión, sin guardar quién es.

La dirección IP nunca se guarda: solo una huella con clave que dura una hora en la memoria. Muchas familias comparten
conexión (café internet, plan móvil), así que el tope es holgado y quien tiene cuenta no lo comparte con nadie.
"""

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache

POR_HORA = 10
POR_HORA_CON_CUENTA = 30
_SEGUNDOS = 3600


def huella_de_conexion(ip: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"reportes:{ip}".encode(), hashlib.sha256).hexdigest()[:32]


def gastar(quien: str, *, tope: int) -> bool:
    """Anota un envío de `quien` (huella de conexión o persona); False si ya llegó a su tope en la última hora."""
    llave = f"reportes:envios:{quien}"
    cache.add(llave, 0, _SEGUNDOS)
    try:
        return cache.incr(llave) <= tope
    except ValueError:  # venció justo entre las dos órdenes
        cache.set(llave, 1, _SEGUNDOS)
        return True
