"""Seguir una propuesta y enterarse de lo que pasa con ella."""

import datetime

from django.urls import reverse
from django.utils import timezone

from propuestas import acciones
from propuestas.models import Seguimiento
from propuestas.reglas import PLANIFICACION
from tests.propuestas.piezas import borrador, enviada, publicada


def test_seguir_y_dejar_de_seguir_dos_veces_es_una(entrar, una, gente):
    cliente = entrar(gente.nadia)  # basta tener cuenta
    assert f"/propuestas/{una.pk}/seguir/" in cliente.get(una.get_absolute_url()).content.decode()
    for _ in range(2):
        assert cliente.post(f"/propuestas/{una.pk}/seguir/").status_code == 302
    assert Seguimiento.objects.count() == 1
    assert "Dejar de seguirla" in cliente.get(una.get_absolute_url()).content.decode()
    for _ in range(2):
        assert cliente.post(f"/propuestas/{una.pk}/dejar-de-seguir/").status_code == 302
    assert Seguimiento.objects.count() == 0


def test_se_siguen_solo_las_publicas_y_con_cuenta(client, entrar, recepcion, gente, pueblo, una):
    assert client.post(f"/propuestas/{una.pk}/seguir/").status_code == 302
    assert "Entra para seguirla" in client.get(una.get_absolute_url()).content.decode()
    oculta = enviada(recepcion, gente.ana, pueblo)
    for pk in (oculta.pk, borrador(recepcion, gente.beto, pueblo).pk, 999_999):
        assert entrar(gente.ana).post(f"/propuestas/{pk}/seguir/").status_code == 404
    assert Seguimiento.objects.count() == 0
    assert entrar(gente.ana).get(f"/propuestas/{una.pk}/seguir/").status_code == 405


def test_las_novedades_son_lo_publico_desde_la_ultima_vez(entrar, una, gente):
    cliente = entrar(gente.beto)
    cliente.post(f"/propuestas/{una.pk}/seguir/")
    acciones.apoyar(una, usuario=gente.beto)  # reservado: no es novedad
    texto = cliente.get("/propuestas/siguiendo/").content.decode()
    assert ("Sin novedades" in texto, "Marcar todo como visto" in texto) == (True, False)
    acciones.mover_propuesta(una, hacia="en_evaluacion", actor=gente.hugo, calidad=PLANIFICACION)
    texto = cliente.get("/propuestas/siguiendo/").content.decode()
    assert ("1 novedad<" in texto, "Empezó su evaluación." in texto) == (True, True)
    assert cliente.post("/propuestas/siguiendo/vistas/", {"hasta": timezone.now().isoformat()}).status_code == 302
    assert "Sin novedades" in cliente.get("/propuestas/siguiendo/").content.decode()


def test_lo_que_llega_despues_de_abrir_la_pagina_sigue_siendo_novedad(entrar, una, gente):
    cliente = entrar(gente.beto)
    cliente.post(f"/propuestas/{una.pk}/seguir/")
    abierta = timezone.now()
    acciones.mover_propuesta(una, hacia="en_evaluacion", actor=gente.hugo, calidad=PLANIFICACION)
    cliente.post("/propuestas/siguiendo/vistas/", {"hasta": abierta.isoformat()})
    assert "1 novedad<" in cliente.get("/propuestas/siguiendo/").content.decode()
    for raro in ("mañana", "", "2026-99-99T00:00", (abierta + datetime.timedelta(days=900)).isoformat()):
        assert cliente.post("/propuestas/siguiendo/vistas/", {"hasta": raro}).status_code == 302
    assert Seguimiento.objects.get().visto <= timezone.now()


def test_la_lista_de_lo_que_sigo_hace_las_mismas_consultas(entrar, recepcion, gente, pueblo):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cliente, cuentas = entrar(gente.beto), []
    for cuantas in (1, 4):
        for n in range(cuantas):
            acciones.seguir(publicada(recepcion, gente, pueblo, titulo=f"Propuesta {cuantas}-{n}"), usuario=gente.beto)
        Seguimiento.objects.update(visto=timezone.now() - datetime.timedelta(days=1))
        with CaptureQueriesContext(connection) as hechas:
            assert cliente.get("/propuestas/siguiendo/").status_code == 200
        cuentas.append(len(hechas))
    assert cuentas[0] == cuentas[1] <= 12


def test_mi_cuenta_lleva_a_lo_que_sigo(entrar, gente):
    assert "/propuestas/siguiendo/" in entrar(gente.nadia).get(reverse("mi_cuenta")).content.decode()
