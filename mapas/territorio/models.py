"""El territorio: municipio, distritos y áreas de organizaciones de base, como datos con vigencia."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Clase(models.TextChoices):
    """Clases de organización territorial de base."""

    OTB = "otb", "OTB"
    JUNTA = "junta_vecinal", "Junta vecinal"
    SINDICATO = "sindicato_agrario", "Sindicato agrario"
    COMUNIDAD = "comunidad_campesina", "Comunidad campesina"


class AreaQuerySet(models.QuerySet):
    def municipios(self) -> "AreaQuerySet":
        return self.filter(tipo=Area.Tipo.MUNICIPIO)

    def distritos(self) -> "AreaQuerySet":
        return self.filter(tipo=Area.Tipo.DISTRITO)

    def otbs(self) -> "AreaQuerySet":
        return self.filter(tipo=Area.Tipo.OTB)

    def vigentes(self, dia: datetime.date | None = None) -> "AreaQuerySet":
        """Las que valen el día dado (hoy si no se dice)."""
        dia = dia or timezone.localdate()
        return self.filter(vigente_desde__lte=dia).filter(Q(vigente_hasta__isnull=True) | Q(vigente_hasta__gt=dia))

    def con_poligono(self) -> "AreaQuerySet":
        return self.filter(geometria__isnull=False)

    def sin_poligono_cargado(self) -> "AreaQuerySet":
        """Sin traer las geometrías de la base: para listas y opciones."""
        return self.defer("geometria")


class Area(models.Model):
    """Un pedazo del territorio. Puede tener polígono, solo un punto, o ninguno de los dos."""

    class Tipo(models.TextChoices):
        MUNICIPIO = "municipio", "Municipio"
        MACRODISTRITO = "macrodistrito", "Macrodistrito"
        DISTRITO = "distrito", "Distrito"
        OTB = "otb", "Organización de base"

    tipo = models.CharField("tipo", max_length=15, choices=Tipo)
    codigo = models.CharField("código", max_length=30)
    nombre = models.CharField("nombre", max_length=120)
    otro_nombre = models.CharField("también llamada", max_length=120, blank=True)
    clase = models.CharField("clase de organización", max_length=20, choices=Clase, blank=True)
    alias = models.JSONField("otras escrituras", default=list, blank=True)
    orden = models.PositiveSmallIntegerField("orden", default=0)
    padre = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="hijas", verbose_name="dentro de"
    )
    geometria = models.JSONField(
        "polígono", null=True, blank=True, help_text="GeoJSON Polygon o MultiPolygon en WGS84."
    )
    oeste = models.FloatField(null=True, blank=True, editable=False)
    sur = models.FloatField(null=True, blank=True, editable=False)
    este = models.FloatField(null=True, blank=True, editable=False)
    norte = models.FloatField(null=True, blank=True, editable=False)
    lon = models.FloatField("longitud", null=True, blank=True)
    lat = models.FloatField("latitud", null=True, blank=True)
    poblacion = models.PositiveIntegerField("población", null=True, blank=True)
    aproximada = models.BooleanField("aproximada, no oficial", default=False)
    en_disputa = models.BooleanField("en disputa", default=False)
    fuente = models.CharField("fuente", max_length=250, blank=True)
    vigente_desde = models.DateField("vigente desde", default=datetime.date(2000, 1, 1))
    vigente_hasta = models.DateField("vigente hasta", null=True, blank=True)
    cambiada = models.DateTimeField(auto_now=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "área"
        verbose_name_plural = "territorio"
        ordering = ["tipo", "orden", "nombre"]
        constraints = [
            models.UniqueConstraint(
                fields=["tipo", "codigo", "vigente_desde"],
                name="area_codigo_unico",
                violation_error_message="Ya hay un área de ese tipo con ese código y esa fecha.",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="area_punto_en_el_mundo",
                violation_error_message="El punto va en grados: longitud de -180 a 180 y latitud de -90 a 90.",
            ),
            models.CheckConstraint(
                condition=Q(vigente_hasta__isnull=True) | Q(vigente_hasta__gt=F("vigente_desde")),
                name="area_vigencia_en_orden",
                violation_error_message="La vigencia debe terminar después de empezar.",
            ),
        ]
        indexes = [models.Index(fields=["tipo", "padre", "orden", "nombre"], name="area_por_padre")]

    def __str__(self) -> str:
        return self.nombre_completo

    @property
    def nombre_completo(self) -> str:
        """«Distrito 3», «Sindicato agrario Falsuri», «Quillacollo»."""
        return f"{self.get_clase_display()} {self.nombre}" if self.clase else self.nombre
