"""La trastienda: quién entra, qué ve y qué espera por cada quien."""

import datetime
import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model

from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import AsignacionRol
from civic.cuentas.roles import Rol
from civic.procesos.models import Proceso
from cms.acciones import publicar_noticia
from cms.blocks import Cuerpo, Secciones
from cms.consultas.pendientes import lo_que_espera
from cms.models import IndiceProcesos, Noticia, PaginaInicio, PaginaProceso
from mapas.reportes.models import Reporte
from tests import elenco
from tests.cms.conftest import abrir, proponer
from tests.cms.dibujo import jpeg_con_lugar

# Lo que el editor de Wagtail siempre envía.
DATOS_DE_EDICION = {
    "seo_title": "",
    "search_description": "",
    "go_live_at": "",
    "expire_at": "",
    "comments-TOTAL_FORMS": "0",
    "comments-INITIAL_FORMS": "0",
    "comments-MIN_NUM_FORMS": "0",
    "comments-MAX_NUM_FORMS": "",
    "action-publish": "1",
}


@pytest.fixture
def trastienda(portal, gente):
    """El elenco con sus permisos de verdad."""
    preparar_roles()
    for asignacion in AsignacionRol.objects.select_related("usuario"):
        usuario, rol = asignacion.usuario, asignacion.rol
        asignacion.delete()
        asignar_rol(usuario, rol=rol)
    return gente


def test_trastienda_para_vecina_lleva_a_ingresar(entrar, trastienda):
    respuesta = entrar(trastienda.ana).get("/admin/")

    assert respuesta.status_code == 302
    assert "/cuentas/ingresar/" in respuesta["Location"]


def test_trastienda_sin_cuenta_lleva_a_ingresar(client, portal):
    assert client.get("/admin/")["Location"].startswith("/cuentas/ingresar/")


def test_trastienda_de_comunicacion_muestra_su_nombre_y_su_menu(entrar, trastienda):
    respuesta = entrar(trastienda.elena).get("/admin/")

    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert "Trastienda de Ayni" in texto
    assert "Qué espera por mí" in texto
    menu = texto.split('id="wagtail-sidebar-props"', 1)[1].split("</script>", 1)[0]
    assert "Inicio y p" in json.dumps(menu) or "Inicio y p" in menu
    assert "wagtail.org" not in menu


def test_comunicacion_edita_una_noticia_y_el_inicio(entrar, trastienda):
    noticia = publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.")
    inicio = PaginaInicio.objects.get()
    elena = entrar(trastienda.elena)

    for pagina in (noticia, inicio):
        assert elena.get(reverse("wagtailadmin_pages:edit", args=[pagina.pk])).status_code == 200

    datos = DATOS_DE_EDICION | {
        "title": "Ya se vota en línea",
        "slug": "ya-se-vota",
        "fecha": "2026-11-21",
        "imagen": "",
        "resumen": "Hasta el lunes.",
        "cuerpo-count": "0",
    }
    respuesta = elena.post(reverse("wagtailadmin_pages:edit", args=[noticia.pk]), datos)

    assert respuesta.status_code == 302
    noticia = Noticia.objects.get(pk=noticia.pk)
    assert (noticia.title, noticia.resumen, noticia.live) == ("Ya se vota en línea", "Hasta el lunes.", True)


def test_evaluadora_no_edita_las_paginas_del_portal(entrar, trastienda):
    noticia = publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.")

    respuesta = entrar(trastienda.carla).get(reverse("wagtailadmin_pages:edit", args=[noticia.pk]))

    assert respuesta.status_code in (302, 403)
    assert respuesta.get("Location", "/admin/") == "/admin/"


def test_publicar_a_mano_la_pagina_de_una_consulta_abre_su_debate(admin_client, portal, pueblo):
    proceso = elenco.crear_proceso(pueblo, "comentarios", slug="reglamento")
    proceso.tipo = Proceso.Tipo.CONSULTA
    proceso.save()
    datos = DATOS_DE_EDICION | {
        "title": "El reglamento",
        "slug": "reglamento",
        "proceso": proceso.pk,
        "cuerpo-count": "0",
        "articulos-count": "0",
    }
    indice = IndiceProcesos.objects.get()

    respuesta = admin_client.post(reverse("wagtailadmin_pages:add", args=["cms", "paginaproceso", indice.pk]), datos)

    assert respuesta.status_code == 302
    pagina = PaginaProceso.objects.get(proceso=proceso)
    assert (pagina.live, pagina.hilo.url) == (True, "/procesos/reglamento/")


def test_noticia_no_se_puede_crear_fuera_de_su_lista(admin_client, portal):
    respuesta = admin_client.get(reverse("wagtailadmin_pages:add", args=["cms", "noticia", portal.pk]))

    assert respuesta.status_code in (302, 403)
    assert Noticia.objects.count() == 0


@pytest.mark.parametrize("bloques", [Cuerpo(), Secciones()])
def test_cada_bloque_tiene_icono_explicacion_y_muestra_que_se_dibuja(rf, portal, bloques):
    pedido = rf.get("/")
    for nombre, bloque in bloques.child_blocks.items():
        assert bloque.meta.icon != "placeholder", nombre
        assert bloque.get_description(), nombre
        muestra = bloque.get_preview_value()
        if nombre not in SIN_MUESTRA:
            assert bloque.render(muestra, context={"request": pedido}).strip(), nombre


# Piden elegir una imagen o un documento de la biblioteca; o solo se ven si hay de qué.
SIN_MUESTRA = {"imagen", "documentos", "contactos", "nuevo", "noticias", "campanas"}


@pytest.fixture
def quehacer(recepcion, votando, pueblo, gente):
    """Dos propuestas por publicar, un reporte vencido y una votación pasada de hora."""
    proponer(recepcion, pueblo, gente.ana, "P-1", estado="enviada")
    proponer(recepcion, pueblo, gente.ana, "P-2", estado="enviada")
    ayer = timezone.localdate() - datetime.timedelta(days=1)
    Reporte.objects.create(
        codigo="R-1", categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="Hueco.", estado="asignado",
        vence=ayer,
    )  # fmt: skip
    abrir(votando, pueblo, cierra=timezone.now() - datetime.timedelta(hours=1))


def test_pendientes_de_planificacion_ponen_lo_vencido_primero(trastienda, quehacer):
    pendientes = [(pendiente.cuantos, pendiente.texto, pendiente.urge) for pendiente in lo_que_espera(trastienda.hugo)]

    assert pendientes == [
        (1, "votaciones que ya deben cerrarse", True),
        (2, "propuestas enviadas, por publicar", False),
    ]


def test_pendientes_de_comunicacion_no_cuentan_lo_que_no_le_toca(trastienda, quehacer):
    assert lo_que_espera(trastienda.elena) == []


def test_pendientes_de_jefatura_cuentan_reportes_vencidos(trastienda, quehacer):
    asignar_rol(trastienda.nadia, rol=Rol.JEFATURA_UNIDAD)
    nadia = type(trastienda.nadia).objects.get(pk=trastienda.nadia.pk)

    assert (1, "reportes pasados de su plazo", True) in [
        (pendiente.cuantos, pendiente.texto, pendiente.urge) for pendiente in lo_que_espera(nadia)
    ]


def test_trastienda_habla_espanol_donde_wagtail_no(entrar, trastienda):
    texto = entrar(trastienda.elena).get("/admin/").content.decode()

    assert "Buscar en todas las páginas" in texto
    assert "Search all pages" not in texto
    assert "Pages <" not in texto


def test_miniatura_de_la_biblioteca_se_ve_en_la_trastienda(admin_client, portal):
    imagen = get_image_model()(title="Cerro")
    imagen.file = ContentFile(jpeg_con_lugar(), name="cerro.jpg")
    imagen._set_image_file_metadata()
    imagen.save()

    assert admin_client.get(reverse("wagtailimages:index")).status_code == 200
    assert admin_client.get(imagen.get_rendition("max-165x165").url).status_code == 200
