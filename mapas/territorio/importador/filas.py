"""Un rasgo del archivo mientras se lo revisa."""

import math
from dataclasses import dataclass, field
from typing import Any

import shapely

from civic.comun.texto import limpiar
from mapas.territorio.importador.piezas import Rasgo

POLIGONALES = ("Polygon", "MultiPolygon")


@dataclass
class Fila:
    """Un rasgo mientras se lo revisa."""

    rasgo: Rasgo
    codigo: str = ""
    nombre: str = ""
    clase: str = ""
    padre: dict[str, Any] | None = None
    forma: shapely.Geometry | None = None
    motivos: list[str] = field(default_factory=list)
    punto: list[float] | None = None
    notas: list[str] = field(default_factory=list)

    @property
    def aceptada(self) -> bool:
        return not self.motivos


def como_texto(valor: Any) -> str:
    """El valor de un campo como texto: 20101.0 → «20101», «010101» queda igual, None → «»."""
    if valor is None or isinstance(valor, bool | dict | list | bytes):
        return ""
    if isinstance(valor, float):
        if not math.isfinite(valor):
            return ""
        if valor == int(valor) and abs(valor) < 2**53:
            return str(int(valor))
    return limpiar(str(valor).encode("utf-8", "replace").decode())
