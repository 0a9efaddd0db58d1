"""La bitácora pública y la prueba de que cualquiera puede rehacer la cadena sin saber lo reservado."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from civic.comun.bitacora import anotar, cabeza
from civic.comun.cadena import ORIGEN
from civic.comun.models import Suceso
from tests.casa.revisiones import RAIZ

PROGRAMA = RAIZ / "civic/comun/static/comun/verificar_cadena.py"


@pytest.fixture
def tres(pueblo, gente):
    anotar(
        pueblo.agua, verbo="corregir", texto="Se corrigió la categoría.", actor=gente.hugo, calidad="Planificación",
        motivo="Faltaba", antes={"nombre": "Agua"}, despues={"nombre": "Agua potable"}, datos={"nota": "SECRETA"},
    )  # fmt: skip
    anotar(pueblo.agua, verbo="apoyar", texto="RESERVADO", actor=gente.ana, publico=False, despues={"x": "SECRETA"})
    anotar(gente.ana, verbo="mover", texto="Otra cosa.", desde="a", hasta="b")
    return list(Suceso.objects.order_by("numero"))


def test_lista_muestra_lo_publico_y_la_cabeza(client, tres):
    html = client.get("/bitacora/").content.decode()
    assert [
        texto in html for texto in ("Se corrigió la categoría.", "Otra cosa.", "Planificación", tres[-1].huella)
    ] == [True] * 4
    assert [texto in html for texto in ("RESERVADO", "SECRETA", "Hugo", "Ana Vecina")] == [False] * 4


@pytest.mark.parametrize(
    ("filtro", "hay"),
    [
        ({"texto": "categoría"}, ["Se corrigió la categoría."]),
        ({"texto": "faltaba"}, ["Se corrigió la categoría."]),
        ({"texto": "RESERVADO"}, []),
        ({"objeto": "cuentas.usuario"}, ["Otra cosa."]),
        ({"desde": "2020-01-01"}, ["Otra cosa.", "Se corrigió la categoría."]),
        ({"hasta": "2020-01-01"}, []),
    ],
)
def test_lista_filtra(client, tres, filtro, hay):
    respuesta = client.get("/bitacora/", filtro)
    assert [suceso.texto for suceso in respuesta.context["pagina"]] == hay


@pytest.mark.parametrize(
    "filtro", [{"objeto": "no.hay"}, {"desde": "ayer"}, {"hasta": "2026-13-45"}, {"texto": "x" * 300}]
)
def test_lista_con_filtro_imposible_lo_dice_con_422(client, tres, filtro):
    respuesta = client.get("/bitacora/", filtro)
    assert respuesta.status_code == 422
    assert "Falta corregir un dato" in respuesta.content.decode()


def test_lista_hace_las_mismas_consultas_con_pocos_y_con_muchos(client, tres, pueblo, django_assert_num_queries):
    client.get("/bitacora/")
    with django_assert_num_queries(3):
        client.get("/bitacora/")
    for _ in range(25):
        anotar(pueblo.vias, verbo="v", texto="Más.")
    with django_assert_num_queries(3):
        client.get("/bitacora/")


def test_suceso_muestra_antes_y_despues_y_enlaza(client, tres):
    html = client.get(tres[0].get_absolute_url()).content.decode()
    assert [t in html for t in ("<td>Agua</td>", "<td>Agua potable</td>", tres[0].huella, ORIGEN)] == [True] * 4
    assert ["SECRETA" in html, "Hugo" in html] == [False, False]


@pytest.mark.parametrize("numero", [2, 4, 0, 10**30])
def test_suceso_reservado_o_que_no_esta_es_404(client, tres, numero):
    assert client.get(f"/bitacora/{numero}/").status_code == 404


def test_cabeza_json(client, tres):
    datos = client.get("/bitacora/cabeza.json").json()
    assert (datos["numero"], datos["huella"]) == (3, cabeza()[1])
    assert datos["momento"].endswith("Z")


def test_cabeza_json_sin_sucesos(client, db):
    assert client.get("/bitacora/cabeza.json").json() == {"numero": 0, "huella": ORIGEN, "momento": None}


def test_cadena_no_deja_salir_nada_reservado(client, tres, gente):
    texto = client.get("/bitacora/cadena.jsonl").content.decode()
    lineas = [json.loads(linea) for linea in texto.splitlines()]
    assert [linea["abierto"]["numero"] for linea in lineas] == [1, 2, 3]
    assert lineas[1]["abierto"] == {"numero": 2}
    assert lineas[0]["abierto"]["antes"] == {"nombre": "Agua"}
    assert ["actor" in texto, "SECRETA" in texto, "RESERVADO" in texto, tres[0].sal in texto] == [False] * 4


@pytest.mark.parametrize("desde", ["0", "-1", "1e400", "NaN", "uno", str(10**30), "٣٣٣x"])
def test_cadena_desde_un_numero_imposible_es_422(client, tres, desde):
    assert client.get("/bitacora/cadena.jsonl", {"desde": desde}).status_code == 422


def test_cadena_desde_el_final_esta_vacia(client, tres):
    assert client.get("/bitacora/cadena.jsonl", {"desde": 4}).content == b""


def revisar(archivo: Path, *mas: str):
    hecho = subprocess.run(
        [sys.executable, str(PROGRAMA), str(archivo), *mas], capture_output=True, text=True, check=False
    )
    return hecho.returncode, (hecho.stdout + hecho.stderr).strip()


def test_el_programa_de_afuera_rehace_la_cadena_y_nota_los_cambios(client, tres, tmp_path):
    archivo = tmp_path / "cadena.jsonl"
    texto = client.get("/bitacora/cadena.jsonl").content.decode()
    archivo.write_text(texto)
    assert revisar(archivo) == (0, f"3 sucesos, cadena íntegra, cabeza {tres[2].huella}")
    assert revisar(archivo, tres[1].huella)[0] == 0
    assert revisar(archivo, "f" * 64)[0] == 1
    archivo.write_text(texto.replace("Otra cosa.", "Otra historia."))
    assert revisar(archivo) == (1, "El suceso 3 no corresponde a su huella.")
    archivo.write_text("".join(texto.splitlines(keepends=True)[::2]))
    assert revisar(archivo) == (1, "Falta el suceso 2.")
