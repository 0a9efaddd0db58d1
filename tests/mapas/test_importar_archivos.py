"""El importador ante archivos buenos, malos y tramposos: qué acepta, qué rechaza y con qué frase. Sin base de datos."""

import json
import math
import struct
import subprocess
import sys
import time
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from mapas.territorio.importador import proceso, shapefile, topes
from mapas.territorio.importador.piezas import ArchivoInservible, Pedido
from mapas.territorio.importador.revision import como_texto, revisar
from mapas.territorio.importador.taller import leer
from tests.elenco import cuadrado
from tests.mapas import piezas_territorio as piezas
from tests.mapas.piezas_territorio import cuadricula, geojson, poligono, rasgo

MUNICIPIO = cuadrado(-68.1, -16.1, -67.9, -15.9)


def pedir(**cambios) -> Pedido:
    return Pedido(**({"tipo": "otb", "campo_codigo": "cod", "campo_nombre": "nom"} | cambios))


def mirar(datos: bytes, formato: str = ".geojson", **cambios) -> dict:
    """La revisión en este mismo proceso: más rápida, para lo que no prueba el encierro."""
    pedido = pedir(**cambios)
    return revisar(leer(formato, datos, pedido.campos), pedido)


def motivo(geometria, **cambios) -> str:
    return mirar(geojson(rasgo("1", geometria)), **cambios)["informe"]["rasgos"][0]["motivo"]


def frase(datos: bytes, formato: str = ".geojson", **cambios) -> str:
    with pytest.raises(ArchivoInservible) as fallo:
        mirar(datos, formato, **cambios)
    return str(fallo.value)


# --- Lo que está bien ------------------------------------------------------------------------------------------------
def test_los_tres_formatos_dan_las_mismas_areas():
    rasgos = cuadricula(2)
    a_utm = pyproj.Transformer.from_crs(4326, 32719, always_xy=True)

    def en_utm(dato):
        forma = shapely.transform(
            shapely.geometry.shape(dato["geometry"]), lambda p: np.column_stack(a_utm.transform(p[:, 0], p[:, 1]))
        )
        return dato | {"geometry": mapping(forma)}

    rasgos_utm = [en_utm(dato) for dato in rasgos]
    leidos = {
        "geojson": mirar(geojson(*rasgos)),
        "geojson_utm": mirar(geojson(*rasgos_utm, crs={"type": "name", "properties": {"name": "EPSG:32719"}})),
        "gpkg": mirar(piezas.geopackage(rasgos), ".gpkg"),
        "gpkg_utm": mirar(piezas.geopackage(rasgos_utm, srs=32719), ".gpkg"),
        "zip": mirar(piezas.shapefile(rasgos_utm), ".zip"),
    }
    assert {nombre: visto["informe"]["crs"] for nombre, visto in leidos.items()} == {
        "geojson": "EPSG:4326",
        "geojson_utm": "EPSG:32719",
        "gpkg": "EPSG:4326",
        "gpkg_utm": "EPSG:32719",
        "zip": "EPSG:32719",
    }
    esperadas = [shapely.geometry.shape(dato["geometry"]) for dato in rasgos]
    for visto in leidos.values():
        assert visto["informe"]["aceptadas"] == 4
        formas = [shapely.geometry.shape(area["geometria"]) for area in visto["areas"]]
        assert shapely.equals_exact(shapely.normalize(formas), shapely.normalize(esperadas), 1e-7).all()


def test_altura_y_medida_se_dejan():
    anillo = [[-68, -16, 3600, 1], [-67.9, -16, 3600, 1], [-67.9, -15.9, 3600, 1], [-68, -16, 3600, 1]]
    (area,) = mirar(geojson(rasgo("1", poligono(anillo))))["areas"]
    assert len(area["geometria"]["coordinates"][0][0]) == 2


@pytest.mark.parametrize(
    ("valor", "texto"),
    [
        (1.0, "1"),
        (20101.0, "20101"),
        (7, "7"),
        ("010101", "010101"),
        (" D-3 ", "D-3"),
        (None, ""),
        (math.nan, ""),
        (True, ""),
    ],
)
def test_los_codigos_son_texto(valor, texto):
    assert como_texto(valor) == texto


# --- Cada motivo de rechazo ------------------------------------------------------------------------------------------
MONO = [[-68, -16], [-67, -15], [-67, -16], [-68, -15], [-68, -16]]
HUECO_FUERA = poligono(
    [[-68, -16], [-67, -16], [-67, -15], [-68, -16]], [[-60, -16], [-59, -16], [-59, -15], [-60, -16]]
)


@pytest.mark.parametrize(
    ("geometria", "esperado"),
    [
        (None, "no tiene polígono"),
        (poligono(), "su polígono está vacío"),
        (poligono([]), "su polígono está vacío"),
        ({"type": "MultiPolygon", "coordinates": []}, "su polígono está vacío"),
        ({"type": "Point", "coordinates": [-68, -16]}, "no es un polígono (Point)"),
        ({"type": "GeometryCollection", "geometries": []}, "no es un polígono (GeometryCollection)"),
        (poligono([[-68, math.nan], [-67, -16], [-67, -15], [-68, math.nan]]), "no son números"),
        (poligono([[-68, math.inf], [-67, -16], [-67, -15], [-68, math.inf]]), "no son números"),
        (poligono([[-68, 10**400], [-67, -16], [-67, -15], [-68, 10**400]]), "no son números"),
        (poligono([["-68", "-16"], ["-67", "-16"], ["-67", "-15"], ["-68", "-16"]]), "no son números"),
        (poligono([[True, False], [1, 1], [0, 1], [True, False]]), "no son números"),
        (poligono([[None, -16], [-67, -16], [-67, -15], [None, -16]]), "no son números"),
        (poligono([[-68, -91], [-67, -91], [-67, -90.5], [-68, -91]]), "no son grados"),
        (poligono([[-68, -16], [-67, -16], [-68, -16]]), "menos de cuatro puntos"),
        (poligono([[-68, -16], [-67, -16], [-67, -15], [-68, -15]]), "no se cierra"),
        (poligono(MONO), "se cruza a sí mismo en longitud -67.500000, latitud -15.500000"),
        (HUECO_FUERA, "hueco fuera de su contorno"),
        (poligono([[179, -16], [-179, -16], [-179, -15], [179, -16]]), "antimeridiano"),
        ({"type": "Polygon", "coordinates": 7}, "no se entiende"),
        ({"type": "Polygon", "coordinates": [[[-68]]]}, "no se entiende"),
        (["Polygon"], "no se entiende"),
    ],
)
def test_cada_geometria_mala_dice_su_motivo(geometria, esperado):
    assert esperado in motivo(geometria)


def test_mono_dice_el_punto_del_cruce():
    (visto,) = mirar(geojson(rasgo("1", poligono(MONO))))["informe"]["rasgos"]
    assert (visto["estado"], visto["punto"]) == ("rechazada", [-67.5, -15.5])


def test_anillos_repetidos_se_rechazan():
    dos = {"type": "MultiPolygon", "coordinates": [cuadrado(0, 0, 1, 1)["coordinates"]] * 2}
    assert "se cruza a sí mismo" in motivo(dos) or "iguales" in motivo(dos) or "dentro de otro" in motivo(dos)


def test_zigzag_de_400_vertices_se_rechaza_en_menos_de_50_ms_sin_reparar(monkeypatch):
    def nadie_repara(*_, **__):
        raise AssertionError("No se repara lo que llega.")

    monkeypatch.setattr(shapely, "make_valid", nadie_repara)
    monkeypatch.setattr(shapely, "buffer", nadie_repara)
    anillo = [[-68 + (n % 2) * 0.5, -16 + n * 0.001 * (1 if n < 200 else -1)] for n in range(400)]
    datos = geojson(rasgo("1", poligono([*anillo, anillo[0]])))
    mirar(datos)  # la primera vez carga pyproj
    inicio = time.process_time()
    (visto,) = mirar(datos)["informe"]["rasgos"]
    assert time.process_time() - inicio <= 0.05
    assert visto["estado"] == "rechazada" and "se cruza a sí mismo" in visto["motivo"] and len(visto["punto"]) == 2


def test_codigo_repetido_vacio_y_largo_y_nombre_vacio():
    rasgos = cuadricula(2)
    rasgos[1]["properties"]["cod"] = "1"
    rasgos[2]["properties"] |= {"cod": None, "nom": "  "}
    rasgos[3]["properties"]["cod"] = "x" * 31
    vistos = mirar(geojson(*rasgos))["informe"]["rasgos"]
    assert [visto["estado"] for visto in vistos] == ["aceptada", "rechazada", "rechazada", "rechazada"]
    assert vistos[1]["motivo"] == "código repetido: «1» ya está en el rasgo 0"
    assert "no tiene código" in vistos[2]["motivo"] and "no tiene nombre" in vistos[2]["motivo"]
    assert "su código pasa de 30" in vistos[3]["motivo"]


def test_fuera_del_municipio_dice_cuanto_y_medio_afuera_solo_avisa():
    adentro, a_medias, afuera = (
        rasgo("1", cuadrado(-68.05, -16, -68, -15.95)),
        rasgo("2", cuadrado(-67.95, -16, -67.85, -15.95)),
        rasgo("3", cuadrado(-60, -16, -59.9, -15.95)),
    )
    informe = mirar(geojson(adentro, a_medias, afuera), referencia=[MUNICIPIO])["informe"]
    assert [visto["estado"] for visto in informe["rasgos"]] == ["aceptada", "aceptada", "rechazada"]
    assert informe["rasgos"][2]["motivo"] == "está fuera del municipio (100 % de su superficie)"
    (aviso,) = [aviso for aviso in informe["avisos"] if aviso["clase"] == "borde"]
    assert aviso["codigos"] == ["2"] and "50 %" in aviso["texto"]


@pytest.mark.parametrize("referencia", [[MUNICIPIO], []])
def test_ejes_al_reves_lo_dice(referencia):
    al_reves = poligono([[lat, lon] for lon, lat in cuadrado(-68.05, -16, -68, -15.95)["coordinates"][0]])
    assert "latitud y la longitud al revés" in motivo(al_reves, referencia=referencia)


@pytest.mark.parametrize("referencia", [[], [MUNICIPIO]])
def test_una_sola_con_los_ejes_al_reves_tambien_lo_dice(referencia):
    bien, mal = cuadrado(-68.05, -16, -68, -15.95), cuadrado(-16, -68.05, -15.95, -68)
    vistos = mirar(geojson(rasgo("1", bien), rasgo("2", mal)), referencia=referencia)["informe"]["rasgos"]
    assert [visto["estado"] for visto in vistos] == ["aceptada", "rechazada"]
    assert "la latitud y la longitud al revés" in vistos[1]["motivo"]


def test_codigos_que_solo_difieren_en_espacios_o_mayusculas_son_el_mismo():
    rasgos = cuadricula(2)
    for dato, codigo in zip(rasgos, ["otb 1", " OTB  1 ", "otb\u200b 1", "otb 2"], strict=True):
        dato["properties"]["cod"] = codigo
    vistos = mirar(geojson(*rasgos))["informe"]["rasgos"]
    assert [visto["motivo"] for visto in vistos] == [
        "",
        "código repetido: «OTB 1» ya está en el rasgo 0, escrito «otb 1»",
        "código repetido: «otb 1» ya está en el rasgo 0",
        "",
    ]


def test_demasiados_vertices_en_un_area(monkeypatch):
    monkeypatch.setattr(topes, "VERTICES_POR_RASGO", 4)
    assert "vértices: simplifícalo" in motivo(cuadrado(-68, -16, -67, -15))


# --- El padre --------------------------------------------------------------------------------------------------------
DISTRITOS = [
    {
        "tipo": "distrito",
        "codigo": "1",
        "nombre": "Periférica",
        "alias": ["El norte"],
        "geometria": cuadrado(-68, -16, -67.99, -15),
    },
    {"tipo": "distrito", "codigo": "02", "nombre": "Centro", "alias": [], "geometria": cuadrado(-67.99, -16, -67, -15)},
]


@pytest.mark.parametrize(
    ("escrito", "codigo"), [(1, "1"), (1.0, "1"), ("02", "02"), (2, "02"), ("PERIFERICA", "1"), ("el norte", "1")]
)
def test_padre_por_codigo_y_despues_por_nombre(escrito, codigo):
    datos = geojson(rasgo("a", cuadrado(-68, -16, -67.995, -15.99), d=escrito))
    (area,) = mirar(datos, campo_padre="d", padres=DISTRITOS)["areas"]
    assert area["padre"] == {"tipo": "distrito", "codigo": codigo}


def test_padre_desconocido_se_rechaza():
    datos = geojson(rasgo("a", cuadrado(-68, -16, -67.9, -15.9), d="99"))
    (visto,) = mirar(datos, campo_padre="d", padres=DISTRITOS, rotulo_padre="distrito")["informe"]["rasgos"]
    assert visto["motivo"] == "dice estar en «99», y no hay un distrito con ese código ni nombre"


def test_sin_campo_el_padre_es_el_de_mayor_superficie_y_se_avisa():
    sobre_los_dos = rasgo("a", cuadrado(-67.995, -15.5, -67.9, -15.4))
    en_ninguno = rasgo("b", cuadrado(-60, -16, -59, -15))
    visto = mirar(geojson(sobre_los_dos, en_ninguno), padres=DISTRITOS, rotulo_padre="distrito")
    assert [area["padre"] for area in visto["areas"]] == [{"tipo": "distrito", "codigo": "02"}, None]
    assert {aviso["clase"] for aviso in visto["informe"]["avisos"]} == {"padre_por_superficie", "sin_padre"}


# --- Traslapes, huecos y astillas ------------------------------------------------------------------------------------
def test_cuadricula_perfecta_no_tiene_traslapes_ni_huecos():
    informe = mirar(geojson(*cuadricula(5)))["informe"]
    assert (informe["traslapes"], informe["huecos"], informe["traslape_total_m2"]) == ([], [], 0)


def test_traslape_se_mide_en_metros_cuadrados_y_la_astilla_se_distingue():
    ancho, astilla = (
        rasgo("2", cuadrado(-67.992, -16, -67.98, -15.99)),
        rasgo("3", cuadrado(-67.980005, -16, -67.97, -15.99)),
    )
    informe = mirar(geojson(rasgo("1", cuadrado(-68, -16, -67.99, -15.99)), ancho, astilla))["informe"]
    geodesia = pyproj.Geod(ellps="WGS84")
    de_verdad = abs(geodesia.geometry_area_perimeter(shapely.box(-67.992, -16, -67.99, -15.99))[0])
    assert [(t["a"], t["b"], t["astilla"]) for t in informe["traslapes"]] == [("1", "2", False), ("2", "3", True)]
    assert informe["traslapes"][0]["m2"] == pytest.approx(de_verdad, rel=0.001)
    assert informe["traslape_total_m2"] == pytest.approx(sum(t["m2"] for t in informe["traslapes"]), abs=0.1)


def test_hueco_entre_areas_y_hasta_el_borde_con_superficie_y_punto():
    nueve = cuadricula(3)
    del nueve[4]
    informe = mirar(geojson(*nueve), referencia=[cuadrado(-68, -16, -67.96, -15.97)])["informe"]
    entre, borde = informe["huecos"]
    geodesia = pyproj.Geod(ellps="WGS84")
    medio = abs(geodesia.geometry_area_perimeter(shapely.box(-67.99, -15.99, -67.98, -15.98))[0])
    assert entre["m2"] == pytest.approx(medio, rel=0.001) and entre["donde"] == "entre_areas" and not entre["astilla"]
    assert shapely.box(-67.99, -15.99, -67.98, -15.98).contains(shapely.Point(entre["punto"]))
    assert borde["donde"] == "borde" and borde["m2"] == pytest.approx(3 * medio, rel=0.01)


def test_nombres_repetidos_solo_se_avisan():
    rasgos = cuadricula(2)
    rasgos[0]["properties"]["nom"], rasgos[3]["properties"]["nom"] = "San José", "SAN JOSE"
    informe = mirar(geojson(*rasgos))["informe"]
    assert informe["aceptadas"] == 4
    assert [aviso["codigos"] for aviso in informe["avisos"]] == [["1", "4"]]


def test_lo_que_cae_en_otro_pais_se_avisa():
    en_canada = geojson(rasgo("7", EN_METROS), crs={"type": "name", "properties": {"name": "EPSG:32619"}})
    informe = mirar(en_canada)["informe"]
    assert informe["aceptadas"] == 1
    assert [(aviso["texto"][:36], aviso["codigos"]) for aviso in informe["avisos"]] == [
        ("Áreas fuera de Bolivia: 1 de 1. Revi", ["7"])
    ]
    assert mirar(en_canada, referencia=[MUNICIPIO])["informe"]["rechazadas"] == 1
    assert mirar(geojson(*cuadricula(2)))["informe"]["avisos"] == []


def test_un_texto_sin_cerrar_se_niega_sin_recorrer_el_archivo_por_cada_comilla():
    inicio = time.process_time()
    assert "mal escrito" in frase(b'{"a":"' + b'\\"' * 200_000)
    assert time.process_time() - inicio < 1


def test_todas_encima_de_todas_se_niega_sin_medir_cada_par(monkeypatch):
    monkeypatch.setattr(topes, "PARES_POR_MEDIR", 100)
    assert "unas encima de otras" in frase(geojson(*[rasgo(str(n), cuadrado(-68, -16, -67, -15)) for n in range(20)]))


# --- Sistema de coordenadas ------------------------------------------------------------------------------------------
EN_METROS = cuadrado(590_000, 8_170_000, 591_000, 8_171_000)


def test_geojson_en_metros_sin_crs_se_niega_entero():
    assert "no dice en qué sistema está y sus coordenadas no son grados" in frase(geojson(rasgo("1", EN_METROS)))


@pytest.mark.parametrize(
    ("crs", "esperado"),
    [
        (None, "no dice en qué sistema"),
        ({"type": "link", "properties": {"href": "http://127.0.0.1:9/x"}}, "apunta a otro lugar"),
        ({"type": "name", "properties": {"name": "/vsicurl/http://127.0.0.1:9/x"}}, "No reconocemos el sistema"),
        ({"type": "name", "properties": {"name": "EPSG:999999"}}, "No existe el sistema"),
        ("EPSG:4326", "apunta a otro lugar"),
    ],
)
def test_crs_que_no_sirve_dice_por_que(crs, esperado):
    assert esperado in frase(geojson(rasgo("1", cuadrado(-68, -16, -67, -15)), crs=crs))


@pytest.mark.parametrize(
    "nombre",
    [
        "EPSG:4326",
        "EPSG::4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:EPSG:9.8.1:4326",
        "urn:ogc:def:crs:EPSG:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:OGC:CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "CRS84",
    ],
)
def test_cada_forma_de_escribir_el_mismo_sistema_se_reconoce(nombre):
    datos = geojson(*cuadricula(1), crs={"type": "name", "properties": {"name": nombre}})
    assert mirar(datos)["informe"]["crs"] == "EPSG:4326"


def test_psad56_se_lleva_a_wgs84_y_no_se_toma_por_otra_cosa():
    """Entre PSAD56 y WGS84 hay más de 300 metros: un .prj sin códigos EPSG, como los de ArcGIS, igual se entiende."""
    psad56 = pyproj.CRS.from_epsg(24879)
    a_psad56 = pyproj.Transformer.from_crs(4326, psad56, always_xy=True)
    (dato,) = cuadricula(1)
    corrido = shapely.transform(
        shapely.geometry.shape(dato["geometry"]), lambda p: np.column_stack(a_psad56.transform(p[:, 0], p[:, 1]))
    )
    datos = piezas.shapefile([dato | {"geometry": mapping(corrido)}], prj=psad56.to_wkt("WKT1_ESRI"))
    visto = mirar(datos, ".zip")
    assert visto["informe"]["crs"] == "EPSG:24879"
    formas = [shapely.geometry.shape(geometria) for geometria in (visto["areas"][0]["geometria"], dato["geometry"])]
    assert shapely.equals_exact(*shapely.normalize(formas), 1e-6)


def test_lo_que_el_archivo_escribe_con_caracteres_que_ninguna_base_guarda_no_llega_al_informe():
    raro = {"type": "Poly\0gon\ud800", "coordinates": []}
    assert mirar(geojson(rasgo("1", raro)))["informe"]["rasgos"][0]["motivo"] == "no es un polígono (Polygon)"
    partes = piezas.partes_shapefile([rasgo("1", cuadrado(-68, -16, -67, -15), "Ñuflo")], cpg="cp850\0")
    wgs84 = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
    informe = mirar(piezas.comprimir(partes | {"capa.prj": wgs84.encode()}), ".zip")["informe"]
    assert [aviso["texto"] for aviso in informe["avisos"]] == [
        "El .cpg dice cp850, pero el texto está en UTF-8: se leyó así."
    ]


def test_shapefile_sin_prj_y_geopackage_sin_srs_se_niegan():
    rasgos = cuadricula(1)
    assert "le falta el archivo .prj" in frase(piezas.shapefile(rasgos, prj=None), ".zip")
    assert "no dice en qué sistema" in frase(piezas.geopackage(rasgos, srs=0), ".gpkg")


# --- Shapefile y zip -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codificacion", "cpg"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", None),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "1252"),
        ("cp1252", None),
        ("cp1252", "UTF-8"),
        ("utf-8", "ISO-8859-1"),
    ],
)
def test_la_ene_sobrevive_a_cualquier_codificacion(codificacion, cpg):
    nombre = "Ñuñorco, Año ¿Nuevo?"
    rasgos = [rasgo("1", cuadrado(-68, -16, -67.9, -15.9), nombre)]
    wgs84 = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
    (area,) = mirar(piezas.shapefile(rasgos, codificacion=codificacion, cpg=cpg, prj=wgs84), ".zip")["areas"]
    assert area["nombre"] == nombre


def test_shapefile_con_hueco_y_con_isla():
    con_hueco = poligono(
        cuadrado(-68, -16, -67, -15)["coordinates"][0], cuadrado(-67.6, -15.6, -67.4, -15.4)["coordinates"][0][::-1]
    )
    dos = {
        "type": "MultiPolygon",
        "coordinates": [con_hueco["coordinates"], cuadrado(-66, -16, -65, -15)["coordinates"]],
    }
    wgs84 = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
    areas = mirar(piezas.shapefile([rasgo("1", con_hueco), rasgo("2", dos)], prj=wgs84), ".zip")["areas"]
    assert [shapely.geometry.shape(area["geometria"]).area for area in areas] == pytest.approx([0.96, 1.96])


def bomba() -> bytes:
    partes = piezas.partes_shapefile(cuadricula(1))
    return piezas.comprimir(partes | {"relleno.txt": bytes(30 * topes.MEGA)})


def mentiroso() -> bytes:
    """El directorio central dice que el .shp es más chico de lo que trae."""
    datos = bytearray(piezas.shapefile(cuadricula(1)))
    lugar = datos.index(b"PK\x01\x02")
    datos[lugar + 24 : lugar + 28] = struct.pack("<I", 150)
    return bytes(datos)


def con_enlace() -> bytes:
    salida = BytesIO(piezas.shapefile(cuadricula(1)))
    with zipfile.ZipFile(salida, "a") as archivo:
        enlace = zipfile.ZipInfo("enlace.shp")
        enlace.external_attr = 0o120777 << 16
        archivo.writestr(enlace, "/etc/passwd")
    return salida.getvalue()


@pytest.mark.parametrize(
    ("hacer", "esperado"),
    [
        (bomba, "crece más de cien veces"),
        (mentiroso, "dañado"),
        (con_enlace, "apuntan a otra carpeta"),
        (
            lambda: piezas.comprimir(piezas.partes_shapefile(cuadricula(1)) | {"../../x.txt": b"x"}),
            "apuntan a otra carpeta",
        ),
        (lambda: piezas.comprimir(piezas.partes_shapefile(cuadricula(1)) | {"/x.txt": b"x"}), "apuntan a otra carpeta"),
        (
            lambda: piezas.comprimir(piezas.partes_shapefile(cuadricula(1)) | {"otro.zip": b"PK"}),
            "otro archivo comprimido",
        ),
        (lambda: piezas.comprimir({f"{n}.txt": b"x" for n in range(21)}), "más de 20 archivos"),
        (lambda: piezas.comprimir({"leeme.txt": b"x"}), "no trae un shapefile"),
        (lambda: piezas.comprimir({**piezas.partes_shapefile(cuadricula(1)), "b.shp": b"x"}), "varios shapefiles"),
        (
            lambda: piezas.comprimir(
                {k: v for k, v in piezas.partes_shapefile(cuadricula(1)).items() if k[-3:] != "dbf"}
            ),
            "le falta .dbf",
        ),
        (lambda: b"PK\x03\x04" + bytes(50), "dañado o no es un zip"),
        (lambda: piezas.shapefile(cuadricula(1))[:-30], "dañado"),
    ],
)
def test_zip_tramposo_se_niega_antes_de_leer_el_shapefile(hacer, esperado):
    assert esperado in frase(hacer(), ".zip")


def test_zip_de_mas_de_200_mb_descomprimido_se_niega_por_su_indice(monkeypatch):
    datos = piezas.shapefile(cuadricula(3))
    monkeypatch.setattr(topes, "ZIP_DESCOMPRIMIDO", 1_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("no debía descomprimir"))
    assert "pesa más de 200 MB" in frase(datos, ".zip")


def test_shapefile_con_el_hueco_antes_que_el_contorno():
    """El formato no dice en qué orden van los anillos, solo que los contornos giran como el reloj."""
    contorno = cuadrado(-68, -16, -67, -15)["coordinates"][0]
    hueco = cuadrado(-67.6, -15.6, -67.4, -15.4)["coordinates"][0]
    partes = piezas.partes_shapefile([rasgo("1", poligono(contorno, hueco))], prj="")
    shp = partes["capa.shp"]
    sitio = 100 + 8 + 44 + 8  # cabecera, la del registro, lo que precede a los puntos con sus dos anillos
    afuera, adentro = shp[sitio : sitio + 80], shp[sitio + 80 : sitio + 160]
    partes["capa.shp"] = shp[:sitio] + adentro + afuera
    partes["capa.prj"] = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI").encode()
    (area,) = mirar(piezas.comprimir(partes), ".zip")["areas"]
    assert area["geometria"]["type"] == "Polygon" and len(area["geometria"]["coordinates"]) == 2
    assert shapely.geometry.shape(area["geometria"]).area == pytest.approx(0.96)


def test_shapefile_con_registros_mentirosos_no_se_cae():
    partes = piezas.partes_shapefile(cuadricula(2))
    for lugar in range(100, 200, 4):
        for valor in (-1, 2**31 - 1):
            roto = bytearray(partes["capa.shp"])
            roto[lugar : lugar + 4] = struct.pack("<i", valor)
            formas = shapefile.leer_formas(bytes(roto), partes["capa.shx"])
            assert len(formas) == 4
            shx = bytearray(partes["capa.shx"])
            if lugar + 4 <= len(shx):
                shx[lugar : lugar + 4] = struct.pack(">i", valor)
                assert len(shapefile.leer_formas(partes["capa.shp"], bytes(shx))) == 4


# --- GeoPackage ------------------------------------------------------------------------------------------------------
def test_geopackage_con_disparadores_y_vistas_se_lee_sin_ejecutarlos():
    extra = """
    CREATE TRIGGER t AFTER INSERT ON gpkg_contents BEGIN SELECT load_extension('x'); END;
    CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS cod, n AS nom FROM c;
    INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4326, 0, 0);
    """
    assert mirar(piezas.geopackage(cuadricula(2), extra=extra), ".gpkg")["informe"]["aceptadas"] == 4


def test_geopackage_que_solo_trae_una_vista_se_niega():
    extra = """
    ALTER TABLE capa RENAME TO otra;
    CREATE VIEW capa AS
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS cod, n AS geom FROM c;
    """
    assert "no trae ninguna capa" in frase(piezas.geopackage([], extra=extra), ".gpkg")


def otra_capa(nombre: str, columnas: str, clase: str = "POLYGON") -> str:
    crear = f"CREATE TABLE {nombre} (fid INTEGER PRIMARY KEY, {columnas}, geom BLOB);"
    contar = f"INSERT INTO gpkg_contents VALUES ('{nombre}', 'features', '{nombre}', 4326);"  # noqa: S608 -- los nombres los pone la prueba
    return f"{crear} {contar} INSERT INTO gpkg_geometry_columns VALUES ('{nombre}', 'geom', '{clase}', 4326, 0, 0);"  # noqa: S608 -- ídem


DE_CUALQUIER_CLASE = "UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY';"


@pytest.mark.parametrize(
    "extra",
    [
        otra_capa("puntos", "cod TEXT, nom TEXT", "POINT"),
        DE_CUALQUIER_CLASE + otra_capa("p", "cod, nom", "point"),
        otra_capa("manzanos", "numero TEXT"),
        "UPDATE gpkg_geometry_columns SET column_name = 'GEOM', table_name = 'Capa';",
    ],
    ids=["con puntos", "de cualquier clase y con puntos", "otra sin esos campos", "mayúsculas"],
)
def test_geopackage_con_varias_capas_usa_la_unica_que_sirve(extra):
    assert mirar(piezas.geopackage(cuadricula(2), extra=extra), ".gpkg")["informe"]["aceptadas"] == 4


def test_geopackage_con_dos_capas_que_sirven_pregunta_cual():
    extra = otra_capa("manzanos", "cod TEXT, nom TEXT")
    assert "varias capas («capa», «manzanos»)" in frase(piezas.geopackage(cuadricula(2), extra=extra), ".gpkg")


def test_geopackage_con_el_sistema_escrito_en_wkt2():
    wkt2 = pyproj.CRS.from_epsg(32719).to_wkt("WKT2_2019")
    extra = "UPDATE gpkg_spatial_ref_sys SET organization = 'SIGMUN';"
    extra += f"ALTER TABLE gpkg_spatial_ref_sys ADD COLUMN definition_12_063 TEXT DEFAULT '{wkt2}';"
    (dato,) = cuadricula(1)
    en_metros = dato | {"geometry": EN_METROS}
    visto = mirar(piezas.geopackage([en_metros], srs=900001, extra=extra), ".gpkg")
    assert (visto["informe"]["crs"], visto["informe"]["aceptadas"]) == ("EPSG:32719", 1)


def test_geopackage_cortado_o_con_basura_se_niega():
    sano = piezas.geopackage(cuadricula(2))
    assert "dañado" in frase(sano[:3000], ".gpkg")
    assert "no es un GeoPackage" in frase(b"SQLite format 3\x00" + bytes(4000), ".gpkg")


# --- Archivos de otra cosa -------------------------------------------------------------------------------------------
VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:%d/vrt</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
GML = b'<?xml version="1.0"?><gml:FeatureCollection xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://127.0.0.1:%d/gml"/>'
KML = b"<kml><NetworkLink><Link><href>http://127.0.0.1:%d/kml</href></Link></NetworkLink></kml>"
ENLACE = b'{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://127.0.0.1:%d/crs-link","type":"ogcwkt"}},"features":[{"type":"Feature","properties":{"cod":"1","nom":"a"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}'
TRUCOS = [VRT, GML, KML, ENLACE, b"/vsicurl/http://127.0.0.1:%d/x.geojson", b"http://127.0.0.1:%d/x.geojson"]


@pytest.fixture
def oyente():
    """Un servidor en esta máquina que cuenta los pedidos que le llegan."""
    pedidos: list[str] = []

    class Contador(BaseHTTPRequestHandler):
        def do_GET(self):
            pedidos.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    servidor = HTTPServer(("127.0.0.1", 0), Contador)
    hilo = Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    yield servidor.server_port, pedidos
    servidor.shutdown()
    servidor.server_close()


@pytest.mark.parametrize("truco", TRUCOS, ids=["vrt", "gml", "kml", "crs-link", "vsicurl", "http"])
def test_ningun_archivo_tramposo_hace_un_pedido(truco, oyente):
    puerto, pedidos = oyente
    with pytest.raises(ArchivoInservible):
        proceso.revisar_archivo("límites.geojson", truco % puerto, pedir())
    assert pedidos == []


def test_control_negativo_geopandas_si_hace_el_pedido(oyente):
    puerto, pedidos = oyente
    orden = (
        "import io, sys, geopandas\n"
        "try:\n    geopandas.read_file(io.BytesIO(sys.stdin.buffer.read()))\nexcept Exception:\n    pass"
    )
    subprocess.run([sys.executable, "-c", orden], input=ENLACE % puerto, check=False, timeout=60, capture_output=True)
    assert pedidos == ["/crs-link"]


@pytest.mark.parametrize(
    ("nombre", "datos", "esperado"),
    [
        ("a.kml", KML, "Solo se importan"),
        ("a.geojson", b"", "vacío"),
        ("a.zip", b"{}", "por dentro es otra cosa"),
        ("a.gpkg", KML, "por dentro es otra cosa"),
        ("a.geojson", b"PK\x03\x04", "no es un GeoJSON"),
        ("a.geojson", b"[1, 2]", "no es un GeoJSON"),
        ("a.geojson", b"{", "mal escrito (línea 1)"),
        ("a.geojson", b'{"type": "Topology"}', "no es un GeoJSON"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no trae ningún polígono"),
        ("a.geojson", '{"type": "FeatureCollection", "x": "ñ"}'.encode("latin-1"), "no está en UTF-8"),
    ],
)
def test_archivo_de_otra_cosa_dice_que_es(nombre, datos, esperado):
    with pytest.raises(ArchivoInservible, match=esperado.replace("(", r"\(").replace(")", r"\)")):
        proceso.revisar_archivo(nombre, datos, pedir())


def test_campo_que_no_existe_dice_los_que_hay():
    assert frase(geojson(*cuadricula(1)), campo_codigo="codigo") == (
        "El archivo no tiene el campo «codigo». Los que tiene: «cod», «nom»."
    )


# --- El encierro -----------------------------------------------------------------------------------------------------
def test_el_proceso_aparte_no_tiene_red():
    visto = proceso.en_el_taller({"probar": True})
    assert visto["red"] is False
    assert visto["sin_llamadas"] or visto["sin_red"]


MUCHOS = "[" + ",".join(["[0,0]"] * 1_000_000) + "]"
HONDO = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"cod":1,"nom":2},"geometry":'
PESADOS = {
    "un_millon_de_vertices": (HONDO + '{"type":"Polygon","coordinates":[' + MUCHOS + "]}}]}", "vértices"),
    "cien_mil_anidadas": (
        HONDO + '{"type":"GeometryCollection","geometries":[' * 100_000 + "]}" * 100_000 + "}]}",
        "demasiados niveles",
    ),
    "cien_mil_listas": (HONDO + "[" * 100_000 + "]" * 100_000 + "}]}", "demasiados niveles"),
    "llaves_dentro_de_un_texto": ('{"x": "' + "[{" * 100_000 + '"}', "no es un GeoJSON"),
}


@pytest.mark.parametrize("nombre", PESADOS)
def test_archivos_pesados_se_niegan_en_un_segundo_y_poca_memoria(nombre):
    texto, esperado = PESADOS[nombre]
    datos = texto.encode()
    medir = (
        "import json, resource, sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from mapas.territorio.importador import revision\n"
        "from mapas.territorio.importador.taller import atender\n"
        "datos = sys.stdin.buffer.read()\n"
        "antes, inicio = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()\n"
        "pedido = {'tipo': 'otb', 'campo_codigo': 'cod', 'campo_nombre': 'nom'}\n"
        "respuesta = atender({'formato': '.geojson', 'pedido': pedido}, datos)\n"
        "memoria = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - antes\n"
        "print(json.dumps([respuesta['error'], time.process_time() - inicio, memoria / 1024]))"
    )
    raiz = str(proceso.TALLER.parents[3])
    hecho = subprocess.run([sys.executable, "-c", medir, raiz], input=datos, capture_output=True, check=True)
    error, segundos, megas = json.loads(hecho.stdout)
    assert esperado in error
    assert segundos <= 1 and megas <= 200
    with pytest.raises(ArchivoInservible, match=esperado):
        proceso.revisar_archivo("x.geojson", datos, pedir())


@pytest.mark.parametrize(
    "muerte",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
        "bytearray(2**40)",
        "while True: pass",
        "import time; time.sleep(60)",
    ],
    ids=["matado", "violacion_de_segmento", "sin_memoria", "sin_procesador", "sin_tiempo"],
)
def test_si_el_proceso_aparte_muere_el_servidor_vive_y_lo_dice(muerte, tmp_path, monkeypatch):
    monkeypatch.setattr(topes, "SEGUNDOS_DE_RELOJ", 8)
    taller = tmp_path / "taller.py"
    taller.write_text(
        f"import sys; sys.path.insert(0, {str(proceso.TALLER.parents[3])!r})\n"
        "from mapas.territorio.importador import encierro, topes\n"
        "topes.SEGUNDOS_DE_CPU = 2\n"
        f"encierro.limitar()\n{muerte}\n"
    )
    monkeypatch.setattr(proceso._taller, "programa", taller)
    with pytest.raises(ArchivoInservible, match="demasiado grande o complicado"):
        proceso.revisar_archivo("x.geojson", geojson(*cuadricula(1)), pedir())


def test_el_servidor_no_carga_lo_que_lee_archivos():
    orden = (
        "import sys\nsys.path.insert(0, sys.argv[1])\nfrom mapas.territorio.importador import proceso\n"
        "print([m for m in ('geopandas', 'pyogrio', 'pandas', 'pyproj') if m in sys.modules])"
    )
    hecho = subprocess.run(
        [sys.executable, "-c", orden, str(proceso.TALLER.parents[3])], capture_output=True, check=True
    )
    assert hecho.stdout.strip() == b"[]"


# --- Cualquier cosa --------------------------------------------------------------------------------------------------
numeros = st.one_of(st.floats(), st.integers(-(10**30), 10**30), st.none(), st.text(max_size=3), st.booleans())
puntos = st.lists(numeros, max_size=4)
coordenadas = st.recursive(puntos, lambda hijos: st.lists(hijos, max_size=5), max_leaves=20)
geometrias = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "", 7]), "coordinates": coordenadas}
    ),
)
rasgos_raros = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "type": st.just("Feature"),
            "properties": st.fixed_dictionaries({"cod": numeros, "nom": numeros}),
            "geometry": geometrias,
        }
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rasgos_raros, max_size=4), st.sampled_from([[], [MUNICIPIO]]))
def test_cualquier_geojson_da_un_informe_o_una_frase(rasgos, referencia):
    try:
        visto = mirar(geojson(*rasgos), referencia=referencia)
    except ArchivoInservible as error:
        assert str(error)[0].isupper()
        return
    informe = visto["informe"]
    assert informe["aceptadas"] + informe["rechazadas"] == len(rasgos)
    assert all(visto["motivo"] for visto in informe["rasgos"] if visto["estado"] == "rechazada")
    json.dumps(visto, allow_nan=False)


SANOS = {".zip": piezas.shapefile(cuadricula(2)), ".gpkg": piezas.geopackage(cuadricula(2))}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_un_archivo_sano_con_bytes_cambiados_nunca_revienta(data):
    formato = data.draw(st.sampled_from(list(SANOS)))
    roto = bytearray(SANOS[formato])
    for _ in range(data.draw(st.integers(1, 8))):
        roto[data.draw(st.integers(0, len(roto) - 1))] = data.draw(st.integers(0, 255))
    try:
        visto = mirar(bytes(roto), formato)
    except ArchivoInservible:
        return
    json.dumps(visto, allow_nan=False)
