"""Una mesa: quien la atiende, su padrón provisional, y gente con carnet y sin cuenta."""

import pytest
from django.core.cache import cache

from civic.cuentas.models import AsignacionRol
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona, dar_rol
from tests.votaciones.conftest import segunda
from tests.votaciones.mesas.piezas import abrir_con_inscritas, en_la_mesa
from tests.votaciones.padron import piezas


@pytest.fixture(autouse=True)
def _sin_intentos_de_antes():
    cache.clear()


@pytest.fixture
def pilar(gente, pueblo):
    """Promotora del distrito 1."""
    persona = crear_persona("pilar", "Pilar Promotora")
    dar_rol(persona, Rol.PROMOTORA)
    AsignacionRol.objects.filter(usuario=persona).update(distrito=pueblo.distrito_1)
    return persona


@pytest.fixture
def votacion(votando, viables):
    return piezas.por_venir(votando)


@pytest.fixture
def padron(votacion, gente):
    return piezas.publicar(votacion, gente.hugo)


@pytest.fixture
def en_curso(preparada, gente, pilar, pueblo):
    """La votación abierta, con tres inscritas en la mesa (los carnets de CARNETS)."""
    return abrir_con_inscritas(preparada, gente.hugo, pilar, pueblo.otb_molle)


@pytest.fixture
def c1(en_curso):
    return en_curso.contiendas.get(numero=1)


@pytest.fixture
def paquete(c1, gente):
    """Tres códigos impresos por hugo y llevados a la mesa por iris."""
    return en_la_mesa(c1, gente.hugo, segunda(), 3)[0]
