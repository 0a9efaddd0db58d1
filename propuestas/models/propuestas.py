"""La propuesta: una demanda con lugar y costo."""

import datetime
import hashlib
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.debate.models import Hilo
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.models import Area
from propuestas.reglas import (
    EDITABLES,
    FICHAS,
    OPCIONES_ESTADO,
    PUBLICOS,
    VIVAS,
    Estado,
    FichaDeEstado,
    estado_de_hoy,
)

_EN_TARJETA = (
    *(
        "titulo",
        "codigo",
        "estado",
        "presentada",
        "apoyos_contados",
        "monto_solicitado",
        "monto_tecnico",
        "hilo_id",
        "vence",
    ),
    *("distrito__nombre", "distrito__clase", "otb__nombre", "otb__clase", "categoria__nombre"),
    *("foto__token", "foto__ancho", "foto__alto", "foto__texto"),
)


class PropuestaQuerySet(models.QuerySet):
    def publicadas(self) -> "PropuestaQuerySet":
        """Las que cualquiera puede ver."""
        return self.filter(estado__in=PUBLICOS)

    def vivas(self) -> "PropuestaQuerySet":
        """Las públicas que siguen por su cuenta: la unida ya está en otra y la dividida, en sus partes.

        Con ellas se suma: cada apoyo y cada costo, una sola vez.
        """
        return self.filter(estado__in=VIVAS)

    def de(self, usuario: Any) -> "PropuestaQuerySet":
        return self.filter(autor=usuario)

    def de_organizacion(self, organizacion: Organizacion) -> "PropuestaQuerySet":
        """Las que se presentaron en su nombre."""
        return self.filter(organizacion=organizacion)

    def asistidas_por(self, usuario: Any) -> "PropuestaQuerySet":
        """Los borradores que `usuario` escribe por otra persona y que ella todavía no consintió."""
        return self.filter(estado=Estado.BORRADOR_ASISTIDO, asistida_por=usuario)

    def por_completar(self) -> "PropuestaQuerySet":
        """Borradores y devueltas: las que su autora o autor todavía puede cambiar."""
        return self.filter(estado__in=EDITABLES)

    def vencidas(self, hoy: datetime.date | None = None) -> "PropuestaQuerySet":
        """Con el plazo del paso siguiente ya pasado."""
        return self.filter(vence__lt=hoy or timezone.localdate())

    def en_estado(self, *estados: str, hoy: datetime.date | None = None) -> "PropuestaQuerySet":
        """Las que hoy están en alguno de esos estados: la observada cuyo plazo pasó cuenta como caducada."""
        caducaron = Q(estado=Estado.OBSERVADA, vence__lt=hoy or timezone.localdate())
        observada, caducada = (estado.value in estados for estado in (Estado.OBSERVADA, Estado.CADUCADA))
        suyas = self.filter(estado__in=estados)
        if observada == caducada:
            return suyas
        return self.filter(Q(estado__in=estados) | caducaron) if caducada else suyas.exclude(caducaron)

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
    asistida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="propuestas_que_asistio",
        verbose_name="promotora que la escribió",
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
    evaluador = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="por_evaluar",
        verbose_name="persona que la evalúa",
    )
    # Último día del paso que sigue (ver reglas.movimientos); vacío si no tiene plazo de días.
    vence = models.DateField("plazo del paso siguiente", null=True, blank=True, editable=False)
    viene_de = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="sigue_en",
        verbose_name="viene de la gestión anterior",
    )
    unida_a = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="reunidas", verbose_name="se unió a"
    )
    parte_de = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="partes", verbose_name="es parte de"
    )
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

    # (lon, lat) que decían las fotos recién subidas, solo en memoria: no es una columna a propósito.
    lugar_de_fotos: tuple[float, float] | None = None

    # Lo que `consultas.con_lo_que_tiene` averigua de una vez; sin eso se supone que sí y se pregunta.
    tiene_fotos = tiene_documentos = tiene_dictamenes = tiene_copatrocinios = tiene_relaciones = reune_otras = True

    objects = PropuestaQuerySet.as_manager()

    class Meta:
        verbose_name = "propuesta"
        verbose_name_plural = "propuestas"
        ordering = ["-presentada", "-pk"]
        indexes = [
            models.Index(fields=["proceso", "distrito", "estado"], name="propuesta_por_distrito"),
            models.Index(fields=["categoria", "estado"], name="propuesta_por_categoria"),
            # Con el estado adentro, una página lejana se halla sin abrir las filas que se saltan.
            models.Index(fields=["-presentada", "-id", "estado"], name="propuesta_recientes"),
            models.Index(fields=["-apoyos_contados", "-presentada", "-id", "estado"], name="propuesta_mas_apoyadas"),
            models.Index(fields=["distrito", "categoria", "estado", "presentada"], name="propuesta_por_lugar_y_tema"),
            # Contar con los filtros de la lista y del mapa sin abrir las filas, que llevan textos largos.
            models.Index(fields=["estado", "lon", "monto_tecnico", "monto_solicitado"], name="propuesta_para_contar"),
            models.Index(fields=["estado", "vence"], name="propuesta_por_plazo"),
            # Para que PostgreSQL sepa cuántas cuestan entre tanto y tanto, y no ordene miles para mostrar veinte.
            models.Index(Coalesce("monto_tecnico", "monto_solicitado"), name="propuesta_por_costo"),
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
                condition=~Q(estado="borrador_asistido") | Q(asistida_por__isnull=False),
                name="propuesta_asistida_con_promotora",
                violation_error_message="Un borrador asistido dice quién lo escribió.",
            ),
            models.CheckConstraint(
                condition=~Q(asistida_por=F("autor")),
                name="propuesta_asistida_por_otra",
                violation_error_message="Lo propio se escribe en nombre propio, no asistido.",
            ),
            models.CheckConstraint(
                condition=Q(estado__in=["borrador", "borrador_asistido"])
                | Q(presentada__isnull=False, codigo__isnull=False, distrito__isnull=False, categoria__isnull=False),
                name="propuesta_presentada_completa",
                violation_error_message="Una propuesta presentada necesita código, fecha, distrito y categoría.",
            ),
            models.CheckConstraint(
                condition=Q(unida_a__isnull=True) | (Q(estado="fusionada") & ~Q(unida_a=F("id"))),
                name="propuesta_unida_a_otra",
                violation_error_message="Solo una propuesta unida lleva a otra, y nunca a sí misma.",
            ),
        ]

    def __str__(self) -> str:
        return self.titulo

    def get_absolute_url(self) -> str:
        return reverse("propuestas:propuesta", args=[self.pk])

    @property
    def estado_de_hoy(self) -> str:
        """El estado según el reloj: una observada cuyo plazo pasó ya está caducada."""
        return estado_de_hoy(self.estado, self.vence, timezone.localdate())

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[self.estado_de_hoy]

    @property
    def esta_vencida(self) -> bool:
        return self.vence is not None and timezone.localdate() > self.vence

    @property
    def sello(self) -> str:
        """Cambia si otra persona la mueve o corrige su texto: quien decide sobre lo que leyó lo manda de vuelta."""
        textos = "\0".join((self.titulo, self.descripcion, self.referencia))
        return f"{self.estado}.{hashlib.sha256(textos.encode()).hexdigest()[:16]}"

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
