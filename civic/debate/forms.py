"""Formularios del debate."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property

from civic.comun.forms import CampoTexto, ConClave, Formulario
from civic.comun.texto import limpiar
from civic.cuentas.models import Organizacion
from civic.debate import reglas
from civic.debate.models import Comentario, Hilo
from civic.debate.permisos import mandatos_para_hablar

PENDIENTE = "comentario_pendiente"


def proposito_de(hilo: Hilo) -> str:
    """Propósito de la clave de un solo uso: una sirve para cualquier casilla de la misma página."""
    return f"comentar:{hilo.pk}"


def recordar_pendiente(sesion: Any, hilo: Hilo, enviado: Mapping[str, str]) -> None:
    """Guarda en la sesión un comentario que llegó sin cuenta, para mostrarlo cuando la persona entre."""
    texto = limpiar(enviado.get("texto", ""), varias_lineas=True)[: reglas.LARGO_MAXIMO]
    if texto:
        sesion[PENDIENTE] = {"hilo": hilo.pk, "texto": texto, "padre": enviado.get("padre", "")[:12]}


def pendiente_de(sesion: Any, hilo: Hilo) -> dict[str, str]:
    """Lo que se guardó con `recordar_pendiente` para este hilo; vacío si nada."""
    guardado = sesion.get(PENDIENTE) or {}
    return {"texto": guardado["texto"], "padre": guardado["padre"]} if guardado.get("hilo") == hilo.pk else {}


class ComentarioForm(ConClave, Formulario):
    """Un comentario o una respuesta. `organizacion` solo ofrece aquellas en las que la persona tiene un cargo hoy."""

    texto = CampoTexto(
        label="Tu comentario",
        varias_lineas=True,
        filas=4,
        max_length=reglas.LARGO_MAXIMO,
        error_messages={
            "required": "Escribe tu comentario.",
            "max_length": "Tu comentario puede tener hasta %(limit_value)d letras; tiene %(show_value)d.",
        },
    )
    organizacion = forms.TypedChoiceField(label="En nombre de quién", required=False, coerce=int, empty_value=None)
    padre = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args: Any, hilo: Hilo, **kwargs: Any) -> None:
        super().__init__(*args, proposito=proposito_de(hilo), **kwargs)
        self.hilo = hilo
        self.organizaciones: dict[int, Organizacion] = {}
        # Casi nadie habla por una organización: sus cargos se buscan al mostrar el formulario, o si eligió una.
        if not self.is_bound or self.data.get("organizacion"):
            self.ofrecer_organizaciones()

    def ofrecer_organizaciones(self) -> None:
        """Carga en nombre de quién puede hablar. Quien muestra otra vez un formulario enviado la llama antes."""
        mandatos = mandatos_para_hablar(self.usuario)
        self.organizaciones = {mandato.organizacion_id: mandato.organizacion for mandato in mandatos}
        self.fields["organizacion"].choices = [("", "En mi nombre")] + [
            (mandato.organizacion_id, f"{mandato.cargo} de {mandato.organizacion}") for mandato in mandatos
        ]
        if not mandatos:
            self.fields["organizacion"].widget = forms.HiddenInput()

    def clean_padre(self) -> int | None:
        padre = self.cleaned_data["padre"]
        if padre and not Comentario.objects.filter(hilo=self.hilo, pk=padre).exists():
            raise forms.ValidationError("El comentario al que respondes no está en esta conversación.")
        return padre

    @property
    def organizacion_elegida(self) -> Organizacion | None:
        return self.organizaciones.get(self.cleaned_data["organizacion"])

    @cached_property
    def respondido(self) -> Comentario | None:
        """El comentario al que responde, si responde a uno que existe."""
        padre = str(self["padre"].value() or "")
        if not (padre.isascii() and padre.isdecimal() and len(padre) < 19):
            return None
        return Comentario.objects.select_related("autor").filter(hilo=self.hilo, pk=int(padre)).first()


class MotivoForm(forms.Form):
    """Por qué se oculta un comentario; lo leerá todo el mundo."""

    motivo = CampoTexto(
        label="Motivo",
        max_length=200,
        help_text="Lo leerán todas las personas en lugar del comentario. Por ejemplo: «Insulta a una vecina».",
        error_messages={"required": "Escribe el motivo: lo leerán todas las personas."},
    )
