"""Cómo crea y trata las cuentas allauth."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from civic.cuentas import reglas

NO_COINCIDEN = "El usuario o la contraseña no coinciden. Revisa las mayúsculas de la contraseña y vuelve a intentarlo."
USUARIO_OCUPADO = "Ese usuario ya existe. Si es tuyo, ingresa; si no, elige otro."


def en_el_sitio(url: str) -> str:
    """La misma dirección, en el nombre público del sitio: un correo nunca confía en el Host que mandó el navegador."""
    partes = urlsplit(url)
    return f"{settings.URL_PUBLICA}{partes.path}" + (f"?{partes.query}" if partes.query else "")


class AdaptadorDeCuentas(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Esta cuenta está cerrada.",
        "cannot_remove_primary_email": "Ese es tu correo principal. Elige primero otro como principal.",
        "duplicate_email": "Ese correo ya está en tu cuenta.",
        "email_password_mismatch": NO_COINCIDEN,
        "username_password_mismatch": NO_COINCIDEN,
        "enter_current_password": "Esa no es tu contraseña actual.",
        "incorrect_password": "Esa no es tu contraseña.",
        "invalid_password_reset": "Ese enlace ya se usó o venció. Pide otro.",
        "max_email_addresses": "No puedes agregar más de %d correos.",
        "too_many_login_attempts": "Hubo demasiados intentos. Espera unos minutos y vuelve a probar.",
        "unverified_primary_email": "Tu correo principal debe estar confirmado.",
        "username_blacklisted": "Ese usuario está reservado. Elige otro.",
        "username_taken": USUARIO_OCUPADO,
        "rate_limited": "Hubo demasiados pedidos. Espera unos minutos.",
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        usuario = reglas.usuario_llano(username)
        problema = reglas.problema_de_usuario(usuario)
        if problema:
            raise ValidationError(problema, code="usuario")
        return super().clean_username(usuario, shallow=shallow)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.nombre_publico = form.cleaned_data["nombre_publico"]
        return super().save_user(request, user, form, commit=commit)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mi_cuenta")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mi_cuenta")

    def get_reset_password_from_key_url(self, key: str) -> str:
        return en_el_sitio(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return en_el_sitio(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        for nombre in ("signup_url", "password_reset_url"):
            if nombre in context:
                context[nombre] = en_el_sitio(context[nombre])
        super().send_mail(template_prefix, email, context)
