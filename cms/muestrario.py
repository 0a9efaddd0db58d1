"""Datos de muestra para /estilo/: cada pieza del sistema de diseño con su código verdadero."""

import datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from civic.comun.forms import CampoTexto, Formulario
from civic.procesos.consultas import FaseEnLinea
from mapas.obras.reglas import FICHAS as FICHAS_DE_OBRA
from mapas.reportes.reglas import FICHAS as FICHAS_DE_REPORTE
from propuestas.reglas import FICHAS as FICHAS_DE_PROPUESTA


class FormularioDeMuestra(Formulario):
    titulo = CampoTexto(label="Título", max_length=120, help_text="Di qué se pide, en una frase.")
    descripcion = CampoTexto(label="Qué se pide y por qué", varias_lineas=True, filas=4)
    categoria = forms.ChoiceField(label="Categoría", choices=[("", "Elige…"), ("agua", "Agua potable")])
    monto = forms.DecimalField(label="Costo en Bs", required=False, min_value=1, help_text="Si lo sabes.")
    momento = forms.ChoiceField(
        label="Cuándo pasa", widget=forms.RadioSelect, choices=[("dia", "De día"), ("noche", "De noche")]
    )
    acepto = forms.BooleanField(label="Lo que escribí es cierto", required=False)


def _fases() -> list[FaseEnLinea]:
    nombres = ["Recepción de propuestas", "Viabilidad", "Votación", "Escrutinio", "Obra"]
    hoy = timezone.now()
    fases: list[Any] = []
    for numero, nombre in enumerate(nombres):
        inicio = hoy + datetime.timedelta(days=20 * (numero - 2) - 5)
        fase = SimpleNamespace(nombre=nombre, inicio=inicio, fin=inicio + datetime.timedelta(days=20))
        fases.append(FaseEnLinea(fase, "hecho" if numero < 2 else "ahora" if numero == 2 else "futuro"))  # type: ignore[arg-type]
    return fases


def piezas() -> dict[str, Any]:
    """Contexto de cms/estilo.html."""
    con_errores = FormularioDeMuestra({"titulo": "", "descripcion": "El agua llega dos horas.", "monto": "-5"})
    con_errores.is_valid()
    sucesos = [
        SimpleNamespace(
            texto="La propuesta pasó a «Viable».",
            motivo="Terreno municipal con papeles; costo revisado.",
            momento=timezone.now(),
            calidad="Dirección de Planificación",
        ),
        SimpleNamespace(texto="Se presentó la propuesta.", motivo="", momento=timezone.now(), calidad=""),
    ]
    return {
        "colores": ["papel", "hoja", "tinta", "tinta-2", "linea", "molle", "molle-claro", "maiz", "maiz-claro"]
        + ["arcilla", "arcilla-claro", "cielo", "cielo-claro"],
        "fichas": {
            "Propuestas": [(ficha.tono, ficha.signo, ficha.etiqueta) for ficha in FICHAS_DE_PROPUESTA.values()],
            "Reportes": [(tono, signo, nombre) for nombre, tono, signo, _ in FICHAS_DE_REPORTE.values()],
            "Obras": [(tono, signo, nombre) for nombre, tono, signo, _ in FICHAS_DE_OBRA.values()],
        },
        "formulario": FormularioDeMuestra(),
        "con_errores": con_errores,
        "fases": _fases(),
        "sucesos": sucesos,
        "pagina": Paginator(range(50), 10).page(2),
    }
