"""El debate en vivo: un WebSocket por hilo que solo escucha.

Entra quien puede leer el hilo, con o sin cuenta. Al conectar repone, desde la base, lo que pasó después del cambio
que dice `?desde=`; después llega lo que manda `avisos`. El canal puede perder mensajes; la base no.

Quien entró con su cuenta escucha mientras viva su sesión: al cerrarla, cambiar la contraseña o cerrarse la cuenta, la
conexión termina en segundos y el navegador vuelve a conectarse como quien sea en ese momento.
"""

import asyncio
import logging
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from civic.cuentas import seguridad, sesiones
from civic.debate import avisos, consultas, permisos

registro = logging.getLogger("ayni.debate")
PROHIBIDO, DEMASIADO_GRANDE, NO_EXISTE, SESION_CERRADA = 1008, 1009, 4404, 4401
SEGUNDOS_ENTRE_RONDAS = 3
LARGO_DE_MENSAJE = 1024
MENSAJES_POR_CONEXION = 20
# Por proceso. A quien no tiene cuenta se le cuenta por dirección, que puede ser la de una biblioteca entera.
CONEXIONES_POR_PERSONA = 20
CONEXIONES_POR_DIRECCION = 500
MAXIMO_ENTERO = 2**31 - 1


class Ronda:
    """Una por proceso: cada tres segundos pregunta por todas las sesiones conectadas en una sola consulta.

    Así una conexión termina por cualquier camino que mate su sesión, también una orden o un cambio directo en la base,
    sin que quien la mata tenga que saber de canales, y con el mismo costo haya diez conexiones o mil.
    """

    def __init__(self) -> None:
        self.puestos: set[DebateConsumer] = set()
        self.tarea: asyncio.Task[None] | None = None

    def sumar(self, consumidor: "DebateConsumer") -> None:
        self.puestos.add(consumidor)
        bucle = asyncio.get_running_loop()
        if self.tarea is None or self.tarea.done() or self.tarea.get_loop() is not bucle:
            self.tarea = bucle.create_task(self._rondar())

    async def _rondar(self) -> None:
        while self.puestos:
            await asyncio.sleep(SEGUNDOS_ENTRE_RONDAS)
            try:
                muertas = await database_sync_to_async(sesiones.muertas)({uno.sesion for uno in self.puestos})
            except DatabaseError:
                registro.warning("La base no respondió a la ronda de sesiones; se repite.")
                continue
            for uno in [uno for uno in self.puestos if uno.sesion in muertas]:
                self.puestos.discard(uno)
                await uno.close(SESION_CERRADA)


class DebateConsumer(AsyncJsonWebsocketConsumer):
    conectados: Counter[str] = Counter()
    ronda = Ronda()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quien = self.grupo = self.sesion = ""
        self.recibidos = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Aquí y no en disconnect(): un envío a quien ya se fue termina con excepción y no pasa por allí.
            await self._soltar()

    async def connect(self) -> None:
        if not self._ocupar_lugar():
            await self.close(PROHIBIDO)
            return
        hilo_pk = self.scope["url_route"]["kwargs"]["hilo_pk"]
        self.grupo = avisos.grupo(hilo_pk)
        # Primero el grupo y después la base: lo que ocurra entremedio llega dos veces, y el navegador reconoce el
        # repetido; al revés se perdería.
        await self.channel_layer.group_add(self.grupo, self.channel_name)
        mensajes = await self._novedades(hilo_pk, self._desde())
        if mensajes is None:
            await self.close(NO_EXISTE)
            return
        await self.accept()
        if self.scope["user"].is_authenticated:
            self.sesion = self.scope["session"].session_key
            self.ronda.sumar(self)
        for mensaje in mensajes:
            await self.send_json(mensaje)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Por aquí no se comenta: lo que llegue se ignora, y lo grande o insistente cierra la conexión."""
        self.recibidos += 1
        if len(text_data or bytes_data or "") > LARGO_DE_MENSAJE:
            await self.close(DEMASIADO_GRANDE)
        elif self.recibidos > MENSAJES_POR_CONEXION:
            await self.close(PROHIBIDO)

    async def debate_cambio(self, evento: dict[str, Any]) -> None:
        await self.send_json(evento["mensaje"])

    def _ocupar_lugar(self) -> bool:
        """Cuenta la conexión; False si esa persona o dirección ya tiene demasiadas abiertas."""
        usuario = self.scope["user"]
        if usuario.is_authenticated:
            quien, tope = f"persona {usuario.pk}", CONEXIONES_POR_PERSONA
        else:
            quien, tope = f"direccion {(self.scope.get('client') or [''])[0]}", CONEXIONES_POR_DIRECCION
        if self.conectados[quien] >= tope:
            return False
        self.conectados[quien] += 1
        self.quien = quien
        return True

    def _desde(self) -> int | None:
        """El `?desde=` de la dirección; None si no viene o no es un número."""
        valor = parse_qs(self.scope.get("query_string", b"").decode("latin-1")).get("desde", [""])[0]
        return min(int(valor), MAXIMO_ENTERO) if valor.isascii() and valor.isdecimal() and len(valor) < 12 else None

    async def _soltar(self) -> None:
        """Deja la ronda, el grupo y el lugar que ocupaba."""
        self.ronda.puestos.discard(self)
        if self.grupo:
            await self.channel_layer.group_discard(self.grupo, self.channel_name)
        if self.quien:
            self.conectados[self.quien] -= 1
            if not self.conectados[self.quien]:
                del self.conectados[self.quien]
        self.quien = self.grupo = ""

    @database_sync_to_async
    def _novedades(self, hilo_pk: int, desde: int | None) -> list[dict[str, Any]] | None:
        """Lo que hay que reponer y hasta qué cambio queda al día; None si quien se conecta no puede leer el hilo."""
        seguridad.marcar(self.scope["user"], self.scope["session"])
        hilo = permisos.hilo_visible(self.scope["user"], hilo_pk)
        if hilo is None:
            return None
        novedades = consultas.desde(hilo, hilo.cambios if desde is None else desde)
        if novedades.faltan:
            return [{"type": "recargar"}]
        mensajes = [avisos.mensaje_de(comentario) for comentario in novedades.comentarios]
        return [*mensajes, {"type": "al_dia", "cambio": novedades.hasta}]
