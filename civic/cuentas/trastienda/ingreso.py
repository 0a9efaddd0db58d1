"""Ayudar a una persona a volver a entrar: código de ingreso y segundo paso perdido."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin.ui.components import Component

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoTexto
from civic.cuentas import acciones
from civic.cuentas.acciones.codigos import VIGENCIA
from civic.cuentas.forms_trastienda import CampoPersona
from civic.cuentas.roles import Rol

ENTREGAN_CODIGOS = (Rol.VENTANILLA, Rol.ADMINISTRACION)


class CodigoForm(forms.Form):
    persona = CampoPersona(
        label="Usuario de la persona", max_length=150, help_text="Pregúntaselo: es con lo que ingresa."
    )
    comprobacion = CampoTexto(
        label="Cómo comprobaste que es ella",
        max_length=120,
        help_text="Por ejemplo: mostró su carnet. No escribas el número.",
    )


@con_rol(*ENTREGAN_CODIGOS)
@require_http_methods(["GET", "HEAD", "POST"])
def entregar_codigo(request: HttpRequest) -> HttpResponse:
    """Entrega en mano un código de un solo uso a quien olvidó su contraseña."""
    form = CodigoForm(request.POST if request.method == "POST" else None)
    contexto: dict[str, Any] = {
        "form": form,
        "page_title": "Código de ingreso",
        "header_title": "Código de ingreso",
        "header_icon": "key",
        "breadcrumbs_items": [{"url": "", "label": "Código de ingreso"}],
    }
    if request.method == "POST" and form.is_valid():
        persona = form.cleaned_data["persona"]
        try:
            contexto["codigo"] = acciones.emitir_codigo_de_ingreso(
                persona,
                actor=request.user,  # type: ignore[arg-type]
                comprobacion=form.cleaned_data["comprobacion"],
            )
            contexto |= {"persona": persona, "vence": timezone.localtime(timezone.now() + VIGENCIA)}
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
    return render(request, "cuentas/trastienda/codigo.html", contexto, status=422 if form.errors else 200)


class AvisoDeSegundoPaso(Component):
    order = 10
    template_name = "cuentas/trastienda/_aviso_segundo_paso.html"
