"""Personas y dónde viven."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Permission
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from civic.cuentas.metodos import OPCIONES
from civic.cuentas.roles import Rol, roles_con_llave
from mapas.territorio.models import Area

if TYPE_CHECKING:
    from civic.cuentas.models.organizaciones import Mandato
    from civic.cuentas.models.roles import AsignacionRol


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

    def roles_de_hoy(self) -> frozenset[str]:
        """Cargos que la persona tiene hoy, los pueda usar en esta sesión o no."""
        return frozenset(self.asignaciones.vigentes().values_list("rol", flat=True))

    @cached_property
    def llaves_guardadas(self) -> bool:
        """Si en esta sesión no puede usar lo que abre la trastienda, porque no pasó el segundo paso.

        La pregunta la pone `civic.cuentas.seguridad.marcar`; fuera de una sesión (órdenes, acciones) no hay llaves que
        guardar.
        """
        paso = self.__dict__.get("_paso_el_segundo")
        return paso is not None and not paso()

    @cached_property
    def roles_vigentes(self) -> frozenset[str]:
        """Cargos que la persona puede usar hoy y en esta sesión (una consulta por pedido)."""
        roles = self.roles_de_hoy()
        return roles - roles_con_llave() if roles and self.llaves_guardadas else roles

    @property
    def es_tecnica(self) -> bool:
        """Si en esta sesión puede obrar como administración técnica: lo es y pasó el segundo paso."""
        return self.is_superuser and not self.llaves_guardadas

    @property
    def asignaciones_en_uso(self) -> "models.QuerySet[AsignacionRol]":
        """Sus roles de hoy con alcance y unidad: solo los que puede usar en esta sesión."""
        return self.asignaciones.vigentes().filter(rol__in=self.roles_vigentes)

    def tiene_rol(self, *roles: str) -> bool:
        return self.es_tecnica or bool(self.roles_vigentes.intersection(roles))

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Como en Django, pero lo que da un rol termina el día en que termina el rol, aunque el grupo siga puesto."""
        if not super().has_perm(perm, obj) or self.llaves_guardadas:
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
        return Residencia.objects.select_related("otb", "distrito").filter(usuario=self).first()

    @cached_property
    def mandatos_vigentes(self) -> list["Mandato"]:
        """Mandatos que la persona ejerce hoy, con su organización cargada."""
        return list(self.mandatos.vigentes().select_related("organizacion__distrito"))


class ResidenciaQuerySet(models.QuerySet):
    def habilitadas(self) -> "ResidenciaQuerySet":
        """Las que dan derecho a votar (ver Residencia.esta_verificada)."""
        return self.filter(nivel__in=niveles_que_habilitan())


def niveles_que_habilitan() -> tuple[str, ...]:
    """La verificada; y, si el municipio lo decidió (AYNI_VOTA_CON_IDENTIDAD), la que tiene identidad verificada."""
    if settings.VOTA_CON_IDENTIDAD:
        return (Residencia.Nivel.VERIFICADA, Residencia.Nivel.IDENTIDAD)
    return (Residencia.Nivel.VERIFICADA,)


class Residencia(models.Model):
    """Dónde vive una persona: primero declarada, después verificada. Aquí lo de hoy; lo anterior, en Verificacion."""

    class Nivel(models.TextChoices):
        DECLARADA = "declarada", "Declarada"
        IDENTIDAD = "identidad", "Identidad verificada, residencia declarada"
        VERIFICADA = "verificada", "Verificada"

    usuario = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="residencia", verbose_name="persona"
    )
    otb = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="residentes", verbose_name="OTB o comunidad"
    )
    # Nulo si su OTB cuelga directamente del municipio.
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="residentes_del_distrito", verbose_name="distrito"
    )
    nivel = models.CharField("nivel", max_length=12, choices=Nivel, default=Nivel.DECLARADA)
    metodo = models.CharField("cómo se verificó", max_length=24, choices=OPCIONES, blank=True)
    detalle = models.CharField("detalle", max_length=80, blank=True)
    verificada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="verificó"
    )
    momento = models.DateTimeField("desde", default=timezone.now)

    objects = ResidenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "residencia"
        verbose_name_plural = "residencias"
        constraints = [
            models.CheckConstraint(
                condition=~Q(nivel="declarada") | Q(metodo=""),
                name="residencia_declarada_sin_metodo",
                violation_error_message="Una residencia solo declarada no tiene modo de verificación.",
            ),
            models.CheckConstraint(
                condition=Q(distrito__isnull=False) | Q(otb__isnull=False),
                name="residencia_en_algun_lugar",
                violation_error_message="Elige tu OTB o tu distrito.",
            ),
        ]
        # Los totales por modo de un distrito, y la lista de la trastienda.
        indexes = [models.Index(fields=["distrito", "nivel", "metodo"], name="residencias_por_metodo")]

    def __str__(self) -> str:
        return f"{self.usuario} vive en {self.lugar}"

    @property
    def esta_verificada(self) -> bool:
        return self.nivel in niveles_que_habilitan()

    @property
    def lugar(self) -> Area:
        """Lo más preciso que se sabe: la OTB o, si no, el distrito."""
        return self.otb or self.distrito  # type: ignore[return-value]  # residencia_en_algun_lugar: una de las dos está

    @property
    def donde(self) -> str:
        """«OTB Molle, Distrito 1», o lo que haya de las dos cosas."""
        return ", ".join(str(area) for area in (self.otb, self.distrito) if area is not None)
