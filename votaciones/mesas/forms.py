"""Formularios de las mesas. Del carnet no se guarda nada: se vuelve huella en la acción."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from civic.comun.forms import Formulario
from civic.cuentas.forms import CampoLugarDeVida
from civic.cuentas.forms_verificacion import CampoCi, CampoNacimiento

_SIN_RASTRO = {"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}


class CarnetForm(Formulario):
    """Quién está delante, según el carnet que muestra."""

    ci = CampoCi(label="Número de carnet de la persona")
    nacimiento = CampoNacimiento(
        label="Su fecha de nacimiento",
        max_length=30,
        help_text="Como está en el carnet: 31/05/1990.",
        widget=forms.TextInput(attrs={**_SIN_RASTRO, "inputmode": "text"}),
    )


class InscribirForm(CarnetForm):
    lugar = CampoLugarDeVida(
        label="Dónde vive",
        help_text="Si su OTB no está en la lista, elige su distrito.",
        error_messages={"required": "Elige dónde vive la persona."},
    )
    consiente = forms.BooleanField(
        label="La persona mostró su carnet, vive ahí y pide que la inscriba",
        error_messages={"required": "Inscribe solo a quien está delante de ti y lo pide."},
    )

    def clean_lugar(self) -> tuple[Any, Any]:
        otb, distrito = self.cleaned_data["lugar"]
        if otb is None and distrito is None:
            raise ValidationError("Solo vota quien vive en el municipio.")
        return otb, distrito
