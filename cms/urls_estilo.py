from django.urls import path

from cms import views

app_name = "estilo"
urlpatterns = [path("", views.estilo, name="estilo")]
