"""Cliente de WebSocket de pruebas, sin red.

Hace lo que channels.testing.WebsocketCommunicator, cuyo paquete pide daphne, que aquí no se usa.
"""

import json
from typing import Any
from urllib.parse import unquote, urlsplit

from asgiref.testing import ApplicationCommunicator


class Oyente(ApplicationCommunicator):
    def __init__(self, aplicacion: Any, direccion: str, cabeceras: list[tuple[bytes, bytes]]) -> None:
        partes = urlsplit(direccion)
        ambito = {
            "type": "websocket",
            "path": unquote(partes.path),
            "query_string": partes.query.encode(),
            "headers": cabeceras,
            "subprotocols": [],
            "client": ("192.0.2.7", 40000),
        }
        super().__init__(aplicacion, ambito)

    async def connect(self) -> tuple[bool, int | None]:
        """(aceptado, código con que se rechazó)."""
        await self.send_input({"type": "websocket.connect"})
        salida = await self.receive_output(5)
        return salida["type"] == "websocket.accept", salida.get("code")

    async def recibir(self) -> dict[str, Any]:
        salida = await self.receive_output(5)
        assert salida["type"] == "websocket.send", salida
        return json.loads(salida["text"])

    async def enviar(self, texto: str | None = None, datos: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": texto, "bytes": datos})

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)
