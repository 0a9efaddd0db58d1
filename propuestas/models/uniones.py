"""Unir y dividir con el sí de quienes presentaron, y lo que una propuesta tiene que ver con otra."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from propuestas.models.propuestas import Propuesta
from propuestas.reglas import CLASES_DE_PEDIDO, CLASES_DE_RELACION, EN_CALIDAD_DE, suma_de


class PedidoDeAcuerdoQuerySet(models.QuerySet):
    def abiertos(self) -> "PedidoDeAcuerdoQuerySet":
        return self.filter(estado=PedidoDeAcuerdo.Estado.ABIERTO)

    def que_tocan(self, *propuestas: Propuesta) -> "PedidoDeAcuerdoQuerySet":
        """Aquellos en que alguna de ellas se une, se divide o recibe a otra."""
        return self.filter(Q(propuesta__in=propuestas) | Q(destino__in=propuestas))


class PedidoDeAcuerdo(models.Model):
    """El municipio propone unir una propuesta a otra, o dividirla; se hace solo si cada parte dice que sí."""

    class Estado(models.TextChoices):
        ABIERTO = "abierto", "Espera respuesta"
        HECHO = "hecho", "Hecho"
        RECHAZADO = "rechazado", "No se aceptó"
        CANCELADO = "cancelado", "Cancelado"

    clase = models.CharField("clase", max_length=10, choices=CLASES_DE_PEDIDO)
    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="pedidos", verbose_name="propuesta")
    destino = models.ForeignKey(
        Propuesta, models.PROTECT, null=True, blank=True, related_name="pedidos_de_otras", verbose_name="se une a"
    )
    # De una división: [{"titulo", "descripcion", "monto"}], el monto en Bs como texto.
    partes = models.JSONField("partes", default=list, blank=True)
    motivo = models.CharField("motivo", max_length=1000)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.ABIERTO)
    calidad = models.CharField("lo pide", max_length=20, choices=EN_CALIDAD_DE)
    pedido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="acuerdos_pedidos", verbose_name="persona que lo pide"
    )
    momento = models.DateTimeField("momento", default=timezone.now)
    cerrado = models.DateTimeField("cerrado", null=True, blank=True)
    cierre = models.CharField("por qué se canceló", max_length=1000, blank=True)

    objects = PedidoDeAcuerdoQuerySet.as_manager()

    class Meta:
        verbose_name = "pedido de acuerdo"
        verbose_name_plural = "pedidos de acuerdo"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta"],
                condition=Q(estado="abierto"),
                name="pedido_de_acuerdo_uno_abierto",
                violation_error_message="Esta propuesta ya tiene un pedido que espera respuesta.",
            ),
            models.CheckConstraint(
                condition=Q(clase="union", destino__isnull=False) | Q(clase="division", destino__isnull=True),
                name="pedido_de_acuerdo_con_destino",
                violation_error_message="Para unir hace falta decir a cuál.",
            ),
            models.CheckConstraint(
                condition=Q(destino__isnull=True) | ~Q(destino=F("propuesta")),
                name="pedido_de_acuerdo_con_otra",
                violation_error_message="Una propuesta no se une consigo misma.",
            ),
            models.CheckConstraint(
                condition=Q(estado="abierto", cerrado__isnull=True) | (~Q(estado="abierto") & Q(cerrado__isnull=False)),
                name="pedido_de_acuerdo_cerrado_con_momento",
                violation_error_message="Un pedido cerrado dice cuándo se cerró.",
            ),
        ]

    def __str__(self) -> str:
        que = f"{self.propuesta.codigo} a {self.destino.codigo}" if self.destino else self.propuesta.codigo
        return f"{self.get_clase_display()} {que}"

    @property
    def lados(self) -> list[Propuesta]:
        """Las propuestas cuyas partes tienen que decir que sí."""
        return [lado for lado in (self.propuesta, self.destino) if lado is not None]

    @property
    def suma(self) -> Decimal:
        """Lo que cuestan las partes juntas, en Bs."""
        return suma_de(self.partes)

    @property
    def partes_con_monto(self) -> list[dict[str, Any]]:
        return [{**parte, "monto": Decimal(parte["monto"])} for parte in self.partes]


class RespuestaDeParte(models.Model):
    """Lo que respondió, por una de las propuestas, quien la presentó o representa hoy a su organización."""

    pedido = models.ForeignKey(PedidoDeAcuerdo, models.PROTECT, related_name="respuestas", verbose_name="pedido")
    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="+", verbose_name="por la propuesta")
    persona = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="acuerdos_respondidos", verbose_name="respondió"
    )
    acepta = models.BooleanField("acepta")
    frase = models.CharField("lo que dijo", max_length=500)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "respuesta de una parte"
        verbose_name_plural = "respuestas de las partes"
        ordering = ["momento", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pedido", "propuesta"],
                name="respuesta_de_parte_unica",
                violation_error_message="Por esta propuesta ya se respondió.",
            )
        ]

    def __str__(self) -> str:
        return f"{'Sí' if self.acepta else 'No'}: {self.propuesta}"


class RelacionQuerySet(models.QuerySet):
    def vigentes(self) -> "RelacionQuerySet":
        return self.filter(quitada__isnull=True)

    def de(self, propuesta: Propuesta) -> "RelacionQuerySet":
        return self.filter(Q(primera=propuesta) | Q(segunda=propuesta))


class Relacion(models.Model):
    """Dos propuestas que se excluyen (da igual el orden), o la primera necesita que antes se haga la segunda."""

    clase = models.CharField("clase", max_length=12, choices=CLASES_DE_RELACION)
    primera = models.ForeignKey(Propuesta, models.PROTECT, related_name="relaciones", verbose_name="propuesta")
    segunda = models.ForeignKey(Propuesta, models.PROTECT, related_name="relaciones_con", verbose_name="con")
    motivo = models.CharField("motivo", max_length=500)
    puesta_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="relaciones_puestas", verbose_name="la registró"
    )
    momento = models.DateTimeField("momento", default=timezone.now)
    quitada = models.DateTimeField("quitada", null=True, blank=True)
    quitada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="relaciones_quitadas",
        verbose_name="la quitó",
    )
    por_que_se_quito = models.CharField("por qué se quitó", max_length=500, blank=True)

    objects = RelacionQuerySet.as_manager()

    class Meta:
        verbose_name = "relación"
        verbose_name_plural = "relaciones"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["primera", "segunda"],
                condition=Q(quitada__isnull=True),
                name="relacion_unica",
                violation_error_message="Estas dos propuestas ya están relacionadas.",
            ),
            # La excluyente se guarda siempre con la menor primero: así «A con B» y «B con A» son la misma.
            models.CheckConstraint(
                condition=Q(clase="dependencia") | Q(primera__lt=F("segunda")),
                name="relacion_excluyente_en_orden",
                violation_error_message="Una propuesta no se relaciona consigo misma.",
            ),
            models.CheckConstraint(
                condition=~Q(primera=F("segunda")),
                name="relacion_con_otra",
                violation_error_message="Una propuesta no se relaciona consigo misma.",
            ),
            models.CheckConstraint(
                condition=Q(quitada__isnull=True) | ~Q(por_que_se_quito=""),
                name="relacion_quitada_con_motivo",
                violation_error_message="Di por qué se quita la relación.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.primera.codigo} y {self.segunda.codigo}: {self.get_clase_display()}"

    def otra(self, propuesta: Propuesta) -> Propuesta:
        return self.segunda if self.primera_id == propuesta.pk else self.primera
