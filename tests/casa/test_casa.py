"""La casa se cumple: lo que import-linter no puede mirar."""

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from civic.entorno import VARIABLES
from tests.casa import revisiones

NUESTROS = ("civic.", "propuestas.", "votaciones.", "mapas.", "cms.")


def vistas_nuestras(resolutor: URLResolver, prefijo: str = "/"):
    for patron in resolutor.url_patterns:
        ruta = prefijo + str(patron.pattern)
        if isinstance(patron, URLResolver):
            if ruta.startswith("/admin/"):
                continue  # la trastienda exige sesión y permiso por sí misma
            yield from vistas_nuestras(patron, ruta)
        elif isinstance(patron, URLPattern) and patron.callback.__module__.startswith(NUESTROS):
            yield ruta, patron.callback


@pytest.mark.parametrize(
    "revision",
    [
        revisiones.escrituras_en_vistas,
        revisiones.acciones_que_conocen_la_web,
        revisiones.plantillas_que_suben,
        revisiones.plantillas_sin_uso,
        revisiones.guiones_en_linea,
        revisiones.recursos_ajenos,
        revisiones.cosas_a_medias,
        revisiones.acciones_sin_bitacora,
        revisiones.usos_de_fechas_inventadas,
        revisiones.uniones_despues_de_bloquear,
    ],
    ids=lambda revision: revision.__name__,
)
def test_la_casa_sin_faltas(revision):
    assert revision(revisiones.RAIZ) == []


def test_toda_vista_dice_quien_puede_entrar():
    vistas = list(vistas_nuestras(get_resolver()))
    assert len(vistas) > 30
    assert revisiones.vistas_calladas(vistas) == []


def test_toda_variable_del_entorno_esta_documentada():
    documento = (revisiones.RAIZ / "OPERACION.md").read_text()
    assert revisiones.variables_sin_documentar(VARIABLES, documento) == []


def test_todo_modelo_esta_en_el_glosario():
    nombres = [modelo.__name__ for modelo in apps.get_models() if modelo.__module__.startswith(NUESTROS)]
    glosario = (revisiones.RAIZ / "GLOSARIO.md").read_text()
    assert revisiones.nombres_sin_glosario(nombres, glosario) == []
