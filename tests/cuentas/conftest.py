"""Piezas de las pruebas de cuentas."""

import pytest

from civic.cuentas import acciones
from civic.cuentas.models import Usuario
from tests.elenco import CLAVE


@pytest.fixture
def con_roles(gente):
    """El elenco con sus grupos y permisos de la trastienda puestos."""
    acciones.preparar_roles()
    for nombre, rol in (
        ("elena", "comunicacion"),
        ("gloria", "administracion"),
        ("hugo", "planificacion"),
        ("carla", "tecnico_evaluador"),
        ("dora", "control_social"),
    ):
        acciones.asignar_rol(getattr(gente, nombre), rol=rol)
    return gente


@pytest.fixture
def raiz(db):
    return Usuario.objects.create_superuser("raiz", password=CLAVE, nombre_publico="Raíz Técnica")


@pytest.fixture
def datos_de_registro(pueblo):
    return {
        "nombre_publico": "Julia Mamani",
        "lugar": f"o:{pueblo.otb_molle.pk}",
        "username": "julia.mamani",
        "email": "",
        "password1": "tres-llamas-rojas",
        "password2": "tres-llamas-rojas",
    }


def recargada(persona):
    """La persona leída de nuevo, sin nada guardado en el objeto."""
    return Usuario.objects.get(pk=persona.pk)
