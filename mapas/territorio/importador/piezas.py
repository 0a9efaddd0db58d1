"""Lo que los lectores entregan a la revisión."""

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
