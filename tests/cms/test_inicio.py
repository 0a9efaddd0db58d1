"""La portada: qué se anuncia, a quién y cuánto cuesta servirla."""

import datetime
import gzip
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.procesos.models import Fase, Proceso
from cms.acciones import publicar_noticia, publicar_proceso
from cms.consultas.nuevo import cifras
from cms.consultas.portada import portada
from cms.models import PaginaInicio
from mapas.obras.models import Obra
from mapas.reportes.models import Reporte
from tests import elenco
from tests.cms.conftest import abrir, proponer
from votaciones.models import Participacion

ANONIMA = AnonymousUser()


def _texto(respuesta):
    return re.sub(r"\s+", " ", respuesta.content.decode())


def test_inicio_con_votacion_abierta_ofrece_votar_y_dice_hasta_cuando(client, votacion):
    respuesta = client.get("/")

    texto = _texto(respuesta)
    assert respuesta.status_code == 200
    assert "2 distritos deciden en qué se gastan Bs 600.000" in texto
    assert f'href="{votacion.get_absolute_url()}"' in texto
    assert texto.count('class="boton"') == 1
    cierre = timezone.localtime(votacion.cierra)
    assert f"{cierre.day} de" in texto


def test_inicio_de_vecina_verificada_habla_de_su_distrito(entrar, votacion, gente):
    texto = _texto(entrar(gente.ana).get("/"))

    assert "El Distrito 1 decide en qué se gastan Bs 300.000" in texto
    assert "OTB Molle" in texto


def test_inicio_de_quien_no_verifico_su_residencia_le_dice_que_falta(entrar, votacion, gente):
    texto = _texto(entrar(gente.nadia).get("/"))

    assert "falta verificar dónde vives" in texto
    assert "2 distritos deciden" in texto


def test_inicio_cuando_no_hay_nada_abierto_muestra_su_texto_en_calma(client, portal):
    texto = _texto(client.get("/"))

    assert portal.titulo_en_calma in texto
    assert texto.count('class="boton"') == 1


def test_inicio_con_seccion_cambiada_por_la_editora_la_muestra_en_su_orden(client, portal):
    portal.secciones = [
        ("texto", {"titulo": "Un aviso nuestro", "cuerpo": "<p>Sábado sin atención.</p>"}),
        ("cifras", {"titulo": "Cómo vamos hoy"}),
    ]
    portal.save_revision().publish()

    texto = _texto(client.get("/"))

    assert texto.index("Un aviso nuestro") < texto.index("Cómo vamos hoy")
    assert "Quién responde" not in texto


def test_portada_prefiere_votar_y_luego_lo_demas(votacion, proceso_recibiendo, consulta):
    hoy = portada(ANONIMA)

    assert hoy.principal.accion == "votar"
    assert [otro.accion for otro in hoy.otros] == ["proponer", "comentar"]


def test_portada_de_quien_ya_voto_pasa_a_lo_que_le_falta(votacion, proceso_recibiendo, gente):
    Participacion.objects.create(contienda=votacion.contiendas.first(), usuario=gente.ana)

    hoy = portada(gente.ana)

    assert hoy.principal.accion == "proponer"
    assert [(otro.accion, otro.ya_voto) for otro in hoy.otros] == [("votar", True)]


def test_portada_de_quien_vive_en_una_otb_sin_distrito_no_le_anuncia_la_votacion(
    votacion, proceso_recibiendo, pueblo, entrar
):
    suelta = elenco.crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Tola", clase="otb", padre=pueblo.municipio
    )
    tito = elenco.crear_persona("tito", "Tito Tola", otb=suelta)
    hoy = portada(tito)
    assert (hoy.principal.accion, hoy.distrito, hoy.otb) == ("proponer", None, suelta)
    assert "votar" not in [abierto.accion for abierto in hoy.otros]
    assert "¿Qué le hace falta a OTB Tola?" in _texto(entrar(tito).get("/"))


def test_portada_con_proceso_destacado_lo_anuncia_primero(votacion, proceso_recibiendo):
    hoy = portada(ANONIMA, destacado_id=proceso_recibiendo.pk)

    assert hoy.principal.proceso == proceso_recibiendo


def test_portada_en_fase_de_votacion_sin_votacion_abierta_no_ofrece_votar(portal, votando):
    publicar_proceso(votando)

    assert portada(ANONIMA).principal is None


def test_portada_pasada_la_hora_de_cierre_ya_no_ofrece_votar(portal, votando, pueblo):
    publicar_proceso(votando)
    abrir(votando, pueblo, cierra=timezone.now() - datetime.timedelta(minutes=1))

    assert portada(ANONIMA).principal is None


def test_portada_de_proceso_no_publicado_no_lo_anuncia(proceso_recibiendo):
    Proceso.objects.update(publicado=False)

    hoy = portada(ANONIMA)

    assert (hoy.principal, hoy.proximo) == (None, None)


def test_portada_antes_de_empezar_dice_que_viene(portal, pueblo):
    proceso = elenco.crear_proceso(pueblo, "recepcion")
    manana = timezone.now() + datetime.timedelta(days=1)
    Fase.objects.filter(proceso=proceso).update(inicio=manana, fin=manana + datetime.timedelta(days=9))
    publicar_proceso(proceso)

    hoy = portada(ANONIMA)

    assert hoy.principal is None
    assert (hoy.proximo[0], hoy.proximo[1].tipo, hoy.proximo[2]) == (proceso, "recepcion", "/procesos/poa-2027/")


def test_cifras_cuentan_lo_publico_y_no_los_borradores(votacion, pueblo, gente):
    proceso = votacion.proceso
    proponer(proceso, pueblo, gente.ana, "P-1", apoyos_contados=3)
    proponer(proceso, pueblo, gente.ana, "P-2", estado="enviada")
    Participacion.objects.create(contienda=votacion.contiendas.first(), usuario=gente.ana)
    for codigo, estado in (("R-1", "resuelto"), ("R-2", "recibido")):
        Reporte.objects.create(
            codigo=codigo, categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="Hueco.", estado=estado
        )
    for codigo, publicada in (("O-1", True), ("O-2", False)):
        Obra.objects.create(
            codigo=codigo, nombre="Obra", categoria=pueblo.agua, distrito=pueblo.distrito_1,
            estado="en_ejecucion", presupuesto=1000, publicada=publicada,
        )  # fmt: skip

    assert [(cifra.valor, cifra.nombre) for cifra in cifras()] == [
        ("1", "personas votaron"),
        ("1", "propuestas"),
        ("2", "reportes recibidos"),
        ("1", "obras en marcha"),
    ]


@pytest.mark.parametrize("cuantas", [1, 12])
def test_inicio_hace_las_mismas_consultas_con_una_o_doce_filas(client, votacion, pueblo, gente, cuantas):
    for numero in range(cuantas):
        proponer(votacion.proceso, pueblo, gente.ana, f"P-{numero}")
        publicar_noticia(titulo=f"Noticia {numero}", resumen="Algo.")
        Reporte.objects.create(
            codigo=f"R-{numero}", categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="Hueco."
        )
        Obra.objects.create(
            codigo=f"O-{numero}", nombre="Obra", categoria=pueblo.agua, distrito=pueblo.distrito_1, presupuesto=1000
        )
    client.get("/")
    with CaptureQueriesContext(connection) as consultas:
        respuesta = client.get("/")

    assert respuesta.status_code == 200
    assert len(consultas) == CONSULTAS_DEL_INICIO
    assert len(respuesta.content) <= 20_480
    assert len(gzip.compress(respuesta.content)) <= 8_192


CONSULTAS_DEL_INICIO = 14


def test_inicio_por_post_no_esta_permitido(client, portal):
    assert client.post("/").status_code == 405


def test_inicio_es_uno_solo(portal):
    assert PaginaInicio.can_create_at(portal.get_parent()) is False
