"""Cada vista dice quién puede entrar: @publica, @con_cuenta o @con_rol(…). Una vista callada no pasa las pruebas."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from civic.comun import retomar

Vista = Callable[..., Any]


def publica(vista: Vista) -> Vista:
    """Entra cualquiera, con o sin cuenta."""
    vista.acceso = "publica"  # type: ignore[attr-defined]
    return vista


def retomable(vista: Vista) -> Vista:
    """Si la sesión o el permiso vencen al enviar, el texto se guarda y se retoma al volver. Va más cerca de la función
    que @con_cuenta o @con_rol. Nunca en una papeleta ni donde se escribe una clave."""
    vista.retomable = True  # type: ignore[attr-defined]
    return vista


def a_ingresar(request: HttpRequest, *, retoma: bool = False) -> HttpResponse:
    """Lleva a ingresar y, después, a donde estaba: tras un envío, a retomarlo si la vista lo permite o a la página del
    formulario si es de este sitio."""
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    if retoma and retomar.guardar(request):
        return redirect_to_login("/retomar/")
    origen = urlsplit(request.META.get("HTTP_REFERER", ""))
    return redirect_to_login(origen.path if origen.netloc == request.get_host() else "/")


def con_cuenta(vista: Vista) -> Vista:
    """Entra quien tiene cuenta e ingresó."""

    @wraps(vista)
    def envuelta(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return a_ingresar(request, retoma=getattr(vista, "retomable", False))
        return vista(request, *args, **kwargs)

    envuelta.acceso = "con_cuenta"  # type: ignore[attr-defined]
    return envuelta


def con_rol(*roles: str) -> Callable[[Vista], Vista]:
    """Entra quien tiene hoy alguno de estos roles (ver civic/cuentas/roles.py) o la administración técnica."""

    def decorador(vista: Vista) -> Vista:
        @wraps(vista)
        def envuelta(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return a_ingresar(request, retoma=getattr(vista, "retomable", False))
            if not request.user.tiene_rol(*roles):  # type: ignore[union-attr]
                raise PermissionDenied("Esta página es para otro cargo.")
            return vista(request, *args, **kwargs)

        envuelta.acceso = "con_rol:" + ",".join(roles)  # type: ignore[attr-defined]
        return envuelta

    return decorador
