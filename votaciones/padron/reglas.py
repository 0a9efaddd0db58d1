"""El padrón de una votación: su plazo para observarlo, la vida de un reclamo y la huella de lo que quedó."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from civic.comun.errores import ReglaIncumplida

DIAS_PARA_OBSERVAR = 3
"""Lo menos que se puede observar un padrón provisional."""


class Estado(StrEnum):
    """De un reclamo."""

    PRESENTADO = "presentado"
    ACEPTADO = "aceptado"
    RECHAZADO = "rechazado"


# estado -> a qué puede pasar: lo resuelto ya no se mueve.
MOVIMIENTOS: dict[str, frozenset[str]] = {
    Estado.PRESENTADO: frozenset({Estado.ACEPTADO, Estado.RECHAZADO}),
    Estado.ACEPTADO: frozenset(),
    Estado.RECHAZADO: frozenset(),
}


def exigir_movimiento(estado: str, hacia: str) -> None:
    """Lanza ReglaIncumplida si el reclamo no puede pasar a `hacia`."""
    if not MOVIMIENTOS[estado]:
        raise ReglaIncumplida("Ese reclamo ya se resolvió.")
    if hacia not in MOVIMIENTOS[estado]:
        raise ReglaIncumplida("Elige si se acepta o se rechaza.", campo="decision")


def exigir_plazo(publicado: datetime, observable_hasta: datetime, abre: datetime) -> None:
    """Lanza ReglaIncumplida si el plazo para observar es corto o no termina antes de que abra la votación."""
    if observable_hasta - publicado < timedelta(days=DIAS_PARA_OBSERVAR):
        raise ReglaIncumplida(
            f"La gente necesita por lo menos {DIAS_PARA_OBSERVAR} días para observar el padrón.",
            campo="observable_hasta",
        )
    if observable_hasta > abre:
        raise ReglaIncumplida(
            "El plazo para observar el padrón tiene que terminar antes de que abra la votación.",
            campo="observable_hasta",
        )


def huella_de(personas: Mapping[int, Iterable[str]]) -> str:
    """SHA-256 del padrón: una línea «contienda:huella de la persona» por cada una, en orden.

    Cambia si entra, sale o se mueve una sola persona; de ella no se saca quiénes son, porque cada huella lleva clave.
    """
    cuenta = hashlib.sha256()
    for numero in sorted(personas):
        for persona in sorted(personas[numero]):
            cuenta.update(f"{numero}:{persona}\n".encode())
    return cuenta.hexdigest()
