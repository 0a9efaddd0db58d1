"""Escribir por otra persona, consentir en pantalla, invitar a organizaciones y retirarse."""

from typing import Any

from django import forms

from civic.comun.forms import CampoTexto, Formulario
from civic.cuentas.models import Organizacion
from mapas.territorio.models import Area
from propuestas.forms import NuevaForm, PasoQueForm

_SIN_RASTRO = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class NuevaAsistidaForm(NuevaForm):
    """El primer paso, por otra persona: además, su usuario exacto. En nombre de quién se elige después, con ella."""

    field_order = ("usuario", "proceso")
    imprescindibles = (*PasoQueForm.imprescindibles, "usuario")
    usuario = CampoTexto(
        label="Usuario de la persona",
        max_length=150,
        help_text="Pídeselo: es el usuario con el que entra a Ayni, completo.",
        widget=forms.TextInput(attrs=_SIN_RASTRO),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("organizacion", None)


class LeidoForm(Formulario):
    """El sello de lo que se tuvo delante."""

    sello = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class ConsentirEnPersonaForm(LeidoForm):
    clave = forms.CharField(
        label="Tu contraseña",
        strip=False,
        max_length=256,
        help_text="La escribe solo quien pide. No se guarda en este teléfono ni abre tu cuenta en él.",
        widget=forms.PasswordInput(render_value=False, attrs=_SIN_RASTRO),
        error_messages={"required": "Escribe tu contraseña, o confírmala después desde tu propio teléfono."},
    )


class BuscarParaInvitar(Formulario):
    """A qué organizaciones invitar: por su nombre o su distrito, en la dirección de la página."""

    use_required_attribute = False
    q = CampoTexto(
        label="Nombre de la organización",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Villa, Molle, Rosario…"}),
    )
    distrito = forms.ChoiceField(label="Distrito", required=False)

    def __init__(self, *args: Any, distritos: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].choices = [("", "Todos"), *((d.codigo, str(d)) for d in distritos)]  # type: ignore[attr-defined]

    def validos(self) -> dict[str, str]:
        """Lo que se entiende: {texto, distrito}."""
        self.is_valid()
        return {"texto": self.cleaned_data.get("q", ""), "distrito": self.cleaned_data.get("distrito", "")}


class InvitarForm(Formulario):
    organizacion = forms.ModelChoiceField(
        queryset=Organizacion.objects.none(), to_field_name="slug", error_messages={"required": "Elige a cuál invitar."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organizacion"].queryset = Organizacion.objects.visibles()  # type: ignore[attr-defined]


class RetirarseForm(Formulario):
    motivo = CampoTexto(
        label="Por qué dejan de pedirla",
        max_length=1000,
        varias_lineas=True,
        filas=3,
        help_text="Se lee en la historia pública.",
        error_messages={"required": "Di por qué dejan de pedirla."},
    )
