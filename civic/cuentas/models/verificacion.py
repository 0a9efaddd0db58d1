"""Padrones, identidades verificadas y lo que falta resolver. Ninguna tabla guarda un número de carnet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from civic.cuentas.metodos import OPCIONES
from civic.cuentas.models.organizaciones import Organizacion
from mapas.territorio.models import Area


class PadronQuerySet(models.QuerySet):
    def vigentes(self) -> "PadronQuerySet":
        return self.filter(estado=Padron.Estado.VIGENTE)


class Padron(models.Model):
    """Una versión del padrón de un municipio. Solo la vigente conserva sus filas; de las anteriores queda la ficha."""

    class Estado(models.TextChoices):
        VIGENTE = "vigente", "Vigente"
        ANTERIOR = "anterior", "Anterior"

    municipio = models.ForeignKey(Area, models.PROTECT, related_name="padrones", verbose_name="municipio")
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.VIGENTE)
    filas = models.PositiveIntegerField("personas")
    repetidas = models.PositiveIntegerField("filas repetidas", default=0)
    fecha_corte = models.DateField("fecha de corte", null=True, blank=True)
    huella = models.CharField("SHA-256 del archivo", max_length=64)
    sello = models.CharField("sello de la clave", max_length=16, editable=False)
    importado_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lo subió"
    )
    momento = models.DateTimeField("importado", default=timezone.now)

    objects = PadronQuerySet.as_manager()

    class Meta:
        verbose_name = "padrón"
        verbose_name_plural = "padrones"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipio"],
                condition=Q(estado="vigente"),
                name="padron_vigente_unico",
                violation_error_message="Ese municipio ya tiene un padrón vigente.",
            )
        ]

    def __str__(self) -> str:
        return f"Padrón de {self.municipio} del {timezone.localtime(self.momento):%d/%m/%Y %H:%M}"


class FilaDePadron(models.Model):
    """Una persona del padrón vigente: la huella con clave de su carnet y su fecha juntos, y el lugar que le toca."""

    padron = models.ForeignKey(Padron, models.PROTECT, related_name="personas")
    llave = models.CharField("huella de carnet y fecha", max_length=64)
    lugar = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "fila de padrón"
        verbose_name_plural = "filas de padrón"
        constraints = [models.UniqueConstraint(fields=["padron", "llave"], name="padron_fila_unica")]

    def __str__(self) -> str:
        return "Fila de padrón"


class PadronDeOrganizacionQuerySet(models.QuerySet):
    def vigentes(self) -> "PadronDeOrganizacionQuerySet":
        return self.filter(estado=Padron.Estado.VIGENTE)


class PadronDeOrganizacion(models.Model):
    """Una lista de su gente que cargó la directiva de una organización. Como en Padron, solo la vigente tiene filas."""

    organizacion = models.ForeignKey(Organizacion, models.PROTECT, related_name="padrones")
    estado = models.CharField("estado", max_length=10, choices=Padron.Estado, default=Padron.Estado.VIGENTE)
    filas = models.PositiveIntegerField("personas")
    repetidas = models.PositiveIntegerField("filas repetidas", default=0)
    huella = models.CharField("SHA-256 del archivo", max_length=64)
    sello = models.CharField("sello de la clave", max_length=16, editable=False)
    subido_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="lo subió")
    momento = models.DateTimeField("cargado", default=timezone.now)

    objects = PadronDeOrganizacionQuerySet.as_manager()

    class Meta:
        verbose_name = "padrón de organización"
        verbose_name_plural = "padrones de organizaciones"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organizacion"],
                condition=Q(estado="vigente"),
                name="padron_de_organizacion_unico",
                violation_error_message="Esa organización ya tiene un padrón vigente.",
            )
        ]

    def __str__(self) -> str:
        return f"Padrón de {self.organizacion} del {timezone.localtime(self.momento):%d/%m/%Y %H:%M}"


class FilaDePadronDeOrganizacion(models.Model):
    """Una persona del padrón vigente de una organización: solo la huella con clave de su carnet y su fecha juntos."""

    padron = models.ForeignKey(PadronDeOrganizacion, models.PROTECT, related_name="personas")
    llave = models.CharField("huella de carnet y fecha", max_length=64)

    class Meta:
        verbose_name = "fila de padrón de organización"
        verbose_name_plural = "filas de padrón de organización"
        constraints = [models.UniqueConstraint(fields=["padron", "llave"], name="padron_de_organizacion_fila_unica")]

    def __str__(self) -> str:
        return "Fila de padrón de organización"


class NumeroDeCarnet(models.Model):
    """Un número de carnet sin su complemento, solo su huella: donde se encuentran «1234567» y «1234567-1A».

    Quien toma una identidad bloquea antes la fila de su número; así dos que llegan a la vez se ven.
    """

    huella = models.CharField("huella del número", max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = "número de carnet"
        verbose_name_plural = "números de carnet"

    def __str__(self) -> str:
        return f"Número de carnet {self.pk}"  # nunca la huella


class Identidad(models.Model):
    """Una persona que ya mostró quién es, sin su número: la base no admite dos iguales, ni dos en una cuenta.

    La fila queda aunque la cuenta se cierre o retire su verificación: así nadie vota dos veces cambiando de cuenta.
    """

    huella = models.CharField("huella del carnet", max_length=64, unique=True, editable=False)
    cuenta = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="identidad",
        verbose_name="cuenta",
    )
    # Vacíos en las identidades de antes de que se guardaran; se llenan la próxima vez que la persona muestra su carnet.
    numero = models.ForeignKey(NumeroDeCarnet, models.PROTECT, null=True, related_name="identidades", editable=False)
    nacimiento = models.CharField("huella de la fecha", max_length=64, blank=True, editable=False)
    momento = models.DateTimeField("desde", default=timezone.now)

    class Meta:
        verbose_name = "identidad"
        verbose_name_plural = "identidades"

    def __str__(self) -> str:
        return f"Identidad {self.pk}"  # nunca la huella


class Verificacion(models.Model):
    """Una vez que una cuenta se verificó: cómo, quién lo hizo, dónde vive y hasta cuándo valió. Es la historia."""

    cuenta = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="verificaciones")
    # Con quién se verificó; las anteriores a que se pidiera el carnet no la tienen.
    identidad = models.ForeignKey(Identidad, models.PROTECT, null=True, related_name="verificaciones")
    metodo = models.CharField("cómo", max_length=24, choices=OPCIONES)
    detalle = models.CharField("detalle", max_length=80, blank=True)
    lugar = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    momento = models.DateTimeField("desde", default=timezone.now)
    termino = models.DateTimeField("hasta", null=True)
    por_que = models.CharField("por qué terminó", max_length=80, blank=True)

    class Meta:
        verbose_name = "verificación"
        verbose_name_plural = "verificaciones"
        ordering = ["-momento", "-pk"]
        indexes = [models.Index(fields=["cuenta", "termino"], name="verificacion_de_cuenta")]

    def __str__(self) -> str:
        return f"{self.get_metodo_display()}, {timezone.localtime(self.momento):%d/%m/%Y}"


class ConflictoQuerySet(models.QuerySet):
    def abiertos(self) -> "ConflictoQuerySet":
        return self.filter(estado=ConflictoDeIdentidad.Estado.ABIERTO)


class ConflictoDeIdentidad(models.Model):
    """Dos cuentas dicen ser la misma persona. La primera conserva la identidad hasta que el municipio resuelva."""

    class Estado(models.TextChoices):
        ABIERTO = "abierto", "Por resolver"
        PRIMERA = "primera", "Queda en la primera cuenta"
        SEGUNDA = "segunda", "Pasó a la segunda cuenta"
        NINGUNA = "ninguna", "De ninguna de las dos"
        AMBAS = "ambas", "Son dos personas distintas"

    class Razon(models.TextChoices):
        MISMO_CARNET = "mismo_carnet", "Mismo carnet"
        COMPLEMENTO = "complemento", "Mismo número, con y sin complemento"

    razon = models.CharField("por qué", max_length=12, choices=Razon, default=Razon.MISMO_CARNET)
    identidad = models.ForeignKey(Identidad, models.PROTECT, related_name="conflictos", verbose_name="identidad")
    # La de la segunda cuenta, si las dos están verificadas: mismo número, con y sin complemento.
    otra_identidad = models.ForeignKey(
        Identidad, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="la otra identidad"
    )
    primera = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="cuenta que la tenía"
    )
    segunda = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="cuenta que la pide"
    )
    metodo_primera = models.CharField("cómo se verificó la primera", max_length=24, choices=OPCIONES, blank=True)
    metodo_segunda = models.CharField("cómo lo pide la segunda", max_length=24, choices=OPCIONES)
    lugar_segunda = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="+", verbose_name="dónde dice vivir"
    )
    actor_segunda = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.ABIERTO)
    momento = models.DateTimeField("desde", default=timezone.now)
    resuelto = models.DateTimeField("resuelto", null=True, blank=True)
    resuelto_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="resolvió"
    )
    motivo = models.CharField("motivo", max_length=500, blank=True)

    objects = ConflictoQuerySet.as_manager()

    class Meta:
        verbose_name = "conflicto de identidad"
        verbose_name_plural = "conflictos de identidad"
        ordering = ["momento", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["identidad", "segunda"],
                condition=Q(estado="abierto", razon="mismo_carnet"),
                name="conflicto_abierto_unico",
                violation_error_message="Ese conflicto ya está en la cola.",
            ),
            models.UniqueConstraint(
                fields=["identidad", "otra_identidad"],
                condition=Q(estado="abierto", razon="complemento"),
                name="conflicto_de_complemento_unico",
                violation_error_message="Ese conflicto ya está en la cola.",
            ),
            models.CheckConstraint(condition=~Q(primera=models.F("segunda")), name="conflicto_entre_dos"),
            models.CheckConstraint(
                condition=Q(razon="complemento", otra_identidad__isnull=False)
                | (Q(razon="mismo_carnet", otra_identidad__isnull=True) & ~Q(estado="ambas")),
                name="conflicto_con_su_razon",
            ),
            models.CheckConstraint(
                condition=Q(estado="abierto", resuelto__isnull=True)
                | (~Q(estado="abierto") & Q(resuelto__isnull=False)),
                name="conflicto_resuelto_con_fecha",
            ),
        ]
        # La cola: por estado y del más antiguo al más nuevo, sin recorrer los ya resueltos.
        indexes = [models.Index(fields=["estado", "momento", "id"], name="cola_de_conflictos")]

    def __str__(self) -> str:
        return f"{self.primera} y {self.segunda}"


class PedidoQuerySet(models.QuerySet):
    def pendientes(self) -> "PedidoQuerySet":
        return self.filter(estado=PedidoDeConfirmacion.Estado.PENDIENTE)


class PedidoDeConfirmacion(models.Model):
    """Una persona pide a la directiva de su OTB que confirme que vive ahí. Una confirmación basta; se puede revocar."""

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Espera a la directiva"
        CONFIRMADO = "confirmado", "Confirmado"
        RECHAZADO = "rechazado", "No la conocen ahí"
        REVOCADO = "revocado", "Revocado"
        RETIRADO = "retirado", "Retirado"

    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pedidos_de_confirmacion")
    organizacion = models.ForeignKey(Organizacion, models.PROTECT, related_name="pedidos_de_confirmacion")
    huella = models.CharField("huella del carnet", max_length=64, editable=False)
    numero = models.CharField("huella del número", max_length=64, blank=True, editable=False)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.PENDIENTE)
    momento = models.DateTimeField("pedido", default=timezone.now)
    respondido = models.DateTimeField("respondido", null=True, blank=True)
    respondido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="respondió"
    )

    objects = PedidoQuerySet.as_manager()

    class Meta:
        verbose_name = "pedido de confirmación"
        verbose_name_plural = "pedidos de confirmación"
        ordering = ["momento", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usuario"],
                condition=Q(estado="pendiente"),
                name="pedido_pendiente_unico",
                violation_error_message="Ya tienes un pedido esperando respuesta.",
            )
        ]
        indexes = [models.Index(fields=["organizacion", "estado", "momento"], name="pedidos_de_organizacion")]

    def __str__(self) -> str:
        return f"{self.usuario} pide a {self.organizacion}"
