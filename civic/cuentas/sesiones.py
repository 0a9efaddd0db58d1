"""Las sesiones abiertas de una persona: en qué aparatos, cuáles siguen vivas, cómo se renuevan y cómo se cierran."""

import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib import import_module
from typing import Any

from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from civic.cuentas.models import Usuario

CADA_CUANTO_SE_ANOTA = 300  # segundos


def almacen(clave: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(clave)


def rotar(request: HttpRequest) -> None:
    """Cambia el número de la sesión sin perder lo que guarda, y lo cambia también en la lista de aparatos."""
    antes = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=antes).update(session_key=request.session.session_key)


def abiertas(usuario: Usuario) -> list[UserSession]:
    """Sesiones vivas de la persona, de la usada más recientemente a la más vieja; olvida las que ya murieron."""
    vivas = UserSession.objects.purge_and_list(usuario)
    return sorted(vivas, key=lambda sesion: sesion.last_seen_at, reverse=True)


def terminar(usuario: Usuario, *, menos: str = "", a_fondo: bool = False) -> int:
    """Borra las sesiones de la persona, menos la de clave `menos`; devuelve cuántas.

    `a_fondo` mira además todas las sesiones guardadas, por si alguna no está en la lista de aparatos.
    """
    propias = UserSession.objects.filter(user=usuario)
    claves = set(propias.values_list("session_key", flat=True))
    if a_fondo:
        for sesion in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
            if sesion.get_decoded().get(SESSION_KEY) == str(usuario.pk):
                claves.add(sesion.session_key)
    claves.discard(menos)
    propias.filter(session_key__in=claves).delete()
    for clave in claves:
        almacen().delete(clave)
    return len(claves)


def muertas(claves: Iterable[str]) -> set[str]:
    """De esas claves de sesión, las que ya no valen: cerradas, vencidas, de cuenta cerrada o de otra contraseña."""
    pedidas = set(claves)
    vivas = set()
    for sesion in Session.objects.filter(session_key__in=pedidas, expire_date__gt=timezone.now()):
        guardada = almacen(sesion.session_key)
        guardada._session_cache = sesion.get_decoded()
        if get_session_user(guardada) is not None:
            vivas.add(sesion.session_key)
    return pedidas - vivas


class UltimaVezMiddleware:
    """Anota cuándo se usó cada sesión, como mucho cada cinco minutos: mirar páginas no debe costar escrituras."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        respuesta = self.get_response(request)
        clave = request.session.session_key
        if clave and request.session.accessed and request.user.is_authenticated:
            self._anotar(request, clave)
        return respuesta

    def _anotar(self, request: HttpRequest, clave: str) -> None:
        # Resumida: una clave de sesión no se deja en la caché, y en las pruebas es más larga de lo que admite.
        llave, ahora = f"ayni.ultima_vez.{sha256(clave.encode()).hexdigest()}", time.time()
        anterior = cache.get(llave)
        if anterior is not None and ahora - anterior < CADA_CUANTO_SE_ANOTA:
            return
        cache.set(llave, ahora, CADA_CUANTO_SE_ANOTA * 2)
        if anterior is not None:
            UserSession.objects.create_from_request(request)
