"""Días hábiles y feriados, para los plazos de respuesta. Funciones puras, sin Django.

Feriados nacionales: Decreto Supremo 2750 (1/5/2016); el que cae en domingo pasa al lunes. Departamental: 14 de
septiembre, Cochabamba. Un decreto anual puede mover alguno (como el DS 5521 en 2026): cuando Ayni tenga su calendario
configurable, estas tablas serán su punto de partida.
"""

import datetime
from functools import lru_cache

# (mes, día)
FIJOS = (
    (1, 1),  # Año Nuevo
    (1, 22),  # Estado Plurinacional
    (5, 1),  # Trabajo
    (6, 21),  # Año Nuevo andino amazónico
    (8, 6),  # Independencia
    (9, 14),  # Cochabamba
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


def pascua(anio: int) -> datetime.date:
    """Domingo de Pascua del calendario gregoriano (algoritmo de Meeus, Jones y Butcher)."""
    ciclo, siglo, resto = anio % 19, anio // 100, anio % 100
    epacta = (19 * ciclo + siglo - siglo // 4 - (siglo - (siglo + 8) // 25 + 1) // 3 + 15) % 30
    semana = (32 + 2 * (siglo % 4) + 2 * (resto // 4) - epacta - resto % 4) % 7
    ajuste = (ciclo + 11 * epacta + 22 * semana) // 451
    mes, dia = divmod(epacta + semana - 7 * ajuste + 114, 31)
    return datetime.date(anio, mes, dia + 1)


@lru_cache(maxsize=16)
def feriados(anio: int) -> frozenset[datetime.date]:
    """Feriados de un año en Quillacollo, con el traslado de domingo a lunes."""
    fijos = {datetime.date(anio, mes, dia) for mes, dia in FIJOS}
    trasladados = {dia + datetime.timedelta(days=1) for dia in fijos if dia.weekday() == _DOMINGO}
    moviles = {pascua(anio) + datetime.timedelta(days=dias) for dias in MOVILES}
    return frozenset(fijos | trasladados | moviles)


def es_habil(dia: datetime.date) -> bool:
    return dia.weekday() < 5 and dia not in feriados(dia.year)


def sumar_habiles(desde: datetime.date, dias: int) -> datetime.date:
    """El último día de un plazo de `dias` hábiles que empieza a correr al día siguiente (Ley 2341)."""
    dia = desde
    while dias > 0:
        dia += datetime.timedelta(days=1)
        if es_habil(dia):
            dias -= 1
    return dia
