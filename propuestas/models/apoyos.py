"""Los apoyos que recibe una propuesta."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from propuestas.models.propuestas import Propuesta


class Apoyo(models.Model):
    """Adhesión de una persona verificada a una propuesta."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="apoyos", verbose_name="propuesta")
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="apoyos", verbose_name="persona")
    momento = models.DateTimeField("momento", default=timezone.now)
    # Si llegó al unir o dividir: de cuál. Quien ya apoyaba esta conserva su apoyo propio, sin origen.
    viene_de = models.ForeignKey(
        Propuesta, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="llegó de"
    )

    class Meta:
        verbose_name = "apoyo"
        verbose_name_plural = "apoyos"
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "usuario"],
                name="apoyo_unico",
                violation_error_message="Ya apoyaste esta propuesta.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} apoya {self.propuesta}"
