"""Lo que llegó en papel y alguien del municipio pasó a una planilla."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from civic.procesos.models import Proceso
from propuestas.models.propuestas import Propuesta


class CargaDePapel(models.Model):
    """Una planilla de propuestas escritas en papel: se revisa, y después se crean todas o ninguna."""

    class Estado(models.TextChoices):
        REVISADA = "revisada", "Revisada, sin crear"
        HECHA = "hecha", "Hecha"

    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="cargas", verbose_name="proceso")
    archivo = models.CharField("archivo", max_length=150)
    huella = models.CharField("SHA-256 del archivo", max_length=64)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.REVISADA)
    # Solo entre la revisión y la creación: después, lo que decía cada fila está en su propuesta.
    filas = models.JSONField("filas por crear", default=list)
    creadas = models.PositiveIntegerField("propuestas creadas", default=0)
    ya_estaban = models.PositiveIntegerField("filas que ya estaban cargadas", default=0)
    cargada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cargas_de_papel", verbose_name="la cargó"
    )
    subida = models.DateTimeField("subida", default=timezone.now)
    hecha = models.DateTimeField("hecha", null=True, blank=True)

    class Meta:
        verbose_name = "carga de papel"
        verbose_name_plural = "cargas de papel"
        ordering = ["-subida", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proceso", "huella"],
                condition=models.Q(estado="hecha"),
                name="carga_de_papel_una_vez",
                violation_error_message="Ese archivo ya se cargó en ese proceso.",
            )
        ]

    def __str__(self) -> str:
        return self.archivo


class PropuestaDePapel(models.Model):
    """De qué carga y de qué línea salió una propuesta. La huella de su fila no deja crearla dos veces."""

    propuesta = models.OneToOneField(Propuesta, models.PROTECT, related_name="papel", verbose_name="propuesta")
    carga = models.ForeignKey(CargaDePapel, models.PROTECT, related_name="propuestas", verbose_name="carga")
    linea = models.PositiveIntegerField("línea del archivo")
    huella = models.CharField("SHA-256 de la fila", max_length=64, unique=True)

    class Meta:
        verbose_name = "propuesta de papel"
        verbose_name_plural = "propuestas de papel"
        ordering = ["carga", "linea"]

    def __str__(self) -> str:
        return f"{self.carga}, línea {self.linea}"
