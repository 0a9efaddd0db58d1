"""Días hábiles y feriados, para los plazos que corren. Funciones puras, sin Django.

Los nacionales y el de Cochabamba los trae la biblioteca `holidays`, que se mantiene cada año. Sobre ellos va la lista
del municipio (AYNI_FERIADOS), que agrega días y también los quita. El feriado que cae en domingo pasa al lunes (Decreto
Supremo 2750, 1/5/2016): la biblioteca no mueve el 2 de noviembre ni el departamental, y aquí se mueven.

La biblioteca trae desde 2020 el 17 de octubre (Dignidad Nacional): la ley que lo hacía feriado no entró en vigor y el
DS 2750 no lo nombra, así que de fábrica se quita.
"""

import datetime
from functools import lru_cache
from typing import NamedTuple

import holidays

PAIS, DEPARTAMENTO = "BO", "C"
_DOMINGO = 6


class Local(NamedTuple):
    """Un día de la lista del municipio; `anio` es None si es de todos los años, y `quita` si ese día se trabaja."""

    anio: int | None
    mes: int
    dia: int
    quita: bool = False

    def en(self, anio: int) -> datetime.date | None:
        """Ese día en `anio`, o None si no le toca o no existe (29 de febrero)."""
        if self.anio not in (None, anio):
            return None
        try:
            return datetime.date(anio, self.mes, self.dia)
        except ValueError:
            return None


DE_FABRICA: tuple[Local, ...] = (Local(None, 10, 17, quita=True),)


def leer_locales(textos: list[str]) -> tuple[Local, ...]:
    """«09-14» (todos los años), «2026-11-03» (solo ese); con un guion delante se quita: «-10-17», «-2026-06-22».

    Lanza ValueError si no es una fecha.
    """
    leidos: list[Local] = []
    for texto in textos:
        llano = texto.removeprefix("-")
        con_anio = len(llano) > len("MM-DD")
        # 2000 fue bisiesto: así «02-29» también se entiende.
        dia = datetime.date.fromisoformat(llano if con_anio else f"2000-{llano}")
        leidos.append(Local(dia.year if con_anio else None, dia.month, dia.day, quita=texto != llano))
    return tuple(leidos)


@lru_cache(maxsize=64)
def feriados(anio: int, locales: tuple[Local, ...] = DE_FABRICA) -> frozenset[datetime.date]:
    """Feriados nacionales, de Cochabamba y del municipio en un año, con el traslado de domingo a lunes."""
    propios = {local.en(anio) for local in locales if not local.quita} - {None}
    quitados = {local.en(anio) for local in locales if local.quita}
    dias = (set(holidays.country_holidays(PAIS, subdiv=DEPARTAMENTO, years=anio)) | propios) - quitados
    trasladados = {dia + datetime.timedelta(days=1) for dia in dias if dia is not None and dia.weekday() == _DOMINGO}
    return frozenset(dia for dia in (dias | trasladados) - quitados if dia is not None)


def es_habil(dia: datetime.date, locales: tuple[Local, ...] = DE_FABRICA) -> bool:
    return dia.weekday() < 5 and dia not in feriados(dia.year, locales)


def sumar_habiles(desde: datetime.date, dias: int, locales: tuple[Local, ...] = DE_FABRICA) -> datetime.date:
    """El último día de un plazo de `dias` hábiles que empieza a correr al día siguiente (Ley 2341)."""
    dia = desde
    while dias > 0:
        dia += datetime.timedelta(days=1)
        if es_habil(dia, locales):
            dias -= 1
    return dia


def habiles_hasta(hoy: datetime.date, fin: datetime.date, locales: tuple[Local, ...] = DE_FABRICA) -> int:
    """Cuántos días hábiles quedan después de hoy y hasta `fin` inclusive; 0 si ya pasó."""
    dias = (hoy + datetime.timedelta(days=n) for n in range(1, (fin - hoy).days + 1))
    return sum(es_habil(dia, locales) for dia in dias)
