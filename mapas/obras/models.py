"""Obras: dinero, avance físico y financiero, hitos, cambios y de dónde vienen."""

import datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria, Proceso
from mapas.obras.reglas import EN_MARCHA, OPCIONES_ESTADO, Estado
from mapas.territorio.models import Area
from propuestas.models import Propuesta

PORCENTAJE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class ObraQuerySet(models.QuerySet):
    def publicadas(self) -> "ObraQuerySet":
        return self.filter(publicada=True)

    def en_marcha(self) -> "ObraQuerySet":
        return self.filter(estado__in=EN_MARCHA)


class Obra(ClusterableModel):
    """Una obra pública del municipio, desde el diseño hasta el uso."""

    codigo = models.CharField("código", max_length=20, unique=True)
    nombre = models.CharField("nombre", max_length=160)
    proceso = models.ForeignKey(
        Proceso, models.PROTECT, null=True, blank=True, related_name="obras", verbose_name="proceso de origen"
    )
    propuesta = models.OneToOneField(
        Propuesta, models.PROTECT, null=True, blank=True, related_name="obra", verbose_name="propuesta de origen"
    )
    categoria = models.ForeignKey(Categoria, models.PROTECT, related_name="obras", verbose_name="categoría")
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="obras_del_distrito", verbose_name="distrito")
    otb = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="obras", verbose_name="OTB o comunidad"
    )
    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, null=True, blank=True, related_name="obras", verbose_name="organización"
    )
    lon = models.FloatField("longitud", null=True, blank=True)
    lat = models.FloatField("latitud", null=True, blank=True)
    estado = models.CharField("estado", max_length=25, choices=OPCIONES_ESTADO, default=Estado.EN_PREINVERSION.value)
    publicada = models.BooleanField("publicada", default=True)
    descripcion = models.TextField("qué se construye", blank=True)
    presupuesto = models.DecimalField("presupuesto en Bs", max_digits=14, decimal_places=2)
    contrato = models.DecimalField("contrato en Bs", max_digits=14, decimal_places=2, null=True, blank=True)
    empresa = models.CharField("empresa", max_length=160, blank=True)
    modalidad = models.CharField("modalidad", max_length=40, blank=True)
    cuce = models.CharField("CUCE", max_length=30, blank=True)
    sisin = models.CharField("SISIN", max_length=20, blank=True)
    plazo_dias = models.PositiveIntegerField("plazo en días", null=True, blank=True)
    orden_proceder = models.DateField("orden de proceder", null=True, blank=True)
    supervision = models.CharField("supervisión (cargo)", max_length=100, blank=True)
    fiscalizacion = models.CharField("fiscalización (cargo)", max_length=100, blank=True)
    veeduria = models.CharField("quién vigila", max_length=160, blank=True)
    nota = models.TextField("nota pública", blank=True)
    foto = models.ForeignKey(Foto, models.PROTECT, null=True, blank=True, related_name="obras", verbose_name="foto")
    cambiada = models.DateTimeField("último cambio", auto_now=True)

    objects = ObraQuerySet.as_manager()

    class Meta:
        verbose_name = "obra"
        verbose_name_plural = "obras"
        ordering = ["distrito__orden", "nombre"]
        constraints = [
            models.CheckConstraint(
                condition=Q(presupuesto__gt=0) & (Q(contrato__isnull=True) | Q(contrato__gt=0)),
                name="obra_montos_positivos",
                violation_error_message="Los montos deben ser mayores a cero.",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="obra_punto_valido",
                violation_error_message="El lugar debe tener longitud y latitud en grados.",
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    def get_absolute_url(self) -> str:
        return reverse("obras:obra", args=[self.codigo])

    @property
    def fin_previsto(self) -> datetime.date | None:
        """Orden de proceder más el plazo; las ampliaciones de plazo se suman al plazo al registrarse."""
        if self.orden_proceder is None or self.plazo_dias is None:
            return None
        return self.orden_proceder + datetime.timedelta(days=self.plazo_dias)


class Avance(models.Model):
    """Informe de avance acumulado a una fecha."""

    obra = ParentalKey(Obra, on_delete=models.CASCADE, related_name="avances", verbose_name="obra")
    fecha = models.DateField("fecha")
    fisico = models.DecimalField("construido %", max_digits=5, decimal_places=2, validators=PORCENTAJE)
    financiero = models.DecimalField("pagado %", max_digits=5, decimal_places=2, validators=PORCENTAJE)
    nota = models.CharField("nota", max_length=250, blank=True)

    class Meta:
        verbose_name = "avance"
        verbose_name_plural = "avances"
        ordering = ["fecha"]
        constraints = [
            models.UniqueConstraint(fields=["obra", "fecha"], name="avance_unico_por_dia"),
            models.CheckConstraint(
                condition=Q(fisico__gte=0, fisico__lte=100, financiero__gte=0, financiero__lte=100),
                name="avance_entre_0_y_100",
                violation_error_message="El avance va de 0 a 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fecha}: {self.fisico} %"


class Hito(models.Model):
    """Algo que debía pasar en una fecha: contrato, orden de proceder, recepción."""

    obra = ParentalKey(Obra, on_delete=models.CASCADE, related_name="hitos", verbose_name="obra")
    nombre = models.CharField("hito", max_length=120)
    previsto = models.DateField("previsto", null=True, blank=True)
    real = models.DateField("real", null=True, blank=True)

    class Meta:
        verbose_name = "hito"
        verbose_name_plural = "hitos"
        ordering = [F("previsto").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.nombre


class Modificacion(models.Model):
    """Cambio al contrato: orden de cambio, ampliación de plazo."""

    obra = ParentalKey(Obra, on_delete=models.CASCADE, related_name="modificaciones", verbose_name="obra")
    fecha = models.DateField("fecha")
    tipo = models.CharField("tipo", max_length=60)
    monto = models.DecimalField("monto en Bs", max_digits=14, decimal_places=2, default=Decimal(0))
    dias = models.IntegerField("días", default=0)
    motivo = models.CharField("motivo", max_length=250)

    class Meta:
        verbose_name = "modificación"
        verbose_name_plural = "modificaciones"
        ordering = ["fecha"]

    def __str__(self) -> str:
        return f"{self.tipo} ({self.fecha})"


class Fuente(models.Model):
    """De dónde sale el dinero."""

    obra = ParentalKey(Obra, on_delete=models.CASCADE, related_name="fuentes", verbose_name="obra")
    nombre = models.CharField("fuente", max_length=80)
    monto = models.DecimalField("monto en Bs", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "fuente de dinero"
        verbose_name_plural = "fuentes de dinero"

    def __str__(self) -> str:
        return self.nombre
