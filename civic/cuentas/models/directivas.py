"""Actas que entregan el mandato, sus escaneos, y las observaciones al registro de una organización."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from civic.cuentas.models.organizaciones import Organizacion
from mapas.territorio.models import Area


def _token() -> str:
    return secrets.token_urlsafe(16)


class Escaneo(models.Model):
    """Hojas de un acta, escaneadas o fotografiadas. Solo la ven personas autorizadas, salvo que se publique."""

    class Formato(models.TextChoices):
        PDF = "pdf", "PDF"
        WEBP = "webp", "Imagen"

    token = models.CharField("nombre", max_length=32, unique=True, default=_token, editable=False)
    formato = models.CharField("formato", max_length=4, choices=Formato)
    peso = models.PositiveIntegerField("bytes")
    huella = models.CharField("SHA-256", max_length=64)
    subido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="subido por"
    )
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "escaneo"
        verbose_name_plural = "escaneos"

    def __str__(self) -> str:
        return f"Escaneo {self.pk} ({self.get_formato_display()})"

    @property
    def ruta(self) -> str:
        return f"escaneos/{self.token[:2]}/{self.token}.{self.formato}"


class ActaDeDirectivaQuerySet(models.QuerySet):
    def pendientes(self) -> "ActaDeDirectivaQuerySet":
        return self.filter(estado=ActaDeDirectiva.Estado.PENDIENTE)

    def confirmadas(self) -> "ActaDeDirectivaQuerySet":
        return self.filter(estado=ActaDeDirectiva.Estado.CONFIRMADA)


class ActaDeDirectiva(models.Model):
    """Acta firmada que nombra una directiva. Al confirmarla otra persona, los mandatos pasan de mano de una vez."""

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Por revisar"
        CONFIRMADA = "confirmada", "Confirmada"
        RECHAZADA = "rechazada", "Rechazada"

    organizacion = models.ForeignKey(Organizacion, models.PROTECT, related_name="actas", verbose_name="organización")
    # La directiva que reemplaza: dos actas que reemplazan a la misma no pueden valer las dos.
    anterior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="siguientes", verbose_name="reemplaza a"
    )
    fecha = models.DateField("fecha de la asamblea")
    lugar = models.CharField("dónde fue", max_length=160, blank=True)
    presentes = models.PositiveIntegerField("personas presentes")
    mujeres = models.PositiveSmallIntegerField("mujeres en la directiva", null=True, blank=True)
    hombres = models.PositiveSmallIntegerField("hombres en la directiva", null=True, blank=True)
    desde = models.DateField("la directiva empieza")
    hasta = models.DateField("la directiva termina")
    escaneo = models.OneToOneField(Escaneo, models.PROTECT, related_name="acta", verbose_name="escaneo")
    escaneo_publico = models.BooleanField("mostrar el escaneo a todas las personas", default=False)
    registrada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="la presentó"
    )
    calidad = models.CharField("en calidad de", max_length=120, blank=True)
    registrada = models.DateTimeField("presentada", default=timezone.now)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.PENDIENTE)
    resuelta_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="la revisó"
    )
    resuelta = models.DateTimeField("revisada", null=True, blank=True)
    motivo = models.TextField("motivo", blank=True)

    objects = ActaDeDirectivaQuerySet.as_manager()

    class Meta:
        verbose_name = "acta de directiva"
        verbose_name_plural = "actas de directiva"
        ordering = ["-registrada"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hasta__gte=F("desde")),
                name="acta_periodo_en_orden",
                violation_error_message="La directiva debe terminar después de empezar.",
            ),
            models.CheckConstraint(
                condition=Q(presentes__gte=1),
                name="acta_con_presentes",
                violation_error_message="Escribe cuántas personas estuvieron.",
            ),
            models.CheckConstraint(
                condition=Q(estado="pendiente", resuelta__isnull=True)
                | (~Q(estado="pendiente") & Q(resuelta__isnull=False)),
                name="acta_resuelta_con_fecha",
                violation_error_message="Un acta revisada lleva la fecha de su revisión.",
            ),
            models.CheckConstraint(
                condition=~Q(resuelta_por=F("registrada_por")),
                name="acta_la_revisa_otra_persona",
                violation_error_message="Nadie revisa el acta que presentó.",
            ),
            models.UniqueConstraint(
                fields=["organizacion", "registrada_por"],
                condition=Q(estado="pendiente"),
                name="acta_pendiente_unica_por_persona",
                violation_error_message="Ya presentaste un acta que se está revisando.",
            ),
            models.UniqueConstraint(
                fields=["organizacion", "anterior"],
                condition=Q(estado="confirmada"),
                name="acta_reemplaza_una_vez",
                violation_error_message="Otra acta ya reemplazó a esa directiva.",
            ),
            models.UniqueConstraint(
                fields=["organizacion"],
                condition=Q(estado="confirmada", anterior__isnull=True),
                name="acta_primera_unica",
                violation_error_message="Esa organización ya tiene una primera acta confirmada.",
            ),
        ]

    def __str__(self) -> str:
        return f"Acta del {self.fecha:%d/%m/%Y} de {self.organizacion}"

    @property
    def distrito(self) -> Area | None:
        return self.organizacion.distrito


class CargoDeActa(models.Model):
    """Un renglón de la directiva en el acta: cargo, nombre y, si tiene, la cuenta de la persona."""

    acta = models.ForeignKey(ActaDeDirectiva, models.PROTECT, related_name="cargos", verbose_name="acta")
    orden = models.PositiveSmallIntegerField("orden")
    cargo = models.CharField("cargo", max_length=60)
    nombre = models.CharField("nombre", max_length=120)
    # Lo que escribió quien presentó el acta: no se le dice si existe, para que nadie pruebe usuarios.
    usuario_escrito = models.CharField("usuario en Ayni", max_length=150, blank=True)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cuenta"
    )

    class Meta:
        verbose_name = "cargo del acta"
        verbose_name_plural = "cargos del acta"
        ordering = ["acta", "orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["acta", "orden"],
                name="cargo_de_acta_unico",
                violation_error_message="Ese renglón del acta ya está.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cargo}: {self.nombre}"


class ObservacionQuerySet(models.QuerySet):
    def abiertas(self) -> "ObservacionQuerySet":
        return self.filter(estado=ObservacionDeRegistro.Estado.ABIERTA)


class ObservacionDeRegistro(models.Model):
    """Lo que una persona del distrito objeta al registro de una organización durante su plazo público."""

    class Estado(models.TextChoices):
        ABIERTA = "abierta", "Por responder"
        ACEPTADA = "aceptada", "Aceptada"
        DESESTIMADA = "desestimada", "Desestimada"

    organizacion = models.ForeignKey(
        Organizacion, models.PROTECT, related_name="observaciones", verbose_name="organización"
    )
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="quién observa")
    texto = models.TextField("qué observa")
    momento = models.DateTimeField("presentada", default=timezone.now)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.ABIERTA)
    respuesta = models.TextField("respuesta", blank=True)
    respondida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="respondió"
    )
    respondida = models.DateTimeField("respondida", null=True, blank=True)
    oculta = models.BooleanField("texto oculto por moderación", default=False)
    motivo_oculta = models.CharField("por qué se ocultó", max_length=200, blank=True)

    objects = ObservacionQuerySet.as_manager()

    class Meta:
        verbose_name = "observación"
        verbose_name_plural = "observaciones"
        ordering = ["-momento"]
        constraints = [
            models.UniqueConstraint(
                fields=["organizacion", "autor"],
                condition=Q(estado="abierta"),
                name="observacion_abierta_unica",
                violation_error_message="Ya tienes una observación por responder.",
            ),
            models.CheckConstraint(
                condition=Q(estado="abierta", respondida__isnull=True)
                | (~Q(estado="abierta") & Q(respondida__isnull=False) & ~Q(respuesta="")),
                name="observacion_respondida_con_razon",
                violation_error_message="Una observación se decide con su razón.",
            ),
            models.CheckConstraint(
                condition=~Q(respondida_por=F("autor")),
                name="observacion_la_decide_otra_persona",
                violation_error_message="Nadie decide su propia observación.",
            ),
        ]

    def __str__(self) -> str:
        return f"Observación a {self.organizacion}"

    @property
    def distrito(self) -> Area | None:
        return self.organizacion.distrito
