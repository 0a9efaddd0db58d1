"""Trastienda de las obras: avance, estado, pedidos, publicar y enlazar."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from mapas.obras import acciones, consultas, permisos, reglas
from mapas.obras.forms import AvanceForm, MoverForm, ResolverForm, VincularForm
from mapas.obras.models import MovimientoPedido, Obra

METODOS = ["GET", "HEAD", "POST"]


@con_rol(*permisos.INFORMAN)
@require_http_methods(METODOS)
def avance(request: HttpRequest, pk: int) -> HttpResponse:
    """Registra un informe de avance."""
    obra = _obra_o_404(pk)
    form = AvanceForm(*_enviado(request))

    def hacer() -> str:
        informe = acciones.registrar_avance(obra, actor=request.user, **form.cleaned_data)
        return f"Informe guardado: construido {informe.fisico:.0f} %, pagado {informe.financiero:.0f} %."

    return _atender(request, obra, form, hacer, "Registrar avance", anteriores=obra.lista_de_avances)


@con_rol(*permisos.INFORMAN)
@require_http_methods(METODOS)
def mover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambia el estado; la fiscalización lo propone y espera la decisión de la jefatura."""
    obra = _obra_o_404(pk)
    opciones = reglas.siguientes(obra.estado)
    form = MoverForm(*_enviado(request), opciones=opciones)
    decide = permisos.publica_obras(request.user)

    def hacer() -> str:
        if decide:
            return f"Ahora está «{acciones.mover_obra(obra, actor=request.user, **form.cleaned_data).ficha[0]}»."
        acciones.pedir_movimiento(obra, actor=request.user, **form.cleaned_data)
        return "Queda propuesto. Lo decide la jefatura o planificación."

    titulo = "Mover estado" if decide else "Proponer un estado"
    nada = "" if opciones else "Desde este estado la obra ya no pasa a ningún otro."
    return _atender(request, obra, form, hacer, titulo, nada=nada)


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def resolver(request: HttpRequest, pk: int) -> HttpResponse:
    """Acepta o rechaza el cambio de estado que propuso la fiscalización."""
    pedido = get_object_or_404(MovimientoPedido.objects.select_related("obra", "pedido_por"), pk=pk)
    form = ResolverForm(*_enviado(request))

    def hacer() -> str:
        aceptar = form.cleaned_data["decision"] == "si"
        acciones.resolver_pedido(pedido, actor=request.user, aceptar=aceptar, motivo=form.cleaned_data["motivo"])
        return "Aceptado: la obra cambió de estado." if aceptar else "No se aceptó el cambio."

    return _atender(request, _obra_o_404(pedido.obra_id), form, hacer, "Resolver el cambio propuesto", pedido=pedido)


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def publicar(request: HttpRequest, pk: int) -> HttpResponse:
    """Pone la obra a la vista de todo el mundo, después de confirmarlo."""
    obra = _obra_o_404(pk)
    form = forms.Form(*_enviado(request))

    def hacer() -> str:
        acciones.publicar_obra(obra, actor=request.user)
        return "La obra ya se ve en el sitio."

    return _atender(request, obra, form, hacer, "Publicar")


@con_rol(*permisos.PUBLICAN)
@require_http_methods(METODOS)
def vincular(request: HttpRequest, pk: int) -> HttpResponse:
    """Enlaza la propuesta de la que viene o un reporte que atiende."""
    obra = _obra_o_404(pk)
    form = VincularForm(*_enviado(request))

    def hacer() -> str:
        propuesta, reporte = form.cleaned_data["propuesta"], form.cleaned_data["reporte"]
        if propuesta is not None:
            acciones.vincular_propuesta(obra, propuesta=propuesta, actor=request.user)
            return f"La obra viene de «{propuesta}»."
        acciones.vincular_reporte(obra, reporte=reporte, actor=request.user)
        return f"La obra atiende el reporte {reporte.codigo}."

    return _atender(request, obra, form, hacer, "Enlazar")


def _obra_o_404(pk: int) -> Obra:
    return get_object_or_404(Obra.objects.completas(), pk=pk)


def _enviado(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _atender(
    request: HttpRequest, obra: Obra, form: forms.Form, hacer: Callable[[], str], titulo: str, **extra: Any
) -> HttpResponse:
    """Si el formulario vale, llama la acción y vuelve a la ficha; si no, lo muestra con sus errores."""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, hacer())
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
        else:
            return redirect("obra:inspect", obra.pk)
    contexto = {
        "obra": obra,
        "form": form,
        "media": form.media,
        "header_icon": "site",
        "page_title": titulo,
        "page_subtitle": f"{titulo}: {obra.nombre}",
        "header_title": f"{titulo}: {obra.nombre}",
        "action_url": request.path,
        "submit_button_label": titulo,
        "submit_button_active_label": "Guardando…",
        "pendiente": consultas.pedido_pendiente(obra),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse("obra:index"), "label": "Obras"},
            {"url": reverse("obra:inspect", args=[obra.pk]), "label": obra.nombre},
            {"url": "", "label": titulo},
        ],
        **extra,
    }
    return render(request, "obras/trastienda/accion.html", contexto, status=422 if form.is_bound else 200)
