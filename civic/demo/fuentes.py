"""Lee los archivos de civic/demo/datos y los ubica en el calendario de hoy."""

import csv
import datetime
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

CARPETA = Path(__file__).with_name("datos")


@cache
def contenido() -> dict[str, Any]:
    """El contenido ficticio: categorías, territorios, propuestas, reportes, obras, consultas, campañas, usuarios."""
    return json.loads((CARPETA / "contenido.json").read_text(encoding="utf-8"))


@cache
def actas() -> list[dict[str, Any]]:
    """Las actas de asamblea ficticias."""
    return json.loads((CARPETA / "actas.json").read_text(encoding="utf-8"))


@cache
def geometrias(nombre: str) -> list[dict[str, Any]]:
    """Features de «municipio», «distritos» o «celdas»."""
    return json.loads((CARPETA / f"{nombre}.geojson").read_text(encoding="utf-8"))["features"]


@cache
def tabla(nombre: str, separador: str = "|") -> list[dict[str, str]]:
    """Filas de un CSV de datos, como diccionarios de textos."""
    with (CARPETA / f"{nombre}.csv").open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo, delimiter=separador))


@dataclass(frozen=True)
class Calendario:
    """Corre todas las fechas del contenido: lo que pasó N días antes de `fecha_base` pasó N días antes de `hoy`."""

    hoy: datetime.date

    @property
    def corrimiento(self) -> datetime.timedelta:
        return self.hoy - datetime.date.fromisoformat(contenido()["meta"]["fecha_base"])

    def dia(self, texto: str | None) -> datetime.date | None:
        """La fecha del archivo (AAAA-MM-DD), corrida; None si no hay."""
        return self.dia_cierto(texto) if texto else None

    def dia_cierto(self, texto: str) -> datetime.date:
        """Como `dia`, cuando el archivo siempre trae la fecha."""
        return datetime.date.fromisoformat(texto) + self.corrimiento

    def momento(self, texto: str, hora: int = 10) -> datetime.datetime:
        """El momento del archivo, corrido. Una fecha sin hora pasa a las `hora` en punto."""
        if len(texto) == 10:
            return self._juntar(datetime.date.fromisoformat(texto) + self.corrimiento, hora)
        return datetime.datetime.fromisoformat(texto) + self.corrimiento

    def en(self, dias: int, hora: int = 10, minuto: int = 0, segundo: int = 0) -> datetime.datetime:
        """El momento a `dias` de hoy (negativo: ya pasó), en hora local."""
        return self._juntar(self.hoy + datetime.timedelta(days=dias), hora, minuto, segundo)

    def _juntar(self, dia: datetime.date, hora: int, minuto: int = 0, segundo: int = 0) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(dia, datetime.time(hora, minuto, segundo)))
