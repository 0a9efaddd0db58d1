"""Organizaciones de base y los mandatos de sus directivas."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.models.vigencia import ConVigenciaQuerySet
from mapas.territorio.models import Area, Clase


class OrganizacionQuerySet(models.QuerySet):
    def visibles(self) -> "OrganizacionQuerySet":
        """Las que el público conoce: una solicitud que nunca se publicó sigue reservada aunque se suspenda."""
        return self.filter(estado__in=Organizacion.VISIBLES, reservada=False)

    def con_directiva(self, dia: datetime.date | None = None) -> "OrganizacionQuerySet":
        """Anota `tiene_directiva`: si alguien tiene mandato ese día (hoy si no se dice)."""
        en_curso = Mandato.objects.vigentes(dia).filter(organizacion=models.OuterRef("pk"))
        return self.annotate(tiene_directiva=models.Exists(en_curso))

    def con_estado_de_hoy(self, dia: datetime.date | None = None) -> "OrganizacionQuerySet":
        """Anota `estado_hoy`: el guardado, salvo que sin nadie con mandato una vigente es «directiva vencida»."""
        estado = Organizacion.Estado
        de_reloj = Q(estado__in=Organizacion.DE_RELOJ)
        return self.con_directiva(dia).annotate(
            estado_hoy=Case(
                When(de_reloj & Q(tiene_directiva=True), then=Value(estado.VIGENTE.value)),
                When(de_reloj, then=Value(estado.VENCIDA.value)),
                default=F("estado"),
                output_field=models.CharField(),
            )
        )

    def en_observacion(self, dia: datetime.date | None = None) -> "OrganizacionQuerySet":
        """Publicadas cuyo plazo para observar todavía corre."""
        dia = dia or timezone.localdate()
        return self.filter(estado=Organizacion.Estado.PUBLICADA, observable_hasta__gte=dia)

    def del_alcance(self, distritos: "frozenset[int] | None") -> "OrganizacionQuerySet":
        """Las de esos distritos; None es todo el municipio (ver permisos.alcance_de)."""
        return self if distritos is None else self.filter(distrito__in=distritos)


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
    # Entre estos dos decide la fecha de los mandatos, no una persona.
    DE_RELOJ = (Estado.VIGENTE, Estado.VENCIDA)
    # Por estas se puede proponer y comentar; quién, lo dicen los mandatos en curso.
    ACTUAN = DE_RELOJ
    EN_TRAMITE = (Estado.SOLICITADA, Estado.EN_REVISION)

    nombre = models.CharField("nombre", max_length=120)
    slug = models.SlugField("dirección", max_length=140, unique=True)
    clase = models.CharField("clase", max_length=20, choices=Clase)
    area = models.OneToOneField(
        Area, models.PROTECT, null=True, blank=True, related_name="organizacion", verbose_name="área"
    )
    area_pedida = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="área que pide", editable=False
    )
    # Nulo si está en el municipio pero en ningún distrito.
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="organizaciones", verbose_name="distrito"
    )
    lon = models.FloatField("longitud", null=True, blank=True)
    lat = models.FloatField("latitud", null=True, blank=True)
    referencia = models.CharField("cómo llegar", max_length=160, blank=True)
    personalidad_juridica = models.CharField("personalidad jurídica", max_length=60, blank=True)
    personalidad_autoridad = models.CharField("quién la otorgó", max_length=120, blank=True)
    personalidad_fecha = models.DateField("fecha de la personalidad jurídica", null=True, blank=True)
    personalidad_en_tramite = models.BooleanField("personalidad jurídica en trámite", default=False)
    familias = models.PositiveIntegerField("familias afiliadas", null=True, blank=True)
    telefono = models.CharField("teléfono", max_length=20, blank=True)
    telefono_publico = models.BooleanField("mostrar el teléfono en su página", default=False)
    correo = models.EmailField("correo", max_length=120, blank=True)
    correo_publico = models.BooleanField("mostrar el correo en su página", default=False)
    reunion = models.CharField("dónde y cuándo se reúne", max_length=160, blank=True)
    reunion_publica = models.BooleanField("mostrar el lugar de reunión en su página", default=False)
    estado = models.CharField("estado", max_length=20, choices=Estado, default=Estado.SOLICITADA)
    reservada = models.BooleanField("nunca se publicó", default=False, editable=False)
    observable_hasta = models.DateField("se observa hasta", null=True, blank=True, editable=False)
    publicada_el = models.DateTimeField("publicada el", null=True, blank=True, editable=False)
    vigente_desde = models.DateField("vigente desde", null=True, blank=True, editable=False)
    revision = models.JSONField("revisión de traslapes", default=dict, blank=True, editable=False)
    fuente = models.CharField("fuente del nombre", max_length=160, blank=True)
    registrada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="quién la registró",
    )  # fmt: skip
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
            ),
            models.UniqueConstraint(
                Lower("nombre"),
                "clase",
                condition=Q(distrito__isnull=True),
                name="organizacion_unica_sin_distrito",
                violation_error_message="Ya hay una organización con ese nombre fuera de los distritos.",
            ),
            models.CheckConstraint(
                condition=Q(distrito__isnull=False)
                | Q(area__isnull=False)
                | Q(area_pedida__isnull=False)
                | Q(lon__isnull=False),
                name="organizacion_en_algun_lugar",
                violation_error_message="Elige el distrito o el área de la organización.",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="organizacion_punto_en_el_mundo",
                violation_error_message="El punto va en grados: longitud de -180 a 180 y latitud de -90 a 90.",
            ),
            models.CheckConstraint(
                condition=~Q(estado="publicada") | Q(observable_hasta__isnull=False),
                name="organizacion_publicada_con_plazo",
                violation_error_message="Una organización publicada necesita su plazo para observar.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()} {self.nombre}"

    def get_absolute_url(self) -> str:
        return reverse("organizaciones:organizacion", args=[self.slug])

    def estado_de_hoy(self) -> "Organizacion.Estado":
        """El estado que vale hoy; usa lo anotado por `con_estado_de_hoy()` o pregunta por los mandatos."""
        anotado = getattr(self, "estado_hoy", None)
        if anotado is None:
            anotado = self.estado
            if self.estado in self.DE_RELOJ:
                con_directiva = self.mandatos.vigentes().exists()  # type: ignore[attr-defined]
                anotado = self.Estado.VIGENTE if con_directiva else self.Estado.VENCIDA
        return self.Estado(anotado)

    def estado_en_palabras(self) -> str:
        return str(self.estado_de_hoy().label)

    estado_en_palabras.short_description = "estado de hoy"  # type: ignore[attr-defined]

    @property
    def area_de_referencia(self) -> Area | None:
        """Su área, o la que pidió mientras se revisa."""
        return self.area or self.area_pedida

    @property
    def de_donde(self) -> str:
        """De dónde es la gente que la rodea, para una frase: «del Distrito 3» o «de las OTB sin distrito»."""
        return f"del {self.distrito}" if self.distrito is not None else "de las OTB sin distrito"

    @property
    def contacto_publico(self) -> list[tuple[str, str]]:
        """(rótulo, dato) de lo que consintió mostrar."""
        datos = (
            ("Teléfono", self.telefono, self.telefono_publico),
            ("Correo", self.correo, self.correo_publico),
            ("Se reúne", self.reunion, self.reunion_publica),
        )
        return [(rotulo, dato) for rotulo, dato, publico in datos if publico and dato]


class MandatoQuerySet(ConVigenciaQuerySet):
    def validos(self) -> "MandatoQuerySet":
        """Sin los anulados, que terminaron el mismo día en que empezaban."""
        return self.filter(anulado=False)

    def vigentes(self, dia: datetime.date | None = None) -> ConVigenciaQuerySet:
        return super().vigentes(dia).filter(anulado=False)

    def por_cumplir(self, dia: datetime.date | None = None) -> ConVigenciaQuerySet:
        return super().por_cumplir(dia).filter(anulado=False)


class Mandato(models.Model):
    """Cargo de una persona en la directiva de una organización, con principio y fin."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandatos", verbose_name="persona"
    )
    organizacion = models.ForeignKey(Organizacion, models.PROTECT, related_name="mandatos", verbose_name="organización")
    cargo = models.CharField("cargo", max_length=60)
    desde = models.DateField("desde")
    hasta = models.DateField("hasta")
    acta = models.ForeignKey(
        "cuentas.ActaDeDirectiva", models.PROTECT, null=True, blank=True, related_name="mandatos", verbose_name="acta"
    )
    anulado = models.BooleanField("anulado", default=False, editable=False)

    objects = MandatoQuerySet.as_manager()

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
                condition=Q(anulado=False),
                name="mandato_unico",
                violation_error_message="Ese mandato ya está registrado.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cargo} de {self.organizacion}"
