"""Las secciones que otras salas agregan a la página de una organización: su techo, sus propuestas, sus obras…

Cuentas está más abajo que ellas y no las conoce: cada una registra la suya al arrancar (AppConfig.ready).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from civic.cuentas.models import Organizacion

Contexto = Callable[[Organizacion], dict[str, Any] | None]


@dataclass(frozen=True)
class Seccion:
    """`contexto` hace siempre las mismas consultas y devuelve lo que usa `plantilla`, o None si no hay qué decir."""

    orden: int
    clave: str
    plantilla: str
    contexto: Contexto


_secciones: dict[str, Seccion] = {}


def registrar_seccion(orden: int, clave: str, plantilla: str, contexto: Contexto) -> None:
    """Agrega (o reemplaza, por su clave) una sección de la página de cada organización, de menor a mayor `orden`.

    La plantilla se incluye con `organizacion` y `datos`, que es lo que devolvió `contexto(organizacion)`.
    """
    _secciones[clave] = Seccion(orden, clave, plantilla, contexto)


def secciones_de(organizacion: Organizacion) -> list[dict[str, Any]]:
    """Secciones con algo que decir, en orden: {clave, plantilla, datos}."""
    hechas = []
    for seccion in sorted(_secciones.values(), key=lambda s: (s.orden, s.clave)):
        datos = seccion.contexto(organizacion)
        if datos is not None:
            hechas.append({"clave": seccion.clave, "plantilla": seccion.plantilla, "datos": datos})
    return hechas


# --- Lo que espera por una persona, en «Mi cuenta» -------------------------------------------------------------------
Pendientes = Callable[[Any], list[tuple[str, str]]]
_pendientes: dict[str, Pendientes] = {}


def registrar_pendientes(clave: str, pendientes: Pendientes) -> None:
    """Agrega (o reemplaza) una fuente de lo que espera por alguien: `pendientes(usuario)` da [(frase, dirección)]."""
    _pendientes[clave] = pendientes


def pendientes_de(usuario: Any) -> list[tuple[str, str]]:
    """(frase, dirección) de todo lo que espera que esa persona decida."""
    return [pendiente for clave in sorted(_pendientes) for pendiente in _pendientes[clave](usuario)]
