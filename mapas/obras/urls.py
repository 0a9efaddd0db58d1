"""Direcciones públicas de las obras."""

from django.urls import path

from mapas.obras.views import publicas

app_name = "obras"
urlpatterns = [
    path("", publicas.lista, name="lista"),
    path("<slug:codigo>/", publicas.obra, name="obra"),
]
