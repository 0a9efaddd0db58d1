"""Qué sigue, a quién le toca y hasta cuándo. El reloj lo trae quien llama: nada espera a una tarea nocturna."""

import datetime
from dataclasses import dataclass

from civic.comun.calendario import Local, habiles_hasta, sumar_habiles
from civic.comun.errores import ReglaIncumplida
from propuestas.reglas.estados import FICHAS, Estado
from propuestas.reglas.movimientos import AUTOR, DE_LA_TABLA, EN_CALIDAD_DE, RECLAMABLES

# A quién le toca el paso siguiente de cada estado, y si es un derecho («puede») o una obligación.
_TOCA = {m.hacia: (m.toca, m.facultativo) for m in DE_LA_TABLA.values()}
# Lo que nadie ata a un plazo de días pero alguien tiene que hacer.
_SIN_DIAS = {
    Estado.PUBLICADA: "Planificación POA o el equipo técnico",
    Estado.PRIORIZADA_OTB: "El ampliado del distrito",
    Estado.PRIORIZADA_DISTRITO: "Planificación POA",
    Estado.EN_DISPUTA: "Planificación POA",
    Estado.VIABLE: "Planificación POA",
    Estado.EN_VOTACION: "La gente del distrito",
    Estado.SELECCIONADA: "Planificación POA",
    Estado.LISTA_ESPERA: "Planificación POA",
    Estado.INCLUIDA_POA: "El municipio",
    Estado.EN_OBRA: "El municipio",
}


def vence_de(desde: str, hacia: str, hoy: datetime.date, locales: tuple[Local, ...]) -> datetime.date | None:
    """Último día del plazo que abre ese movimiento hecho `hoy`; None si no abre ninguno."""
    movimiento = DE_LA_TABLA.get((desde, hacia))
    return sumar_habiles(hoy, movimiento.plazo, locales) if movimiento and movimiento.plazo else None


def estado_de_hoy(estado: str, vence: datetime.date | None, hoy: datetime.date) -> str:
    """El estado según el reloj: una observada cuyo plazo pasó ya está caducada, aunque nadie lo haya escrito."""
    vencio = vence is not None and hoy > vence
    return str(Estado.CADUCADA) if estado == Estado.OBSERVADA and vencio else str(estado)


@dataclass(frozen=True)
class QueSigue:
    """El próximo paso, en palabras. `hasta` None: sin plazo de días."""

    que: str
    quien: str
    hasta: datetime.date | None
    quedan: int
    vencido: bool
    facultativo: bool


def que_sigue(
    estado: str,
    vence: datetime.date | None,
    hoy: datetime.date,
    *,
    definitivo: bool = False,
    locales: tuple[Local, ...],
) -> QueSigue:
    """Qué viene después, quién lo hace y hasta cuándo. `definitivo`: ya se reclamó una vez y no hay otra."""
    hoy_esta = estado_de_hoy(estado, vence, hoy)
    if hoy_esta != estado:  # caducó sola: el plazo para reclamar corre desde el día siguiente al vencimiento
        vence = vence and sumar_habiles(vence, DE_LA_TABLA[estado, hoy_esta].plazo, locales)
    if definitivo and hoy_esta in RECLAMABLES:
        return QueSigue("Esta respuesta es definitiva: ya se reclamó una vez.", "", None, 0, False, False)
    toca, facultativo = _TOCA.get(Estado(hoy_esta), ("", False))
    quien = EN_CALIDAD_DE[toca] if toca else _SIN_DIAS.get(Estado(hoy_esta), "")
    vencido = vence is not None and hoy > vence
    quedan = 0 if vence is None or vencido else habiles_hasta(hoy, vence, locales)
    return QueSigue(FICHAS[hoy_esta].sigue, quien, vence, quedan, vencido, facultativo)


def exigir_en_plazo(estado: str, vence: datetime.date | None, hoy: datetime.date) -> None:
    """Lanza ReglaIncumplida si pasó el plazo para reclamar o apelar. Sin plazo escrito, se puede."""
    toca, facultativo = _TOCA.get(Estado(estado), ("", False))
    puede_vencer = facultativo or estado == Estado.DEVUELTA
    if toca == AUTOR and puede_vencer and vence is not None and hoy > vence:
        raise ReglaIncumplida(f"El plazo terminó el {vence.day}/{vence.month}/{vence.year}. Ya no se puede reclamar.")


def exigir_vencida(vence: datetime.date | None, hoy: datetime.date) -> None:
    """Nadie declara caducada una propuesta cuyo plazo todavía corre."""
    if vence is not None and hoy <= vence:
        raise ReglaIncumplida(f"Quien la presentó tiene plazo hasta el {vence.day}/{vence.month}/{vence.year}.")
