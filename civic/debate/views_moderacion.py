"""La trastienda del debate: revisar un comentario, ocultarlo con su motivo, volver a mostrarlo, cerrar la conversación.

Nadie cambia lo que otra persona escribió: el texto no se edita.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from civic.comun.acceso import con_cuenta
from civic.comun.en_bloque import EnBloque
from civic.comun.errores import ReglaIncumplida
from civic.comun.trastienda import Ficha, Lista, atender, enviado
from civic.cuentas.roles import Cosa, puede
from civic.debate import acciones, permisos
from civic.debate.forms import MotivoForm
from civic.debate.models import Comentario


class ListaDeComentarios(Lista):
    mirada = "Descargó la lista de comentarios de la trastienda"
    en_bloque = (("Ocultar varios", "comentarios:bloque_ocultar", "no-view"),)

    def puede_en_bloque(self, ruta: str) -> bool:
        return puede(self.request.user, "E", Cosa.MODERAR)

    def get_base_queryset(self) -> QuerySet[Comentario]:
        return permisos.comentarios_en_trastienda(self.request.user)


class RevisarComentario(Ficha):
    """El comentario con su texto aunque esté oculto, lo que pasó con él y lo que se puede hacer."""

    page_title = "Revisar"

    @property
    def mirada(self) -> str:  # type: ignore[override]
        return "" if self.object.se_lee else "Leyó el texto de un comentario que ya no es público."

    def get_object(self, queryset: Any = None) -> Comentario:
        self.kwargs["pk"] = self.pk
        return permisos.en_trastienda_o_404(self.request.user, self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "comentario": self.object,
            "puede_moderar": permisos.puede_moderar(self.request.user, self.object),
        }


class OcultarVarios(EnBloque):
    """Oculta varios comentarios con un solo motivo, que se lee en el lugar de cada uno."""

    page_title = "Ocultar varios comentarios"
    submit_button_label = "Ocultar los elegidos"
    explicacion = "Elige cuáles. En el lugar de cada uno se leerá el motivo que escribas."
    form_class = MotivoForm

    def le_toca(self) -> bool:
        return puede(self.request.user, "E", Cosa.MODERAR)

    def elegibles(self) -> QuerySet[Comentario]:
        return permisos.ocultables(self.request.user)

    def ejecutar(self, objeto: Comentario, datos: dict[str, Any]) -> None:
        acciones.ocultar_comentario(objeto, actor=self.request.user, motivo=datos["motivo"])


def _comentario(request: HttpRequest, pk: int) -> Comentario:
    """El comentario, si quien pide puede moderarlo."""
    if not puede(request.user, "E", Cosa.MODERAR):
        raise PermissionDenied("Moderar comentarios es para otro cargo.")
    comentario = permisos.en_trastienda_o_404(request.user, pk)
    if razon := permisos.por_que_no_modera(request.user, comentario.hilo, comentario):
        raise PermissionDenied(razon)
    return comentario


def _con_motivo(
    request: HttpRequest, comentario: Comentario, *, titulo: str, accion: Callable[[str], Any], hecho: str
) -> HttpResponse:
    """Pide el motivo, hace `accion` con él y vuelve al comentario."""
    form = MotivoForm(*enviado(request))

    def hacer() -> str:
        accion(form.cleaned_data["motivo"])
        return hecho

    return atender(
        request, comentario, form, hacer, seccion="comentarios", titulo=titulo,
        plantilla="debate/moderacion/motivo.html",
    )  # fmt: skip


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def ocultar(request: HttpRequest, pk: int) -> HttpResponse:
    comentario = _comentario(request, pk)
    return _con_motivo(
        request,
        comentario,
        titulo="Ocultar comentario",
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
    return redirect("comentarios:inspect", comentario.pk)
