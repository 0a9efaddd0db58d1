from django.urls import path

from mapas.demandas import views

app_name = "demandas"
urlpatterns = [
    path("", views.demandas, name="demandas"),
    path("distritos.csv", views.distritos_csv, name="distritos_csv"),
    path("distritos.geojson", views.distritos_geojson, name="distritos_geojson"),
    path("otbs.csv", views.otbs_csv, name="otbs_csv"),
    path("otbs.geojson", views.otbs_geojson, name="otbs_geojson"),
]
