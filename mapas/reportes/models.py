"""Reportes de problemas con lugar, foto, respuesta y personas a quienes también les pasa."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria
from mapas.reportes.reglas import (
    ARREGLADOS,
    ENCAMINADOS,
    FICHAS,
    FINALES,
    OPCIONES_ESTADO,
    SIN_SOLUCION,
    Estado,
    esta_vencido,
    limite_para_reabrir,
)
from mapas.territorio.models import Area

_EN_TARJETA = (
    *("codigo", "descripcion", "estado", "vence", "creado", "tambien_contados", "lon", "lat"),
    *("categoria__codigo", "categoria__nombre"),
    *("distrito__nombre", "distrito__clase", "otb__nombre", "otb__clase"),
    *("foto__token", "foto__ancho", "foto__alto", "foto__texto", "foto__publica"),
)


class ReporteQuerySet(models.QuerySet):
    def publicos(self) -> "ReporteQuerySet":
        """Los que cualquiera puede ver."""
        return self.filter(oculto=False)

    def de_organizacion(self, organizacion: Organizacion) -> "ReporteQuerySet":
        """Los suyos o de su área."""
        suyas = Q(organizacion=organizacion)
        if organizacion.area_id is not None:
            suyas |= Q(otb=organizacion.area_id)
        return self.filter(suyas)

    def abiertos(self) -> "ReporteQuerySet":
        return self.exclude(estado__in=FINALES)

    def vencidos(self, hoy: datetime.date | None = None) -> "ReporteQuerySet":
        """Abiertos cuyo plazo ya pasó."""
        return self.abiertos().filter(vence__lt=hoy or timezone.localdate())

    def arreglados(self) -> "ReporteQuerySet":
        return self.filter(estado__in=ARREGLADOS)

    def encaminados(self) -> "ReporteQuerySet":
        """Los que siguen en otro reporte, en una propuesta o en una obra."""
        return self.filter(estado__in=ENCAMINADOS)

    def sin_solucion(self) -> "ReporteQuerySet":
        return self.filter(estado__in=SIN_SOLUCION)

    def para_tarjetas(self) -> "ReporteQuerySet":
        """Solo las columnas que muestra `reportes/_tarjeta.html`, en una consulta."""
        return self.select_related("categoria", "distrito", "otb", "foto").only(*_EN_TARJETA)

    def completos(self) -> "ReporteQuerySet":
        """Con todo lo que muestra su página; sin los polígonos, que pesan."""
        relaciones = ("categoria", "distrito", "otb", "organizacion", "autor", "foto", "foto_respuesta")
        return self.select_related(*relaciones).defer("busqueda")


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
    foto_respuesta = models.ForeignKey(
        Foto, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="foto de cómo quedó"
    )
    sigue_url = models.CharField("página donde sigue", max_length=250, blank=True, editable=False)
    sigue_titulo = models.CharField("qué es esa página", max_length=200, blank=True, editable=False)
    oculto = models.BooleanField("oculto por moderación", default=False, editable=False)
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
    atendido = models.DateTimeField("atendido", null=True, blank=True, editable=False)
    busqueda = models.TextField(editable=False, blank=True)
    cambiado = models.DateTimeField("último cambio", auto_now=True)

    objects = ReporteQuerySet.as_manager()

    class Meta:
        verbose_name = "reporte"
        verbose_name_plural = "reportes"
        ordering = ["-creado", "-pk"]
        indexes = [
            models.Index(fields=["distrito", "estado"], name="reporte_por_distrito"),
            models.Index(fields=["-creado", "-id"], name="reporte_recientes"),
            models.Index(fields=["categoria", "lat", "lon"], name="reporte_cercanos"),
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

    @property
    def titulo(self) -> str:
        """Lo que pasa, en una línea: los reportes no tienen otro título."""
        return Truncator(" ".join(self.descripcion.split())).chars(90)

    @property
    def ficha(self) -> tuple[str, str, str, str]:
        """(etiqueta, tono, signo, qué sigue) de su estado."""
        return FICHAS[self.estado]

    @property
    def esta_abierto(self) -> bool:
        return self.estado not in FINALES

    @property
    def esta_vencido(self) -> bool:
        return esta_vencido(self.estado, self.vence, timezone.localdate())

    @property
    def se_reabre_hasta(self) -> datetime.date | None:
        """Último día para reabrirlo, si está resuelto y espera respuesta de quien lo reportó."""
        if self.estado != Estado.RESUELTO or self.atendido is None:
            return None
        return limite_para_reabrir(timezone.localdate(self.atendido))

    @property
    def foto_publica(self) -> Foto | None:
        """Su foto si ya la puede ver cualquiera."""
        return self.foto if self.foto is not None and self.foto.publica else None


class Correlativo(models.Model):
    """Último número de reporte usado en un año; su fila es el candado de la numeración."""

    anio = models.PositiveSmallIntegerField("año", unique=True)
    ultimo = models.PositiveIntegerField("último número", default=0)

    class Meta:
        verbose_name = "correlativo de reportes"
        verbose_name_plural = "correlativos de reportes"

    def __str__(self) -> str:
        return f"{self.anio}: {self.ultimo}"


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
