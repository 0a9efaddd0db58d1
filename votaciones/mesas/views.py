"""Las páginas de quien atiende una mesa: inscribir a quien no tiene cuenta. El carnet viaja solo en un POST."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from votaciones.mesas import acciones, intentos, permisos
from votaciones.mesas.forms import InscribirForm
from votaciones.mesas.models import Inscripcion
from votaciones.padron.permisos import padron_o_404
from votaciones.permisos import impedimento_de_la_votacion

INSCRITA = "Listo: quedó inscrita. El día de la votación vota en una mesa con su carnet."


@con_rol(*permisos.MIRAN)
@never_cache
@require_safe
def mesa(request: HttpRequest, slug: str) -> HttpResponse:
    """Qué se puede hacer hoy en la mesa de una votación."""
    padron = padron_o_404(slug)
    contexto = {
        "votacion": padron.votacion,
        "padron": padron,
        "se_inscribe": padron.se_observa(timezone.now()),
        "inscritas": Inscripcion.objects.filter(padron=padron).count(),
        "impedimento": impedimento_de_la_votacion(padron.votacion, timezone.now()),
        "atiende": permisos.puede_atender(request.user),
    }
    return render(request, "mesas/mesa.html", contexto)


@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def inscribir(request: HttpRequest, slug: str) -> HttpResponse:
    """Pone en el padrón provisional a quien no tiene cuenta y muestra su carnet."""
    padron = padron_o_404(slug)
    form = InscribirForm(request.POST if request.method == "POST" else None)
    contexto = {"votacion": padron.votacion, "form": form, "se_inscribe": padron.se_observa(timezone.now())}
    if request.method != "POST":
        return render(request, "mesas/inscribir.html", contexto)
    if not form.is_valid():
        return render(request, "mesas/inscribir.html", contexto, status=422)
    de_mesa = intentos.de_mesa(request.user.pk)  # type: ignore[arg-type]
    if not de_mesa.gastar():
        return sin_intentos(request, "mesas/inscribir.html", contexto)
    otb, distrito = form.cleaned_data["lugar"]
    try:
        acciones.inscribir(
            padron,
            actor=request.user,
            ci=form.cleaned_data["ci"],
            nacimiento=form.cleaned_data["nacimiento"],
            otb=otb,
            distrito=distrito,
        )
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return render(request, "mesas/inscribir.html", contexto, status=409)
    de_mesa.devolver()
    messages.success(request, INSCRITA)
    return redirect("mesas:inscribir", slug=slug)


def sin_intentos(request: HttpRequest, plantilla: str, contexto: dict) -> HttpResponse:
    """429: hoy ya se probó demasiado."""
    respuesta = render(request, plantilla, {**contexto, "sin_intentos": True}, status=429)
    respuesta["Retry-After"] = str(intentos.segundos_hasta_manana())
    return respuesta
