"""Lo que otros pisos tienen que decir antes de que una identidad pase de una cuenta a otra.

Cuentas no conoce las votaciones, que están más arriba: al arrancar, ellas anotan aquí su guardia. Una guardia recibe la
identidad y la cuenta que la tiene, y devuelve por qué no se puede mover ahora, o vacío.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic.cuentas.models import Identidad, Usuario

Guardia = Callable[["Identidad", "Usuario"], str]
_guardias: list[Guardia] = []


def vigilar_mudanza(guardia: Guardia) -> Guardia:
    """Agrega una guardia (una sola vez aunque se repita)."""
    if guardia not in _guardias:
        _guardias.append(guardia)
    return guardia


def por_que_no_se_mueve(identidad: "Identidad", cuenta: "Usuario") -> str:
    return next((razon for guardia in _guardias if (razon := guardia(identidad, cuenta))), "")
