"""Páginas y envíos del debate.

El guion `debate.js` envía los formularios con la cabecera `X-Requested-With: fetch` y recibe JSON; sin él, los mismos
formularios responden con páginas completas.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from civic.comun.acceso import con_cuenta, publica
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import ClaveReusada, emitir_clave, una_sola_vez
from civic.debate import acciones, avisos, consultas, permisos
from civic.debate.forms import PENDIENTE, ComentarioForm, proposito_de, recordar_pendiente
from civic.debate.models import Comentario, Hilo
from civic.debate.reglas import DemasiadoSeguido


@publica
@require_safe
def hilo(request: HttpRequest, hilo_pk: int) -> HttpResponse:
    """La conversación sola, en su propia página."""
    return render(request, "debate/hilo.html", {"hilo": permisos.hilo_o_404(request.user, hilo_pk), "form": None})


@publica
@require_safe
def desde(request: HttpRequest, hilo_pk: int, cambio: int) -> JsonResponse:
    """Lo que pasó después del cambio número `cambio`, para quien no tiene WebSocket o se desconectó."""
    novedades = consultas.desde(permisos.hilo_o_404(request.user, hilo_pk), cambio)
    mensajes = [avisos.mensaje_de(comentario) for comentario in novedades.comentarios]
    return JsonResponse({"mensajes": mensajes, "hasta": novedades.hasta, "faltan": novedades.faltan})


@publica
@require_POST
def comentar(request: HttpRequest, hilo_pk: int) -> HttpResponse:
    """Recibe un comentario. Es pública solo para guardarle lo escrito a quien perdió la sesión mientras escribía."""
    hilo = permisos.hilo_o_404(request.user, hilo_pk)
    if not request.user.is_authenticated:
        return _primero_entrar(request, hilo)
    form = ComentarioForm(request.POST, hilo=hilo, usuario=request.user)
    if not form.is_valid():
        return _no_se_pudo(request, hilo, form, 422)
    try:
        comentario = _guardar(request, hilo, form)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return _no_se_pudo(request, hilo, form, _codigo_de(error))
    request.session.pop(PENDIENTE, None)
    if _por_guion(request):
        return JsonResponse(_como_lo_ve_su_autor(request, hilo, comentario))
    return redirect(_donde_quedo(hilo, comentario))


@con_cuenta
@require_POST
def retirar(request: HttpRequest, pk: int) -> HttpResponse:
    """Quien escribió un comentario lo retira."""
    comentario = permisos.comentario_o_404(request.user, pk)
    if comentario.autor_id != request.user.pk:
        raise PermissionDenied("Solo quien escribió el comentario puede retirarlo.")
    acciones.retirar_comentario(comentario, actor=request.user)
    messages.success(request, "Retiraste tu comentario. Ya no se lee.")
    return redirect(_donde_quedo(comentario.hilo, comentario))


def _primero_entrar(request: HttpRequest, hilo: Hilo) -> HttpResponse:
    """Guarda en la sesión lo escrito y lleva a entrar; la casilla lo muestra a la vuelta."""
    recordar_pendiente(request.session, hilo, request.POST)
    destino = redirect_to_login(f"{hilo.get_absolute_url()}#conversacion")
    if _por_guion(request):
        razon = "Tu sesión se cerró. Entra con tu cuenta: lo que escribiste te espera a la vuelta."
        return JsonResponse({"error": razon, "entrar": destino.url}, status=403)
    return destino


def _guardar(request: HttpRequest, hilo: Hilo, form: ComentarioForm) -> Comentario:
    """Comenta una sola vez por clave y devuelve el comentario, el de ahora o el que ya se había puesto."""
    padre = form.cleaned_data["padre"]
    puesto: list[Comentario] = []

    def comentar() -> Comentario:
        puesto.append(
            acciones.comentar(
                hilo,
                autor=request.user,
                texto=form.cleaned_data["texto"],
                padre=Comentario(pk=padre) if padre else None,
                organizacion=form.organizacion_elegida,
            )
        )
        return puesto[0]

    pk, _ = una_sola_vez(
        form.cleaned_data["clave"],
        proposito=proposito_de(hilo),
        usuario=request.user,
        datos=form.datos_sin_clave(),
        crear=comentar,
    )
    recien = puesto and puesto[0].pk == pk
    return puesto[0] if recien else Comentario.objects.select_related("autor").get(pk=pk)


def _codigo_de(error: ReglaIncumplida) -> int:
    if isinstance(error, DemasiadoSeguido):
        return 429
    return 422 if isinstance(error, ClaveReusada) else 409


def _por_guion(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _no_se_pudo(request: HttpRequest, hilo: Hilo, form: ComentarioForm, codigo: int) -> HttpResponse:
    """La página del hilo con lo escrito y la razón o, para el guion, solo la razón y una clave nueva."""
    if _por_guion(request):
        errores = [error for lista in form.errors.values() for error in lista]
        cuerpo = {"error": " ".join(errores), "clave": emitir_clave(proposito_de(hilo), request.user)}
        respuesta: HttpResponse = JsonResponse(cuerpo, status=codigo)
    else:
        form.renovar_clave()
        form.ofrecer_organizaciones()
        respuesta = render(request, "debate/hilo.html", {"hilo": hilo, "form": form}, status=codigo)
    if codigo == 429:
        respuesta["Retry-After"] = "60"
    return respuesta


def _como_lo_ve_su_autor(request: HttpRequest, hilo: Hilo, comentario: Comentario) -> dict[str, Any]:
    """El mensaje del canal con los botones de quien lo escribió y la clave para el próximo envío."""
    clave = emitir_clave(proposito_de(hilo), request.user)
    contexto = {
        "comentario": comentario,
        "respuestas": [],
        "usuario": request.user,
        "puede": True,
        "hilo": hilo,
        "clave": clave,
        "mandatos": permisos.mandatos_para_hablar(request.user),
    }
    html = render_to_string("debate/_comentario.html", contexto, request)
    return avisos.mensaje_de(comentario) | {"html": html, "clave": clave}


def _donde_quedo(hilo: Hilo, comentario: Comentario) -> str:
    """Dirección del comentario en la página donde se conversa."""
    pagina = consultas.numero_de_pagina(comentario)
    return f"{hilo.get_absolute_url()}{f'?conversacion={pagina}' if pagina > 1 else ''}#comentario-{comentario.pk}"
