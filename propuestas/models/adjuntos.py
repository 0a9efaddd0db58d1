"""Las fotos y los documentos que acompañan a una propuesta y a cada uno de sus movimientos."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Foto, Suceso
from propuestas.models.propuestas import Propuesta
from propuestas.reglas.adjuntos import DOCUMENTOS_MAXIMO, FOTOS_MAXIMO, MOTIVOS_DE_RETIRO

PERSONA = settings.AUTH_USER_MODEL
NOMBRE_DE_RETIRADO = "Documento retirado"


def _token() -> str:
    return secrets.token_urlsafe(16)


class FotoDePropuesta(models.Model):
    """La segunda o la tercera foto de una propuesta. La primera, la de las tarjetas, es `Propuesta.foto`."""

    propuesta = models.ForeignKey(Propuesta, models.CASCADE, related_name="otras_fotos", verbose_name="propuesta")
    foto = models.ForeignKey(Foto, models.PROTECT, related_name="en_propuestas", verbose_name="foto")
    orden = models.PositiveSmallIntegerField("orden")

    class Meta:
        verbose_name = "foto de propuesta"
        verbose_name_plural = "fotos de propuestas"
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "orden"],
                name="foto_de_propuesta_una_por_lugar",
                violation_error_message="Caben tres fotos. Quita una para poner otra.",
            ),
            models.UniqueConstraint(fields=["propuesta", "foto"], name="foto_de_propuesta_sin_repetir"),
            models.CheckConstraint(
                condition=Q(orden__gte=2, orden__lte=FOTOS_MAXIMO),
                name="foto_de_propuesta_hasta_tres",
                violation_error_message="Caben tres fotos. Quita una para poner otra.",
            ),
        ]

    def __str__(self) -> str:
        return f"Foto {self.orden} de {self.propuesta}"


class DocumentoQuerySet(models.QuerySet):
    def vigentes(self) -> "DocumentoQuerySet":
        return self.filter(retirado__isnull=True)

    def al_proponer(self) -> "DocumentoQuerySet":
        """Los que van con la propuesta misma, no con un movimiento posterior."""
        return self.filter(clase=Documento.Clase.PROPUESTA)


class Documento(models.Model):
    """Un PDF que alguien adjuntó a una propuesta o a un movimiento; si se retira, queda su huella y no el archivo."""

    class Clase(models.TextChoices):
        PROPUESTA = "propuesta", "De la propuesta"
        MOVIMIENTO = "movimiento", "De un movimiento"

    propuesta = models.ForeignKey(Propuesta, models.CASCADE, related_name="documentos", verbose_name="propuesta")
    clase = models.CharField("clase", max_length=10, choices=Clase)
    # El acto con que se presentó; vacío mientras la propuesta es un borrador.
    suceso = models.ForeignKey(
        Suceso, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="con qué movimiento"
    )
    orden = models.PositiveSmallIntegerField("orden")
    token = models.CharField("nombre del archivo", max_length=32, unique=True, default=_token, editable=False)
    nombre = models.CharField("nombre", max_length=100)
    peso = models.PositiveIntegerField("bytes")
    paginas = models.PositiveIntegerField("páginas", null=True, blank=True)
    huella = models.CharField("SHA-256", max_length=64)
    publico = models.BooleanField("público", default=True)
    subido_por = models.ForeignKey(
        PERSONA, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo subió"
    )
    momento = models.DateTimeField("momento", default=timezone.now)
    retirado = models.DateTimeField("retirado", null=True, blank=True)
    retirado_por = models.ForeignKey(
        PERSONA, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo retiró"
    )
    motivo = models.CharField("por qué se retiró", max_length=20, choices=MOTIVOS_DE_RETIRO, blank=True)

    objects = DocumentoQuerySet.as_manager()

    class Meta:
        verbose_name = "documento de propuesta"
        verbose_name_plural = "documentos de propuestas"
        ordering = ["momento", "orden", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "orden"],
                condition=Q(clase="propuesta", retirado__isnull=True),
                name="documento_de_propuesta_por_lugar",
                violation_error_message="Caben tres documentos. Quita uno para poner otro.",
            ),
            models.UniqueConstraint(
                fields=["suceso", "orden"],
                condition=Q(clase="movimiento"),
                name="documento_de_movimiento_por_lugar",
                violation_error_message="Caben tres documentos en cada paso.",
            ),
            models.UniqueConstraint(
                fields=["propuesta", "huella"],
                condition=Q(clase="propuesta", retirado__isnull=True),
                name="documento_de_propuesta_sin_repetir",
            ),
            models.UniqueConstraint(
                fields=["suceso", "huella"],
                condition=Q(clase="movimiento"),
                name="documento_de_movimiento_sin_repetir",
            ),
            models.CheckConstraint(
                condition=Q(orden__gte=1, orden__lte=DOCUMENTOS_MAXIMO),
                name="documento_hasta_tres",
                violation_error_message="Caben tres documentos.",
            ),
            models.CheckConstraint(
                condition=Q(clase="propuesta") | Q(suceso__isnull=False), name="documento_de_movimiento_con_suceso"
            ),
            models.CheckConstraint(
                condition=Q(retirado__isnull=True, retirado_por__isnull=True, motivo="")
                | (Q(retirado__isnull=False) & ~Q(motivo="")),
                name="documento_retirado_con_motivo",
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    def get_absolute_url(self) -> str:
        return reverse("propuestas:documento", args=[self.token])

    @property
    def ruta(self) -> str:
        return f"documentos/{self.token[:2]}/{self.token}.pdf"

    @property
    def url(self) -> str:
        """Dónde se descarga; vacía si se retiró."""
        return "" if self.retirado else self.get_absolute_url()

    @property
    def medidas(self) -> str:
        """«PDF, 1,2 MB, 4 páginas»"""
        kilos = self.peso / 1024
        peso = f"{kilos / 1024:.1f}".replace(".", ",") + " MB" if kilos >= 1024 else f"{max(1, round(kilos))} KB"
        hojas = f", {self.paginas} página{'' if self.paginas == 1 else 's'}" if self.paginas else ""
        return f"PDF, {peso}{hojas}"

    @property
    def detalle(self) -> str:
        """Sus medidas o, si se retiró, por qué y la huella de lo que había."""
        return f"{self.get_motivo_display()} SHA-256: {self.huella}" if self.retirado else self.medidas
