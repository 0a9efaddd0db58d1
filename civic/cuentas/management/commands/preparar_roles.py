"""manage.py preparar_roles: lleva la tabla de roles a los grupos de la trastienda."""

from typing import Any

from django.core.management.base import BaseCommand

from civic.cuentas.acciones import poner_al_dia_los_grupos, preparar_roles


class Command(BaseCommand):
    help = "Crea los grupos de los roles con sus permisos y saca de ellos a quien ya terminó su rol. Se puede repetir."

    def handle(self, *args: Any, **options: Any) -> None:
        roles = preparar_roles()
        salidas = poner_al_dia_los_grupos()
        self.stdout.write(f"{len(roles)} roles al día. {salidas} personas salieron de un grupo por fin de plazo.")
