"""Personas, organizaciones de base, mandatos, cargos y residencia."""

import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Permission
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from civic.cuentas.roles import Rol
from mapas.territorio.models import Area, Clase


class Usuario(AbstractUser):
    """Una persona con cuenta. Su nombre público es lo único que ven los demás."""

    nombre_publico = models.CharField(
        "nombre público", max_length=80, help_text="Así te verán en propuestas y comentarios."
    )

    class Meta:
        verbose_name = "persona"
        verbose_name_plural = "personas"
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="usuario_unico_sin_mayusculas", violation_error_message="Ese usuario ya existe."
            )
        ]

    def __str__(self) -> str:
        return self.nombre_publico or self.username

    @cached_property
    def roles_vigentes(self) -> frozenset[str]:
        """Cargos que la persona tiene hoy (una consulta por pedido)."""
        return frozenset(self.asignaciones.vigentes().values_list("rol", flat=True))

    def tiene_rol(self, *roles: str) -> bool:
        return self.is_superuser or bool(self.roles_vigentes.intersection(roles))

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Como en Django, pero lo que da un rol termina el día en que termina el rol, aunque el grupo siga puesto."""
        if not super().has_perm(perm, obj):
            return False
        return self.is_superuser or perm in self._permisos_vigentes

    @cached_property
    def _permisos_vigentes(self) -> frozenset[str]:
        vencidos = set(Rol.values) - self.roles_vigentes
        grupos = self.groups.exclude(name__in=vencidos)
        permisos = Permission.objects.filter(Q(user=self) | Q(group__in=grupos))
        return frozenset(
            f"{aplicacion}.{codigo}"
            for aplicacion, codigo in permisos.values_list("content_type__app_label", "codename").order_by()
        )

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def residencia_o_nada(self) -> "Residencia | None":
        """Su residencia con distrito y OTB ya cargados, o None si no la declaró."""
        return (
            Residencia.objects.select_related("otb", "distrito")
            .defer("otb__geometria", "distrito__geometria")
            .filter(usuario=self)
            .first()
        )

    @cached_property
    def mandatos_vigentes(self) -> list["Mandato"]:
        """Mandatos que la persona ejerce hoy, con su organización cargada."""
        return list(
            self.mandatos.vigentes().select_related("organizacion__distrito").defer("organizacion__distrito__geometria")
        )


class Residencia(models.Model):
    """Dónde vive una persona: primero declarada, después verificada."""

    class Nivel(models.TextChoices):
        DECLARADA = "declarada", "Declarada"
        VERIFICADA = "verificada", "Verificada"

    usuario = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="residencia", verbose_name="persona"
    )
    otb = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="residentes", verbose_name="OTB o comunidad"
    )
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="residentes_del_distrito", verbose_name="distrito")
    nivel = models.CharField("nivel", max_length=12, choices=Nivel, default=Nivel.DECLARADA)
    metodo = models.CharField("cómo se verificó", max_length=40, blank=True)
    verificada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="verificó"
    )
    momento = models.DateTimeField("desde", default=timezone.now)

    class Meta:
        verbose_name = "residencia"
        verbose_name_plural = "residencias"

    def __str__(self) -> str:
        return f"{self.usuario} vive en {self.otb or self.distrito}"

    @property
    def esta_verificada(self) -> bool:
        return self.nivel == self.Nivel.VERIFICADA


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


class ConVigenciaQuerySet(models.QuerySet):
    def vigentes(self, dia: datetime.date | None = None) -> "ConVigenciaQuerySet":
        dia = dia or timezone.localdate()
        return self.filter(desde__lte=dia).filter(Q(hasta__isnull=True) | Q(hasta__gte=dia))

    def por_cumplir(self, dia: datetime.date | None = None) -> "ConVigenciaQuerySet":
        """Los en curso y los que todavía no empezaron."""
        dia = dia or timezone.localdate()
        return self.filter(Q(hasta__isnull=True) | Q(hasta__gte=dia))


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


class AsignacionRol(models.Model):
    """Cargo público de una persona en la plataforma, con su alcance y su plazo."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="asignaciones", verbose_name="persona"
    )
    rol = models.CharField("rol", max_length=24, choices=Rol)
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="solo en el distrito"
    )
    unidad = models.CharField("unidad", max_length=80, blank=True)
    desde = models.DateField("desde", default=timezone.localdate)
    hasta = models.DateField("hasta", null=True, blank=True)

    objects = ConVigenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "rol asignado"
        verbose_name_plural = "roles asignados"
        ordering = ["rol", "usuario"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde")),
                name="rol_en_orden",
                violation_error_message="El rol debe terminar después de empezar.",
            ),
            models.UniqueConstraint(
                fields=["usuario", "rol", "desde"],
                name="rol_unico",
                violation_error_message="Esa persona ya tiene ese rol desde esa fecha.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rol_display()}: {self.usuario}"
