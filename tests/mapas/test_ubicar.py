import io
import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from mapas.territorio.acciones import trazar_limite
from mapas.territorio.consultas import distrito_por_codigo, distritos_de, ubicar
from mapas.territorio.management.commands.ubicar import Command
from tests.elenco import PUNTO_D1, PUNTO_D2, PUNTO_FUERA


def test_ubicar_dentro_da_distrito_y_otb(pueblo):
    lugar = ubicar(*PUNTO_D1)
    assert (lugar.municipio, lugar.distrito, lugar.otb, lugar.regla) == (
        pueblo.municipio,
        pueblo.distrito_1,
        pueblo.otb_molle,
        "dentro",
    )


def test_ubicar_en_distrito_con_otb_sin_poligono_da_solo_distrito(pueblo):
    lugar = ubicar(*PUNTO_D2)
    assert (lugar.distrito, lugar.otb) == (pueblo.distrito_2, None)


def test_ubicar_en_el_borde_gana_el_codigo_menor(pueblo):
    lugar = ubicar(1.0, 0.5)
    assert (lugar.distrito, lugar.regla) == (pueblo.distrito_1, "borde")


@pytest.mark.parametrize(("lat", "regla"), [(1.0003, "cercano"), (1.01, "ninguno")])
def test_ubicar_afuera_solo_acerca_hasta_50_metros(pueblo, lat, regla):
    assert ubicar(0.5, lat).regla == regla


def test_ubicar_lejos_da_nada(pueblo):
    lugar = ubicar(*PUNTO_FUERA)
    assert (lugar.municipio, lugar.distrito, lugar.otb, lugar.regla) == (None, None, None, "ninguno")


def test_ubicar_tras_cambiar_el_territorio_usa_el_nuevo(pueblo):
    assert ubicar(*PUNTO_D2).distrito == pueblo.distrito_2
    trazar_limite(pueblo.distrito_2, None, desde=timezone.localdate())
    assert ubicar(*PUNTO_D2).distrito is None


def test_ubicar_direccion_da_el_contrato_completo(client, pueblo):
    respuesta = client.get("/territorio/ubicar/", {"lon": 0.5, "lat": 0.5})
    assert (respuesta.status_code, respuesta.json()) == (
        200,
        {
            "municipio": {"codigo": pueblo.municipio.codigo, "nombre": "Pueblo"},
            "distrito": {"codigo": "D-1", "nombre": "Distrito 1", "id": pueblo.distrito_1.pk},
            "otb": {"codigo": "O-1", "nombre": "OTB Molle", "id": pueblo.otb_molle.pk},
            "regla": "dentro",
        },
    )


def test_ubicar_direccion_fuera_del_municipio_da_todo_nulo(client, pueblo):
    respuesta = client.get("/territorio/ubicar/", {"lon": 5, "lat": 5})
    assert respuesta.json() == {"municipio": None, "distrito": None, "otb": None, "regla": "ninguno"}


@pytest.mark.parametrize(
    "consulta",
    [
        "",
        "lon=1",
        "lat=1",
        "lon=a&lat=1",
        "lon=181&lat=0",
        "lon=0&lat=-91",
        "lon=nan&lat=0",
        "lon=inf&lat=0",
        "lon=1,5&lat=1",
    ],
)
def test_ubicar_direccion_con_mal_dato_da_400_con_frase(client, pueblo, consulta):
    respuesta = client.get(f"/territorio/ubicar/?{consulta}")
    assert respuesta.status_code == 400
    assert respuesta.json()["error"].startswith("Escribe la longitud y la latitud en grados")


@pytest.mark.parametrize("ruta", ["/territorio/ubicar/", "/territorio/distritos.geojson", "/territorio/otbs.geojson"])
def test_territorio_con_otro_metodo_da_405(client, pueblo, ruta):
    assert client.post(ruta).status_code == 405


@pytest.mark.parametrize("punto", [PUNTO_D1, PUNTO_D2, PUNTO_FUERA, (1.0, 0.5), (-3.5, -1.25)])
def test_orden_ubicar_con_json_dice_lo_mismo_que_la_direccion(client, pueblo, punto):
    salida = io.StringIO()
    call_command("ubicar", str(punto[0]), str(punto[1]), "--json", stdout=salida)
    assert json.loads(salida.getvalue()) == client.get("/territorio/ubicar/", {"lon": punto[0], "lat": punto[1]}).json()


def test_orden_ubicar_sin_json_lo_dice_en_palabras(pueblo):
    salida = io.StringIO()
    call_command("ubicar", "0.5", "0.5", stdout=salida)
    call_command("ubicar", "5", "5", stdout=salida)
    assert salida.getvalue() == "Pueblo › Distrito 1 › OTB Molle (dentro)\nFuera del municipio (ninguno)\n"


@pytest.mark.parametrize("punto", [("200", "0"), ("0", "99"), ("nan", "0"), ("x", "0")])
def test_orden_ubicar_con_mal_punto_falla_con_frase(pueblo, punto):
    with pytest.raises(CommandError):
        call_command("ubicar", *punto)


@pytest.mark.parametrize(
    "argumentos",
    [
        ["-68.13", "-16.5", "--json"],
        ["--json", "-68.13", "-16.5"],
        ["-6.813e1", "-16.", "--json"],
        ["-68", "-.5", "--fecha", "2025-01-31", "--json"],
    ],
)
def test_orden_ubicar_entiende_numeros_negativos(pueblo, argumentos, capsys, monkeypatch):
    monkeypatch.setattr(connections, "close_all", lambda: None)  # la orden cierra la conexión de la prueba
    Command().run_from_argv(["manage.py", "ubicar", *argumentos])
    assert json.loads(capsys.readouterr().out) == {"municipio": None, "distrito": None, "otb": None, "regla": "ninguno"}


@pytest.mark.parametrize(
    "argumentos",
    [["-200", "0"], ["0", "-99"], ["-inf", "0"], ["-nan", "0"], ["doce", "0"], ["0", "0", "--fecha", "31/12/2025"]],
)
def test_orden_ubicar_con_mal_dato_sale_con_2_y_una_frase(pueblo, argumentos, capsys, monkeypatch):
    monkeypatch.setattr(connections, "close_all", lambda: None)
    with pytest.raises(SystemExit) as salida:
        Command().run_from_argv(["manage.py", "ubicar", *argumentos])
    error = capsys.readouterr().err
    assert salida.value.code == 2
    assert "por ejemplo" in error and "Traceback" not in error


def test_distritos_de_muchos_puntos_da_lo_mismo_que_uno_por_uno(pueblo):
    azar = random.Random(3)
    puntos = [(azar.uniform(-0.2, 2.2), azar.uniform(-0.2, 1.2)) for _ in range(300)]
    puntos += [(1.0, 0.5), (0.5, 1.0003), (2.0, 1.0)]
    assert distritos_de(puntos) == [ubicar(*punto).distrito for punto in puntos]
    assert distritos_de([]) == []


@pytest.mark.parametrize("valor", ["D-2", "2"])
def test_distrito_por_codigo_acepta_codigo_y_numero(pueblo, valor):
    assert distrito_por_codigo(valor) == pueblo.distrito_2


@pytest.mark.parametrize("valor", ["", "0", "99", "O-1", "²", "9" * 40, "D-1 "])
def test_distrito_por_codigo_que_no_existe_da_nada(pueblo, valor):
    assert distrito_por_codigo(valor) is None
