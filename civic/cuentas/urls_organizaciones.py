from django.urls import path

from civic.cuentas import views_organizaciones as views

app_name = "organizaciones"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("<slug:slug>/", views.organizacion, name="organizacion"),
]
