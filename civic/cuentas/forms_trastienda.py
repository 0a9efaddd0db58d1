"""Formularios de la trastienda: organizaciones, mandatos, residencias y roles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from civic.comun.forms import CampoTexto
from civic.cuentas import reglas
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion, Usuario
from civic.cuentas.permisos import ROLES_RESERVADOS
from civic.cuentas.roles import Rol
from mapas.territorio.consultas import distritos, otbs


class CampoPersona(CampoTexto):
    """El usuario de una persona, escrito: quien atiende se lo pide, y nadie recorre la lista de cuentas."""

    def clean(self, value: Any) -> Usuario:
        usuario = super().clean(value)
        persona = Usuario.objects.filter(username__iexact=usuario, is_active=True).first()
        if persona is None:
            raise ValidationError("No hay una cuenta abierta con ese usuario.", code="persona")
        return persona


class OrganizacionForm(WagtailAdminModelForm):
    class Meta:
        model = Organizacion
        fields = ["nombre", "clase", "distrito", "area", "personalidad_juridica", "familias", "fuente"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        self.fields["area"].queryset = otbs()  # type: ignore[attr-defined]


class MandatoForm(WagtailAdminModelForm):
    usuario = CampoPersona(label="Usuario de la persona", max_length=150, help_text="El usuario con el que ingresa.")

    class Meta:
        model = Mandato
        fields = ["usuario", "organizacion", "cargo", "desde", "hasta"]
        widgets = {"desde": AdminDateInput, "hasta": AdminDateInput}

    def _post_clean(self) -> None:
        """Las reglas las revisa la acción, con sus frases; aquí no se arma el modelo."""


class RolForm(WagtailAdminModelForm):
    usuario = CampoPersona(label="Usuario de la persona", max_length=150, help_text="El usuario con el que ingresa.")

    class Meta:
        model = AsignacionRol
        fields = ["usuario", "rol", "distrito", "unidad", "desde", "hasta"]
        widgets = {"desde": AdminDateInput, "hasta": AdminDateInput}

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, for_user=for_user, **kwargs)
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        if not for_user.is_superuser:
            puede_dar = [(rol.value, rol.label) for rol in Rol if rol not in ROLES_RESERVADOS]
            self.fields["rol"].choices = [("", "---------"), *puede_dar]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Las reglas las revisa la acción, con sus frases; aquí no se arma el modelo."""


class MotivoForm(forms.Form):
    motivo = CampoTexto(label="Motivo", varias_lineas=True, filas=3, max_length=500)


class MoverForm(forms.Form):
    hacia = forms.ChoiceField(label="Pasa a", widget=forms.RadioSelect)
    motivo = CampoTexto(
        label="Motivo",
        varias_lineas=True,
        filas=3,
        max_length=500,
        required=False,
        help_text="Se mostrará en la página de la organización. Para suspender es obligatorio.",
    )

    def __init__(self, *args: Any, organizacion: Organizacion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        siguientes = reglas.TRANSICIONES[organizacion.estado]
        self.fields["hacia"].choices = [(e, Organizacion.Estado(e).label) for e in siguientes]  # type: ignore[attr-defined]
