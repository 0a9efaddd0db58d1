"""Entregar un documento adjunto y retirarlo."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol, publica
from civic.comun.bitacora import anotar_mirada
from civic.comun.documentos import CABECERAS
from civic.comun.trastienda import enviado
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos
from propuestas.forms import RetirarDocumentoForm
from propuestas.models import Documento
from propuestas.views.trastienda import METODOS, atender


@publica
@require_safe
def documento(request: HttpRequest, token: str) -> FileResponse:
    """El PDF, siempre como descarga. Abrir uno que no es público queda anotado."""
    documento = permisos.documento_o_404(request.user, token)
    try:
        archivo = default_storage.open(documento.ruta)
    except FileNotFoundError:
        raise Http404("No hay ese documento.") from None
    propuesta = documento.propuesta
    abierto = documento.publico and permisos.es_publica(propuesta)
    if not abierto and not permisos.es_suya(request.user, propuesta):
        anotar_mirada(request.user, propuesta, "Abrió un documento que no es público.")
    return FileResponse(
        archivo, as_attachment=True, filename=documento.nombre, content_type="application/pdf", headers=CABECERAS
    )


@con_rol(Rol.GESTION_COMUNIDAD)
@require_http_methods(METODOS)
def retirar(request: HttpRequest, pk: int) -> HttpResponse:
    """Quita de la vista un documento adjunto, con su motivo."""
    documento = get_object_or_404(Documento, pk=pk)
    propuesta = documento.propuesta = permisos.en_trastienda_o_404(request.user, documento.propuesta_id)
    if razon := permisos.por_que_no_retira(request.user, propuesta):
        raise PermissionDenied(razon)
    form = RetirarDocumentoForm(*enviado(request))

    def hacer() -> str:
        acciones.retirar_documento(documento, actor=request.user, **form.cleaned_data)
        return "Retirado. Queda su huella y el motivo."

    nada: Any = "Ese documento ya se retiró." if documento.retirado else ""
    return atender(
        request, propuesta, form, hacer, "Retirar un documento", nada=nada, documento=documento,
        plantilla="propuestas/trastienda/retirar_documento.html",
    )  # fmt: skip
