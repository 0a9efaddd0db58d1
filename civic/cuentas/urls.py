"""Cuentas: los nombres son los de allauth, las direcciones están en castellano."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from civic.comun.acceso import publica
from civic.cuentas import views, views_datos, views_seguridad
from civic.cuentas import views_verificacion as verificacion

urlpatterns = [
    # Las direcciones que allauth usa en otros sitios llevan a las nuestras.
    path("login/", publica(RedirectView.as_view(pattern_name="account_login", query_string=True))),
    path("signup/", publica(RedirectView.as_view(pattern_name="account_signup", query_string=True))),
    path("logout/", publica(RedirectView.as_view(pattern_name="account_logout"))),
    path("ingresar/", views.ingresar, name="account_login"),
    path("registrarse/", views.registrarse, name="account_signup"),
    path("salir/", views.salir, name="account_logout"),
    path("cerrada/", views.cuenta_cerrada, name="account_inactive"),
    path("confirmar-identidad/", views.confirmar_identidad, name="account_reauthenticate"),
    path("correos/", views.correos, name="account_email"),
    path("correos/enviado/", views.correo_enviado, name="account_email_verification_sent"),
    re_path(r"^correos/confirmar/(?P<key>[-:\w]+)/$", views.confirmar_correo, name="account_confirm_email"),
    path("clave/cambiar/", views.cambiar_clave, name="account_change_password"),
    path("clave/poner/", views.poner_clave, name="account_set_password"),
    path("clave/olvide/", views.olvido_de_clave, name="account_reset_password"),
    path("clave/olvide/enviado/", views.olvido_enviado, name="account_reset_password_done"),
    path("clave/codigo/", views.clave_con_codigo, name="clave_con_codigo"),
    path("clave/nueva/lista/", views.clave_nueva_lista, name="account_reset_password_from_key_done"),
    re_path(
        r"^clave/nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.clave_nueva,
        name="account_reset_password_from_key",
    ),
    path("segundo-paso/", views_seguridad.segundo_paso, name="mfa_index"),
    path("segundo-paso/ingresar/", views_seguridad.pasar_segundo_paso, name="mfa_authenticate"),
    path("segundo-paso/confirmar/", views_seguridad.confirmar_segundo_paso, name="mfa_reauthenticate"),
    path("segundo-paso/obligatorio/", views_seguridad.segundo_paso_obligatorio, name="segundo_paso_obligatorio"),
    path("segundo-paso/aplicacion/", views_seguridad.activar, name="mfa_activate_totp"),
    path("segundo-paso/aplicacion/quitar/", views_seguridad.quitar_aplicacion, name="mfa_deactivate_totp"),
    path("segundo-paso/codigos/", views_seguridad.codigos, name="mfa_view_recovery_codes"),
    path("segundo-paso/codigos/nuevos/", views_seguridad.codigos_nuevos, name="mfa_generate_recovery_codes"),
    path("segundo-paso/codigos/descargar/", views_seguridad.descargar_codigos, name="mfa_download_recovery_codes"),
    path("llaves/", views_seguridad.llaves, name="mfa_list_webauthn"),
    path("llaves/agregar/", views_seguridad.agregar_llave, name="mfa_add_webauthn"),
    path("llaves/ingresar/", views_seguridad.ingresar_con_llave, name="mfa_login_webauthn"),
    path("llaves/confirmar/", views_seguridad.confirmar_con_llave, name="mfa_reauthenticate_webauthn"),
    path("llaves/<int:pk>/nombre/", views_seguridad.nombrar_llave, name="mfa_edit_webauthn"),
    path("llaves/<int:pk>/quitar/", views_seguridad.quitar_llave, name="mfa_remove_webauthn"),
    path("dispositivos/", views_seguridad.dispositivos, name="usersessions_list"),
    path("mis-datos/", views_datos.mis_datos, name="mis_datos"),
    path("cerrar/", views_datos.cerrar_cuenta, name="cerrar_cuenta"),
    path("mi-cuenta/", views.mi_cuenta, name="mi_cuenta"),
    path("mi-cuenta/nombre/", views.cambiar_nombre, name="mi_nombre"),
    path("mi-cuenta/estadisticas/", views_datos.mis_estadisticas, name="mis_estadisticas"),
    path("mi-cuenta/residencia/", views.cambiar_residencia, name="mi_residencia"),
    path("verificar/", verificacion.verificar, name="verificar"),
    path("verificar/padron/", verificacion.verificar_padron, name="verificar_padron"),
    path(
        "verificar/padron-de-mi-otb/", verificacion.verificar_padron_organizacion, name="verificar_padron_organizacion"
    ),
    path("verificar/lugar/", verificacion.verificar_lugar, name="verificar_lugar"),
    path("verificar/organizacion/", verificacion.verificar_organizacion, name="verificar_organizacion"),
    path("verificar/pedidos/", verificacion.pedidos, name="verificar_pedidos"),
    path("verificar/pedidos/<int:pk>/", verificacion.responder_pedido, name="verificar_responder"),
    path("verificar/ciudadania-digital/", verificacion.verificar_ciudadania, name="verificar_ciudadania"),
    path(
        "verificar/ciudadania-digital/vuelta/",
        verificacion.verificar_ciudadania_vuelta,
        name="verificar_ciudadania_vuelta",
    ),
    path("verificar/retirar/", verificacion.retirar, name="verificar_retirar"),
    path("verificar/atender/", verificacion.atender, name="verificar_atender"),
    path("verificar/atender/<int:pk>/", verificacion.verificar_persona, name="verificar_persona"),
]
