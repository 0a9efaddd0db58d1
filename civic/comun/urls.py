from django.urls import path

from civic.comun import views

app_name = "comun"
urlpatterns = [
    path("salud/", views.salud, name="salud"),
    path("fotos/<str:token>/<int:ancho>.webp", views.foto, name="foto"),
]
