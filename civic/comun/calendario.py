"""Días hábiles y feriados, para los plazos que corren. Funciones puras, sin Django.

Feriados nacionales: Decreto Supremo 2750 (1/5/2016); el que cae en domingo pasa al lunes. Los locales (departamental,
aniversario del municipio, lo que mueva un decreto anual como el DS 5521 de 2026) los da quien llama.
"""

import datetime
from functools import lru_cache

Local = tuple[int | None, int, int]
"""(año o None si es de todos los años, mes, día)"""

# (mes, día)
FIJOS = (
    (1, 1),  # Año Nuevo
    (1, 22),  # Estado Plurinacional
    (5, 1),  # Trabajo
    (6, 21),  # Año Nuevo andino amazónico
    (8, 6),  # Independencia
    (11, 2),  # Todos los Difuntos
    (12, 25),  # Navidad
)
# Días contados desde el Domingo de Pascua.
MOVILES = (
    -48,  # lunes de Carnaval
    -47,  # martes de Carnaval
    -2,  # Viernes Santo
    60,  # Corpus Christi
)
_DOMINGO = 6
COCHABAMBA: tuple[Local, ...] = ((None, 9, 14),)


def pascua(anio: int) -> datetime.date:
    """Domingo de Pascua del calendario gregoriano (algoritmo de Meeus, Jones y Butcher)."""
    ciclo, siglo, resto = anio % 19, anio // 100, anio % 100
    epacta = (19 * ciclo + siglo - siglo // 4 - (siglo - (siglo + 8) // 25 + 1) // 3 + 15) % 30
    semana = (32 + 2 * (siglo % 4) + 2 * (resto // 4) - epacta - resto % 4) % 7
    ajuste = (ciclo + 11 * epacta + 22 * semana) // 451
    mes, dia = divmod(epacta + semana - 7 * ajuste + 114, 31)
    return datetime.date(anio, mes, dia + 1)


def leer_locales(textos: list[str]) -> tuple[Local, ...]:
    """«09-14» (todos los años) o «2026-11-03» (solo ese) -> feriados locales. Lanza ValueError si no es una fecha."""
    leidos: list[Local] = []
    for texto in textos:
        con_anio = len(texto) > len("MM-DD")
        # 2000 fue bisiesto: así «02-29» también se entiende.
        dia = datetime.date.fromisoformat(texto if con_anio else f"2000-{texto}")
        leidos.append((dia.year if con_anio else None, dia.month, dia.day))
    return tuple(leidos)


def _fecha(anio: int, mes: int, dia: int) -> datetime.date | None:
    try:
        return datetime.date(anio, mes, dia)
    except ValueError:  # 29 de febrero en un año que no lo tiene
        return None


@lru_cache(maxsize=64)
def feriados(anio: int, locales: tuple[Local, ...] = COCHABAMBA) -> frozenset[datetime.date]:
    """Feriados nacionales y locales de un año, con el traslado de domingo a lunes."""
    propios = {_fecha(anio, mes, dia) for otro, mes, dia in locales if otro in (None, anio)}
    fijos = {datetime.date(anio, mes, dia) for mes, dia in FIJOS} | {dia for dia in propios if dia is not None}
    trasladados = {dia + datetime.timedelta(days=1) for dia in fijos if dia.weekday() == _DOMINGO}
    moviles = {pascua(anio) + datetime.timedelta(days=dias) for dias in MOVILES}
    return frozenset(fijos | trasladados | moviles)


def es_habil(dia: datetime.date, locales: tuple[Local, ...] = COCHABAMBA) -> bool:
    return dia.weekday() < 5 and dia not in feriados(dia.year, locales)


def sumar_habiles(desde: datetime.date, dias: int, locales: tuple[Local, ...] = COCHABAMBA) -> datetime.date:
    """El último día de un plazo de `dias` hábiles que empieza a correr al día siguiente (Ley 2341)."""
    dia = desde
    while dias > 0:
        dia += datetime.timedelta(days=1)
        if es_habil(dia, locales):
            dias -= 1
    return dia


def habiles_hasta(hoy: datetime.date, fin: datetime.date, locales: tuple[Local, ...] = COCHABAMBA) -> int:
    """Cuántos días hábiles quedan después de hoy y hasta `fin` inclusive; 0 si ya pasó."""
    dias = (hoy + datetime.timedelta(days=n) for n in range(1, (fin - hoy).days + 1))
    return sum(es_habil(dia, locales) for dia in dias)
