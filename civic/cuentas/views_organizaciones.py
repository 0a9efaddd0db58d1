"""Organizaciones de base: la lista, su página, registrarse, presentar actas, observar, contacto y renuncia."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, publica, retomable
from civic.comun.bitacora import historia
from civic.comun.documentos import CABECERAS
from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible, leer_bytes
from civic.comun.paginacion import pagina_de
from civic.cuentas import acciones, fichas, permisos
from civic.cuentas import consultas_organizaciones as consultas
from civic.cuentas import forms_organizaciones as forms
from civic.cuentas.metodos import PADRON_DE_ORGANIZACION, esta_abierto
from civic.cuentas.models import Organizacion
from civic.cuentas.planilla_padron import DE_ORGANIZACION
from mapas.territorio.consultas import distritos
from mapas.territorio.dibujo import silueta

TIPOS = {"pdf": "application/pdf", "webp": "image/webp"}
ERRORES_A_LA_VISTA = 50
VER_Y_ENVIAR = ["GET", "HEAD", "POST"]


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    """Organizaciones públicas, por distrito y nombre, con filtros en la dirección."""
    filtro = forms.FiltroDeOrganizaciones(request.GET, distritos=list(distritos()))
    filtros = filtro.validos()
    pagina = pagina_de(request, consultas.buscar_organizaciones(**filtros))
    contexto = {"filtro": filtro, "pagina": pagina, "filtros": filtros, "filtrada": any(filtros.values())}
    return render(request, "organizaciones/lista.html", contexto)


@publica
@require_safe
def organizacion(request: HttpRequest, slug: str) -> HttpResponse:
    """Una organización: quién la dirige, dónde está, lo que agregan las demás salas y su historia."""
    la_organizacion = permisos.organizacion_o_404(slug)
    area = la_organizacion.area
    contexto = {
        "organizacion": la_organizacion,
        "directiva": consultas.directiva_de(la_organizacion),
        "pasadas": consultas.directivas_pasadas(la_organizacion),
        "actas": consultas.actas_confirmadas(la_organizacion),
        "plazo": consultas.plazo_para_observar(la_organizacion),
        "observaciones": consultas.observaciones_de(la_organizacion),
        "silueta": silueta(area) if area else None,
        "secciones": fichas.secciones_de(la_organizacion),
        "sucesos": historia(la_organizacion)[:10],
        "mio": request.user.is_authenticated and permisos.puede_tramitar(request.user, la_organizacion),
        "mandato": permisos.mandato_para_actuar(request.user, la_organizacion),
        "presenta_acta": permisos.puede_presentar_acta(request.user, la_organizacion),
    }
    return render(request, "organizaciones/organizacion.html", contexto)


@publica
@require_safe
def organizacion_json(request: HttpRequest, slug: str) -> JsonResponse:
    """La misma página para máquinas, en vocabulario Popolo."""
    return JsonResponse(
        consultas.en_popolo(permisos.organizacion_o_404(slug)), json_dumps_params={"ensure_ascii": False}
    )


@con_cuenta
@retomable
@require_http_methods(VER_Y_ENVIAR)
def registrar(request: HttpRequest) -> HttpResponse:
    """Primer paso: los datos de la organización. El segundo es su acta."""
    if request.method != "POST":
        return _registro(request, forms.SolicitudForm(usuario=request.user))
    form = forms.SolicitudForm(request.POST, usuario=request.user)
    if form.is_valid():
        try:
            nueva = acciones.solicitar_registro(
                usuario=request.user,
                clave=form.cleaned_data["clave"],
                huella=form.datos_sin_clave(),
                **form.argumentos(),
            )
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Recibimos los datos. Falta el acta que nombra a su directiva.")
            return redirect("organizaciones:acta", slug=nueva.slug)
    form.renovar_clave()
    return _registro(request, form, status=422)


def _registro(request: HttpRequest, form: Any, *, status: int = 200) -> HttpResponse:
    return render(request, "organizaciones/registrar.html", {"form": form}, status=status)


@con_cuenta
@require_safe
def solicitud(request: HttpRequest, slug: str) -> HttpResponse:
    """En qué está el registro, para quien lo pidió y para su directiva."""
    la_organizacion = permisos.tramite_o_404(request.user, slug)
    contexto = {
        "organizacion": la_organizacion,
        "actas": la_organizacion.actas.prefetch_related("cargos").order_by("-registrada")[:10],
        "sucesos": historia(la_organizacion)[:10],
        "presenta_acta": permisos.puede_presentar_acta(request.user, la_organizacion),
        "carga_padron": esta_abierto(PADRON_DE_ORGANIZACION)
        and permisos.puede_actuar_por(request.user, la_organizacion),
        "es_publica": la_organizacion.estado in Organizacion.VISIBLES and not la_organizacion.reservada,
    }
    return render(request, "organizaciones/solicitud.html", contexto)


@con_cuenta
@require_http_methods(VER_Y_ENVIAR)
def contacto(request: HttpRequest, slug: str) -> HttpResponse:
    """Cambiar el contacto y decidir qué se muestra."""
    la_organizacion = permisos.tramite_o_404(request.user, slug)
    inicial = {campo: getattr(la_organizacion, campo) for campo in forms.DE_CONTACTO}
    form = forms.ContactoForm(request.POST if request.method == "POST" else None, initial=inicial)
    if request.method == "POST" and form.is_valid():
        try:
            acciones.cambiar_contacto(la_organizacion, actor=request.user, **form.contacto())
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Listo. En la página pública se ve solo lo que marcaste.")
            return redirect("organizaciones:solicitud", slug=slug)
    contexto = {"form": form, "organizacion": la_organizacion}
    return render(request, "organizaciones/contacto.html", contexto, status=422 if form.errors else 200)


@con_cuenta
@never_cache
@require_http_methods(VER_Y_ENVIAR)
def padron(request: HttpRequest, slug: str) -> HttpResponse:
    """La directiva carga la lista de su gente: entera, o nada."""
    if not esta_abierto(PADRON_DE_ORGANIZACION):
        raise Http404("Este municipio no usa los padrones de las organizaciones.")
    la_organizacion = permisos.dirigida_o_404(request.user, slug)
    enviado = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.PadronDeOrganizacionForm(*enviado)
    contexto: dict[str, Any] = {"organizacion": la_organizacion, "form": form}
    if form.is_valid() and _cargar_padron(request, form, la_organizacion, contexto):
        return redirect("organizaciones:padron", slug=slug)
    contexto["mandato"] = permisos.mandato_para_actuar(request.user, la_organizacion)
    contexto["padron"] = consultas.padron_vigente_de(la_organizacion)
    mal = bool(form.errors or contexto.get("lectura"))
    return render(request, "organizaciones/padron.html", contexto, status=422 if mal else 200)


def _cargar_padron(request: HttpRequest, form: Any, la_organizacion: Organizacion, contexto: dict[str, Any]) -> bool:
    """Si se cargó; si no, deja en el formulario o en el contexto por qué."""
    archivo = form.cleaned_data["archivo"]
    try:
        contenido = leer_bytes(archivo, DE_ORGANIZACION)
        nuevo, lectura = acciones.cargar_padron_de_organizacion(
            la_organizacion, contenido, archivo.name, actor=request.user
        )
    except (ReglaIncumplida, ArchivoIlegible) as error:
        form.add_error("archivo", str(error))
        return False
    if nuevo is None:
        contexto.update(lectura=lectura, errores=lectura.errores[:ERRORES_A_LA_VISTA])
        return False
    messages.success(request, f"Listo. El padrón de {la_organizacion} tiene {nuevo.filas} personas.")
    return True


@con_cuenta
@require_http_methods(VER_Y_ENVIAR)
def acta(request: HttpRequest, slug: str) -> HttpResponse:
    """Presentar el acta firmada que nombra a la directiva."""
    la_organizacion = permisos.para_presentar_acta_o_404(request.user, slug)
    quien = {"usuario": request.user, "organizacion": la_organizacion}
    if request.method != "POST":
        return _acta(request, forms.ActaForm(**quien), la_organizacion)
    form = forms.ActaForm(request.POST, request.FILES, **quien)
    if _presentar(request, form, la_organizacion):
        messages.success(request, "Recibimos el acta. Otra persona del municipio la revisa; la respuesta se ve aquí.")
        if permisos.puede_tramitar(request.user, la_organizacion):
            return redirect("organizaciones:solicitud", slug=slug)
        return redirect(la_organizacion if la_organizacion.estado in Organizacion.VISIBLES else "mi_cuenta")
    form.renovar_clave()
    return _acta(request, form, la_organizacion, status=422)


def _presentar(request: HttpRequest, form: Any, la_organizacion: Organizacion) -> bool:
    """Guarda el escaneo, si es bueno, aunque falte corregir otra cosa: así no hay que elegirlo de nuevo."""
    valido = form.is_valid()
    try:
        escaneo = form.cleaned_data.get("escaneo_guardado")
        if form.cleaned_data.get("escaneo"):
            escaneo = acciones.guardar_escaneo(form.cleaned_data["escaneo"], usuario=request.user)
            form.recordar_escaneo(escaneo)
        if not valido:
            return False
        acciones.enviar_acta(
            la_organizacion,
            actor=request.user,
            clave=form.cleaned_data["clave"],
            huella=form.datos_sin_clave(),
            escaneo=escaneo,
            **form.argumentos(),
        )
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return False
    return True


def _acta(request: HttpRequest, form: Any, la_organizacion: Organizacion, *, status: int = 200) -> HttpResponse:
    contexto = {"form": form, "organizacion": la_organizacion}
    return render(request, "organizaciones/acta.html", contexto, status=status)


@publica
@require_safe
def escaneo(request: HttpRequest, pk: int) -> HttpResponse:
    """El archivo de un acta, siempre como descarga, para quien puede verlo."""
    el_acta = permisos.acta_o_404(request.user, pk)
    try:
        archivo = acciones.abrir_escaneo(el_acta, lector=request.user)
    except ReglaIncumplida as error:
        raise Http404(error.mensaje) from None
    formato = el_acta.escaneo.formato
    nombre = f"acta-{el_acta.organizacion.slug}-{el_acta.fecha:%Y-%m-%d}.{formato}"
    respuesta = FileResponse(archivo, as_attachment=True, filename=nombre, content_type=TIPOS[formato])
    for cabecera, valor in CABECERAS.items():
        respuesta[cabecera] = valor
    return respuesta


@con_cuenta
@retomable
@require_http_methods(VER_Y_ENVIAR)
def observar(request: HttpRequest, slug: str) -> HttpResponse:
    """Observar el registro de una organización mientras corre su plazo."""
    la_organizacion = permisos.organizacion_o_404(slug)
    razon = permisos.por_que_no_observa(request.user, la_organizacion)
    if razon:
        raise PermissionDenied(razon)
    quien = {"usuario": request.user, "organizacion": la_organizacion}
    form = forms.ObservacionForm(request.POST if request.method == "POST" else None, **quien)
    if request.method == "POST" and form.is_valid():
        datos = form.cleaned_data
        try:
            acciones.enviar_observacion(
                la_organizacion,
                autor=request.user,
                texto=datos["texto"],
                clave=datos["clave"],
                huella=form.datos_sin_clave(),
            )
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Recibimos tu observación. La respuesta, con su razón, se publica aquí.")
            return redirect(f"{la_organizacion.get_absolute_url()}#observaciones")
    if request.method == "POST":
        form.renovar_clave()
    contexto = {
        "form": form,
        "organizacion": la_organizacion,
        "plazo": consultas.plazo_para_observar(la_organizacion),
    }
    return render(request, "organizaciones/observar.html", contexto, status=422 if form.errors else 200)


@con_cuenta
@require_http_methods(VER_Y_ENVIAR)
def renunciar(request: HttpRequest, slug: str) -> HttpResponse:
    """Dejar el cargo propio en una directiva."""
    la_organizacion = permisos.tramite_o_404(request.user, slug)
    mandato = request.user.mandatos.vigentes().filter(organizacion=la_organizacion).order_by("desde", "pk").first()
    if mandato is None:
        raise Http404("No tienes un cargo en esa organización.")
    form = forms.RenunciaForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acciones.renunciar(mandato, actor=request.user, motivo=form.cleaned_data["motivo"])
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, f"Listo. Ya no tienes el cargo {mandato.cargo} de {la_organizacion}.")
            return redirect("mi_cuenta")
    contexto = {"form": form, "mandato": mandato, "organizacion": la_organizacion}
    return render(request, "organizaciones/renunciar.html", contexto, status=422 if form.errors else 200)
