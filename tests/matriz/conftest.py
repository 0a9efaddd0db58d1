"""Un solo mundo y un solo recorrido para todas las pruebas de la matriz."""

import logging

import pytest
from django.conf import settings as ajustes
from django.test import override_settings

from tests.guardas import todo_se_deshace
from tests.matriz.mundo import crear_mundo
from tests.matriz.recorrido import recorrer


@pytest.fixture(scope="module")
def el_mundo(django_db_setup, django_db_blocker, tmp_path_factory):
    """El mundo de la matriz, hecho una vez por módulo dentro de una transacción que al final se deshace."""
    logging.disable(logging.CRITICAL)
    mundo_aparte = override_settings(
        # La sesión viaja en la galleta: salir en una celda no saca a quien sigue.
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "matriz"}},
        MEDIA_ROOT=tmp_path_factory.mktemp("archivos"),
        ALLOWED_HOSTS=[*ajustes.ALLOWED_HOSTS, "testserver"],
    )
    with mundo_aparte, django_db_blocker.unblock(), todo_se_deshace():
        yield crear_mundo()
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def el_recorrido(el_mundo, django_db_blocker):
    """(mundo, recorrido)."""
    with django_db_blocker.unblock():
        return el_mundo, recorrer(el_mundo)
