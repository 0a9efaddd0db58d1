"""Lo de las mesas: a quién se inscribió sin cuenta, y los paquetes de códigos impresos. Nada une persona y código."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from civic.comun.al_azar import ConClaveAlAzar
from civic.cuentas.metodos import OPCIONES
from civic.cuentas.models import Identidad
from mapas.territorio.models import Area
from votaciones.models import Contienda

MAXIMO_DE_CODIGOS = 500


class Inscripcion(models.Model):
    """Una persona sin cuenta que mostró su carnet en una mesa y entró así al padrón provisional de una votación."""

    padron = models.ForeignKey("padron_electoral.PadronElectoral", models.PROTECT, related_name="inscripciones")
    identidad = models.ForeignKey(Identidad, models.PROTECT, related_name="+")
    lugar = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="dónde vive")
    metodo = models.CharField("cómo se verificó", max_length=24, choices=OPCIONES)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="la inscribió")
    momento = models.DateTimeField("inscrita", default=timezone.now)

    class Meta:
        verbose_name = "inscripción en mesa"
        verbose_name_plural = "inscripciones en mesa"
        constraints = [
            models.UniqueConstraint(
                fields=["padron", "identidad"],
                name="inscripcion_unica",
                violation_error_message="Esa persona ya está inscrita.",
            )
        ]

    def __str__(self) -> str:
        return "Inscripción"


class Paquete(models.Model):
    """Códigos impresos de una papeleta, en sobres cerrados, para una mesa. Cuenta los que se entregaron, no a quién."""

    class Estado(models.TextChoices):
        PREPARADO = "preparado", "Por imprimir"
        IMPRESO = "impreso", "Impreso"
        EN_MESA = "en_mesa", "En la mesa"
        CERRADO = "cerrado", "Cerrado"

    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="paquetes", verbose_name="papeleta")
    mesa = models.CharField("mesa", max_length=80)
    codigos = models.PositiveSmallIntegerField("cuántos códigos")
    entregados = models.PositiveSmallIntegerField("entregados", default=0)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PREPARADO)
    preparo = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="lo preparó")
    imprimio = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo imprimió"
    )
    activo = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo llevó"
    )

    class Meta:
        verbose_name = "paquete de códigos"
        verbose_name_plural = "paquetes de códigos"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(codigos__gte=1, codigos__lte=MAXIMO_DE_CODIGOS),
                name="paquete_con_codigos",
                violation_error_message=f"Un paquete tiene de 1 a {MAXIMO_DE_CODIGOS} códigos.",
            ),
            models.CheckConstraint(
                condition=Q(entregados__lte=F("codigos")),
                name="paquete_no_entrega_de_mas",
                violation_error_message="Un paquete no entrega más códigos de los que tiene.",
            ),
            models.CheckConstraint(
                condition=Q(activo__isnull=True) | (Q(imprimio__isnull=False) & ~Q(activo=F("imprimio"))),
                name="paquete_de_dos_personas",
                violation_error_message="Quien imprime un paquete no es quien lo lleva a la mesa.",
            ),
            models.CheckConstraint(
                condition=~Q(estado="en_mesa") | Q(activo__isnull=False),
                name="paquete_en_mesa_con_quien",
                violation_error_message="Un paquete en la mesa dice quién lo llevó.",
            ),
        ]

    def __str__(self) -> str:
        return f"Paquete {self.pk}"

    @property
    def quedan(self) -> int:
        return self.codigos - self.entregados


class CodigoImpreso(ConClaveAlAzar):
    """Un código de un solo uso impreso en papel. Se guarda su huella; no dice a quién se entregó ni cuándo se usó.

    El compromiso es la huella del recibo que dio: con él se repite el mismo envío si se cortó la conexión.
    """

    paquete = models.ForeignKey(Paquete, models.PROTECT, related_name="impresos")
    huella = models.CharField("huella", max_length=64, unique=True, editable=False)
    usado = models.BooleanField("usado", default=False)
    compromiso = models.CharField("huella del recibo", max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "código impreso"
        verbose_name_plural = "códigos impresos"
        constraints = [
            models.CheckConstraint(
                condition=Q(usado=False, compromiso="") | (Q(usado=True) & ~Q(compromiso="")),
                name="codigo_impreso_usado",
                violation_error_message="Un código usado tiene su compromiso.",
            )
        ]

    def __str__(self) -> str:
        return "Código impreso"
