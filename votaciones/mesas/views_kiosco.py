"""El aparato de la mesa: quien atiende reconoce a la persona, le entrega el aparato y no ve lo que elige.

Mientras dura el turno la sesión no abre otra página (ver `turno`). De quién es va en la ficha firmada del formulario.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_rol
from civic.comun.errores import ReglaIncumplida
from votaciones import consultas
from votaciones.cabina import Cabina, contexto_de_papeleta, contexto_de_revision
from votaciones.forms import PapeletaForm
from votaciones.mesas import acciones, fichas, intentos, permisos
from votaciones.mesas import turno as turnos
from votaciones.mesas.fichas import Ficha
from votaciones.mesas.forms import CarnetForm, DevolverForm
from votaciones.mesas.views import carnet_reconocido
from votaciones.mesas.views_codigo import semilla_de
from votaciones.models import Contienda, Votacion
from votaciones.permisos import impedimento_de_la_votacion

RECIBO, SIGUIENTE = "recibo_del_turno", "ficha_del_turno"


@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def aparato(request: HttpRequest, slug: str) -> HttpResponse:
    """Reconoce a la persona, abre su turno y dice que se le entregue el aparato."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    contexto: dict[str, Any] = {
        "votacion": votacion,
        "form": CarnetForm(request.POST if request.method == "POST" else None),
        "impedimento": impedimento_de_la_votacion(votacion, timezone.now()),
    }
    if request.method != "POST":
        return render(request, "mesas/aparato.html", contexto)
    if contexto["impedimento"]:
        return render(request, "mesas/aparato.html", contexto, status=409)
    hallada = carnet_reconocido(request, votacion, "mesas/aparato.html", contexto)
    if isinstance(hallada, HttpResponse):
        return hallada
    claves = [una.pk for una in hallada.por_votar]
    ficha = fichas.emitir(votacion, request.user, identidad=hallada.identidad.pk, contiendas=claves)
    turnos.abrir(request, slug)
    return render(request, "mesas/entrega_el_aparato.html", {"votacion": votacion, "ficha": ficha, "son": len(claves)})


def _del_turno(request: HttpRequest, slug: str) -> tuple[Votacion, Ficha, Contienda] | HttpResponse:
    """La votación, la ficha enviada y la papeleta que sigue; o la página neutral si el turno no vale."""
    if request.method != "POST" or turnos.abierto(request) != slug:
        return redirect("mesas:devolver" if turnos.abierto(request) else "mesas:aparato", slug=slug)
    votacion = permisos.votacion_con_mesa_o_404(slug)
    try:
        ficha = fichas.leer(request.POST.get("ficha", ""), votacion, request.user)
    except ReglaIncumplida as error:
        return _neutral(request, votacion, aviso=error.mensaje, estado=422)
    contienda = (
        Contienda.objects.select_related("votacion__proceso", "area")
        .defer("votacion__libro")
        .filter(pk__in=ficha.contiendas[:1], votacion=votacion)
        .first()
    )
    if contienda is None:
        return redirect("mesas:devolver", slug=slug)
    return votacion, ficha, contienda


def _cabina(request: HttpRequest, slug: str) -> Cabina:
    return Cabina(
        revisar=reverse("mesas:turno_revisar", args=[slug]),
        emitir=reverse("mesas:turno_emitir", args=[slug]),
        ocultos=(("ficha", request.POST["ficha"]),),
        base="mesas/_cabina.html",
        terminar=reverse("mesas:turno_terminar", args=[slug]),
    )


def _mostrar(
    request: HttpRequest,
    contienda: Contienda,
    ficha: Ficha,
    *,
    form: PapeletaForm | None = None,
    aviso: str = "",
    estado: int = 200,
) -> HttpResponse:
    clave = form.data.get("clave", "") if form and not aviso else ""
    clave = clave or turnos.emitir_clave_de_turno(contienda, identidad=ficha.identidad, actor=request.user)
    contexto = contexto_de_papeleta(contienda, form=form, persona=semilla_de(clave))
    contexto |= {"form": form, "aviso": aviso, "clave": clave, "cabina": _cabina(request, contienda.votacion.slug)}
    return render(request, "votaciones/papeleta.html", contexto, status=estado)


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def turno(request: HttpRequest, slug: str) -> HttpResponse:
    """La papeleta que sigue, en manos de la persona."""
    hallado = _del_turno(request, slug)
    if isinstance(hallado, HttpResponse):
        return hallado
    _, ficha, contienda = hallado
    respuesta = _mostrar(request, contienda, ficha)
    _olvidar(respuesta, slug)
    return respuesta


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def revisar(request: HttpRequest, slug: str) -> HttpResponse:
    """Lo elegido, antes de confirmar."""
    hallado = _del_turno(request, slug)
    if isinstance(hallado, HttpResponse):
        return hallado
    _, ficha, contienda = hallado
    opciones = consultas.opciones_de(contienda)
    form = PapeletaForm(request.POST, contienda=contienda, costos={o.numero: o.costo for o in opciones})
    valido = form.is_valid()
    if "cambiar" in request.POST:
        form.errors.clear()
        return _mostrar(request, contienda, ficha, form=form)
    if not valido:
        return _mostrar(request, contienda, ficha, form=form, estado=422)
    contexto = contexto_de_revision(contienda, form, opciones) | {"cabina": _cabina(request, slug)}
    return render(request, "votaciones/revisar.html", contexto)


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def emitir(request: HttpRequest, slug: str) -> HttpResponse:
    """Pone la papeleta en la urna y lleva al recibo."""
    hallado = _del_turno(request, slug)
    if isinstance(hallado, HttpResponse):
        return hallado
    votacion, ficha, contienda = hallado
    form = PapeletaForm(request.POST, contienda=contienda, costos=contienda.costos)
    if not form.is_valid():
        return _mostrar(request, contienda, ficha, form=form, estado=422)
    try:
        codigo = acciones.votar_en_aparato(
            contienda,
            identidad=ficha.identidad,
            eleccion=form.cleaned_data["eleccion"],
            clave=form.cleaned_data["clave"],
            actor=request.user,
        )
    except ReglaIncumplida as error:
        return _mostrar(request, contienda, ficha, form=form, aviso=error.mensaje, estado=409)
    respuesta = redirect("mesas:turno_recibo", slug=slug)
    siguiente = fichas.emitir(
        votacion, request.user, identidad=ficha.identidad, contiendas=ficha.contiendas[1:], azar=ficha.azar
    )
    for nombre, valor in ((RECIBO, f"{contienda.numero}.{codigo}"), (SIGUIENTE, siguiente)):
        respuesta.set_signed_cookie(
            nombre, valor, salt=_sal(request, votacion), max_age=fichas.MINUTOS * 60, path=respuesta.url,
            secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
        )  # fmt: skip
    return respuesta


def _sal(request: HttpRequest, votacion: Votacion) -> str:
    return f"votaciones.mesas.turno.{votacion.pk}.{request.user.pk}"


def _olvidar(respuesta: HttpResponse, slug: str) -> None:
    for nombre in (RECIBO, SIGUIENTE):
        respuesta.delete_cookie(nombre, path=reverse("mesas:turno_recibo", args=[slug]), samesite="Lax")


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@require_safe
def recibo(request: HttpRequest, slug: str) -> HttpResponse:
    """El código para que la persona lo anote, y lo que sigue: otra papeleta o devolver el aparato."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    guardado, ficha = (
        request.get_signed_cookie(nombre, default="", salt=_sal(request, votacion), max_age=fichas.MINUTOS * 60)
        for nombre in (RECIBO, SIGUIENTE)
    )
    numero, _, codigo = (guardado or "").partition(".")
    if turnos.abierto(request) != slug or not codigo:
        return redirect("mesas:devolver" if turnos.abierto(request) else "mesas:aparato", slug=slug)
    contiendas = Contienda.objects.filter(votacion=votacion).select_related("area")
    quedan = fichas.leer(ficha, votacion, request.user).contiendas if ficha else ()
    contexto = {
        "votacion": votacion,
        "contienda": contiendas.get(numero=numero),
        "codigo": codigo,
        "ficha": ficha,
        "otra": contiendas.filter(pk__in=quedan[:1]).first(),
    }
    return render(request, "mesas/recibo_del_turno.html", contexto)


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@require_POST
def terminar(request: HttpRequest, slug: str) -> HttpResponse:
    """Borra el recibo del aparato y lleva a la página neutral."""
    respuesta = redirect("mesas:devolver" if turnos.abierto(request) else "mesas:aparato", slug=slug)
    _olvidar(respuesta, slug)
    return respuesta


def _neutral(
    request: HttpRequest, votacion: Votacion, *, form: DevolverForm | None = None, aviso: str = "", estado: int = 200
) -> HttpResponse:
    contexto = {"votacion": votacion, "form": form or DevolverForm(), "aviso": aviso}
    return render(request, "mesas/devolver.html", contexto, status=estado)


@turnos.del_turno
@con_rol(*permisos.ATIENDEN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def devolver(request: HttpRequest, slug: str) -> HttpResponse:
    """La página neutral del final: quien atiende recupera el aparato con su contraseña."""
    votacion = permisos.votacion_con_mesa_o_404(slug)
    if turnos.abierto(request) != slug:
        return redirect("mesas:aparato", slug=slug)
    if request.method != "POST":
        return _neutral(request, votacion)
    form = DevolverForm(request.POST)
    if not form.is_valid():
        return _neutral(request, votacion, form=form, estado=422)
    de_clave = intentos.de_clave(request.user.pk)  # type: ignore[arg-type]
    if not de_clave.gastar():
        form.add_error("clave", "Se probaron demasiadas contraseñas. Sal de la cuenta y entra de nuevo.")
        return _neutral(request, votacion, form=form, estado=429)
    if not request.user.check_password(form.cleaned_data["clave"]):
        form.add_error("clave", "Esa no es la contraseña de quien atiende la mesa.")
        return _neutral(request, votacion, form=form, estado=422)
    de_clave.devolver()
    turnos.terminar(request)
    respuesta = redirect("mesas:aparato", slug=slug)
    _olvidar(respuesta, slug)
    return respuesta
