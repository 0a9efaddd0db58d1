"""Propuestas (demandas con costo), sus apoyos y sus dictámenes."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.debate.models import Hilo
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.models import Area
from propuestas.reglas import EDITABLES, FICHAS, MOTIVOS, OPCIONES_ESTADO, PUBLICOS, Estado, FichaDeEstado

_EN_TARJETA = (
    *("titulo", "codigo", "estado", "presentada", "apoyos_contados", "monto_solicitado", "monto_tecnico", "hilo_id"),
    *("distrito__nombre", "distrito__clase", "otb__nombre", "otb__clase", "categoria__nombre"),
    *("foto__token", "foto__ancho", "foto__alto", "foto__texto"),
)


class PropuestaQuerySet(models.QuerySet):
    def publicadas(self) -> "PropuestaQuerySet":
        """Las que cualquiera puede ver."""
        return self.filter(estado__in=PUBLICOS)

    def de(self, usuario: Any) -> "PropuestaQuerySet":
        return self.filter(autor=usuario)

    def de_organizacion(self, organizacion: Organizacion) -> "PropuestaQuerySet":
        """Las que se presentaron en su nombre."""
        return self.filter(organizacion=organizacion)

    def por_completar(self) -> "PropuestaQuerySet":
        """Borradores y devueltas: las que su autora o autor todavía puede cambiar."""
        return self.filter(estado__in=EDITABLES)

    def para_tarjetas(self) -> "PropuestaQuerySet":
        """Solo las columnas que muestra `propuestas/_tarjeta.html`, en una consulta."""
        return self.select_related("distrito", "otb", "categoria", "foto").only(*_EN_TARJETA)

    def con_lugar(self) -> "PropuestaQuerySet":
        """Con todo lo que muestra su página; sin los polígonos, que pesan."""
        relaciones = ("proceso", "categoria", "distrito", "otb", "foto", "hilo", "organizacion", "autor")
        return self.select_related(*relaciones).defer("busqueda")


class Propuesta(models.Model):
    """Una demanda con lugar y costo, presentada por una persona o por su organización."""

    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="propuestas", verbose_name="proceso")
    codigo = models.CharField("código", max_length=20, unique=True, null=True, blank=True, editable=False)
    autor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="propuestas", verbose_name="persona que la presenta"
    )
    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, null=True, blank=True, related_name="propuestas", verbose_name="en nombre de"
    )
    titulo = models.CharField("título", max_length=120)
    descripcion = models.TextField("qué se pide y por qué", max_length=4000, blank=True)
    categoria = models.ForeignKey(
        Categoria, models.PROTECT, null=True, blank=True, related_name="propuestas", verbose_name="categoría"
    )
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="propuestas_del_distrito", verbose_name="distrito"
    )
    otb = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="propuestas", verbose_name="OTB o comunidad"
    )
    lon = models.FloatField("longitud", null=True, blank=True)
    lat = models.FloatField("latitud", null=True, blank=True)
    referencia = models.CharField("cómo llegar", max_length=160, blank=True)
    monto_solicitado = models.DecimalField(
        "costo pedido en Bs",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("1"))],
    )
    monto_tecnico = models.DecimalField(
        "costo técnico en Bs",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("1"))],
    )
    familias = models.PositiveIntegerField("familias beneficiadas", null=True, blank=True)
    unidad = models.CharField("unidad que la evalúa", max_length=80, blank=True)
    foto = models.ForeignKey(
        Foto, models.PROTECT, null=True, blank=True, related_name="propuestas", verbose_name="foto"
    )
    estado = models.CharField(
        "estado", max_length=30, choices=OPCIONES_ESTADO, default=Estado.BORRADOR.value, db_index=True
    )
    hilo = models.OneToOneField(
        Hilo, models.PROTECT, null=True, blank=True, related_name="propuesta", verbose_name="debate"
    )
    apoyos_contados = models.PositiveIntegerField("apoyos", default=0, editable=False)
    busqueda = models.TextField(editable=False, blank=True)
    creada = models.DateTimeField("creada", default=timezone.now)
    presentada = models.DateTimeField("presentada", null=True, blank=True)
    cambiada = models.DateTimeField("último cambio", auto_now=True)

    objects = PropuestaQuerySet.as_manager()

    class Meta:
        verbose_name = "propuesta"
        verbose_name_plural = "propuestas"
        ordering = ["-presentada", "-pk"]
        indexes = [
            models.Index(fields=["proceso", "distrito", "estado"], name="propuesta_por_distrito"),
            models.Index(fields=["categoria", "estado"], name="propuesta_por_categoria"),
            models.Index(fields=["-presentada", "-id"], name="propuesta_recientes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="propuesta_punto_valido",
                violation_error_message="El lugar debe tener longitud y latitud en grados.",
            ),
            models.CheckConstraint(
                condition=(Q(monto_solicitado__isnull=True) | Q(monto_solicitado__gt=0))
                & (Q(monto_tecnico__isnull=True) | Q(monto_tecnico__gt=0)),
                name="propuesta_montos_positivos",
                violation_error_message="Los montos deben ser mayores a cero.",
            ),
            models.CheckConstraint(
                condition=Q(estado__in=["borrador", "borrador_asistido"])
                | Q(presentada__isnull=False, codigo__isnull=False, distrito__isnull=False, categoria__isnull=False),
                name="propuesta_presentada_completa",
                violation_error_message="Una propuesta presentada necesita código, fecha, distrito y categoría.",
            ),
        ]

    def __str__(self) -> str:
        return self.titulo

    def get_absolute_url(self) -> str:
        return reverse("propuestas:propuesta", args=[self.pk])

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[self.estado]

    @property
    def es_editable(self) -> bool:
        """Si su autora o autor todavía puede cambiarla (borrador o devuelta)."""
        return self.estado in EDITABLES

    @property
    def foto_doble(self) -> str:
        """Dirección de la foto para pantallas densas en una tarjeta: 640 píxeles de ancho, o la mayor que haya."""
        anchos = self.foto.anchos if self.foto else []
        return self.foto.url(next((ancho for ancho in anchos if ancho >= 640), anchos[-1])) if self.foto else ""

    @property
    def monto(self) -> Decimal | None:
        """El costo que vale: el técnico si ya existe, si no el pedido."""
        return self.monto_tecnico or self.monto_solicitado


class Apoyo(models.Model):
    """Adhesión de una persona verificada a una propuesta."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="apoyos", verbose_name="propuesta")
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="apoyos", verbose_name="persona")
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "apoyo"
        verbose_name_plural = "apoyos"
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "usuario"],
                name="apoyo_unico",
                violation_error_message="Ya apoyaste esta propuesta.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} apoya {self.propuesta}"


class Dictamen(models.Model):
    """Respuesta técnica y legal a una propuesta, con sus razones."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="dictamenes", verbose_name="propuesta")
    evaluador = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="dictamenes", verbose_name="evaluó"
    )
    resultado = models.CharField("resultado", max_length=30, choices=OPCIONES_ESTADO)
    motivo = models.CharField("razón", max_length=50, choices=MOTIVOS, blank=True)
    texto = models.TextField("explicación", max_length=3000)
    monto_tecnico = models.DecimalField("costo técnico en Bs", max_digits=14, decimal_places=2, null=True, blank=True)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "dictamen"
        verbose_name_plural = "dictámenes"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(resultado="rechazada") | ~Q(motivo=""),
                name="dictamen_rechazo_con_razon",
                violation_error_message="Para rechazar hay que elegir una razón de la lista.",
            ),
            models.CheckConstraint(
                condition=~Q(resultado="viable") | Q(monto_tecnico__gt=0),
                name="dictamen_viable_con_costo",
                violation_error_message="Para declararla viable hace falta el costo técnico.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_resultado_display()}: {self.propuesta}"

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[self.resultado]
