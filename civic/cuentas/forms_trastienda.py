"""Formularios de la trastienda: organizaciones, mandatos, residencias y roles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from civic.comun.forms import CampoTexto
from civic.comun.texto import limpiar
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.models import (
    ActaDeDirectiva,
    AsignacionRol,
    CargoDeActa,
    ObservacionDeRegistro,
    Organizacion,
    Usuario,
)
from civic.cuentas.permisos import ROLES_RESERVADOS, puede_mover
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
    """Datos de una organización. `alcance`: distritos en los que quien la llena puede trabajar (None: todos)."""

    class Meta:
        model = Organizacion
        fields = [
            *("nombre", "clase", "distrito", "area", "personalidad_juridica", "personalidad_autoridad"),
            *("personalidad_fecha", "personalidad_en_tramite", "familias", "fuente"),
        ]
        widgets = {"personalidad_fecha": AdminDateInput}

    def __init__(self, *args: Any, alcance: frozenset[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        propios, areas = distritos(), otbs()
        if alcance is not None:
            propios, areas = propios.filter(pk__in=alcance), areas.filter(padre__in=alcance)
        self.fields["distrito"].queryset = propios  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["distrito"].help_text = "Vacío solo si su área no está en ningún distrito."
        self.fields["nombre"] = CampoTexto(label="Nombre", max_length=120)

    def clean_personalidad_juridica(self) -> str:
        return limpiar(self.cleaned_data["personalidad_juridica"])


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


class NotaForm(forms.Form):
    nota = CampoTexto(label="Nota", varias_lineas=True, filas=3, max_length=200, required=False)


def pasos_de(usuario: Usuario, organizacion: Organizacion) -> list[str]:
    """Estados a los que esa persona puede pasarla hoy por su rol."""
    return [hacia for hacia in reglas.siguientes(organizacion.estado) if puede_mover(usuario, organizacion, hacia)]


class MoverForm(forms.Form):
    hacia = forms.ChoiceField(label="Pasa a", widget=forms.RadioSelect)
    motivo = CampoTexto(
        label="Motivo",
        varias_lineas=True,
        filas=3,
        max_length=500,
        required=False,
        help_text="Se mostrará en la página de la organización. Para suspender o devolver a revisión es obligatorio.",
    )

    def __init__(self, *args: Any, organizacion: Organizacion, usuario: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pasos = pasos_de(usuario, organizacion)
        self.fields["hacia"].choices = [(e, Organizacion.Estado(e).label) for e in pasos]  # type: ignore[attr-defined]


def cuentas_escritas(cargos: list[CargoDeActa]) -> dict[str, Usuario]:
    """Las cuentas abiertas de los usuarios que se escribieron en un acta, por usuario en minúsculas."""
    escritos = [cargo.usuario_escrito.lower() for cargo in cargos if cargo.usuario_escrito]
    return {persona.username: persona for persona in Usuario.objects.filter(username__in=escritos, is_active=True)}


class VincularForm(forms.Form):
    cargo = forms.ModelChoiceField(label="Cargo", queryset=CargoDeActa.objects.none(), empty_label="Elige…")
    usuario = CampoPersona(label="Usuario de la persona", max_length=150, help_text="El usuario con el que ingresa.")

    def __init__(self, *args: Any, acta: ActaDeDirectiva, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cargo"].queryset = acta.cargos.filter(usuario=None)  # type: ignore[attr-defined]


class ResponderForm(forms.Form):
    decision = forms.ChoiceField(
        label="Decisión",
        widget=forms.RadioSelect,
        choices=[
            (ObservacionDeRegistro.Estado.DESESTIMADA.value, "Se desestima: el registro puede seguir"),
            (ObservacionDeRegistro.Estado.ACEPTADA.value, "Se acepta: el registro vuelve a revisión"),
        ],
    )
    respuesta = CampoTexto(label="Razón", varias_lineas=True, filas=5, max_length=2000, help_text="Será pública.")
