"""Lo que una dirección del mapa puede pedir."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mapas.visor.reglas import ZOOM_INICIAL, ZOOM_MAXIMO, ZOOM_MINIMO


class CampoCaja(forms.Field):
    """«oeste,sur,este,norte» en grados -> cuatro números, o None si viene vacía."""

    def to_python(self, value: Any) -> tuple[float, float, float, float] | None:
        if not value:
            return None
        grado = forms.FloatField()
        try:
            oeste, sur, este, norte = (grado.clean(parte) for parte in str(value).split(","))
        except ValueError:
            raise ValidationError("La caja son cuatro números: oeste,sur,este,norte.") from None
        if not (oeste <= este and sur <= norte):
            raise ValidationError("La caja va de oeste a este y de sur a norte.")
        return oeste, sur, este, norte


class VistaForm(forms.Form):
    """Qué pedazo del mapa se mira y qué tan cerca."""

    z = forms.IntegerField(min_value=ZOOM_MINIMO, max_value=ZOOM_MAXIMO, required=False)
    caja = CampoCaja(required=False)

    def clean_z(self) -> int:
        z = self.cleaned_data["z"]
        return ZOOM_INICIAL if z is None else z
