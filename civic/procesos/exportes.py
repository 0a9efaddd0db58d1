"""Los techos para descargar: un CSV y un JSON con todo lo que entró en la cuenta y lo que salió de ella.

Con solo el CSV y la fórmula de `reglas/formula.py` cualquiera rehace cada techo (lo prueba tests/procesos).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from civic.comun.planillas import celda
from civic.procesos.consultas import FilaDeTecho, GrupoDeTechos
from civic.procesos.models import Proceso

# Cada fila lleva todo: los datos del distrito y los de la fórmula de su grupo.
COLUMNAS = (
    "proceso",
    "gestion",
    "estado",
    "norma",
    "sector",
    "fuente_codigo",
    "fuente",
    "formula",
    "total_bs",
    "redondeo_bs",
    "minimo_bs",
    "peso_igual",
    "peso_poblacion",
    "peso_necesidad",
    "indice_de",
    "calculado",
    "lugar",
    "codigo",
    "distrito",
    "poblacion",
    "indice_necesidad",
    "parte_porciento",
    "cuota_bs",
    "techo_bs",
    "ajustado",
    "por_que",
    "explicacion",
)


def _numero(valor: Decimal | None) -> str | None:
    """«4600000.00»: punto decimal, sin miles ni notación científica."""
    return None if valor is None else f"{valor:f}"


def _del_grupo(grupo: GrupoDeTechos) -> dict[str, Any]:
    reparto = grupo.reparto
    fuente = {"fuente_codigo": grupo.fuente.codigo, "fuente": grupo.fuente.nombre} if grupo.fuente else {}
    if reparto is None:
        return {"sector": grupo.sector, **fuente}
    return {
        "sector": grupo.sector,
        **fuente,
        "formula": reparto.formula,
        "total_bs": _numero(reparto.total),
        "redondeo_bs": _numero(reparto.redondeo),
        "minimo_bs": _numero(reparto.minimo),
        "peso_igual": reparto.peso_igual,
        "peso_poblacion": reparto.peso_poblacion,
        "peso_necesidad": reparto.peso_necesidad,
        "indice_de": reparto.fuente_del_indice,
        "calculado": reparto.calculado.isoformat(),
    }


def _de_la_fila(fila: FilaDeTecho) -> dict[str, Any]:
    datos: dict[str, Any] = {
        "codigo": fila.distrito.codigo,
        "distrito": str(fila.distrito),
        "techo_bs": _numero(fila.monto),
        "ajustado": "si" if fila.ajustado else "no",
        "explicacion": fila.explicacion,
    }
    if fila.cuota is not None:
        datos |= {
            "lugar": fila.cuota.lugar,
            "poblacion": fila.cuota.poblacion,
            "indice_necesidad": _numero(fila.cuota.indice),
            "parte_porciento": _numero(fila.parte),
            "cuota_bs": _numero(fila.cuota.monto),
            "por_que": fila.cuota.ajuste,
        }
    return datos


def _filas(proceso: Proceso, grupos: Sequence[GrupoDeTechos]) -> Iterator[dict[str, Any]]:
    comunes = {
        "proceso": proceso.slug,
        "gestion": proceso.gestion,
        "estado": proceso.techos_estado,
        "norma": proceso.techos_norma,
    }
    for grupo in grupos:
        for fila in grupo.filas:
            yield comunes | _del_grupo(grupo) | _de_la_fila(fila)


def a_csv(proceso: Proceso, grupos: Sequence[GrupoDeTechos]) -> str:
    """CSV con BOM, comas y punto decimal; una fila por distrito y grupo."""
    salida = io.StringIO()
    salida.write("\ufeff")
    escritor = csv.DictWriter(salida, COLUMNAS, restval="")
    escritor.writeheader()
    for fila in _filas(proceso, grupos):
        escritor.writerow({nombre: celda(valor) if isinstance(valor, str) else valor for nombre, valor in fila.items()})
    return salida.getvalue()


def a_json(proceso: Proceso, grupos: Sequence[GrupoDeTechos]) -> dict[str, Any]:
    """Lo mismo que el CSV, por grupos. Los montos van como texto para que nadie pierda centavos."""
    return {
        "proceso": proceso.slug,
        "nombre": proceso.nombre,
        "gestion": proceso.gestion,
        "estado": proceso.techos_estado,
        "norma": proceso.techos_norma,
        "grupos": [_del_grupo(grupo) | {"techos": [_de_la_fila(fila) for fila in grupo.filas]} for grupo in grupos],
    }
