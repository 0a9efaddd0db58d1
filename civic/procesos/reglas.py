"""Qué permite cada fase y cómo explicarlo. Funciones puras: reciben fases y la hora."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from civic.comun.errores import ReglaIncumplida

LA_PAZ: tzinfo = ZoneInfo("America/La_Paz")
PROPONER, APOYAR, COMENTAR, EVALUAR, VOTAR = "proponer", "apoyar", "comentar", "evaluar", "votar"

# tipo de fase -> acciones que abre
PERMITE: dict[str, frozenset[str]] = {
    "informacion": frozenset({COMENTAR}),
    "recepcion": frozenset({PROPONER, APOYAR, COMENTAR, EVALUAR}),
    "asambleas": frozenset({APOYAR, COMENTAR}),
    "evaluacion": frozenset({EVALUAR, APOYAR, COMENTAR}),
    "deliberacion": frozenset({APOYAR, COMENTAR}),
    "votacion": frozenset({VOTAR, COMENTAR}),
    "escrutinio": frozenset({COMENTAR}),
    "resultados": frozenset({COMENTAR}),
    "seguimiento": frozenset({COMENTAR}),
    "comentarios": frozenset({COMENTAR}),
    "respuesta": frozenset(),
}
EN_PALABRAS = {
    PROPONER: "presentar propuestas",
    APOYAR: "apoyar propuestas",
    COMENTAR: "comentar",
    EVALUAR: "evaluar propuestas",
    VOTAR: "votar",
}


class FaseLike(Protocol):
    tipo: str
    nombre: str
    inicio: datetime
    fin: datetime


F = TypeVar("F", bound=FaseLike)


def dia(momento: datetime) -> str:
    """17/8/2026, 14:30 en hora de Bolivia."""
    local = momento.astimezone(LA_PAZ)
    return f"{local.day}/{local.month}/{local.year}, {local:%H:%M}"


def fases_vigentes(fases: Iterable[F], ahora: datetime) -> list[F]:
    """Fases abiertas en `ahora`: inicio incluido, fin excluido."""
    return [fase for fase in fases if fase.inicio <= ahora < fase.fin]


def fase_principal(fases: Sequence[F], ahora: datetime) -> F | None:
    """La fase vigente que empezó última, que es la que se anuncia; None entre fases."""
    vigentes = fases_vigentes(fases, ahora)
    return max(vigentes, key=lambda fase: fase.inicio) if vigentes else None


def fase_siguiente(fases: Iterable[F], ahora: datetime) -> F | None:
    """La próxima fase por empezar."""
    futuras = [fase for fase in fases if fase.inicio > ahora]
    return min(futuras, key=lambda fase: fase.inicio) if futuras else None


def permite(fases: Iterable[FaseLike], accion: str, ahora: datetime) -> bool:
    """Si alguna fase vigente abre la acción."""
    return any(accion in PERMITE[fase.tipo] for fase in fases_vigentes(fases, ahora))


def por_que_no(fases: Sequence[FaseLike], accion: str, ahora: datetime) -> str:
    """Frase que dice en qué fase está el proceso y cuándo se podrá (o se pudo) hacer `accion`."""
    actual = fase_principal(fases, ahora)
    ahora_es = f"Ahora es la fase «{actual.nombre}»" if actual else "El proceso está entre dos fases"
    abren = [fase for fase in fases if accion in PERMITE[fase.tipo]]
    hacer = EN_PALABRAS[accion]
    futuras = [fase for fase in abren if fase.inicio > ahora]
    if futuras:
        proxima = min(futuras, key=lambda fase: fase.inicio)
        return f"{ahora_es}. Se podrá {hacer} desde el {dia(proxima.inicio)}, en la fase «{proxima.nombre}»."
    if abren:
        ultima = max(abren, key=lambda fase: fase.fin)
        return f"{ahora_es}. Se pudo {hacer} hasta el {dia(ultima.fin)}, en la fase «{ultima.nombre}»."
    return f"{ahora_es}. En este proceso no se puede {hacer}."


def exigir(fases: Sequence[FaseLike], accion: str, ahora: datetime) -> None:
    """Lanza ReglaIncumplida si ninguna fase vigente permite la acción."""
    if not permite(fases, accion, ahora):
        raise ReglaIncumplida(por_que_no(fases, accion, ahora))
