"""Imágenes del portal, mapa del sitio, robots y la página viva de estilo."""

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sitemaps.views import sitemap as servir_mapa
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe
from django.views.static import serve as servir_archivo
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from civic.comun.acceso import con_cuenta, publica
from civic.procesos.consultas import grupos_de_techos
from civic.procesos.exportes import a_csv, a_json
from civic.procesos.models import Proceso
from cms import mapa_del_sitio, muestrario
from cms.consultas import roles
from cms.consultas.procesos import vista_de_techos
from cms.templatetags.portal import ANCHOS_DE_IMAGEN


@publica
@require_safe
def imagen(request: HttpRequest, pk: int, huella: str, ancho: int) -> FileResponse:
    """Versión WebP de una imagen de la biblioteca. La huella en la dirección impide adivinar las no usadas."""
    original = get_object_or_404(get_image_model(), pk=pk)
    if ancho not in ANCHOS_DE_IMAGEN or not original.file_hash or original.file_hash[:12] != huella:
        raise Http404("No hay esa imagen.")
    try:
        version = original.get_rendition(f"width-{ancho}|format-webp|webpquality-76")
        abierta = version.file.open("rb")
    except (SourceImageIOError, OSError) as error:
        raise Http404("No se pudo leer la imagen.") from error
    respuesta = FileResponse(abierta, content_type="image/webp")
    respuesta["Cache-Control"] = "public, max-age=31536000, immutable"
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


@con_cuenta
@require_safe
def archivo(request: HttpRequest, carpeta: str, nombre: str) -> HttpResponseBase:
    """Miniaturas y originales de la biblioteca, solo para quien entra a la trastienda."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404("No hay ese archivo.")
    respuesta = servir_archivo(request, nombre, document_root=str(Path(settings.MEDIA_ROOT) / carpeta))
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


@publica
@require_http_methods(["GET", "HEAD", "POST"])
def a_ingresar(request: HttpRequest) -> HttpResponse:
    """Las otras puertas de entrada de Wagtail llevan a la única que cuida los intentos."""
    destino = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(destino, {request.get_host()}, require_https=request.is_secure()):
        return redirect(reverse("account_login") + "?" + urlencode({"next": destino}))
    return redirect("account_login")


def _proceso_publicado_o_404(slug: str) -> Proceso:
    return get_object_or_404(Proceso.objects.publicados(), slug=slug)


@publica
@require_safe
def techos(request: HttpRequest, slug: str) -> HttpResponse:
    """Cuánto tiene cada distrito y cómo se calculó, en palabras y con sus números."""
    return render(request, "cms/techos.html", {"vista": vista_de_techos(_proceso_publicado_o_404(slug))})


@publica
@require_safe
def techos_csv(request: HttpRequest, slug: str) -> HttpResponse:
    proceso = _proceso_publicado_o_404(slug)
    respuesta = HttpResponse(a_csv(proceso, grupos_de_techos(proceso)), content_type="text/csv; charset=utf-8")
    respuesta["Content-Disposition"] = f'attachment; filename="techos-{proceso.slug}.csv"'
    return respuesta


@publica
@require_safe
def techos_json(request: HttpRequest, slug: str) -> JsonResponse:
    proceso = _proceso_publicado_o_404(slug)
    return JsonResponse(a_json(proceso, grupos_de_techos(proceso)), json_dumps_params={"ensure_ascii": False})


@publica
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return servir_mapa(request, mapa_del_sitio.partes(request))


@publica
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lineas = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /cuentas/",
        "Disallow: /_util/",
        f"Sitemap: {settings.URL_PUBLICA}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lineas) + "\n", content_type="text/plain; charset=utf-8")


@publica
@require_safe
def estilo(request: HttpRequest) -> HttpResponse:
    """Todas las piezas del sistema de diseño en una página (solo con AYNI_DEPURAR)."""
    return render(request, "cms/estilo.html", muestrario.piezas())


@publica
@require_safe
def quien_puede_que(request: HttpRequest) -> HttpResponse:
    """La tabla de roles, en palabras."""
    return render(request, "cms/roles.html", {"cargos": roles.quien_puede_que()})
