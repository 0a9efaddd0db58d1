"""manage.py sembrar_portal"""

from typing import Any

from django.core.management.base import BaseCommand

from cms.acciones import sembrar_portal


class Command(BaseCommand):
    help = "Crea el inicio, las listas y las páginas de ayuda del portal. Se puede repetir: no pisa lo editado."

    def handle(self, *args: Any, **options: Any) -> None:
        inicio = sembrar_portal()
        self.stdout.write(f"Portal listo: «{inicio.title}» y {inicio.get_descendant_count()} páginas.")
