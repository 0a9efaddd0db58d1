"""Salud, páginas de error y cabeceras de todas las respuestas."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connections
from django.http import Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from civic.comun.errores import ReglaIncumplida


def _lanza(error):
    def vista(request):
        raise error

    return vista


urlpatterns = [
    path("prueba/403/", _lanza(PermissionDenied("Esta página es para otro cargo."))),
    path("prueba/403-callado/", _lanza(PermissionDenied())),
    path("prueba/400/", _lanza(SuspiciousOperation("raro"))),
    path("prueba/404/", _lanza(Http404("nada"))),
    path("prueba/500/", _lanza(RuntimeError("se rompió"))),
    path("prueba/regla/", _lanza(ReglaIncumplida("Ahora es la fase «Viabilidad»."))),
    path("prueba/bien/", lambda request: HttpResponse("bien")),
    path("", include("civic.urls")),
]
handler400 = "civic.comun.views.error_400"
handler403 = "civic.comun.views.error_403"
handler404 = "civic.comun.views.error_404"
handler500 = "civic.comun.views.error_500"


@pytest.fixture
def roto():
    """Cliente sobre las direcciones de esta prueba, que no relanza los errores."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def _directivas(respuesta):
    partes = (parte.strip().split(" ", 1) for parte in respuesta["Content-Security-Policy"].split(";"))
    return {parte[0]: parte[1] if len(parte) > 1 else "" for parte in partes}


def test_salud_con_base_responde_bien(client, db):
    respuesta = client.get("/salud/")

    assert (respuesta.status_code, respuesta.json()) == (200, {"estado": "bien"})


@pytest.mark.parametrize("base", ["default", "urna"])
def test_salud_sin_base_dice_503(client, db, monkeypatch, base):
    def sin_base():
        raise DatabaseError("no hay nadie")

    with monkeypatch.context() as parche:
        parche.setattr(connections[base], "cursor", sin_base)
        respuesta = client.get("/salud/")

    assert (respuesta.status_code, respuesta.json()) == (503, {"estado": "sin base de datos"})


def test_salud_por_post_no_esta_permitida(client, db):
    assert client.post("/salud/").status_code == 405


@pytest.mark.parametrize(
    ("ruta", "codigo", "frase"),
    [
        ("/prueba/400/", 400, "No entendimos el pedido"),
        ("/prueba/403/", 403, "Esta página es para otro cargo."),
        ("/prueba/403-callado/", 403, "Tu cuenta no tiene permiso para esto"),
        ("/prueba/404/", 404, "No encontramos esa página"),
        ("/prueba/500/", 500, "Algo falló de nuestro lado"),
        ("/prueba/regla/", 409, "Ahora es la fase «Viabilidad»."),
        ("/no-hay-nada-aqui/", 404, "No encontramos esa página"),
    ],
)
def test_error_responde_su_codigo_con_una_frase_y_salida_al_inicio(roto, db, ruta, codigo, frase):
    respuesta = roto.get(ruta)

    texto = respuesta.content.decode()
    assert respuesta.status_code == codigo
    assert frase in texto
    assert texto.count("<h1") == 1
    assert 'href="/"' in texto
    assert "Traceback" not in texto


def test_error_500_no_pregunta_nada_a_la_base(roto, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert roto.get("/prueba/500/").status_code == 500


def test_formulario_sin_permiso_csrf_explica_como_seguir(db):
    estricto = Client(enforce_csrf_checks=True)

    respuesta = estricto.post("/cuentas/ingresar/", {"login": "ana", "password": "x"})

    assert respuesta.status_code == 403
    assert "El formulario venció" in respuesta.content.decode()


@pytest.mark.parametrize("ruta", ["/prueba/bien/", "/prueba/404/", "/prueba/403/"])
def test_toda_respuesta_lleva_sus_cabeceras_de_seguridad(roto, db, ruta):
    respuesta = roto.get(ruta)

    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["X-Frame-Options"] == "DENY"
    assert respuesta["Referrer-Policy"] == "same-origin"
    assert respuesta["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in respuesta["Permissions-Policy"]


def test_politica_de_contenido_publica_no_deja_guiones_en_linea_ni_otros_sitios(roto, db):
    directivas = _directivas(roto.get("/prueba/bien/"))

    assert directivas["default-src"] == "'none'"
    assert directivas["script-src"] == "'self'"
    assert directivas["style-src"] == "'self'"
    assert directivas["connect-src"] == "'self'"
    assert directivas["frame-ancestors"] == "'none'"
    assert directivas["form-action"] == "'self'"


def test_politica_de_contenido_de_la_trastienda_se_afloja_solo_alli(admin_client):
    trastienda = _directivas(admin_client.get("/admin/"))
    publica = _directivas(admin_client.get("/robots.txt"))

    assert trastienda["script-src"] == "'self' 'unsafe-inline'"
    assert trastienda["frame-ancestors"] == "'self'"
    assert publica["script-src"] == "'self'"


def test_pagina_de_quien_ingreso_no_se_guarda_en_el_camino(admin_client):
    assert admin_client.get("/robots.txt")["Cache-Control"] == "private, no-store"


def test_pagina_de_error_no_trae_estilos_ni_guiones_en_linea(roto, db):
    texto = roto.get("/prueba/404/").content.decode()

    assert not re.search(r"<style|style=|onclick=|<script(?![^>]*src=)", texto)
    assert not re.search(r'(?:src|href|action)="https?://', texto)
