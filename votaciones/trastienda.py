"""La página de la trastienda donde se agregan y se quitan papeletas de una votación que se prepara."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.roles import Cosa, roles_que
from votaciones import acciones, consultas, permisos
from votaciones.acciones.conducir import SOLO_EN_PREPARACION
from votaciones.acciones.contiendas import CON_PADRON
from votaciones.forms import ContiendaForm
from votaciones.models import Votacion

TITULO = "Agregar o quitar papeletas"


@con_rol(*roles_que("A", Cosa.VOTACIONES))
@require_http_methods(["GET", "HEAD", "POST"])
def contiendas(request: HttpRequest, pk: int) -> HttpResponse:
    """Las papeletas de la votación, una para quitar y un formulario para agregar."""
    votacion = get_object_or_404(Votacion, pk=pk)
    if request.method == "POST" and "quitar" in request.POST:
        return _quitar(request, votacion)
    form, estado = ContiendaForm(request.POST or None), 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                nuevas = acciones.agregar_contiendas(
                    votacion,
                    form.areas,
                    presupuesto=form.cleaned_data["presupuesto"],
                    sector=form.cleaned_data["sector"],
                    actor=request.user,
                )
            except ReglaIncumplida as error:
                form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
                estado = 409
            else:
                messages.success(request, f"Papeletas agregadas: {len(nuevas)}. Las obras se repartieron de nuevo.")
                return redirect("votaciones_contiendas", pk=pk)
    return _pagina(request, votacion, form, estado)


def _quitar(request: HttpRequest, votacion: Votacion) -> HttpResponse:
    cual = request.POST["quitar"]
    suyas = votacion.contiendas.select_related("area", "votacion")
    contienda = get_object_or_404(suyas, pk=int(cual) if cual.isdecimal() and cual.isascii() else 0)
    try:
        acciones.quitar_contienda(contienda, actor=request.user)
    except ReglaIncumplida as error:
        messages.error(request, error.mensaje)
        return _pagina(request, votacion, ContiendaForm(), 409)
    messages.success(request, "Papeleta quitada. Sus obras volvieron a la más chica donde caben.")
    return redirect("votaciones_contiendas", pk=votacion.pk)


def _pagina(request: HttpRequest, votacion: Votacion, form: ContiendaForm, estado: int) -> HttpResponse:
    nada = SOLO_EN_PREPARACION if votacion.estado != Votacion.Estado.PREPARADA else ""
    tablero = reverse("votaciones_conducir", args=[votacion.pk])
    contexto = {
        "votacion": votacion,
        "form": form,
        "papeletas": consultas.contiendas_de(votacion),
        "nada": nada or (CON_PADRON if permisos.padron_publicado(votacion) else ""),
        "page_title": TITULO,
        "header_title": TITULO,
        "header_icon": "check",
        "breadcrumbs_items": [
            {"url": reverse("votaciones_admin:index"), "label": "Votaciones"},
            {"url": tablero, "label": votacion.nombre},
            {"url": "", "label": TITULO},
        ],
    }
    return render(request, "votaciones/trastienda/contiendas.html", contexto, status=estado)
