"""Nombres de lugares a partir de filas sueltas, para las lecturas que no cargan objetos."""

from typing import Any

from mapas.territorio.models import Area


def nombre_de_lugar(fila: dict[str, Any]) -> str:
    """Lo más fino que diga una fila con otb__clase, otb__nombre, distrito__clase y distrito__nombre, o vacío."""
    for area in ("otb", "distrito"):
        if fila[f"{area}__nombre"]:
            return Area(clase=fila[f"{area}__clase"], nombre=fila[f"{area}__nombre"]).nombre_completo
    return ""
