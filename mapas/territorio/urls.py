from django.urls import path

from mapas.territorio import views

app_name = "territorio"
urlpatterns = [
    path("ubicar/", views.ubicar_punto, name="ubicar"),
    path("distritos.geojson", views.distritos_geojson, name="distritos_geojson"),
    path("otbs.geojson", views.otbs_geojson, name="otbs_geojson"),
]
