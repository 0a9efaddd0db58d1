"""manage.py ubicar LON LAT [--json]: dónde está un punto."""

import json
import math
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mapas.territorio.consultas import en_json, ubicar


class Command(BaseCommand):
    help = "Dice en qué municipio, distrito y OTB está un punto (longitud y latitud WGS84, en grados)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lon", type=float, help="longitud en grados, de -180 a 180")
        parser.add_argument("lat", type=float, help="latitud en grados, de -90 a 90")
        parser.add_argument("--json", action="store_true", help="responde lo mismo que /territorio/ubicar/")

    def handle(self, *args: Any, lon: float, lat: float, **opciones: Any) -> None:
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise CommandError("La longitud va de -180 a 180 y la latitud de -90 a 90.")
        lugar = ubicar(lon, lat)
        if opciones["json"]:
            self.stdout.write(json.dumps(en_json(lugar), ensure_ascii=False))
            return
        partes = [area.nombre_completo for area in (lugar.municipio, lugar.distrito, lugar.otb) if area]
        self.stdout.write(f"{' › '.join(partes) or 'Fuera del municipio'} ({lugar.regla})")
