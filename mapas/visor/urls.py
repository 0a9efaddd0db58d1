from django.urls import path

from mapas.visor import views

app_name = "visor"
urlpatterns = [
    path("", views.mapa, name="mapa"),
    path("capas/<slug:codigo>.geojson", views.capa, name="capa"),
]
