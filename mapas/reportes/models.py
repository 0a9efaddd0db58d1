"""Reportes de problemas con lugar, foto, respuesta y personas a quienes también les pasa."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria
from mapas.reportes.reglas import FINALES, OPCIONES_ESTADO, Estado
from mapas.territorio.models import Area


class ReporteQuerySet(models.QuerySet):
    def abiertos(self) -> "ReporteQuerySet":
        return self.exclude(estado__in=FINALES)


class Reporte(models.Model):
    """Un problema en un lugar, que alguien debe atender en un plazo."""

    class Prioridad(models.TextChoices):
        NORMAL = "normal", "Normal"
        ALTA = "alta", "Alta"
        URGENTE = "urgente", "Urgente"

    class Canal(models.TextChoices):
        WEB = "web", "Por la página"
        WHATSAPP = "whatsapp", "Por WhatsApp"
        TELEFONO = "telefono", "Por teléfono"
        SMS = "sms", "Por mensaje"
        VENTANILLA = "ventanilla", "En ventanilla"
        ASAMBLEA = "asamblea", "En asamblea"
        PROMOTORA = "promotora", "Con una promotora"
        ORGANIZACION = "organizacion", "Por la organización"
        RADIO = "radio_comunitaria", "Por radio comunitaria"

    codigo = models.CharField("código", max_length=20, unique=True)
    categoria = models.ForeignKey(Categoria, models.PROTECT, related_name="reportes", verbose_name="categoría")
    servicio = models.CharField("servicio", max_length=40, blank=True)
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="reportes_del_distrito", verbose_name="distrito"
    )
    otb = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="reportes", verbose_name="OTB o comunidad"
    )
    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, null=True, blank=True, related_name="reportes", verbose_name="en nombre de"
    )
    lon = models.FloatField("longitud", null=True, blank=True)
    lat = models.FloatField("latitud", null=True, blank=True)
    referencia = models.CharField("cómo llegar", max_length=160, blank=True)
    descripcion = models.TextField("qué pasa", max_length=4000)
    foto = models.ForeignKey(Foto, models.PROTECT, null=True, blank=True, related_name="reportes", verbose_name="foto")
    estado = models.CharField(
        "estado", max_length=32, choices=OPCIONES_ESTADO, default=Estado.RECIBIDO.value, db_index=True
    )
    prioridad = models.CharField("prioridad", max_length=10, choices=Prioridad, default=Prioridad.NORMAL)
    canal = models.CharField("canal", max_length=20, choices=Canal, default=Canal.WEB)
    unidad = models.CharField("unidad responsable", max_length=80, blank=True)
    operador = models.CharField("operador del servicio", max_length=80, blank=True)
    plazo_dias = models.PositiveSmallIntegerField("plazo en días hábiles", default=10)
    vence = models.DateField("vence", null=True, blank=True)
    respuesta = models.TextField("respuesta pública", blank=True)
    autor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reportes",
        verbose_name="persona que reporta",
    )
    tambien_contados = models.PositiveIntegerField("a quienes también les pasa", default=0, editable=False)
    creado = models.DateTimeField("recibido", default=timezone.now)
    cambiado = models.DateTimeField("último cambio", auto_now=True)

    objects = ReporteQuerySet.as_manager()

    class Meta:
        verbose_name = "reporte"
        verbose_name_plural = "reportes"
        ordering = ["-creado", "-pk"]
        indexes = [
            models.Index(fields=["distrito", "estado"], name="reporte_por_distrito"),
            models.Index(fields=["-creado", "-id"], name="reporte_recientes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="reporte_punto_valido",
                violation_error_message="El lugar debe tener longitud y latitud en grados.",
            ),
            models.CheckConstraint(
                condition=~Q(descripcion=""),
                name="reporte_con_descripcion",
                violation_error_message="Cuenta qué pasa.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.codigo}: {self.descripcion[:60]}"

    def get_absolute_url(self) -> str:
        return reverse("reportes:reporte", args=[self.codigo])


class TambienMePasa(models.Model):
    """A esta persona también le afecta el problema."""

    reporte = models.ForeignKey(Reporte, models.PROTECT, related_name="tambien", verbose_name="reporte")
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="persona")
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "también me pasa"
        verbose_name_plural = "también me pasa"
        constraints = [
            models.UniqueConstraint(
                fields=["reporte", "usuario"],
                name="tambien_unico",
                violation_error_message="Ya dijiste que también te pasa.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} · {self.reporte.codigo}"
