"""Leer un GeoPackage como lo que es: una base SQLite con geometrías en WKB. Se abre en memoria y solo se consulta."""

import sqlite3
import struct
from collections.abc import Sequence
from typing import Any

import shapely

from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.geojson import MUCHOS_VERTICES
from mapas.territorio.importador.piezas import ArchivoInservible, Capa, Rasgo

MAGIA = b"SQLite format 3\x00"
# Tamaño de la caja que precede al WKB, según los bits 1 a 3 de las banderas (GeoPackage 1.3, 2.1.3).
_CAJAS = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_POLIGONOS = {3, 6}
_CAPAS_QUE_SE_LEEN = {"POLYGON", "MULTIPOLYGON", "GEOMETRY"}
NO_ES_GEOPACKAGE = "El archivo no es un GeoPackage, o está dañado. Vuelve a exportarlo."
_PERMITIDO = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_PRAGMA,
    sqlite3.SQLITE_RECURSIVE,
}


def _solo_mirar(accion: int, *partes: Any) -> int:
    return sqlite3.SQLITE_OK if accion in _PERMITIDO else sqlite3.SQLITE_DENY


def leer(datos: bytes, campos: Sequence[str] = ()) -> Capa:
    """La capa de polígonos; si hay varias, la única que tiene esos `campos`."""
    if not datos.startswith(MAGIA):
        raise ArchivoInservible(NO_ES_GEOPACKAGE)
    base = sqlite3.connect(":memory:")
    try:
        # Un archivo dejado en modo WAL no se puede leer en memoria; sin su diario, el modo común lee lo mismo.
        if datos[18:20] == b"\x02\x02":
            datos = datos[:18] + b"\x01\x01" + datos[20:]
        base.deserialize(datos)
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA query_only = ON")
        base.execute("PRAGMA cell_size_check = ON")
        base.set_authorizer(_solo_mirar)
        base.text_factory = lambda crudo: crudo.decode("utf-8", "replace")
        return _leer(base, campos)
    except (sqlite3.Error, UnicodeDecodeError):
        raise ArchivoInservible(NO_ES_GEOPACKAGE) from None
    finally:
        base.close()


def _leer(base: sqlite3.Connection, pedidos: Sequence[str]) -> Capa:
    tabla, columna, srs = _elegir_capa(base, pedidos)
    crs = _crs(base, srs)
    filas = base.execute(f"SELECT * FROM {_entre_comillas(tabla)} LIMIT {topes.RASGOS + 1}")  # noqa: S608 -- nombre de tabla entre comillas dobladas
    campos = [str(campo[0]) for campo in filas.description]
    # SQLite no distingue mayúsculas en los nombres: la tabla de capas puede decir «GEOM» de la columna «geom».
    lugar = next((lugar for lugar, campo in enumerate(campos) if campo.lower() == columna.lower()), None)
    if lugar is None:
        raise ArchivoInservible(NO_ES_GEOPACKAGE)
    rasgos = []
    for indice, fila in enumerate(filas):
        propiedades = {
            campo: valor for posicion, (campo, valor) in enumerate(zip(campos, fila, strict=True)) if posicion != lugar
        }
        rasgos.append(_rasgo(indice, propiedades, fila[lugar]))
    return Capa(rasgos, crs, "GeoPackage")


def _elegir_capa(base: sqlite3.Connection, pedidos: Sequence[str]) -> tuple[str, str, Any]:
    """(tabla, columna de la geometría, srs) de la capa de polígonos. Lanza ArchivoInservible si hay varias posibles."""
    # Una vista puede ser cualquier consulta: solo se leen tablas de verdad.
    tablas = {nombre.lower() for (nombre,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tablas:
        raise ArchivoInservible(NO_ES_GEOPACKAGE)
    filas = base.execute(
        "SELECT g.table_name, g.column_name, g.srs_id, g.geometry_type_name FROM gpkg_geometry_columns g"
        " JOIN gpkg_contents c ON lower(c.table_name) = lower(g.table_name) WHERE c.data_type = 'features'"
    )
    capas = [
        (str(tabla), str(columna), srs)
        for tabla, columna, srs, clase in filas
        if str(tabla).lower() in tablas and str(clase).upper() in _CAPAS_QUE_SE_LEEN
    ]
    if len(capas) > 1:
        capas = [capa for capa in capas if set(pedidos) <= _columnas(base, capa[0])] or capas
    if len(capas) == 1:
        return capas[0]
    if not capas:
        raise ArchivoInservible("El GeoPackage no trae ninguna capa de polígonos.")
    nombres = ", ".join(f"«{tabla}»" for tabla, *_ in capas[:8])
    raise ArchivoInservible(f"El GeoPackage trae varias capas ({nombres}) y no sabemos cuál usar. Exporta solo una.")


def _columnas(base: sqlite3.Connection, tabla: str) -> set[str]:
    return {str(campo[0]) for campo in base.execute(f"SELECT * FROM {_entre_comillas(tabla)} LIMIT 0").description}  # noqa: S608 -- ídem


def _entre_comillas(nombre: str) -> str:
    return '"' + nombre.replace('"', '""') + '"'


def _crs(base: sqlite3.Connection, srs: Any) -> Any:
    filas = base.execute("SELECT * FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,))
    campos = [str(campo[0]).lower() for campo in filas.description]
    dato = dict(zip(campos, filas.fetchone() or (), strict=False))
    if not dato or srs in (-1, 0) or "undefined" in str(dato.get("srs_name")).lower():
        raise ArchivoInservible(sistemas.SIN_CRS)
    codigo = dato.get("organization_coordsys_id")
    if str(dato.get("organization")).upper() == "EPSG" and isinstance(codigo, int) and codigo > 0:
        return sistemas.por_epsg(codigo)
    # Con la extensión gpkg_crs_wkt la definición buena (WKT2) va en otra columna, que no siempre está.
    definiciones = (str(dato.get(campo)) for campo in ("definition", "definition_12_063"))
    return sistemas.por_wkt(next((texto for texto in definiciones if "[" in texto), ""))


def _rasgo(indice: int, propiedades: dict[str, Any], crudo: Any) -> Rasgo:
    rasgo = Rasgo(indice, propiedades)
    if crudo is None:
        rasgo.falla = "no tiene polígono"
        return rasgo
    wkb = _wkb(crudo)
    if wkb is None:
        rasgo.falla = "su geometría no se entiende"
        return rasgo
    clase = struct.unpack("<I" if wkb[0] == 1 else ">I", wkb[1:5])[0]
    if clase & 0x1FFFFFFF and (clase & 0x1FFFFFFF) % 1000 not in _POLIGONOS:
        rasgo.falla = "no es un polígono"
    elif len(wkb) > topes.VERTICES_POR_RASGO * 36:
        rasgo.falla = MUCHOS_VERTICES
    else:
        try:
            rasgo.forma = shapely.force_2d(shapely.from_wkb(wkb))
        except shapely.errors.GEOSException:
            rasgo.falla = "su geometría no se entiende o tiene un borde que no se cierra"
    return rasgo


def _wkb(crudo: Any) -> bytes | None:
    """El WKB dentro del sobre de GeoPackage («GP», versión, banderas, srs, caja)."""
    if not isinstance(crudo, bytes) or len(crudo) < 13 or crudo[:2] != b"GP":
        return None
    caja = _CAJAS.get((crudo[3] >> 1) & 0b111)
    if caja is None or len(crudo) < 8 + caja + 5:
        return None
    return crudo[8 + caja :]
