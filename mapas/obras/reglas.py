"""Estados de una obra y sus alertas, calculadas de los avances. Sin Django. Fuente: dominio, 4.7."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from civic.comun.errores import ReglaIncumplida

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
OPCIONES_ESTADO = [(str(estado), ficha[0]) for estado, ficha in FICHAS.items()]
EN_MARCHA = (Estado.ORDEN_DE_PROCEDER.value, Estado.EN_EJECUCION.value, Estado.PARALIZADA.value)
TERMINADAS = (Estado.RECEPCION_PROVISIONAL.value, Estado.RECEPCION_DEFINITIVA.value, Estado.EN_USO.value)
SIN_EMPEZAR = (
    *(Estado.EN_PREINVERSION.value, Estado.INSCRITA_POA.value, Estado.EN_CONTRATACION.value, Estado.CANCELADA.value),
)
# Nadie paraliza, anula, cancela o recibe con observaciones una obra sin decirle a la gente por qué.
CON_MOTIVO = (
    *(Estado.PARALIZADA.value, Estado.RESUELTA.value, Estado.CANCELADA.value, Estado.RECEPCION_PROVISIONAL.value),
)
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


def siguientes(estado: str) -> list[str]:
    """Estados a los que puede pasar una obra, en el orden de la tabla."""
    return [str(hacia) for hacia in Estado if hacia in MOVIMIENTOS.get(estado, frozenset())]


def exigir_movimiento(estado: str, hacia: str, *, motivo: str, con_contrato: bool) -> None:
    """Lanza ReglaIncumplida si la obra no puede pasar de `estado` a `hacia` o falta un dato para hacerlo."""
    if hacia not in MOVIMIENTOS.get(estado, frozenset()):
        raise ReglaIncumplida(f"Una obra «{FICHAS[estado][0]}» no puede pasar a «{FICHAS[hacia][0]}».", campo="hacia")
    if hacia in CON_MOTIVO and not motivo:
        raise ReglaIncumplida(
            f"Para pasar a «{FICHAS[hacia][0]}» escribe el motivo: lo leerá la gente.", campo="motivo"
        )
    if hacia == Estado.ORDEN_DE_PROCEDER and not con_contrato:
        raise ReglaIncumplida("Antes de la orden de proceder escribe el monto del contrato y el plazo en días.")


class AvanceLike(Protocol):
    @property
    def fecha(self) -> datetime.date: ...
    @property
    def fisico(self) -> Decimal: ...
    @property
    def financiero(self) -> Decimal: ...


def exigir_avance(
    *,
    estado: str,
    fecha: datetime.date,
    fisico: Decimal,
    financiero: Decimal,
    otros: Sequence[AvanceLike],
    motivo: str,
    hoy: datetime.date,
) -> None:
    """Lanza ReglaIncumplida si el informe no cabe entre los `otros` de la obra (en cualquier orden).

    El avance es acumulado: no baja con el tiempo, salvo que se corrija un error y se diga por qué (`motivo`).
    """
    if estado in SIN_EMPEZAR:
        raise ReglaIncumplida(f"La obra está «{FICHAS[estado][0]}»: todavía no hay avance que informar.")
    if fecha > hoy:
        raise ReglaIncumplida("La fecha del informe no puede ser futura.", campo="fecha")
    for campo, valor in (("fisico", fisico), ("financiero", financiero)):
        if not 0 <= valor <= 100:
            raise ReglaIncumplida("El avance va de 0 a 100.", campo=campo)
    if any(otro.fecha == fecha for otro in otros):
        raise ReglaIncumplida("Ya hay un informe de ese día. Cambia la fecha.", campo="fecha")
    if motivo:
        return
    antes = max((otro for otro in otros if otro.fecha < fecha), key=lambda otro: otro.fecha, default=None)
    despues = min((otro for otro in otros if otro.fecha > fecha), key=lambda otro: otro.fecha, default=None)
    for campo, valor in (("fisico", fisico), ("financiero", financiero)):
        if antes is not None and valor < getattr(antes, campo):
            raise ReglaIncumplida(
                f"El informe anterior decía {getattr(antes, campo):.0f} %. Si estaba mal, escribe por qué baja.",
                campo=campo,
            )
        if despues is not None and valor > getattr(despues, campo):
            raise ReglaIncumplida(
                f"El informe siguiente dice {getattr(despues, campo):.0f} %. Si está mal, escribe por qué.",
                campo=campo,
            )


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
    orden_proceder: datetime.date | None = None,
    ampliaciones: int = 0,
) -> list[Alerta]:
    """Alertas de una obra en marcha a partir de sus avances (del más viejo al más nuevo).

    `ampliaciones` cuenta los cambios al contrato que alargaron el plazo. Fuera de marcha no hay alertas.
    """
    if estado not in EN_MARCHA:
        return []
    halladas = []
    if estado == Estado.PARALIZADA:
        halladas.append(Alerta("paralizada", "Está paralizada", "No hay trabajo en el lugar."))
    ultimo = avances[-1] if avances else None
    if ultimo is not None:
        brecha = ultimo.financiero - ultimo.fisico
        if brecha > PUNTOS_DE_BRECHA:
            halladas.append(
                Alerta(
                    "brecha",
                    "Se pagó más de lo construido",
                    f"Pagado {ultimo.financiero:.0f} %, construido {ultimo.fisico:.0f} %.",
                )
            )
    informada = ultimo.fecha if ultimo is not None else orden_proceder
    if informada is not None and (hoy - informada).days > DIAS_SIN_INFORME:
        dias = (hoy - informada).days
        halladas.append(Alerta("sin_informe", "Sin informe reciente", f"Hace {dias} días que nadie informa."))
    if fin_previsto is not None and hoy > fin_previsto:
        dias = (hoy - fin_previsto).days
        halladas.append(Alerta("atraso", "Fuera de plazo", f"Debió terminar hace {contar_dias(dias)}."))
    if ampliaciones >= 2:
        halladas.append(
            Alerta("ampliaciones", "Plazo ampliado más de una vez", f"El plazo se amplió {ampliaciones} veces.")
        )
    return halladas


def contar_dias(dias: int) -> str:
    return "1 día" if dias == 1 else f"{dias} días"
