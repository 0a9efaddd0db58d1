"""La vida de una votación y cómo se le explica a la gente. Funciones puras: reciben estado, fechas y la hora."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from civic.comun.errores import ReglaIncumplida
from civic.procesos.reglas.fases import DESIERTO, EN_MARCHA, SUSPENDIDO


class Estado(StrEnum):
    PREPARADA = "preparada"
    ABIERTA = "abierta"
    SUSPENDIDA = "suspendida"
    CERRADA = "cerrada"
    CONTADA = "contada"


# estado -> a qué puede pasar. De «contada» a «contada»: contar otra vez da lo mismo y no daña nada.
MOVIMIENTOS: dict[str, frozenset[str]] = {
    Estado.PREPARADA: frozenset({Estado.ABIERTA}),
    Estado.ABIERTA: frozenset({Estado.SUSPENDIDA, Estado.CERRADA}),
    Estado.SUSPENDIDA: frozenset({Estado.ABIERTA, Estado.CERRADA}),
    Estado.CERRADA: frozenset({Estado.CONTADA}),
    Estado.CONTADA: frozenset({Estado.CONTADA}),
}
_PARA = {
    Estado.ABIERTA: "Solo se abre una votación en preparación",
    Estado.SUSPENDIDA: "Solo se suspende una votación abierta",
    Estado.CERRADA: "Solo se cierra una votación abierta",
    Estado.CONTADA: "Solo se cuenta una votación cerrada",
}
_ES = {
    Estado.PREPARADA: "esta todavía está en preparación",
    Estado.ABIERTA: "esta sigue abierta",
    Estado.SUSPENDIDA: "esta está suspendida",
    Estado.CERRADA: "esta ya se cerró",
    Estado.CONTADA: "esta ya se contó",
}


def exigir_movimiento(estado: str, hacia: str, *, reanuda: bool = False) -> None:
    """Lanza ReglaIncumplida si la votación no puede pasar a `hacia`. Abrir y reanudar llevan al mismo estado."""
    de_vuelta = estado == Estado.SUSPENDIDA and hacia == Estado.ABIERTA
    if hacia not in MOVIMIENTOS[estado] or de_vuelta != reanuda:
        para = "Solo se reanuda una votación suspendida" if reanuda else _PARA[Estado(hacia)]
        raise ReglaIncumplida(f"{para}, y {_ES[Estado(estado)]}.")


@dataclass(frozen=True)
class Situacion:
    """Cómo se ve una votación ahora: palabra, tono (bien, ojo, mal, info) y signo."""

    codigo: str
    etiqueta: str
    tono: str
    signo: str


EN_PREPARACION = Situacion("preparada", "En preparación", "info", "…")
POR_ABRIR = Situacion("por_abrir", "Abre pronto", "ojo", "…")
ABIERTA = Situacion("abierta", "Abierta", "bien", "●")
SUSPENDIDA = Situacion("suspendida", "Suspendida", "mal", "‖")
DESIERTA = Situacion("desierta", "El proceso se declaró desierto", "mal", "‖")
TERMINADA = Situacion("terminada", "Cerrada, falta contar", "ojo", "!")
CONTADA = Situacion("contada", "Contada", "bien", "✓")
# Todavía puede entrar un voto, hoy o más adelante: de la urna no se dice nada.
SIN_CERRAR = frozenset({EN_PREPARACION, POR_ABRIR, ABIERTA, SUSPENDIDA, DESIERTA})
_CON_EL_PROCESO = {SUSPENDIDO: SUSPENDIDA, DESIERTO: DESIERTA}


def situacion(estado: str, abre: datetime, cierra: datetime, ahora: datetime, proceso: str = EN_MARCHA) -> Situacion:
    """Situación en `ahora`: `abre` incluido, `cierra` excluido. Pasada la hora ya no se vota aunque nadie la cierre.

    `proceso` es el estado del suyo: suspendido o desierto, nadie vota aunque la votación siga abierta.
    """
    if estado == Estado.PREPARADA:
        return EN_PREPARACION
    if estado == Estado.CONTADA:
        return CONTADA
    if estado == Estado.CERRADA or ahora >= cierra:
        return TERMINADA
    if proceso in _CON_EL_PROCESO:
        return _CON_EL_PROCESO[proceso]
    if estado == Estado.SUSPENDIDA:
        return SUSPENDIDA
    return POR_ABRIR if ahora < abre else ABIERTA
