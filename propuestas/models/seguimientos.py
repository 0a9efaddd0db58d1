"""Quién sigue una propuesta."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from propuestas.models.propuestas import Propuesta


class Seguimiento(models.Model):
    """Una persona con cuenta quiere saber qué pasa con una propuesta; `visto` es hasta cuándo se enteró."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="seguimientos", verbose_name="propuesta")
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="seguimientos", verbose_name="persona"
    )
    momento = models.DateTimeField("momento", default=timezone.now)
    visto = models.DateTimeField("novedades vistas hasta", default=timezone.now)

    class Meta:
        verbose_name = "seguimiento"
        verbose_name_plural = "seguimientos"
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "usuario"],
                name="seguimiento_unico",
                violation_error_message="Ya sigues esta propuesta.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} sigue {self.propuesta}"
