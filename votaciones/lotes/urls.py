"""Direcciones de los lotes de una votación; van debajo de la suya."""

from django.urls import path

from votaciones.lotes import views

app_name = "lotes"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("<int:pk>/", views.lote, name="lote"),
    path("<int:pk>/marcar/", views.marcar, name="marcar"),
    path("<int:pk>/juntar/", views.juntar, name="juntar"),
    path("<int:pk>/cargar/", views.cargar, name="cargar"),
    path("<int:pk>/depositar/", views.depositar, name="depositar"),
    path("<int:pk>/anular/", views.anular, name="anular"),
    path("<int:pk>/foto/", views.foto, name="foto"),
]
