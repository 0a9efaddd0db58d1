"""La marca de la demo: qué pasos de la carga terminaron. Una base sin esta marca no es una demo."""

from django.db import models
from django.utils import timezone


class Paso(models.Model):
    """Un paso terminado de la carga. Se escribe en la misma transacción que sus datos."""

    nombre = models.SlugField("paso", max_length=30, unique=True)
    resumen = models.CharField("qué cargó", max_length=200)
    segundos = models.FloatField("segundos")
    dia = models.DateField("día de referencia", help_text="El «hoy» con que se calcularon las fechas.")
    momento = models.DateTimeField("terminado", default=timezone.now)

    class Meta:
        verbose_name = "paso de la demo"
        verbose_name_plural = "pasos de la demo"
        ordering = ["momento", "pk"]

    def __str__(self) -> str:
        return f"{self.nombre}: {self.resumen}"
