"""La puerta HTTP de la casa: Django de corrido en un hilo por pedido, y los envíos de a uno, en orden de llegada.

Django bajo ASGI pasa cada capa que no es asíncrona de un hilo a otro. Aquí ninguna lo es, así que cada pedido daba más
de diez saltos para nada. Y dieciséis envíos a la vez en un proceso de Python no terminan antes por empezar juntos: se
quitan el turno unos a otros y los últimos esperan varias veces lo justo.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Los envíos que cada proceso atiende a la vez. Dos: mientras uno espera a la base, el otro trabaja.
ENVIOS_A_LA_VEZ = 2
# Un envío con archivos tarda lo suyo fuera de este proceso y no hace fila.
ENVIO_BREVE_MAXIMO = 64 * 1024
# La fila ordena, no protege: quien ya esperó esto pasa igual, y nadie queda detrás de uno que se colgó.
ESPERA_MAXIMA = 1.0


class PuertaDeDjango(ASGIHandler):
    """El manejador ASGI de Django con toda la cadena de capas síncrona, en un solo salto de hilo por pedido."""

    def __init__(self) -> None:
        super().__init__()
        self._fila = asyncio.Semaphore(ENVIOS_A_LA_VEZ)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        async with self._turno(request):
            respuesta: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        return respuesta

    @asynccontextmanager
    async def _turno(self, request: HttpRequest) -> AsyncIterator[None]:
        """Espera su lugar si el pedido es un envío breve; a lo más ESPERA_MAXIMA segundos."""
        tomado = False
        if es_envio_breve(request):
            with suppress(TimeoutError):
                async with asyncio.timeout(ESPERA_MAXIMA):
                    tomado = await self._fila.acquire()
        try:
            yield
        finally:
            if tomado:
                self._fila.release()


def es_envio_breve(request: HttpRequest) -> bool:
    """Si el pedido es un formulario sin archivos, de los que se atienden en milisegundos."""
    largo = request.META.get("CONTENT_LENGTH", "")  # sin él llega por partes y no se sabe cuánto es
    return request.method == "POST" and largo.isdecimal() and int(largo) <= ENVIO_BREVE_MAXIMO
