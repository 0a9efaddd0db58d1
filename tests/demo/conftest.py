"""Una sola carga de la demo para todo el módulo: tarda, y nadie la cambia."""

import pytest
from django.test import override_settings

from civic.demo import carga
from civic.demo.models import Paso
from propuestas.models import Propuesta
from tests.guardas import todo_se_deshace


class Tropiezo(Exception):
    """El corte de luz de la prueba."""


@pytest.fixture(scope="module")
def cargada(django_db_setup, django_db_blocker, tmp_path_factory):
    """La demo, cargada con un corte en medio: los pasos hechos antes del corte no se repiten.

    Devuelve lo que había justo después del corte. Todo vive en una transacción que se deshace al final del módulo.
    """
    archivos = tmp_path_factory.mktemp("archivos")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=archivos), todo_se_deshace():
        antes = _cargar_hasta_el_corte()
        carga.cargar_demo()
        yield antes


def _cargar_hasta_el_corte() -> dict[str, object]:
    def cortarse(contexto):
        propuestas_de_verdad.cargar(contexto)
        raise Tropiezo

    propuestas_de_verdad = next(paso for paso in carga.PASOS if paso.nombre == "propuestas")
    pasos = [
        paso if paso.nombre != "propuestas" else carga.PasoDeCarga("propuestas", "Propuestas", cortarse)
        for paso in carga.PASOS
    ]
    with pytest.raises(Tropiezo):
        carga.cargar_demo(pasos)
    return {"pasos": list(Paso.objects.values_list("nombre", flat=True)), "propuestas": Propuesta.objects.count()}


@pytest.fixture
def demo(cargada):
    """Lo que una prueba cambie se deshace al terminar ella."""
    with todo_se_deshace():
        yield cargada
