"""Cabeceras de seguridad y respuesta a las reglas incumplidas."""

import logging

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from civic.comun.errores import ReglaIncumplida

registro = logging.getLogger("ayni.reglas")


class PoliticaDeContenido(CSPMiddleware):
    """CSP estricta en las páginas públicas; la trastienda de Wagtail necesita estilos y guiones en línea."""

    def get_policy_parts(self, request, response, report_only=False) -> PolicyParts:  # type: ignore[no-untyped-def]
        partes = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            partes.replace = {
                "script-src": [SELF, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
                "frame-src": [SELF],
                "frame-ancestors": [SELF],
            }
        return partes


class CabecerasMiddleware:
    """Cabeceras que ninguna respuesta debe olvidar, tampoco las de error."""

    def __init__(self, get_response) -> None:  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        respuesta = self.get_response(request)
        respuesta.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=()")
        respuesta.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            # Nada de lo que ve una persona con sesión puede quedar guardado a mitad de camino.
            respuesta.setdefault("Cache-Control", "private, no-store")
        return respuesta


class SoloLosMetodosQueUsamos:
    """Ayni se usa con GET, HEAD y POST; lo demás no llega a ninguna vista (las de Django toman PUT como POST)."""

    METODOS = ("GET", "HEAD", "POST")

    def __init__(self, get_response) -> None:  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.METODOS:
            return HttpResponseNotAllowed(self.METODOS)
        return self.get_response(request)


class ReglaIncumplidaMiddleware:
    """Una regla incumplida que la vista no atendió se explica con su frase y código 409."""

    def __init__(self, get_response) -> None:  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, excepcion: Exception) -> HttpResponse | None:
        if not isinstance(excepcion, ReglaIncumplida):
            return None
        registro.info("%s %s: %s", request.method, request.path, excepcion.mensaje)
        return render(request, "comun/regla_incumplida.html", {"mensaje": excepcion.mensaje}, status=409)
