"""Las páginas de quien atiende una mesa: inscribir a quien no tiene cuenta y entregarle un código.

El carnet viaja solo en un POST.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from votaciones.mesas import acciones, fichas, intentos, permisos
from votaciones.mesas.forms import CarnetForm, EntregaForm, InscribirForm, QuitarForm
from votaciones.mesas.models import Inscripcion
from votaciones.mesas.reconocer import Reconocida, reconocer
from votaciones.models import Contienda, Votacion
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
        "paquetes": permisos.paquetes_de(padron.votacion),
        "prepara": permisos.puede_preparar(request.user),
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


@con_rol(*permisos.PREPARAN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def quitar(request: HttpRequest, slug: str) -> HttpResponse:
    """Saca del padrón provisional a quien una mesa inscribió y no debía estar."""
    padron = padron_o_404(slug)
    form = QuitarForm(request.POST if request.method == "POST" else None)
    contexto = {"votacion": padron.votacion, "form": form}
    if request.method != "POST":
        return render(request, "mesas/quitar.html", contexto)
    if not form.is_valid():
        return render(request, "mesas/quitar.html", contexto, status=422)
    de_mesa = intentos.de_mesa(request.user.pk)  # type: ignore[arg-type]
    if not de_mesa.gastar():
        return sin_intentos(request, "mesas/quitar.html", contexto)
    try:
        acciones.quitar_inscripcion(padron, actor=request.user, **form.cleaned_data)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return render(request, "mesas/quitar.html", contexto, status=409)
    de_mesa.devolver()
    messages.success(request, "Listo: ya no está en el padrón.")
    return redirect("mesas:mesa", slug=slug)


def sin_intentos(request: HttpRequest, plantilla: str, contexto: dict) -> HttpResponse:
    """429: hoy ya se probó demasiado."""
    respuesta = render(request, plantilla, {**contexto, "sin_intentos": True}, status=429)
    respuesta["Retry-After"] = str(intentos.segundos_hasta_manana())
    return respuesta


NADA_POR_VOTAR = (
    "Esa persona ya votó, o ya recibió con qué votar, en todas sus papeletas. Cada persona vota una sola vez."
)


def reconocer_en(request: HttpRequest, votacion: Votacion, form: CarnetForm) -> Reconocida:
    """La persona del carnet escrito, si le queda algo por votar y a quien atiende le toca. Si no, ReglaIncumplida."""
    hallada = reconocer(votacion, ci=form.cleaned_data["ci"], nacimiento=form.cleaned_data["nacimiento"])
    if not hallada.por_votar:
        raise ReglaIncumplida(NADA_POR_VOTAR)
    if not permisos.atiende_a(request.user, hallada.por_votar):
        raise ReglaIncumplida(permisos.DE_OTRO_DISTRITO)
    return hallada


def carnet_reconocido(
    request: HttpRequest, votacion: Votacion, plantilla: str, contexto: dict[str, Any]
) -> Reconocida | HttpResponse:
    """Lo que responde a un carnet enviado: la persona, o la página con lo que no vale."""
    form: CarnetForm = contexto["form"]
    if not form.is_valid():
        return render(request, plantilla, contexto, status=422)
    de_mesa = intentos.de_mesa(request.user.pk)  # type: ignore[arg-type]
    if not de_mesa.gastar():
        return sin_intentos(request, plantilla, contexto)
    try:
        hallada = reconocer_en(request, votacion, form)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return render(request, plantilla, contexto, status=409)
    de_mesa.devolver()
    return hallada


@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def entregar(request: HttpRequest, slug: str) -> HttpResponse:
    """Reconoce a una persona y ofrece de qué paquete toma su sobre cerrado."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    form = CarnetForm(request.POST if request.method == "POST" else None)
    contexto: dict[str, Any] = {
        "votacion": votacion,
        "form": form,
        "impedimento": impedimento_de_la_votacion(votacion, timezone.now()),
    }
    if request.method != "POST":
        return render(request, "mesas/entregar.html", contexto)
    if contexto["impedimento"]:
        return render(request, "mesas/entregar.html", contexto, status=409)
    hallada = carnet_reconocido(request, votacion, "mesas/entregar.html", contexto)
    if isinstance(hallada, HttpResponse):
        return hallada
    claves = [una.pk for una in hallada.por_votar]
    ficha = fichas.emitir(votacion, request.user, identidad=hallada.identidad.pk, contiendas=claves)
    return render(
        request,
        "mesas/entregar.html",
        contexto | {"entrega": EntregaForm(contiendas=hallada.por_votar, initial={"ficha": ficha})},
    )


@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def entregado(request: HttpRequest, slug: str) -> HttpResponse:
    """Anota que esa persona toma un sobre de cada paquete elegido."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    if request.method != "POST":
        return redirect("mesas:entregar", slug=slug)
    contexto: dict[str, Any] = {"votacion": votacion, "form": CarnetForm()}
    try:
        ficha = fichas.leer(request.POST.get("ficha", ""), votacion, request.user)
    except ReglaIncumplida as error:
        return render(request, "mesas/entregar.html", contexto | {"aviso": error.mensaje}, status=422)
    contiendas = list(Contienda.objects.filter(pk__in=ficha.contiendas).select_related("area"))
    elegidos = {int(valor) for una in contiendas if (valor := request.POST.get(f"paquete-{una.pk}", "")).isdecimal()}
    try:
        cuantos = acciones.entregar_codigos(votacion, ficha=ficha, paquetes=elegidos, actor=request.user)
    except ReglaIncumplida as error:
        entrega = EntregaForm(contiendas=contiendas, initial={"ficha": request.POST["ficha"]})
        return render(
            request, "mesas/entregar.html", contexto | {"aviso": error.mensaje, "entrega": entrega}, status=409
        )
    sobres = "un sobre cerrado" if cuantos == 1 else f"{cuantos} sobres cerrados, uno de cada paquete"
    messages.success(request, f"Anotado. La persona elige y se lleva {sobres}. Tú no lo abras ni lo mires.")
    return redirect("mesas:entregar", slug=slug)
