from django.urls import path

from civic.comun import views

app_name = "estilo"
urlpatterns = [path("", views.estilo, name="estilo")]
