"""El turno de una persona en el aparato de la mesa: mientras dura, esa sesión no abre otra página del sitio.

La sesión solo recuerda en qué votación; de quién es el turno va en la ficha firmada de cada formulario.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac

from civic.comun.idempotencia import emitir_clave, revisar_clave
from votaciones.models import Contienda
from votaciones.reglas import recibo as recibos

_LLAVE = "turno_en_mesa"


def abrir(request: HttpRequest, slug: str) -> None:
    request.session[_LLAVE] = slug


def terminar(request: HttpRequest) -> None:
    request.session.pop(_LLAVE, None)


def abierto(request: HttpRequest) -> str:
    """La votación del turno abierto en esta sesión; vacío si no hay."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:  # sin sesión no se toca: la página se puede guardar
        return ""
    return request.session.get(_LLAVE, "")


def del_turno(vista: Callable[..., Any]) -> Callable[..., Any]:
    """Páginas que se abren durante un turno."""
    vista.del_turno = True  # type: ignore[attr-defined]
    return vista


class TurnoMiddleware:
    """Con un turno abierto, todo lo demás lleva a devolver el aparato; solo se puede además salir de la cuenta."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, vista: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(vista, "del_turno", False) or request.path.startswith(settings.STATIC_URL):
            return None
        slug = abierto(request)
        if not slug or request.path == reverse("account_logout"):
            return None
        return redirect("mesas:devolver", slug=slug)


# --- La clave de cada papeleta ---------------------------------------------------------------------------------------
def _proposito(contienda: Contienda, identidad: int) -> str:
    return f"turno:{contienda.pk}:{identidad}"


def emitir_clave_de_turno(contienda: Contienda, *, identidad: int, actor: Any) -> str:
    """Al azar y firmada: vale para esa persona, esa papeleta y quien la atiende."""
    return emitir_clave(_proposito(contienda, identidad), actor)


def codigo_de_turno(clave: str, contienda: Contienda, *, identidad: int, actor: Any) -> str:
    """El código del recibo de ese formulario. Lanza ReglaIncumplida si la clave es falsa, ajena o vieja."""
    secreto = revisar_clave(clave, _proposito(contienda, identidad), actor)
    return recibos.codigo_de(salted_hmac("votaciones.mesas.turno", secreto, algorithm="sha256").digest())
