"""El segundo paso, las llaves de acceso y los aparatos donde la persona ingresó (sobre allauth)."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as de_mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as de_respaldo
from allauth.mfa.totp import views as de_aplicacion
from allauth.mfa.webauthn import views as de_llaves
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, publica
from civic.cuentas import acciones, aparatos, avisos, seguridad, sesiones
from civic.cuentas.views import ConRespuestaClara


class ConSesionNueva:
    """Mezcla: quien acaba de probar su segundo paso recibe otro número de sesión."""

    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)  # type: ignore[misc]
        sesiones.rotar(self.request)  # type: ignore[attr-defined]
        return respuesta


class ConAvisoDeRespaldo:
    """Mezcla: si lo que se escribió es un código de respaldo, se avisa a la persona."""

    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)  # type: ignore[misc]
        usado = getattr(form, "authenticator", None)
        if usado is not None and usado.type == Authenticator.Type.RECOVERY_CODES:
            avisos.avisar_de_seguridad(usado.user, avisos.CODIGO_DE_RESPALDO_USADO)
        return respuesta


class PasarSegundoPaso(ConAvisoDeRespaldo, ConRespuestaClara, de_mfa.AuthenticateView):
    def form_invalid(self, form: Any) -> HttpResponse:
        respuesta = super(ConRespuestaClara, self).form_invalid(form)
        codigos = {error.code for errores in form.errors.as_data().values() for error in errores}
        demasiados = "too_many_login_attempts" in codigos
        respuesta.status_code = HTTPStatus.TOO_MANY_REQUESTS if demasiados else HTTPStatus.UNPROCESSABLE_ENTITY
        return respuesta


class ConfirmarSegundoPaso(ConAvisoDeRespaldo, ConSesionNueva, ConRespuestaClara, de_mfa.ReauthenticateView):
    pass


class ConfirmarConLlave(ConSesionNueva, ConRespuestaClara, de_llaves.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return ConRespuestaClara.form_invalid(self, form)


class Activar(ConRespuestaClara, de_aplicacion.ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)
        _probo(self.request, Authenticator.Type.TOTP)
        acciones.anotar_de_seguridad(self.request.user, texto="Activó el segundo paso con una aplicación.")
        return respuesta

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contexto = super().get_context_data(**kwargs)
        secreto = contexto["form"].secret
        return {**contexto, "secreto": [secreto[lugar : lugar + 4] for lugar in range(0, len(secreto), 4)]}


class QuitarAplicacion(ConRespuestaClara, de_aplicacion.DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        acciones.anotar_de_seguridad(self.request.user, texto="Quitó la aplicación del segundo paso.")
        return super().form_valid(form)


class CodigosNuevos(ConRespuestaClara, de_respaldo.GenerateRecoveryCodesView):
    pass


class AgregarLlave(ConRespuestaClara, de_llaves.AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        respuesta = super().form_valid(form)
        _probo(self.request, Authenticator.Type.WEBAUTHN)
        acciones.anotar_de_seguridad(self.request.user, texto="Agregó una llave de acceso.")
        return respuesta

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth no pasa kwargs y perdería el formulario con sus errores.
        contexto = super().get_context_data(**kwargs)
        return {**contexto, **kwargs}


class QuitarLlave(ConRespuestaClara, de_llaves.RemoveWebAuthnView):
    http_method_names = ["get", "post", "head", "options"]

    def form_valid(self, form: Any) -> HttpResponse:
        if not seguridad.puede_quitarse(self.get_object()):
            form.add_error(None, seguridad.ES_EL_ULTIMO)
            return self.form_invalid(form)
        acciones.anotar_de_seguridad(self.request.user, texto="Quitó una llave de acceso.")
        return super().form_valid(form)


class NombrarLlave(ConRespuestaClara, de_llaves.EditWebAuthnView):
    pass


class IngresarConLlave(ConRespuestaClara, de_llaves.LoginWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return super(ConRespuestaClara, self).form_invalid(form)


def _probo(request: HttpRequest, tipo: str) -> None:
    """Al agregarlo ya lo usó: la sesión queda con el segundo paso hecho y con otro número."""
    paso = Authenticator.objects.filter(user=request.user, type=tipo).order_by("pk").last()
    if paso is not None:
        record_authentication(request, request.user, "mfa", id=paso.pk, type=paso.type)
        sesiones.rotar(request)


segundo_paso = con_cuenta(require_safe(de_mfa.IndexView.as_view()))
pasar_segundo_paso = publica(PasarSegundoPaso.as_view())
confirmar_segundo_paso = con_cuenta(ConfirmarSegundoPaso.as_view())
activar = con_cuenta(Activar.as_view())
quitar_aplicacion = con_cuenta(QuitarAplicacion.as_view())
codigos = con_cuenta(require_safe(de_respaldo.ViewRecoveryCodesView.as_view()))
codigos_nuevos = con_cuenta(CodigosNuevos.as_view())
descargar_codigos = con_cuenta(require_safe(de_respaldo.DownloadRecoveryCodesView.as_view()))
llaves = con_cuenta(require_safe(de_llaves.ListWebAuthnView.as_view()))
agregar_llave = con_cuenta(AgregarLlave.as_view())
quitar_llave = con_cuenta(QuitarLlave.as_view())
nombrar_llave = con_cuenta(NombrarLlave.as_view())
confirmar_con_llave = con_cuenta(ConfirmarConLlave.as_view())
ingresar_con_llave = publica(IngresarConLlave.as_view())


@con_cuenta
@require_safe
def segundo_paso_obligatorio(request: HttpRequest) -> HttpResponse:
    """Por qué quien administra necesita un segundo paso y cómo ponerlo."""
    siguiente = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(siguiente, allowed_hosts=None):
        siguiente = ""
    tiene = bool(seguridad.segundos_pasos(request.user))  # type: ignore[arg-type]
    return render(request, "mfa/obligatorio.html", {"siguiente": siguiente, "tiene": tiene})


@con_cuenta
@require_http_methods(["GET", "HEAD", "POST"])
def dispositivos(request: HttpRequest) -> HttpResponse:
    """Los aparatos donde la persona ingresó; cierra uno, o todos los demás."""
    usuario: Any = request.user
    if request.method == "POST":
        pk = request.POST.get("cerrar", "")
        if pk.isascii() and pk.isdecimal() and len(pk) < 18:
            hecho = acciones.cerrar_aparato(usuario, pk=int(pk))
            messages.success(
                request, "Listo. Ese aparato ya no está dentro." if hecho else "Ese aparato ya había salido."
            )
        elif "cerrar_los_demas" in request.POST:
            cuantos = acciones.cerrar_los_demas_aparatos(usuario, este=request.session.session_key or "")
            messages.success(request, "Listo. Solo queda este aparato." if cuantos else "No había otros aparatos.")
        return redirect(reverse("usersessions_list"))
    lista = [
        {
            "pk": sesion.pk,
            "aparato": aparatos.aparato(sesion.user_agent),
            "direccion": sesion.ip,
            "desde": sesion.created_at,
            "ultima": sesion.last_seen_at,
            "es_este": sesion.session_key == request.session.session_key,
        }
        for sesion in sesiones.abiertas(usuario)
    ]
    lista.sort(key=lambda sesion: not sesion["es_este"])
    return render(request, "usersessions/usersession_list.html", {"aparatos": lista})
