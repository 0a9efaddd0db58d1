"""El mapa del resultado: obras en su punto, distritos con sus cifras, y lo que no está en el mapa se dice."""

import pytest
from django.urls import reverse

from propuestas.models import Propuesta
from tests.elenco import PUNTO_D1
from votaciones.models import Contienda
from votaciones.reglas.grafico import clases_de_color

SLUG = "poa-2027"
MAPA = f"/votaciones/{SLUG}/resultado/mapa.json"


@pytest.fixture
def con_puntos(contada):
    """El Tanque (que gana) y la Cancha (que no) tienen punto; las demás, no."""
    for titulo, corre in (("Tanque de agua", 0), ("Cancha techada", 0.1)):
        Propuesta.objects.filter(titulo=titulo).update(lon=PUNTO_D1[0] + corre, lat=PUNTO_D1[1])
    return contada


def test_el_mapa_trae_las_obras_con_punto_y_los_distritos_con_sus_cifras(con_puntos, client):
    respuesta = client.get(MAPA)
    assert respuesta["Content-Type"] == "application/geo+json"
    rasgos = respuesta.json()["features"]
    obras = {r["properties"]["titulo"]: r for r in rasgos if r["properties"]["tipo"] == "obra"}
    assert {titulo: r["properties"]["gana"] for titulo, r in obras.items()} == {
        "Tanque de agua": True,
        "Cancha techada": False,
    }
    assert obras["Tanque de agua"]["geometry"] == {"type": "Point", "coordinates": list(PUNTO_D1)}
    assert obras["Tanque de agua"]["properties"]["votos"] == 4
    uno = next(r["properties"] for r in rasgos if r["properties"].get("nombre") == "Distrito 1")
    # Gana el Tanque (200.000) y la Luz (80.000) de 300.000.
    assert (uno["usado"], uno["votaron"], uno["ganadoras"]) == (93, 7, 2)
    assert uno["habilitadas"] == Contienda.objects.get(numero=1).habilitados
    assert uno["participacion"] == 700 // uno["habilitadas"]
    assert uno["clases"]["usado"] == "c4" and uno["url"].endswith("/resultado/distrito-1/")
    # Nada de personas: ni papeletas ni recibos.
    assert {clave for r in obras.values() for clave in r["properties"]} == {
        *("tipo", "numero", "titulo", "costo", "gana", "votos", "distrito", "url")
    }


def test_el_mapa_no_se_vuelve_a_mandar_si_no_cambio(con_puntos, client):
    etiqueta = client.get(MAPA)["ETag"]
    assert client.get(MAPA, headers={"if-none-match": etiqueta}).status_code == 304
    Propuesta.objects.filter(titulo="Luz en la plaza").update(lon=0.2, lat=0.2)
    otra = client.get(MAPA, headers={"if-none-match": etiqueta})
    assert otra.status_code == 200 and otra["ETag"] != etiqueta


def test_antes_de_contar_no_hay_mapa(abierta, client):
    respuesta = client.get(MAPA)
    assert respuesta.status_code == 409
    assert respuesta.json() == {"error": "La votación todavía no se contó."}


def test_lo_que_no_tiene_punto_se_dice_con_si_gano(con_puntos, client):
    texto = " ".join(client.get(reverse("votaciones:resultado", args=[SLUG])).content.decode().split())
    assert "3 obras no tienen un punto en el mapa:" in texto
    assert "«Luz en la plaza» (✓ ganó)" in texto and "«Parada de minibús» (× no ganó)" in texto
    assert "Tanque de agua» (" not in texto
    assert f'data-resultado="{MAPA}"' in texto
    assert "<noscript>" in texto and "93 %" in texto
    assert '<span class="m-signo m-gana" aria-hidden="true">✓</span> Obra que ganó' in texto
    Propuesta.objects.update(lon=0.3, lat=0.3)
    assert "un punto en el mapa" not in client.get(reverse("votaciones:resultado", args=[SLUG])).content.decode()


@pytest.mark.parametrize(
    ("valores", "tope", "clases", "leyenda"),
    [
        (
            {"a": 0, "b": 25, "c": 26, "d": 100},
            100,
            ["c0", "c1", "c2", "c4"],
            ["0 %", "1 a 25 %", "26 a 50 %", "76 a 100 %"],
        ),
        ({"a": 7, "b": 14}, None, ["c2", "c4"], ["5 a 8 %", "13 a 16 %"]),
        ({"a": 3}, None, ["c3"], ["3 %"]),
        ({"a": 0}, None, ["c0"], ["0 %"]),
    ],
)
def test_cada_valor_cae_en_el_tramo_que_dice_su_leyenda(valores, tope, clases, leyenda):
    dadas, dicha = clases_de_color(valores, tope=tope)
    assert list(dadas.values()) == clases
    assert [rotulo for _, rotulo in dicha] == leyenda
    assert [clase for clase, _ in dicha] == sorted(set(clases))
