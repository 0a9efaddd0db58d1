"""Organizaciones de base y los mandatos de sus directivas."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.models.vigencia import ConVigenciaQuerySet
from mapas.territorio.models import Area, Clase


class OrganizacionQuerySet(models.QuerySet):
    def visibles(self) -> "OrganizacionQuerySet":
        return self.filter(estado__in=Organizacion.VISIBLES)

    def con_directiva(self, dia: datetime.date | None = None) -> "OrganizacionQuerySet":
        """Anota `tiene_directiva`: si alguien tiene mandato ese día (hoy si no se dice)."""
        en_curso = Mandato.objects.vigentes(dia).filter(organizacion=models.OuterRef("pk"))
        return self.annotate(tiene_directiva=models.Exists(en_curso))


class Organizacion(models.Model):
    """OTB, junta vecinal, sindicato agrario o comunidad: persona colectiva con directiva."""

    class Estado(models.TextChoices):
        SOLICITADA = "solicitada", "Solicitada"
        EN_REVISION = "en_revision", "En revisión"
        PUBLICADA = "publicada", "Publicada para observaciones"
        VIGENTE = "vigente", "Vigente"
        VENCIDA = "directiva_vencida", "Con directiva vencida"
        SUSPENDIDA = "suspendida", "Suspendida"

    VISIBLES = (Estado.PUBLICADA, Estado.VIGENTE, Estado.VENCIDA, Estado.SUSPENDIDA)
    # Por estas se puede proponer y comentar; quién, lo dicen los mandatos en curso.
    ACTUAN = (Estado.PUBLICADA, Estado.VIGENTE, Estado.VENCIDA)

    nombre = models.CharField("nombre", max_length=120)
    slug = models.SlugField("dirección", max_length=140, unique=True)
    clase = models.CharField("clase", max_length=20, choices=Clase)
    area = models.OneToOneField(
        Area, models.PROTECT, null=True, blank=True, related_name="organizacion", verbose_name="área"
    )
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="organizaciones", verbose_name="distrito")
    personalidad_juridica = models.CharField("personalidad jurídica", max_length=60, blank=True)
    familias = models.PositiveIntegerField("familias afiliadas", null=True, blank=True)
    estado = models.CharField("estado", max_length=20, choices=Estado, default=Estado.SOLICITADA)
    fuente = models.CharField("fuente del nombre", max_length=160, blank=True)
    creada = models.DateTimeField("registrada", default=timezone.now)

    objects = OrganizacionQuerySet.as_manager()

    class Meta:
        verbose_name = "organización"
        verbose_name_plural = "organizaciones"
        ordering = ["distrito__orden", "nombre"]
        constraints = [
            models.UniqueConstraint(
                Lower("nombre"),
                "clase",
                "distrito",
                name="organizacion_unica_en_distrito",
                violation_error_message="Ya hay una organización con ese nombre en el distrito.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()} {self.nombre}"

    def get_absolute_url(self) -> str:
        return reverse("organizaciones:organizacion", args=[self.slug])


class Mandato(models.Model):
    """Cargo de una persona en la directiva de una organización, con principio y fin."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandatos", verbose_name="persona"
    )
    organizacion = models.ForeignKey(Organizacion, models.PROTECT, related_name="mandatos", verbose_name="organización")
    cargo = models.CharField("cargo", max_length=60)
    desde = models.DateField("desde")
    hasta = models.DateField("hasta")

    objects = ConVigenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "mandato"
        verbose_name_plural = "mandatos"
        ordering = ["-desde"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hasta__gte=F("desde")),
                name="mandato_en_orden",
                violation_error_message="El mandato debe terminar después de empezar.",
            ),
            models.UniqueConstraint(
                fields=["usuario", "organizacion", "desde"],
                name="mandato_unico",
                violation_error_message="Ese mandato ya está registrado.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cargo} de {self.organizacion}"
