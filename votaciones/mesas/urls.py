"""Direcciones de las mesas y de quien vota con un código; van debajo de la de su votación."""

from django.urls import path

from votaciones.mesas import views, views_codigo, views_kiosco, views_paquetes

app_name = "mesas"
urlpatterns = [
    path("mesa/", views.mesa, name="mesa"),
    path("mesa/inscribir/", views.inscribir, name="inscribir"),
    path("mesa/inscribir/quitar/", views.quitar, name="quitar"),
    path("mesa/entregar/", views.entregar, name="entregar"),
    path("mesa/entregar/anotar/", views.entregado, name="entregado"),
    path("mesa/paquetes/", views_paquetes.paquetes, name="paquetes"),
    path("mesa/paquetes/<int:pk>/", views_paquetes.paquete, name="paquete"),
    path("mesa/paquetes/<int:pk>/imprimir/", views_paquetes.imprimir, name="imprimir"),
    path("mesa/paquetes/<int:pk>/llevar/", views_paquetes.llevar, name="llevar"),
    path("mesa/paquetes/<int:pk>/cerrar/", views_paquetes.cerrar, name="cerrar"),
    path("mesa/aparato/", views_kiosco.aparato, name="aparato"),
    path("mesa/turno/", views_kiosco.turno, name="turno"),
    path("mesa/turno/revisar/", views_kiosco.revisar, name="turno_revisar"),
    path("mesa/turno/emitir/", views_kiosco.emitir, name="turno_emitir"),
    path("mesa/turno/recibo/", views_kiosco.recibo, name="turno_recibo"),
    path("mesa/turno/terminar/", views_kiosco.terminar, name="turno_terminar"),
    path("mesa/turno/devolver/", views_kiosco.devolver, name="devolver"),
    path("codigo/", views_codigo.codigo, name="codigo"),
    path("codigo/revisar/", views_codigo.revisar, name="codigo_revisar"),
    path("codigo/emitir/", views_codigo.emitir, name="codigo_emitir"),
    path("codigo/recibo/", views_codigo.recibo, name="codigo_recibo"),
    path("codigo/terminar/", views_codigo.terminar, name="codigo_terminar"),
]
