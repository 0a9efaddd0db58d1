"""Páginas de las actas: lista, acta, comprobar, escribirla, firmarla y observarla."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, publica, retomable
from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.cuentas.models import Organizacion
from civic.procesos.models import Proceso
from mapas.territorio.consultas import distritos
from mapas.territorio.models import Area
from votaciones.actas import acciones, consultas, permisos
from votaciones.actas.forms import (
    ActaForm,
    ComprobarForm,
    ElegirAsambleaForm,
    Filtros,
    FirmadoForm,
    HojaForm,
    MotivoForm,
    ObservarForm,
    inicial_de,
)
from votaciones.actas.models import Acta, Envio
from votaciones.actas.pdf import dibujar_acta
from votaciones.actas.reglas import contenido, vida

METODOS = ["GET", "HEAD", "POST"]


# --- Públicas --------------------------------------------------------------------------------------------------------
@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    procesos = Proceso.objects.publicados().filter(tipo=Proceso.Tipo.PRESUPUESTO)
    filtros = Filtros(request.GET, distritos=distritos(), procesos=procesos)
    contexto = {
        "filtros": filtros,
        "pagina": pagina_de(request, consultas.lista(**filtros.argumentos())),
        "hace": request.user.is_authenticated and permisos.hace_actas(request.user),
        "mias": consultas.que_hago(request.user) if request.user.is_authenticated else (),
    }
    return render(request, "actas/lista.html", contexto)


@publica
@require_safe
def acta(request: HttpRequest, numero: str) -> HttpResponse:
    return _pagina(request, permisos.acta_o_404(request.user, numero))


def _pagina(
    request: HttpRequest, acta: Acta, *, status: int = 200, aviso: str = "", **formularios: Any
) -> HttpResponse:
    la_hace = permisos.la_hace(request.user, acta)
    if not acta.es_publica and not la_hace:
        anotar_mirada(request.user, acta, permisos.MIRADA)
    reglamento = consultas.reglamento_de(acta.proceso)
    dice, huella = consultas.contenido_a_la_vista(acta)
    contexto = {
        "acta": acta,
        "dice": dice,
        "huella": huella,
        "aviso": aviso,
        "reglamento": reglamento,
        "quorum": consultas.quorum_en_palabras(acta, reglamento),
        "saldo": consultas.saldo_de(acta, reglamento),
        "renglones": consultas.renglones_de(acta),
        "sigue": consultas.que_sigue(acta),
        "sucesos": consultas.sucesos_de(acta) if acta.es_publica else consultas.todos_los_sucesos_de(acta),
        "observaciones": consultas.observaciones_de(acta),
        "por_que_no_observa": permisos.por_que_no_observa(request.user, acta),
        "firmados": consultas.firmados_de(acta),
        "cambios": consultas.cambios_de_la_enmienda(acta),
        "enmienda": consultas.enmienda_publica_de(acta),
        "la_hace": la_hace,
        "lee": permisos.lee(request.user, acta),
        "hojas": acta.hojas.all() if la_hace or permisos.lee(request.user, acta) else (),
        "cuantas_hojas": acta.hojas.count(),
        "envios": acta.envios.filter(estado=Envio.Estado.POR_ELEGIR) if la_hace else (),
        "faltan": consultas.lo_que_falta(acta, consultas.renglones_de(acta)) if la_hace else (),
        "editable": acta.estado in vida.EDITABLES,
        "form_hoja": HojaForm(),
        "form_firmado": FirmadoForm(),
        "form_motivo": MotivoForm(),
        "form_observar": ObservarForm(),
        **formularios,
    }
    return render(request, "actas/acta.html", contexto, status=status)


@publica
@require_safe
def en_json(request: HttpRequest, numero: str) -> HttpResponse:
    """El contenido firmado, tal cual: el SHA-256 de «contenido» es la huella del papel."""
    acta = permisos.acta_o_404(request.user, numero)
    if not acta.contenido:
        raise Http404("Esa acta todavía no se firmó.")
    datos = {
        "numero": acta.numero,
        "estado": acta.estado,
        "huella": acta.huella,
        "contenido": acta.contenido,
        "acta": json.loads(acta.contenido),
        "firmada": acta.firmada,
        "observable_hasta": acta.observable_hasta,
        "aprobada": acta.aprobada,
    }
    return JsonResponse(datos, json_dumps_params={"ensure_ascii": False, "indent": 1})


@publica
@require_safe
def en_pdf(request: HttpRequest, numero: str) -> HttpResponse:
    """El acta en oficio. Quien la corrige recibe lo escrito ahora, para imprimirlo y firmarlo."""
    acta = permisos.acta_o_404(request.user, numero)
    la_hace = permisos.la_hace(request.user, acta)
    dice, huella = consultas.contenido_por_firmar(acta) if la_hace else consultas.contenido_a_la_vista(acta)
    if not acta.es_publica and not la_hace:
        anotar_mirada(request.user, acta, permisos.MIRADA)
    return en_hoja(dibujar_acta(dice, huella, consultas.direccion_de_comprobar()), f"{acta.numero}.pdf")


def en_hoja(pdf: bytes, nombre: str) -> HttpResponse:
    respuesta = HttpResponse(pdf, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}"'
    return respuesta


@publica
@require_safe
def comprobar(request: HttpRequest) -> HttpResponse:
    """Si lo que dice un papel es lo que está guardado. El código va en la dirección: se puede compartir."""
    form = ComprobarForm(request.GET if request.GET.get("codigo") else None)
    hallado, mal = None, False
    if form.is_bound and form.is_valid():
        hallado = consultas.comprobar(form.cleaned_data["codigo"])
        mal = hallado is None
        if mal:
            form.add_error("codigo", "Ahí no hay una huella: son 64 letras (de la a a la f) y números. Revísala.")
    mal = mal or bool(form.is_bound and form.errors)
    total = consultas.contenido_a_la_vista(hallado.acta)[0]["total"] if hallado and hallado.acta else ""
    contexto = {"form": form, "hallado": hallado, "total": total}
    return render(request, "actas/comprobar.html", contexto, status=422 if mal else 200)


# --- Escribir --------------------------------------------------------------------------------------------------------
@con_cuenta
@require_safe
def nueva(request: HttpRequest) -> HttpResponse:
    """De quién es el acta: de ahí se va a su formulario, que también sirve sin señal."""
    if not permisos.hace_actas(request.user):
        raise PermissionDenied(
            "Las actas las hace la directiva de cada organización, la presidencia de su distrito o su promotora."
        )
    form = ElegirAsambleaForm(request.GET or None, usuario=request.user)
    if form.is_bound and form.is_valid():
        return redirect("actas:equipo", form.cleaned_data["proceso"].slug, form.cleaned_data["de"])
    return render(request, "actas/nueva.html", {"form": form}, status=422 if form.is_bound else 200)


def lugar_o_404(usuario: Any, de: str) -> tuple[Organizacion | None, Area | None]:
    """«o-molle» o «d-D-1» -> la organización o el distrito; 404 si no existe, 403 si no le toca."""
    clase, _, clave = de.partition("-")
    organizacion = distrito = None
    if clase == "o":
        organizacion = Organizacion.objects.visibles().select_related("distrito", "area").filter(slug=clave).first()
        distrito = organizacion.distrito if organizacion else None
    elif clase == "d":
        distrito = Area.objects.distritos().de_este_municipio().filter(codigo=clave).first()
    if organizacion is None and distrito is None:
        raise Http404("No hay esa organización ni ese distrito.")
    if not permisos.hace_en(usuario, organizacion, distrito):
        raise PermissionDenied("El acta la hace su directiva, la presidencia de su distrito o su promotora.")
    return organizacion, distrito


def proceso_o_404(slug: str) -> Proceso:
    return get_object_or_404(Proceso.objects.publicados(), slug=slug, tipo=Proceso.Tipo.PRESUPUESTO)


@con_cuenta
@retomable
@require_http_methods(METODOS)
def corregir(request: HttpRequest, numero: str) -> HttpResponse:
    acta = permisos.editable_o_404(request.user, numero)
    lugar = {"usuario": request.user, "organizacion": acta.organizacion, "distrito": acta.distrito, "acta": acta}
    escrito = (request.POST,) if request.method == "POST" else ()
    form = ActaForm(*escrito, initial=inicial_de(acta), **lugar)
    if request.method == "POST" and form.is_valid():
        try:
            acta = acciones.corregir_acta(acta, actor=request.user, escrito=form.escrito())
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Guardado. Sigue siendo un borrador hasta que se firme.")
            return redirect(acta)
    contexto = {"form": form, "acta": acta, "saldo": consultas.saldo_de(acta)}
    return render(request, "actas/corregir.html", contexto, status=422 if form.is_bound else 200)


@con_cuenta
@require_POST
def enmendar(request: HttpRequest, numero: str) -> HttpResponse:
    """Empieza la enmienda de un acta aprobada, con lo mismo que dice esta."""
    anterior = permisos.acta_o_404(request.user, numero)
    if not permisos.la_hace(request.user, anterior):
        raise PermissionDenied("La enmienda la hace la directiva, la presidencia de su distrito o quien la escribió.")
    try:
        acta = acciones.enmendar_acta(anterior, actor=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, anterior, aviso=error.mensaje, status=409)
    messages.success(request, "Aquí está la enmienda, con lo que decía el acta. Corrígela y fírmala.")
    return redirect("actas:corregir", acta.numero)


@con_cuenta
@require_POST
def mover(request: HttpRequest, numero: str, hacia: str) -> HttpResponse:
    """Los pasos de quien la hace: firmar, firmar de nuevo o anular un borrador."""
    acta = permisos.acta_o_404(request.user, numero)
    if not permisos.la_hace(request.user, acta):
        raise PermissionDenied("Este paso lo da quien hace el acta. Planificación revisa en la trastienda.")
    form = MotivoForm(request.POST)
    if not form.is_valid():
        return _pagina(request, acta, form_motivo=form, status=422)
    try:
        movida = acciones.mover_acta(acta, hacia=hacia, actor=request.user, motivo=form.cleaned_data["motivo"])
    except ReglaIncumplida as error:
        return _pagina(request, acta, form_motivo=form, aviso=error.mensaje, status=409)
    messages.success(request, f"Ahora está «{movida.ficha.etiqueta}». {movida.ficha.sigue}")
    return redirect(movida)


@con_cuenta
@require_POST
def agregar_hoja(request: HttpRequest, numero: str) -> HttpResponse:
    acta = permisos.editable_o_404(request.user, numero)
    form = HojaForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            acciones.agregar_hoja(acta, actor=request.user, archivo=form.cleaned_data["escaneo"])
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "La hoja quedó guardada. Solo la ven quienes hacen y quienes revisan el acta.")
            return redirect(f"{acta.get_absolute_url()}#papel")
    return _pagina(request, acta, form_hoja=form, status=422)


@con_cuenta
@require_POST
def subir_firmado(request: HttpRequest, numero: str) -> HttpResponse:
    """Sube el PDF firmado con certificado; dice de quién es cada firma y si vale."""
    acta = permisos.acta_o_404(request.user, numero)
    if not permisos.la_hace(request.user, acta):
        raise PermissionDenied("El PDF firmado lo sube quien hace el acta.")
    form = FirmadoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            firmado = acciones.guardar_firmado(acta, actor=request.user, archivo=form.cleaned_data["pdf"])
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            if firmado.valido:
                messages.success(request, "Sus firmas valen. Quedó guardado.")
            else:
                messages.warning(request, "Quedó guardado, pero sus firmas no se pueden dar por válidas: mira por qué.")
            return redirect(f"{acta.get_absolute_url()}#t-firmas")
    return _pagina(request, acta, form_firmado=form, status=422)


@con_cuenta
@require_POST
def quitar_hoja(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    acta = permisos.editable_o_404(request.user, numero)
    acciones.quitar_hoja(get_object_or_404(acta.hojas, pk=pk), actor=request.user)
    messages.success(request, "La hoja se quitó.")
    return redirect(f"{acta.get_absolute_url()}#papel")


@con_cuenta
@require_safe
def hoja(request: HttpRequest, numero: str, pk: int) -> FileResponse:
    """Una hoja escaneada: lleva nombres, así que verla por el cargo queda anotado."""
    acta = permisos.acta_o_404(request.user, numero)
    if not permisos.ve_el_papel(request.user, acta):
        raise Http404("No hay esa hoja.")
    una = get_object_or_404(acta.hojas, pk=pk)
    if not permisos.la_hace(request.user, acta):
        anotar_mirada(request.user, acta, permisos.MIRADA)
    return archivo_privado(una.ruta, "application/pdf" if una.formato == "pdf" else "image/webp")


def archivo_privado(ruta: str, tipo: str) -> FileResponse:
    try:
        archivo = default_storage.open(ruta)
    except FileNotFoundError:
        raise Http404("No está ese archivo.") from None
    respuesta = FileResponse(archivo, content_type=tipo, as_attachment=tipo == "application/pdf")
    respuesta["Cache-Control"] = "private, no-store"
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


@con_cuenta
@retomable
@require_POST
def observar(request: HttpRequest, numero: str) -> HttpResponse:
    acta = permisos.acta_o_404(request.user, numero)
    form = ObservarForm(request.POST)
    if not form.is_valid():
        return _pagina(request, acta, form_observar=form, status=422)
    try:
        acciones.observar_acta(acta, autor=request.user, texto=form.cleaned_data["texto"])
    except ReglaIncumplida as error:
        return _pagina(request, acta, form_observar=form, aviso=error.mensaje, status=409)
    messages.success(request, "Tu observación quedó en la página del acta. Planificación la responde con su razón.")
    return redirect(f"{acta.get_absolute_url()}#observaciones")


@con_cuenta
@require_http_methods(METODOS)
def elegir(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    """Dos personas enviaron la misma asamblea: las dos, lado a lado, para elegir una."""
    acta = permisos.acta_o_404(request.user, numero)
    envio = get_object_or_404(Envio.objects.filter(acta=acta), pk=pk)
    if not permisos.la_hace(request.user, acta):
        raise PermissionDenied("Elige quien hace el acta.")
    aviso = ""
    if request.method == "POST":
        try:
            quedarse = request.POST.get("cual") != "envio"
            acciones.elegir_envio(envio, actor=request.user, quedarse_con_el_acta=quedarse)
        except ReglaIncumplida as error:
            aviso = error.mensaje
        else:
            messages.success(request, "Elegida. La otra queda guardada.")
            return redirect(acta)
    guardado = consultas.contenido_de_envio(envio)
    actual, _ = consultas.contenido_por_firmar(acta)
    contexto = {
        "acta": acta,
        "envio": envio,
        "aviso": aviso,
        "actual": actual,
        "guardado": guardado,
        "cambios": contenido.diferencias(actual, guardado),
        "abierto": envio.estado == Envio.Estado.POR_ELEGIR,
    }
    return render(request, "actas/elegir.html", contexto, status=409 if aviso else 200)


def direccion_de_equipo(proceso: Proceso, organizacion: Organizacion | None, distrito: Area | None) -> str:
    de = f"o-{organizacion.slug}" if organizacion else f"d-{distrito.codigo if distrito else ''}"
    return reverse("actas:equipo", args=[proceso.slug, de])
