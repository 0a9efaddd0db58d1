"""La página pública del padrón de una votación, y los formularios para reclamarlo y observarlo. Sin nombres."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from civic.comun.acceso import con_cuenta, publica
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.cuentas.permisos import residencia_verificada
from votaciones.padron import acciones, consultas, permisos
from votaciones.padron.acciones.reclamos import proposito_de
from votaciones.padron.forms import ObservarForm, ReclamarForm
from votaciones.padron.models import PadronElectoral, ReclamoDePadron
from votaciones.padron.reglas import DIAS_PARA_OBSERVAR

RECIBIDO = "Recibimos tu reclamo. Planificación lo responde antes de abrir la votación, y la respuesta sale aquí."


def _reclamar(request: HttpRequest, padron: PadronElectoral, *datos: Any) -> ReclamarForm:
    return ReclamarForm(*datos, proposito=proposito_de(padron, ReclamoDePadron.Clase.INCLUSION), usuario=request.user)


def _observar(request: HttpRequest, padron: PadronElectoral, contiendas: list[Any], *datos: Any) -> ObservarForm:
    proposito = proposito_de(padron, ReclamoDePadron.Clase.EXCLUSION)
    return ObservarForm(*datos, contiendas=contiendas, proposito=proposito, usuario=request.user)


def _pagina(
    request: HttpRequest,
    padron: PadronElectoral,
    *,
    reclamar: ReclamarForm | None = None,
    observar: ObservarForm | None = None,
    estado: int = 200,
) -> HttpResponse:
    ahora, usuario = timezone.now(), request.user
    contexto: dict[str, Any] = {
        "padron": padron,
        "votacion": padron.votacion,
        "se_observa": padron.se_observa(ahora),
        "totales": consultas.totales(padron),
        "cifras": consultas.cifras_de_reclamos(padron),
        "pagina": pagina_de(request, consultas.resueltos_publicos(padron)),
        "dias": DIAS_PARA_OBSERVAR,
    }
    if usuario.is_authenticated:
        habilitaciones = consultas.habilitaciones_de(padron, usuario)
        por_que_no = permisos.por_que_no_reclama(usuario, padron, ahora)
        observa = permisos.contiendas_que_observa(usuario, padron, ahora)
        contexto |= {
            "habilitaciones": habilitaciones,
            "por_que_no_esta": "" if habilitaciones else permisos.por_que_no_esta(usuario, padron),
            "falta_verificar": residencia_verificada(usuario) is None,
            "propios": consultas.reclamos_propios(padron, usuario),
            "por_que_no_reclama": por_que_no,
            "reclamar": reclamar or (None if por_que_no else _reclamar(request, padron)),
            "observar": observar or (_observar(request, padron, observa) if observa else None),
        }
    return render(request, "padron/padron.html", contexto, status=estado)


@publica
@never_cache
@require_safe
def padron(request: HttpRequest, slug: str) -> HttpResponse:
    """Cuántas personas pueden votar en cada lugar, hasta cuándo se reclama y, a quien entró, si está."""
    return _pagina(request, permisos.padron_o_404(slug))


@con_cuenta
@never_cache
@require_POST
def reclamar(request: HttpRequest, slug: str) -> HttpResponse:
    """Pide entrar al padrón, o pasar al del lugar donde vive."""
    actual = permisos.padron_o_404(slug)
    form = _reclamar(request, actual, request.POST)
    if not form.is_valid():
        return _pagina(request, actual, reclamar=form, estado=422)
    try:
        acciones.enviar_reclamo(
            actual, autor=request.user, texto=form.cleaned_data["texto"], clave=form.cleaned_data["clave"]
        )
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        form.renovar_clave()
        return _pagina(request, actual, reclamar=form, estado=409)
    messages.success(request, RECIBIDO)
    return redirect(f"{actual.get_absolute_url()}#mio")


@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_POST
def observar(request: HttpRequest, slug: str) -> HttpResponse:
    """Observa la inclusión de una persona: la directiva de una organización del lugar o el control social."""
    actual = permisos.padron_o_404(slug)
    form = _observar(request, actual, permisos.contiendas_que_observa(request.user, actual), request.POST)
    if not form.fields["contienda"].choices:
        return _pagina(request, actual, estado=403)
    if not form.is_valid():
        return _pagina(request, actual, observar=form, estado=422)
    try:
        acciones.enviar_observacion(actual, autor=request.user, **form.cleaned_data)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        form.renovar_clave()
        return _pagina(request, actual, observar=form, estado=409)
    messages.success(request, RECIBIDO)
    return redirect(f"{actual.get_absolute_url()}#mio")
