"""El padrón de una votación: quién puede votar en cada contienda, y los reclamos mientras se observa."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.metodos import OPCIONES
from civic.cuentas.models import Identidad
from votaciones.models import Contienda, Votacion
from votaciones.padron import reglas


class PadronElectoralQuerySet(models.QuerySet):
    def definitivos(self) -> "PadronElectoralQuerySet":
        return self.filter(estado=PadronElectoral.Estado.DEFINITIVO)

    def observables(self, ahora: datetime) -> "PadronElectoralQuerySet":
        """Los que hoy se pueden reclamar."""
        return self.filter(estado=PadronElectoral.Estado.PROVISIONAL, observable_hasta__gt=ahora)


class PadronElectoral(models.Model):
    """Las personas que pueden votar en una votación. Al abrirla queda definitivo, y la base no deja cambiarlo."""

    class Estado(models.TextChoices):
        PROVISIONAL = "provisional", "Provisional"
        DEFINITIVO = "definitivo", "Definitivo"

    votacion = models.OneToOneField(Votacion, models.PROTECT, related_name="padron", verbose_name="votación")
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.PROVISIONAL)
    corte = models.DateTimeField("fecha de corte")
    observable_hasta = models.DateTimeField("se observa hasta")
    huella = models.CharField("SHA-256 del padrón", max_length=64, blank=True, editable=False)

    objects = PadronElectoralQuerySet.as_manager()

    class Meta:
        verbose_name = "padrón de una votación"
        verbose_name_plural = "padrones de votaciones"
        ordering = ["-corte"]
        constraints = [
            models.CheckConstraint(
                condition=Q(observable_hasta__gt=F("corte")),
                name="padron_electoral_en_orden",
                violation_error_message="El plazo para observar termina después del corte.",
            ),
            models.CheckConstraint(
                condition=Q(estado="provisional", huella="") | (Q(estado="definitivo") & ~Q(huella="")),
                name="padron_definitivo_con_huella",
                violation_error_message="Un padrón definitivo tiene su huella.",
            ),
        ]

    def __str__(self) -> str:
        return f"Padrón de «{self.votacion}»"

    def get_absolute_url(self) -> str:
        return reverse("padron_electoral:padron", args=[self.votacion.slug])

    @property
    def es_definitivo(self) -> bool:
        return self.estado == self.Estado.DEFINITIVO

    def se_observa(self, ahora: datetime) -> bool:
        return not self.es_definitivo and ahora < self.observable_hasta


class Habilitacion(models.Model):
    """Que una persona puede votar en una contienda; tiene una por cada papeleta suya. No dice si votó.

    Sin cuenta, la persona está por su identidad y vota en una mesa.
    """

    padron = models.ForeignKey(PadronElectoral, models.PROTECT, related_name="habilitaciones")
    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="habilitaciones")
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    identidad = models.ForeignKey(Identidad, models.PROTECT, null=True, blank=True, related_name="+")
    metodo = models.CharField("cómo estaba verificada", max_length=24, choices=OPCIONES, blank=True)

    class Meta:
        verbose_name = "habilitación"
        verbose_name_plural = "habilitaciones"
        constraints = [
            models.UniqueConstraint(fields=["usuario", "contienda"], name="habilitacion_unica"),
            models.UniqueConstraint(fields=["identidad", "contienda"], name="habilitacion_de_una_identidad"),
            models.CheckConstraint(
                condition=Q(usuario__isnull=False) | Q(identidad__isnull=False),
                name="habilitacion_de_alguien",
                violation_error_message="Una habilitación es de una cuenta o de una identidad.",
            ),
        ]
        # Los totales por distrito y modo salen de aquí sin leer las filas.
        indexes = [models.Index(fields=["padron", "contienda", "metodo"], name="habilitaciones_por_modo")]

    def __str__(self) -> str:
        return "Habilitación"


class ReclamoDePadronQuerySet(models.QuerySet):
    def por_resolver(self) -> "ReclamoDePadronQuerySet":
        return self.filter(estado=reglas.Estado.PRESENTADO)

    def resueltos(self) -> "ReclamoDePadronQuerySet":
        return self.exclude(estado=reglas.Estado.PRESENTADO)


class ReclamoDePadron(models.Model):
    """Alguien pide entrar al padrón provisional, o que salga quien no debía estar. Siempre con su razón."""

    class Clase(models.TextChoices):
        INCLUSION = "inclusion", "Pide entrar"
        EXCLUSION = "exclusion", "Observa una inclusión"

    class Estado(models.TextChoices):
        PRESENTADO = "presentado", "Por resolver"
        ACEPTADO = "aceptado", "Aceptado"
        RECHAZADO = "rechazado", "Rechazado"

    padron = models.ForeignKey(PadronElectoral, models.PROTECT, related_name="reclamos", verbose_name="padrón")
    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="+", verbose_name="dónde")
    clase = models.CharField("clase", max_length=10, choices=Clase)
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="lo presentó")
    calidad = models.CharField("en calidad de", max_length=120, blank=True)
    # De quién se trata; vacío si el carnet observado no es de nadie de ese padrón.
    persona = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="persona"
    )
    texto = models.TextField("razón")
    momento = models.DateTimeField("presentado", default=timezone.now)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PRESENTADO)
    respuesta = models.TextField("respuesta", blank=True)
    resuelto_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="resolvió"
    )
    resuelto = models.DateTimeField("resuelto", null=True, blank=True)

    objects = ReclamoDePadronQuerySet.as_manager()

    class Meta:
        verbose_name = "reclamo al padrón"
        verbose_name_plural = "reclamos al padrón"
        ordering = ["momento", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["padron", "autor", "contienda"],
                condition=Q(estado="presentado", clase="inclusion"),
                name="reclamo_pendiente_unico",
                violation_error_message="Ya tienes un reclamo esperando respuesta.",
            ),
            models.CheckConstraint(
                condition=Q(clase="exclusion") | Q(persona=F("autor")),
                name="reclamo_de_inclusion_propio",
                violation_error_message="Cada quien pide entrar por su cuenta.",
            ),
            models.CheckConstraint(
                condition=Q(estado="presentado", resuelto__isnull=True, resuelto_por__isnull=True, respuesta="")
                | (~Q(estado="presentado") & Q(resuelto__isnull=False, resuelto_por__isnull=False) & ~Q(respuesta="")),
                name="reclamo_resuelto_con_razon",
                violation_error_message="Un reclamo resuelto dice quién, cuándo y por qué.",
            ),
            models.CheckConstraint(
                condition=Q(resuelto_por__isnull=True) | ~Q(resuelto_por=F("autor")),
                name="reclamo_de_dos_personas",
                violation_error_message="Un reclamo lo resuelve otra persona.",
            ),
        ]
        # La cola: por estado y del más antiguo al más nuevo.
        indexes = [models.Index(fields=["padron", "estado", "momento"], name="cola_de_reclamos")]

    def __str__(self) -> str:
        return f"{self.get_clase_display()} ({self.contienda.lugar})"
