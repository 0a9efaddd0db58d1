"""Piezas comunes de las pruebas."""

import os

os.environ.setdefault("AYNI_MODO", "pruebas")

import pytest

from tests import elenco as reparto


@pytest.fixture(autouse=True)
def _archivos_aparte(settings, tmp_path):
    """Ninguna prueba escribe en los archivos de verdad."""
    settings.MEDIA_ROOT = tmp_path / "archivos"


@pytest.fixture
def pueblo(db):
    return reparto.crear_pueblo()


@pytest.fixture
def gente(pueblo):
    return reparto.crear_elenco(pueblo)


@pytest.fixture
def recepcion(pueblo):
    """Proceso que ahora recibe propuestas; después evalúa y vota."""
    return reparto.crear_proceso(pueblo, "recepcion", "evaluacion", "votacion")


@pytest.fixture
def votando(pueblo):
    """Proceso que ahora vota."""
    return reparto.crear_proceso(pueblo, "votacion", "seguimiento", slug="poa-votando")


@pytest.fixture
def entrar(client):
    """entrar(persona) -> cliente de pruebas con su sesión."""

    def con(persona):
        client.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return con
