"""Los archivos de verdad: las OTB, distritos y macrodistritos de La Paz y los municipios de Bolivia.

Las cifras esperadas se midieron aparte, con GeoPandas. Sin la carpeta de datos al lado del repositorio se saltan.
"""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from mapas.territorio.importador import proceso
from mapas.territorio.importador.piezas import Pedido
from mapas.territorio.models import Area, Importacion, Limite
from mapas.territorio.versiones import mismo_limite

RAIZ = Path(__file__).resolve().parents[2]
POSIBLES = [Path(os.environ.get("AYNI_DATOS_DE_VERDAD", "")), RAIZ.parent / "shared/datos", Path("/work/shared/datos")]
DATOS = next((carpeta for carpeta in POSIBLES if (carpeta / "limites").is_dir()), None)
pytestmark = pytest.mark.skipif(DATOS is None, reason="no está la carpeta shared/datos con los límites de verdad")

MUNICIPIOS = ("limites/bo_municipios_2024.geojson", "municipio", "codigo_ine", "nombre_mun")
MACRODISTRITOS = ("limites/lapaz_macrodistritos_9.geojson", "macrodistrito", "cod_macro", "macrodistrito")
DISTRITOS = ("limites/lapaz_distritos_23.geojson", "distrito", "distrito", "distrito")
OTBS = ("otb/lapaz_otbs_643.geojson", "otb", "otb_id", "nombre")


def importar(que, *opciones: str) -> dict:
    archivo, tipo, codigo, nombre = que
    salida = io.StringIO()
    argumentos = [str(DATOS / archivo), "--tipo", tipo, "--campo-codigo", codigo, "--campo-nombre", nombre]
    call_command("importar_territorio", *argumentos, *opciones, "--json", stdout=salida)
    return json.loads(salida.getvalue())


def test_la_paz_entera_sobre_los_municipios_de_bolivia(db):
    bolivia = importar(MUNICIPIOS)
    la_paz = ("--municipio", "020101")
    macros = importar(MACRODISTRITOS, *la_paz)
    distritos = importar(DISTRITOS, *la_paz, "--padre", "cod_macro")
    otbs = importar(OTBS, *la_paz, "--padre", "distrito")
    informes = (bolivia, macros, distritos, otbs)
    assert [(visto["publicado"], visto["aceptadas"], visto["rechazadas"]) for visto in informes] == [
        (True, 343, 0),
        (True, 9, 0),
        (True, 23, 0),
        (True, 643, 0),
    ]
    repetidos = [aviso for aviso in otbs["avisos"] if aviso["clase"] == "nombre_repetido"]
    assert len(repetidos) == 9 and all(len(aviso["codigos"]) == 2 for aviso in repetidos)
    # Medido con geopandas 1.x: intersección de los pares en una proyección Lambert azimutal de áreas iguales.
    assert otbs["traslape_total_m2"] == pytest.approx(89_019.9, rel=0.001)
    assert len([traslape for traslape in otbs["traslapes"] if traslape["m2"] > 1]) == 907
    assert (otbs["traslapes"][0]["a"], otbs["traslapes"][0]["b"]) == ("LPZ-0077", "LPZ-0093")
    assert otbs["traslapes"][0]["m2"] == pytest.approx(49_071.2, rel=0.001)
    assert otbs["hueco_total_m2"] == pytest.approx(38_450.3, rel=0.001)
    assert distritos["traslape_total_m2"] == pytest.approx(185.69, rel=0.01)
    assert bolivia["hueco_total_m2"] == pytest.approx(10_876_355_326, rel=0.001)
    assert {tipo: Area.objects.filter(tipo=tipo).count() for tipo in Area.Tipo.values} == {
        "municipio": 343,
        "macrodistrito": 9,
        "distrito": 23,
        "otb": 643,
    }
    assert set(Area.objects.distritos().values_list("codigo", flat=True)) == {str(numero) for numero in range(1, 24)}
    assert Area.objects.get(tipo="otb", codigo="LPZ-0001").padre == Area.objects.get(tipo="distrito", codigo="4")
    assert Area.objects.get(tipo="distrito", codigo="4").padre.nombre == "Cotahuma"
    assert Limite.objects.count() == Importacion.objects.count() + 343 + 9 + 23 + 643 - 4
    otra_vez = importar(OTBS, *la_paz, "--padre", "distrito")
    assert (otra_vez["publicado"], otra_vez["iguales"], otra_vez["nuevas"], otra_vez["cambiadas"]) == (True, 643, 0, 0)


def test_la_paz_en_un_municipio_creado_y_padre_por_superficie(db):
    crear = ("--municipio", "020101", "--crear-municipio", "La Paz")
    assert importar(DISTRITOS, *crear)["publicado"]
    assert importar(OTBS, *crear)["publicado"]
    assert Area.objects.get(tipo="municipio").nombre == "La Paz"
    escrito = {
        rasgo["properties"]["otb_id"]: str(rasgo["properties"]["distrito"])
        for rasgo in json.loads((DATOS / OTBS[0]).read_text())["features"]
    }
    hallado = dict(Area.objects.otbs().values_list("codigo", "padre__codigo"))
    # Cuatro OTB están dibujadas sobre todo en el distrito de al lado (lo mismo da geopandas.overlay).
    assert sum(hallado[codigo] == escrito[codigo] for codigo in escrito) == 639


@pytest.mark.parametrize("formato", [".zip", ".gpkg"])
def test_lo_que_escribe_geopandas_se_lee_igual(formato, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    datos = geopandas.read_file(DATOS / OTBS[0]).to_crs(32719)
    if formato == ".gpkg":
        datos.to_file(tmp_path / "a.gpkg", driver="GPKG")
        archivo = tmp_path / "a.gpkg"
    else:
        datos.to_file(tmp_path / "a.shp.zip", driver="ESRI Shapefile")
        archivo = tmp_path / "a.shp.zip"
    pedido = Pedido("otb", "otb_id", "nombre")
    visto = proceso.revisar_archivo(archivo.name, archivo.read_bytes(), pedido)
    directo = proceso.revisar_archivo("a.geojson", (DATOS / OTBS[0]).read_bytes(), pedido)
    assert visto["informe"]["crs"] == "EPSG:32719" and visto["informe"]["aceptadas"] == 643
    pares = zip(visto["areas"], directo["areas"], strict=True)
    assert all(mismo_limite(una["geometria"], otra["geometria"]) for una, otra in pares)
    assert [area["nombre"] for area in visto["areas"]] == [area["nombre"] for area in directo["areas"]]


@pytest.mark.parametrize("extension", ["zip", "gpkg"])
def test_lo_que_geopandas_escribe_sin_crs_se_niega(extension, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    datos = geopandas.read_file(DATOS / MACRODISTRITOS[0]).set_crs(None, allow_override=True)
    archivo = tmp_path / f"a.{extension}"
    datos.to_file(tmp_path / ("a.shp.zip" if extension == "zip" else "a.gpkg"))
    archivo = tmp_path / ("a.shp.zip" if extension == "zip" else "a.gpkg")
    with pytest.raises(proceso.ArchivoInservible, match="sistema de coordenadas"):
        proceso.revisar_archivo(
            archivo.name, archivo.read_bytes(), Pedido("macrodistrito", "cod_macro", "macrodistrito")
        )
