"""Obras: dinero, avance físico y financiero, hitos, cambios y de dónde vienen."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, validate_slug
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from civic.comun.dinero import a_centavos
from civic.comun.models import Foto
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria, Proceso
from mapas.obras import reglas
from mapas.obras.reglas import EN_MARCHA, FICHAS, OPCIONES_ESTADO, TERMINADAS, Estado
from mapas.reportes.models import Reporte
from mapas.territorio.models import Area
from propuestas.models import Propuesta

PORCENTAJE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class ObraQuerySet(models.QuerySet):
    def publicadas(self) -> "ObraQuerySet":
        return self.filter(publicada=True)

    def de_organizacion(self, organizacion: Organizacion) -> "ObraQuerySet":
        """Las suyas o de su área."""
        suyas = Q(organizacion=organizacion)
        if organizacion.area_id is not None:
            suyas |= Q(otb=organizacion.area_id)
        return self.filter(suyas)

    def en_marcha(self) -> "ObraQuerySet":
        return self.filter(estado__in=EN_MARCHA)

    def terminadas(self) -> "ObraQuerySet":
        return self.filter(estado__in=TERMINADAS)

    def para_tarjetas(self) -> "ObraQuerySet":
        """Con lo que muestra `obras/_tarjeta.html`: lugar, foto, avances y cambios, en tres consultas."""
        return (
            self.select_related("categoria", "distrito", "otb", "foto")
            .defer("descripcion", "nota", "busqueda")
            .prefetch_related("avances", "modificaciones")
        )

    def completas(self) -> "ObraQuerySet":
        """Con todo lo que muestra su página; sin los polígonos, que pesan."""
        relaciones = ("categoria", "distrito", "otb", "organizacion", "foto", "proceso", "propuesta")
        return (
            self.select_related(*relaciones)
            .defer("busqueda")
            .prefetch_related("avances__foto", "hitos", "modificaciones", "fuentes")
        )


class Obra(ClusterableModel):
    """Una obra pública del municipio, desde el diseño hasta el uso."""

    codigo = models.CharField("código", max_length=20, unique=True, validators=[validate_slug])
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
    unidad = models.CharField("unidad responsable", max_length=80, blank=True)
    supervision = models.CharField("supervisión (cargo)", max_length=100, blank=True)
    fiscalizacion = models.CharField("fiscalización (cargo)", max_length=100, blank=True)
    veeduria = models.CharField("quién vigila", max_length=160, blank=True)
    nota = models.TextField("nota pública", blank=True)
    foto = models.ForeignKey(Foto, models.PROTECT, null=True, blank=True, related_name="obras", verbose_name="foto")
    reportes = models.ManyToManyField(
        Reporte, blank=True, related_name="obras", editable=False, verbose_name="reportes que atiende"
    )
    busqueda = models.TextField(editable=False, blank=True)
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
        """Orden de proceder más el plazo del contrato y los días que le sumaron (o quitaron) sus cambios."""
        if self.orden_proceder is None or self.plazo_dias is None:
            return None
        dias = self.plazo_dias + sum(cambio.dias for cambio in self.modificaciones.all())
        return self.orden_proceder + datetime.timedelta(days=dias)

    @property
    def ficha(self) -> tuple[str, str, str, str]:
        """(etiqueta, tono, signo, qué sigue) de su estado."""
        return FICHAS[self.estado]

    @property
    def lista_de_avances(self) -> "list[Avance]":
        """Avances del más viejo al más nuevo (usa los ya cargados)."""
        return sorted(self.avances.all(), key=lambda avance: avance.fecha)

    @property
    def lista_de_hitos(self) -> "list[Hito]":
        """Hitos por fecha prevista; los que no tienen fecha, al final en cualquiera de las dos bases."""
        return sorted(self.hitos.all(), key=lambda hito: (hito.previsto or datetime.date.max, hito.pk))

    @property
    def ultimo_avance(self) -> "Avance | None":
        avances = self.lista_de_avances
        return avances[-1] if avances else None

    @property
    def fisico(self) -> Decimal:
        """Construido, de 0 a 100."""
        return self.ultimo_avance.fisico if self.ultimo_avance else Decimal(0)

    @property
    def financiero(self) -> Decimal:
        """Pagado, de 0 a 100."""
        return self.ultimo_avance.financiero if self.ultimo_avance else Decimal(0)

    @property
    def monto(self) -> Decimal:
        """Lo que cuesta hoy en Bs: el contrato con sus cambios; sin contrato, el presupuesto."""
        if self.contrato is None:
            return self.presupuesto
        return self.contrato + sum((cambio.monto for cambio in self.modificaciones.all()), Decimal(0))

    @property
    def pagado(self) -> Decimal:
        """Lo pagado en Bs, según el último informe."""
        return a_centavos(self.monto * self.financiero / 100)

    @property
    def foto_principal(self) -> Foto | None:
        """La foto de la obra o, si no tiene, la del último avance con foto."""
        if self.foto is not None:
            return self.foto
        return next((avance.foto for avance in reversed(self.lista_de_avances) if avance.foto_id), None)

    @property
    def alertas(self) -> list[reglas.Alerta]:
        ampliaciones = sum(1 for cambio in self.modificaciones.all() if cambio.dias > 0)
        return reglas.alertas(
            estado=self.estado,
            avances=self.lista_de_avances,
            fin_previsto=self.fin_previsto,
            hoy=timezone.localdate(),
            orden_proceder=self.orden_proceder,
            ampliaciones=ampliaciones,
        )


class Avance(models.Model):
    """Informe de avance acumulado a una fecha."""

    obra = ParentalKey(Obra, on_delete=models.CASCADE, related_name="avances", verbose_name="obra")
    fecha = models.DateField("fecha")
    fisico = models.DecimalField("construido %", max_digits=5, decimal_places=2, validators=PORCENTAJE)
    financiero = models.DecimalField("pagado %", max_digits=5, decimal_places=2, validators=PORCENTAJE)
    nota = models.CharField("nota", max_length=250, blank=True)
    motivo = models.CharField("por qué baja", max_length=250, blank=True)
    foto = models.ForeignKey(Foto, models.PROTECT, null=True, blank=True, related_name="avances", verbose_name="foto")

    class Meta:
        verbose_name = "avance"
        verbose_name_plural = "avances"
        ordering = ["fecha"]
        constraints = [
            models.UniqueConstraint(
                fields=["obra", "fecha"],
                name="avance_unico_por_dia",
                violation_error_message="Ya hay un informe de ese día.",
            ),
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
        ordering = ["previsto", "pk"]

    def __str__(self) -> str:
        return self.nombre

    @property
    def esta_atrasado(self) -> bool:
        return self.real is None and self.previsto is not None and self.previsto < timezone.localdate()


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


class MovimientoPedido(models.Model):
    """Cambio de estado que alguien propone y otra persona, con más autoridad, acepta o rechaza."""

    obra = models.ForeignKey(Obra, models.PROTECT, related_name="pedidos", verbose_name="obra")
    hacia = models.CharField("pasar a", max_length=25, choices=OPCIONES_ESTADO)
    motivo = models.CharField("motivo", max_length=250, blank=True)
    pedido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="quién lo propone"
    )
    momento = models.DateTimeField("propuesto", default=timezone.now)
    resuelto_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="quién resolvió"
    )
    resuelto = models.DateTimeField("resuelto", null=True, blank=True)
    aceptado = models.BooleanField("aceptado", null=True, blank=True)

    class Meta:
        verbose_name = "movimiento pedido"
        verbose_name_plural = "movimientos pedidos"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obra"],
                condition=Q(aceptado__isnull=True),
                name="un_pedido_pendiente_por_obra",
                violation_error_message="Ya hay un cambio de estado esperando respuesta.",
            ),
            models.CheckConstraint(
                condition=Q(resuelto_por__isnull=True) | ~Q(resuelto_por=F("pedido_por")),
                name="pedido_no_se_acepta_a_si_mismo",
                violation_error_message="Quien propone un cambio no puede aceptarlo.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obra}: {self.get_hacia_display()}"
