"""manage.py exportar_pb VOTACION DISTRITO: las papeletas de una contienda contada, en formato Pabulib."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.comun.errores import ReglaIncumplida
from votaciones.exportes import pabulib_de
from votaciones.models import Contienda


class Command(BaseCommand):
    help = "Escribe una contienda contada en formato Pabulib (.pb): obras y papeletas, sin nada de las personas."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("votacion", help="su dirección, como poa-2027")
        parser.add_argument("distrito", type=int, help="el número del distrito en la dirección de su papeleta")
        parser.add_argument("--salida", type=Path, help="dónde escribirlo; si no se dice, en la pantalla")

    def handle(self, *args: Any, votacion: str, distrito: int, salida: Path | None, **opciones: Any) -> None:
        contiendas = Contienda.objects.select_related("votacion", "area__municipio")
        contienda = contiendas.filter(votacion__slug=votacion, numero=distrito).first()
        if contienda is None:
            raise CommandError(f"No hay una contienda {distrito} en la votación «{votacion}».")
        try:
            texto = pabulib_de(contienda)
            if salida is None:
                self.stdout.write(texto, ending="")
                return
            salida.write_text(texto, encoding="utf-8", newline="")
        except ReglaIncumplida as error:
            raise CommandError(error.mensaje) from None
        except OSError as error:
            raise CommandError(f"No se pudo escribir {salida}: {error.strerror}.") from None
        self.stdout.write(f"Quedó en {salida}.")
