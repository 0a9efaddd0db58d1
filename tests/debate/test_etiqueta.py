"""{% debate hilo %} dentro de cualquier página."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.db import connection
from django.template import Context, RequestContext, Template
from django.test.utils import CaptureQueriesContext

from civic.debate import acciones
from civic.debate.models import Comentario
from tests import elenco


@pytest.fixture
def pintar(rf):
    def con(hilo, persona=None, direccion="/propuestas/7/"):
        pedido = rf.get(direccion)
        pedido.user, pedido.session = persona or AnonymousUser(), SessionStore()
        return Template("{% load debate %}{% debate hilo %}").render(RequestContext(pedido, {"hilo": hilo}))

    return con


def test_debate_sin_hilo_no_muestra_nada():
    assert Template("{% load debate %}{% debate hilo %}").render(Context({"hilo": None})).strip() == ""


def test_debate_vacio_invita_a_empezar(pintar, hilo, gente):
    html = pintar(hilo, gente.nadia)
    assert "Conversación (<span data-total>0</span>)" in html
    assert "Todavía nadie comentó. Puedes ser la primera persona." in html
    assert '<script type="module" src="/estaticos/debate/debate.js"></script>' in html


def test_debate_a_quien_no_entro_no_le_da_formularios(pintar, hilo, dicho):
    html = pintar(hilo)
    assert "entra con tu cuenta" in html
    assert "<form" not in html
    assert "csrfmiddlewaretoken" not in html


def test_debate_cerrado_dice_por_que_y_no_invita(pintar, hilo, gente, dicho):
    acciones.cerrar_hilo(hilo, actor=None, motivo="Terminó el plazo")
    hilo.refresh_from_db()
    for persona in (None, gente.ana):
        html = pintar(hilo, persona)
        assert "Esta conversación se cerró: Terminó el plazo" in html
        assert "<form" not in html
        assert "entra con tu cuenta" not in html


def test_debate_fuera_de_fase_dice_cuando(pintar, gente, pueblo):
    proceso = elenco.crear_proceso(pueblo, "respuesta", "comentarios", slug="consulta")
    html = pintar(acciones.abrir_hilo("X", proceso=proceso), gente.ana)
    assert "Ahora es la fase «Respuesta motivada». Se podrá comentar desde el " in html
    assert "<form" not in html


def test_debate_ofrece_hablar_por_la_organizacion_solo_a_su_directiva(pintar, hilo, gente, dicho):
    html = pintar(hilo, gente.fabio)
    assert html.count("Presidencia de OTB Molle</option>") == 3  # casilla, respuesta y molde
    assert "</option>" not in pintar(hilo, gente.ana)


def test_debate_da_responder_a_cada_uno_y_retirar_solo_a_su_autora(pintar, hilo, gente, dicho):
    acciones.comentar(hilo, autor=gente.beto, texto="Sí", padre=dicho)
    de_ana, de_beto = pintar(hilo, gente.ana), pintar(hilo, gente.beto)
    assert (de_ana.count("Sí, retirar"), de_beto.count("Sí, retirar")) == (1, 1)
    assert f"/debate/comentario/{dicho.pk}/retirar/" in de_ana
    assert f"/debate/comentario/{dicho.pk}/retirar/" not in de_beto
    assert de_ana.count(f'name="padre" value="{dicho.pk}"') == 1


def test_debate_muestra_la_calidad_y_calla_lo_oculto(pintar, hilo, gente, pueblo, dicho):
    acciones.comentar(hilo, autor=gente.carla, texto="Se puede.")
    acciones.comentar(hilo, autor=gente.fabio, texto="Apoyamos.", organizacion=pueblo.org_molle)
    acciones.ocultar_comentario(dicho, actor=None, motivo="Insulta")
    html = pintar(hilo)
    assert "Municipio · Técnica evaluadora</span>" in html
    assert "Presidencia de OTB Molle</span>" in html
    assert "Comentario oculto por moderación: Insulta" in html
    assert "Hace falta el tanque." not in html
    assert "Ana Vecina" not in html


def test_debate_pagina_sin_perder_los_parametros_de_la_pagina(pintar, hilo, gente):
    Comentario.objects.bulk_create(Comentario(hilo=hilo, autor=gente.ana, texto=f"Dice {n}") for n in range(21))
    primera = pintar(hilo, direccion="/propuestas/7/?volver=lista")
    assert "?volver=lista&amp;conversacion=2#conversacion" in primera
    assert "Dice 20" not in primera
    assert "data-ultima" not in primera
    segunda = pintar(hilo, direccion="/propuestas/7/?conversacion=2")
    assert "Dice 20" in segunda
    assert "data-ultima" in segunda


def test_debate_hace_las_mismas_consultas_con_uno_y_con_veinte(pintar, hilo, gente):
    cuentas = []
    for cuantos in (1, 19):
        Comentario.objects.bulk_create(Comentario(hilo=hilo, autor=gente.ana, texto="x") for _ in range(cuantos))
        gente.fabio.__dict__.pop("mandatos_vigentes", None)
        with CaptureQueriesContext(
            connection,
        ) as consultas:
            pintar(hilo, gente.fabio)
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1] <= 7
