"""Estados de una obra y sus alertas, calculadas de los avances. Sin Django. Fuente: dominio, 4.7."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

DIAS_SIN_INFORME = 35
PUNTOS_DE_BRECHA = 15


class Estado(StrEnum):
    EN_PREINVERSION = "en_preinversion"
    INSCRITA_POA = "inscrita_poa"
    EN_CONTRATACION = "en_contratacion"
    ORDEN_DE_PROCEDER = "orden_de_proceder"
    EN_EJECUCION = "en_ejecucion"
    PARALIZADA = "paralizada"
    RECEPCION_PROVISIONAL = "recepcion_provisional"
    RECEPCION_DEFINITIVA = "recepcion_definitiva"
    EN_USO = "en_uso"
    RESUELTA = "resuelta"
    CANCELADA = "cancelada"


# estado -> (etiqueta, tono, signo, qué sigue)
FICHAS: dict[str, tuple[str, str, str, str]] = {
    Estado.EN_PREINVERSION: ("En diseño", "info", "…", "Se prepara el proyecto."),
    Estado.INSCRITA_POA: ("Inscrita en el POA", "info", "✓", "Se prepara la contratación."),
    Estado.EN_CONTRATACION: ("En contratación", "info", "…", "Se busca empresa."),
    Estado.ORDEN_DE_PROCEDER: ("Por empezar", "info", "→", "La empresa ya tiene la orden."),
    Estado.EN_EJECUCION: ("En construcción", "bien", "●", "Sigue el avance."),
    Estado.PARALIZADA: ("Paralizada", "mal", "!", "El municipio debe explicar por qué."),
    Estado.RECEPCION_PROVISIONAL: ("Entregada con observaciones", "ojo", "!", "Se corrigen las observaciones."),
    Estado.RECEPCION_DEFINITIVA: ("Entregada", "bien", "✓", "Ya está en uso."),
    Estado.EN_USO: ("En uso", "bien", "✓", "Corre la garantía."),
    Estado.RESUELTA: ("Contrato anulado", "mal", "×", "Se vuelve a contratar."),
    Estado.CANCELADA: ("Cancelada", "mal", "×", "No se hará."),
}
OPCIONES_ESTADO = [(estado.value, ficha[0]) for estado, ficha in FICHAS.items()]
EN_MARCHA = (Estado.ORDEN_DE_PROCEDER.value, Estado.EN_EJECUCION.value, Estado.PARALIZADA.value)
MOVIMIENTOS: dict[str, frozenset[str]] = {
    Estado.EN_PREINVERSION: frozenset({Estado.INSCRITA_POA, Estado.CANCELADA}),
    Estado.INSCRITA_POA: frozenset({Estado.EN_CONTRATACION, Estado.CANCELADA}),
    Estado.EN_CONTRATACION: frozenset({Estado.ORDEN_DE_PROCEDER, Estado.CANCELADA}),
    Estado.ORDEN_DE_PROCEDER: frozenset({Estado.EN_EJECUCION, Estado.RESUELTA}),
    Estado.EN_EJECUCION: frozenset({Estado.PARALIZADA, Estado.RECEPCION_PROVISIONAL, Estado.RESUELTA}),
    Estado.PARALIZADA: frozenset({Estado.EN_EJECUCION, Estado.RESUELTA}),
    Estado.RECEPCION_PROVISIONAL: frozenset({Estado.RECEPCION_DEFINITIVA}),
    Estado.RECEPCION_DEFINITIVA: frozenset({Estado.EN_USO}),
    Estado.RESUELTA: frozenset({Estado.EN_CONTRATACION, Estado.CANCELADA}),
}


class AvanceLike(Protocol):
    fecha: datetime.date
    fisico: Decimal
    financiero: Decimal


@dataclass(frozen=True)
class Alerta:
    """Algo que una vecina debería saber: frase corta y frase que lo explica con cifras."""

    codigo: str
    titulo: str
    texto: str


def alertas(
    *,
    estado: str,
    avances: Sequence[AvanceLike],
    fin_previsto: datetime.date | None,
    hoy: datetime.date,
) -> list[Alerta]:
    """Alertas de una obra a partir de sus avances (del más viejo al más nuevo)."""
    if estado not in EN_MARCHA:
        return []
    halladas = []
    if estado == Estado.PARALIZADA:
        halladas.append(Alerta("paralizada", "Está paralizada", "No hay trabajo en el lugar."))
    if avances:
        ultimo = avances[-1]
        brecha = ultimo.financiero - ultimo.fisico
        if brecha > PUNTOS_DE_BRECHA:
            halladas.append(
                Alerta(
                    "brecha",
                    "Se pagó más de lo construido",
                    f"Pagado {ultimo.financiero:.0f} %, construido {ultimo.fisico:.0f} %.",
                )
            )
        dias = (hoy - ultimo.fecha).days
        if dias > DIAS_SIN_INFORME:
            halladas.append(Alerta("sin_informe", "Sin informe reciente", f"Hace {dias} días que nadie informa."))
    if fin_previsto is not None and hoy > fin_previsto:
        dias = (hoy - fin_previsto).days
        halladas.append(Alerta("atraso", "Fuera de plazo", f"Debió terminar hace {dias} días."))
    return halladas
