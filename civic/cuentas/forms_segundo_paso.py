"""Formularios del segundo paso y de las llaves de acceso: los de allauth con nuestras palabras y más desconfianza."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as de_codigos
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as de_aplicacion
from allauth.mfa.webauthn import forms as de_llaves
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from civic.comun.forms import CampoTexto
from civic.cuentas.forms import DeAyni

CODIGO = "Los seis números que muestra tu aplicación"
VIDA_DE_UN_CODIGO = 120  # segundos: con la tolerancia, el mismo código sirve hasta minuto y medio
LARGO_DE_CREDENCIAL = 20_000
LLAVE_QUE_NO_SIRVE = "Esa llave no sirvió. Inténtalo de nuevo, o usa otro modo de ingresar."
# Lo que lanza la biblioteca ante una credencial deforme; sin esto, mandar basura sería un error 500.
DEFORME = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError)


def _solo_una_vez(usuario: Any, codigo: str) -> None:
    """Cada código vale una vez. allauth lo recuerda 30 segundos, menos de lo que dura con la tolerancia."""
    if not cache.add(f"ayni.codigo_usado.{usuario.pk}.{normalize_user_code(codigo)}", 1, VIDA_DE_UN_CODIGO):
        raise get_adapter().validation_error("incorrect_code")


class _ConCodigo(DeAyni):
    rotulos = {"code": "Código"}
    pistas = {"code": CODIGO}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(  # type: ignore[attr-defined]
            inputmode="numeric", autocomplete="one-time-code", maxlength="20"
        )
        self.fields["code"].max_length = 20  # type: ignore[attr-defined]


class ActivarForm(_ConCodigo, de_aplicacion.ActivateTOTPForm):
    pistas = {"code": "Los seis números que aparecen en la aplicación después de leer el dibujo."}

    def clean_code(self) -> str:
        codigo = super().clean_code()
        _solo_una_vez(self.user, codigo)
        return codigo


class QuitarAplicacionForm(DeAyni, de_aplicacion.DeactivateTOTPForm):
    pass


class _SegundoPaso(_ConCodigo):
    pistas = {"code": f"{CODIGO}, o uno de tus códigos de respaldo."}

    def clean_code(self) -> str:
        codigo = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            _solo_una_vez(self.user, codigo)  # type: ignore[attr-defined]
        return codigo


class SegundoPasoForm(_SegundoPaso, de_codigos.AuthenticateForm):
    pass


class ConfirmarSegundoPasoForm(_SegundoPaso, de_codigos.ReauthenticateForm):
    pass


class CampoCredencial(forms.JSONField):
    """Lo que responde el navegador con la llave: JSON chico y sin mil niveles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, error_messages={"required": LLAVE_QUE_NO_SIRVE}, **kwargs)

    def bound_data(self, data: Any, initial: Any) -> str:
        return ""  # vale una sola vez: no se devuelve en el formulario

    def prepare_value(self, value: Any) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LARGO_DE_CREDENCIAL:
            raise ValidationError(LLAVE_QUE_NO_SIRVE, code="invalid")
        try:
            credencial = super().to_python(value)
        except (ValidationError, RecursionError, ValueError):
            raise ValidationError(LLAVE_QUE_NO_SIRVE, code="invalid") from None
        if credencial is not None and not isinstance(credencial, dict):
            raise ValidationError(LLAVE_QUE_NO_SIRVE, code="invalid")
        return credencial


class _ConLlave(DeAyni):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CampoCredencial()  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except DEFORME:
            raise ValidationError(LLAVE_QUE_NO_SIRVE, code="incorrect_code") from None


class SegundoPasoConLlaveForm(_ConLlave, de_llaves.AuthenticateWebAuthnForm):
    pass


class ConfirmarConLlaveForm(_ConLlave, de_llaves.ReauthenticateWebAuthnForm):
    pass


class IngresoConLlaveForm(_ConLlave, de_llaves.LoginWebAuthnForm):
    pass


def _nombre() -> CampoTexto:
    return CampoTexto(
        label="Nombre de la llave",
        max_length=40,
        required=False,
        help_text="Para reconocerla después. Por ejemplo: mi teléfono.",
    )


class AgregarLlaveForm(DeAyni, de_llaves.AddWebAuthnForm):
    """Toda llave que se agrega sirve para ingresar sin contraseña: pide huella, cara o PIN."""

    passwordless = None
    name = _nombre()
    credential = CampoCredencial()
    pistas = {"name": "Para reconocerla después. Por ejemplo: mi teléfono."}

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()
        except DEFORME:
            self.cleaned_data.pop("credential", None)
            raise ValidationError(LLAVE_QUE_NO_SIRVE, code="incorrect_code") from None


class NombrarLlaveForm(DeAyni, de_llaves.EditWebAuthnForm):
    name = CampoTexto(label="Nombre de la llave", max_length=40)
