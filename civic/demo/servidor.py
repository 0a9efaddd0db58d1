"""Sirve la demo en este mismo proceso."""

import socket
from collections.abc import Callable

import uvicorn
from django.conf import settings
from wagtail.models import Site


def puerto_libre(anfitrion: str, puerto: int) -> bool:
    familia = socket.AF_INET6 if ":" in anfitrion else socket.AF_INET
    with socket.socket(familia, socket.SOCK_STREAM) as enchufe:
        # Como uvicorn: un puerto que acaba de cerrarse sirve, uno en uso no.
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            enchufe.bind((anfitrion, puerto))
        except OSError:
            return False
    return True


def poner_direccion(anfitrion: str, puerto: int) -> str:
    """Pone al día la dirección del sitio para este arranque y la devuelve, sin barra final."""
    nombre = "127.0.0.1" if anfitrion in {"0.0.0.0", "::"} else anfitrion  # noqa: S104 -- se compara, no se abre
    direccion = f"http://{nombre}:{puerto}"
    settings.URL_PUBLICA = settings.WAGTAILADMIN_BASE_URL = direccion
    if nombre not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append(nombre)
    sitio = Site.objects.filter(is_default_site=True).first()
    if sitio is not None and (sitio.hostname, sitio.port) != (nombre, puerto):
        sitio.hostname, sitio.port = nombre, puerto
        sitio.save()
    return direccion


class _Servidor(uvicorn.Server):
    """Avisa cuando ya se puede entrar."""

    def __init__(self, config: uvicorn.Config, al_abrir: Callable[[], None]) -> None:
        super().__init__(config)
        self.al_abrir = al_abrir

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self.al_abrir()


def servir(anfitrion: str, puerto: int, *, al_abrir: Callable[[], None]) -> None:
    """Sirve hasta Ctrl-C. Llama a `al_abrir` en cuanto se puede entrar."""
    config = uvicorn.Config(
        "civic.asgi:application",
        host=anfitrion,
        port=puerto,
        lifespan="off",
        ws_max_size=16_384,  # los mensajes del debate son cortos
        access_log=False,
        log_level="warning",
        log_config=None,
        # Un navegador con el debate abierto no debe impedir que Ctrl-C termine.
        timeout_graceful_shutdown=2,
    )
    try:
        _Servidor(config, al_abrir).run()
    except KeyboardInterrupt:
        return
