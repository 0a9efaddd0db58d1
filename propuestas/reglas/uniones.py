"""Unir, dividir y relacionar propuestas: qué se puede y cómo se dice. Funciones puras, sin Django."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from civic.comun.errores import ReglaIncumplida
from propuestas.reglas.estados import APOYABLES, FICHAS, Estado

UNION, DIVISION = "union", "division"
CLASES_DE_PEDIDO = {UNION: "Unir", DIVISION: "Dividir"}
EXCLUYENTE, DEPENDENCIA = "excluyente", "dependencia"
CLASES_DE_RELACION = {EXCLUYENTE: "No se pueden hacer las dos", DEPENDENCIA: "Una necesita antes a la otra"}
PARTES_MINIMO, PARTES_MAXIMO = 2, 5
# Solo se une o se divide lo que nadie empezó a priorizar ni a evaluar; el destino puede estar más adelante.
SE_UNE_DESDE = (Estado.PUBLICADA.value,)
RECIBEN_UNION = APOYABLES
# Con la papeleta armada ya no cambian: la regla de conteo las leyó.
RELACIONABLES = APOYABLES


def exigir_union(estado: str, estado_destino: str, *, codigo: str, codigo_destino: str) -> None:
    """Lanza ReglaIncumplida si, por su estado de hoy, esa propuesta no puede unirse a la otra."""
    if estado not in SE_UNE_DESDE:
        raise ReglaIncumplida(f"{codigo} está «{FICHAS[estado].etiqueta}»: solo se une una propuesta publicada.")
    if estado_destino not in RECIBEN_UNION:
        raise ReglaIncumplida(
            f"{codigo_destino} está «{FICHAS[estado_destino].etiqueta}» y ya no recibe apoyos. Elige otra.",
            campo="destino",
        )


def exigir_divisible(estado: str, *, codigo: str) -> None:
    if estado not in SE_UNE_DESDE:
        raise ReglaIncumplida(f"{codigo} está «{FICHAS[estado].etiqueta}»: solo se divide una propuesta publicada.")


def exigir_partes(partes: Sequence[Mapping[str, object]]) -> None:
    """Lanza ReglaIncumplida si no son de 2 a 5 partes completas y con títulos distintos."""
    if not PARTES_MINIMO <= len(partes) <= PARTES_MAXIMO:
        raise ReglaIncumplida(f"Una propuesta se divide en {PARTES_MINIMO} a {PARTES_MAXIMO} partes.")
    if not all(parte.get("titulo") and parte.get("descripcion") and parte.get("monto") for parte in partes):
        raise ReglaIncumplida("Cada parte necesita título, qué se pide y su costo.")
    if len({str(parte["titulo"]).casefold() for parte in partes}) < len(partes):
        raise ReglaIncumplida("Dos partes tienen el mismo título: nadie sabría cuál es cuál.")


def suma_de(partes: Iterable[Mapping[str, object]]) -> Decimal:
    """Lo que cuestan juntas, en Bs."""
    return sum((Decimal(str(parte["monto"])) for parte in partes), Decimal(0))


def donde_termina(unida_a: Mapping[int, int], desde: int) -> int:
    """Sigue la cadena A→B→C hasta la que no se unió a ninguna; ante un círculo se detiene donde ya pasó."""
    vistas = {desde}
    while (siguiente := unida_a.get(desde)) is not None and siguiente not in vistas:
        vistas.add(siguiente)
        desde = siguiente
    return desde


def cierra_un_circulo(dependencias: Iterable[tuple[int, int]], a: int, b: int) -> bool:
    """Si «a necesita antes a b» dejaría a alguna esperándose a sí misma."""
    necesita: dict[int, set[int]] = {}
    for una, antes in dependencias:
        necesita.setdefault(una, set()).add(antes)
    por_ver, vistas = [b], set()
    while por_ver:
        actual = por_ver.pop()
        if actual == a:
            return True
        if actual not in vistas:
            vistas.add(actual)
            por_ver += necesita.get(actual, ())
    return False


def exigir_relacionable(estado: str, *, codigo: str) -> None:
    if estado not in RELACIONABLES:
        raise ReglaIncumplida(
            f"{codigo} está «{FICHAS[estado].etiqueta}»: sus relaciones se fijan antes de que entre a la votación."
        )


def por_que_no_se_relacionan(
    clase: str, a: int, b: int, *, parejas: Iterable[tuple[int, int]], dependencias: Iterable[tuple[int, int]]
) -> str:
    """Frase que dice por qué no cabe esa relación con las que ya hay; vacía si cabe.

    `parejas`: las dos de cada relación vigente, de cualquier clase; `dependencias`: (la que necesita, la que va antes).
    """
    if a == b:
        return "Una propuesta no se relaciona consigo misma."
    if {a, b} in [set(pareja) for pareja in parejas]:
        return "Estas dos propuestas ya están relacionadas. Quita antes la relación que tienen."
    if clase == DEPENDENCIA and cierra_un_circulo(dependencias, a, b):
        return "Así se esperarían en círculo: la otra ya necesita, directa o indirectamente, a esta."
    return ""
