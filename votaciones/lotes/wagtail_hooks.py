"""Los lotes de una votación, en la trastienda: en qué va cada uno, sin nada de lo que dicen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from wagtail import hooks

from civic.comun.acceso import con_rol
from votaciones.lotes import consultas, permisos
from votaciones.models import Votacion


@con_rol(*permisos.LEEN)
@require_safe
def lotes_de_votacion(request: HttpRequest, pk: int) -> HttpResponse:
    """Cada lote con su estado y sus números: hojas y personas marcadas, nunca qué eligieron."""
    votacion = get_object_or_404(Votacion.objects.select_related("proceso").defer("libro"), pk=pk)
    camino = [
        (reverse("votaciones_admin:index"), "Votaciones"),
        (reverse("votaciones_conducir", args=[pk]), votacion.nombre),
        ("", "Lotes"),
    ]
    contexto = {
        "votacion": votacion,
        "lotes": consultas.de_votacion(votacion),
        "page_title": "Lotes",
        "header_title": f"Lotes: {votacion.nombre}",
        "header_icon": "form",
        "breadcrumbs_items": [{"url": url, "label": rotulo} for url, rotulo in camino],
    }
    return render(request, "lotes/trastienda/lotes.html", contexto)


@hooks.register("register_admin_urls")
def urls_de_los_lotes() -> list:
    return [path("votaciones/<int:pk>/lotes/", lotes_de_votacion, name="lotes_de_votacion")]
