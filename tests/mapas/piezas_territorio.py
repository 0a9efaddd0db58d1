"""Archivos de territorio hechos a mano para las pruebas del importador."""

import io
import json
import sqlite3
import struct
import zipfile
from typing import Any

import pyproj
import shapely
from shapely.geometry import shape

from tests.elenco import cuadrado

UTM = pyproj.CRS.from_epsg(32719).to_wkt("WKT1_ESRI")


def rasgo(codigo: Any, geometria: Any, nombre: Any = None, **mas: Any) -> dict[str, Any]:
    propiedades = {"cod": codigo, "nom": nombre if nombre is not None else f"Área {codigo}", **mas}
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}


def geojson(*rasgos: dict[str, Any], **raiz: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(rasgos), **raiz}).encode()


def poligono(*anillos: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(anillos)}


def cuadricula(lados: int, *, lon: float = -68.0, lat: float = -16.0, paso: float = 0.01) -> list[dict[str, Any]]:
    """lados × lados cuadrados que encajan, con códigos «1», «2»…"""
    return [
        rasgo(
            str(fila * lados + columna + 1),
            cuadrado(lon + columna * paso, lat + fila * paso, lon + (columna + 1) * paso, lat + (fila + 1) * paso),
        )
        for fila in range(lados)
        for columna in range(lados)
    ]


# --- Shapefile -------------------------------------------------------------------------------------------------------
def partes_shapefile(
    rasgos: list[dict[str, Any]], *, codificacion: str = "utf-8", cpg: str | None = "UTF-8", prj: str | None = UTM
) -> dict[str, bytes]:
    registros = b"".join(_registro(numero, rasgo["geometry"]) for numero, rasgo in enumerate(rasgos, 1))
    cabecera = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + len(registros)) // 2)
    cabecera += struct.pack("<2i8d", 1000, 5, *([0.0] * 8))
    shx, lugar = b"", 50
    for numero, dato in enumerate(rasgos, 1):
        largo = (len(_registro(numero, dato["geometry"])) - 8) // 2
        shx += struct.pack(">2i", lugar, largo)
        lugar += largo + 4
    partes = {"capa.shp": cabecera + registros, "capa.shx": cabecera + shx, "capa.dbf": _dbf(rasgos, codificacion)}
    if cpg is not None:
        partes["capa.cpg"] = cpg.encode()
    if prj is not None:
        partes["capa.prj"] = prj.encode()
    return partes


def _registro(numero: int, geometria: dict[str, Any] | None) -> bytes:
    if geometria is None:
        cuerpo = struct.pack("<i", 0)
    else:
        forma = shapely.orient_polygons(shape(geometria), exterior_cw=True)
        anillos = [list(a.coords) for p in shapely.get_parts(forma) for a in (p.exterior, *p.interiors)]
        inicios = [sum(map(len, anillos[:lugar])) for lugar in range(len(anillos))]
        puntos = [numero for anillo in anillos for punto in anillo for numero in punto[:2]]
        cuerpo = struct.pack("<i4d2i", 5, *forma.bounds, len(anillos), len(puntos) // 2)
        cuerpo += struct.pack(f"<{len(inicios)}i{len(puntos)}d", *inicios, *puntos)
    return struct.pack(">2i", numero, len(cuerpo) // 2) + cuerpo


def _dbf(rasgos: list[dict[str, Any]], codificacion: str) -> bytes:
    campos = list(rasgos[0]["properties"])
    ancho = 40
    filas = b"".join(
        b" " + b"".join(str(dato["properties"][campo]).encode(codificacion)[:ancho].ljust(ancho) for campo in campos)
        for dato in rasgos
    )
    descripciones = b"".join(
        campo.encode()[:10].ljust(11, b"\0") + b"C" + bytes(4) + bytes([ancho, 0]) + bytes(14) for campo in campos
    )
    cabecera = struct.pack("<4BIHH20x", 3, 26, 1, 1, len(rasgos), 33 + 32 * len(campos), 1 + ancho * len(campos))
    return cabecera + descripciones + b"\r" + filas + b"\x1a"


def comprimir(partes: dict[str, bytes]) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, datos in partes.items():
            archivo.writestr(nombre, datos)
    return salida.getvalue()


def shapefile(rasgos: list[dict[str, Any]], **opciones: Any) -> bytes:
    return comprimir(partes_shapefile(rasgos, **opciones))


# --- GeoPackage ------------------------------------------------------------------------------------------------------
def geopackage(rasgos: list[dict[str, Any]], *, srs: int = 4326, extra: str = "", tabla: str = "capa") -> bytes:
    base = sqlite3.connect(":memory:")
    base.executescript(
        f"""
        PRAGMA application_id = 1196444487;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
            organization_coordsys_id INTEGER, definition TEXT, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
            srs_id INTEGER, z TINYINT, m TINYINT);
        INSERT INTO gpkg_spatial_ref_sys VALUES ('x', {srs}, 'EPSG', {srs}, 'undefined', ''),
            ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', '');
        INSERT INTO gpkg_contents VALUES ('{tabla}', 'features', '{tabla}', {srs});
        INSERT INTO gpkg_geometry_columns VALUES ('{tabla}', 'geom', 'POLYGON', {srs}, 0, 0);
        CREATE TABLE IF NOT EXISTS {tabla} (fid INTEGER PRIMARY KEY, cod TEXT, nom TEXT, geom BLOB);
        {extra}
        """  # noqa: S608 -- los nombres los pone la prueba
    )
    for dato in rasgos:
        sobre = b"GP\x00\x01" + struct.pack("<i", srs)
        geometria = dato["geometry"]
        blob = None if geometria is None else sobre + shapely.to_wkb(shape(geometria))
        valores = (dato["properties"]["cod"], dato["properties"]["nom"], blob)
        base.execute(f"INSERT INTO {tabla} (cod, nom, geom) VALUES (?, ?, ?)", valores)  # noqa: S608 -- ídem
    base.commit()
    datos = base.serialize()
    base.close()
    return datos
