from django.urls import path

from votaciones import views

app_name = "votaciones"
urlpatterns = [
    path("", views.lista, name="lista"),
    path("<slug:slug>/", views.votacion, name="votacion"),
    path("<slug:slug>/libro.json", views.libro, name="libro"),
    path("<slug:slug>/comprobar/", views.comprobar, name="comprobar"),
    path("<slug:slug>/resultado/", views.resultado, name="resultado"),
    path("<slug:slug>/resultado.json", views.resultado_json, name="resultado_json"),
    path("<slug:slug>/resultado/mapa.json", views.resultado_mapa, name="resultado_mapa"),
    path("<slug:slug>/resultado/recuento.zip", views.resultado_recuento, name="resultado_recuento"),
    path("<slug:slug>/resultado/distrito-<int:numero>/", views.resultado_distrito, name="resultado_distrito"),
    path("<slug:slug>/resultado/distrito-<int:numero>.pb", views.resultado_pb, name="resultado_pb"),
    path("<slug:slug>/distrito-<int:numero>/", views.papeleta, name="papeleta"),
    path("<slug:slug>/distrito-<int:numero>/cambiar/", views.cambiar, name="cambiar"),
    path("<slug:slug>/distrito-<int:numero>/revisar/", views.revisar, name="revisar"),
    path("<slug:slug>/distrito-<int:numero>/emitir/", views.emitir, name="emitir"),
    path("<slug:slug>/distrito-<int:numero>/recibo/", views.recibo, name="recibo"),
]
