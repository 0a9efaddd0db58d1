"""Direcciones del debate, bajo /debate/."""

from django.urls import path

from civic.debate import views

app_name = "debate"
urlpatterns = [
    path("<int:hilo_pk>/", views.hilo, name="hilo"),
    path("<int:hilo_pk>/comentar/", views.comentar, name="comentar"),
    path("<int:hilo_pk>/desde/<int:cambio>/", views.desde, name="desde"),
    path("comentario/<int:pk>/retirar/", views.retirar, name="retirar"),
]
