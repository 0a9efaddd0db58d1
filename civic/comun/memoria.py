"""La memoria compartida (Redis): si no contesta, lo que se puede perder se pierde y lo demás falla.

Votar, reportar y leer no esperan a Redis. Los límites de intentos sí: sin poder contarlos, quien ingresa recibe «ahora
no» (503) y nadie adivina claves mientras tanto. Por eso lo prescindible se nombra y todo lo demás no lo es.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

registro = logging.getLogger("ayni.memoria")

PRESCINDIBLE = (
    "ayni.ultima_vez.",  # cuándo se usó cada sesión: a lo más se anota de nuevo
    "cuentas:nombres",
    "debate:",  # páginas ya dibujadas: se dibujan otra vez
    "reportes:envios:",  # el tope de reportes por conexión: mejor uno de más que perder uno
    "wagtail_site_root_paths",
    "wagtail_locales_display_name",
)
# Tras una falla no se le pregunta por lo prescindible durante este rato: si está colgado, cada pregunta espera.
DESCANSO = 2.0


class MemoriaEnRedis(RedisCache):
    """La de Django. Lo prescindible, sin Redis, es como si no estuviera guardado."""

    _descansa_hasta = 0.0  # de todo el proceso: cada pedido tiene su propia instancia

    def _o_nada(self, claves: Any, hacer: Callable[[], Any], nada: Any) -> Any:
        if not all(str(clave).startswith(PRESCINDIBLE) for clave in claves):
            return hacer()
        if time.monotonic() < MemoriaEnRedis._descansa_hasta:
            return nada
        try:
            return hacer()
        except RedisError as error:
            MemoriaEnRedis._descansa_hasta = time.monotonic() + DESCANSO
            registro.warning("Redis no contesta; se sigue sin él: %s", error)
            return nada

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._o_nada([key], lambda: super(MemoriaEnRedis, self).add(key, *args, **kwargs), False))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._o_nada([key], lambda: super(MemoriaEnRedis, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        pedidas = list(keys)
        hallado: dict[Any, Any] = self._o_nada(
            pedidas, lambda: super(MemoriaEnRedis, self).get_many(pedidas, version), {}
        )
        return hallado

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self._o_nada([key], lambda: super(MemoriaEnRedis, self).set(key, *args, **kwargs), None)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._o_nada([key], lambda: super(MemoriaEnRedis, self).delete(key, version), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Como quien no la encuentra: ValueError."""
        total = self._o_nada([key], lambda: super(MemoriaEnRedis, self).incr(key, delta, version), None)
        if total is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(total)
