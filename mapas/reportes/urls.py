"""Direcciones públicas de los reportes."""

from django.urls import path

from mapas.reportes.views import publicas as views

app_name = "reportes"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("nuevo/", views.nuevo, name="nuevo"),
    path("<slug:codigo>/", views.reporte, name="reporte"),
    path("<slug:codigo>/tambien/", views.tambien, name="tambien"),
    path("<slug:codigo>/confirmar/", views.confirmar, name="confirmar"),
    path("<slug:codigo>/reabrir/", views.reabrir, name="reabrir"),
]
