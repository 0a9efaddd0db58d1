from django.urls import path

from civic.comun import views

app_name = "comun"
urlpatterns = [
    path("salud/", views.salud, name="salud"),
    path("bitacora/", views.bitacora, name="bitacora"),
    path("bitacora/cabeza.json", views.cabeza_de_la_bitacora, name="cabeza"),
    path("bitacora/cadena.jsonl", views.cadena, name="cadena"),
    path("bitacora/<int:numero>/", views.suceso, name="suceso"),
    path("retomar/", views.retomar, name="retomar"),
    path("parecidas/", views.parecidos, name="parecidos"),
    path("fotos/<str:token>/<int:ancho>.webp", views.foto, name="foto"),
    path("fotos/<str:token>/<int:ancho>.jpg", views.foto, {"formato": "jpg"}, name="foto_jpeg"),
]
