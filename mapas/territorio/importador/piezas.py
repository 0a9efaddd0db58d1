"""Lo que los lectores entregan a la revisión y lo que se le pide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely


class ArchivoInservible(Exception):
    """El archivo entero no se puede usar; el texto es para la persona y dice qué hacer."""


@dataclass
class Rasgo:
    """Un rasgo del archivo. `falla` dice por qué no tiene una forma que se pueda mirar."""

    indice: int
    propiedades: dict[str, Any]
    forma: shapely.Geometry | None = None
    falla: str = ""


@dataclass
class Capa:
    """Los rasgos de un archivo en su sistema de coordenadas (`crs`: pyproj.CRS)."""

    rasgos: list[Rasgo]
    crs: Any
    formato: str
    avisos: list[str] = field(default_factory=list)

    @property
    def campos(self) -> list[str]:
        return list(dict.fromkeys(campo for rasgo in self.rasgos for campo in rasgo.propiedades))


@dataclass(frozen=True)
class Pedido:
    """Qué se importa y contra qué se compara. Las geometrías son GeoJSON WGS84.

    `referencia`: límites conocidos del municipio (el suyo y los de sus divisiones); vacía, no se mira si algo queda
    fuera.
    `padres`: áreas que pueden contener a estas, con `tipo`, `codigo`, `nombre`, `alias` y, si tienen, `geometria`.
    `clases`: clases de organización que se conocen, y cómo se escribe cada una (primero, su rótulo).
    """

    tipo: str
    campo_codigo: str
    campo_nombre: str
    campo_padre: str = ""
    campo_clase: str = ""
    referencia: Sequence[dict[str, Any]] = ()
    padres: Sequence[dict[str, Any]] = ()
    rotulo_padre: str = "área"
    clases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def campos(self) -> list[str]:
        """Los que el archivo debe tener."""
        todos = (self.campo_codigo, self.campo_nombre, self.campo_padre, self.campo_clase)
        return [campo for campo in todos if campo]
