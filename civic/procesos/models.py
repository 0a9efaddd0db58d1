"""Procesos participativos, sus fases, sus techos presupuestarios y el catálogo de categorías."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from mapas.territorio.models import Area


class Categoria(models.Model):
    """Clase de necesidad: agua, vías, educación…"""

    codigo = models.SlugField("código", max_length=30, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    icono = models.CharField("icono", max_length=40, help_text="Nombre de un icono de Lucide.")
    sector_oc4ids = models.CharField("sector OC4IDS", max_length=60, blank=True)
    orden = models.PositiveSmallIntegerField("orden", default=0)
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "categoría"
        verbose_name_plural = "categorías"
        ordering = ["orden", "nombre"]

    def __str__(self) -> str:
        return self.nombre


class ProcesoQuerySet(models.QuerySet):
    def publicados(self) -> "ProcesoQuerySet":
        return self.filter(publicado=True)

    def con_fases(self) -> "ProcesoQuerySet":
        return self.prefetch_related("fases")


class Proceso(ClusterableModel):
    """Proceso participativo de una gestión: presupuesto participativo o consulta."""

    class Tipo(models.TextChoices):
        PRESUPUESTO = "presupuesto", "Presupuesto participativo"
        CONSULTA = "consulta", "Consulta"

    nombre = models.CharField("nombre", max_length=160)
    slug = models.SlugField("dirección", max_length=80, unique=True)
    tipo = models.CharField("tipo", max_length=15, choices=Tipo, default=Tipo.PRESUPUESTO)
    gestion = models.PositiveSmallIntegerField("gestión", validators=[MinValueValidator(2000)])
    resumen = models.TextField("resumen")
    normativa = models.CharField("normativa", max_length=200, blank=True)
    publicado = models.BooleanField("publicado", default=False)

    objects = ProcesoQuerySet.as_manager()

    class Meta:
        verbose_name = "proceso"
        verbose_name_plural = "procesos"
        ordering = ["-gestion", "nombre"]

    def __str__(self) -> str:
        return self.nombre


class Fase(models.Model):
    """Tramo del proceso con principio y fin; su tipo dice qué se puede hacer (ver reglas.PERMITE)."""

    class Tipo(models.TextChoices):
        INFORMACION = "informacion", "Información"
        RECEPCION = "recepcion", "Recepción de propuestas"
        ASAMBLEAS = "asambleas", "Asambleas"
        EVALUACION = "evaluacion", "Viabilidad"
        DELIBERACION = "deliberacion", "Deliberación"
        VOTACION = "votacion", "Votación"
        ESCRUTINIO = "escrutinio", "Escrutinio"
        RESULTADOS = "resultados", "Resultados"
        SEGUIMIENTO = "seguimiento", "Seguimiento"
        COMENTARIOS = "comentarios", "Comentarios"
        RESPUESTA = "respuesta", "Respuesta motivada"

    proceso = ParentalKey(Proceso, on_delete=models.CASCADE, related_name="fases", verbose_name="proceso")
    tipo = models.CharField("tipo", max_length=15, choices=Tipo)
    nombre = models.CharField("nombre", max_length=80)
    explicacion = models.CharField("qué se hace", max_length=250, blank=True)
    inicio = models.DateTimeField("empieza")
    fin = models.DateTimeField("termina")

    class Meta:
        verbose_name = "fase"
        verbose_name_plural = "fases"
        ordering = ["inicio", "fin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("inicio")),
                name="fase_en_orden",
                violation_error_message="La fase debe terminar después de empezar.",
            )
        ]

    def __str__(self) -> str:
        return self.nombre


class Techo(models.Model):
    """Monto máximo de un distrito en un proceso."""

    proceso = ParentalKey(Proceso, on_delete=models.PROTECT, related_name="techos", verbose_name="proceso")
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="techos", verbose_name="distrito")
    monto = models.DecimalField(
        "monto en Bs", max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    explicacion = models.CharField("cómo se calculó", max_length=250, blank=True)

    class Meta:
        verbose_name = "techo"
        verbose_name_plural = "techos"
        ordering = ["distrito__orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["proceso", "distrito"],
                name="techo_unico",
                violation_error_message="El distrito ya tiene techo en este proceso.",
            ),
            models.CheckConstraint(
                condition=Q(monto__gt=0),
                name="techo_positivo",
                violation_error_message="El techo debe ser mayor a cero.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distrito}: {self.monto}"
