"""Piezas comunes de las pruebas."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, router

from tests import elenco as reparto
from votaciones.urna.guardas import guardas_que_faltan, poner_guardas
from votaciones.urna.ruta import BASE


def pytest_collection_modifyitems(items):
    """Quien usa la base usa las dos: la de siempre y la de la urna."""
    for prueba in items:
        if marca := prueba.get_closest_marker("django_db"):
            marca.kwargs.setdefault("databases", "__all__")
        elif {"db", "transactional_db"} & set(getattr(prueba, "fixturenames", ())):
            prueba.add_marker(pytest.mark.django_db(databases="__all__"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """La de pytest-django y, en la base de la urna, los disparadores que pone su migración."""
    with django_db_blocker.unblock():
        if guardas_que_faltan(connections[BASE]):
            poner_guardas(connections[BASE])


@pytest.fixture(autouse=True)
def _archivos_aparte(settings, tmp_path):
    """Ninguna prueba escribe en los archivos de verdad."""
    settings.MEDIA_ROOT = tmp_path / "archivos"


@pytest.fixture(scope="session")
def _lo_sembrado(django_db_setup, django_db_blocker):
    """Lo que dejaron las migraciones (página raíz de Wagtail, tipos de contenido), como texto."""
    with django_db_blocker.unblock():
        return connection.creation.serialize_db_to_string()


def _vacia_la_base(prueba) -> bool:
    marca = prueba.get_closest_marker("django_db")
    return bool(marca and marca.kwargs.get("transaction")) or "transactional_db" in prueba.fixturenames


@pytest.fixture(scope="module", autouse=True)
def _reponer_lo_sembrado(request):
    """Las pruebas con transacciones de verdad vacían la base al terminar: tras su módulo se repone lo sembrado."""
    suyas = [prueba for prueba in request.session.items if getattr(prueba, "module", None) is request.module]
    if not any(_vacia_la_base(prueba) for prueba in suyas):
        yield
        return
    sembrado = request.getfixturevalue("_lo_sembrado")
    abrir = request.getfixturevalue("django_db_blocker").unblock
    yield
    # El hilo donde las pruebas asíncronas usan la base guarda su conexión; abierta, PostgreSQL no deja borrar la base.
    asyncio.run(sync_to_async(connections.close_all)())
    with abrir():
        # Sin post_migrate, que crearía los mismos tipos de contenido con otros números.
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        call_command("flush", database="urna", verbosity=0, interactive=False, inhibit_post_migrate=True)
        connection.creation.deserialize_db_from_string(sembrado)
        suyos = [modelo for modelo in apps.get_models() if router.allow_migrate_model("default", modelo)]
        with connection.cursor() as cursor:
            # PostgreSQL no adelanta sus contadores cuando se insertan números ya puestos.
            for orden in connection.ops.sequence_reset_sql(no_style(), suyos):
                cursor.execute(orden)
    # Durante el módulo los tipos tuvieron otros números, y Django los recuerda en memoria.
    ContentType.objects.clear_cache()


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
def admin_client(admin_client, admin_user):
    """El de pytest-django, con su segundo paso hecho."""
    reparto.pasar_segundo_paso(admin_client, admin_user)
    return admin_client


@pytest.fixture
def entrar(client):
    """entrar(persona) -> cliente de pruebas con su sesión; quien administra, con su segundo paso hecho."""

    def con(persona, *, segundo_paso=True):
        client.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
        if segundo_paso:
            reparto.pasar_segundo_paso(client, persona)
        return client

    return con
