"""El territorio: municipio, distritos y áreas de organizaciones de base, como datos con vigencia."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from civic.comun.texto import para_buscar


class Clase(models.TextChoices):
    """Clases de organización territorial de base."""

    OTB = "otb", "OTB"
    JUNTA = "junta_vecinal", "Junta vecinal"
    SINDICATO = "sindicato_agrario", "Sindicato agrario"
    COMUNIDAD = "comunidad_campesina", "Comunidad campesina"


# Cómo más se escriben en los archivos que traen los municipios.
OTRAS_ESCRITURAS = {
    Clase.OTB: ("Organización territorial de base", "O.T.B."),
    Clase.JUNTA: ("Junta", "Junta de vecinos", "JJ.VV."),
    Clase.SINDICATO: ("Sindicato",),
    Clase.COMUNIDAD: ("Comunidad",),
}


def escrituras_de_clases() -> dict[str, tuple[str, ...]]:
    """{clase: (rótulo, código, otras escrituras…)}"""
    return {clase.value: (clase.label, clase.value, *OTRAS_ESCRITURAS[clase]) for clase in Clase}


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

    def con_poligono(self, dia: datetime.date | None = None) -> "AreaQuerySet":
        """Las que tienen un límite dibujado en vigor ese día."""
        return self.filter(models.Exists(Limite.objects.vigentes(dia).filter(area=models.OuterRef("pk"))))

    def sin_poligono(self, dia: datetime.date | None = None) -> "AreaQuerySet":
        return self.filter(~models.Exists(Limite.objects.vigentes(dia).filter(area=models.OuterRef("pk"))))

    def que_dicen(self, texto: str) -> "AreaQuerySet":
        """Las que llevan ese texto en el nombre, el código o alguna de sus otras escrituras, sin mirar acentos."""
        buscado = para_buscar(texto)
        if not buscado:
            return self.none() if texto.strip() else self
        # Los alias son listas JSON, que cada base compara a su modo: unas mil filas se miran mejor aquí.
        textos = self.order_by().values_list("pk", "codigo", "nombre", "otro_nombre", "alias")
        return self.filter(
            pk__in=[pk for pk, *nombres, alias in textos if buscado in para_buscar(" ".join([*nombres, *alias]))]
        )

    def de_este_municipio(self) -> "AreaQuerySet":
        """Las del municipio de este sitio (AYNI_MUNICIPIO); el territorio puede tener cargados otros."""
        return self.filter(municipio__codigo=settings.MUNICIPIO)


class Area(models.Model):
    """Un pedazo del territorio con nombre y código: lo que no cambia cuando le corren el límite.

    Puede tener límites (`Limite`, con sus fechas), solo un punto, o ninguno de los dos.
    """

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
    municipio = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="areas", verbose_name="municipio", editable=False
    )
    padre = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="hijas", verbose_name="dentro de"
    )
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
                fields=["municipio", "tipo", "codigo"],
                name="area_codigo_unico",
                violation_error_message="Ya hay un área de ese tipo con ese código en el municipio.",
            ),
            models.UniqueConstraint(
                fields=["codigo"],
                condition=Q(municipio__isnull=True),
                name="municipio_codigo_unico",
                violation_error_message="Ya hay un municipio con ese código.",
            ),
            models.CheckConstraint(
                condition=Q(tipo="municipio", municipio__isnull=True)
                | (~Q(tipo="municipio") & Q(municipio__isnull=False)),
                name="area_en_un_municipio",
                violation_error_message="Todo distrito y organización está en un municipio.",
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
        clase = self.get_clase_display()
        # Un archivo puede traer la clase también en el nombre: «OTB Molle».
        return self.nombre if self.nombre.casefold().startswith(clase.casefold()) else f"{clase} {self.nombre}"

    @cached_property
    def geometria(self) -> dict[str, Any] | None:
        """GeoJSON WGS84 del límite en vigor hoy, o None. Consulta por área: las listas usan `areas_del_municipio`."""
        limite = self.limites.vigentes().first() if self.pk else None  # type: ignore[attr-defined]
        return limite.geometria if limite else None


class LimiteQuerySet(models.QuerySet):
    def vigentes(self, dia: datetime.date | None = None) -> "LimiteQuerySet":
        """Los que valen el día dado (hoy si no se dice): `desde` incluido, `hasta` excluido."""
        dia = dia or timezone.localdate()
        return self.filter(desde__lte=dia).filter(Q(hasta__isnull=True) | Q(hasta__gt=dia))


class Limite(models.Model):
    """El borde de un área mientras estuvo en vigor: lo decidido en un año se cuenta con los límites de ese año."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="limites", verbose_name="área")
    geometria = models.JSONField("polígono", help_text="GeoJSON Polygon o MultiPolygon en WGS84.")
    oeste = models.FloatField()
    sur = models.FloatField()
    este = models.FloatField()
    norte = models.FloatField()
    desde = models.DateField("desde", default=datetime.date(2000, 1, 1))
    hasta = models.DateField("hasta", null=True, blank=True)
    publicado = models.DateTimeField("publicado", default=timezone.now)
    importacion = models.ForeignKey(
        "Importacion", models.PROTECT, null=True, blank=True, related_name="limites", verbose_name="importación"
    )

    objects = LimiteQuerySet.as_manager()

    class Meta:
        verbose_name = "límite"
        verbose_name_plural = "límites"
        ordering = ["area", "-desde"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "desde"],
                name="limite_unico_por_fecha",
                violation_error_message="Esa área ya tiene un límite desde esa fecha.",
            ),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(hasta__isnull=True),
                name="limite_abierto_unico",
                violation_error_message="Esa área ya tiene un límite en vigor sin fecha de fin.",
            ),
            models.CheckConstraint(
                condition=Q(hasta__isnull=True) | Q(hasta__gt=F("desde")),
                name="limite_en_orden",
                violation_error_message="El límite debe terminar después de empezar.",
            ),
        ]

    def __str__(self) -> str:
        return f"Límite de {self.area} desde {self.desde:%d/%m/%Y}"


class ImportacionQuerySet(models.QuerySet):
    def por_publicar(self) -> "ImportacionQuerySet":
        return self.filter(estado=Importacion.Estado.REVISADA)


class Importacion(models.Model):
    """Un archivo de límites que alguien trajo: lo que se halló al revisarlo y si se publicó como versión.

    `contenido` guarda las áreas aceptadas y los dibujos entre la revisión y la decisión; después, los límites
    publicados están en `Limite` y aquí queda el informe.
    """

    class Estado(models.TextChoices):
        REVISADA = "revisada", "Revisada, sin publicar"
        PUBLICADA = "publicada", "Publicada"
        DESCARTADA = "descartada", "Descartada"

    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.REVISADA)
    tipo = models.CharField("qué trae", max_length=15, choices=Area.Tipo)
    municipio = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="importaciones", verbose_name="municipio"
    )
    municipio_codigo = models.CharField("código del municipio", max_length=30, blank=True)
    municipio_nombre = models.CharField("municipio por crear", max_length=120, blank=True)
    archivo = models.CharField("archivo", max_length=150)
    huella = models.CharField("SHA-256 del archivo", max_length=64)
    peso = models.PositiveIntegerField("bytes")
    formato = models.CharField("formato", max_length=20)
    crs = models.CharField("sistema de coordenadas", max_length=80)
    campo_codigo = models.CharField("campo del código", max_length=80)
    campo_nombre = models.CharField("campo del nombre", max_length=80)
    campo_padre = models.CharField("campo de «dentro de»", max_length=80, blank=True)
    campo_clase = models.CharField("campo de la clase", max_length=80, blank=True)
    aceptadas = models.PositiveIntegerField("aceptadas")
    rechazadas = models.PositiveIntegerField("rechazadas")
    nuevas = models.PositiveIntegerField("áreas nuevas", null=True, blank=True)
    cambiadas = models.PositiveIntegerField("áreas con otro límite", null=True, blank=True)
    iguales = models.PositiveIntegerField("áreas sin cambio", null=True, blank=True)
    terminadas = models.PositiveIntegerField("áreas que terminan", null=True, blank=True)
    desde = models.DateField("vigente desde", null=True, blank=True)
    parcial = models.BooleanField("solo lo aceptado", default=False)
    informe = models.JSONField("informe", default=dict)
    contenido = models.JSONField("áreas por publicar", default=dict, blank=True)
    creada = models.DateTimeField("traída", default=timezone.now)
    creada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="traída por"
    )
    cerrada = models.DateTimeField("publicada o descartada", null=True, blank=True)
    cerrada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="decidida por"
    )

    objects = ImportacionQuerySet.as_manager()

    class Meta:
        verbose_name = "importación"
        verbose_name_plural = "importaciones"
        ordering = ["-creada", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(estado="publicada") | Q(desde__isnull=False, cerrada__isnull=False),
                name="importacion_publicada_con_fecha",
                violation_error_message="Una versión publicada dice desde cuándo vale.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tipo_display()}: {self.archivo}"

    @property
    def espera(self) -> bool:
        return self.estado == self.Estado.REVISADA


from mapas.territorio.dudas_modelo import Duda, Sello  # noqa: E402, F401  (Django busca los modelos en este módulo)
