"""Verificarse: con el padrón, la directiva de la OTB o Ciudadanía Digital; y verificar en persona a quien lo pide."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, con_rol
from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones, ciudadania_digital, intentos, metodos, permisos
from civic.cuentas import consultas_verificacion as consultas
from civic.cuentas import forms_verificacion as forms
from civic.cuentas.identidad import Documento
from civic.cuentas.models import PedidoDeConfirmacion, Residencia
from civic.cuentas.reglas_identidad import Ci
from civic.cuentas.roles import Rol
from mapas.territorio.models import Area

registro = logging.getLogger("ayni.verificacion")
INTENTO, POR_ACEPTAR = "ciudadania_digital", "lugar_por_aceptar"
MINUTOS_PARA_ACEPTAR = 15
CIUDADANIA_CAIDA = (
    "Ciudadanía Digital no responde en este momento. No es culpa tuya: prueba más tarde o verifícate de otra manera."
)


def _exigir(metodo: metodos.Metodo) -> None:
    if not metodos.esta_abierto(metodo):
        raise Http404("Ese modo de verificarse no está abierto aquí.")


@con_cuenta
@never_cache
@require_safe
def verificar(request: HttpRequest) -> HttpResponse:
    """En qué está mi verificación y de qué maneras me puedo verificar."""
    residencia = request.user.residencia_o_nada  # type: ignore[union-attr]
    contexto = {
        "residencia": residencia,
        "propios": [m for m in metodos.abiertos() if m.ruta and _tiene_con_que(m, residencia)],
        "de_otros": [m for m in metodos.abiertos() if not m.ruta],
        "por_mi_directiva": len(consultas.pedidos_para(permisos.organizaciones_de(request.user), request.user)),
        "atiende": metodos.metodo_de_quien_atiende(request.user) is not None,
        **consultas.situacion_de(request.user),
    }
    return render(request, "cuentas/verificar.html", contexto)


def _tiene_con_que(metodo: metodos.Metodo, residencia: Residencia | None) -> bool:
    """Si ese modo puede servirle hoy: los padrones, solo si están cargados."""
    if metodo is metodos.PADRON:
        return consultas.padron_vigente() is not None
    if metodo is metodos.PADRON_DE_ORGANIZACION:
        otb = residencia.otb if residencia is not None else None
        return otb is not None and consultas.padron_de_otb(otb) is not None
    return True


# --- Padrón ----------------------------------------------------------------------------------------------------------
@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_padron(request: HttpRequest) -> HttpResponse:
    """Carnet y fecha contra el padrón. No dice si falló el carnet o la fecha."""
    _exigir(metodos.PADRON)
    if consultas.padron_vigente() is None:
        return render(request, "cuentas/verificar_padron.html", {"sin_padron": True})
    return _comprobar(request, metodos.PADRON, acciones.comprobar_en_padron, {})


@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_padron_organizacion(request: HttpRequest) -> HttpResponse:
    """Lo mismo contra el padrón que cargó la directiva de la OTB que la persona declaró."""
    _exigir(metodos.PADRON_DE_ORGANIZACION)
    residencia = request.user.residencia_o_nada  # type: ignore[union-attr]
    contexto = {"propio": True, "otb": residencia.otb if residencia is not None else None}
    if not _tiene_con_que(metodos.PADRON_DE_ORGANIZACION, residencia):
        return render(request, "cuentas/verificar_padron.html", {**contexto, "sin_padron": True})
    return _comprobar(request, metodos.PADRON_DE_ORGANIZACION, acciones.comprobar_en_padron_de_organizacion, contexto)


def _comprobar(
    request: HttpRequest, metodo: metodos.Metodo, comprobar: Callable[..., Any], contexto: dict[str, Any]
) -> HttpResponse:
    """El formulario de carnet y fecha, sus intentos del día y la respuesta de un padrón."""
    form = forms.PadronForm(request.POST if request.method == "POST" else None)
    contexto = {**contexto, "form": form, "otras": [m for m in metodos.abiertos() if m is not metodo]}
    if request.method != "POST":
        return render(request, "cuentas/verificar_padron.html", contexto)
    if not form.is_valid():
        return render(request, "cuentas/verificar_padron.html", contexto, status=422)
    ip = get_adapter().get_client_ip(request)
    if not intentos.gastar(request.user.pk, ip):
        respuesta = render(request, "cuentas/verificar_padron.html", {**contexto, "sin_intentos": True}, status=429)
        respuesta["Retry-After"] = str(intentos.segundos_hasta_manana())
        return respuesta
    ci = form.cleaned_data["ci"]
    try:
        respuesta_del_padron = comprobar(request.user, ci=ci, nacimiento=form.cleaned_data["nacimiento"])
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return render(
            request,
            "cuentas/verificar_padron.html",
            {**contexto, "no_esta": error.mensaje == acciones.NO_ESTA},
            status=422,
        )
    intentos.devolver(request.user.pk, ip)
    return _seguir(request, respuesta_del_padron, metodo, ci, form.cleaned_data["nacimiento"])


def _seguir(
    request: HttpRequest, respuesta: Any, metodo: metodos.Metodo, ci: Ci, nacimiento: datetime.date | None
) -> HttpResponse:
    """Después de comprobar: a la cuenta si ya está, o a aceptar el lugar que dice el padrón."""
    if respuesta.estado == acciones.OTRO_LUGAR:
        # En la sesión van solo huellas con clave, nunca el carnet; y vence pronto.
        request.session[POR_ACEPTAR] = {
            "lugar": respuesta.lugar.pk,
            "documento": asdict(acciones.documento_de(ci, nacimiento)),
            "metodo": metodo.codigo,
            "cuenta": request.user.pk,
            "momento": int(timezone.now().timestamp()),
        }
        return redirect("verificar_lugar")
    if respuesta.estado == acciones.VERIFICADA:
        messages.success(request, "Listo. Tu residencia quedó verificada.")
        return redirect("mi_cuenta")
    messages.success(request, "Ya sabemos quién eres. Falta comprobar dónde vives.")
    return redirect("verificar")


@con_cuenta
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_lugar(request: HttpRequest) -> HttpResponse:
    """El padrón dice otro lugar que el declarado: la persona lo toma, o sigue con el suyo."""
    guardado = request.session.get(POR_ACEPTAR) or {}
    vence = datetime.timedelta(minutes=MINUTOS_PARA_ACEPTAR).total_seconds()
    a_tiempo = timezone.now().timestamp() - guardado.get("momento", 0) <= vence
    if not guardado or guardado["cuenta"] != request.user.pk or not a_tiempo:
        messages.info(request, "Empieza de nuevo la verificación.")
        return redirect("verificar")
    lugar = get_object_or_404(Area.objects.select_related("padre"), pk=guardado["lugar"])
    residencia = request.user.residencia_o_nada  # type: ignore[union-attr]
    if request.method == "POST":
        del request.session[POR_ACEPTAR]
        if "tomar" not in request.POST:
            messages.info(request, "Sigues con el lugar que dijiste. Verifícalo de otra manera.")
            return redirect("verificar")
        try:
            acciones.tomar_lugar_del_padron(
                request.user, lugar=lugar, documento=Documento(**guardado["documento"]), metodo=guardado["metodo"]
            )
        except ReglaIncumplida as error:
            messages.warning(request, error.mensaje)
            return redirect("verificar")
        messages.success(request, f"Listo. Tu residencia en {lugar} quedó verificada.")
        return redirect("mi_cuenta")
    return render(request, "cuentas/verificar_lugar.html", {"lugar": lugar, "residencia": residencia})


# --- Directiva de la organización ------------------------------------------------------------------------------------
@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_organizacion(request: HttpRequest) -> HttpResponse:
    """Pedir a la directiva de mi OTB que confirme que vivo ahí."""
    _exigir(metodos.LISTA)
    form = forms.ConCarnetForm(request.POST if request.method == "POST" else None)
    residencia = request.user.residencia_o_nada  # type: ignore[union-attr]
    contexto = {"form": form, "residencia": residencia}
    if request.method == "POST" and form.is_valid():
        try:
            pedido = acciones.pedir_confirmacion(request.user, ci=form.cleaned_data["ci"])
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, f"Listo. Tu pedido llegó a la directiva de {pedido.organizacion}.")
            return redirect("verificar")
    return render(request, "cuentas/verificar_organizacion.html", contexto, status=422 if form.errors else 200)


@con_cuenta
@never_cache
@require_safe
def pedidos(request: HttpRequest) -> HttpResponse:
    """Quiénes piden que mi directiva las confirme. Solo quienes pidieron, con el nombre que eligieron mostrar."""
    organizaciones = permisos.organizaciones_de(request.user)
    contexto = {"organizaciones": organizaciones, "pedidos": consultas.pedidos_para(organizaciones, request.user)}
    return render(request, "cuentas/verificar_pedidos.html", contexto)


@con_cuenta
@require_POST
def responder_pedido(request: HttpRequest, pk: int) -> HttpResponse:
    pedido = get_object_or_404(PedidoDeConfirmacion.objects.select_related("organizacion"), pk=pk)
    if not permisos.puede_responder(request.user, pedido):
        raise Http404("No hay ese pedido.")
    try:
        acciones.responder_pedido(pedido, actor=request.user, confirma="confirmar" in request.POST)
    except ReglaIncumplida as error:
        messages.warning(request, error.mensaje)
    else:
        messages.success(request, "Listo. Tu respuesta quedó anotada con tu nombre.")
    return redirect("verificar_pedidos")


# --- Ciudadanía Digital ----------------------------------------------------------------------------------------------
def _vuelta() -> str:
    """La dirección registrada en la AGETIC: exacta y siempre la pública, nunca la del pedido."""
    return f"{settings.URL_PUBLICA}{reverse('verificar_ciudadania_vuelta')}"


@con_cuenta
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_ciudadania(request: HttpRequest) -> HttpResponse:
    """Explica y lleva a Ciudadanía Digital."""
    _exigir(metodos.CIUDADANIA)
    contexto, estado = {}, 200
    if request.method == "POST":
        intento = ciudadania_digital.nuevo_intento(request.user.pk)
        try:
            destino = ciudadania_digital.direccion_de_ingreso(intento, _vuelta())
        except ciudadania_digital.ProveedorCaido as error:
            registro.warning("Ciudadanía Digital: %s", error)
            contexto, estado = {"caida": CIUDADANIA_CAIDA}, 503
        else:
            request.session[INTENTO] = intento.en_sesion()
            return redirect(destino)
    respuesta = render(request, "cuentas/verificar_ciudadania.html", contexto, status=estado)
    # El formulario termina en el proveedor: sin esto la política de contenido detiene el envío.
    respuesta._csp_update = {"form-action": [ciudadania_digital.origen()]}  # type: ignore[attr-defined]
    return respuesta


@con_cuenta
@never_cache
@require_safe
def verificar_ciudadania_vuelta(request: HttpRequest) -> HttpResponse:
    """La vuelta del proveedor: se revisa todo, se toma el carnet para su huella y se olvida lo demás."""
    _exigir(metodos.CIUDADANIA)
    guardado = request.session.pop(INTENTO, None)  # una sola vez, salga bien o mal
    try:
        intento = ciudadania_digital.revisar_intento(
            guardado, cuenta=request.user.pk, estado=request.GET.get("state", "")
        )
        if "error" in request.GET or not request.GET.get("code"):
            raise ciudadania_digital.RespuestaInvalida(
                "No terminaste el ingreso en Ciudadanía Digital. No cambió nada."
            )
        persona = ciudadania_digital.persona_de(request.GET["code"], intento, _vuelta())
        respuesta = acciones.comprobar_con_ciudadania(request.user, ci=persona.ci, nacimiento=persona.nacimiento)
    except ciudadania_digital.ProveedorCaido as error:
        registro.warning("Ciudadanía Digital: %s", error)
        return render(request, "cuentas/verificar_ciudadania.html", {"caida": CIUDADANIA_CAIDA}, status=503)
    except ciudadania_digital.RespuestaInvalida as error:
        return render(request, "cuentas/verificar_ciudadania.html", {"caida": str(error)}, status=422)
    except ReglaIncumplida as error:
        return render(request, "cuentas/verificar_ciudadania.html", {"caida": error.mensaje}, status=409)
    return _seguir(request, respuesta, metodos.CIUDADANIA, persona.ci, persona.nacimiento)


# --- Retirar ---------------------------------------------------------------------------------------------------------
@con_cuenta
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retirar(request: HttpRequest) -> HttpResponse:
    """Retirar mi consentimiento: dejo de estar verificada y Ayni suelta mi identidad."""
    if request.method == "POST":
        acciones.retirar_verificacion(request.user)  # type: ignore[arg-type]
        messages.success(request, "Listo. Ya no estás verificada.")
        return redirect("verificar")
    return render(request, "cuentas/verificar_retirar.html")


# --- En persona ------------------------------------------------------------------------------------------------------
_ATIENDEN = con_rol(Rol.PROMOTORA, Rol.VENTANILLA)
NO_HALLADA = "No encontramos a nadie con ese usuario que diga vivir en el lugar que te toca. Revisa que esté completo."


@_ATIENDEN
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def atender(request: HttpRequest) -> HttpResponse:
    """Buscar por su usuario exacto a quien está delante. Mirar sus datos queda anotado y ella lo ve en su cuenta."""
    form = forms.BuscarPersonaForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        persona = form.persona()
        residencia = acciones.mirar_residencia(persona, actor=request.user) if persona else None
        if residencia is not None:
            return _mostrar_a_quien_atiende(request, residencia)
        form.add_error("usuario", NO_HALLADA)
    return render(request, "cuentas/verificar_atender.html", {"form": form}, status=422 if form.errors else 200)


def _mostrar_a_quien_atiende(
    request: HttpRequest, residencia: Residencia, form: Any = None, estado: int = 200
) -> HttpResponse:
    contexto = {
        "residencia": residencia,
        "propia": residencia.usuario_id == request.user.pk,
        "form": form or forms.EnPersonaForm(initial={"vista": residencia.momento.isoformat()}),
    }
    return render(request, "cuentas/verificar_persona.html", contexto, status=estado)


@_ATIENDEN
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def verificar_persona(request: HttpRequest, pk: int) -> HttpResponse:
    """Verifica a la persona que se acaba de buscar, con su consentimiento en pantalla."""
    if request.method != "POST":
        return redirect("verificar_atender")
    residencia = get_object_or_404(Residencia.objects.select_related("usuario", "otb", "distrito"), pk=pk)
    if not permisos.atiende_en(request.user, residencia.distrito_id):
        raise Http404("No hay esa persona.")
    form = forms.EnPersonaForm(request.POST)
    if not form.is_valid():
        return _mostrar_a_quien_atiende(request, residencia, form, 422)
    try:
        acciones.verificar_en_persona(residencia, actor=request.user, **form.cleaned_data)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return _mostrar_a_quien_atiende(request, residencia, form, 422)
    messages.success(request, f"Listo. {residencia.usuario} quedó verificada en {residencia.lugar}.")
    return redirect("verificar_atender")
