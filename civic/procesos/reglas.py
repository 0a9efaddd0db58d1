"""Qué permite cada fase y cómo explicarlo. Funciones puras: reciben fases y la hora."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from civic.comun.dinero import bolivianos
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
    """Lo que estas reglas leen de una fase, venga del modelo, de un formulario o de un retrato."""

    @property
    def tipo(self) -> str: ...
    @property
    def nombre(self) -> str: ...
    @property
    def inicio(self) -> datetime: ...
    @property
    def fin(self) -> datetime: ...


F = TypeVar("F", bound=FaseLike)


def dia(momento: datetime) -> str:
    """17/8/2026, 14:30 en hora de Bolivia."""
    local = momento.astimezone(LA_PAZ)
    return f"{local.day}/{local.month}/{local.year}, {local:%H:%M}"


def ultimo_instante(fin: datetime) -> datetime:
    """El último momento de la fase: `fin` ya no cuenta, así que terminar a las 00:00 es terminar el día anterior."""
    return fin - timedelta(microseconds=1)


def hora_de_cierre(fin: datetime) -> str:
    """«18:00» si la fase cierra a media jornada; vacío si dura hasta terminar el día."""
    local = fin.astimezone(LA_PAZ)
    return "" if (local.hour, local.minute) in {(0, 0), (23, 59)} else f"{local:%H:%M}"


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


# Orden en que empieza cada tipo de fase la primera vez (Ley 341 y práctica municipal: primero se informa, al final se
# da seguimiento). Una segunda ronda puede volver atrás; por eso cuenta solo la primera fase de cada tipo.
ORDEN = (
    "informacion",
    "recepcion",
    "asambleas",
    "evaluacion",
    "deliberacion",
    "votacion",
    "escrutinio",
    "resultados",
    "seguimiento",
)
# Pares que no pueden estar abiertos a la vez y por qué.
NO_A_LA_VEZ = (
    ("recepcion", "votacion", "mientras se vota no se reciben propuestas"),
    ("evaluacion", "votacion", "mientras se vota no se evalúan propuestas"),
    ("votacion", "escrutinio", "se cuenta cuando terminó la votación"),
    ("votacion", "resultados", "los resultados se publican cuando terminó la votación"),
    ("comentarios", "respuesta", "se responde cuando terminaron los comentarios"),
)


def problemas_de_fases(fases: Iterable[F]) -> list[str]:
    """Qué no cuadra en las fechas de las fases, en frases para quien las escribe; vacía si todo está en orden."""
    fases = sorted(fases, key=lambda fase: fase.inicio)
    problemas = [
        f"La fase «{fase.nombre}» termina el {dia(fase.fin)}, antes de empezar."
        for fase in fases
        if fase.fin <= fase.inicio
    ]
    primeras: dict[str, F] = {}
    for fase in fases:
        primeras.setdefault(fase.tipo, fase)
    en_orden = [primeras[tipo] for tipo in ORDEN if tipo in primeras]
    for antes, despues in zip(en_orden, en_orden[1:], strict=False):
        if despues.inicio < antes.inicio:
            problemas.append(
                f"La fase «{despues.nombre}» empieza el {dia(despues.inicio)}, antes que «{antes.nombre}» "
                f"({dia(antes.inicio)}): va después."
            )
    for uno, otro, razon in NO_A_LA_VEZ:
        for a in (fase for fase in fases if fase.tipo == uno):
            for b in (fase for fase in fases if fase.tipo == otro):
                if a.inicio < b.fin and b.inicio < a.fin:
                    problemas.append(f"«{a.nombre}» y «{b.nombre}» se cruzan en las fechas: {razon}.")
    return problemas


@dataclass(frozen=True)
class RetratoDeFase:
    """Una fase como estaba en un momento, para comparar."""

    tipo: str
    nombre: str
    inicio: datetime
    fin: datetime


@dataclass(frozen=True)
class Retrato:
    """Lo que el público cuenta con que no cambie en silencio: si está publicado, fases por pk y techos por distrito."""

    publicado: bool
    fases: dict[int, RetratoDeFase]
    techos: dict[str, Decimal]


def _tramo(fase: RetratoDeFase) -> str:
    return f"del {dia(fase.inicio)} al {dia(fase.fin)}"


def cambios(antes: Retrato, despues: Retrato) -> list[str]:
    """Frases con cada cambio de un proceso, en el orden: publicación, fases, techos."""
    frases = []
    if despues.publicado != antes.publicado:
        frases.append("Se publicó el proceso." if despues.publicado else "El proceso dejó de estar publicado.")
    for pk in antes.fases.keys() - despues.fases.keys():
        frases.append(f"Se quitó la fase «{antes.fases[pk].nombre}» ({_tramo(antes.fases[pk])}).")
    for pk, fase in despues.fases.items():
        previa = antes.fases.get(pk)
        if previa is None:
            frases.append(f"Se agregó la fase «{fase.nombre}», {_tramo(fase)}.")
            continue
        if (previa.nombre, previa.tipo) != (fase.nombre, fase.tipo):
            frases.append(f"La fase «{previa.nombre}» ({previa.tipo}) ahora es «{fase.nombre}» ({fase.tipo}).")
        if (previa.inicio, previa.fin) != (fase.inicio, fase.fin):
            frases.append(f"La fase «{fase.nombre}» cambió de fechas: era {_tramo(previa)}; ahora es {_tramo(fase)}.")
    for distrito in sorted(antes.techos.keys() | despues.techos.keys()):
        era, es = antes.techos.get(distrito), despues.techos.get(distrito)
        if era == es:
            continue
        if era is None:
            frases.append(f"{distrito} tiene techo: {bolivianos(es)}.")
        elif es is None:
            frases.append(f"{distrito} ya no tiene techo; era {bolivianos(era)}.")
        else:
            frases.append(f"El techo de {distrito} cambió de {bolivianos(era)} a {bolivianos(es)}.")
    return frases


def exigir_techos_firmes(antes: Retrato, despues: Retrato, ahora: datetime) -> None:
    """Lanza ReglaIncumplida si cambian los techos de un proceso publicado mientras se vota con ellos."""
    votan = fases_vigentes(antes.fases.values(), ahora) if antes.publicado else []
    votacion = next((fase for fase in votan if VOTAR in PERMITE[fase.tipo]), None)
    if votacion and antes.techos != despues.techos:
        raise ReglaIncumplida(
            f"La gente está votando con estos techos hasta el {dia(votacion.fin)}. No se cambian hasta entonces."
        )
