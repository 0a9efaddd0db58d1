from django.urls import path, re_path

from cms import views

app_name = "cms"
urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("transparencia/roles/", views.quien_puede_que, name="roles"),
    path("imagenes/<int:pk>-<slug:huella>/<int:ancho>.webp", views.imagen, name="imagen"),
    re_path(r"^archivos/(?P<carpeta>images|original_images)/(?P<nombre>[^/]+)$", views.archivo, name="archivo"),
    # Los techos de un proceso: la explicación, y los datos para rehacer la cuenta.
    path("procesos/<slug:slug>/techos/", views.techos, name="techos"),
    path("procesos/<slug:slug>/techos.csv", views.techos_csv, name="techos_csv"),
    path("procesos/<slug:slug>/techos.json", views.techos_json, name="techos_json"),
    # Wagtail trae sus propias puertas de entrada, sin límite de intentos: llevan a la nuestra.
    path("admin/login/", views.a_ingresar, name="ingresar_trastienda"),
    path("_util/login/", views.a_ingresar, name="ingresar_pagina"),
]
