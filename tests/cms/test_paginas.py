"""Procesos, noticias, campañas y ayuda, como las ve cualquiera."""

import datetime
import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images import get_image_model

from civic.debate.acciones import comentar
from civic.procesos.models import Fase, Proceso
from cms.acciones import publicar_campana, publicar_noticia, publicar_proceso
from cms.consultas.procesos import procesos_por_situacion, techos_de
from cms.models import Noticia
from tests import elenco
from tests.cms.conftest import proponer
from tests.cms.dibujo import jpeg_con_lugar
from votaciones.models import Participacion

HOY = datetime.date(2026, 11, 21)


def _texto(respuesta):
    return re.sub(r"\s+", " ", respuesta.content.decode())


def test_proceso_que_recibe_ofrece_proponer_y_dice_que_sigue(client, proceso_recibiendo):
    texto = _texto(client.get("/procesos/poa-2027/"))

    assert "Presentar una propuesta" in texto
    assert "Después: <strong>Viabilidad</strong>" in texto
    assert texto.count('class="boton"') == 1
    assert "Votar</a>" not in texto.split("<main", 1)[1]


def test_proceso_que_vota_ofrece_votar_y_no_proponer(client, votacion):
    texto = _texto(client.get("/procesos/poa-votando/"))

    assert f'href="{votacion.get_absolute_url()}"' in texto
    assert "Presentar una propuesta" not in texto


def test_proceso_a_quien_ya_voto_se_lo_dice_sin_boton(entrar, votacion, gente):
    Participacion.objects.create(contienda=votacion.contiendas.first(), usuario=gente.ana)

    texto = _texto(entrar(gente.ana).get("/procesos/poa-votando/"))

    assert "Ya votaste" in texto
    assert texto.count('class="boton"') == 0


def test_proceso_en_fase_sin_acciones_dice_la_fase_y_no_muestra_boton(client, portal, pueblo):
    publicar_proceso(elenco.crear_proceso(pueblo, "evaluacion", "votacion"))

    texto = _texto(client.get("/procesos/poa-2027/"))

    assert "Ahora: <strong>Viabilidad</strong>" in texto
    assert 'class="boton"' not in texto


def test_proceso_terminado_lo_dice(client, proceso_recibiendo):
    pasado = timezone.now() - datetime.timedelta(days=60)
    Fase.objects.update(inicio=pasado, fin=pasado + datetime.timedelta(days=1))

    assert "El proceso terminó el" in _texto(client.get("/procesos/poa-2027/"))


def test_proceso_no_publicado_no_existe_para_nadie(client, proceso_recibiendo):
    Proceso.objects.update(publicado=False)

    assert client.get("/procesos/poa-2027/").status_code == 404


def test_proceso_que_no_existe_es_404(client, portal):
    assert client.get("/procesos/no-hay/").status_code == 404


def test_proceso_por_post_no_esta_permitido(client, proceso_recibiendo):
    assert client.post("/procesos/poa-2027/").status_code == 405


def test_proceso_muestra_techos_con_lo_pedido_en_cada_distrito(client, proceso_recibiendo, pueblo, gente):
    proponer(proceso_recibiendo, pueblo, gente.ana, "P-1", monto_solicitado=400000)
    proponer(proceso_recibiendo, pueblo, gente.ana, "P-2", estado="borrador")

    filas = techos_de(proceso_recibiendo)

    assert [(str(fila.distrito), fila.propuestas, fila.pedido) for fila in filas] == [
        ("Distrito 1", 1, 400000),
        ("Distrito 2", 0, 0),
    ]
    texto = _texto(client.get("/procesos/poa-2027/"))
    assert "Bs 400.000 · 133 %" in texto
    assert 'class="barra pasa"' in texto


@pytest.mark.parametrize("cuantas", [1, 15])
def test_proceso_hace_las_mismas_consultas_con_una_o_quince_propuestas(client, votacion, pueblo, gente, cuantas):
    for numero in range(cuantas):
        proponer(votacion.proceso, pueblo, gente.ana, f"P-{numero}")
    client.get("/procesos/poa-votando/")
    with CaptureQueriesContext(connection) as consultas:
        assert client.get("/procesos/poa-votando/").status_code == 200
    assert len(consultas) == CONSULTAS_DE_UN_PROCESO


CONSULTAS_DE_UN_PROCESO = 17


def test_consulta_muestra_articulos_y_su_conversacion(client, consulta, gente):
    comentar(consulta.hilo, autor=gente.ana, texto="Que salga también por radio.")

    texto = _texto(client.get("/procesos/reglamento/"))

    assert 'id="articulo-4"' in texto
    assert "Que salga también por radio." in texto
    assert 'href="#conversacion"' in texto


def test_lista_de_procesos_los_separa_por_situacion(client, proceso_recibiendo, pueblo):
    pasado = timezone.now() - datetime.timedelta(days=60)
    viejo = elenco.crear_proceso(pueblo, "votacion", slug="poa-2026")
    Fase.objects.filter(proceso=viejo).update(inicio=pasado, fin=pasado + datetime.timedelta(days=1))
    publicar_proceso(viejo)
    elenco.crear_proceso(pueblo, "votacion", slug="sin-pagina")

    grupos = procesos_por_situacion()

    assert {nombre: [fila.proceso.slug for fila in filas] for nombre, filas in grupos.items()} == {
        "ahora": ["poa-2027"],
        "futuro": [],
        "hecho": ["poa-2026"],
    }
    texto = _texto(client.get("/procesos/"))
    assert "Abiertos ahora" in texto
    assert "Terminados" in texto
    assert "Por empezar" not in texto


def test_lista_de_procesos_vacia_lo_explica(client, portal):
    assert "Todavía no hay procesos" in _texto(client.get("/procesos/"))


def test_noticia_publicada_se_lee_con_su_imagen_en_webp(client, portal):
    imagen = get_image_model()(title="Cerro", description="Un cerro verde")
    imagen.file = ContentFile(jpeg_con_lugar(), name="cerro.jpg")
    imagen._set_image_file_metadata()
    imagen.save()
    publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.", cuerpo="<p>Van mil.</p>", imagen=imagen)

    texto = _texto(client.get("/noticias/ya-se-vota/"))

    assert "<p>Van mil.</p>" in texto
    assert f'src="/imagenes/{imagen.pk}-{imagen.file_hash[:12]}/640.webp"' in texto
    assert "cerro.jpg" not in texto


def test_noticia_en_borrador_no_existe_para_el_publico(client, portal):
    noticia = publicar_noticia(titulo="Ya se vota", resumen="Hasta el domingo.")
    noticia.unpublish()

    assert client.get("/noticias/ya-se-vota/").status_code == 404
    assert "Ya se vota" not in _texto(client.get("/noticias/"))


@pytest.mark.parametrize("cuantas", [1, 12])
def test_lista_de_noticias_hace_las_mismas_consultas_con_una_o_doce(client, portal, cuantas):
    for numero in range(cuantas):
        publicar_noticia(titulo=f"Noticia {numero}", resumen="Algo.")
    client.get("/noticias/")
    with CaptureQueriesContext(connection) as consultas:
        assert client.get("/noticias/").status_code == 200
    assert len(consultas) <= 12
    assert len(consultas) == CONSULTAS_DE_NOTICIAS


CONSULTAS_DE_NOTICIAS = 8


def test_lista_de_noticias_en_paginas_muestra_las_mas_nuevas_primero(client, portal):
    for numero in range(13):
        publicar_noticia(titulo=f"Noticia {numero}", resumen="Algo.", fecha=HOY + datetime.timedelta(days=numero))

    primera, segunda = _texto(client.get("/noticias/")), _texto(client.get("/noticias/?pagina=2"))

    assert primera.count("<article") == 12
    assert "Noticia 12</a>" in primera
    assert segunda.count("<article") == 1
    assert "Noticia 0</a>" in segunda
    assert Noticia.objects.count() == 13


def test_campana_muestra_piezas_con_enlace_para_compartir_sin_pedir_nada_a_otro_sitio(client, portal):
    publicar_campana(
        titulo="Tu OTB decide",
        objetivo="Que cada organización conozca su techo.",
        inicio=HOY,
        fin=HOY,
        piezas=[{"tipo": "whatsapp", "texto": "Asamblea & voto"}],
    )

    texto = _texto(client.get("/campanas/tu-otb-decide/"))

    assert 'href="https://wa.me/?text=Asamblea+%26+voto"' in texto
    assert not re.search(r'(src|action)="https?://', texto)
    assert "Tu OTB decide" in _texto(client.get("/campanas/"))


@pytest.mark.parametrize(
    "ruta",
    [
        "/ayuda/",
        "/ayuda/como-participar/",
        "/ayuda/que-se-puede-pedir/",
        "/ayuda/como-se-cuentan-los-votos/",
        "/ayuda/privacidad/",
        "/ayuda/accesibilidad/",
        "/ayuda/contacto/",
    ],
)
def test_ayuda_tiene_un_titulo_y_ningun_signo_de_admiracion(client, portal, ruta):
    respuesta = client.get(ruta)

    texto = _texto(respuesta)
    assert respuesta.status_code == 200
    assert texto.count("<h1") == 1
    assert not re.search(r"[¡!](?!DOCTYPE|doctype|--)", re.sub(r"<[^>]*>", "", texto))
