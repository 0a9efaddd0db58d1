"""manage.py asentar_papeletas: pasa al tablero, por lotes, los sobres de las votaciones abiertas."""

from typing import Any

from django.core.management.base import BaseCommand

from votaciones.acciones import asentar_papeletas


class Command(BaseCommand):
    help = "Pasa al tablero los sobres que esperan, si en su urna son bastantes para que ninguno señale a nadie."

    def handle(self, *args: Any, **opciones: Any) -> None:
        for contienda, cuantos in asentar_papeletas():
            self.stdout.write(f"{contienda}: {cuantos} sobres al tablero.")
