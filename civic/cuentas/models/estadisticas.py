"""Lo que una persona cuenta de sí, si quiere, para saber quiénes participan."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from civic.cuentas.reglas import NACIMIENTO_MAS_ANTIGUO


class DatosParaEstadisticas(models.Model):
    """Sexo y año de nacimiento que la persona declaró, si quiso. Solo sirven para totales con las celdas chicas juntas.

    Nadie los ve por separado: no están en su perfil ni en la trastienda. Del nacimiento, el año: alcanza para el tramo.
    """

    class Sexo(models.TextChoices):
        MUJER = "mujer", "Mujer"
        HOMBRE = "hombre", "Hombre"
        OTRA = "otra", "Otra"
        NO_DICE = "no_dice", "Prefiero no decir"

    usuario = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="datos_para_estadisticas", verbose_name="persona"
    )
    sexo = models.CharField("sexo", max_length=8, choices=Sexo, blank=True)
    nacimiento = models.PositiveSmallIntegerField("año de nacimiento", null=True, blank=True)

    class Meta:
        verbose_name = "datos para estadísticas"
        verbose_name_plural = "datos para estadísticas"
        constraints = [
            models.CheckConstraint(
                condition=Q(nacimiento__isnull=True) | Q(nacimiento__gte=NACIMIENTO_MAS_ANTIGUO),
                name="estadisticas_nacimiento_posible",
                violation_error_message="Escribe el año con cuatro números, por ejemplo 1985.",
            ),
            models.CheckConstraint(
                condition=~Q(sexo="") | Q(nacimiento__isnull=False),
                name="estadisticas_con_algo",
                violation_error_message="Sin ningún dato no hay nada que guardar.",
            ),
        ]

    def __str__(self) -> str:
        return "Datos para estadísticas"
