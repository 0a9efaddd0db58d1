from django.urls import path

from propuestas.views import borradores, publicas

app_name = "propuestas"
urlpatterns = [
    path("", publicas.lista, name="lista"),
    path("nueva/", borradores.nueva, name="nueva"),
    path("borradores/", borradores.borradores, name="borradores"),
    path("borradores/<int:pk>/", borradores.borrador, name="borrador"),
    path("borradores/<int:pk>/presentar/", borradores.presentar, name="presentar"),
    path("borradores/<int:pk>/revisar/", borradores.revisar, name="revisar"),
    path("borradores/<int:pk>/<slug:paso>/", borradores.paso, name="paso"),
    path("<int:pk>/", publicas.propuesta, name="propuesta"),
    path("<int:pk>/apoyar/", publicas.apoyar, name="apoyar"),
    path("<int:pk>/retirar-apoyo/", publicas.retirar_apoyo, name="retirar_apoyo"),
    path("<int:pk>/<slug:paso>/", publicas.paso_de_autor, name="paso_de_autor"),
]
