"""Votar con un código impreso, sin cuenta. El código y lo elegido viajan solo en el cuerpo de un POST."""

import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import publica
from civic.comun.errores import ReglaIncumplida
from votaciones import consultas
from votaciones.cabina import Cabina, contexto_de_papeleta, contexto_de_revision
from votaciones.codigos import emitir_clave_de_papeleta
from votaciones.forms import PapeletaForm
from votaciones.mesas import acciones, intentos
from votaciones.mesas.codigos import NO_EXISTE, YA_SE_USO, buscar, por_que_no_vale
from votaciones.mesas.forms import CodigoForm
from votaciones.mesas.models import CodigoImpreso
from votaciones.models import Contienda, Votacion
from votaciones.permisos import impedimento_de_la_votacion, votacion_o_404

COOKIE, MINUTOS = "recibo_de_codigo", 15


def semilla_de(clave: str) -> int:
    """El orden de las obras de quien no tiene cuenta: el mismo mientras llena su papeleta."""
    return int(hashlib.sha256(clave.encode()).hexdigest()[:12], 16)


def _sal(votacion: Votacion) -> str:
    return f"votaciones.mesas.recibo.{votacion.pk}"


def _pedir(request: HttpRequest, votacion: Votacion, form: CodigoForm | None = None, *, estado: int = 200, **mas: Any):  # type: ignore[no-untyped-def]
    impedimento = impedimento_de_la_votacion(votacion, timezone.now())
    contexto = {"votacion": votacion, "form": form or CodigoForm(), "impedimento": impedimento, **mas}
    return render(request, "mesas/codigo.html", contexto, status=estado)


def _buscar(request: HttpRequest, votacion: Votacion) -> CodigoImpreso | HttpResponse:
    """El código enviado, exista o no todavía para votar; o la página que dice qué tiene de malo."""
    form = CodigoForm(request.POST)
    if not form.is_valid():
        return _pedir(request, votacion, form, estado=422)
    de_codigo = intentos.de_codigo(get_adapter().get_client_ip(request))
    if not de_codigo.gastar():
        respuesta = _pedir(request, votacion, form, estado=429, sin_intentos=True)
        respuesta["Retry-After"] = str(intentos.segundos_hasta_manana())
        return respuesta
    impreso = buscar(votacion, form.cleaned_data["impreso"])
    if impreso is None:
        form.add_error("impreso", NO_EXISTE)
        return _pedir(request, votacion, form, estado=422)
    de_codigo.devolver()
    return impreso


def _cabina(request: HttpRequest, slug: str) -> Cabina:
    return Cabina(
        revisar=reverse("mesas:codigo_revisar", args=[slug]),
        emitir=reverse("mesas:codigo_emitir", args=[slug]),
        ocultos=(("impreso", request.POST.get("impreso", "")),),
        base="mesas/_cabina.html",
    )


def _mostrar(
    request: HttpRequest, contienda: Contienda, *, form: PapeletaForm | None = None, aviso: str = "", estado: int = 200
) -> HttpResponse:
    clave = (form.data.get("clave", "") if form and not aviso else "") or emitir_clave_de_papeleta(
        contienda, usuario=None
    )
    contexto = contexto_de_papeleta(contienda, form=form, persona=semilla_de(clave))
    contexto |= {"form": form, "aviso": aviso, "clave": clave, "cabina": _cabina(request, contienda.votacion.slug)}
    return render(request, "votaciones/papeleta.html", contexto, status=estado)


def _rechazo(request: HttpRequest, votacion: Votacion, impreso: CodigoImpreso) -> HttpResponse | None:
    """La página que dice por qué ese código no sirve ahora, o nada."""
    general = impedimento_de_la_votacion(votacion, timezone.now())
    frase = por_que_no_vale(impreso, impreso.paquete) or (general.frase if general else "")
    if not frase:
        return None
    form = CodigoForm(request.POST)
    form.add_error("impreso", frase)
    return _pedir(request, votacion, form, estado=409)


@publica
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def codigo(request: HttpRequest, slug: str) -> HttpResponse:
    """Pide el código impreso; con uno que vale, muestra su papeleta."""
    votacion = votacion_o_404(slug)
    if request.method != "POST":
        return _pedir(request, votacion)
    impreso = _buscar(request, votacion)
    if isinstance(impreso, HttpResponse):
        return impreso
    return _rechazo(request, votacion, impreso) or _mostrar(request, impreso.paquete.contienda)


@publica
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def revisar(request: HttpRequest, slug: str) -> HttpResponse:
    """Lo elegido, antes de confirmar."""
    votacion = votacion_o_404(slug)
    if request.method != "POST":
        return redirect("mesas:codigo", slug=slug)
    impreso = _buscar(request, votacion)
    if isinstance(impreso, HttpResponse):
        return impreso
    if rechazo := _rechazo(request, votacion, impreso):
        return rechazo
    contienda = impreso.paquete.contienda
    opciones = consultas.opciones_de(contienda)
    form = PapeletaForm(request.POST, contienda=contienda, costos={o.numero: o.costo for o in opciones})
    valido = form.is_valid()
    if "cambiar" in request.POST:
        form.errors.clear()
        return _mostrar(request, contienda, form=form)
    if not valido:
        return _mostrar(request, contienda, form=form, estado=422)
    contexto = contexto_de_revision(contienda, form, opciones) | {"cabina": _cabina(request, slug)}
    return render(request, "votaciones/revisar.html", contexto)


@publica
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def emitir(request: HttpRequest, slug: str) -> HttpResponse:
    """Gasta el código, pone la papeleta en la urna y lleva al recibo."""
    votacion = votacion_o_404(slug)
    if request.method != "POST":
        return redirect("mesas:codigo", slug=slug)
    impreso = _buscar(request, votacion)
    if isinstance(impreso, HttpResponse):
        return impreso
    contienda = impreso.paquete.contienda
    form = PapeletaForm(request.POST, contienda=contienda, costos=contienda.costos)
    if not form.is_valid():
        return _mostrar(request, contienda, form=form, estado=422)
    eleccion, clave = form.cleaned_data["eleccion"], form.cleaned_data["clave"]
    try:
        recibo_de_ahora = acciones.votar_con_codigo(contienda, impreso=impreso, eleccion=eleccion, clave=clave)
    except ReglaIncumplida as error:
        if error.mensaje == YA_SE_USO or (rechazo := _rechazo(request, votacion, impreso)) is None:
            rechazo = _mostrar(request, contienda, form=form, aviso=error.mensaje, estado=409)
        return rechazo
    respuesta = redirect("mesas:codigo_recibo", slug=slug)
    respuesta.set_signed_cookie(
        COOKIE, f"{contienda.numero}.{recibo_de_ahora}", salt=_sal(votacion), max_age=MINUTOS * 60,
        path=respuesta.url, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return respuesta


@publica
@never_cache
@require_safe
def recibo(request: HttpRequest, slug: str) -> HttpResponse:
    """El código para anotar. Al terminar, o a los 15 minutos, ya no se muestra."""
    votacion = votacion_o_404(slug)
    guardado = request.get_signed_cookie(COOKIE, default="", salt=_sal(votacion), max_age=MINUTOS * 60)
    numero, _, del_recibo = (guardado or "").partition(".")
    contienda = Contienda.objects.filter(votacion=votacion, numero=numero or 0).select_related("area").first()
    if contienda is None:
        return redirect("mesas:codigo", slug=slug)
    contexto = {"votacion": votacion, "contienda": contienda, "codigo": del_recibo, "minutos": MINUTOS}
    return render(request, "mesas/recibo_de_codigo.html", contexto)


@publica
@never_cache
@require_POST
def terminar(request: HttpRequest, slug: str) -> HttpResponse:
    """Borra el recibo de este aparato."""
    votacion = votacion_o_404(slug)
    messages.success(request, "Listo. En este aparato ya no queda nada de tu voto.")
    respuesta = redirect("mesas:codigo", slug=votacion.slug)
    respuesta.delete_cookie(COOKIE, path=reverse("mesas:codigo_recibo", args=[slug]), samesite="Lax")
    return respuesta
