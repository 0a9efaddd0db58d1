"""Imágenes, archivos de la biblioteca, mapa del sitio y puertas de entrada."""

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from cms import views
from cms.acciones import publicar_proceso
from propuestas.reglas import FICHAS
from tests.cms.conftest import proponer
from tests.cms.dibujo import jpeg_con_lugar


@pytest.fixture
def imagen(db):
    nueva = get_image_model()(title="Cerro", description="Un cerro verde")
    nueva.file = ContentFile(jpeg_con_lugar(), name="cerro.jpg")
    nueva._set_image_file_metadata()
    nueva.save()
    return nueva


def _direccion(imagen, ancho=320, huella=None):
    return reverse("cms:imagen", args=[imagen.pk, huella or imagen.file_hash[:12], ancho])


def test_imagen_sale_en_webp_del_ancho_pedido_y_sin_metadatos(client, imagen):
    respuesta = client.get(_direccion(imagen))

    cuerpo = b"".join(respuesta.streaming_content)
    version = Image.open(io.BytesIO(cuerpo))
    assert (respuesta.status_code, respuesta["Content-Type"]) == (200, "image/webp")
    assert (version.format, version.size) == ("WEBP", (320, 240))
    assert dict(version.getexif()) == {}
    assert b"TelefonoSecreto" not in cuerpo
    assert "immutable" in respuesta["Cache-Control"]


@pytest.mark.parametrize(("ancho", "huella"), [(321, None), (320, "abcdefabcdef")])
def test_imagen_con_otro_ancho_o_huella_falsa_es_404(client, imagen, ancho, huella):
    assert client.get(_direccion(imagen, ancho, huella)).status_code == 404


def test_imagen_sin_archivo_es_404(client, imagen):
    imagen.file.storage.delete(imagen.file.name)

    assert client.get(_direccion(imagen)).status_code == 404


def test_imagen_por_post_no_esta_permitida(client, imagen):
    assert client.post(_direccion(imagen)).status_code == 405


def _formulario(contenido, nombre):
    formulario = get_image_form(get_image_model())
    datos = {"title": "Cerro", "collection": Collection.get_first_root_node().pk}
    return formulario(datos, {"file": SimpleUploadedFile(nombre, contenido, "image/jpeg")})


def test_subir_imagen_a_la_biblioteca_guarda_solo_lo_limpio(db):
    formulario = _formulario(jpeg_con_lugar(), "casa de ana.jpg")

    assert formulario.is_valid(), formulario.errors
    guardada = formulario.save()
    contenido = guardada.file.open("rb").read()
    assert Image.open(io.BytesIO(contenido)).format == "WEBP"
    assert b"TelefonoSecreto" not in contenido
    assert guardada.file.name.endswith(".webp")
    assert len(guardada.file_hash) == 40


def test_subir_imagen_que_miente_su_tipo_no_guarda_nada(db):
    png = io.BytesIO()
    Image.new("RGB", (64, 64)).save(png, "PNG")

    formulario = _formulario(png.getvalue(), "mentira.jpg")

    assert not formulario.is_valid()
    assert list(formulario.errors) == ["file"]
    assert get_image_model().objects.count() == 0


def _archivo(imagen):
    return reverse("cms:archivo", args=["original_images", imagen.file.name.rsplit("/", 1)[1]])


def test_archivo_de_la_biblioteca_sin_cuenta_lleva_a_ingresar(client, imagen):
    respuesta = client.get(_archivo(imagen))

    assert respuesta.status_code == 302
    assert respuesta["Location"].startswith("/cuentas/ingresar/")


def test_archivo_de_la_biblioteca_para_vecina_no_existe(entrar, gente, imagen):
    assert entrar(gente.ana).get(_archivo(imagen)).status_code == 404


def test_archivo_de_la_biblioteca_para_administracion_se_ve(admin_client, imagen):
    respuesta = admin_client.get(_archivo(imagen))

    assert respuesta.status_code == 200
    assert respuesta["X-Content-Type-Options"] == "nosniff"


def test_archivo_fuera_de_la_biblioteca_no_tiene_direccion(admin_client):
    assert admin_client.get("/archivos/fotos/ab/x/320.webp").status_code == 404
    assert admin_client.get("/archivos/images/..%2f..%2fayni.sqlite3").status_code == 404


def test_sitemap_lista_lo_publico_y_calla_lo_demas(client, proceso_recibiendo, pueblo, gente):
    publica = proponer(proceso_recibiendo, pueblo, gente.ana, "P-1")
    enviada = proponer(proceso_recibiendo, pueblo, gente.ana, "P-2", estado="enviada")

    respuesta = client.get("/sitemap.xml")

    texto = respuesta.content.decode()
    assert (respuesta.status_code, respuesta["Content-Type"]) == (200, "application/xml")
    assert "/procesos/poa-2027/</loc>" in texto
    assert f"{publica.get_absolute_url()}</loc>" in texto
    assert f"{enviada.get_absolute_url()}</loc>" not in texto


def test_sitemap_no_lista_procesos_sin_publicar(client, portal, recepcion):
    publicar_proceso(recepcion)
    recepcion.publicado = False
    recepcion.save()

    assert "/procesos/poa-2027/" not in client.get("/sitemap.xml").content.decode()


def test_robots_cierra_la_trastienda_y_dice_donde_esta_el_mapa(client):
    texto = client.get("/robots.txt").content.decode()

    assert "Disallow: /admin/\n" in texto
    assert "/sitemap.xml" in texto


@pytest.mark.parametrize("puerta", ["/admin/login/", "/_util/login/"])
@pytest.mark.parametrize("metodo", ["get", "post"])
def test_otras_puertas_de_entrada_llevan_a_la_unica(client, db, puerta, metodo):
    respuesta = getattr(client, metodo)(f"{puerta}?next=/admin/")

    assert respuesta.status_code == 302
    assert respuesta["Location"] == "/cuentas/ingresar/?next=%2Fadmin%2F"


def test_puerta_de_entrada_no_lleva_a_otro_sitio(client, db):
    assert client.get("/admin/login/?next=https://malo.example/")["Location"] == "/cuentas/ingresar/"


def test_pagina_de_estilo_sin_depurar_no_existe(client, portal):
    assert client.get("/estilo/").status_code == 404


def test_pagina_de_estilo_muestra_todos_los_estados_y_un_formulario_con_errores(rf):
    pedido = rf.get("/estilo/")
    pedido.user = AnonymousUser()

    texto = views.estilo(pedido).content.decode()

    for ficha in FICHAS.values():
        assert ficha.etiqueta in texto
    assert "Falta corregir 4 datos" in texto
    assert texto.count("<h1") == 1


def test_pagina_de_estilo_por_post_no_esta_permitida(rf):
    assert views.estilo(rf.post("/estilo/")).status_code == 405
