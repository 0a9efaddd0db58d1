import pytest

from tests.votaciones.padron import piezas


@pytest.fixture
def votacion(votando, viables):
    return piezas.por_venir(votando)


@pytest.fixture
def padron(votacion, gente):
    """Lo publica hugo: los reclamos los resuelve iris."""
    return piezas.publicar(votacion, gente.hugo)
