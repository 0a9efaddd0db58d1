"""manage.py verificar_urna VOTACION: vuelve a contar una votación contada y mira que la urna cuadre."""

import runpy
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from votaciones import exportes
from votaciones.models import Participacion, Votacion, Voto
from votaciones.padron.consultas import definitivo_de, huella_de


class Command(BaseCommand):
    help = "Vuelve a contar una votación contada con el mismo programa que descarga la gente, y revisa la urna."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("votacion", help="su dirección, como poa-2026, o su número")

    def handle(self, *args: Any, votacion: str, **opciones: Any) -> None:
        cual = Q(slug=votacion) | (Q(pk=int(votacion)) if votacion.isdecimal() else Q())
        hallada = Votacion.objects.filter(cual, estado=Votacion.Estado.CONTADA).first()
        if hallada is None:
            raise CommandError(f"No hay una votación contada «{votacion}».")
        programa = runpy.run_path(str(exportes.VERIFICADOR))
        try:
            for linea in programa["revisar"](exportes.recuento_de(hallada), hallada.huella):
                self.stdout.write(linea)
        except programa["Distinto"] as distinto:
            raise CommandError(f"No es igual. {distinto}") from None
        if (padron := definitivo_de(hallada.pk)) is not None and huella_de(padron) != padron.huella:
            raise CommandError("El padrón no es el que quedó definitivo al abrir: su huella ya no coincide.")
        for contienda in hallada.contiendas.select_related("distrito"):
            votos = Voto.objects.filter(contienda=contienda).count()
            personas = Participacion.objects.filter(contienda=contienda).count()
            if votos != personas:
                raise CommandError(
                    f"{contienda.distrito}: la urna tiene {votos} papeletas y votaron {personas} personas."
                )
        self.stdout.write("Todo igual; en cada urna hay una papeleta por persona que votó.")
