"""Elegir una unidad del municipio: las que tienen a alguien con cargo vigente."""

from typing import Any

from django import forms

from civic.cuentas.models import AsignacionRol


def unidades_vigentes() -> list[str]:
    """Unidades con alguien en funciones hoy, en orden alfabético."""
    nombres = AsignacionRol.objects.vigentes().exclude(unidad="").values_list("unidad", flat=True)
    return sorted(set(nombres.order_by()))


class UnidadForm(forms.Form):
    unidad = forms.ChoiceField(label="Unidad", error_messages={"required": "Elige la unidad."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unidad"].choices = [("", "Elige…"), *((u, u) for u in unidades_vigentes())]  # type: ignore[attr-defined]
