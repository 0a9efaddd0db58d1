"""Escribir por otra persona: los mismos pasos, la pantalla donde ella consiente, y borrar un borrador."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, con_rol
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.claves import DemasiadosIntentos, es_su_clave
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from civic.procesos import permisos as fases
from civic.procesos.consultas import procesos_que_permiten
from civic.procesos.reglas import PROPONER
from propuestas import acciones, consultas, consultas_adjuntos, consultas_firmantes, permisos_firmantes
from propuestas.forms import PASOS_CON_FORMULARIO
from propuestas.forms_firmantes import ConsentirEnPersonaForm, LeidoForm, NuevaAsistidaForm
from propuestas.models import Propuesta
from propuestas.reglas import DONDE, EN_PERSONA, EN_SU_CUENTA, FOTO, PASOS, QUE, REVISAR
from propuestas.views.borradores import SIGUE, abrir_una_vez, es_parcial, form_del_paso

_ASISTE = con_rol(Rol.PROMOTORA)
VER_Y_ENVIAR = ["GET", "HEAD", "POST"]
NO_COINCIDE = "Esa contraseña no coincide. Revisa las mayúsculas y vuelve a escribirla."
DEMASIADOS = "Hubo demasiados intentos. Espera cinco minutos, o confírmala después desde tu propio teléfono."
DEMASIADAS_PERSONAS = "Probaste muchas veces en poco tiempo. Espera un rato y vuelve a intentarlo."


# --- La promotora ----------------------------------------------------------------------------------------------------
@_ASISTE
@require_safe
def asistir(request: HttpRequest) -> HttpResponse:
    """Lo que escribió por otras personas y todavía no confirman."""
    return render(request, "propuestas/asistir.html", {"borradores": consultas_firmantes.asistidas_por(request.user)})


@_ASISTE
@never_cache
@require_http_methods(VER_Y_ENVIAR)
def nueva(request: HttpRequest) -> HttpResponse:
    """Primer paso, por otra persona. La misma frase si el usuario no existe o si su cargo no llega hasta ella."""
    enviando = request.method == "POST"
    procesos = procesos_que_permiten(PROPONER)
    if not procesos:
        razones = consultas.por_que_no_se_propone()
        return render(request, "propuestas/sin_recepcion.html", {"razones": razones}, status=409 if enviando else 200)
    parcial = es_parcial(request)
    form = NuevaAsistidaForm(
        request.POST if enviando else None, procesos=procesos, persona=request.user, parcial=parcial
    )
    if enviando and form.is_valid():
        if not ratelimit.consume(request, action="asistir"):
            form.add_error("usuario", DEMASIADAS_PERSONAS)
            form.renovar_clave()
            return _paso_nuevo(request, form, 429)
        pk = abrir_una_vez(
            request, form, lambda: acciones.abrir_asistida(form.elegido(), actor=request.user, **form.cambios())
        )
        if pk is not None:
            return _guardado(request, pk, QUE, parcial=parcial)
    return _paso_nuevo(request, form, 422 if enviando else 200)


def _paso_nuevo(request: HttpRequest, form: NuevaAsistidaForm, status: int) -> HttpResponse:
    contexto = {"form": form, "paso": QUE, "pasos": _pasos(QUE), "por_otra": True}
    return render(request, "propuestas/borrador.html", contexto, status=status)


@_ASISTE
@require_safe
def retomar(request: HttpRequest, pk: int) -> HttpResponse:
    """Sigue en el primer paso que falta o, si está completa, en la pantalla donde se consiente."""
    propuesta = permisos_firmantes.asistida_o_404(request.user, pk)
    faltas = consultas.lo_que_falta(propuesta)
    return redirect("propuestas:asistir_paso", pk, faltas[0][0]) if faltas else redirect("propuestas:consentir", pk)


@_ASISTE
@require_http_methods(VER_Y_ENVIAR)
def paso(request: HttpRequest, pk: int, paso: str) -> HttpResponse:
    propuesta = permisos_firmantes.asistida_o_404(request.user, pk)
    if paso not in PASOS_CON_FORMULARIO:
        raise Http404("No hay ese paso.")
    enviando = request.method == "POST"
    parcial = es_parcial(request)
    form = form_del_paso(request, propuesta, paso, parcial=parcial)
    if enviando and form.is_valid():
        try:
            acciones.guardar_borrador(propuesta, actor=request.user, **form.cambios())
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            return _guardado(request, pk, paso, parcial=parcial)
    contexto = {
        "propuesta": propuesta,
        "form": form,
        "paso": paso,
        "pasos": _pasos(paso, propuesta),
        "por_otra": True,
    }
    return render(request, "propuestas/borrador.html", contexto, status=422 if enviando else 200)


@_ASISTE
@never_cache
@sensitive_post_parameters("clave")
@require_http_methods(VER_Y_ENVIAR)
def consentir(request: HttpRequest, pk: int) -> HttpResponse:
    """La pantalla que se le muestra a quien pide: el texto entero y, si es lo que pide, su contraseña."""
    if request.method == "POST" and permisos_firmantes.ya_consentida(request.user, pk):
        return redirect("propuestas:asistir")
    propuesta = permisos_firmantes.asistida_o_404(request.user, pk)
    form = ConsentirEnPersonaForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _lectura(request, propuesta, form, status=422 if form.is_bound else 200)
    try:
        if not es_su_clave(request, propuesta.autor, form.cleaned_data["clave"]):
            form.add_error("clave", NO_COINCIDE)
            return _lectura(request, propuesta, form, status=422)
    except DemasiadosIntentos:
        form.add_error("clave", DEMASIADOS)
        return _lectura(request, propuesta, form, status=429)
    hecha = _consentida(request, propuesta, propuesta.autor, EN_PERSONA, form)
    if isinstance(hecha, HttpResponse):
        return hecha
    messages.success(request, f"{propuesta.autor} la confirmó. Se presentó con el código {hecha.codigo}.")
    return redirect("propuestas:asistir")


# --- Quien pide ------------------------------------------------------------------------------------------------------
@con_cuenta
@never_cache
@require_http_methods(VER_Y_ENVIAR)
def confirmar(request: HttpRequest, pk: int) -> HttpResponse:
    """Leer en el propio teléfono lo que escribió una promotora y confirmarlo con un toque."""
    propuesta = permisos_firmantes.por_consentir_o_404(request.user, pk)
    if not propuesta.es_editable:
        return redirect(propuesta)
    form = LeidoForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _lectura(request, propuesta, form, status=422 if form.is_bound else 200)
    hecha = _consentida(request, propuesta, request.user, EN_SU_CUENTA, form)  # type: ignore[arg-type]
    if isinstance(hecha, HttpResponse):
        return hecha
    messages.success(request, f"Recibimos tu propuesta {hecha.codigo}. {hecha.ficha.sigue}")
    return redirect(hecha)


@con_cuenta
@require_http_methods(VER_Y_ENVIAR)
def borrar(request: HttpRequest, pk: int) -> HttpResponse:
    """Borrar para siempre un borrador que nunca se presentó."""
    propuesta = permisos_firmantes.borrable_o_404(request.user, pk)
    if request.method != "POST":
        return render(request, "propuestas/borrar.html", {"propuesta": propuesta})
    try:
        acciones.borrar_borrador(propuesta, actor=request.user)
    except ReglaIncumplida as error:
        return render(request, "propuestas/borrar.html", {"propuesta": propuesta, "aviso": error.mensaje}, status=409)
    messages.success(request, "Borramos tu borrador.")
    return redirect("propuestas:borradores")


# --- Piezas ----------------------------------------------------------------------------------------------------------
def _consentida(
    request: HttpRequest, propuesta: Propuesta, persona: Usuario, medio: str, form: LeidoForm
) -> Propuesta | HttpResponse:
    """La propuesta ya presentada, o la misma pantalla con lo que lo impide."""
    try:
        return acciones.consentir(propuesta, persona=persona, medio=medio, leido=form.cleaned_data["sello"])
    except ReglaIncumplida as error:
        releida = Propuesta.objects.con_lugar().filter(pk=propuesta.pk).first()
        if releida is None:
            raise Http404("Ese borrador ya no existe.") from None
        return _lectura(request, releida, type(form)(), aviso=error.mensaje, status=409)


def _lectura(
    request: HttpRequest, propuesta: Propuesta, form: LeidoForm, *, aviso: str = "", status: int = 200
) -> HttpResponse:
    faltas = consultas.lo_que_falta(propuesta)
    contexto: dict[str, Any] = {
        "propuesta": propuesta,
        "form": form,
        "aviso": aviso,
        "sello": consultas_firmantes.sello_de_lo_escrito(propuesta),
        "fotos": consultas_adjuntos.fotos_de(propuesta),
        "documentos": consultas_adjuntos.documentos_al_proponer(propuesta),
        "en_persona": request.user.pk != propuesta.autor_id,
        "faltas": [(paso, PASOS[paso], dato) for paso, dato in faltas],
        "costo": consultas.costo_y_techo(propuesta),
        "cerrado": fases.por_que_no(propuesta.proceso, PROPONER)
        if not fases.permite(propuesta.proceso, PROPONER)
        else "",
    }
    return render(request, "propuestas/consentir.html", contexto, status=status)


def _pasos(actual: str, propuesta: Propuesta | None = None) -> list[dict[str, Any]]:
    """Los tres pasos y la lectura, con las direcciones de la promotora."""
    con_faltas = {falta for falta, _ in consultas.lo_que_falta(propuesta)} if propuesta else set(PASOS)
    nombres = {QUE: PASOS[QUE], DONDE: PASOS[DONDE], FOTO: PASOS[FOTO], REVISAR: "Leer y confirmar"}
    return [
        {
            "clave": clave,
            "nombre": nombre,
            "actual": clave == actual,
            "hecho": clave != REVISAR and clave not in con_faltas,
            "enlace": propuesta is not None and clave != actual,
            "direccion": _direccion(propuesta, clave) if propuesta is not None else "",
        }
        for clave, nombre in nombres.items()
    ]


def _direccion(propuesta: Propuesta, clave: str) -> str:
    if clave == REVISAR:
        return reverse("propuestas:consentir", args=[propuesta.pk])
    return reverse("propuestas:asistir_paso", args=[propuesta.pk, clave])


def _guardado(request: HttpRequest, pk: int, paso: str, *, parcial: bool) -> HttpResponse:
    if parcial:
        messages.success(request, "Guardamos el borrador. Sigue cuando quieras; quien lo pide también lo puede ver.")
        return redirect("propuestas:asistir")
    siguiente = SIGUE[paso]
    if siguiente == REVISAR:
        return redirect("propuestas:consentir", pk)
    return redirect("propuestas:asistir_paso", pk, siguiente)
