"""manage.py borrar_fotos_sueltas: quita las fotos que alguien subió y nunca terminó de enviar."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from mapas.reportes.acciones import borrar_fotos_sueltas


class Command(BaseCommand):
    help = "Borra las fotos sin publicar que nadie llegó a usar, con más de --horas horas (48 si no se dice)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--horas", type=int, default=48)

    def handle(self, *args: Any, **opciones: Any) -> None:
        antes_de = timezone.now() - datetime.timedelta(hours=max(25, opciones["horas"]))
        self.stdout.write(f"Fotos borradas: {borrar_fotos_sueltas(antes_de=antes_de)}")
