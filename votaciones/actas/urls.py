"""Direcciones públicas de las actas."""

from django.urls import path

from votaciones.actas.views import equipo
from votaciones.actas.views import publicas as views

app_name = "actas"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("comprobar/", views.comprobar, name="comprobar"),
    path("nueva/", views.nueva, name="nueva"),
    path("equipo/pase/", equipo.pase, name="pase"),
    path("equipo/trabajador.js", equipo.trabajador, name="trabajador"),
    path("equipo/<slug:proceso>/<slug:de>/", equipo.equipo, name="equipo"),
    path("equipo/<slug:proceso>/<slug:de>/hojas.pdf", equipo.hojas, name="hojas"),
    path("<slug:numero>/", views.acta, name="acta"),
    path("<slug:numero>/acta.json", views.en_json, name="json"),
    path("<slug:numero>/acta.pdf", views.en_pdf, name="pdf"),
    path("<slug:numero>/corregir/", views.corregir, name="corregir"),
    path("<slug:numero>/enmendar/", views.enmendar, name="enmendar"),
    path("<slug:numero>/firmado/", views.subir_firmado, name="firmado"),
    path("<slug:numero>/hojas/", views.agregar_hoja, name="agregar_hoja"),
    path("<slug:numero>/hojas/<int:pk>/", views.hoja, name="hoja"),
    path("<slug:numero>/hojas/<int:pk>/quitar/", views.quitar_hoja, name="quitar_hoja"),
    path("<slug:numero>/observar/", views.observar, name="observar"),
    path("<slug:numero>/elegir/<int:pk>/", views.elegir, name="elegir"),
    path("<slug:numero>/pasar/<slug:hacia>/", views.mover, name="mover"),
]
