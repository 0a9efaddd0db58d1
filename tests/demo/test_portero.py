"""La demo no toca datos ajenos ni producción, y dice por qué."""

import dataclasses
import datetime
import socket

import pytest
from django.core.management import call_command
from django.db import connections

from civic.cuentas.models import Usuario
from civic.demo import carga, portero, servidor
from civic.demo.models import Paso


@pytest.fixture
def produccion(settings):
    settings.ENTORNO = dataclasses.replace(settings.ENTORNO, modo="produccion")


def ordenar(**opciones):
    """Corre `manage.py demo --solo-cargar` y devuelve con qué código salió."""
    with pytest.raises(SystemExit) as salida:
        call_command("demo", solo_cargar=True, **opciones)
    return salida.value.code


def test_demo_en_produccion_se_niega_con_codigo_2(produccion, capsys):
    assert ordenar() == 2
    assert "producción" in capsys.readouterr().err


@pytest.mark.django_db
def test_carga_en_produccion_se_niega_aunque_la_llamen_directo(produccion):
    with pytest.raises(portero.DemoNoPermitida, match="producción"):
        carga.cargar_demo()
    assert Usuario.objects.count() == 0


def test_demo_en_otra_base_que_sqlite_se_niega(monkeypatch, capsys):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert ordenar() == 2
    assert "SQLite" in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize("desde_cero", [False, True])
def test_demo_en_base_con_gente_y_sin_marca_no_toca_nada(desde_cero, capsys):
    Usuario.objects.create_user("alguien", nombre_publico="Alguien")
    assert ordenar(en_otra_base=True, desde_cero=desde_cero) == 2
    assert "ya tiene personas" in capsys.readouterr().err
    assert list(Usuario.objects.values_list("username", flat=True)) == ["alguien"]
    assert Paso.objects.count() == 0


@pytest.mark.django_db
def test_borrar_base_vacia_sin_marca_no_borra_nada():
    assert portero.borrar_demo() is False
    assert Usuario.objects.count() == 0


@pytest.mark.django_db
def test_base_con_marca_es_demo_aunque_tenga_gente():
    Usuario.objects.create_user("alguien", nombre_publico="Alguien")
    Paso.objects.create(nombre="territorio", resumen="x", segundos=1, dia="2026-11-21")
    portero.exigir_base_propia()
    assert portero.es_demo() is True


def test_puerto_ocupado_se_dice_cual_usar(capsys):
    with socket.socket() as ocupado:
        ocupado.bind(("127.0.0.1", 0))
        ocupado.listen()
        puerto = ocupado.getsockname()[1]
        assert servidor.puerto_libre("127.0.0.1", puerto) is False
        with pytest.raises(SystemExit) as salida:
            call_command("demo", puerto=puerto, en_otra_base=True)
    assert salida.value.code == 2
    assert f"make demo PUERTO={puerto + 10}" in capsys.readouterr().err


@pytest.mark.django_db
def test_una_demo_de_cuando_la_urna_no_tenia_base_propia_se_reconoce():
    assert portero.es_de_otra_version() is False
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE votaciones_voto (id integer)")
    assert portero.es_de_otra_version() is False  # sin la marca de demo no es nuestra
    Paso.objects.create(nombre="territorio", segundos=1, dia=datetime.date(2026, 11, 1))
    assert portero.es_de_otra_version() is True
