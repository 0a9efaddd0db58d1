"""Los paquetes de códigos, para Planificación: prepararlos, imprimirlos una vez, llevarlos a la mesa y cerrarlos."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from votaciones.mesas import acciones, permisos
from votaciones.mesas.forms import CerrarForm, PaqueteForm
from votaciones.mesas.models import Paquete


@con_rol(*permisos.PREPARAN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paquetes(request: HttpRequest, slug: str) -> HttpResponse:
    """Los de una votación, y el formulario para preparar otro."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    form = PaqueteForm(request.POST if request.method == "POST" else None, votacion=votacion)
    contexto = {"votacion": votacion, "form": form, "paquetes": permisos.paquetes_de(votacion)}
    if request.method != "POST":
        return render(request, "mesas/paquetes.html", contexto)
    if not form.is_valid():
        return render(request, "mesas/paquetes.html", contexto, status=422)
    try:
        paquete = acciones.preparar_paquete(**form.cleaned_data, actor=request.user)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return render(request, "mesas/paquetes.html", contexto, status=409)
    return redirect("mesas:paquete", slug=slug, pk=paquete.pk)


def _pagina(
    request: HttpRequest, paquete: Paquete, *, form: CerrarForm | None = None, aviso: str = "", estado: int = 200
) -> HttpResponse:
    contexto = {
        "paquete": paquete,
        "votacion": paquete.contienda.votacion,
        "form": form or CerrarForm(),
        "aviso": aviso,
        "yo_lo_imprimi": paquete.imprimio_id == request.user.pk,
    }
    return render(request, "mesas/paquete.html", contexto, status=estado)


@con_rol(*permisos.PREPARAN)
@never_cache
@require_http_methods(["GET", "HEAD"])
def paquete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Un paquete y lo que se puede hacer con él. Nunca sus códigos."""
    return _pagina(request, permisos.paquete_o_404(slug, pk))


@con_rol(*permisos.PREPARAN)
@never_cache
@require_POST
def imprimir(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Descarga las hojas con los códigos, la única vez."""
    actual = permisos.paquete_o_404(slug, pk)
    direccion = f"{settings.URL_PUBLICA}{reverse('mesas:codigo', args=[slug])}"
    try:
        hojas = acciones.imprimir_paquete(actual, actor=request.user, direccion=direccion)
    except ReglaIncumplida as error:
        return _pagina(request, actual, aviso=error.mensaje, estado=409)
    respuesta = HttpResponse(hojas, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'attachment; filename="paquete-{actual.pk}.pdf"'
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@con_rol(*permisos.PREPARAN)
@never_cache
@require_POST
def llevar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Otra persona lo lleva a la mesa: desde aquí se entregan sus códigos."""
    actual = permisos.paquete_o_404(slug, pk)
    try:
        acciones.llevar_a_la_mesa(actual, actor=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, actual, aviso=error.mensaje, estado=409)
    messages.success(request, "El paquete está en la mesa.")
    return redirect("mesas:paquete", slug=slug, pk=pk)


@con_rol(*permisos.PREPARAN)
@never_cache
@require_POST
def cerrar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Anula los códigos sin usar de un paquete."""
    actual = permisos.paquete_o_404(slug, pk)
    form = CerrarForm(request.POST)
    if not form.is_valid():
        return _pagina(request, actual, form=form, estado=422)
    try:
        acciones.cerrar_paquete(actual, actor=request.user, motivo=form.cleaned_data["motivo"])
    except ReglaIncumplida as error:
        return _pagina(request, actual, form=form, aviso=error.mensaje, estado=409)
    messages.success(request, "El paquete quedó cerrado: sus códigos sin usar ya no valen.")
    return redirect("mesas:paquete", slug=slug, pk=pk)
