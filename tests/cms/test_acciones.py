"""Sembrar el portal y publicar en él."""

import datetime
import io

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.debate.models import Hilo
from cms.acciones import publicar_campana, publicar_noticia, publicar_proceso, sembrar_portal
from cms.contenido_inicial import AYUDAS
from cms.models import Campana, Noticia, PaginaContenido, PaginaInicio, PaginaProceso

HOY = datetime.date(2026, 11, 21)


def test_sembrar_en_base_nueva_reemplaza_la_bienvenida_y_crea_todo(db):
    assert Page.objects.filter(depth=2).values_list("slug", flat=True).get() == "home"

    inicio = sembrar_portal()

    assert list(Page.objects.filter(depth=2).values_list("slug", flat=True)) == ["inicio"]
    sitio = Site.objects.get()
    assert (sitio.root_page_id, sitio.site_name, sitio.is_default_site) == (inicio.pk, "Ayni", True)
    indices = inicio.get_children().live().values_list("slug", flat=True)
    assert list(indices) == ["procesos", "noticias", "campanas", "ayuda"]
    ayudas = PaginaContenido.objects.filter(depth=4).values_list("slug", flat=True)
    assert sorted(ayudas) == sorted(AYUDAS)
    assert Page.find_problems() == ([], [], [], [], [])


def test_sembrar_dos_veces_no_repite_ni_pisa_lo_editado(portal):
    privacidad = PaginaContenido.objects.get(slug="privacidad")
    privacidad.title = "Tus datos"
    privacidad.save_revision().publish()
    antes = Page.objects.count()

    call_command("sembrar_portal", verbosity=0, stdout=io.StringIO())

    assert Page.objects.count() == antes
    assert PaginaContenido.objects.get(slug="privacidad").title == "Tus datos"


def test_sembrar_no_borra_una_pagina_de_la_gente_que_se_llama_home(db):
    raiz = Page.get_first_root_node()
    bienvenida = Page.objects.get(slug="home")
    bienvenida.add_child(instance=PaginaContenido(title="Algo nuestro", slug="algo"))

    sembrar_portal()

    assert sorted(Page.objects.child_of(raiz).values_list("slug", flat=True)) == ["home", "inicio"]


def test_publicar_proceso_sin_portal_lo_siembra(recepcion):
    recepcion.publicado = False
    recepcion.save()

    pagina = publicar_proceso(recepcion, cuerpo="<p>Qué se decide.</p>")

    recepcion.refresh_from_db()
    assert recepcion.publicado is True
    assert pagina.url == "/procesos/poa-2027/"
    assert PaginaInicio.objects.count() == 1
    assert [(bloque.block_type, str(bloque.value)) for bloque in pagina.cuerpo] == [
        ("parrafo", "<p>Qué se decide.</p>")
    ]
    assert pagina.hilo is None
    assert Suceso.objects.de(recepcion).values_list("verbo", flat=True).get() == "publicar"


def test_publicar_proceso_dos_veces_no_crea_otra_pagina_ni_otro_hilo(consulta):
    otra_vez = publicar_proceso(consulta.proceso, titulo="Otro título")

    assert otra_vez.pk == consulta.pk
    assert otra_vez.title == consulta.title
    assert PaginaProceso.objects.count() == 1
    assert Hilo.objects.count() == 1


def test_publicar_consulta_abre_su_debate_con_sus_articulos(consulta):
    assert (consulta.hilo.url, consulta.hilo.proceso) == ("/procesos/reglamento/", consulta.proceso)
    assert [bloque.value["numero"] for bloque in consulta.articulos] == ["4", "9"]


def test_publicar_una_version_anterior_de_la_consulta_no_suelta_su_debate(consulta):
    hilo = consulta.hilo_id
    anterior = consulta.revisions.earliest("created_at")
    assert anterior.content["hilo"] is None

    anterior.publish()

    assert PaginaProceso.objects.get(pk=consulta.pk).hilo_id == hilo


def test_publicar_presupuesto_con_articulos_no_se_puede(portal, recepcion):
    with pytest.raises(ReglaIncumplida, match="Solo una consulta lleva artículos"):
        publicar_proceso(recepcion, articulos=[{"numero": "1", "titulo": "A", "texto": "<p>B</p>"}])
    assert PaginaProceso.objects.count() == 0


def test_publicar_noticias_con_el_mismo_titulo_les_da_direcciones_distintas(portal):
    noticias = [publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.", fecha=HOY) for _ in range(3)]

    assert [noticia.slug for noticia in noticias] == ["ya-se-vota", "ya-se-vota-2", "ya-se-vota-3"]
    assert Noticia.objects.live().count() == 3
    assert noticias[0].fecha == HOY


def test_publicar_campana_guarda_piezas_y_resultados(portal):
    campana = publicar_campana(
        titulo="Tu OTB decide",
        objetivo="Que cada organización conozca su techo.",
        inicio=HOY,
        fin=HOY + datetime.timedelta(days=5),
        publico=["directivas", "jóvenes"],
        canales="radio",
        piezas=[{"tipo": "cuna_radial", "segundos": 30, "texto": "Vecina, vecino."}],
        indicadores={"mensajes": 6400},
    )

    assert campana.url == "/campanas/tu-otb-decide/"
    assert campana.lista_de_publico == ["directivas", "jóvenes"]
    assert [dict(bloque.value) for bloque in campana.piezas] == [
        {"tipo": "cuna_radial", "segundos": 30, "texto": "Vecina, vecino."}
    ]
    assert [dict(bloque.value) for bloque in campana.indicadores] == [{"valor": "6400", "nombre": "mensajes"}]


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"fin": HOY - datetime.timedelta(days=1)}, "terminar después de empezar"),
        ({"piezas": [{"tipo": "cometa", "texto": "x"}]}, "No hay piezas de tipo «cometa»"),
    ],
)
def test_publicar_campana_mal_armada_no_deja_nada(portal, cambios, frase):
    datos = {"titulo": "Campaña", "objetivo": "Algo.", "inicio": HOY, "fin": HOY} | cambios
    with pytest.raises(ReglaIncumplida, match=frase):
        publicar_campana(**datos)
    assert Campana.objects.count() == 0
