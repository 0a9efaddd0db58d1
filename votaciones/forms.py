"""Formularios de la papeleta, la comprobación del recibo y la trastienda."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoTexto, Formulario
from votaciones.models import Contienda, Opcion, Votacion
from votaciones.reglas import papeleta
from votaciones.reglas import recibo as recibos


class PapeletaForm(Formulario):
    """Las obras marcadas. Sirve para revisar y para confirmar: las dos veces se revisa todo."""

    opciones = forms.TypedMultipleChoiceField(
        label="Obras",
        coerce=int,
        required=False,
        error_messages={
            "invalid_choice": "Una de las obras que marcaste no está en esta papeleta. Revisa y vuelve a elegir.",
            "invalid_list": "No entendimos qué obras marcaste. Vuelve a elegir.",
        },
    )
    clave = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, *args: Any, contienda: Contienda, opciones: list[Opcion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contienda = contienda
        self.costos: dict[int, Decimal] = {opcion.numero: opcion.costo for opcion in opciones}
        self.fields["opciones"].choices = [(opcion.numero, opcion.titulo) for opcion in opciones]  # type: ignore[attr-defined]

    def clean_opciones(self) -> list[int]:
        try:
            return papeleta.exigir_valida(self.cleaned_data["opciones"], self.costos, self.contienda.presupuesto)
        except ReglaIncumplida as error:
            raise ValidationError(error.mensaje) from None

    @property
    def marcadas(self) -> set[int]:
        """Lo que la persona marcó, valga o no, para no hacerle elegir otra vez."""
        crudas = self.data.getlist("opciones") if self.is_bound else []  # type: ignore[attr-defined]
        return {numero for numero in self.costos if str(numero) in crudas}


class ComprobarForm(Formulario):
    """El código de un recibo, tal como lo copió la persona."""

    recibo = CampoTexto(
        label="Código del recibo",
        help_text="Dieciséis letras y números, como 7K2M-9QXA-40TB-H3CD. No importan los guiones ni las mayúsculas.",
        max_length=40,
        error_messages={"required": "Escribe el código de tu recibo."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_recibo(self) -> str:
        codigo = recibos.normalizar(self.cleaned_data["recibo"])
        if codigo is None:
            raise ValidationError("Un recibo tiene dieciséis letras y números. Revisa que no falte ni sobre ninguno.")
        return codigo


class VotacionForm(WagtailAdminModelForm):
    """Los datos de una votación en preparación (trastienda)."""

    class Meta:
        model = Votacion
        fields = ["proceso", "nombre", "slug", "regla", "minimo", "abre", "cierra"]
        help_texts = {
            "slug": "Letras sin acentos, números y guiones; por ejemplo votacion-poa-2027.",
            "minimo": "Una obra con menos votos que estos no gana aunque sobre dinero. Una sin votos nunca gana.",
            "abre": "Desde esta hora se puede votar.",
            "cierra": "A esta hora deja de recibirse votos.",
        }
        widgets = {"abre": AdminDateTimeInput, "cierra": AdminDateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimo"].required = False
        if self.instance.pk:
            # Las contiendas salieron de los techos de su proceso: otro proceso es otra votación.
            self.fields["proceso"].disabled = True

    def clean_minimo(self) -> int:
        minimo = self.cleaned_data["minimo"]
        return 1 if minimo is None else minimo


class CierreForm(forms.Form):
    """El motivo de un cierre adelantado."""

    motivo = CampoTexto(
        label="Motivo, si cierras antes de la hora anunciada (será público)",
        varias_lineas=True,
        filas=3,
        required=False,
        max_length=500,
    )
