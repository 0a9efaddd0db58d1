"""Ingresar, crear cuenta, contraseñas y correos (sobre allauth), y «Mi cuenta»."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as de_allauth
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, publica
from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones, avisos, consultas, fichas, forms, seguridad
from civic.cuentas.consultas_organizaciones import mis_organizaciones

SEGUNDOS_DE_ESPERA = 300


def demasiados_intentos(request: HttpRequest, segundos: int = SEGUNDOS_DE_ESPERA) -> HttpResponse:
    respuesta = render(request, "cuentas/demasiados_intentos.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    respuesta["Retry-After"] = str(segundos)
    return respuesta


class ConRespuestaClara:
    """Mezcla: un formulario con errores responde 422; demasiados intentos, 429 y cuándo volver."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        respuesta = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if respuesta.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            return respuesta
        if not hasattr(respuesta, "context_data"):  # la página de allauth; con formulario, se vuelve a mostrar el suyo
            return demasiados_intentos(request)
        respuesta["Retry-After"] = str(SEGUNDOS_DE_ESPERA)
        return respuesta

    def form_invalid(self, form: Any) -> HttpResponse:
        codigos = {error.code for errores in form.errors.as_data().values() for error in errores}
        demasiados = "too_many_login_attempts" in codigos
        estado = HTTPStatus.TOO_MANY_REQUESTS if demasiados else HTTPStatus.UNPROCESSABLE_ENTITY
        return self.render_to_response(self.get_context_data(form=form), status=estado)  # type: ignore[attr-defined]


class Ingreso(ConRespuestaClara, de_allauth.LoginView):
    def get_authenticated_redirect_url(self) -> str:
        destino = super().get_authenticated_redirect_url()
        if destino.startswith(reverse("wagtailadmin_home")) and not self.request.user.has_perm(
            "wagtailadmin.access_admin"
        ):
            # Wagtail manda aquí a quien no puede entrar, y volver a mandarlo allá no terminaría nunca.
            raise PermissionDenied("Esa parte es para quienes administran Ayni. Tu cuenta no tiene ese trabajo.")
        return destino


class Registro(ConRespuestaClara, de_allauth.SignupView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ReglaIncumplida as error:
            form.add_error(error.campo, error.mensaje)
            return self.form_invalid(form)


class Salida(ConRespuestaClara, de_allauth.LogoutView):
    pass


class ConfirmarIdentidad(ConRespuestaClara, de_allauth.ReauthenticateView):
    form_class = forms.ConfirmarIdentidadForm


class Correos(ConRespuestaClara, de_allauth.EmailView):
    form_class = forms.CorreoNuevoForm

    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)
        avisos.avisar_de_seguridad(self.request.user, avisos.CORREO_AGREGADO, correo=form.cleaned_data["email"])  # type: ignore[arg-type]
        return respuesta

    def _action_remove(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        correo = self._get_email_address(request)
        respuesta = super()._action_remove(request, *args, **kwargs)
        if correo is not None and respuesta is not None:  # allauth responde algo solo si lo quitó
            get_adapter().avisar_al_correo_quitado(correo)
        return respuesta


class CambiarClave(ConRespuestaClara, de_allauth.PasswordChangeView):
    form_class = forms.CambiarClaveForm

    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)
        acciones.cerrar_sesiones(self.request.user, menos=self.request.session.session_key or "")  # type: ignore[arg-type]
        acciones.anotar_de_seguridad(self.request.user, texto="Cambió su contraseña.")  # type: ignore[arg-type]
        return respuesta


class PonerClave(ConRespuestaClara, de_allauth.PasswordSetView):
    form_class = forms.PonerClaveForm


class OlvidoDeClave(ConRespuestaClara, de_allauth.PasswordResetView):
    form_class = forms.OlvidoForm


class ClaveNueva(ConRespuestaClara, de_allauth.PasswordResetFromKeyView):
    form_class = forms.ClaveNuevaForm

    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)
        acciones.cerrar_sesiones(self.reset_user)
        acciones.anotar_de_seguridad(self.reset_user, texto="Cambió su contraseña con el enlace de su correo.")
        return respuesta


ingresar = publica(Ingreso.as_view())
registrarse = publica(Registro.as_view())
salir = publica(Salida.as_view())
cuenta_cerrada = publica(require_safe(de_allauth.account_inactive))
confirmar_identidad = con_cuenta(ConfirmarIdentidad.as_view())
correos = con_cuenta(Correos.as_view())
correo_enviado = publica(require_safe(de_allauth.email_verification_sent))
confirmar_correo = publica(require_http_methods(["GET", "HEAD", "POST"])(de_allauth.confirm_email))
cambiar_clave = con_cuenta(CambiarClave.as_view())
poner_clave = con_cuenta(PonerClave.as_view())
olvido_de_clave = publica(OlvidoDeClave.as_view())
olvido_enviado = publica(require_safe(de_allauth.password_reset_done))
clave_nueva = publica(ClaveNueva.as_view())
clave_nueva_lista = publica(require_safe(de_allauth.password_reset_from_key_done))


@publica
@require_http_methods(["GET", "HEAD", "POST"])
def clave_con_codigo(request: HttpRequest) -> HttpResponse:
    """Poner otra contraseña con el código que la ventanilla entregó en mano. Después se ingresa como siempre."""
    form = forms.ClaveConCodigoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        datos = form.cleaned_data
        if not ratelimit.consume(request, action="codigo_de_ingreso", key=datos["usuario"].lower()):
            return demasiados_intentos(request)
        try:
            acciones.usar_codigo_de_ingreso(datos["usuario"], codigo=datos["codigo"], clave=datos["clave"])
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Listo. Ingresa con tu contraseña nueva.")
            return redirect("account_login")
    return render(request, "cuentas/clave_con_codigo.html", {"form": form}, status=422 if form.errors else 200)


@con_cuenta
@require_safe
def mi_cuenta(request: HttpRequest) -> HttpResponse:
    """Lo que una persona ve y puede cambiar de sí misma."""
    contexto = {
        "cuenta": consultas.mi_cuenta(request.user),  # type: ignore[arg-type]
        "mias": mis_organizaciones(request.user),  # type: ignore[arg-type]
        "pendientes": fichas.pendientes_de(request.user),
        "seguridad": seguridad.resumen(request.user),  # type: ignore[arg-type]
        "entra_a_la_trastienda": seguridad.tiene_llaves(request.user),  # type: ignore[arg-type]
    }
    return render(request, "cuentas/mi_cuenta.html", contexto)


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def cambiar_nombre(request: HttpRequest) -> HttpResponse:
    nombre = request.user.nombre_publico  # type: ignore[union-attr]
    form = forms.NombrePublicoForm(
        request.POST if request.method == "POST" else None, initial={"nombre_publico": nombre}
    )
    if request.method == "POST" and form.is_valid():
        try:
            acciones.cambiar_nombre_publico(request.user, nombre=form.cleaned_data["nombre_publico"])  # type: ignore[arg-type]
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            messages.success(request, "Listo. Así te verán desde ahora.")
            return redirect("mi_cuenta")
    return render(request, "cuentas/cambiar_nombre.html", {"form": form}, status=422 if form.errors else 200)


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def cambiar_residencia(request: HttpRequest) -> HttpResponse:
    """Declara otro lugar donde vive. Un lugar distinto pierde la verificación; la página lo avisa antes."""
    residencia = request.user.residencia_o_nada  # type: ignore[union-attr]
    actual = ""
    if residencia is not None:
        actual = f"o:{residencia.otb_id}" if residencia.otb_id else f"d:{residencia.distrito_id}"
    form = forms.ResidenciaForm(request.POST if request.method == "POST" else None, initial={"lugar": actual})
    if request.method == "POST" and form.is_valid():
        otb, distrito = form.cleaned_data["lugar"]
        if otb is None and distrito is None:
            acciones.retirar_residencia(request.user)  # type: ignore[arg-type]
            messages.success(request, "Listo. Ya no figuras como habitante de ningún distrito.")
        else:
            nueva = acciones.declarar_residencia(request.user, otb=otb, distrito=distrito)  # type: ignore[arg-type]
            falta = "" if nueva.esta_verificada else " Falta verificarlo para que puedas votar."
            messages.success(request, f"Listo. Vives en {nueva.lugar}.{falta}")
        return redirect("mi_cuenta")
    contexto = {"form": form, "residencia": residencia}
    return render(request, "cuentas/cambiar_residencia.html", contexto, status=422 if form.errors else 200)
