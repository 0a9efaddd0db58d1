"""Comprobar que alguien sabe su contraseña sin abrirle una sesión: lo usa quien consiente en la pantalla de otra."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from civic.cuentas.models import Usuario


class DemasiadosIntentos(Exception):
    """Ya se probó demasiadas veces con esa cuenta o desde esa conexión."""


def es_su_clave(request: HttpRequest, persona: Usuario, clave: str) -> bool:
    """Si esa es la contraseña de `persona`. No ingresa ni toca la sesión de quien presta la pantalla.

    Gasta los mismos intentos que ingresar (5 por cuenta en 5 minutos): por aquí no se adivina más que por allá. Lanza
    DemasiadosIntentos si ya no quedan.
    """
    try:
        reconocida = get_adapter(request).authenticate(request, username=persona.username, password=clave)
    except ValidationError:
        raise DemasiadosIntentos from None
    return reconocida is not None and reconocida.pk == persona.pk
