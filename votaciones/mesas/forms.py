"""Formularios de las mesas. Del carnet no se guarda nada: se vuelve huella en la acción."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from civic.comun.forms import CampoTexto, Formulario
from civic.cuentas.forms import CampoLugarDeVida
from civic.cuentas.forms_verificacion import CampoCi, CampoNacimiento
from votaciones.mesas.models import MAXIMO_DE_CODIGOS, Paquete
from votaciones.models import Contienda
from votaciones.reglas import recibo as recibos

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


class CodigoForm(Formulario):
    """El código impreso, tal como lo copió la persona."""

    impreso = CampoTexto(
        label="Código impreso",
        help_text="Dieciséis letras y números. No importan los guiones ni las mayúsculas.",
        max_length=40,
        error_messages={"required": "Escribe el código que está en tu papel."},
        widget=forms.TextInput(attrs=_SIN_RASTRO),
    )

    def clean_impreso(self) -> str:
        codigo = recibos.normalizar(self.cleaned_data["impreso"])
        if codigo is None:
            raise ValidationError("El código tiene dieciséis letras y números. Revisa que no falte ni sobre ninguno.")
        return codigo


class PaqueteForm(Formulario):
    contienda = forms.ModelChoiceField(label="Papeleta", queryset=Contienda.objects.none(), empty_label=None)
    mesa = CampoTexto(label="Para qué mesa", max_length=80, help_text="Por ejemplo: Colegio Bolívar, mesa 2.")
    codigos = forms.IntegerField(
        label="Cuántos códigos",
        min_value=1,
        max_value=MAXIMO_DE_CODIGOS,
        error_messages={
            "min_value": f"De 1 a {MAXIMO_DE_CODIGOS} códigos.",
            "max_value": f"De 1 a {MAXIMO_DE_CODIGOS} códigos.",
            "invalid": "Escribe un número, en cifras.",
        },
    )

    def __init__(self, *args: Any, votacion: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contiendas = Contienda.objects.filter(votacion=votacion).select_related("area")
        campo = self.fields["contienda"]
        campo.queryset = contiendas  # type: ignore[attr-defined]
        campo.choices = [(una.pk, una.lugar) for una in contiendas]  # type: ignore[attr-defined]


class CerrarForm(Formulario):
    motivo = CampoTexto(
        label="Por qué se cierra", help_text="Es público, en la bitácora. Sus códigos sin usar dejan de valer.",
        varias_lineas=True, filas=3, max_length=500,
    )  # fmt: skip


class EntregaForm(Formulario):
    """De qué paquete toma su sobre la persona, para cada papeleta que le falta."""

    use_required_attribute = False
    ficha = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, contiendas: list[Contienda], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.con_paquetes = False
        en_mesa = list(Paquete.objects.filter(contienda__in=contiendas, estado=Paquete.Estado.EN_MESA))
        for una in contiendas:
            suyos = [paquete for paquete in en_mesa if paquete.contienda_id == una.pk and paquete.quedan]
            opciones = [(str(p.pk), f"Paquete {p.pk}, {p.mesa}: quedan {p.quedan}") for p in suyos]
            self.con_paquetes |= bool(suyos)
            self.fields[f"paquete-{una.pk}"] = forms.ChoiceField(
                label=f"Papeleta: {una.lugar}",
                choices=[*opciones, ("no", "Ahora no")],
                initial=opciones[0][0] if opciones else "no",
                help_text="" if suyos else "En la mesa no quedan códigos de esta papeleta.",
            )


class DevolverForm(Formulario):
    clave = forms.CharField(
        label="Tu contraseña",
        help_text="La de quien atiende la mesa.",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Escribe tu contraseña."},
    )


class QuitarForm(Formulario):
    ci = CampoCi(label="Número de carnet de la persona")
    motivo = CampoTexto(
        label="Por qué se quita", help_text="Queda en la bitácora reservada: no pongas su nombre.",
        varias_lineas=True, filas=3, max_length=500,
    )  # fmt: skip
