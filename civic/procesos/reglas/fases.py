"""Qué permite cada fase y cómo explicarlo. Funciones puras: reciben fases y la hora."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from civic.comun.errores import ReglaIncumplida

LA_PAZ: tzinfo = ZoneInfo("America/La_Paz")
PROPONER, APOYAR, COMENTAR, EVALUAR, VOTAR = "proponer", "apoyar", "comentar", "evaluar", "votar"

# Actos que abre cada tipo de fase, salvo que la fase diga otra cosa. Los de «fondo en concurso» siguen su camino:
# convocatoria, postulaciones, admisión, jurado y voto, adjudicación, ejecución e informe.
PERMITE: dict[str, frozenset[str]] = {
    "convocatoria": frozenset({COMENTAR}),
    "informacion": frozenset({COMENTAR}),
    "recepcion": frozenset({PROPONER, APOYAR, COMENTAR, EVALUAR}),
    "asambleas": frozenset({APOYAR, COMENTAR}),
    "evaluacion": frozenset({EVALUAR, APOYAR, COMENTAR}),
    "techos": frozenset({APOYAR, COMENTAR}),
    "deliberacion": frozenset({APOYAR, COMENTAR}),
    "votacion": frozenset({VOTAR, COMENTAR}),
    "escrutinio": frozenset({COMENTAR}),
    "impugnacion": frozenset({COMENTAR}),
    "resultados": frozenset({COMENTAR}),
    "seguimiento": frozenset({COMENTAR}),
    "comentarios": frozenset({COMENTAR}),
    "respuesta": frozenset(),
    "postulaciones": frozenset({PROPONER, APOYAR, COMENTAR}),
    "admision": frozenset({EVALUAR, APOYAR, COMENTAR}),
    "jurado_y_voto": frozenset({VOTAR, COMENTAR}),
    "adjudicacion": frozenset({COMENTAR}),
    "ejecucion": frozenset({COMENTAR}),
    "informe": frozenset({COMENTAR}),
}
EN_PALABRAS = {
    PROPONER: "presentar propuestas",
    APOYAR: "apoyar propuestas",
    COMENTAR: "comentar",
    EVALUAR: "evaluar propuestas",
    VOTAR: "votar",
}
# Tipos de fase que solo tiene un fondo en concurso, y los que también puede tener.
FONDO = "fondo"
SOLO_DE_FONDO = frozenset({"postulaciones", "admision", "jurado_y_voto", "adjudicacion", "ejecucion", "informe"})
DE_UN_FONDO = SOLO_DE_FONDO | {"convocatoria", "informacion", "impugnacion"}

# Estados de un proceso y adónde pasa cada uno: fuera de «en marcha» las fases no abren nada.
EN_MARCHA, SUSPENDIDO, DESIERTO = "en_marcha", "suspendido", "desierto"
MOVIMIENTOS: dict[str, frozenset[str]] = {
    EN_MARCHA: frozenset({SUSPENDIDO, DESIERTO}),
    SUSPENDIDO: frozenset({EN_MARCHA, DESIERTO}),
    DESIERTO: frozenset(),
}
FRASES_DE_MOVIMIENTO = {
    (EN_MARCHA, SUSPENDIDO): "Se suspendió el proceso. Mientras dure, no se puede proponer, apoyar, comentar ni votar.",
    (EN_MARCHA, DESIERTO): "El proceso se declaró desierto.",
    (SUSPENDIDO, EN_MARCHA): "Se levantó la suspensión: el proceso sigue con su calendario.",
    (SUSPENDIDO, DESIERTO): "El proceso se declaró desierto.",
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
    @property
    def actos(self) -> Collection[str] | None: ...


F = TypeVar("F", bound=FaseLike)


def actos_de(fase: FaseLike) -> frozenset[str]:
    """Lo que la fase permite: sus propios actos si los tiene, aunque sean ninguno, y si no los de su tipo."""
    return PERMITE[fase.tipo] if fase.actos is None else frozenset(fase.actos)


def enumerar(partes: Sequence[str]) -> str:
    """«proponer, apoyar y comentar»."""
    return " y ".join([", ".join(partes[:-1]), partes[-1]]) if len(partes) > 1 else "".join(partes)


def actos_en_palabras(actos: Collection[str]) -> str:
    """«presentar propuestas, apoyar propuestas y comentar», en el orden de EN_PALABRAS; vacío si no hay ninguno."""
    return enumerar([palabras for acto, palabras in EN_PALABRAS.items() if acto in actos])


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
    return any(accion in actos_de(fase) for fase in fases_vigentes(fases, ahora))


def por_que_no(fases: Sequence[FaseLike], accion: str, ahora: datetime) -> str:
    """Frase que dice en qué fase está el proceso y cuándo se podrá (o se pudo) hacer `accion`."""
    actual = fase_principal(fases, ahora)
    ahora_es = f"Ahora es la fase «{actual.nombre}»" if actual else "El proceso está entre dos fases"
    abren = [fase for fase in fases if accion in actos_de(fase)]
    hacer = EN_PALABRAS[accion]
    futuras = [fase for fase in abren if fase.inicio > ahora]
    if futuras:
        proxima = min(futuras, key=lambda fase: fase.inicio)
        return f"{ahora_es}. Se podrá {hacer} desde el {dia(proxima.inicio)}, en la fase «{proxima.nombre}»."
    if abren:
        ultima = max(abren, key=lambda fase: fase.fin)
        return f"{ahora_es}. Se pudo {hacer} hasta el {dia(ultima.fin)}, en la fase «{ultima.nombre}»."
    return f"{ahora_es}. En este proceso no se puede {hacer}."


def por_que_esta_cerrado(publicado: bool, estado: str, motivo: str) -> str:
    """Frase que dice por qué el proceso entero no admite actos, diga lo que diga su calendario; vacía si los admite."""
    if not publicado:
        return "Este proceso todavía no está publicado."
    if estado == SUSPENDIDO:
        return f"El proceso está suspendido: {motivo.rstrip('. ')}. Cuando se levante la suspensión se avisará aquí."
    if estado == DESIERTO:
        return f"El proceso se declaró desierto: {motivo.rstrip('. ')}."
    return ""


def exigir_movimiento(desde: str, hacia: str, motivo: str) -> None:
    """Lanza ReglaIncumplida si el proceso no pasa de un estado al otro o si falta la razón, que es pública."""
    if hacia not in MOVIMIENTOS[desde]:
        palabras = {EN_MARCHA: "en marcha", SUSPENDIDO: "suspendido", DESIERTO: "desierto"}
        raise ReglaIncumplida(f"El proceso está {palabras[desde]}: no puede pasar a {palabras[hacia]}.")
    if not motivo.strip():
        raise ReglaIncumplida("Escribe la razón: la leerá todo el mundo.", campo="motivo")


# Orden en que empieza cada tipo de fase la primera vez (Ley 341 y práctica municipal: primero se informa, al final se
# da seguimiento). Una segunda ronda puede volver atrás; por eso cuenta solo la primera fase de cada tipo.
ORDEN = (
    "convocatoria",
    "informacion",
    "recepcion",
    "postulaciones",
    "asambleas",
    "admision",
    "evaluacion",
    "deliberacion",
    "votacion",
    "jurado_y_voto",
    "escrutinio",
    "impugnacion",
    "resultados",
    "adjudicacion",
    "ejecucion",
    "informe",
    "seguimiento",
)
# Actos que no pueden estar abiertos a la vez, y tipos de fase que no pueden cruzarse, y por qué.
ACTOS_NO_A_LA_VEZ = (
    (PROPONER, VOTAR, "mientras se vota no se reciben propuestas"),
    (EVALUAR, VOTAR, "mientras se vota no se evalúan propuestas"),
)
NO_A_LA_VEZ = (
    ("votacion", "escrutinio", "se cuenta cuando terminó la votación"),
    ("votacion", "resultados", "los resultados se publican cuando terminó la votación"),
    ("votacion", "impugnacion", "se impugna cuando ya hay resultados"),
    ("jurado_y_voto", "impugnacion", "se impugna cuando ya hay resultados"),
    ("jurado_y_voto", "adjudicacion", "se adjudica cuando el jurado y la votación terminaron"),
    ("comentarios", "respuesta", "se responde cuando terminaron los comentarios"),
)


def problemas_de_fases(fases: Iterable[F], tipo_de_proceso: str = "") -> list[str]:
    """Qué no cuadra en las fases, en frases para quien las escribe; vacía si todo está en orden."""
    fases = sorted(fases, key=lambda fase: fase.inicio)
    problemas = [
        f"La fase «{fase.nombre}» termina el {dia(fase.fin)}, antes de empezar."
        for fase in fases
        if fase.fin <= fase.inicio
    ]
    return problemas + _fuera_de_lugar(fases, tipo_de_proceso) + _fuera_de_orden(fases) + _que_se_cruzan(fases)


def _fuera_de_lugar(fases: Sequence[FaseLike], tipo_de_proceso: str) -> list[str]:
    """Las fases de un fondo van en un fondo, y un fondo no lleva las de un presupuesto."""
    if tipo_de_proceso == FONDO:
        ajenas = [fase for fase in fases if fase.tipo not in DE_UN_FONDO]
        return [f"«{fase.nombre}» no es una fase de un fondo en concurso." for fase in ajenas]
    ajenas = [fase for fase in fases if tipo_de_proceso and fase.tipo in SOLO_DE_FONDO]
    return [f"«{fase.nombre}» es una fase de un fondo en concurso, y este proceso no lo es." for fase in ajenas]


def _fuera_de_orden(fases: Sequence[F]) -> list[str]:
    primeras: dict[str, F] = {}
    for fase in fases:
        primeras.setdefault(fase.tipo, fase)
    en_orden = [primeras[tipo] for tipo in ORDEN if tipo in primeras]
    return [
        f"La fase «{despues.nombre}» empieza el {dia(despues.inicio)}, antes que «{antes.nombre}» "
        f"({dia(antes.inicio)}): va después."
        for antes, despues in zip(en_orden, en_orden[1:], strict=False)
        if despues.inicio < antes.inicio
    ]


def _que_se_cruzan(fases: Sequence[F]) -> list[str]:
    """Cada par de fases que no pueden estar abiertas a la vez, con su primera razón; y las que se contradicen solas."""
    solas: list[str] = []
    pares: dict[tuple[int, int], str] = {}

    def anotar(unas: list[F], otras: list[F], razon: str) -> None:
        for a in unas:
            for b in otras:
                if a is not b and a.inicio < b.fin and b.inicio < a.fin:
                    frase = f"«{a.nombre}» y «{b.nombre}» se cruzan en las fechas: {razon}."
                    pares.setdefault((min(id(a), id(b)), max(id(a), id(b))), frase)

    for uno, otro, razon in ACTOS_NO_A_LA_VEZ:
        ambos = [fase for fase in fases if {uno, otro} <= actos_de(fase)]
        a_la_vez = actos_en_palabras({uno, otro})
        solas += [f"«{fase.nombre}» no puede permitir a la vez {a_la_vez}: {razon}." for fase in ambos]
        anotar([f for f in fases if uno in actos_de(f)], [f for f in fases if otro in actos_de(f)], razon)
    for uno, otro, razon in NO_A_LA_VEZ:
        anotar([f for f in fases if f.tipo == uno], [f for f in fases if f.tipo == otro], razon)
    return solas + list(pares.values())
