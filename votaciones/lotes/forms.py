"""Los formularios de la mesa: abrir un lote, marcar a una persona, juntar las hojas y cargarlas."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from civic.comun.forms import CampoFoto, CampoTexto, Formulario
from civic.cuentas.forms_verificacion import CampoCi, CampoNacimiento
from votaciones.actas.models import Acta
from votaciones.forms import PapeletaForm
from votaciones.lotes.models import Lote
from votaciones.lotes.reglas import BLANCA, HOJAS_MAXIMO, NULA, VALIDA, Hoja, cuenta_de_manos, hoja_de_papel
from votaciones.models import Contienda, Opcion

_SIN_RASTRO = {"autocomplete": "off", "autocorrect": "off", "spellcheck": "false"}


class AbrirForm(Formulario):
    contienda = forms.ChoiceField(label="¿De qué lugar son las papeletas?")
    clase = forms.ChoiceField(label="¿Cómo votan?", choices=Lote.Clase.choices, initial=Lote.Clase.PAPEL)
    lugar = CampoTexto(label="¿Dónde está la mesa?", max_length=160, help_text="Por ejemplo: escuela Simón Bolívar.")
    fecha = forms.DateField(label="Fecha", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, contiendas: list[Contienda], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._contiendas = {str(una.pk): una for una in contiendas}
        self.fields["contienda"].choices = [(clave, una.lugar) for clave, una in self._contiendas.items()]
        self.fields["fecha"].initial = timezone.localdate

    def clean_contienda(self) -> Contienda:
        return self._contiendas[self.cleaned_data["contienda"]]


class MarcarForm(Formulario):
    """El carnet y la fecha de quien está delante. No se guardan."""

    ci = CampoCi(label="Número de carnet de la persona")
    nacimiento = CampoNacimiento(
        label="Su fecha de nacimiento",
        max_length=30,
        help_text="Día, mes y año: 31/05/1990.",
        widget=forms.TextInput(attrs=_SIN_RASTRO),
    )


class JuntarHojasForm(Formulario):
    hojas = forms.IntegerField(
        label="¿Cuántas papeletas hay en el lote?",
        min_value=1,
        max_value=HOJAS_MAXIMO,
        help_text="Cuéntalas todas, también las que están en blanco, y ponle un número a cada una.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    foto = CampoFoto(
        label="Foto del lote",
        help_text="Con los números a la vista. No es pública: la ven solo Planificación y Auditoría.",
        error_messages={"required": "Falta la foto del lote."},
    )


class JuntarActaForm(Formulario):
    acta = forms.ChoiceField(label="Acta de la asamblea")

    def __init__(self, *args: Any, actas: list[Acta], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actas = {str(acta.pk): acta for acta in actas}
        self.fields["acta"].choices = [(clave, str(acta)) for clave, acta in self._actas.items()]

    def clean_acta(self) -> Acta:
        return self._actas[self.cleaned_data["acta"]]


class HojaForm(PapeletaForm):
    """Una hoja de papel: su número, si vale y, si vale, lo que marcó quien la llenó."""

    hoja = forms.IntegerField(
        label="Número de la hoja", min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric", **_SIN_RASTRO})
    )
    es = forms.ChoiceField(
        label="¿Cómo está la hoja?",
        choices=[
            (VALIDA, "Se entiende y cumple las reglas"),
            (BLANCA, "En blanco: no marcó nada"),
            (NULA, "Nula: no se entiende o no cumple las reglas"),
        ],
        widget=forms.RadioSelect,
        initial=VALIDA,
    )

    def clean(self) -> dict[str, Any]:
        es = self.cleaned_data.get("es")
        if es == VALIDA:
            return super().clean()
        if es == BLANCA and any(valor.strip() not in ("", "0") for valor in self.escrito.values()):
            raise ValidationError("Dijiste que está en blanco y marcaste algo. Borra lo marcado o di cómo está.")
        return self.cleaned_data

    @property
    def dice(self) -> Hoja:
        return hoja_de_papel(self.cleaned_data["es"], self.cleaned_data.get("eleccion", ()))


class CuentaForm(Formulario):
    """Las manos que dice el acta: cuántas por cada obra y cuántas personas se abstuvieron."""

    def __init__(self, *args: Any, opciones: list[Opcion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numeros = [opcion.numero for opcion in opciones]
        for opcion in opciones:
            self.fields[f"votos-{opcion.numero}"] = self._cuantas(str(opcion))
        self.fields["abstenciones"] = self._cuantas("No votaron por ninguna (abstenciones)")

    @staticmethod
    def _cuantas(rotulo: str) -> forms.IntegerField:
        campos = {"inputmode": "numeric", **_SIN_RASTRO}
        return forms.IntegerField(
            label=rotulo,
            min_value=0,
            max_value=HOJAS_MAXIMO,
            widget=forms.NumberInput(attrs=campos),
            error_messages={"required": "Escribe cuántas; si nadie, pon 0."},
        )

    @property
    def dice(self) -> Hoja:
        datos = self.cleaned_data
        return cuenta_de_manos({n: datos[f"votos-{n}"] for n in self.numeros}, datos["abstenciones"])


class AnularForm(Formulario):
    motivo = CampoTexto(label="¿Por qué se anula? (será público)", varias_lineas=True, filas=3, max_length=500)


def en_blanco(contienda: Contienda, costos: dict[int, Decimal], hoja: int) -> HojaForm:
    """El formulario de la hoja que sigue, sin nada escrito."""
    return HojaForm(initial={"hoja": hoja}, contienda=contienda, costos=costos)
