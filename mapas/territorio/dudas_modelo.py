"""Las dudas de lugar y el sello del territorio. Se importa al final de models.py: solo nombra a Area en texto."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from mapas.territorio import reglas


class Sello(models.Model):
    """Marca que la base cambia sola, con gatillos, cada vez que se escribe en áreas o límites.

    La suma de los `valor` identifica el estado del territorio. Son números al azar, y en PostgreSQL hay una fila por
    transacción: así dos que escriben a la vez no se esperan, y deshacer una transacción devuelve el sello anterior.
    """

    transaccion = models.BigIntegerField(unique=True)
    valor = models.BigIntegerField()
    momento = models.DateTimeField()

    class Meta:
        verbose_name = "sello del territorio"
        verbose_name_plural = "sellos del territorio"

    def __str__(self) -> str:
        return str(self.valor)


class DudaQuerySet(models.QuerySet):
    def abiertas(self) -> "DudaQuerySet":
        return self.filter(estado=Duda.Estado.ABIERTA)

    def decididas(self) -> "DudaQuerySet":
        """Las que una persona resolvió: lo que decidió vale más que el punto."""
        return self.filter(estado__in=(Duda.Estado.RESUELTA, Duda.Estado.CONFIRMADA))

    def de(self, objeto: models.Model) -> "DudaQuerySet":
        return self.filter(objeto_tipo=objeto._meta.label_lower, objeto_id=objeto.pk)

    def con_lugar(self) -> "DudaQuerySet":
        return self.select_related("distrito", "otb", "decidido_distrito", "decidida_otb", "resuelta_por")


class Duda(models.Model):
    """Un reporte, propuesta u obra cuyo lugar la regla no pudo decidir sola: lo decide una persona, con su razón."""

    class Estado(models.TextChoices):
        ABIERTA = "abierta", "Por resolver"
        RESUELTA = "resuelta", "Resuelta"
        CONFIRMADA = "confirmada", "Se dejó como estaba"
        CADUCA = "caduca", "Ya no hace falta"

    class Motivo(models.TextChoices):
        TRASLAPE = reglas.TRASLAPE, "Cae en dos áreas que se traslapan"
        BORDE = reglas.BORDE, "Cae justo en un límite"
        CERCANO = reglas.CERCANO, "Cae en un hueco, cerca de un área"
        NINGUNO = reglas.NINGUNO, "Está en el municipio, pero en ningún distrito ni OTB"
        DISPUTA = reglas.DISPUTA, "El límite está en disputa"
        DISCREPANCIA = reglas.DISCREPANCIA, "Su OTB es de otro distrito que el dibujado"
        OTRA = reglas.OTRA, "La persona eligió otra OTB que la del punto"

    objeto_tipo = models.CharField("qué es", max_length=60)
    objeto_id = models.BigIntegerField("objeto")
    titulo = models.CharField("de qué se trata", max_length=200)
    lon = models.FloatField("longitud")
    lat = models.FloatField("latitud")
    motivo = models.CharField("por qué", max_length=15, choices=Motivo)
    distrito = models.ForeignKey(
        "territorio.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="distrito puesto"
    )
    otb = models.ForeignKey(
        "territorio.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="OTB puesta"
    )
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.ABIERTA)
    decidido_distrito = models.ForeignKey(
        "territorio.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="distrito decidido"
    )
    decidida_otb = models.ForeignKey(
        "territorio.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="OTB decidida"
    )
    razon = models.CharField("razón", max_length=500, blank=True)
    resuelta_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="quién resolvió"
    )
    resuelta = models.DateTimeField("resuelta", null=True, blank=True)
    creada = models.DateTimeField("desde", default=timezone.now)

    objects = DudaQuerySet.as_manager()

    class Meta:
        verbose_name = "duda de lugar"
        verbose_name_plural = "dudas de lugar"
        ordering = ["-creada", "-pk"]
        indexes = [
            models.Index(fields=["estado", "-creada", "-id"], name="duda_cola"),
            models.Index(fields=["estado", "motivo", "-creada"], name="duda_por_motivo"),
            models.Index(fields=["objeto_tipo", "objeto_id"], name="duda_de_objeto"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["objeto_tipo", "objeto_id"],
                condition=Q(estado="abierta"),
                name="duda_abierta_unica",
                violation_error_message="Eso ya tiene una duda por resolver.",
            ),
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="duda_punto_valido",
                violation_error_message="El lugar debe tener longitud y latitud en grados.",
            ),
            models.CheckConstraint(
                condition=Q(estado="abierta", resuelta__isnull=True)
                | (~Q(estado="abierta") & Q(resuelta__isnull=False)),
                name="duda_resuelta_con_fecha",
                violation_error_message="Una duda resuelta dice cuándo.",
            ),
        ]

    def __str__(self) -> str:
        return self.titulo

    def get_absolute_url(self) -> str:
        return reverse("dudas:inspect", args=[self.pk])

    @property
    def esta_abierta(self) -> bool:
        return self.estado == self.Estado.ABIERTA
