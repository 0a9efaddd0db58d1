"""Formularios para unir, dividir, responder y relacionar propuestas."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from civic.comun.forms import CampoTexto, Formulario
from propuestas.forms import CampoBolivianos
from propuestas.models import Propuesta, Relacion
from propuestas.reglas import CLASES_DE_RELACION, PARTES_MAXIMO, PARTES_MINIMO

_DE_PARTE = ("titulo", "descripcion", "monto")


class CampoCodigo(CampoTexto):
    """El código de una propuesta pública; da la propuesta."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Por ejemplo PR-2027-014. Está en la página de cada propuesta.")
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Any:
        codigo = super().clean(value).upper()
        propuesta = Propuesta.objects.publicadas().filter(codigo=codigo).select_related("distrito").first()
        if propuesta is None:
            raise ValidationError("No hay una propuesta publicada con ese código. Revísalo en su página.")
        return propuesta


class UnirForm(forms.Form):
    destino = CampoCodigo(label="Código de la propuesta a la que se une")
    motivo = CampoTexto(
        label="Por qué conviene unirlas",
        max_length=1000,
        varias_lineas=True,
        filas=4,
        help_text="Lo leen quienes las presentaron, y queda en la historia pública.",
    )


class DividirForm(forms.Form):
    """Hasta cinco partes; las que quedan vacías no cuentan."""

    motivo = CampoTexto(
        label="Por qué conviene dividirla",
        max_length=1000,
        varias_lineas=True,
        filas=3,
        help_text="Lo lee quien la presentó, y queda en la historia pública.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(PARTES_MAXIMO):
            obliga = n < PARTES_MINIMO
            self.fields[f"titulo{n}"] = CampoTexto(label="Título", min_length=8, max_length=120, required=obliga)
            self.fields[f"descripcion{n}"] = CampoTexto(
                label="Qué se pide y por qué", max_length=4000, varias_lineas=True, filas=3, required=obliga
            )
            self.fields[f"monto{n}"] = CampoBolivianos(label="Costo en Bs", required=obliga)

    def secciones(self) -> list[tuple[str, list[Any]]]:
        return [
            (f"Parte {n + 1}" + ("" if n < PARTES_MINIMO else ", si hace falta"), [self[f"{c}{n}"] for c in _DE_PARTE])
            for n in range(PARTES_MAXIMO)
        ]

    def partes(self) -> list[dict[str, Any]]:
        """Las que traen algo, aunque les falte otra cosa: la regla dice cuál."""
        datos = self.cleaned_data
        filas = [{campo: datos.get(f"{campo}{n}") or "" for campo in _DE_PARTE} for n in range(PARTES_MAXIMO)]
        return [fila for fila in filas if any(fila.values())]


class RespuestaForm(Formulario):
    """La frase, y cuál de los dos botones se apretó."""

    frase = CampoTexto(
        label="Tu respuesta, en una frase",
        max_length=500,
        varias_lineas=True,
        filas=3,
        help_text="La leen el equipo del municipio y la otra parte.",
    )
    acepta = forms.ChoiceField(
        choices=[("si", "Acepto"), ("no", "No acepto")],
        widget=forms.HiddenInput,
        error_messages={"required": "Elige si aceptas o no.", "invalid_choice": "Elige si aceptas o no."},
    )


class RelacionForm(forms.Form):
    clase = forms.ChoiceField(
        label="Qué tienen que ver",
        widget=forms.RadioSelect,
        choices=[
            (clave, "Esta necesita que antes se haga la otra" if clave == "dependencia" else rotulo)
            for clave, rotulo in CLASES_DE_RELACION.items()
        ],
    )
    con = CampoCodigo(label="Código de la otra propuesta")
    motivo = CampoTexto(label="Por qué", max_length=500, varias_lineas=True, filas=3, help_text="Es público.")


class QuitarRelacionForm(forms.Form):
    relacion = forms.ModelChoiceField(label="Relación que se quita", queryset=Relacion.objects.none(), empty_label=None)
    motivo = CampoTexto(label="Por qué", max_length=500, varias_lineas=True, filas=3, help_text="Es público.")

    def __init__(self, *args: Any, propuesta: Propuesta, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo: Any = self.fields["relacion"]
        campo.queryset = Relacion.objects.vigentes().de(propuesta).select_related("primera", "segunda")


class CancelarForm(forms.Form):
    motivo = CampoTexto(
        label="Por qué se cancela", max_length=1000, varias_lineas=True, filas=3, help_text="Es público."
    )
