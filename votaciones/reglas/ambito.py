"""Dónde vale una contienda: toda la ciudad, un distrito o una OTB, enteros o de un sector. Funciones puras."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

# De lo más chico a lo más grande.
OTB, DISTRITO, MACRODISTRITO, MUNICIPIO = "otb", "distrito", "macrodistrito", "municipio"
TAMANOS = (OTB, DISTRITO, MACRODISTRITO, MUNICIPIO)


@dataclass(frozen=True)
class Ambito:
    """El lugar de una contienda. `tipo` es uno de TAMANOS; `sector`, «vecinal», «agrario» o «» si son todos."""

    tipo: str
    area: int
    sector: str = ""

    @property
    def tamano(self) -> tuple[int, bool]:
        """Para ordenar: antes el lugar más chico y, en el mismo lugar, el de un solo sector."""
        return TAMANOS.index(self.tipo), not self.sector


@dataclass(frozen=True)
class Ubicacion:
    """Dónde está algo o alguien: {tipo de área: su clave} y el sector de su OTB, si se sabe."""

    areas: Mapping[str, int]
    sector: str = ""

    def cae_en(self, ambito: Ambito) -> bool:
        return self.areas.get(ambito.tipo) == ambito.area and ambito.sector in ("", self.sector)


def la_mas_chica_donde_cabe(
    ubicacion: Ubicacion, costo: Decimal, contiendas: Iterable[tuple[Ambito, Decimal]]
) -> Ambito | None:
    """En qué contienda entra una obra: la más chica de las suyas cuyo presupuesto, en Bs, alcanza para ella sola.

    Así ninguna obra está en dos papeletas, y la que es muy cara para su distrito se decide en toda la ciudad si ahí hay
    con qué. None si no cabe en ninguna.
    """
    caben = [ambito for ambito, presupuesto in contiendas if ubicacion.cae_en(ambito) and costo <= presupuesto]
    return min(caben, key=lambda ambito: ambito.tamano, default=None)


# --- Cómo se dice ----------------------------------------------------------------------------------------------------
_FEMENINAS = ("otb", "junta", "comunidad")


def con_articulo(tipo: str, nombre: str, sector: str = "") -> str:
    """«el Distrito 3», «la OTB Molle», «todo Quillacollo», «el Distrito 7 (sector agrario)»."""
    articulo = "la" if nombre.casefold().startswith(_FEMENINAS) else "el"
    return f"{'todo' if tipo == MUNICIPIO else articulo} {nombre}{de_sector(sector)}"


def de_sector(sector: str) -> str:
    return f" (sector {sector})" if sector else ""


def del_lugar(el_lugar: str) -> str:
    """«del Distrito 3», «de la OTB Molle», «de todo Quillacollo»."""
    return f"del {el_lugar.removeprefix('el ')}" if el_lugar.startswith("el ") else f"de {el_lugar}"
