"""Ingreso y registro de allauth con direcciones en castellano (las originales también responden)."""

from allauth.account import views as cuentas_allauth
from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
    # Después, para que reverse() dé la dirección en castellano.
    path("ingresar/", cuentas_allauth.login, name="account_login"),
    path("registrarse/", cuentas_allauth.signup, name="account_signup"),
    path("salir/", cuentas_allauth.logout, name="account_logout"),
]
