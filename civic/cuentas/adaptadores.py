"""Cómo crea y trata las cuentas allauth."""

import base64
import ipaddress
import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings as de_cuentas
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from civic.cuentas import avisos, reglas, seguridad

registro = logging.getLogger("ayni.cuentas")
SIN_DIRECCION = "0.0.0.0"  # noqa: S104 -- no se escucha en ella: es «no se sabe de dónde viene»
METODOS = {
    "account_reauthenticate": "Usar mi contraseña",
    "mfa_reauthenticate": "Usar un código",
    "mfa_reauthenticate_webauthn": "Usar una llave de acceso",
}

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

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Como allauth, y si otra cuenta confirmó ese mismo correo en este instante, lo dice en vez de fallar."""
        try:
            with transaction.atomic():
                confirmado = super().confirm_email(request, email_address)
        except IntegrityError:
            fallo = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, fallo, {"email": email_address.email})
            return False
        if confirmado:
            self._avisar(avisos.CORREO_CONFIRMADO, email_address.user, {"correo": email_address.email})
        return confirmado

    def get_reset_password_from_key_url(self, key: str) -> str:
        return en_el_sitio(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return en_el_sitio(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        for nombre in ("signup_url", "password_reset_url"):
            if nombre in context:
                context[nombre] = en_el_sitio(context[nombre])
        super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Avisa de un cambio en la cuenta. `email`: a cuál de sus correos, si lo confirmó; si no, a otro confirmado."""
        self._avisar(template_prefix, user, context or {}, preferido=email or "")

    def avisar_al_correo_quitado(self, correo: EmailAddress) -> None:
        """A quien todavía lee el correo que se acaba de quitar de la cuenta, si estaba confirmado."""
        if correo.verified:
            self._mandar_aviso(avisos.CORREO_QUITADO, correo.user, {"deleted_email": correo.email}, correo.email)

    def _avisar(self, plantilla: str, persona: Any, datos: dict[str, Any], *, preferido: str = "") -> None:
        confirmados = EmailAddress.objects.filter(user=persona, verified=True).order_by("-primary", "pk")
        # El que se acaba de confirmar no cuenta: quien puso el suyo en una cuenta ajena no es a quien hay que avisar.
        correos = [c.email for c in confirmados if plantilla != avisos.CORREO_CONFIRMADO or c.email != datos["correo"]]
        if correos:
            self._mandar_aviso(plantilla, persona, datos, preferido if preferido in correos else correos[0])

    def _mandar_aviso(self, plantilla: str, persona: Any, datos: dict[str, Any], correo: str) -> None:
        """Sale después de confirmar y nunca deshace el cambio: con el servidor de correo caído, solo no llega."""
        if not de_cuentas.EMAIL_NOTIFICATIONS:
            return
        ahora = timezone.now()
        contexto = {**datos, "persona": persona, "momento": ahora, "URL_PUBLICA": settings.URL_PUBLICA}

        def mandar() -> None:
            try:
                self.render_mail(plantilla, correo, contexto).send()
            except OSError as error:  # incluye los de SMTP; su texto puede llevar la dirección
                registro.warning("No salió un aviso de seguridad: %s.", type(error).__name__)

        transaction.on_commit(mandar, robust=True)

    def get_client_ip(self, request: HttpRequest) -> str:
        """La dirección de quien pide; detrás de un socket de archivo no la hay, y no por eso se deja de entrar."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            return SIN_DIRECCION

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Los modos de confirmar quién es, en castellano; con las llaves guardadas la contraseña sola no alcanza."""
        rotulos = {reverse(ruta): rotulo for ruta, rotulo in METODOS.items()}
        metodos = [
            {**metodo, "description": rotulos[metodo["url"]]} for metodo in super().get_reauthentication_methods(user)
        ]
        if getattr(user, "llaves_guardadas", False) and seguridad.tiene_llaves(user) and len(metodos) > 1:
            metodos = [metodo for metodo in metodos if metodo["id"] != "reauthenticate"]
        return metodos


def _cifrador() -> MultiFernet:
    claves = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(salted_hmac("ayni.segundo_paso", "", clave, algorithm="sha256").digest()))
            for clave in claves
        ]
    )


class AdaptadorDeSegundoPaso(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Confirma primero tu correo.",
        "cannot_delete_authenticator": seguridad.ES_EL_ULTIMO,
        "cannot_generate_recovery_codes": "Los códigos de respaldo son para quien ya tiene un segundo paso.",
        "incorrect_code": "Ese código no es. Mira el que muestra ahora tu aplicación y vuelve a escribirlo.",
        "unverified_email": "Confirma primero tu correo.",
    }

    def encrypt(self, text: str) -> str:
        return _cifrador().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cifrador().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Cambió AYNI_CLAVE_SECRETA: un secreto al azar no coincide con ningún código, uno vacío sería adivinable.
            registro.warning("Un segundo paso no se puede leer con la clave secreta de ahora.")
            return generate_totp_secret()

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def _get_user_identifier(self, user: Any) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return seguridad.puede_quitarse(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        cuantas = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Llave {cuantas + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": sitio_de_las_llaves(), "name": "Ayni"}


def sitio_de_las_llaves() -> str:
    """El nombre al que quedan atadas las llaves de acceso: el público del sitio, nunca el Host del pedido.

    El estándar no admite direcciones numéricas: una instalación local usa localhost.
    """
    nombre = urlsplit(settings.URL_PUBLICA).hostname or "localhost"
    try:
        ipaddress.ip_address(nombre)
    except ValueError:
        return nombre
    return "localhost"
