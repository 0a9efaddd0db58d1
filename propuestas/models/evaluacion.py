"""Lo que acompaña a una evaluación: preguntas de la lista, reclamos, excusas y notas internas."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from civic.procesos.models import Proceso
from propuestas.models.propuestas import Propuesta
from propuestas.reglas import SECCIONES, Pregunta
from propuestas.reglas.evaluacion import RAZONES_DE_EXCUSA

PERSONA = settings.AUTH_USER_MODEL


class Criterio(models.Model):
    """Una pregunta de la lista de control de un proceso. Sin ninguna, vale la lista por defecto de las reglas."""

    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="criterios", verbose_name="proceso")
    seccion = models.CharField("sección", max_length=20, choices=SECCIONES)
    texto = models.CharField("pregunta", max_length=200)
    obligatoria = models.BooleanField("obligatoria", default=True)
    publica = models.BooleanField("se publica", default=True)
    orden = models.PositiveSmallIntegerField("orden", default=0)

    class Meta:
        verbose_name = "pregunta de la lista de control"
        verbose_name_plural = "lista de control"
        ordering = ["orden", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proceso", "texto"],
                name="criterio_sin_repetir",
                violation_error_message="Esa pregunta ya está en la lista.",
            ),
            models.CheckConstraint(condition=Q(seccion__in=list(SECCIONES)), name="criterio_seccion_conocida"),
        ]

    def __str__(self) -> str:
        return self.texto

    @property
    def pregunta(self) -> Pregunta:
        return Pregunta(self.seccion, self.texto, self.obligatoria, self.publica)


class Reclamo(models.Model):
    """Lo que quien presentó una propuesta pide revisar, una sola vez por clase; lo decide otra persona."""

    class Clase(models.TextChoices):
        FORMA = "forma", "De la devolución"
        EVALUACION = "evaluacion", "De la evaluación"

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="reclamos", verbose_name="propuesta")
    clase = models.CharField("clase", max_length=12, choices=Clase)
    autor = models.ForeignKey(PERSONA, models.PROTECT, related_name="reclamos", verbose_name="reclama")
    contra = models.ForeignKey(
        PERSONA, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="decidió la primera vez"
    )
    momento = models.DateTimeField("momento", default=timezone.now)
    resuelto = models.DateTimeField("resuelto", null=True, blank=True)
    resuelto_por = models.ForeignKey(
        PERSONA, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo resolvió"
    )

    class Meta:
        verbose_name = "reclamo"
        verbose_name_plural = "reclamos"
        ordering = ["momento", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "clase"],
                name="reclamo_una_sola_vez",
                violation_error_message="Ya se reclamó una vez.",
            ),
            models.CheckConstraint(
                condition=~Q(resuelto_por=F("contra")),
                name="reclamo_lo_resuelve_otra_persona",
                violation_error_message="Un reclamo lo resuelve una persona distinta de la que decidió.",
            ),
            models.CheckConstraint(
                condition=Q(resuelto__isnull=True, resuelto_por__isnull=True)
                | Q(resuelto__isnull=False, resuelto_por__isnull=False),
                name="reclamo_resuelto_por_alguien",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()}: {self.propuesta}"


class Excusa(models.Model):
    """Una persona del equipo se aparta de evaluar una propuesta por tener interés en ella."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="excusas", verbose_name="propuesta")
    persona = models.ForeignKey(PERSONA, models.PROTECT, related_name="excusas", verbose_name="se excusa")
    razon = models.CharField("razón", max_length=20, choices=RAZONES_DE_EXCUSA)
    detalle = models.CharField("detalle", max_length=300, blank=True)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "excusa"
        verbose_name_plural = "excusas"
        constraints = [
            models.UniqueConstraint(
                fields=["propuesta", "persona"],
                name="excusa_una_por_persona",
                violation_error_message="Ya te excusaste de esta propuesta.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_razon_display()}: {self.propuesta}"


class NotaInterna(models.Model):
    """Lo que el equipo se dice sobre una propuesta. Nunca se publica ni sale en descargas públicas."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="notas", verbose_name="propuesta")
    autor = models.ForeignKey(PERSONA, models.PROTECT, related_name="notas_internas", verbose_name="escribió")
    texto = models.TextField("nota", max_length=2000)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "nota interna"
        verbose_name_plural = "notas internas"
        ordering = ["momento", "pk"]

    def __str__(self) -> str:
        return f"Nota del {self.momento:%d/%m/%Y}"
