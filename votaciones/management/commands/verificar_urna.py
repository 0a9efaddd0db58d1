"""manage.py verificar_urna VOTACION: vuelve a contar una votación contada y mira que la urna cuadre."""

import runpy
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from votaciones import exportes
from votaciones.models import Participacion, Votacion
from votaciones.padron.consultas import definitivo_de, huella_de
from votaciones.reglas.tablero import canonico
from votaciones.urna import acciones as urna
from votaciones.urna import consultas as consultas_de_urna


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
        for contienda in hallada.contiendas.select_related("area"):
            try:
                hay = sorted(map(canonico, urna.leer_sobres(contienda.pk)))
            except urna.UrnaAlterada as alterada:
                raise CommandError(f"{contienda.lugar}: {alterada}") from None
            if hay != sorted(map(canonico, consultas_de_urna.selecciones_de(contienda.pk))):
                raise CommandError(f"{contienda.lugar}: los sobres no llevan lo que se asentó al abrirlos.")
            retiraron = Participacion.objects.filter(contienda=contienda).count()
            if len(hay) > retiraron:
                raise CommandError(
                    f"{contienda.lugar}: la urna tiene {len(hay)} papeletas y se retiraron {retiraron} credenciales."
                )
        self.stdout.write("Todo igual; cada papeleta salió de un sobre con su credencial.")
