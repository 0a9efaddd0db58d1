"""Lo que cambia en el portal público queda en la bitácora, se haga desde donde se haga."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from civic.comun.models import Suceso
from civic.comun.verificacion import verificar_cadena
from cms.acciones import publicar_noticia
from cms.models import IndiceNoticias, Noticia, PaginaContenido
from tests.cms.test_trastienda import DATOS_DE_EDICION, trastienda  # noqa: F401 -- pieza compartida


@pytest.fixture
def noticia(portal):
    return publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.")


@pytest.fixture
def elena(entrar, trastienda):  # noqa: F811
    return entrar(trastienda.elena)


def lineas(pagina_pk, **filtro):
    return list(
        Suceso.objects.filter(objeto_tipo="wagtailcore.page", objeto_id=pagina_pk, **filtro)
        .order_by("numero")
        .values_list("verbo", "texto", "calidad", "publico")
    )


def test_publicar_por_programa_lo_anota(noticia):
    assert lineas(noticia.pk) == [("publicar_pagina", "Se publicó la página «Ya se vota».", "", True)]
    despues = Suceso.objects.get(objeto_id=noticia.pk, objeto_tipo="wagtailcore.page").despues
    assert (despues["titulo"], despues["revision"]) == ("Ya se vota", noticia.live_revision_id)
    assert len(despues["contenido"]) == 64


def test_sembrar_el_portal_deja_sus_paginas_anotadas_y_una_cadena_entera(portal):
    assert Suceso.objects.filter(verbo="publicar_pagina").count() == Page.objects.filter(depth__gt=1, live=True).count()
    assert verificar_cadena().integra


def test_publicar_un_cambio_dice_quien_y_que_habia_antes(elena, noticia, gente):
    datos = DATOS_DE_EDICION | {
        "title": "Ya no se vota", "slug": noticia.slug, "fecha": "2027-01-02", "resumen": "Terminó.", "imagen": "",
        "cuerpo-count": "0",
    }  # fmt: skip
    respuesta = elena.post(reverse("wagtailadmin_pages:edit", args=[noticia.pk]), datos)
    assert respuesta.status_code == 302, respuesta.content[:500]
    ultimo = Suceso.objects.order_by("numero").last()
    assert (ultimo.verbo, ultimo.actor, ultimo.calidad) == ("publicar_pagina", gente.elena, "Municipio · Comunicación")
    assert (ultimo.antes["titulo"], ultimo.despues["titulo"]) == ("Ya se vota", "Ya no se vota")
    assert ultimo.antes["contenido"] != ultimo.despues["contenido"]


def test_guardar_un_borrador_no_cambia_nada_publico(elena, noticia):
    datos = DATOS_DE_EDICION | {
        "title": "Otra", "slug": noticia.slug, "fecha": "2027-01-02", "resumen": "R.", "imagen": "",
        "cuerpo-count": "0",
    }  # fmt: skip
    datos.pop("action-publish")
    elena.post(reverse("wagtailadmin_pages:edit", args=[noticia.pk]), datos)
    assert len(lineas(noticia.pk)) == 1


def test_retirar_y_borrar_quedan_anotados(elena, noticia):
    elena.post(reverse("wagtailadmin_pages:unpublish", args=[noticia.pk]))
    assert [verbo for verbo, *_ in lineas(noticia.pk)] == ["publicar_pagina", "retirar_pagina"]
    otra = publicar_noticia(titulo="Breve", resumen="R.")
    elena.post(reverse("wagtailadmin_pages:delete", args=[otra.pk]))
    assert not Noticia.objects.filter(pk=otra.pk).exists()
    esperada = ("borrar_pagina", "Se borró la página «Breve».", "Municipio · Comunicación", True)
    assert lineas(otra.pk)[-1] == esperada


def test_borrar_una_pagina_con_otras_debajo_anota_cada_una(admin_client, noticia):
    indice = IndiceNoticias.objects.get()
    admin_client.post(reverse("wagtailadmin_pages:delete", args=[indice.pk]))
    assert [lineas(pagina.pk)[-1][0] for pagina in (indice, noticia)] == ["borrar_pagina"] * 2


def test_mudar_dice_las_dos_direcciones(elena, portal):
    ayuda = PaginaContenido.objects.get(slug="ayuda")
    pagina = PaginaContenido.objects.child_of(ayuda).first()
    destino = PaginaContenido.objects.child_of(ayuda).exclude(pk=pagina.pk).first()
    elena.post(reverse("wagtailadmin_pages:move_confirm", args=[pagina.pk, destino.pk]))
    ultimo = Suceso.objects.filter(objeto_id=pagina.pk, objeto_tipo="wagtailcore.page").order_by("numero").last()
    assert (ultimo.verbo, list(ultimo.antes)) == ("mudar_pagina", ["url"])
    assert ultimo.despues["url"] == f"{destino.url_path}{pagina.slug}/"


@pytest.mark.parametrize(("accion", "verbo"), [("unpublish", "retirar_pagina"), ("delete", "borrar_pagina")])
def test_en_bloque_tambien(elena, noticia, accion, verbo):
    otra = publicar_noticia(titulo="Breve", resumen="R.")
    ruta = reverse("wagtail_bulk_action", args=["wagtailcore", "page", accion])
    respuesta = elena.post(f"{ruta}?id={noticia.pk}&id={otra.pk}&next=/admin/", {"include_descendants": ""})
    assert respuesta.status_code == 302
    assert [lineas(pagina.pk)[-1][0] for pagina in (noticia, otra)] == [verbo, verbo]


def test_publicar_en_bloque_anota_solo_lo_que_cambio(elena, noticia):
    indice = IndiceNoticias.objects.get()
    borrador = Noticia(title="Borrador", slug="borrador", resumen="R.", live=False)
    indice.add_child(instance=borrador)
    borrador.save_revision()
    ruta = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    elena.post(f"{ruta}?id={borrador.pk}&next=/admin/", {})
    assert [verbo for verbo, *_ in lineas(borrador.pk)] == ["publicar_pagina"]
    assert len(lineas(noticia.pk)) == 1


def test_copiar_publicado_lo_anota(elena, noticia):
    indice = IndiceNoticias.objects.get()
    datos = {
        "new_title": "Copia", "new_slug": "copia", "new_parent_page": indice.pk, "publish_copies": "on",
        "copy_subpages": "", "alias": "",
    }  # fmt: skip
    respuesta = elena.post(reverse("wagtailadmin_pages:copy", args=[noticia.pk]), datos)
    assert respuesta.status_code == 302
    copia = Noticia.objects.get(slug="copia")
    assert [verbo for verbo, *_ in lineas(copia.pk)] == (["publicar_pagina"] if copia.live else [])
    assert copia.live
