"""Salud, fotos, bitácora pública y errores."""

import logging
import sys

from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from redis.exceptions import ConnectionError as SinRedis
from redis.exceptions import TimeoutError as RedisNoContesta

from civic.comun import consultas
from civic.comun import retomar as envios
from civic.comun.acceso import publica
from civic.comun.bitacora import cabeza
from civic.comun.cadena import momento_canonico
from civic.comun.forms import BuscarParecidos, BuscarSucesos, DesdeElNumero
from civic.comun.fotos import puede_ver
from civic.comun.models import Foto, Suceso
from civic.comun.paginacion import pagina_de
from civic.comun.parecidos import fuentes

registro = logging.getLogger("ayni")
# La base caída o volviendo, un candado que tardó demasiado, Redis caído: repetir el pedido más tarde basta.
_PASAJEROS = (OperationalError, InterfaceError, SinRedis, RedisNoContesta)
# SQLite llama OperationalError también a una consulta mal escrita, que no se arregla esperando.
_PASAJEROS_DE_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")


@publica
@require_safe
def salud(request: HttpRequest) -> JsonResponse:
    """200 si el proceso y las bases responden; 503 si alguna no."""
    try:
        for conexion in connections.all():
            with conexion.cursor() as cursor:
                cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        registro.exception("La base de datos no responde")
        return JsonResponse({"estado": "sin base de datos"}, status=503)
    return JsonResponse({"estado": "bien"})


@publica
@require_safe
def foto(request: HttpRequest, token: str, ancho: int, formato: str = "webp") -> FileResponse:
    """Una versión de una foto. Quién ve las que no son públicas lo dice `puede_ver`."""
    imagen = get_object_or_404(Foto, token=token)
    if formato == "webp" and not _abre_webp(request):
        formato = "jpg"  # en las tarjetas va una sola dirección: pesan menos
    if not puede_ver(request.user, imagen) or ancho not in imagen.anchos:
        raise Http404("No hay esa foto.")
    try:
        archivo = default_storage.open(imagen.ruta(ancho, formato))
    except FileNotFoundError:
        registro.error("Falta el archivo %s", imagen.ruta(ancho, formato))
        raise Http404("No hay esa foto.") from None
    respuesta = FileResponse(archivo, content_type="image/jpeg" if formato == "jpg" else "image/webp")
    respuesta["Cache-Control"] = "public, max-age=31536000, immutable" if imagen.publica else "private, no-store"
    respuesta["X-Content-Type-Options"] = "nosniff"
    respuesta["Vary"] = "Accept, Cookie"
    return respuesta


def _abre_webp(request: HttpRequest) -> bool:
    """Falso si el navegador enumera las imágenes que abre y WebP no está; los que no dicen nada, lo abren."""
    acepta = request.headers.get("Accept", "")
    return "image/" not in acepta or "image/webp" in acepta


@publica
@require_safe
def parecidos(request: HttpRequest) -> HttpResponse:
    """Lo público y abierto que se parece a un texto en un lugar: página, trozo de página o JSON (`formato`)."""
    form = BuscarParecidos(request.GET)
    pedido = form.pedido()
    en = request.GET.get("en", "")
    hallados = fuentes.buscar(pedido, en=en if en in fuentes.claves() else "", salvo=form.cleaned_data.get("salvo"))
    if request.GET.get("formato") == "json":
        return JsonResponse({"parecidos": [fuentes.para_json(hallado) for hallado in hallados]})
    contexto = {"form": form, "hallados": hallados, "en": en, "busco": bool(pedido.titulo or pedido.texto)}
    plantilla = "comun/_parecidos.html" if request.GET.get("formato") == "trozo" else "comun/parecidos.html"
    return render(request, plantilla, contexto)


@publica
@require_safe
def bitacora(request: HttpRequest) -> HttpResponse:
    """Los sucesos públicos, con filtros, y la cabeza de la cadena con el modo de comprobarla."""
    filtros = BuscarSucesos(request.GET or None)
    numero, huella, momento = cabeza()
    contexto = {
        "filtros": filtros,
        "pagina": pagina_de(request, consultas.buscar_sucesos(**filtros.argumentos()), 30),
        "clases": dict(consultas.clases_de_objeto()),
        "cabeza": {"numero": numero, "huella": huella, "momento": momento},
    }
    return render(request, "comun/bitacora.html", contexto, status=200 if filtros.vale else 422)


@publica
@require_safe
def suceso(request: HttpRequest, numero: int) -> HttpResponse:
    """Un suceso público: qué había antes, qué quedó y sus huellas."""
    suceso = get_object_or_404(Suceso.objects.publicos(), numero=numero)
    contexto = {
        "suceso": suceso,
        "clase": consultas.nombre_de_clase(suceso.objeto_tipo),
        "cambios": consultas.cambios_de(suceso),
        "direccion": consultas.direccion_de(suceso),
    }
    return render(request, "comun/suceso.html", contexto)


@publica
@require_safe
def cabeza_de_la_bitacora(request: HttpRequest) -> JsonResponse:
    """El último suceso y su huella: quien la guarde puede exigir mañana que siga en la cadena."""
    numero, huella, momento = cabeza()
    return JsonResponse({"numero": numero, "huella": huella, "momento": momento_canonico(momento) if momento else None})


@publica
@require_safe
def cadena(request: HttpRequest) -> HttpResponse:
    """La cadena desde `?desde=N`, una línea de JSON por suceso, hasta 2.000 por pedido; sin más líneas, se acabó."""
    pedido = DesdeElNumero(request.GET)
    if not pedido.is_valid():
        return HttpResponse(
            "«desde» es el número de un suceso: 1 o más.\n", status=422, content_type="text/plain; charset=utf-8"
        )
    lineas = consultas.lineas_de_la_cadena(pedido.cleaned_data["desde"] or 1)
    return HttpResponse("".join(f"{linea}\n" for linea in lineas), content_type="application/x-ndjson; charset=utf-8")


def _error(request: HttpRequest, codigo: int, titulo: str, texto: str) -> HttpResponse:
    contexto = {"codigo": codigo, "titulo": titulo, "texto": texto}
    return render(request, "comun/error.html", contexto, status=codigo)


@publica
def error_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, "No entendimos el pedido", "Vuelve a la página anterior e inténtalo de nuevo.")


@publica
def error_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    texto = str(exception or "") or "Tu cuenta no tiene permiso para esto. Si crees que es un error, escríbenos."
    return _error(request, 403, "No puedes entrar aquí", texto)


@publica
def error_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, "No encontramos esa página", "Puede que haya cambiado de lugar o que ya no exista.")


@publica
def error_500(request: HttpRequest) -> HttpResponse:
    """Lo que nadie esperaba (500); o, si la base o Redis no contestan o están ocupados, que se intente luego (503)."""
    # Sin base ni sesión: puede ser justo lo que falló.
    if not _es_pasajero(sys.exc_info()[1]):
        return render(request, "comun/error_500.html", status=500)
    respuesta = render(request, "comun/error_503.html", status=503)
    respuesta["Retry-After"] = "3"
    return respuesta


def _es_pasajero(error: BaseException | None) -> bool:
    de_sqlite = getattr(getattr(error, "__cause__", None), "sqlite_errorname", "")
    return isinstance(error, _PASAJEROS) and (not de_sqlite or de_sqlite.startswith(_PASAJEROS_DE_SQLITE))


@publica
@require_safe
def retomar(request: HttpRequest) -> HttpResponse:
    """Lo que quedó a medio enviar al vencer la sesión, listo para seguir con un toque."""
    pendiente = envios.pendiente(request)
    if pendiente is None:
        return redirect("/")
    respuesta = render(request, "comun/retomar.html", {"pendiente": pendiente})
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@publica
def formulario_vencido(request: HttpRequest, reason: str = "") -> HttpResponse:
    """El permiso del formulario (CSRF) venció o falta. Lo escrito en una página nuestra se retoma; lo demás, no."""
    vista = request.resolver_match.func if request.resolver_match else None
    if getattr(vista, "retomable", False) and envios.guardar(request):
        return redirect("comun:retomar")
    return _error(
        request,
        403,
        "El formulario venció",
        "Por seguridad, vuelve atrás con el botón de tu navegador (lo que escribiste sigue ahí), "
        "recarga la página y envíalo de nuevo.",
    )
