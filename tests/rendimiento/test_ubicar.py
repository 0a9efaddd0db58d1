"""Cuánto cuesta ubicar: un millón de puntos en las 643 OTB de La Paz contra `geopandas.sjoin`, y un punto suelto.

Los datos están en ../shared/datos (no se distribuyen con el código): sin ellos estas pruebas se saltan y lo dicen. Se
miden intercalados, en la misma corrida, y se imprime la razón, que no depende de lo ocupada que esté la máquina.
"""

import json
import resource
import statistics
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mapas.demandas.analisis import Demanda, agregar
from mapas.demandas.analisis import Lugar as LugarDeDemanda
from mapas.territorio import consultas
from mapas.territorio.acciones import limite_nuevo
from mapas.territorio.models import Area, Limite

DATOS = Path(__file__).resolve().parents[2].parent / "shared" / "datos" / "otb" / "lapaz_otbs_643.geojson"
MILLON = 1_000_000
VUELTAS = 5

pytestmark = pytest.mark.skipif(not DATOS.exists(), reason=f"faltan los datos de La Paz en {DATOS}")


@pytest.fixture
def la_paz(db):
    """Las 643 OTB de La Paz en la base, como quedan al importarlas. Devuelve el archivo leído con GeoPandas."""
    import geopandas as gpd

    municipio = Area.objects.create(tipo="municipio", codigo="020101", nombre="La Paz")
    rasgos = json.loads(DATOS.read_text())["features"]
    areas = Area.objects.bulk_create(
        Area(
            tipo="otb",
            municipio=municipio,
            codigo=rasgo["properties"]["otb_id"],
            nombre=str(rasgo["properties"]["nombre"])[:120],
            padre=municipio,
        )
        for rasgo in rasgos
    )
    Limite.objects.bulk_create(limite_nuevo(area, rasgo["geometry"]) for area, rasgo in zip(areas, rasgos, strict=True))
    return gpd.read_file(DATOS)


def al_azar(otbs, cuantos: int = MILLON, semilla: int = 643):
    oeste, sur, este, norte = otbs.total_bounds
    azar = np.random.default_rng(semilla)
    return azar.uniform(oeste, este, cuantos), azar.uniform(sur, norte, cuantos)


def medir(hacer) -> tuple[float, object]:
    inicio = time.perf_counter()
    hecho = hacer()
    return time.perf_counter() - inicio, hecho


def test_un_millon_de_puntos_con_las_cuentas_de_sjoin(la_paz):
    import geopandas as gpd

    lons, lats = al_azar(la_paz)
    puntos = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats), crs=la_paz.crs)
    antes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    frio, _ = medir(lambda: consultas.ubicar_muchos(lons, lats))
    tiempos: dict[str, list[float]] = {"sjoin": [], "ubicar": [], "contar": []}
    for _ in range(VUELTAS):
        tarda, cruce = medir(lambda: gpd.sjoin(puntos, la_paz, predicate="within"))
        tiempos["sjoin"].append(tarda)
        tarda, claves = medir(lambda: consultas.ubicar_muchos(lons, lats))
        tiempos["ubicar"].append(tarda)
        tarda, cuentas = medir(lambda: consultas.contar_puntos(lons, lats))
        tiempos["contar"].append(tarda)
    mitad = {nombre: statistics.median(valores) for nombre, valores in tiempos.items()}
    despues = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"\n1.000.000 de puntos, 643 OTB: sjoin {mitad['sjoin']:.2f} s · ubicar_muchos {mitad['ubicar']:.2f} s "
        f"({mitad['sjoin'] / mitad['ubicar']:.1f} veces más rápido; la primera vez, {frio:.2f} s) · "
        f"contar_puntos {mitad['contar']:.2f} s ({mitad['sjoin'] / mitad['contar']:.1f} veces) · "
        f"memoria máxima {despues / 1024:.0f} MB (antes {antes / 1024:.0f})"
    )
    # Las cuentas: una por cada par (punto, OTB que lo contiene), como sjoin.
    assert cuentas == Counter(cruce["otb_id"])
    # Un área por punto: igual a sjoin en todos los puntos que no caen en un traslape…
    veces = np.bincount(cruce.index, minlength=MILLON)
    unicos = cruce[veces[cruce.index] == 1]
    codigo_de = dict(Area.objects.values_list("pk", "codigo"))
    assert [codigo_de[clave] for clave in claves[unicos.index].tolist()] == unicos["otb_id"].tolist()
    # … en los de traslape, una de las que lo contienen, la más pequeña; y ninguno inventado lejos de todo.
    varios = cruce[veces[cruce.index] > 1]
    superficie = dict(zip(la_paz["otb_id"], la_paz.geometry.area, strict=True))
    for punto, filas in varios.groupby(level=0):
        assert codigo_de[claves[punto]] == min(filas["otb_id"], key=lambda codigo: (superficie[codigo], codigo))
    sueltos = np.flatnonzero((veces == 0) & (claves >= 0))
    print(f"en traslapes {len(np.unique(varios.index))}, en huecos o a menos de 50 m {len(sueltos)}")
    for punto in sueltos[:500]:
        assert consultas.ubicar(lons[punto], lats[punto]).regla == "cercano"
    assert mitad["sjoin"] / mitad["ubicar"] >= 3
    assert mitad["sjoin"] / mitad["contar"] >= 3
    assert despues - antes <= 1024 * 1024  # KB


def test_un_punto_ya_caliente_tarda_menos_de_dos_decimas_de_milisegundo(la_paz):
    lons, lats = al_azar(la_paz, 4000)
    consultas.ubicar(lons[0], lats[0])
    puntos = list(zip(lons.tolist(), lats.tolist(), strict=True))
    medidas = []
    for tanda in range(8):
        tarda, _ = medir(lambda tanda=tanda: [consultas.ubicar(*punto) for punto in puntos[tanda * 500 :][:500]])
        medidas.append(tarda / 500 * 1000)
    print(f"\nun punto: {statistics.median(medidas):.3f} ms (con la pregunta por el sello del territorio)")
    assert statistics.median(medidas) <= 0.2


def test_demandas_de_cien_mil_puntos_usan_el_mismo_camino(la_paz):
    """La agregación de demandas no repite el trabajo: cuesta poco más que ubicar los puntos."""
    import geopandas as gpd

    lons, lats = al_azar(la_paz, 100_000)
    otbs = [
        LugarDeDemanda(area.codigo, None, area.geometria)
        for area in (limite.area for limite in Limite.objects.select_related("area"))
    ]
    demandas = [
        Demanda("reporte", "agua", lon=lon, lat=lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)
    ]
    tarda, hecho = medir(lambda: agregar(demandas, [], otbs))
    puntos = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats), crs=la_paz.crs)
    base, cruce = medir(lambda: gpd.sjoin(puntos, la_paz, predicate="within"))
    cuentas = Counter(cruce[~cruce.index.duplicated(keep=False)]["otb_id"])
    print(f"\nagregar 100.000 demandas: {tarda:.2f} s (solo el sjoin de sus puntos: {base:.2f} s)")
    assert sum(fila.reportes for fila in hecho.otbs) == 100_000
    assert all(fila.reportes >= cuentas[fila.codigo] for fila in hecho.otbs)
