"""Escribir una propuesta: empezarla, sus tres pasos, revisarla y presentarla."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, retomable
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.paginacion import pagina_de
from civic.cuentas.permisos import organizaciones_de
from civic.procesos import permisos as fases
from civic.procesos.consultas import procesos_que_permiten
from civic.procesos.reglas import PROPONER
from mapas.territorio.lugar_de_foto import lugar_ofrecible
from propuestas import acciones, consultas, consultas_adjuntos, consultas_firmantes, parecidas, permisos, reglas
from propuestas.forms import PASOS_CON_FORMULARIO, NuevaForm, PasoDeBorrador, PasoFotoForm
from propuestas.models import Propuesta
from propuestas.reglas import DONDE, FOTO, PASOS, QUE, REVISAR

CON_PARECIDAS = (QUE, DONDE)
SIGUE = {QUE: DONDE, DONDE: FOTO, FOTO: REVISAR}


@con_cuenta
@retomable
@require_http_methods(["GET", "HEAD", "POST"])
def nueva(request: HttpRequest) -> HttpResponse:
    """Primer paso. Si ningún proceso recibe propuestas, explica en qué fase está cada uno."""
    enviando = request.method == "POST"
    procesos = procesos_que_permiten(PROPONER)
    if not procesos:
        razones = consultas.por_que_no_se_propone()
        return render(request, "propuestas/sin_recepcion.html", {"razones": razones}, status=409 if enviando else 200)
    parcial = es_parcial(request)
    form = NuevaForm(request.POST if enviando else None, procesos=procesos, persona=request.user, parcial=parcial)
    if enviando and form.is_valid():
        pk = abrir_una_vez(
            request, form, lambda: acciones.abrir_borrador(form.elegido(), autor=request.user, **form.cambios())
        )
        if pk is not None:
            return _guardado(request, pk, QUE, parcial=parcial)
    contexto = {"form": form, "paso": QUE, "pasos": _pasos(QUE), "procesos": procesos, "con_parecidas": True}
    return render(request, "propuestas/borrador.html", contexto, status=422 if enviando else 200)


def abrir_una_vez(request: HttpRequest, form: Any, crear: Callable[[], Propuesta]) -> int | None:
    """La clave de lo que abrió `crear`, una sola vez por formulario; None si no se pudo: el porqué queda en él."""
    try:
        pk, _ = una_sola_vez(
            form.cleaned_data["clave"],
            proposito=form.proposito,
            usuario=request.user,
            datos=form.datos_sin_clave(),
            crear=crear,
        )
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        form.renovar_clave()
        return None
    return pk


@con_cuenta
@require_safe
def borradores(request: HttpRequest) -> HttpResponse:
    """Mis borradores y lo que ya presenté."""
    contexto = {
        "borradores": consultas.borradores_de(request.user),
        "invitaciones": consultas_firmantes.invitaciones_de(organizaciones_de(request.user)),
        "copatrocinios": consultas_firmantes.aceptados_de(organizaciones_de(request.user)),
        "pagina": pagina_de(request, consultas.presentadas_por(request.user)),
    }
    return render(request, "propuestas/borradores.html", contexto)


@con_cuenta
@require_safe
def borrador(request: HttpRequest, pk: int) -> HttpResponse:
    """Retoma un borrador en el primer paso que le falta."""
    propuesta = permisos.propia_o_404(request.user, pk)
    if not propuesta.es_editable:
        return redirect(propuesta)
    faltas = consultas.lo_que_falta(propuesta)
    return redirect("propuestas:paso", propuesta.pk, faltas[0][0] if faltas else REVISAR)


@con_cuenta
@retomable
@require_http_methods(["GET", "HEAD", "POST"])
def paso(request: HttpRequest, pk: int, paso: str) -> HttpResponse:
    propuesta = permisos.propia_o_404(request.user, pk)
    if paso not in PASOS_CON_FORMULARIO:
        raise Http404("No hay ese paso.")
    if not propuesta.es_editable:
        return redirect(propuesta)
    enviando = request.method == "POST"
    parcial = es_parcial(request)
    form = form_del_paso(request, propuesta, paso, parcial=parcial)
    if enviando and form.is_valid():
        try:
            guardada = acciones.guardar_borrador(propuesta, actor=request.user, **form.cambios())
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            if not parcial and (ofrecido := _lugar_de_la_foto(guardada)):
                return render(request, "propuestas/lugar_de_foto.html", ofrecido | {"pasos": _pasos(paso, guardada)})
            return _guardado(request, propuesta.pk, paso, parcial=parcial)
    elif enviando and isinstance(form, PasoFotoForm):
        propuesta, form = _salvar_lo_subido(request, propuesta, form)
    contexto = {
        "propuesta": propuesta,
        "form": form,
        "paso": paso,
        "pasos": _pasos(paso, propuesta),
        "devolucion": consultas.por_que_se_devolvio(propuesta),
        "parecidas": parecidas.de_borrador(propuesta) if paso in CON_PARECIDAS else [],
        "con_parecidas": paso in CON_PARECIDAS,
        "apela": permisos.puede_apelar(request.user, propuesta),
    }
    return render(request, "propuestas/borrador.html", contexto, status=422 if enviando else 200)


@con_cuenta
@require_safe
def revisar(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propia_o_404(request.user, pk)
    if not propuesta.es_editable:
        return redirect(propuesta)
    if propuesta.estado == reglas.Estado.BORRADOR_ASISTIDO:
        return redirect("propuestas:confirmar", propuesta.pk)
    return _revision(request, propuesta)


@con_cuenta
@require_POST
def presentar(request: HttpRequest, pk: int) -> HttpResponse:
    """Presenta el borrador. Si ya estaba presentado, lleva a su página sin repetir nada."""
    propuesta = permisos.propia_o_404(request.user, pk)
    recien = propuesta.es_editable
    try:
        propuesta = acciones.presentar_propuesta(propuesta, actor=request.user)
    except ReglaIncumplida as error:
        return _revision(request, propuesta, aviso=error.mensaje, status=409)
    if recien:
        messages.success(request, f"Recibimos tu propuesta {propuesta.codigo}. {propuesta.ficha.sigue}")
    return redirect(propuesta)


# --- Piezas ----------------------------------------------------------------------------------------------------------


def _pasos(actual: str, propuesta: Propuesta | None = None) -> list[dict[str, object]]:
    """Los pasos para el encabezado: clave, nombre, si es el actual, si ya está completo y si se puede ir."""
    con_faltas = {paso for paso, _ in consultas.lo_que_falta(propuesta)} if propuesta else set(PASOS)
    return [
        {
            "clave": clave,
            "nombre": nombre,
            "actual": clave == actual,
            "hecho": clave != REVISAR and clave not in con_faltas,
            "enlace": propuesta is not None and clave != actual,
        }
        for clave, nombre in PASOS.items()
    ]


def form_del_paso(request: HttpRequest, propuesta: Propuesta, paso: str, *, parcial: bool) -> PasoDeBorrador:
    clase = PASOS_CON_FORMULARIO[paso]
    extra: dict[str, object] = {}
    if paso == QUE:
        extra["persona"] = propuesta.autor
    elif paso == FOTO:
        techo = consultas.costo_y_techo(propuesta).techo
        ayuda = f"El techo de {propuesta.distrito} es {bolivianos(techo)}." if techo else "Un cálculo aproximado basta."
        extra |= {"propuesta": propuesta, "ayuda_costo": ayuda}
    if request.method == "POST":
        return clase(request.POST, request.FILES, parcial=parcial, **extra)
    return clase(initial=clase.inicial(propuesta), **extra)


def _salvar_lo_subido(
    request: HttpRequest, propuesta: Propuesta, form: PasoFotoForm
) -> tuple[Propuesta, PasoDeBorrador]:
    """Otro dato está mal, pero las fotos y documentos que sí valen se guardan: subirlos de nuevo cuesta saldo."""
    subido = form.adjuntos()
    if not (subido.fotos or subido.documentos):
        return propuesta, form
    try:
        acciones.guardar_borrador(propuesta, actor=request.user, adjuntos=subido)
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return propuesta, form
    propuesta = permisos.propia_o_404(request.user, propuesta.pk)
    otro = form_del_paso(request, propuesta, FOTO, parcial=form.parcial)
    messages.success(request, "Lo que subiste ya quedó guardado.")
    return propuesta, otro


def es_parcial(request: HttpRequest) -> bool:
    """Si se guarda lo que haya: para seguir después o para sumarse a otra."""
    return "despues" in request.POST or "sumarme" in request.POST


def _guardado(request: HttpRequest, pk: int, paso: str, *, parcial: bool) -> HttpResponse:
    if "sumarme" in request.POST:
        return _sumarse(request, request.POST["sumarme"])
    if parcial:
        messages.success(request, "Guardamos tu borrador. Sigue cuando quieras.")
        return redirect("propuestas:borradores")
    siguiente = REVISAR if request.POST.get("sigue") == REVISAR else SIGUE[paso]
    if siguiente == REVISAR:
        return redirect("propuestas:revisar", pk)
    return redirect("propuestas:paso", pk, siguiente)


def _lugar_de_la_foto(propuesta: Propuesta) -> dict[str, Any] | None:
    """Donde la foto recién subida dice que se tomó, para ofrecerlo si nadie marcó el punto; no se guarda en ninguna
    parte hasta que la persona lo acepte."""
    punto = propuesta.lugar_de_fotos if propuesta.lon is None else None
    lugar = lugar_ofrecible(punto)
    return {"propuesta": propuesta, "punto": punto, "lugar": lugar} if lugar else None


def _sumarse(request: HttpRequest, pk: str) -> HttpResponse:
    """Apoya otra propuesta en lugar de seguir con el borrador, que ya quedó guardado."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10):
        raise Http404("No hay esa propuesta.")
    otra = permisos.propuesta_o_404(request.user, int(pk))
    try:
        acciones.apoyar(otra, usuario=request.user)
    except ReglaIncumplida as error:
        messages.warning(request, f"{error.mensaje} Tu borrador quedó guardado.")
    else:
        messages.success(request, "Te sumaste a esta propuesta. Tu borrador quedó guardado, por si lo quieres seguir.")
    return redirect(f"{otra.get_absolute_url()}#apoyos")


def _revision(request: HttpRequest, propuesta: Propuesta, *, aviso: str = "", status: int = 200) -> HttpResponse:
    faltas = consultas.lo_que_falta(propuesta)
    abierta = fases.permite(propuesta.proceso, PROPONER)
    contexto = {
        "propuesta": propuesta,
        "aviso": aviso,
        "pasos": _pasos(REVISAR, propuesta),
        "faltas": [(paso, PASOS[paso], dato) for paso, dato in faltas],
        "costo": consultas.costo_y_techo(propuesta),
        "fotos": consultas_adjuntos.fotos_de(propuesta),
        "documentos": consultas_adjuntos.documentos_al_proponer(propuesta),
        "cerrado": "" if abierta else fases.por_que_no(propuesta.proceso, PROPONER),
        "devolucion": consultas.por_que_se_devolvio(propuesta),
        "parecidas": parecidas.de_borrador(propuesta),
        "apela": permisos.puede_apelar(request.user, propuesta),
        "copatrocinios": consultas_firmantes.copatrocinios_de(propuesta),
        "sigue": reglas.FICHAS[reglas.Estado.ENVIADA].sigue,
    }
    return render(request, "propuestas/revisar.html", contexto, status=status)
