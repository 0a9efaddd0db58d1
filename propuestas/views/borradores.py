"""Escribir una propuesta: empezarla, sus tres pasos, revisarla y presentarla."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.paginacion import pagina_de
from civic.procesos import permisos as fases
from civic.procesos.consultas import procesos_que_permiten
from civic.procesos.reglas import PROPONER
from propuestas import acciones, consultas, permisos, reglas
from propuestas.forms import PASOS_CON_FORMULARIO, NuevaForm, PasoDeBorrador
from propuestas.models import Propuesta
from propuestas.reglas import DONDE, FOTO, PASOS, QUE, REVISAR

SIGUE = {QUE: DONDE, DONDE: FOTO, FOTO: REVISAR}


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def nueva(request: HttpRequest) -> HttpResponse:
    """Primer paso. Si ningún proceso recibe propuestas, explica en qué fase está cada uno."""
    enviando = request.method == "POST"
    procesos = procesos_que_permiten(PROPONER)
    if not procesos:
        razones = consultas.por_que_no_se_propone()
        return render(request, "propuestas/sin_recepcion.html", {"razones": razones}, status=409 if enviando else 200)
    parcial = "despues" in request.POST
    form = NuevaForm(request.POST if enviando else None, procesos=procesos, persona=request.user, parcial=parcial)
    if enviando and form.is_valid():
        try:
            pk, _ = una_sola_vez(
                form.cleaned_data["clave"],
                proposito=form.proposito,
                usuario=request.user,
                datos=form.datos_sin_clave(),
                crear=lambda: acciones.abrir_borrador(form.elegido(), autor=request.user, **form.cambios()),
            )
        except ReglaIncumplida as error:
            form.agregar_regla(error)
            form.renovar_clave()
        else:
            return _guardado(request, pk, QUE, parcial=parcial)
    contexto = {"form": form, "paso": QUE, "pasos": _pasos(QUE), "procesos": procesos}
    return render(request, "propuestas/borrador.html", contexto, status=422 if enviando else 200)


@con_cuenta
@require_safe
def borradores(request: HttpRequest) -> HttpResponse:
    """Mis borradores y lo que ya presenté."""
    contexto = {
        "borradores": consultas.borradores_de(request.user),
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
@require_http_methods(["GET", "HEAD", "POST"])
def paso(request: HttpRequest, pk: int, paso: str) -> HttpResponse:
    propuesta = permisos.propia_o_404(request.user, pk)
    if paso not in PASOS_CON_FORMULARIO:
        raise Http404("No hay ese paso.")
    if not propuesta.es_editable:
        return redirect(propuesta)
    enviando = request.method == "POST"
    parcial = "despues" in request.POST
    form = _form_del_paso(request, propuesta, paso, parcial=parcial)
    if enviando and form.is_valid():
        try:
            acciones.guardar_borrador(propuesta, actor=request.user, **form.cambios())
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            return _guardado(request, propuesta.pk, paso, parcial=parcial)
    contexto = {
        "propuesta": propuesta,
        "form": form,
        "paso": paso,
        "pasos": _pasos(paso, propuesta),
        "devolucion": consultas.por_que_se_devolvio(propuesta),
    }
    return render(request, "propuestas/borrador.html", contexto, status=422 if enviando else 200)


@con_cuenta
@require_safe
def revisar(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propia_o_404(request.user, pk)
    if not propuesta.es_editable:
        return redirect(propuesta)
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


def _form_del_paso(request: HttpRequest, propuesta: Propuesta, paso: str, *, parcial: bool) -> PasoDeBorrador:
    clase = PASOS_CON_FORMULARIO[paso]
    extra: dict[str, object] = {}
    if paso == QUE:
        extra["persona"] = request.user
    elif paso == FOTO:
        techo = consultas.costo_y_techo(propuesta).techo
        ayuda = f"El techo de {propuesta.distrito} es {bolivianos(techo)}." if techo else "Un cálculo aproximado basta."
        extra |= {"propuesta": propuesta, "ayuda_costo": ayuda}
    if request.method == "POST":
        return clase(request.POST, request.FILES, parcial=parcial, **extra)
    return clase(initial=clase.inicial(propuesta), **extra)


def _guardado(request: HttpRequest, pk: int, paso: str, *, parcial: bool) -> HttpResponse:
    if parcial:
        messages.success(request, "Guardamos tu borrador. Sigue cuando quieras.")
        return redirect("propuestas:borradores")
    siguiente = SIGUE[paso]
    if siguiente == REVISAR:
        return redirect("propuestas:revisar", pk)
    return redirect("propuestas:paso", pk, siguiente)


def _revision(request: HttpRequest, propuesta: Propuesta, *, aviso: str = "", status: int = 200) -> HttpResponse:
    faltas = consultas.lo_que_falta(propuesta)
    abierta = fases.permite(propuesta.proceso, PROPONER)
    contexto = {
        "propuesta": propuesta,
        "aviso": aviso,
        "pasos": _pasos(REVISAR, propuesta),
        "faltas": [(paso, PASOS[paso], dato) for paso, dato in faltas],
        "costo": consultas.costo_y_techo(propuesta),
        "cerrado": "" if abierta else fases.por_que_no(propuesta.proceso, PROPONER),
        "devolucion": consultas.por_que_se_devolvio(propuesta),
        "sigue": reglas.FICHAS[reglas.Estado.ENVIADA].sigue,
    }
    return render(request, "propuestas/revisar.html", contexto, status=status)
