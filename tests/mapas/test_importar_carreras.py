"""Publicar a la vez, con hilos y conexiones de verdad; cada carrera con su control, que sin el candado falla."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from mapas.territorio import acciones
from mapas.territorio.models import Area, Importacion, Limite
from tests.elenco import crear_area, cuadrado
from tests.mapas.piezas_territorio import cuadricula, geojson

pytestmark = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite la transacción IMMEDIATE ya excluye, con candado o sin él."
)


@pytest.fixture
def publicado(db):
    """Un municipio con los distritos 1 y 2 en vigor desde siempre."""
    crear_area(tipo="municipio", codigo="M1", nombre="Villa", geometria=cuadrado(-69, -17, -67, -15))
    acciones.publicar_version(traer(*cuadricula(2)[:2]))


@pytest.fixture
def despacio(monkeypatch):
    """Alarga el momento entre comparar y escribir, para que las carreras ocurran."""
    original = acciones.comparar

    def lenta(*datos):
        version = original(*datos)
        time.sleep(0.3)
        return version

    monkeypatch.setattr(acciones, "comparar", lenta)


@pytest.fixture
def sin_candado(monkeypatch):
    monkeypatch.setattr(acciones, "bloquear", lambda consulta: consulta)


def traer(*rasgos) -> Importacion:
    return acciones.revisar_territorio(
        "distritos.geojson", geojson(*rasgos), tipo="distrito", campo_codigo="cod", campo_nombre="nom", municipio="M1"
    )


def publicar_a_la_vez(*importaciones: Importacion) -> list[str]:
    """Lo que contestó cada publicación, en orden: «publicada» o la frase con que se negó."""
    salida = threading.Barrier(len(importaciones))

    def correr(importacion: Importacion) -> str:
        try:
            salida.wait(timeout=20)
            return acciones.publicar_version(importacion, desde=timezone.localdate()).estado
        except ReglaIncumplida as error:
            return error.mensaje
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(importaciones)) as hilos:
        return sorted(hilos.map(correr, importaciones))


def publicaciones() -> int:
    return Suceso.objects.filter(verbo="publicar_territorio").count()


def en_vigor() -> list[str]:
    return sorted(
        Limite.objects.vigentes().filter(area__tipo=Area.Tipo.DISTRITO).values_list("area__codigo", flat=True)
    )


# --- La misma importación, dos veces ---------------------------------------------------------------------------------
def test_la_misma_importacion_publicada_dos_veces_a_la_vez_se_publica_una(publicado, despacio):
    importacion, antes = traer(cuadricula(2)[0]), publicaciones()
    assert publicar_a_la_vez(importacion, importacion) == ["Esta importación ya está publicada.", "publicada"]
    assert publicaciones() == antes + 1
    assert en_vigor() == ["1"]


@solo_postgres
@pytest.mark.postgres
def test_control_sin_candado_la_misma_importacion_se_publica_y_se_anota_dos_veces(publicado, despacio, sin_candado):
    importacion, antes = traer(cuadricula(2)[0]), publicaciones()
    assert publicar_a_la_vez(importacion, importacion) == ["publicada", "publicada"]
    assert publicaciones() == antes + 2


# --- Dos versiones del mismo municipio -------------------------------------------------------------------------------
def test_dos_versiones_a_la_vez_dejan_en_vigor_una_de_las_dos_entera(publicado, despacio):
    primero, segundo = cuadricula(2)[:2]
    assert publicar_a_la_vez(traer(primero), traer(segundo)) == ["publicada", "publicada"]
    assert en_vigor() in (["1"], ["2"])


@solo_postgres
@pytest.mark.postgres
def test_control_sin_candado_dos_versiones_a_la_vez_dejan_el_municipio_sin_ninguna(publicado, despacio, sin_candado):
    primero, segundo = cuadricula(2)[:2]
    assert publicar_a_la_vez(traer(primero), traer(segundo)) == ["publicada", "publicada"]
    assert en_vigor() == []
