"""El territorio en memoria: cada escritura lo renueva, venga de donde venga, y cada día usa sus límites."""

import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mapas.territorio import consultas
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.consultas import ubicar, version_del_territorio
from mapas.territorio.models import Area, Limite
from tests.elenco import crear_pueblo, cuadrado

AYER_CAMBIO = datetime.date(2025, 7, 1)


@pytest.mark.parametrize(
    "escribir",
    [
        lambda p: Area.objects.filter(pk=p.otb_ceibo.pk).update(nombre="Otro"),
        lambda p: Area.objects.bulk_create(
            [Area(tipo="otb", municipio=p.municipio, codigo="O-3", nombre="Nueva")], ignore_conflicts=True
        ),
        lambda p: Limite.objects.filter(area=p.otb_molle).update(geometria=cuadrado(0, 0, 0.1, 0.1)),
        lambda p: Limite.objects.filter(area=p.otb_molle).delete(),
        lambda p: p.distrito_1.save(),
    ],
)
def test_cualquier_escritura_cambia_el_sello(pueblo, escribir):
    """Si falla tras una migración que cambia territorio_area o territorio_limite: faltó volver a poner los gatillos."""
    antes = version_del_territorio()
    escribir(pueblo)
    assert version_del_territorio() != antes


def test_deshacer_una_transaccion_devuelve_el_sello_anterior(pueblo):
    antes = version_del_territorio()
    with pytest.raises(RuntimeError), transaction.atomic():
        Limite.objects.filter(area=pueblo.otb_molle).delete()
        assert ubicar(0.5, 0.5).otb is None
        raise RuntimeError
    assert version_del_territorio() == antes
    assert ubicar(0.5, 0.5).otb == pueblo.otb_molle


@pytest.mark.django_db(transaction=True)
def test_en_produccion_un_cambio_ajeno_se_ve_en_un_segundo(settings, monkeypatch):
    settings.TERRITORIO_SEGUNDOS = 1.0
    reloj = [1000.0]
    monkeypatch.setattr(consultas.time, "monotonic", lambda: reloj[0])
    monkeypatch.setattr(consultas, "_memoria", consultas._Memoria())
    pueblo = crear_pueblo()
    assert ubicar(0.5, 0.5).otb == pueblo.otb_molle
    Limite.objects.filter(area=pueblo.otb_molle).delete()
    reloj[0] += 0.9
    assert ubicar(0.5, 0.5).otb == pueblo.otb_molle
    with transaction.atomic():
        assert ubicar(0.5, 0.5).otb is None  # quien está escribiendo siempre ve lo suyo
    reloj[0] += 0.2
    assert ubicar(0.5, 0.5).otb is None


def test_cada_dia_usa_sus_limites(pueblo):
    trazar_limite(pueblo.distrito_1, cuadrado(0, 0, 0.4, 1), desde=AYER_CAMBIO)
    trazar_limite(pueblo.distrito_2, cuadrado(0.4, 0, 2, 1), desde=AYER_CAMBIO)
    trazar_limite(pueblo.otb_molle, cuadrado(0, 0, 0.4, 1), desde=AYER_CAMBIO)
    vispera = AYER_CAMBIO - datetime.timedelta(days=1)
    assert ubicar(0.5, 0.5, vispera).distrito == pueblo.distrito_1
    assert ubicar(0.5, 0.5, AYER_CAMBIO).distrito == pueblo.distrito_2
    assert ubicar(0.5, 0.5).distrito == pueblo.distrito_2
    assert ubicar(0.5, 0.5, datetime.date(1999, 1, 1)).regla == "ninguno"
    assert [a.pk for a in consultas.distritos_de([(0.5, 0.5)], vispera)] == [pueblo.distrito_1.pk]


def test_dos_dias_sin_cambios_comparten_el_mismo_indice(pueblo):
    hoy = timezone.localdate()
    assert version_del_territorio(hoy) == version_del_territorio(hoy - datetime.timedelta(days=30))
    assert version_del_territorio(hoy) != version_del_territorio(datetime.date(1999, 1, 1))


def test_la_direccion_y_los_mapas_aceptan_fecha(client, pueblo):
    trazar_limite(pueblo.distrito_1, cuadrado(0, 0, 0.4, 1), desde=AYER_CAMBIO)
    trazar_limite(pueblo.otb_molle, None, desde=AYER_CAMBIO)
    antes = client.get("/territorio/ubicar/", {"lon": 0.5, "lat": 0.5, "fecha": "2025-06-30"}).json()
    assert antes["distrito"]["codigo"] == "D-1"
    assert client.get("/territorio/ubicar/", {"lon": 0.5, "lat": 0.5}).json()["distrito"] is None
    hoy = client.get("/territorio/distritos.geojson")
    entonces = client.get("/territorio/distritos.geojson", {"fecha": "2025-06-30"})
    assert hoy["ETag"] != entonces["ETag"]
    mismo = client.get(
        "/territorio/distritos.geojson", {"fecha": "2025-01-01"}, headers={"if-none-match": entonces["ETag"]}
    )
    assert mismo.status_code == 304


@pytest.mark.parametrize(
    "ruta", ["/territorio/ubicar/?lon=0&lat=0&fecha=ayer", "/territorio/otbs.geojson?fecha=2025-13-01"]
)
def test_una_fecha_mala_da_400_con_frase(client, pueblo, ruta):
    respuesta = client.get(ruta)
    assert respuesta.status_code == 400
    assert respuesta.json()["error"].startswith("Escribe la fecha como año-mes-día")


def test_en_disputa_se_dice_en_la_respuesta_y_en_el_mapa(client, pueblo):
    Area.objects.filter(pk=pueblo.distrito_1.pk).update(en_disputa=True)
    assert client.get("/territorio/ubicar/", {"lon": 0.5, "lat": 0.5}).json()["en_disputa"] is True
    rasgos = client.get("/territorio/distritos.geojson").json()["features"]
    assert [rasgo["properties"].get("en_disputa") for rasgo in rasgos] == [True, None]
    assert "límite en disputa" in client.get("/mapa/?capas=distritos").content.decode()


def test_solo_hay_un_sello_por_transaccion_y_no_crece_sin_fin(pueblo):
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM territorio_sello")
        antes = cursor.fetchone()[0]
        for _ in range(5):
            pueblo.distrito_1.save()
        cursor.execute("SELECT COUNT(*) FROM territorio_sello")
        assert cursor.fetchone()[0] == antes
