"""El consentimiento de quien no escribió su propuesta con sus manos."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from propuestas.models.propuestas import Propuesta
from propuestas.reglas import MEDIOS


class Consentimiento(models.Model):
    """«Sí, es lo que pido»: quien presenta leyó lo que escribió una promotora. Vale solo para lo que leyó (`sello`)."""

    propuesta = models.OneToOneField(Propuesta, models.PROTECT, related_name="consentimiento", verbose_name="propuesta")
    persona = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consentimientos", verbose_name="quién consintió"
    )
    promotora = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consentimientos_que_recibio", verbose_name="escribió"
    )
    medio = models.CharField("medio", max_length=12, choices=MEDIOS)
    sello = models.CharField("sello de lo que leyó", max_length=64)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "consentimiento"
        verbose_name_plural = "consentimientos"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(persona=models.F("promotora")),
                name="consentimiento_de_otra_persona",
                violation_error_message="Consiente quien presenta, no quien escribió.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.propuesta}: {self.get_medio_display()}"
