"""La conversación dibujada para las visitas: se dibuja una vez y nunca muestra lo que ya no es."""

import pytest
from django.core.cache import cache
from django.test import Client

from civic.cuentas import acciones as cuentas
from civic.debate import acciones, guardadas
from civic.debate.models import Comentario
from civic.debate.reglas import POR_PAGINA


@pytest.fixture(autouse=True)
def sin_nada_guardado():
    cache.clear()


@pytest.fixture
def leer(hilo):
    """leer(parametros="") -> lo que ve en la conversación quien no entró."""
    return lambda parametros="": Client().get(f"/debate/{hilo.pk}/{parametros}").content.decode()


def test_la_segunda_visita_no_pregunta_por_los_comentarios(client, hilo, dicho, django_assert_max_num_queries):
    primera = client.get(f"/debate/{hilo.pk}/").content
    with django_assert_max_num_queries(4) as hechas:
        segunda = client.get(f"/debate/{hilo.pk}/").content
    assert b"Hace falta el tanque." in segunda
    assert segunda == primera
    assert not [una["sql"] for una in hechas.captured_queries if "debate_comentario" in una["sql"]]


def test_un_comentario_nuevo_se_lee_enseguida(leer, hilo, gente, dicho):
    assert "Y también la red" not in leer()
    acciones.comentar(hilo, autor=gente.beto, texto="Y también la red.")
    assert "Y también la red." in leer()
    assert "<span data-total>2</span>" in leer()


def test_lo_que_se_oculta_deja_de_leerse_enseguida(leer, dicho, gente):
    assert "Hace falta el tanque." in leer()
    acciones.ocultar_comentario(dicho, actor=gente.gloria, motivo="Da el teléfono de otra persona.")
    assert "Hace falta el tanque." not in leer()


def test_lo_que_se_retira_deja_de_leerse_enseguida(leer, dicho, gente):
    assert "Hace falta el tanque." in leer()
    acciones.retirar_comentario(dicho, actor=gente.ana)
    assert "Hace falta el tanque." not in leer()


def test_un_nombre_que_cambia_se_lee_enseguida(leer, dicho, gente, django_capture_on_commit_callbacks):
    assert "Ana Vecina" in leer()
    with django_capture_on_commit_callbacks(execute=True):
        cuentas.cambiar_nombre_publico(gente.ana, nombre="Anita del Molle")
    assert "Ana Vecina" not in leer()
    assert "Anita del Molle" in leer()


def test_quien_cierra_su_cuenta_deja_de_nombrarse_enseguida(leer, dicho, gente, django_capture_on_commit_callbacks):
    assert "Ana Vecina" in leer()
    with django_capture_on_commit_callbacks(execute=True):
        cuentas.cerrar_cuenta(gente.ana)
    assert "Ana Vecina" not in leer()


def test_la_administracion_cambia_un_nombre_y_se_lee_enseguida(leer, dicho, gente, django_capture_on_commit_callbacks):
    assert "Ana Vecina" in leer()
    with django_capture_on_commit_callbacks(execute=True):
        gente.ana.nombre_publico = "Ana M. Vecina"
        gente.ana.save()
        cuentas.anotar_cambio_de_cuenta(gente.ana, actor=gente.nadia, texto="La administración cambió tu cuenta.")
    assert "Ana M. Vecina" in leer()


def test_si_un_nombre_cambia_mientras_se_dibuja_no_se_guarda_el_viejo(
    leer, hilo, dicho, gente, monkeypatch, django_capture_on_commit_callbacks
):
    dibujar = guardadas._dibujar

    def con_cambio(*args):
        dibujada = dibujar(*args)
        with django_capture_on_commit_callbacks(execute=True):
            cuentas.cambiar_nombre_publico(gente.ana, nombre="Anita del Molle")
        return dibujada

    monkeypatch.setattr(guardadas, "_dibujar", con_cambio)
    assert "Ana Vecina" in leer()
    monkeypatch.setattr(guardadas, "_dibujar", dibujar)
    assert "Anita del Molle" in leer()


def test_quien_entro_ve_lo_suyo_aunque_haya_algo_guardado(leer, entrar, hilo, dicho, gente):
    assert "Sí, retirar" not in leer()
    assert "Sí, retirar" in entrar(gente.ana).get(f"/debate/{hilo.pk}/").content.decode()
    assert "Sí, retirar" not in leer()


def test_cada_pagina_es_otra_y_las_que_no_existen_no_se_guardan(leer, hilo, gente, monkeypatch):
    Comentario.objects.bulk_create(
        Comentario(hilo=hilo, autor=gente.ana, texto=f"Comentario {numero}.", cambio=numero + 1)
        for numero in range(POR_PAGINA + 1)
    )
    guardados = []
    monkeypatch.setattr(guardadas, "guardar", lambda clave, valor, **_: guardados.append(valor.numero))
    assert "Comentario 0." in leer()
    assert f"Comentario {POR_PAGINA}." in leer("?conversacion=2")
    assert guardados == [1, 2]
    for rara in ("99", "999998", "-1", "0", "9" * 40):
        assert leer(f"?conversacion={rara}")
    assert set(guardados[2:]) <= {1}
