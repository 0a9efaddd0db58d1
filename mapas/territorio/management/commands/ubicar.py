"""manage.py ubicar LON LAT [--fecha AAAA-MM-DD] [--json]: dónde está un punto."""

import datetime
import json
import math
import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mapas.territorio.consultas import en_json, ubicar

_NEGATIVO = re.compile(r"-(\.?\d|inf|nan)", re.IGNORECASE)


class Command(BaseCommand):
    help = "Dice en qué municipio, distrito y OTB está un punto (longitud y latitud WGS84, en grados)."

    def run_from_argv(self, argv: list[str]) -> None:
        # argparse toma «-68.13» por un número, pero «-6e1» o «-68.» por una opción: con un espacio delante ya no.
        super().run_from_argv([*argv[:2], *(f" {dato}" if _NEGATIVO.match(dato) else dato for dato in argv[2:])])

    def add_arguments(self, parser: ArgumentParser) -> None:
        # Como texto: argparse diría «invalid float value» en inglés, y los revisa `_grado`.
        parser.add_argument("lon", help="longitud en grados con punto, de -180 a 180")
        parser.add_argument("lat", help="latitud en grados con punto, de -90 a 90")
        parser.add_argument(
            "--fecha", metavar="AAAA-MM-DD", help="con los límites en vigor ese día (hoy si no se dice)"
        )
        parser.add_argument("--json", action="store_true", help="responde lo mismo que /territorio/ubicar/")

    def handle(self, *args: Any, lon: str, lat: str, fecha: str | None = None, **opciones: Any) -> None:
        lugar = ubicar(_grado(lon, 180, "longitud"), _grado(lat, 90, "latitud"), _dia(fecha))
        if opciones["json"]:
            self.stdout.write(json.dumps(en_json(lugar), ensure_ascii=False))
            return
        partes = [area.nombre_completo for area in (lugar.municipio, lugar.distrito, lugar.otb) if area]
        disputa = ", en disputa" if lugar.en_disputa else ""
        self.stdout.write(f"{' › '.join(partes) or 'Fuera del municipio'} ({lugar.regla}{disputa})")


def _grado(texto: Any, maximo: int, nombre: str) -> float:
    try:
        grado = float(texto)
    except (TypeError, ValueError):
        grado = math.nan
    if not abs(grado) <= maximo:  # así tampoco pasa «nan»
        frase = f"La {nombre} va en grados con punto, de -{maximo} a {maximo}; por ejemplo: ubicar -66.28 -17.39."
        raise CommandError(frase, returncode=2)
    return grado


def _dia(texto: str | None) -> datetime.date | None:
    if texto is None:
        return None
    try:
        return datetime.datetime.strptime(texto, "%Y-%m-%d").date()
    except ValueError:
        raise CommandError("Escribe la fecha como año-mes-día, por ejemplo 2025-12-31.", returncode=2) from None
