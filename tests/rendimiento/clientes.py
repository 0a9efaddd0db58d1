"""Personas de mentira que envían pedidos a un servidor de verdad."""

import asyncio
import re
import time
from dataclasses import dataclass, field

LIMITE = 40


@dataclass
class Respuesta:
    estado: int
    cabeza: str
    inicio: float
    fin: float
    dato: object = None

    @property
    def tardo(self) -> float:
        return self.fin - self.inicio

    @property
    def recibo(self) -> str:
        """El código que viaja en la cookie del recibo; vacío si no dio ninguno."""
        hallado = re.search(r'recibo="?([0-9A-Z-]{19})', self.cabeza)
        return hallado[1] if hallado and self.estado == 302 else ""


async def enviar(puerto: int, pedido: bytes, dato: object = None) -> Respuesta:
    """Un pedido en su propia conexión. Lanza OSError, IncompleteReadError o TimeoutError si nadie contesta."""
    inicio = time.time()
    async with asyncio.timeout(LIMITE):
        entrada, salida = await asyncio.open_connection("127.0.0.1", puerto)
        try:
            salida.write(pedido)
            cabeza = (await entrada.readuntil(b"\r\n\r\n")).decode("latin-1")
            largo = re.search(r"content-length: (\d+)", cabeza, re.I)
            await entrada.readexactly(int(largo[1]) if largo else 0)
        finally:
            salida.close()
    return Respuesta(int(cabeza.split(" ", 2)[1]), cabeza, inicio, time.time(), dato)


def lectura(ruta: str) -> bytes:
    return f"GET {ruta} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def p95(tiempos: list[float]) -> float:
    return sorted(tiempos)[max(0, int(len(tiempos) * 0.95) - 1)]


@dataclass
class Anotadas:
    """Lo que contestó el servidor y lo que no llegó a contestar."""

    respuestas: list[Respuesta] = field(default_factory=list)
    sin_respuesta: list[str] = field(default_factory=list)
    insistidas: int = 0

    async def enviar(
        self, puerto: int, pedido: bytes, dato: object = None, *, insiste: bool = False
    ) -> Respuesta | None:
        """Con `insiste`, quien recibe 503 envía lo mismo un segundo después hasta que le digan que sí o que no."""
        try:
            respuesta = await enviar(puerto, pedido, dato)
            inicio = respuesta.inicio
            while insiste and respuesta.estado == 503:
                self.insistidas += 1
                await asyncio.sleep(1)
                respuesta = await enviar(puerto, pedido, dato)
            respuesta.inicio = inicio
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.sin_respuesta.append(repr(error))
            return None
        self.respuestas.append(respuesta)
        return respuesta

    def estados(self) -> dict[int, int]:
        cuenta: dict[int, int] = {}
        for respuesta in self.respuestas:
            cuenta[respuesta.estado] = cuenta.get(respuesta.estado, 0) + 1
        return dict(sorted(cuenta.items()))


async def a_su_hora(
    puertos: list[int],
    pedidos: list[bytes],
    anotadas: Anotadas,
    *,
    desde: float,
    por_segundo: float,
    insiste: bool = False,
) -> None:
    """Envía cada pedido a su hora, termine o no el anterior, a cada puerto por turno."""
    async with asyncio.TaskGroup() as grupo:
        for numero, pedido in enumerate(pedidos):
            await asyncio.sleep(max(0, desde + numero / por_segundo - time.time()))
            puerto = puertos[numero % len(puertos)]
            grupo.create_task(anotadas.enviar(puerto, pedido, puerto, insiste=insiste))
