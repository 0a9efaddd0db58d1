"""Códigos que la ventanilla entrega en mano a quien olvidó su contraseña y no tiene correo."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class CodigoDeIngreso(models.Model):
    """Un código de un solo uso para poner otra contraseña. Se guarda su huella, nunca el código."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="codigos_de_ingreso", verbose_name="persona"
    )
    huella = models.CharField("huella", max_length=64, unique=True)
    emitido_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="entregó")
    emitido = models.DateTimeField("entregado", default=timezone.now)
    vence = models.DateTimeField("vence")
    usado = models.DateTimeField("usado", null=True, blank=True)

    class Meta:
        verbose_name = "código de ingreso"
        verbose_name_plural = "códigos de ingreso"
        constraints = [
            models.UniqueConstraint(
                fields=["usuario"],
                condition=Q(usado__isnull=True),
                name="un_codigo_sin_usar_por_persona",
                violation_error_message="Esa persona ya tiene un código sin usar.",
            ),
            models.CheckConstraint(
                condition=Q(vence__gt=F("emitido")),
                name="codigo_vence_despues",
                violation_error_message="El código debe vencer después de entregarse.",
            ),
        ]

    def __str__(self) -> str:
        return f"Código de ingreso {self.pk}"
