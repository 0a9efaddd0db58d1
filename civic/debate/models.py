"""Hilos de debate y comentarios con respuestas."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.models import Organizacion
from civic.debate import reglas
from civic.procesos.models import Proceso
from mapas.territorio.models import Area


class HiloQuerySet(models.QuerySet):
    def publicos(self) -> "HiloQuerySet":
        """Los que cualquiera puede leer: visibles y, si son de un proceso, de uno publicado."""
        return self.filter(visible=True).filter(Q(proceso__isnull=True) | Q(proceso__publicado=True))


class Hilo(models.Model):
    """Conversación sobre algo: una propuesta, una consulta. Quien lo crea lo enlaza.

    `cambios` numera todo lo que pasa en el hilo (un comentario nuevo, retirado, oculto, mostrado). Sube con el hilo
    bloqueado, así que el orden de los números es el orden en que se confirmaron: quien vio hasta el 7 y pide lo
    posterior al 7 no pierde nada.
    """

    titulo = models.CharField("título", max_length=200)
    proceso = models.ForeignKey(
        Proceso, models.PROTECT, null=True, blank=True, related_name="hilos", verbose_name="proceso"
    )
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="distrito del que trata"
    )
    url = models.CharField("página donde se conversa", max_length=250, blank=True)
    visible = models.BooleanField("visible", default=True)
    abierto = models.BooleanField("abierto", default=True)
    motivo_cierre = models.CharField("motivo del cierre", max_length=200, blank=True)
    cambios = models.PositiveIntegerField("último cambio", default=0, editable=False)
    creado = models.DateTimeField("creado", default=timezone.now)

    objects = HiloQuerySet.as_manager()

    class Meta:
        verbose_name = "hilo"
        verbose_name_plural = "hilos"

    def __str__(self) -> str:
        return self.titulo

    def get_absolute_url(self) -> str:
        """La página donde se conversa: la que lo enlaza o, si no hay, la suya propia."""
        return self.url or reverse("debate:hilo", args=[self.pk])

    @property
    def es_publico(self) -> bool:
        """Si cualquiera puede leerlo; lo mismo que pide `publicos()`."""
        return self.visible and (self.proceso is None or self.proceso.publicado)


class ComentarioQuerySet(models.QuerySet):
    def visibles(self) -> "ComentarioQuerySet":
        return self.filter(estado=Comentario.Estado.VISIBLE)


class Comentario(models.Model):
    """Lo que una persona dice en un hilo, en su nombre o en el de su organización. Un solo nivel de respuestas."""

    class Estado(models.TextChoices):
        VISIBLE = "visible", "Visible"
        OCULTO = "oculto", "Oculto por moderación"
        RETIRADO = "retirado", "Retirado por su autora o autor"

    hilo = models.ForeignKey(Hilo, models.PROTECT, related_name="comentarios", verbose_name="hilo")
    autor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="comentarios", verbose_name="persona"
    )
    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="en nombre de"
    )
    padre = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="respuestas", verbose_name="responde a"
    )
    viene_de = models.ForeignKey(
        Hilo, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="se dijo antes en"
    )
    # Se guarda al hablar: si mañana deja el cargo, lo que dijo lo dijo con ese cargo.
    calidad = models.CharField("en calidad de", max_length=200, blank=True, editable=False)
    texto = models.TextField("comentario", max_length=reglas.LARGO_MAXIMO)
    momento = models.DateTimeField("momento", default=timezone.now)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.VISIBLE)
    motivo = models.CharField("motivo de la moderación", max_length=250, blank=True)
    cambio = models.PositiveIntegerField("cambio del hilo", default=0, editable=False)

    objects = ComentarioQuerySet.as_manager()

    class Meta:
        verbose_name = "comentario"
        verbose_name_plural = "comentarios"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["hilo", "padre", "id"], name="comentario_por_hilo"),
            models.Index(fields=["hilo", "cambio"], name="comentario_por_cambio"),
            models.Index(fields=["autor", "momento"], name="comentario_por_autor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(texto=""), name="comentario_con_texto", violation_error_message="Escribe tu comentario."
            ),
            models.CheckConstraint(
                condition=~Q(estado="oculto") | ~Q(motivo=""),
                name="comentario_oculto_con_motivo",
                violation_error_message="Para ocultar un comentario hay que decir el motivo.",
            ),
        ]

    def __str__(self) -> str:
        return self.texto[:60]

    @property
    def se_lee(self) -> bool:
        return self.estado == self.Estado.VISIBLE
