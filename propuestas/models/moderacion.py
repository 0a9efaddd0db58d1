"""Lo que había antes de que la revisión corrigiera la forma."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from propuestas.models.propuestas import Propuesta
from propuestas.reglas import MOTIVOS_DE_FORMA


class TextoAnterior(models.Model):
    """El texto original de una propuesta corregida: lo leen solo quien la presentó y quien revisa la forma."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="textos_anteriores", verbose_name="propuesta")
    titulo = models.CharField("título", max_length=120)
    descripcion = models.TextField("qué se pide y por qué", max_length=4000, blank=True)
    referencia = models.CharField("cómo llegar", max_length=160, blank=True)
    corregido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="textos_corregidos", verbose_name="corrigió"
    )
    razon = models.CharField("razón", max_length=20, choices=MOTIVOS_DE_FORMA, blank=True)
    explicacion = models.CharField("explicación", max_length=1000, blank=True)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "texto anterior"
        verbose_name_plural = "textos anteriores"
        ordering = ["-momento", "-pk"]

    def __str__(self) -> str:
        return f"{self.propuesta}: antes del {self.momento:%d/%m/%Y}"
