"""Formularios de cuentas: los de allauth con nuestras palabras, y los de «Mi cuenta»."""

from typing import Any

from allauth.account import forms as de_allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoTexto, Formulario, Renderizador
from civic.cuentas import reglas
from civic.cuentas.acciones import declarar_residencia
from civic.cuentas.adaptadores import USUARIO_OCUPADO
from civic.cuentas.consultas import FUERA, lugares_para_elegir
from civic.cuentas.models import DatosParaEstadisticas, Usuario
from mapas.territorio.consultas import distrito_de_otb
from mapas.territorio.models import Area

PISTA_CLAVE = "Ocho letras o números, o más. Tres palabras que recuerdes sirven bien. No uses solo números."
SIN_CORRECTOR = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class DeAyni:
    """Mezcla para los formularios de allauth: nuestras plantillas, sin textos de relleno dentro de los campos."""

    default_renderer = Renderizador
    rotulos: dict[str, str] = {}
    pistas: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for nombre, campo in self.fields.items():  # type: ignore[attr-defined]
            campo.widget.attrs.pop("placeholder", None)
            campo.label = self.rotulos.get(nombre, campo.label)
            campo.help_text = self.pistas.get(nombre, "")


class IngresoForm(DeAyni, de_allauth.LoginForm):
    rotulos = {"login": "Usuario o correo", "password": "Contraseña"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(SIN_CORRECTOR, autocomplete="username")

    def user_credentials(self) -> dict[str, Any]:
        """Lo escrito vale como correo o como usuario, no como los dos.

        allauth prueba los dos, y así comprueba dos veces la contraseña de un correo que existe y una la de uno que no:
        el tiempo delata quién tiene cuenta. En Ayni un usuario nunca parece un correo.
        """
        credenciales = super().user_credentials()
        if "email" in credenciales:
            credenciales.pop("username", None)
        return credenciales


class CampoLugarDeVida(forms.ChoiceField):
    """Lista de OTB agrupadas por distrito; limpio vale (otb, distrito), o (None, None) si vive fuera."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lugares_para_elegir, **kwargs)

    def clean(self, value: Any) -> tuple[Area | None, Area | None]:
        elegido = super().clean(value)
        if elegido in ("", FUERA):
            return None, None
        tipo, _, pk = elegido.partition(":")
        area = Area.objects.select_related("padre").filter(pk=pk).first()
        if area is None:
            raise ValidationError("Ese lugar ya no está en la lista. Elige otro.", code="lugar")
        return (area, distrito_de_otb(area)) if tipo == "o" else (None, area)


def _nombre_publico(**kwargs: Any) -> CampoTexto:
    return CampoTexto(
        label="Nombre público",
        max_length=80,
        help_text="Así te verán en propuestas y comentarios. Puede ser tu nombre y apellido, o como te dicen.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        **kwargs,
    )


def revisar_nombre(nombre: str) -> str:
    problema = reglas.problema_de_nombre(nombre)
    if problema:
        raise ValidationError(problema, code="nombre")
    return nombre


class RegistroForm(DeAyni, de_allauth.SignupForm):
    """Crear una cuenta: nombre, lugar donde vive, usuario y contraseña; el correo es opcional."""

    nombre_publico = _nombre_publico()
    lugar = CampoLugarDeVida(
        label="Tu OTB o comunidad",
        help_text="Para mostrarte lo de tu barrio. Después se verifica para poder votar.",
        error_messages={"required": "Elige dónde vives. Si tu OTB no está, elige tu distrito."},
    )
    field_order = ["nombre_publico", "lugar", "username", "email", "password1", "password2"]
    rotulos = {
        "username": "Usuario",
        "email": "Correo electrónico",
        "password1": "Contraseña",
        "password2": "La misma contraseña, otra vez",
    }
    pistas = {
        "nombre_publico": "Así te verán en propuestas y comentarios. Puede ser tu nombre y apellido, o como te dicen.",
        "lugar": "Te mostraremos lo de tu barrio. Después se verifica, para que puedas votar.",
        "username": "Con él entras. Letras sin acento, números, punto o guion. Por ejemplo: ana.mamani",
        "email": "No hace falta tener uno. Si lo pones, podrás recuperar tu contraseña por correo.",
        "password1": PISTA_CLAVE,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update(SIN_CORRECTOR)

    def clean_nombre_publico(self) -> str:
        return revisar_nombre(self.cleaned_data["nombre_publico"])

    def save(self, request: HttpRequest) -> Usuario:
        """Crea la cuenta, su residencia y su correo juntos. Si otra persona tomó el usuario, ReglaIncumplida."""
        adaptador = get_adapter()
        # Cifrar la contraseña tarda: se hace antes de la transacción, para no frenar a los demás.
        persona = adaptador.save_user(request, adaptador.new_user(request), self, commit=False)
        correo = self.cleaned_data.get("email")
        otb, distrito = self.cleaned_data["lugar"]
        try:
            with transaction.atomic():
                persona.save()
                if otb is not None or distrito is not None:
                    declarar_residencia(persona, otb=otb, distrito=distrito)
                setup_user_email(request, persona, [EmailAddress(email=correo)] if correo else [])
        except IntegrityError:
            if Usuario.objects.filter(username__iexact=persona.username).exists():
                raise ReglaIncumplida(USUARIO_OCUPADO, campo="username") from None
            raise
        return persona


class CorreoNuevoForm(DeAyni, de_allauth.AddEmailForm):
    rotulos = {"email": "Correo electrónico"}


class CambiarClaveForm(DeAyni, de_allauth.ChangePasswordForm):
    rotulos = {
        "oldpassword": "Contraseña de ahora",
        "password1": "Contraseña nueva",
        "password2": "La nueva, otra vez",
    }
    pistas = {"password1": PISTA_CLAVE}


class PonerClaveForm(DeAyni, de_allauth.SetPasswordForm):
    rotulos = {"password1": "Contraseña", "password2": "La misma contraseña, otra vez"}
    pistas = {"password1": PISTA_CLAVE}


class OlvidoForm(DeAyni, de_allauth.ResetPasswordForm):
    rotulos = {"email": "Tu correo electrónico"}


class ClaveNuevaForm(DeAyni, de_allauth.ResetPasswordKeyForm):
    rotulos = {"password1": "Contraseña nueva", "password2": "La nueva, otra vez"}
    pistas = {"password1": PISTA_CLAVE}


class ConfirmarIdentidadForm(DeAyni, de_allauth.ReauthenticateForm):
    rotulos = {"password": "Contraseña"}


class ClaveConCodigoForm(Formulario):
    """Poner otra contraseña con el código que entregó la ventanilla."""

    usuario = CampoTexto(
        label="Tu usuario", max_length=150, widget=forms.TextInput(attrs={**SIN_CORRECTOR, "autocomplete": "username"})
    )
    codigo = CampoTexto(
        label="Código que te dieron",
        max_length=40,
        help_text="Doce letras y números, con o sin guiones.",
        widget=forms.TextInput(attrs={**SIN_CORRECTOR, "autocomplete": "one-time-code"}),
    )
    clave = forms.CharField(
        label="Contraseña nueva",
        max_length=128,
        help_text=PISTA_CLAVE,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    clave_otra_vez = forms.CharField(
        label="La nueva, otra vez",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        clave = datos.get("clave")
        if clave:
            if clave != datos.get("clave_otra_vez"):
                self.add_error("clave_otra_vez", "No es igual a la de arriba. Escríbela de nuevo.")
            try:
                validate_password(clave, Usuario(username=datos.get("usuario", "")))
            except ValidationError as error:
                self.add_error("clave", error)
        return datos


class CerrarCuentaForm(Formulario):
    confirmacion = CampoTexto(
        label="Para confirmar, escribe tu usuario",
        max_length=150,
        widget=forms.TextInput(attrs={**SIN_CORRECTOR, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, usuario: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usuario = usuario

    def clean_confirmacion(self) -> str:
        escrito = reglas.usuario_llano(self.cleaned_data["confirmacion"])
        if escrito != self.usuario.username.lower():
            raise ValidationError("Ese no es tu usuario. Tu cuenta sigue abierta.", code="confirmacion")
        return escrito


class NombrePublicoForm(Formulario):
    nombre_publico = _nombre_publico()

    def clean_nombre_publico(self) -> str:
        return revisar_nombre(self.cleaned_data["nombre_publico"])


class DatosParaEstadisticasForm(Formulario):
    sexo = forms.ChoiceField(
        label="Sexo",
        required=False,
        choices=[("", "Sin responder"), *DatosParaEstadisticas.Sexo.choices],
        error_messages={"invalid_choice": "Elige una de las respuestas, o deja «Sin responder»."},
    )
    nacimiento = forms.IntegerField(
        label="Año de nacimiento",
        required=False,
        help_text="Con cuatro números, por ejemplo 1985. Si no quieres decirlo, déjalo vacío.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": 4}),
        error_messages={"invalid": "Escribe el año con cuatro números, por ejemplo 1985."},
    )


class ResidenciaForm(Formulario):
    lugar = CampoLugarDeVida(
        label="Tu OTB o comunidad",
        help_text="Si tu OTB no está, elige tu distrito.",
        error_messages={"required": "Elige dónde vives."},
    )
