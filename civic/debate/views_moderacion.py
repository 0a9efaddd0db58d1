"""La trastienda del debate: revisar un comentario, ocultarlo con su motivo, volver a mostrarlo, cerrar la conversación.

Nadie cambia lo que otra persona escribió: el texto no se edita.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.views.generic import IndexView, InspectView

from civic.comun.acceso import con_cuenta
from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.debate import acciones, permisos
from civic.debate.forms import MotivoForm
from civic.debate.models import Comentario, ComentarioQuerySet


class ListaDeComentarios(IndexView):
    def get_base_queryset(self) -> ComentarioQuerySet:
        # La lista muestra autor e hilo: sin esto, dos consultas más por fila.
        return super().get_base_queryset().select_related("autor", "hilo")


class RevisarComentario(InspectView):
    """El comentario con su texto aunque esté oculto, lo que pasó con él y lo que se puede hacer."""

    page_title = "Revisar"

    def get_object(self, queryset: Any = None) -> Comentario:
        self.kwargs["pk"] = self.pk
        return permisos.comentario_o_404(self.request.user, self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "comentario": self.object,
            "sucesos": historia(self.object),
            "puede_moderar": permisos.puede_moderar(self.request.user),
        }


def _a_revisar(comentario: Comentario) -> HttpResponse:
    return redirect("comentarios:inspect", comentario.pk)


def _comentario(request: HttpRequest, pk: int) -> Comentario:
    """El comentario, si quien pide puede moderarlo."""
    if not permisos.puede_moderar(request.user):
        raise PermissionDenied("Moderar comentarios es para otro cargo.")
    return permisos.comentario_o_404(request.user, pk)


def _con_motivo(
    request: HttpRequest, comentario: Comentario, *, titulo: str, boton: str, accion: Callable[[str], Any], hecho: str
) -> HttpResponse:
    """Pide el motivo, hace `accion` con él y vuelve al comentario."""
    form = MotivoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accion(form.cleaned_data["motivo"])
        except ReglaIncumplida as error:
            messages.error(request, error.mensaje)
        else:
            messages.success(request, hecho)
        return _a_revisar(comentario)
    contexto = {
        "form": form,
        "comentario": comentario,
        "boton": boton,
        "page_title": titulo,
        "header_title": titulo,
        "header_icon": "comment",
        "breadcrumbs_items": [
            {"url": reverse("comentarios:index"), "label": "Comentarios"},
            {"url": reverse("comentarios:inspect", args=[comentario.pk]), "label": str(comentario)},
            {"url": "", "label": titulo},
        ],
    }
    return render(request, "debate/moderacion/motivo.html", contexto, status=422 if form.is_bound else 200)


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def ocultar(request: HttpRequest, pk: int) -> HttpResponse:
    comentario = _comentario(request, pk)
    return _con_motivo(
        request,
        comentario,
        titulo="Ocultar comentario",
        boton="Ocultar",
        accion=lambda motivo: acciones.ocultar_comentario(comentario, actor=request.user, motivo=motivo),
        hecho="El comentario ya no se lee; en su lugar está el motivo.",
    )


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def cerrar(request: HttpRequest, pk: int) -> HttpResponse:
    """Cierra la conversación a la que pertenece el comentario."""
    comentario = _comentario(request, pk)
    return _con_motivo(
        request,
        comentario,
        titulo="Cerrar conversación",
        boton="Cerrar conversación",
        accion=lambda motivo: acciones.cerrar_hilo(comentario.hilo, actor=request.user, motivo=motivo),
        hecho="La conversación se cerró: se lee, pero ya no se comenta.",
    )


@con_cuenta
@require_POST
def mostrar(request: HttpRequest, pk: int) -> HttpResponse:
    comentario = _comentario(request, pk)
    try:
        acciones.mostrar_comentario(comentario, actor=request.user)
    except ReglaIncumplida as error:
        messages.error(request, error.mensaje)
    else:
        messages.success(request, "El comentario se lee de nuevo.")
    return _a_revisar(comentario)
