"""Descargas de las demandas: CSV que abre bien en una planilla y GeoJSON WGS84 con su aviso."""

import csv
import datetime
import io
from collections.abc import Sequence
from typing import Any

from civic.comun.planillas import celda
from mapas.demandas.consultas import Fila
from mapas.territorio.dibujo import AVISO, formas_livianas

COLUMNAS = (
    "codigo",
    "nombre",
    "distrito",
    "poblacion",
    "propuestas",
    "monto_pedido_bs",
    "techo_bs",
    "apoyos",
    "reportes_abiertos",
    "categoria_principal",
    "propuestas_por_1000_hab",
)


def datos_de(fila: Fila) -> dict[str, Any]:
    """La fila con los nombres públicos de sus columnas; los montos en Bs."""
    return {
        "codigo": fila.codigo,
        "nombre": fila.nombre,
        "distrito": fila.distrito,
        "poblacion": fila.poblacion,
        "propuestas": fila.propuestas,
        "monto_pedido_bs": fila.monto,
        "techo_bs": fila.techo,
        "apoyos": fila.apoyos,
        "reportes_abiertos": fila.reportes,
        "categoria_principal": fila.principal,
        "propuestas_por_1000_hab": fila.por_mil,
    }


def a_csv(filas: Sequence[Fila]) -> str:
    """CSV con BOM, comas y punto decimal; una columna por categoría con su número de propuestas."""
    categorias = sorted({categoria.codigo for fila in filas for categoria in fila.categorias})
    salida = io.StringIO()
    salida.write("\ufeff")
    escritor = csv.writer(salida)
    escritor.writerow([*COLUMNAS, *(f"propuestas_{codigo}" for codigo in categorias)])
    for fila in filas:
        valores = [
            celda(valor) if isinstance(valor, str) else "" if valor is None else valor
            for valor in datos_de(fila).values()
        ]
        de_categoria = {categoria.codigo: categoria.propuestas for categoria in fila.categorias}
        escritor.writerow([*valores, *(de_categoria.get(codigo, 0) for codigo in categorias)])
    return salida.getvalue()


def a_geojson(filas: Sequence[Fila], tipo: str, dia: datetime.date | None = None) -> dict[str, Any]:
    """FeatureCollection WGS84. Un lugar sin polígono lleva su punto o geometría nula; lo que no tiene ubicación va en
    `sin_ubicacion`, para que la suma siga siendo exacta."""
    formas = formas_livianas(tipo, dia)
    return {
        "type": "FeatureCollection",
        "name": f"demandas_por_{tipo}",
        "aviso": AVISO,
        "limites_del": dia.isoformat() if dia else None,
        "features": [
            {
                "type": "Feature",
                "geometry": formas.get(fila.codigo) or _punto(fila),
                "properties": _numeros(fila) | {"aviso": AVISO},
            }
            for fila in filas
            if fila.codigo
        ],
        "sin_ubicacion": next((_numeros(fila) for fila in filas if not fila.codigo), None),
    }


def _numeros(fila: Fila) -> dict[str, Any]:
    datos = datos_de(fila)
    for clave in ("monto_pedido_bs", "techo_bs", "propuestas_por_1000_hab"):
        datos[clave] = float(datos[clave]) if datos[clave] is not None else None
    datos["propuestas_por_categoria"] = {categoria.codigo: categoria.propuestas for categoria in fila.categorias}
    return datos


def _punto(fila: Fila) -> dict[str, Any] | None:
    if fila.lon is None or fila.lat is None:
        return None
    return {"type": "Point", "coordinates": [round(fila.lon, 5), round(fila.lat, 5)]}
