"""Formularios del padrón: reclamar, observar una inclusión y, en la trastienda, publicar y resolver."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.widgets import AdminDateTimeInput

from civic.comun.forms import CampoTexto, ConClave, Formulario
from civic.cuentas.reglas_identidad import LARGO_MAXIMO, Ci, DatoInvalido, normalizar_ci
from votaciones.models import Contienda
from votaciones.padron.acciones.reclamos import LARGO
from votaciones.padron.models import ReclamoDePadron
from votaciones.padron.reglas import DIAS_PARA_OBSERVAR


class ReclamarForm(ConClave, Formulario):
    """Por qué debería estar en el padrón."""

    prefix = "reclamo"
    texto = CampoTexto(
        label="Por qué deberías estar en el padrón de tu distrito",
        help_text="Solo lo lee Planificación.",
        varias_lineas=True,
        filas=4,
        max_length=LARGO,
        error_messages={"required": "Escribe por qué deberías estar en el padrón."},
    )


class ObservarForm(ConClave, Formulario):
    """De quién se trata, dónde y por qué no debería estar."""

    prefix = "observacion"
    contienda = forms.ModelChoiceField(label="Distrito", queryset=Contienda.objects.none(), empty_label=None)
    ci = CampoTexto(
        label="Carnet de esa persona",
        help_text="No se guarda: solo sirve para encontrarla en el padrón.",
        max_length=LARGO_MAXIMO,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": "Escribe el carnet de la persona."},
    )
    texto = CampoTexto(
        label="Por qué no debería estar",
        help_text="Lo leen Planificación y esa persona; tu nombre no se le muestra.",
        varias_lineas=True,
        filas=4,
        max_length=LARGO,
        error_messages={"required": "Escribe por qué no debería estar en el padrón."},
    )

    def __init__(self, *args: Any, contiendas: list[Contienda], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["contienda"]
        campo.queryset = Contienda.objects.filter(pk__in=[contienda.pk for contienda in contiendas])  # type: ignore[attr-defined]
        campo.choices = [(contienda.pk, contienda.lugar) for contienda in contiendas]  # type: ignore[attr-defined]

    def clean_ci(self) -> Ci:
        try:
            return normalizar_ci(self.cleaned_data["ci"])
        except DatoInvalido as error:
            raise ValidationError(str(error)) from None


class PublicarForm(forms.Form):
    """Hasta cuándo se observa el padrón provisional."""

    observable_hasta = forms.DateTimeField(
        label="Se puede reclamar hasta",
        help_text=f"Por lo menos {DIAS_PARA_OBSERVAR} días, y antes de que abra la votación.",
        widget=AdminDateTimeInput,
    )
    motivo = CampoTexto(
        label="Por qué se publica otra vez",
        help_text="Es público.",
        varias_lineas=True,
        filas=3,
        max_length=500,
    )

    def __init__(self, *args: Any, de_nuevo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not de_nuevo:
            del self.fields["motivo"]


class ResolverForm(forms.Form):
    """La decisión sobre un reclamo y su razón pública."""

    decision = forms.ChoiceField(
        label="Qué se decide",
        choices=[
            (ReclamoDePadron.Estado.ACEPTADO.value, "Aceptarlo"),
            (ReclamoDePadron.Estado.RECHAZADO.value, "Rechazarlo"),
        ],
        widget=forms.RadioSelect,
    )
    respuesta = CampoTexto(
        label="Por qué",
        help_text="Se muestra en la página del padrón, sin nombres: no los pongas aquí.",
        varias_lineas=True,
        filas=4,
        max_length=LARGO,
    )
