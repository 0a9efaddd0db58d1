"""Dónde está un punto: la regla, pura y escrita una vez.

1. Si el punto cae dentro de una sola área del nivel, es esa («dentro»).
2. Si cae justo en el borde de una o más, gana la de código menor («borde»).
3. Si cae dentro de varias (áreas que se traslapan), gana la más pequeña; a igual superficie, la de código menor
   («traslape»).
4. Si no cae en ninguna pero hay una a `metros` o menos, es la más cercana («cercano»).
5. Si no, ninguna («ninguno»).
"""

from collections.abc import Sequence
from dataclasses import dataclass

DENTRO, BORDE, TRASLAPE, CERCANO, NINGUNO = "dentro", "borde", "traslape", "cercano", "ninguno"
METROS_DE_CERCANIA = 50.0


@dataclass(frozen=True)
class Candidata:
    """Un área que toca el punto o está cerca de él. `superficie` en grados cuadrados: solo para comparar."""

    codigo: str
    superficie: float
    en_borde: bool = False
    metros: float = 0.0


def elegir(tocan: Sequence[Candidata], cerca: Sequence[Candidata] = ()) -> tuple[str | None, str]:
    """Código del área elegida (o None) y la regla que decidió."""
    interiores = [area for area in tocan if not area.en_borde]
    if len(interiores) == 1:
        return interiores[0].codigo, DENTRO
    if len(interiores) > 1:
        return min(interiores, key=lambda area: (area.superficie, area.codigo)).codigo, TRASLAPE
    if tocan:
        return min(tocan, key=lambda area: area.codigo).codigo, BORDE
    alcanzables = [area for area in cerca if area.metros <= METROS_DE_CERCANIA]
    if alcanzables:
        return min(alcanzables, key=lambda area: (area.metros, area.codigo)).codigo, CERCANO
    return None, NINGUNO
