"""Cabeceras de seguridad y respuesta a las reglas incumplidas."""

import codecs
import logging
from collections.abc import Iterator
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDictKeyError

from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import tiene_ilegibles

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


class TextoLegibleMiddleware:
    """Un pedido con el carácter nulo o un sustituto suelto se rechaza con 400 antes de llegar a la base.

    Nadie los escribe con un teclado, ninguna base los guarda igual que otra y PostgreSQL falla con ellos. Se miran la
    ruta, los parámetros, las galletas y los formularios; lo demás de un texto raro lo limpia `civic.comun.texto`. Solo
    se recibe UTF-8: otros juegos de caracteres («idna», «base64») hacen fallar a Django al leer el formulario.
    """

    def __init__(self, get_response) -> None:  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if codecs.lookup(request.encoding or "utf-8").name not in {"utf-8", "ascii"}:
            raise BadRequest("El pedido viene en un juego de caracteres que no usamos.")
        galletas = (parte for par in request.COOKIES.items() for parte in par)
        self._exigir(request.path, *_textos(request.GET), *galletas)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, vista: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST":
            try:
                archivos = (archivo.name or "" for lista in request.FILES.lists() for archivo in lista[1])
                self._exigir(*_textos(request.POST), *archivos)
            except UnreadablePostError:
                return  # la conexión se cortó: la protección del formulario ya lo dirá

    def process_exception(self, request: HttpRequest, excepcion: Exception) -> None:
        """Lo que las bibliotecas no revisan: un formulario al que le falta un dato y un registro pedido sin número.

        Las listas dentro de un formulario (modelcluster) leen las filas que dice tener sin mirar si vinieron; las
        ventanas de elegir de Wagtail buscan lo que diga la dirección.
        """
        if isinstance(excepcion, MultiValueDictKeyError):
            raise BadRequest("Al formulario le falta un dato.")
        if request.path.startswith("/admin/") and "expected a number but got" in str(excepcion):
            raise Http404("No hay ese registro.")

    @staticmethod
    def _exigir(*textos: str) -> None:
        if any(tiene_ilegibles(texto) for texto in textos):
            raise BadRequest("El pedido trae caracteres que no se pueden leer.")


def _textos(datos: QueryDict) -> Iterator[str]:
    for nombre, valores in datos.lists():
        yield nombre
        yield from valores


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
