"""Borra los escaneos de actas que alguien subió y no terminó de presentar."""

from typing import Any

from django.core.management.base import BaseCommand

from civic.cuentas.acciones import borrar_escaneos_sueltos


class Command(BaseCommand):
    help = "Borra los escaneos de actas de ayer o antes que ninguna acta llegó a usar."

    def handle(self, *args: Any, **options: Any) -> None:
        borrados = borrar_escaneos_sueltos()
        self.stdout.write(f"Escaneos sueltos borrados: {borrados}.")
