"""Los propios datos: los de las estadísticas; descargarlos y cerrar la cuenta piden confirmar antes quién es."""

import tempfile
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civic.comun.acceso import con_cuenta
from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones, datos_propios, forms
from civic.cuentas.models import DatosParaEstadisticas
from civic.cuentas.views import demasiados_intentos

UNA_HORA = 3600
EN_MEMORIA = 5 * 1024 * 1024


def con_identidad_reciente(vista: Callable[..., Any]) -> Callable[..., Any]:
    """Pide de nuevo la contraseña o el segundo paso si pasaron más de cinco minutos: el aparato pudo quedar abierto."""

    @wraps(vista)
    def envuelta(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not did_recently_reauthenticate(request):
            raise ReauthenticationRequired
        return vista(request, *args, **kwargs)

    return envuelta


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def mis_estadisticas(request: HttpRequest) -> HttpResponse:
    """Sexo y año de nacimiento, si la persona quiere decirlos; «Borrar» los quita."""
    usuario: Any = request.user
    actuales = DatosParaEstadisticas.objects.filter(usuario=usuario).first()
    if request.method == "POST" and "borrar" in request.POST:
        acciones.borrar_datos_para_estadisticas(usuario)
        messages.success(request, "Listo. Borramos tu sexo y tu año de nacimiento.")
        return redirect("mi_cuenta")
    inicial = {"sexo": actuales.sexo, "nacimiento": actuales.nacimiento} if actuales else {}
    form = forms.DatosParaEstadisticasForm(request.POST if request.method == "POST" else None, initial=inicial)
    if request.method == "POST" and form.is_valid():
        try:
            acciones.guardar_datos_para_estadisticas(usuario, **form.cleaned_data)
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            dijo = any(form.cleaned_data.values())
            messages.success(request, "Listo. Gracias." if dijo else "Listo. No guardamos ninguno de los dos datos.")
            return redirect("mi_cuenta")
    contexto = {"form": form, "hay": actuales is not None}
    return render(request, "cuentas/mis_estadisticas.html", contexto, status=422 if form.errors else 200)


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
@con_identidad_reciente
def mis_datos(request: HttpRequest) -> HttpResponse | FileResponse:
    """Qué guarda Ayni de la persona; al enviarlo, todo en un archivo."""
    usuario: Any = request.user
    if request.method != "POST":
        return render(request, "cuentas/mis_datos.html")
    if not ratelimit.consume(request, action="descargar_mis_datos"):
        return demasiados_intentos(request, UNA_HORA)
    paquete = tempfile.SpooledTemporaryFile(max_size=EN_MEMORIA)  # noqa: SIM115 -- lo cierra FileResponse
    datos_propios.empaquetar(usuario, paquete)
    paquete.seek(0)
    nombre = f"mis-datos-ayni-{timezone.localdate():%Y-%m-%d}.zip"
    respuesta = FileResponse(paquete, as_attachment=True, filename=nombre, content_type="application/zip")
    respuesta["Cache-Control"] = "no-store"
    return respuesta


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
@con_identidad_reciente
def cerrar_cuenta(request: HttpRequest) -> HttpResponse:
    """Cierra la cuenta de quien lo pide, tras escribir su usuario."""
    usuario: Any = request.user
    form = forms.CerrarCuentaForm(request.POST if request.method == "POST" else None, usuario=usuario)
    if request.method == "POST":
        if not ratelimit.consume(request, action="cerrar_cuenta"):
            return demasiados_intentos(request)
        if form.is_valid():
            try:
                acciones.cerrar_cuenta(usuario)
            except ReglaIncumplida as error:
                form.agregar_regla(error)
            else:
                logout(request)
                messages.success(request, "Tu cuenta está cerrada y tus datos personales, borrados. Gracias.")
                return redirect("/")
    contexto = {"form": form, "por_que_no": acciones.por_que_no_cerrar(usuario)}
    return render(request, "cuentas/cerrar_cuenta.html", contexto, status=422 if form.errors else 200)
