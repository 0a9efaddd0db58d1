"""El segundo paso de quien administra: quién lo necesita, qué sesión lo pasó y qué puertas se cierran sin él.

Todo pasa por aquí: el middleware marca a la persona de cada pedido y cierra las puertas; el debate en vivo marca a la
suya. A una persona marcada cuya sesión no pasó el segundo paso, `Usuario` no le reconoce ni los roles que abren la
trastienda ni los permisos (ver `Usuario.llaves_guardadas`), aunque su contraseña sea la correcta.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as DE_QUIEN,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as REGISTROS
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.core.checks import Tags, Warning, register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from civic.cuentas import sesiones
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol, roles_con_llave

OBLIGATORIO = "obligatorio"
SELLO = "ayni_sello_de_llaves"
ES_EL_ULTIMO = "Tu trabajo en Ayni pide un segundo paso. Agrega otro antes de quitar este."
FALTA = "Para administrar hace falta el segundo paso. Pásalo y vuelve a intentarlo."


def es_obligatorio() -> bool:
    return settings.SEGUNDO_FACTOR == OBLIGATORIO


def tiene_llaves(usuario: Usuario) -> bool:
    """Si la persona puede hoy abrir la trastienda, sin mirar si esta sesión pasó el segundo paso."""
    return (
        usuario.is_superuser
        or bool(usuario.roles_de_hoy() & roles_con_llave())
        or usuario.user_permissions.exists()
        or usuario.groups.exclude(name__in=Rol.values).exists()
    )


def lo_necesita(usuario: Usuario) -> bool:
    """Si a esta persona se le exige el segundo paso."""
    return es_obligatorio() and tiene_llaves(usuario)


def segundos_pasos(usuario: Usuario) -> list[Authenticator]:
    """La aplicación de códigos y las llaves de acceso de la persona; los códigos de respaldo no cuentan solos."""
    return list(
        Authenticator.objects.filter(user=usuario).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("pk")
    )


def puede_quitarse(paso: Authenticator) -> bool:
    """Si la persona puede quedarse sin ese paso: a quien administra no se le deja quitar el último."""
    if paso.type == Authenticator.Type.RECOVERY_CODES or not lo_necesita(paso.user):
        return True
    return any(otro.pk != paso.pk for otro in segundos_pasos(paso.user))


def paso_el_segundo(sesion: Mapping[str, Any], usuario: Usuario) -> bool:
    """Si en esta sesión se usó un segundo paso que la persona todavía tiene."""
    if sesion.get(DE_QUIEN) != str(usuario.pk):
        return False
    usados = {registro.get("id") for registro in sesion.get(REGISTROS, []) if registro.get("method") == "mfa"}
    # Uno que se quitó después (porque se perdió el teléfono, por ejemplo) ya no prueba nada.
    return bool(usados) and Authenticator.objects.filter(user=usuario, pk__in=usados - {None}).exists()


def resumen(usuario: Usuario) -> dict[str, Any]:
    """Lo que «Mi cuenta» muestra: si tiene aplicación, cuántas llaves, y si hoy le falta pasarlo."""
    tipos = [paso.type for paso in segundos_pasos(usuario)]
    return {
        "aplicacion": Authenticator.Type.TOTP in tipos,
        "llaves": tipos.count(Authenticator.Type.WEBAUTHN),
        "falta": usuario.llaves_guardadas,
    }


def marcar(usuario: Any, sesion: Mapping[str, Any]) -> Any:
    """La misma persona, atada a lo que probó en esta sesión. Se pregunta recién cuando alguien mira sus permisos."""
    if es_obligatorio() and isinstance(usuario, Usuario):  # también uno perezoso, como el de Channels
        usuario._paso_el_segundo = lambda: paso_el_segundo(sesion, usuario)  # type: ignore[attr-defined]
    return usuario


def a_pasarlo(request: HttpRequest) -> HttpResponse:
    """Lleva a pasar el segundo paso, o a ponerlo si no tiene ninguno, y después a donde iba."""
    if request.method not in {"GET", "HEAD"}:
        raise PermissionDenied(FALTA)
    tipos = {paso.type for paso in segundos_pasos(request.user)}  # type: ignore[arg-type]
    if Authenticator.Type.TOTP in tipos:
        ruta = "mfa_reauthenticate"
    elif tipos:
        ruta = "mfa_reauthenticate_webauthn"
    else:
        ruta = "segundo_paso_obligatorio"
    return redirect(f"{reverse(ruta)}?{urlencode({'next': request.get_full_path()})}")


def es_puerta(request: HttpRequest, vista: Callable[..., Any]) -> bool:
    """Si esa página es para quien administra."""
    if getattr(vista, "acceso", "").startswith("con_rol:"):
        return True
    trastienda = reverse("wagtailadmin_home")
    return request.path.startswith(trastienda) and request.path != reverse("wagtailadmin_logout")


def sello_de(usuario: Usuario) -> str:
    return ",".join(sorted(usuario.roles_vigentes)) + ("*" if usuario.is_superuser else "")


class SegundoPasoMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: marcar(get_user(request), request.session))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, vista: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not es_puerta(request, vista) or not request.user.is_authenticated:
            return None
        usuario: Usuario = request.user  # type: ignore[assignment]
        if usuario.llaves_guardadas:
            return a_pasarlo(request) if tiene_llaves(usuario) else None
        self._cambiar_de_sesion_si_cambiaron_las_llaves(request, usuario)
        return None

    def _cambiar_de_sesion_si_cambiaron_las_llaves(self, request: HttpRequest, usuario: Usuario) -> None:
        """Un número de sesión que alguien conociera de antes no sirve con los cargos de ahora."""
        sello = sello_de(usuario)
        if request.session.get(SELLO) == sello:
            return
        if SELLO in request.session:
            sesiones.rotar(request)
        request.session[SELLO] = sello


@register(Tags.security, deploy=True)
def revisar_segundo_factor(app_configs: Any, **kwargs: Any) -> list[Warning]:
    if es_obligatorio():
        return []
    return [
        Warning(
            "Quien administra puede ingresar solo con su contraseña.",
            hint="Quita AYNI_SEGUNDO_FACTOR o ponla en «obligatorio».",
            id="ayni.W001",
        )
    ]
