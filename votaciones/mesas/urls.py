"""Direcciones de las mesas; van debajo de la de su votación."""

from django.urls import path

from votaciones.mesas import views

app_name = "mesas"
urlpatterns = [
    path("mesa/", views.mesa, name="mesa"),
    path("mesa/inscribir/", views.inscribir, name="inscribir"),
]
