from django.urls import path

from civic.cuentas import views_organizaciones as views

app_name = "organizaciones"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("registrar/", views.registrar, name="registrar"),
    path("actas/<int:pk>/escaneo/", views.escaneo, name="escaneo"),
    path("<slug:slug>.json", views.organizacion_json, name="json"),
    path("<slug:slug>/", views.organizacion, name="organizacion"),
    path("<slug:slug>/solicitud/", views.solicitud, name="solicitud"),
    path("<slug:slug>/contacto/", views.contacto, name="contacto"),
    path("<slug:slug>/padron/", views.padron, name="padron"),
    path("<slug:slug>/acta/", views.acta, name="acta"),
    path("<slug:slug>/observar/", views.observar, name="observar"),
    path("<slug:slug>/renunciar/", views.renunciar, name="renunciar"),
]
