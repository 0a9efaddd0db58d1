"""Páginas de los lotes, para quien atiende la mesa. Lo que dice una hoja viaja solo en el cuerpo de un POST."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from votaciones import consultas as consultas_de_votacion
from votaciones.lotes import acciones, consultas, permisos
from votaciones.lotes.forms import (
    AbrirForm,
    AnularForm,
    CuentaForm,
    HojaForm,
    JuntarActaForm,
    JuntarHojasForm,
    MarcarForm,
    en_blanco,
)
from votaciones.lotes.models import Lote
from votaciones.lotes.reglas import Estado, por_que_no_a_mano_alzada
from votaciones.mesas.reconocer import reconocer
from votaciones.models import Contienda, Votacion
from votaciones.reglas.papeleta_escrita import instruccion, prefijo_de

METODOS = ["GET", "HEAD", "POST"]


# --- Lista y apertura ------------------------------------------------------------------------------------------------
@con_rol(*permisos.ENTRAN)
@never_cache
@require_http_methods(METODOS)
def lista(request: HttpRequest, slug: str) -> HttpResponse:
    """Los lotes de una votación que esa persona atiende o revisa, y el formulario para abrir otro."""
    votacion = permisos.votacion_o_404(slug)
    todas = Contienda.objects.filter(votacion=votacion).select_related("area", "votacion__proceso")
    contiendas = [una for una in todas if permisos.atiende_en(request.user, una)]
    form, estado = AbrirForm(request.POST or None, contiendas=contiendas), 200
    if request.method == "POST":
        if not contiendas:
            return _lista(request, votacion, None, 403)
        estado = 422
        if form.is_valid():
            try:
                return redirect(acciones.abrir_lote(actor=request.user, **form.cleaned_data))
            except ReglaIncumplida as error:
                form.agregar_regla(error)
                estado = 409
    return _lista(request, votacion, form if contiendas else None, estado)


def _lista(request: HttpRequest, votacion: Votacion, form: AbrirForm | None, estado: int) -> HttpResponse:
    quien = request.user
    contexto = {
        "votacion": votacion,
        "lotes": [
            lote for lote in consultas.de_votacion(votacion) if permisos.lee(quien) or permisos.atiende(quien, lote)
        ],
        "form": form,
        "sin_manos": por_que_no_a_mano_alzada(votacion.reglamento),
    }
    return render(request, "lotes/lista.html", contexto, status=estado)


@con_rol(*permisos.ENTRAN)
@never_cache
@require_safe
def lote(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """En qué va un lote y qué sigue. De lo escrito solo dice qué números de hoja no coinciden."""
    return _ficha(request, permisos.lote_o_404(request.user, slug, pk))


def _ficha(
    request: HttpRequest, actual: Lote, *, aviso: str = "", estado: int = 200, **formularios: Any
) -> HttpResponse:
    quien, atiende = request.user, permisos.atiende(request.user, actual)
    carga = consultas.que_carga_le_toca(quien, actual)
    por_que_no = permisos.por_que_no_carga(quien, actual)
    contexto = {
        "lote": actual,
        "votacion": actual.contienda.votacion,
        "aviso": aviso,
        "atiende": atiende,
        "lee": permisos.lee(quien),
        "decide": permisos.decide(quien),
        "decide_hojas": permisos.decide_hojas(quien, actual),
        "por_que_no_carga": por_que_no,
        "le_faltan": len(consultas.por_cargar(actual, carga)) if not por_que_no else 0,
        "en_carga": actual.estado in (Estado.PRIMERA_CARGA, Estado.SEGUNDA_CARGA),
        "historia": consultas.historia_de(actual),
    }
    if atiende and actual.estado == Estado.ABIERTO:
        contexto["marcar"] = MarcarForm()
        if actual.es_de_papel:
            contexto["juntar"] = JuntarHojasForm()
        else:
            actas = consultas.actas_para(actual)
            contexto["juntar"] = JuntarActaForm(actas=actas) if actas else None
    return render(request, "lotes/lote.html", contexto | formularios, status=estado)


# --- Mesa ------------------------------------------------------------------------------------------------------------
@con_rol(*permisos.ENTRAN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(METODOS)
def marcar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Reconoce a la persona por su carnet y su fecha, y la marca en el padrón al darle su papeleta."""
    actual = permisos.atendido_o_403(request.user, slug, pk)
    if request.method != "POST":
        return redirect(actual)
    form, estado = MarcarForm(request.POST), 422
    if form.is_valid():
        try:
            persona = reconocer(actual.contienda.votacion, **form.cleaned_data)
            hecho = acciones.marcar_entrega(actual, identidad=persona.identidad.pk, actor=request.user)
        except ReglaIncumplida as error:
            form.agregar_regla(error)
            estado = 409
        else:
            que = "Ya puedes darle su papeleta." if hecho.es_de_papel else "Ya puede levantar la mano."
            messages.success(request, f"Quedó marcada. {que} Van {hecho.entregadas} en este lote.")
            return redirect(actual)
    actual.refresh_from_db(fields=["estado", "entregadas"])
    return _ficha(request, actual, estado=estado, marcar=form)


@con_rol(*permisos.ENTRAN)
@never_cache
@require_http_methods(METODOS)
def juntar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cuenta las hojas con su foto, o une el lote con el acta de la asamblea."""
    actual = permisos.atendido_o_403(request.user, slug, pk)
    if request.method != "POST":
        return redirect(actual)
    form: JuntarHojasForm | JuntarActaForm
    if actual.es_de_papel:
        form, hacer = JuntarHojasForm(request.POST, request.FILES), acciones.juntar_hojas
    else:
        form, hacer = JuntarActaForm(request.POST, actas=consultas.actas_para(actual)), acciones.juntar_actas
    estado = 422
    if form.is_valid():
        try:
            hacer(actual, actor=request.user, **form.cleaned_data)
        except ReglaIncumplida as error:
            form.agregar_regla(error)
            estado = 409
        else:
            messages.success(request, "El lote está listo para cargarse. Lo hacen dos personas, cada una por su lado.")
            return redirect(actual)
    return _ficha(request, actual, estado=estado, juntar=form)


# --- Carga -----------------------------------------------------------------------------------------------------------
@con_rol(*permisos.ENTRAN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(METODOS)
def cargar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """La hoja que sigue, en blanco. Lo ya escrito no se muestra nunca, ni a quien lo escribió."""
    actual = permisos.atendido_o_403(request.user, slug, pk)
    decide = permisos.decide_hojas(request.user, actual)
    if not decide and (frase := permisos.por_que_no_carga(request.user, actual)):
        return _ficha(request, actual, aviso=frase, estado=409)
    faltan = (
        actual.por_repetir
        if decide
        else consultas.por_cargar(actual, consultas.que_carga_le_toca(request.user, actual))
    )
    if request.method != "POST":
        return _hoja(request, actual, faltan, decide=decide)
    form, estado = _form_de(request, actual), 422
    if form.is_valid():
        hoja = form.cleaned_data.get("hoja", 1)
        hacer = acciones.decidir_hoja if decide else acciones.cargar_hoja
        try:
            hecho = hacer(actual, hoja=hoja, dice=form.dice, actor=request.user)
        except ReglaIncumplida as error:
            form.agregar_regla(error)
            estado = 409
        else:
            return _tras_la_hoja(request, actual, hecho, hoja)
    return _hoja(request, actual, faltan, decide=decide, form=form, estado=estado)


def _tras_la_hoja(request: HttpRequest, antes: Lote, hecho: Lote, hoja: int) -> HttpResponse:
    messages.success(request, f"Hoja {hoja} guardada.")
    sigue = hecho.estado == antes.estado and not permisos.por_que_no_carga(request.user, hecho)
    carga = consultas.que_carga_le_toca(request.user, hecho)
    if sigue and hecho.por_repetir == antes.por_repetir and consultas.por_cargar(hecho, carga):
        return redirect("lotes:cargar", slug=hecho.contienda.votacion.slug, pk=hecho.pk)
    return redirect(hecho)


def _form_de(request: HttpRequest, actual: Lote) -> HojaForm | CuentaForm:
    if actual.es_de_papel:
        return HojaForm(request.POST, contienda=actual.contienda, costos=actual.contienda.costos)
    return CuentaForm(request.POST, opciones=list(actual.contienda.opciones.all()))


def _hoja(
    request: HttpRequest,
    actual: Lote,
    faltan: list[int],
    *,
    decide: bool,
    form: HojaForm | CuentaForm | None = None,
    estado: int = 200,
) -> HttpResponse:
    contienda = actual.contienda
    contexto: dict[str, Any] = {"lote": actual, "votacion": contienda.votacion, "decide": decide, "faltan": faltan}
    if not actual.es_de_papel:
        contexto["form"] = form or CuentaForm(opciones=list(contienda.opciones.all()))
        return render(request, "lotes/cuenta.html", contexto, status=estado)
    reglamento, opciones = contienda.reglamento, consultas_de_votacion.opciones_de(contienda)
    papel = form if isinstance(form, HojaForm) else en_blanco(contienda, contienda.costos, faltan[0] if faltan else 1)
    escrito = papel.escrito if papel.is_bound else {}
    for opcion in opciones:
        opcion.escrito = escrito.get(str(opcion.numero), "")
        opcion.con_falta = papel.campo_con_falta == f"{prefijo_de(reglamento)}{opcion.numero}"
    contexto |= {
        "form": papel,
        "opciones": opciones,
        "reglamento": reglamento,
        "instruccion": instruccion(reglamento),
        "prefijo": prefijo_de(reglamento),
        "lugares": [str(n) for n in range(1, min(len(reglamento.puntos_por_lugar), len(opciones)) + 1)],
        "notas": [str(nota) for nota in range((reglamento.nota_maxima or 0) + 1)],
    }
    return render(request, "lotes/hoja.html", contexto, status=estado)


# --- Terminar --------------------------------------------------------------------------------------------------------
@con_rol(*permisos.ENTRAN)
@never_cache
@require_http_methods(METODOS)
def depositar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Pasa un lote conciliado a la urna. Repetirlo no pone nada dos veces."""
    actual = permisos.atendido_o_403(request.user, slug, pk)
    if request.method != "POST":
        return redirect(actual)
    try:
        acciones.depositar_lote(actual, actor=request.user)
    except ReglaIncumplida as error:
        return _ficha(request, actual, aviso=error.mensaje, estado=409)
    messages.success(request, "El lote está en la urna. Lo que se cargó ya se borró: quedan solo las cuentas.")
    return redirect(actual)


@con_rol(*permisos.ENTRAN)
@never_cache
@require_http_methods(METODOS)
def anular(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Deja un lote fuera de la urna, con su motivo público. Solo Planificación."""
    actual = permisos.lote_o_404(request.user, slug, pk)
    if not permisos.decide(request.user):
        return _ficha(request, actual, aviso=permisos.SOLO_PLANIFICACION, estado=403)
    form, estado = AnularForm(request.POST or None), 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                acciones.anular_lote(actual, actor=request.user, **form.cleaned_data)
            except ReglaIncumplida as error:
                form.agregar_regla(error)
                estado = 409
            else:
                messages.success(request, "El lote quedó anulado. El motivo es público.")
                return redirect(actual)
    contexto = {"lote": actual, "votacion": actual.contienda.votacion, "form": form}
    return render(request, "lotes/anular.html", contexto, status=estado)


@con_rol(*permisos.LEEN)
@never_cache
@require_safe
def foto(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """La foto del lote, para quien lo revisa. Queda anotado quién la miró."""
    actual = permisos.lote_o_404(request.user, slug, pk)
    if not actual.foto or not permisos.lee(request.user):
        raise Http404("No hay esa foto.")
    try:
        archivo = default_storage.open(actual.ruta_de_la_foto)
    except FileNotFoundError:
        raise Http404("No hay esa foto.") from None
    anotar_mirada(request.user, actual, permisos.MIRADA)
    respuesta = FileResponse(archivo, content_type="image/webp")
    respuesta["Cache-Control"] = "private, no-store"
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta
