"""Cuentas: los nombres son los de allauth, las direcciones están en castellano."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from civic.comun.acceso import publica
from civic.cuentas import views
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
    path("clave/nueva/lista/", views.clave_nueva_lista, name="account_reset_password_from_key_done"),
    re_path(
        r"^clave/nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.clave_nueva,
        name="account_reset_password_from_key",
    ),
    path("mi-cuenta/", views.mi_cuenta, name="mi_cuenta"),
    path("mi-cuenta/nombre/", views.cambiar_nombre, name="mi_nombre"),
    path("mi-cuenta/residencia/", views.cambiar_residencia, name="mi_residencia"),
    path("verificar/", verificacion.verificar, name="verificar"),
    path("verificar/padron/", verificacion.verificar_padron, name="verificar_padron"),
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
