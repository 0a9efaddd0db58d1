"""Trastienda de los procesos: techos con fórmula, su aprobación y la marcha del proceso."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from civic.comun.acceso import con_rol
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.roles import Rol
from civic.procesos import acciones, consultas, reglas
from civic.procesos.forms import AprobarForm, MoverForm, RepartoForm
from civic.procesos.models import Proceso

METODOS = ["GET", "HEAD", "POST"]


@con_rol(Rol.PLANIFICACION)
@require_http_methods(METODOS)
def calcular(request: HttpRequest, pk: int) -> HttpResponse:
    """Fórmula de los techos: primero se mira la cuenta entera, después se aplica."""
    proceso = _proceso_o_404(pk)
    form = RepartoForm(*_enviado(request))
    cuenta, se_mira = None, "aplicar" not in request.POST
    if form.is_bound and form.is_valid():
        datos = form.datos()
        try:
            cuenta = consultas.cuenta(datos["formula"], datos["indices"])
            if not se_mira:
                reparto = acciones.calcular_techos(
                    proceso, actor=request.user, huella=form.cleaned_data["huella"] or "sin vista previa", **datos
                )
                messages.success(request, f"Techos calculados: suman {bolivianos(reparto.total)}.")
                return redirect("procesos:inspect", proceso.pk)
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
            se_mira = False
    extra = {
        "cuenta": cuenta,
        "total": sum(fila.monto for fila in cuenta) if cuenta else None,
        "huella": acciones.huella_de_la_cuenta(cuenta) if cuenta else "",
    }
    estado = 200 if not form.is_bound or (se_mira and not form.errors) else 422
    return _mostrar(request, proceso, form, "Calcular techos", "procesos/trastienda/calcular.html", estado, **extra)


@con_rol(Rol.CONCEJO)
@require_http_methods(METODOS)
def aprobar(request: HttpRequest, pk: int) -> HttpResponse:
    """El Concejo aprueba los techos con el número de su norma."""
    proceso = _proceso_o_404(pk)
    form = AprobarForm(*_enviado(request))

    def hacer() -> str:
        acciones.aprobar_techos(proceso, actor=request.user, **form.cleaned_data)
        return "Los techos quedaron aprobados y la norma ya se ve en el sitio."

    grupos = consultas.grupos_de_techos(proceso)
    return _atender(request, proceso, form, hacer, "Aprobar techos", grupos=grupos)


def _mover(hacia: str, titulo: str, hecho: str) -> Callable[..., HttpResponse]:
    @con_rol(Rol.PLANIFICACION)
    @require_http_methods(METODOS)
    def vista(request: HttpRequest, pk: int) -> HttpResponse:
        proceso = _proceso_o_404(pk)
        form = MoverForm(*_enviado(request))

        def hacer() -> str:
            acciones.mover_proceso(proceso, hacia=hacia, actor=request.user, **form.cleaned_data)
            return hecho

        return _atender(request, proceso, form, hacer, titulo)

    return vista


suspender = _mover(reglas.SUSPENDIDO, "Suspender", "El proceso quedó suspendido: nadie puede actuar hasta levantarlo.")
levantar = _mover(reglas.EN_MARCHA, "Levantar la suspensión", "El proceso sigue con su calendario.")
declarar_desierto = _mover(reglas.DESIERTO, "Declarar desierto", "El proceso quedó desierto.")


def _proceso_o_404(pk: int) -> Proceso:
    return get_object_or_404(Proceso, pk=pk)


def _enviado(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _atender(
    request: HttpRequest, proceso: Proceso, form: forms.Form, hacer: Callable[[], str], titulo: str, **extra: Any
) -> HttpResponse:
    """Si el formulario vale, llama la acción y vuelve a la ficha; si no, lo muestra con sus errores."""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, hacer())
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
        else:
            return redirect("procesos:inspect", proceso.pk)
    estado = 422 if form.is_bound else 200
    return _mostrar(request, proceso, form, titulo, "procesos/trastienda/accion.html", estado, **extra)


def _mostrar(
    request: HttpRequest, proceso: Proceso, form: forms.Form, titulo: str, plantilla: str, estado: int, **extra: Any
) -> HttpResponse:
    contexto = {
        "proceso": proceso,
        "form": form,
        "media": form.media,
        "header_icon": "calendar-alt",
        "page_title": titulo,
        "page_subtitle": proceso.nombre,
        "header_title": f"{titulo}: {proceso.nombre}",
        "action_url": request.path,
        "submit_button_label": titulo,
        "submit_button_active_label": "Guardando…",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse("procesos:index"), "label": "Procesos"},
            {"url": reverse("procesos:inspect", args=[proceso.pk]), "label": proceso.nombre},
            {"url": "", "label": titulo},
        ],
        **extra,
    }
    return render(request, plantilla, contexto, status=estado)
