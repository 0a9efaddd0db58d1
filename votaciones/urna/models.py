"""La urna: sobres cerrados y el tablero. Vive en su propia base y no conoce a ninguna persona.

No hay aquí cuenta, sesión, dirección ni hora de nadie, y tampoco claves ajenas: `contienda` es el número que la
contienda tiene en la otra base. Ninguna fila se cambia ni se borra (ver `guardas`).
"""

import json
from typing import Any

from django.db import models

from civic.comun.al_azar import ConClaveAlAzar
from votaciones.reglas.tablero import Tipo


class Sobre(ConClaveAlAzar):
    """Una papeleta aceptada, cerrada con una clave que no está en ninguna base. Cambiar el voto agrega otra vuelta."""

    contienda = models.PositiveBigIntegerField("contienda")
    serie = models.CharField("serie de la credencial", max_length=64)
    vuelta = models.PositiveSmallIntegerField("vuelta", default=1)
    firma = models.CharField("firma de la credencial", max_length=1024)
    recibo = models.CharField("huella del recibo", max_length=64)
    cerrado = models.TextField("papeleta cerrada")

    class Meta:
        verbose_name = "sobre"
        verbose_name_plural = "sobres"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["contienda", "serie", "vuelta"], name="sobre_una_credencial"),
            models.UniqueConstraint(fields=["contienda", "recibo", "vuelta"], name="sobre_un_recibo"),
        ]

    def __str__(self) -> str:
        return "Sobre"


class AsientoQuerySet(models.QuerySet):
    def de(self, contienda: int) -> "AsientoQuerySet":
        return self.filter(contienda=contienda).order_by("numero")


class Asiento(models.Model):
    """Un paso en el tablero de una urna, encadenado al anterior. Ver `votaciones.reglas.tablero`."""

    contienda = models.PositiveBigIntegerField("contienda")
    numero = models.PositiveIntegerField("número")
    tipo = models.CharField("tipo", max_length=12, choices=[(tipo.value, tipo.value) for tipo in Tipo])
    contenido = models.TextField("contenido")
    anterior = models.CharField("huella anterior", max_length=64)
    huella = models.CharField("huella", max_length=64)
    # De la huella, con la clave que dice el libro. Vacía en las urnas de votaciones con un libro de antes del 4.
    firma = models.CharField("firma de la huella", max_length=128, blank=True, default="")

    objects = AsientoQuerySet.as_manager()

    class Meta:
        verbose_name = "asiento del tablero"
        verbose_name_plural = "asientos del tablero"
        default_permissions = ()
        ordering = ["contienda", "numero"]
        constraints = [models.UniqueConstraint(fields=["contienda", "numero"], name="asiento_numero_unico")]

    def __str__(self) -> str:
        return f"{self.numero}. {self.tipo}"

    @property
    def datos(self) -> dict[str, Any]:
        return json.loads(self.contenido)


class Asentado(models.Model):
    """En qué lote del tablero quedó cada sobre."""

    sobre = models.OneToOneField(Sobre, models.PROTECT, primary_key=True, related_name="asentado")
    asiento = models.ForeignKey(Asiento, models.PROTECT, related_name="asentados")

    class Meta:
        verbose_name = "sobre asentado"
        verbose_name_plural = "sobres asentados"
        default_permissions = ()

    def __str__(self) -> str:
        return "Sobre asentado"
