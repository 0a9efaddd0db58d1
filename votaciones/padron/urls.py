"""Direcciones del padrón de una votación; van debajo de la suya."""

from django.urls import path

from votaciones.padron import views

app_name = "padron_electoral"
urlpatterns = [
    path("", views.padron, name="padron"),
    path("reclamar/", views.reclamar, name="reclamar"),
    path("observar/", views.observar, name="observar"),
]
