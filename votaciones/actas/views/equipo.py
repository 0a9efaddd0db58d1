"""El equipo de asamblea: hojas para imprimir y el formulario del acta, que se llena sin señal y se envía después."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, publica, retomable
from civic.comun.errores import ReglaIncumplida
from votaciones.actas import acciones, consultas
from votaciones.actas.forms import ActaForm
from votaciones.actas.models import Acta
from votaciones.actas.pdf_equipo import dibujar_equipo
from votaciones.actas.views.publicas import METODOS, en_hoja, lugar_o_404, proceso_o_404

TRABAJADOR = Path(__file__).parents[1] / "static" / "actas" / "trabajador.js"


@con_cuenta
@retomable
@require_http_methods(METODOS)
def equipo(request: HttpRequest, proceso: str, de: str) -> HttpResponse:
    """Escribir el acta de una asamblea. Sin JavaScript es un formulario común; con él, se guarda en el teléfono."""
    el_proceso = proceso_o_404(proceso)
    organizacion, distrito = lugar_o_404(request.user, de)
    lugar = {"usuario": request.user, "organizacion": organizacion, "distrito": distrito}
    if request.method != "POST":
        return _formulario(request, ActaForm(**lugar), el_proceso, organizacion, distrito, de)
    form = ActaForm(request.POST, **lugar)
    recibida, repetir = None, False
    if form.is_valid():
        try:
            recibida = acciones.recibir_acta(
                el_proceso,
                tipo=form.cleaned_data["tipo"],
                organizacion=organizacion,
                distrito=distrito,
                actor=request.user,
                escrito=form.escrito(),
                clave=form.cleaned_data["clave"],
                escrita_en_aparato=form.cleaned_data["escrita_en_aparato"],
            )
        except ReglaIncumplida as error:
            form.agregar_regla(error)
            repetir = True
    if recibida is None:
        if repetir:
            form.renovar_clave()
        if _pide_json(request):
            return JsonResponse({"errores": _errores(form), "clave": form["clave"].value()}, status=422)
        return _formulario(request, form, el_proceso, organizacion, distrito, de, status=422)
    destino = recibida.acta.get_absolute_url()
    if recibida.envio is not None:
        destino = reverse("actas:elegir", args=[recibida.acta.numero, recibida.envio.pk])
    if _pide_json(request):
        datos = {"numero": recibida.acta.numero, "url": destino, "repetida": recibida.envio is not None}
        return JsonResponse(datos, status=201 if recibida.nueva else 200)
    if recibida.envio is not None:
        messages.warning(request, "Otra persona ya envió esta asamblea. Las dos están guardadas: elige una.")
    else:
        messages.success(request, f"Guardada con el número {recibida.acta.numero}. Falta el papel y firmarla.")
    return redirect(destino)


def _pide_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _errores(form: ActaForm) -> list[str]:
    """Las frases de lo que hay que corregir, para mostrarlas en el teléfono."""
    return [
        f"{form.fields[campo].label}: {error}" if campo in form.fields and form.fields[campo].label else str(error)
        for campo, errores in form.errors.items()
        for error in errores
    ]


def _formulario(
    request: HttpRequest, form: ActaForm, proceso: Any, organizacion: Any, distrito: Any, de: str, *, status: int = 200
) -> HttpResponse:
    reglamento = consultas.reglamento_de(proceso)
    contexto = {
        "form": form,
        "proceso": proceso,
        "de": de,
        "quien": organizacion or distrito,
        "distrito": distrito,
        "techo": consultas.techo_para(proceso, organizacion, distrito, reglamento),
        "reglamento": reglamento,
        "ya_hay": Acta.objects.vivas().filter(
            proceso=proceso, organizacion=organizacion, distrito=distrito, enmienda_de__isnull=True
        ),
        "persona": request.user.pk,
    }
    return render(request, "actas/equipo.html", contexto, status=status)


@publica
@require_safe
def pase(request: HttpRequest) -> JsonResponse:
    """Para enviar lo guardado: si la sesión sigue abierta, de quién es, y el permiso de formulario de ahora."""
    entro = request.user.is_authenticated
    respuesta = JsonResponse({"persona": request.user.pk if entro else None, "permiso": get_token(request)})
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@publica
@require_safe
def trabajador(request: HttpRequest) -> HttpResponse:
    """El programa que deja abrir esta página sin señal. Se sirve desde aquí: manda solo sobre /actas/equipo/."""
    respuesta = HttpResponse(TRABAJADOR.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")
    respuesta["Cache-Control"] = "no-cache"
    return respuesta


@con_cuenta
@require_safe
def hojas(request: HttpRequest, proceso: str, de: str) -> HttpResponse:
    """Lista de asistencia y papeletas para imprimir, en oficio."""
    el_proceso = proceso_o_404(proceso)
    organizacion, distrito = lugar_o_404(request.user, de)
    propuestas = list(consultas.priorizables(organizacion, distrito))
    direccion = request.build_absolute_uri(reverse("actas:equipo", args=[proceso, de]))
    pdf = dibujar_equipo(
        quien=str(organizacion or distrito),
        proceso=el_proceso.nombre,
        gestion=el_proceso.gestion,
        direccion=direccion,
        opciones=[(propuesta.codigo or "", propuesta.titulo, propuesta.monto) for propuesta in propuestas],
    )
    return en_hoja(pdf, f"equipo-{de}.pdf")
