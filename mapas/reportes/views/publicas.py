"""Páginas públicas de los reportes."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, publica, retomable
from civic.comun.bitacora import anotar_mirada, historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import ya_se_uso
from civic.comun.paginacion import pagina_de
from civic.procesos.models import Categoria
from mapas.reportes import acciones, consultas, limite, parecidos, permisos
from mapas.reportes.forms import Filtros, ReabrirForm, ReporteForm
from mapas.reportes.models import Reporte
from mapas.territorio.consultas import distritos

POR_PAGINA = 18  # filas completas de tarjetas a lo ancho
DEMASIADOS = (
    "Desde esta conexión ya llegaron muchos reportes en la última hora. Espera un rato o entra con tu cuenta; "
    "lo que escribiste sigue aquí."
)


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    filtros = Filtros(request.GET, distritos=distritos(), categorias=Categoria.objects.filter(activa=True))
    contexto = {
        "filtros": filtros,
        "pagina": pagina_de(request, consultas.lista(**filtros.argumentos()), POR_PAGINA),
        "cifras": consultas.cifras(),
    }
    return render(request, "reportes/lista.html", contexto)


@publica
@require_safe
def reporte(request: HttpRequest, codigo: str) -> HttpResponse:
    reporte = permisos.reporte_o_404(request.user, codigo)
    if reporte.oculto and not permisos.es_autor(request.user, reporte):
        anotar_mirada(request.user, reporte, permisos.MIRADA)
    return _pagina(request, reporte)


def _pagina(
    request: HttpRequest, reporte: Reporte, *, form: ReabrirForm | None = None, aviso: str = "", status: int = 200
) -> HttpResponse:
    contexto = {
        "reporte": reporte,
        "aviso": aviso,
        "ve_la_foto": permisos.ve_la_foto(request.user, reporte),
        "es_autor": permisos.es_autor(request.user, reporte),
        "le_pasa": consultas.le_pasa_tambien(reporte, request.user),
        "decide": permisos.puede_responder_si_quedo_bien(request.user, reporte),
        "atiende": permisos.atiende(request.user, reporte),
        "form": form or ReabrirForm(),
        "sucesos": historia(reporte),
    }
    return render(request, "reportes/reporte.html", contexto, status=status)


@publica
@retomable
@require_http_methods(["GET", "HEAD", "POST"])
def nuevo(request: HttpRequest) -> HttpResponse:
    """Enviar un reporte, con o sin cuenta. Si hay parecidos cerca, los muestra antes de crear otro."""
    if request.method != "POST":
        return _formulario(request, ReporteForm(usuario=request.user))
    form = ReporteForm(request.POST, request.FILES, usuario=request.user)
    if "sumarme" in request.POST and request.user.is_authenticated:
        return _sumarse(request, form, request.POST["sumarme"])
    if not form.is_valid():
        return _corregir(request, form)
    datos = form.cleaned_data
    if datos["foto"] and datos["lon"] is None and (pregunta := _preguntar_si_fue_ahi(request, form)):
        return pregunta
    if not datos["es_otro"] and not ya_se_uso(datos["clave"], form.proposito, request.user):
        cercanos = parecidos.antes_de_enviar(datos)
        if cercanos:
            return _preguntar_si_es_alguno(request, form, cercanos)
    if not form.cupo_gastado and not _hay_cupo(request):
        return _demasiados(request, form)
    try:
        pk, _ = acciones.enviar_reporte(
            form.argumentos(),
            clave=datos["clave"],
            huella=form.datos_sin_clave(),
            usuario=request.user,
            archivo=datos["foto"],
            foto=datos["foto_guardada"],
        )
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        form.renovar_clave()
        return _formulario(request, form, status=422)
    return _recibido(request, get_object_or_404(Reporte, pk=pk))


def _sumarse(request: HttpRequest, form: ReporteForm, pk: str) -> HttpResponse:
    """«A mí también me pasa» desde el formulario: en lugar de enviar otro. Si no se puede, lo escrito sigue ahí."""
    otro = Reporte.objects.publicos().filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
    if otro is None:
        raise Http404("No hay ese reporte.")
    try:
        acciones.decir_tambien(otro, usuario=request.user)
    except ReglaIncumplida as error:
        form.add_error(None, error.mensaje)
        return _corregir(request, form)
    messages.success(request, "Anotado: a ti también te pasa. El tuyo no se envió.")
    return redirect(f"{otro.get_absolute_url()}#tambien")


def _recibido(request: HttpRequest, reporte: Reporte) -> HttpResponse:
    guarda = "" if request.user.is_authenticated else " Anota el código: con él puedes volver a ver la respuesta."
    messages.success(
        request, f"Recibido con el código {reporte.codigo}. El municipio lo revisa en 1 día hábil.{guarda}"
    )
    return redirect(reporte)


def _formulario(request: HttpRequest, form: ReporteForm, *, status: int = 200) -> HttpResponse:
    return render(request, "reportes/nuevo.html", {"form": form}, status=status)


def _corregir(request: HttpRequest, form: ReporteForm) -> HttpResponse:
    """El formulario con sus errores; la foto, si es buena, queda guardada para no pedirla otra vez."""
    if form.cleaned_data.get("foto") and not _guardar_foto(request, form):
        return _demasiados(request, form)
    form.renovar_clave()
    return _formulario(request, form, status=422)


def _demasiados(request: HttpRequest, form: ReporteForm) -> HttpResponse:
    form.add_error(None, DEMASIADOS)
    return _formulario(request, form, status=429)


def _preguntar_si_es_alguno(request: HttpRequest, form: ReporteForm, cercanos: list[Any]) -> HttpResponse:
    if form.cleaned_data.get("foto") and not _guardar_foto(request, form):
        return _demasiados(request, form)
    if form.errors:
        return _formulario(request, form, status=422)
    return render(request, "reportes/parecidos.html", {"form": form, "cercanos": cercanos})


def _preguntar_si_fue_ahi(request: HttpRequest, form: ReporteForm) -> HttpResponse | None:
    """El formulario otra vez, sin enviar, si la foto dice dónde se tomó y nadie marcó el punto; si no, None."""
    if ya_se_uso(form.cleaned_data["clave"], form.proposito, request.user):
        return None
    if not _guardar_foto(request, form):
        return _demasiados(request, form)
    if form.errors:
        form.renovar_clave()
        return _formulario(request, form, status=422)
    form.cleaned_data["foto"], form.cleaned_data["foto_guardada"] = None, form.foto_recordada
    return _formulario(request, form) if form.lugar_ofrecido else None


def _guardar_foto(request: HttpRequest, form: ReporteForm) -> bool:
    """Guarda la foto mientras la persona decide o corrige; False si esta conexión ya envió demasiado."""
    if not _hay_cupo(request):
        return False
    form.cupo_gastado = True
    datos = form.cleaned_data
    try:
        foto = acciones.guardar_foto_en_espera(datos["foto"], usuario=request.user, categoria=datos.get("categoria"))
    except ReglaIncumplida as error:
        form.agregar_regla(error)
    else:
        form.recordar_foto(foto)
        form.ofrecer_lugar(foto.tomada_en)
    return True


def _hay_cupo(request: HttpRequest) -> bool:
    """Gasta un envío de esta persona o conexión; False si ya no le quedan. Quien registra por otros no tiene tope."""
    if permisos.registra_por_otros(request.user):
        return True
    if request.user.is_authenticated:
        return limite.gastar(f"persona:{request.user.pk}", tope=limite.POR_HORA_CON_CUENTA)
    # La misma dirección que usa allauth: solo cree en X-Forwarded-For detrás de los AYNI_PROXIES declarados.
    ip = get_adapter(request).get_client_ip(request)
    return limite.gastar(limite.huella_de_conexion(ip), tope=limite.POR_HORA)


@con_cuenta
@require_POST
def tambien(request: HttpRequest, codigo: str) -> HttpResponse:
    """«A mí también me pasa», o ya no."""
    reporte = permisos.reporte_o_404(request.user, codigo)
    try:
        if request.POST.get("quitar"):
            acciones.retirar_tambien(reporte, usuario=request.user)
            messages.success(request, "Ya no cuentas entre quienes lo viven.")
        else:
            acciones.decir_tambien(reporte, usuario=request.user)
            messages.success(request, "Anotado: a ti también te pasa. Cuanta más gente, más se nota.")
    except ReglaIncumplida as error:
        return _pagina(request, reporte, aviso=error.mensaje, status=409)
    return redirect(f"{reporte.get_absolute_url()}#tambien")


@con_cuenta
@require_POST
def confirmar(request: HttpRequest, codigo: str) -> HttpResponse:
    reporte = _reporte_propio(request, codigo)
    try:
        acciones.confirmar(reporte, usuario=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, reporte, aviso=error.mensaje, status=409)
    messages.success(request, "Gracias por confirmar. El reporte queda cerrado.")
    return redirect(reporte)


@con_cuenta
@retomable
@require_POST
def reabrir(request: HttpRequest, codigo: str) -> HttpResponse:
    reporte = _reporte_propio(request, codigo)
    form = ReabrirForm(request.POST)
    if not form.is_valid():
        return _pagina(request, reporte, form=form, status=422)
    try:
        acciones.reabrir(reporte, usuario=request.user, motivo=form.cleaned_data["motivo"])
    except ReglaIncumplida as error:
        return _pagina(request, reporte, form=form, aviso=error.mensaje, status=409)
    messages.success(request, "Lo reabrimos: vuelve a la unidad responsable y su plazo corre de nuevo.")
    return redirect(reporte)


def _reporte_propio(request: HttpRequest, codigo: str) -> Reporte:
    reporte = permisos.reporte_o_404(request.user, codigo)
    if not permisos.es_autor(request.user, reporte):
        raise PermissionDenied("Solo quien hizo el reporte puede decir si quedó bien.")
    return reporte
