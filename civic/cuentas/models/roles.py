"""Los cargos públicos de una persona en la plataforma."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from civic.cuentas.models.vigencia import ConVigenciaQuerySet
from civic.cuentas.roles import Rol
from mapas.territorio.models import Area


class AsignacionRol(models.Model):
    """Cargo público de una persona en la plataforma, con su alcance y su plazo."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="asignaciones", verbose_name="persona"
    )
    rol = models.CharField("rol", max_length=24, choices=Rol)
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="solo en el distrito"
    )
    unidad = models.CharField("unidad", max_length=80, blank=True)
    desde = models.DateField("desde", default=timezone.localdate)
    hasta = models.DateField("hasta", null=True, blank=True)

    objects = ConVigenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "rol asignado"
        verbose_name_plural = "roles asignados"
        ordering = ["rol", "usuario"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde")),
                name="rol_en_orden",
                violation_error_message="El rol debe terminar después de empezar.",
            ),
            models.UniqueConstraint(
                fields=["usuario", "rol", "distrito", "unidad", "desde"],
                name="rol_unico_en_distrito",
                violation_error_message="Esa persona ya tiene ese rol en ese distrito desde esa fecha.",
            ),
            models.UniqueConstraint(
                fields=["usuario", "rol", "unidad", "desde"],
                condition=Q(distrito__isnull=True),
                name="rol_unico_en_el_municipio",
                violation_error_message="Esa persona ya tiene ese rol desde esa fecha.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rol_display()}: {self.usuario}"
