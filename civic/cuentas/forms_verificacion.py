"""Formularios de verificación. Lo escrito se vuelve huella en la acción; nada de esto se guarda."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.admin.widgets import AdminDateInput

from civic.comun.forms import CampoTexto, Formulario
from civic.cuentas.columnas_padron import NOMBRES, TITULOS
from civic.cuentas.models import ConflictoDeIdentidad, Residencia, Usuario
from civic.cuentas.reglas_identidad import Ci, DatoInvalido, leer_nacimiento, normalizar_ci

# Ni el teclado ni el navegador deben recordar un carnet en un teléfono prestado.
_SIN_RASTRO = {"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
PESO_MAXIMO = 20 * 1024 * 1024
COMPROBANTES = (
    ("Carnet y factura de luz o agua", "Mostró su carnet y una factura de luz o de agua"),
    ("Carnet y nota de la directiva", "Mostró su carnet y una nota de la directiva de su OTB"),
    ("Carnet y lista de la asamblea", "Mostró su carnet y está en la lista de la asamblea de su OTB"),
    ("Carnet, en su casa", "Mostró su carnet en su casa"),
)


class CampoCi(CampoTexto):
    """Un carnet escrito como sea; limpio vale un Ci, que no se puede imprimir por descuido."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Número de carnet")
        kwargs.setdefault("help_text", "Si tiene complemento, escríbelo también: 1234567-1A.")
        kwargs.setdefault("widget", forms.TextInput(attrs=_SIN_RASTRO))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Ci | None:
        escrito = super().clean(value)
        if not escrito:
            return None
        try:
            return normalizar_ci(escrito)
        except DatoInvalido as error:
            raise ValidationError(str(error), code="ci") from None


class CampoNacimiento(CampoTexto):
    def clean(self, value: Any) -> datetime.date:
        try:
            return leer_nacimiento(super().clean(value), timezone.localdate())
        except DatoInvalido as error:
            frase = str(error)
            raise ValidationError(frase[0].upper() + frase[1:] + ".", code="nacimiento") from None


class PadronForm(Formulario):
    ci = CampoCi()
    nacimiento = CampoNacimiento(
        label="Fecha de nacimiento",
        max_length=30,
        help_text="Día, mes y año: 31/05/1990.",
        widget=forms.TextInput(attrs={**_SIN_RASTRO, "inputmode": "text"}),
    )


class ConCarnetForm(Formulario):
    """El carnet de quien pide que su directiva la confirme."""

    ci = CampoCi()


class BuscarPersonaForm(Formulario):
    """El usuario exacto de quien está delante: nadie recorre la lista de personas."""

    usuario = CampoTexto(
        label="Usuario de la persona",
        max_length=150,
        help_text="Pídeselo: es el usuario con el que entra a Ayni, completo.",
        widget=forms.TextInput(attrs=_SIN_RASTRO),
    )

    def persona(self) -> Usuario | None:
        return Usuario.objects.filter(username__iexact=self.cleaned_data["usuario"], is_active=True).first()


class CampoVista(forms.CharField):
    """El `momento` de la residencia que se tenía delante al abrir el formulario."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> datetime.datetime:
        try:
            momento = parse_datetime(super().clean(value))
        except ValueError:
            momento = None
        if momento is None or momento.tzinfo is None:
            raise ValidationError("Abre de nuevo la ficha de la persona.", code="vista")
        return momento


class ConVista(forms.Form):
    vista = CampoVista()


class EnPersonaForm(ConVista, Formulario):
    ci = CampoCi(label="Número de carnet de la persona")
    detalle = forms.ChoiceField(label="Qué mostró", choices=COMPROBANTES, widget=forms.RadioSelect)
    consiente = forms.BooleanField(
        label="La persona leyó esta pantalla y acepta que la verifique",
        error_messages={"required": "Muéstrale esta pantalla. Solo si acepta puedes verificarla."},
    )


class VerificarForm(ConVista, forms.Form):
    """Lo mismo en la trastienda."""

    ci = CampoCi(label="Número de carnet de la persona", help_text="No se guarda: queda solo una huella.")
    detalle = forms.ChoiceField(label="Cómo se comprobó", choices=COMPROBANTES, widget=forms.RadioSelect)
    consiente = forms.BooleanField(
        label="La persona está presente y acepta que la verifique",
        error_messages={"required": "Solo se verifica a quien está presente y acepta."},
    )


class VerificarVariasForm(forms.Form):
    """Lo mismo con varias personas presentes: a quien se le escribe el carnet se la verifica; las demás, como están."""

    detalle = forms.ChoiceField(label="Cómo se comprobó", choices=COMPROBANTES, widget=forms.RadioSelect)
    consiente = forms.BooleanField(
        label="Cada persona de quien escribí el carnet está presente y acepta que la verifique",
        error_messages={"required": "Solo se verifica a quien está presente y acepta."},
    )

    def poner_filas(self, residencias: Iterable[Residencia]) -> None:
        self.residencias = list(residencias)
        for residencia in self.residencias:
            quien = f"{residencia.usuario} ({residencia.usuario.username})"
            self.fields[f"ci_{residencia.pk}"] = CampoCi(
                label=f"Carnet de {quien}: {residencia.donde}", required=False, help_text=""
            )
            self.fields[f"vista_{residencia.pk}"] = CampoVista(initial=residencia.momento.isoformat())
        self.order_fields([f"ci_{residencia.pk}" for residencia in self.residencias])

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        mal_escritos = any(nombre.startswith("ci_") for nombre in self.errors)
        if not self.elegidas() and not mal_escritos:
            self.add_error(None, "Escribe el carnet de por lo menos una persona.")
        return datos

    def elegidas(self) -> list[tuple[Residencia, dict[str, Any]]]:
        """(residencia, datos) de cada persona cuyo carnet se escribió."""
        comun = {campo: self.cleaned_data.get(campo) for campo in ("detalle", "consiente")}
        return [
            (residencia, {**comun, "ci": ci, "vista": self.cleaned_data.get(f"vista_{residencia.pk}")})
            for residencia in self.residencias
            if (ci := self.cleaned_data.get(f"ci_{residencia.pk}")) is not None
        ]


class MotivoDeAnularForm(Formulario):
    motivo = CampoTexto(label="Por qué se anula", varias_lineas=True, filas=3, max_length=300)


class ResolverForm(forms.Form):
    decision = forms.ChoiceField(label="Qué se decide", widget=forms.RadioSelect)
    motivo = CampoTexto(
        label="Con qué lo comprobaste",
        varias_lineas=True,
        filas=3,
        max_length=500,
        help_text="Por ejemplo: «Las dos vinieron con su carnet». No escribas números de carnet.",
    )

    def __init__(self, *args: Any, conflicto: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if conflicto.razon == ConflictoDeIdentidad.Razon.COMPLEMENTO:
            self.fields["decision"].choices = [  # type: ignore[attr-defined]
                ("ambas", "Son dos personas: cada una queda con su verificación"),
                ("primera", f"Es una sola: queda {conflicto.primera} (usuario {conflicto.primera.username})"),
                ("segunda", f"Es una sola: queda {conflicto.segunda} (usuario {conflicto.segunda.username})"),
                ("ninguna", "Ninguna de las dos: las dos quedan sin verificar"),
            ]
            return
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            ("primera", f"Es de {conflicto.primera} (usuario {conflicto.primera.username}), que ya la tenía"),
            ("segunda", f"Es de {conflicto.segunda} (usuario {conflicto.segunda.username}): la primera queda sin ella"),
            ("ninguna", "De ninguna de las dos: las dos quedan sin verificar"),
        ]


class SubirPadronForm(forms.Form):
    archivo = forms.FileField(
        label="Archivo",
        help_text="CSV o XLSX con títulos: ci, fecha_nacimiento y otb, codigo_otb o distrito. Los nombres no se leen.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    fecha_corte = forms.DateField(label="De qué día es", required=False, widget=AdminDateInput)
    columnas = CampoTexto(
        label="Si los títulos son otros",
        required=False,
        max_length=300,
        help_text="Dilo así: ci=NRO_DOC, fecha_nacimiento=F_NAC, otb=BARRIO",
    )

    def clean_columnas(self) -> dict[str, str]:
        pares = {}
        for par in filter(None, (parte.strip() for parte in self.cleaned_data["columnas"].split(","))):
            nombre, igual, titulo = (trozo.strip() for trozo in par.partition("="))
            if not igual or nombre not in NOMBRES or not titulo:
                raise ValidationError("Se escribe ci=TÍTULO, con alguno de: " + ", ".join(TITULOS) + ".")
            pares[nombre] = titulo
        return pares
