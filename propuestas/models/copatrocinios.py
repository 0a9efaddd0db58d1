"""Las organizaciones que también piden una propuesta, cada una por su propia decisión."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.models import Organizacion
from propuestas.models.propuestas import Propuesta
from propuestas.reglas import RESPONDIBLES


class CopatrocinioQuerySet(models.QuerySet):
    def aceptados(self) -> "CopatrocinioQuerySet":
        return self.filter(estado=Copatrocinio.Estado.ACEPTADA)

    def vivos(self) -> "CopatrocinioQuerySet":
        """Los que esperan respuesta o se aceptaron: los que cuentan para el máximo."""
        return self.filter(estado__in=Copatrocinio.VIVOS)

    def con_todo(self) -> "CopatrocinioQuerySet":
        return self.select_related("organizacion__distrito", "propuesta__distrito", "propuesta__organizacion")

    def por_responder(self, organizaciones: Iterable[Organizacion]) -> "CopatrocinioQuerySet":
        """Las invitaciones que esas organizaciones ya pueden leer y responder."""
        return self.filter(
            estado=Copatrocinio.Estado.INVITADA,
            organizacion__in=list(organizaciones),
            propuesta__estado__in=RESPONDIBLES,
        )


class Copatrocinio(models.Model):
    """Una organización a la que se invitó a pedir una propuesta; solo si su directiva acepta se dice en público."""

    class Estado(models.TextChoices):
        INVITADA = "invitada", "Invitada"
        ACEPTADA = "aceptada", "Aceptó"
        RECHAZADA = "rechazada", "No aceptó"
        RETIRADA = "retirada", "Retirada"

    VIVOS = (Estado.INVITADA, Estado.ACEPTADA)

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="copatrocinios", verbose_name="propuesta")
    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, related_name="copatrocinios", verbose_name="organización"
    )
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.INVITADA)
    # Lo que decía cuando la aceptó: si su autora o autor la cambia y la presenta de nuevo, se le pregunta otra vez.
    sello = models.CharField("sello de lo que aceptó", max_length=64, blank=True, editable=False)
    motivo = models.CharField("por qué se retiró", max_length=1000, blank=True)
    invitada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="copatrocinios_que_pidio", verbose_name="la invitó"
    )
    invitada = models.DateTimeField("invitada el", default=timezone.now)
    respondida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="copatrocinios_que_respondio",
        verbose_name="respondió",
    )  # fmt: skip
    respondida = models.DateTimeField("respondida el", null=True, blank=True)
    retirada = models.DateTimeField("retirada el", null=True, blank=True)

    objects = CopatrocinioQuerySet.as_manager()

    class Meta:
        verbose_name = "copatrocinio"
        verbose_name_plural = "copatrocinios"
        ordering = ["invitada", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "organizacion"],
                name="copatrocinio_unico",
                violation_error_message="Esa organización ya está invitada a esta propuesta.",
            ),
            models.CheckConstraint(
                condition=Q(estado="invitada", respondida__isnull=True)
                | Q(estado__in=["aceptada", "rechazada"], respondida__isnull=False, respondida_por__isnull=False)
                | Q(estado="retirada", retirada__isnull=False),
                name="copatrocinio_con_su_momento",
                violation_error_message="Cada paso de un copatrocinio dice quién lo dio y cuándo.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organizacion}: {self.propuesta}"

    def get_absolute_url(self) -> str:
        return reverse("propuestas:copatrocinio", args=[self.pk])

    @property
    def espera(self) -> bool:
        return self.estado == self.Estado.INVITADA
