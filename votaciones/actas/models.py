"""Actas de asamblea: qué priorizó la base, con cuánta gente, cuánto dinero y qué papel lo prueba."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.models import Organizacion
from civic.procesos.models import Proceso
from mapas.territorio.models import Area
from propuestas.models import Propuesta
from votaciones.actas.reglas import asamblea
from votaciones.actas.reglas.vida import CERRADAS, FICHAS, OPCIONES_ESTADO, RESERVADOS, VIVAS, Estado, FichaDeEstado


def _token() -> str:
    return secrets.token_urlsafe(16)


def _persona(rotulo: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=rotulo,
    )


class ReglamentoDeActas(models.Model):
    """Cómo son las asambleas de un proceso: quórum, plazo para observar y, si lo hay, techo por organización."""

    proceso = models.OneToOneField(
        Proceso, models.PROTECT, related_name="reglamento_de_actas", verbose_name="proceso", editable=False
    )
    quorum_primera = models.PositiveSmallIntegerField(
        "quórum en primera convocatoria: más de este por ciento",
        default=asamblea.QUORUM_PRIMERA,
        validators=[MaxValueValidator(100)],
    )
    quorum_segunda = models.PositiveSmallIntegerField(
        "quórum en segunda convocatoria: más de este por ciento",
        default=asamblea.QUORUM_SEGUNDA,
        validators=[MaxValueValidator(100)],
    )
    dias_de_observacion = models.PositiveSmallIntegerField(
        "días hábiles para observar",
        default=asamblea.DIAS_DE_OBSERVACION,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    techo_por_organizacion = models.DecimalField(
        "techo por organización en Bs",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Vacío: las asambleas de cada organización se miden con el techo de su distrito y sector.",
    )

    class Meta:
        verbose_name = "reglamento de actas"
        verbose_name_plural = "reglamentos de actas"
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_primera__lte=100, quorum_segunda__lte=F("quorum_primera")),
                name="reglamento_quorum_posible",
                violation_error_message="El quórum va de 0 a 100 y el de segunda convocatoria no pasa del de primera.",
            ),
            models.CheckConstraint(
                condition=Q(dias_de_observacion__gte=1, dias_de_observacion__lte=60),
                name="reglamento_con_plazo",
                violation_error_message="El plazo para observar va de 1 a 60 días hábiles.",
            ),
            models.CheckConstraint(
                condition=Q(techo_por_organizacion__isnull=True) | Q(techo_por_organizacion__gt=0),
                name="reglamento_techo_positivo",
                violation_error_message="El techo debe ser mayor a cero.",
            ),
        ]

    def __str__(self) -> str:
        return f"Actas de {self.proceso}"

    def quorum_de(self, convocatoria: int) -> int:
        return self.quorum_primera if convocatoria == 1 else self.quorum_segunda


class ActaQuerySet(models.QuerySet):
    def publicas(self) -> "ActaQuerySet":
        """Las que cualquiera puede ver: desde que se publicaron para observarlas."""
        return self.filter(publicada__isnull=False)

    def vivas(self) -> "ActaQuerySet":
        return self.filter(estado__in=VIVAS)

    def con_lugar(self) -> "ActaQuerySet":
        return self.select_related("proceso", "organizacion", "distrito", "enmienda_de")

    def con_total(self) -> "ActaQuerySet":
        """Anota `suma`, lo priorizado en Bs."""
        return self.annotate(suma=models.Sum("renglones__monto"))


class Acta(models.Model):
    """Lo que una asamblea decidió, escrito y firmado. Aprobada no cambia nunca: la base también lo impide."""

    class Tipo(models.TextChoices):
        ASAMBLEA = "asamblea", "Asamblea de la organización"
        EXTRAORDINARIA = "extraordinaria", "Asamblea extraordinaria"
        AMPLIADO = "ampliado", "Ampliado o cumbre de distrito"

    class Forma(models.TextChoices):
        MANO_ALZADA = "mano_alzada", "Mano alzada"
        FILA = "fila", "Filas"
        PAPELETA = "papeleta", "Papeleta"
        CONSENSO = "consenso", "Consenso o aclamación"

    class Convocatoria(models.IntegerChoices):
        PRIMERA = 1, "Primera"
        SEGUNDA = 2, "Segunda"

    class Idioma(models.TextChoices):
        CASTELLANO = "es", "Castellano"
        QUECHUA = "qu", "Quechua"
        AYMARA = "ay", "Aymara"

    numero = models.CharField("número", max_length=30, unique=True, editable=False)
    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="actas", verbose_name="proceso")
    tipo = models.CharField("clase de asamblea", max_length=15, choices=Tipo)
    organizacion = models.ForeignKey(
        Organizacion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actas_de_asamblea",
        verbose_name="organización",
    )
    distrito = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="actas_de_asamblea", verbose_name="distrito"
    )
    enmienda_de = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="enmiendas", verbose_name="enmienda a"
    )
    fecha = models.DateField("fecha de la asamblea", null=True, blank=True)
    lugar = models.CharField("dónde fue", max_length=160, blank=True)
    convocatoria = models.PositiveSmallIntegerField("convocatoria", choices=Convocatoria, default=Convocatoria.PRIMERA)
    idioma = models.CharField("idioma de la asamblea", max_length=2, choices=Idioma, default=Idioma.CASTELLANO)
    habilitados = models.PositiveIntegerField("personas que podían participar", null=True, blank=True)
    presentes = models.PositiveIntegerField("personas presentes", null=True, blank=True)
    mujeres = models.PositiveIntegerField("mujeres", null=True, blank=True)
    hombres = models.PositiveIntegerField("hombres", null=True, blank=True)
    forma = models.CharField("cómo se decidió", max_length=12, choices=Forma, default=Forma.MANO_ALZADA)
    acuerdo = models.TextField("acuerdo", max_length=2000, blank=True)
    firmantes = models.JSONField("cargos de quienes firman", default=list, blank=True)
    estado = models.CharField(
        "estado", max_length=22, choices=OPCIONES_ESTADO, default=Estado.BORRADOR.value, db_index=True, editable=False
    )
    # Lo que se firmó, tal cual, y su huella.
    contenido = models.TextField("contenido firmado", blank=True, editable=False)
    huella = models.CharField("SHA-256 del contenido", max_length=64, blank=True, editable=False, db_index=True)
    firmada = models.DateTimeField("firmada", null=True, blank=True, editable=False)
    publicada = models.DateTimeField("publicada para observación", null=True, blank=True, editable=False)
    observable_hasta = models.DateField("se observa hasta", null=True, blank=True, editable=False)
    aprobada = models.DateTimeField("aprobada", null=True, blank=True, editable=False)
    creada_por = _persona("la escribió")
    calidad = models.CharField("en calidad de", max_length=120, blank=True, editable=False)
    firmada_por = _persona("la firmó en la plataforma")
    validada_por = _persona("la validó")
    aprobada_por = _persona("la aprobó")
    # La hora del teléfono puede estar mal: se guardan las dos.
    escrita_en_aparato = models.DateTimeField("hora del teléfono", null=True, blank=True, editable=False)
    creada = models.DateTimeField("recibida", default=timezone.now, editable=False)
    cambiada = models.DateTimeField("último cambio", auto_now=True)

    objects = ActaQuerySet.as_manager()

    class Meta:
        verbose_name = "acta"
        verbose_name_plural = "actas"
        ordering = ["-fecha", "-pk"]
        indexes = [models.Index(fields=["proceso", "distrito", "estado"], name="acta_por_distrito")]
        constraints = [
            models.UniqueConstraint(
                fields=["proceso", "organizacion", "tipo"],
                condition=Q(estado__in=VIVAS, enmienda_de__isnull=True, organizacion__isnull=False),
                name="acta_unica_por_organizacion",
                violation_error_message="Esa organización ya tiene un acta de esa clase en este proceso.",
            ),
            models.UniqueConstraint(
                fields=["proceso", "distrito", "tipo"],
                condition=Q(estado__in=VIVAS, enmienda_de__isnull=True, organizacion__isnull=True),
                name="acta_unica_por_distrito",
                violation_error_message="Ese distrito ya tiene un acta de esa clase en este proceso.",
            ),
            models.UniqueConstraint(
                fields=["enmienda_de"],
                condition=~Q(estado=Estado.ANULADA.value),
                name="acta_una_enmienda_a_la_vez",
                violation_error_message="Esa acta ya tiene una enmienda.",
            ),
            models.CheckConstraint(
                condition=Q(tipo="ampliado", organizacion__isnull=True, distrito__isnull=False)
                | (~Q(tipo="ampliado") & Q(organizacion__isnull=False)),
                name="acta_de_alguien",
                violation_error_message="Un ampliado es de un distrito; las demás asambleas, de una organización.",
            ),
            models.CheckConstraint(
                condition=Q(estado__in=[Estado.BORRADOR.value, Estado.ANULADA.value])
                | (~Q(huella="") & ~Q(contenido="") & Q(firmada__isnull=False, fecha__isnull=False)),
                name="acta_firmada_con_huella",
                violation_error_message="Un acta firmada lleva su contenido, su huella y sus fechas.",
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=CERRADAS) | Q(aprobada__isnull=False, observable_hasta__isnull=False),
                name="acta_aprobada_con_fechas",
                violation_error_message="Un acta aprobada lleva su fecha y su plazo de observación.",
            ),
            models.CheckConstraint(
                condition=(~Q(aprobada_por=F("creada_por")) | Q(aprobada_por__isnull=True))
                & (~Q(validada_por=F("creada_por")) | Q(validada_por__isnull=True))
                & (~Q(aprobada_por=F("validada_por")) | Q(aprobada_por__isnull=True)),
                name="acta_la_decide_otra_persona",
                violation_error_message="Quien la hizo no la valida ni la aprueba, y quien la validó no la aprueba.",
            ),
            models.CheckConstraint(
                condition=Q(presentes__isnull=True) | Q(habilitados__isnull=True) | Q(presentes__lte=F("habilitados")),
                name="acta_presentes_habilitados",
                violation_error_message="Estuvieron más personas que las habilitadas: revisa las cifras.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero}: {self.de_quien}"

    def get_absolute_url(self) -> str:
        return reverse("actas:acta", args=[self.numero])

    @property
    def de_quien(self) -> str:
        return str(self.organizacion or self.distrito)

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[self.estado]

    @property
    def es_publica(self) -> bool:
        return self.publicada is not None

    @property
    def es_reservada(self) -> bool:
        return self.estado in RESERVADOS and self.publicada is None

    @property
    def es_de_distrito(self) -> bool:
        return self.tipo == self.Tipo.AMPLIADO


class Renglon(models.Model):
    """Un proyecto priorizado en un acta: su orden, su monto y sus votos."""

    acta = models.ForeignKey(Acta, models.PROTECT, related_name="renglones", verbose_name="acta")
    orden = models.PositiveSmallIntegerField("orden")
    propuesta = models.ForeignKey(
        Propuesta, models.PROTECT, null=True, blank=True, related_name="en_actas", verbose_name="propuesta"
    )
    descripcion = models.CharField("proyecto", max_length=200)
    monto = models.DecimalField("monto en Bs", max_digits=14, decimal_places=2, null=True, blank=True)
    a_favor = models.PositiveIntegerField("a favor", null=True, blank=True)
    en_contra = models.PositiveIntegerField("en contra", default=0)
    abstenciones = models.PositiveIntegerField("abstenciones", default=0)

    class Meta:
        verbose_name = "proyecto del acta"
        verbose_name_plural = "proyectos del acta"
        ordering = ["acta", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["acta", "orden"], name="renglon_en_su_lugar"),
            models.UniqueConstraint(
                fields=["acta", "propuesta"],
                name="renglon_propuesta_una_vez",
                violation_error_message="Esa propuesta ya está en el acta.",
            ),
            models.CheckConstraint(
                condition=Q(monto__isnull=True) | Q(monto__gt=0),
                name="renglon_monto_positivo",
                violation_error_message="El monto debe ser mayor a cero.",
            ),
        ]

    def __str__(self) -> str:
        return self.descripcion


class Hoja(models.Model):
    """Foto o escaneo del papel firmado. Lleva nombres y firmas: la ven quienes la hacen y quienes la revisan."""

    class Formato(models.TextChoices):
        PDF = "pdf", "PDF"
        WEBP = "webp", "Imagen"

    acta = models.ForeignKey(Acta, models.PROTECT, related_name="hojas", verbose_name="acta")
    token = models.CharField("nombre", max_length=32, unique=True, default=_token, editable=False)
    formato = models.CharField("formato", max_length=4, choices=Formato)
    peso = models.PositiveIntegerField("bytes")
    huella = models.CharField("SHA-256", max_length=64)
    subida_por = _persona("la subió")
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "hoja del acta"
        verbose_name_plural = "hojas del acta"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["acta", "huella"], name="hoja_una_vez")]

    def __str__(self) -> str:
        return f"Hoja {self.pk} ({self.get_formato_display()})"

    @property
    def ruta(self) -> str:
        return f"actas/{self.token[:2]}/{self.token}.{self.formato}"


class PdfFirmado(models.Model):
    """El PDF del acta con firmas digitales, y lo que se comprobó de ellas ese día."""

    acta = models.ForeignKey(Acta, models.PROTECT, related_name="firmados", verbose_name="acta")
    token = models.CharField("nombre", max_length=32, unique=True, default=_token, editable=False)
    peso = models.PositiveIntegerField("bytes")
    huella = models.CharField("SHA-256 del archivo", max_length=64)
    huella_del_acta = models.CharField("SHA-256 del acta", max_length=64)
    valido = models.BooleanField("todas sus firmas valen")
    misma_hoja = models.BooleanField("empieza con la hoja que emitió Ayni")
    firmas = models.JSONField("firmas", default=list)
    subido_por = _persona("lo subió")
    momento = models.DateTimeField("comprobado", default=timezone.now)

    class Meta:
        verbose_name = "PDF firmado"
        verbose_name_plural = "PDF firmados"
        ordering = ["-momento", "-pk"]
        constraints = [models.UniqueConstraint(fields=["acta", "huella"], name="pdf_firmado_una_vez")]

    def __str__(self) -> str:
        return f"PDF firmado de {self.acta.numero}"

    @property
    def ruta(self) -> str:
        return f"actas/{self.token[:2]}/{self.token}.firmado.pdf"


class ObservacionDeActa(models.Model):
    """Lo que una persona de la base objeta de un acta durante su plazo público."""

    class Estado(models.TextChoices):
        ABIERTA = "abierta", "Por responder"
        ACEPTADA = "aceptada", "Aceptada"
        DESESTIMADA = "desestimada", "Desestimada"

    acta = models.ForeignKey(Acta, models.PROTECT, related_name="observaciones", verbose_name="acta")
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="quién observa")
    calidad = models.CharField("en calidad de", max_length=120)
    texto = models.TextField("qué observa", max_length=2000)
    momento = models.DateTimeField("presentada", default=timezone.now)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.ABIERTA)
    # A qué versión firmada se le hizo: corregida y publicada de nuevo, ya no la detiene.
    huella_del_acta = models.CharField("SHA-256 del acta", max_length=64)
    respuesta = models.TextField("respuesta", max_length=2000, blank=True)
    respondida_por = _persona("respondió")
    respondida = models.DateTimeField("respondida", null=True, blank=True)

    class Meta:
        verbose_name = "observación al acta"
        verbose_name_plural = "observaciones a las actas"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["acta", "autor", "huella_del_acta"],
                name="observacion_una_por_persona",
                violation_error_message="Ya observaste esta acta.",
            ),
            models.CheckConstraint(
                condition=Q(estado="abierta", respondida__isnull=True)
                | (~Q(estado="abierta") & Q(respondida__isnull=False) & ~Q(respuesta="")),
                name="observacion_de_acta_con_razon",
                violation_error_message="Una observación se decide con su razón.",
            ),
            models.CheckConstraint(
                condition=~Q(respondida_por=F("autor")) | Q(respondida_por__isnull=True),
                name="observacion_de_acta_otra_persona",
                violation_error_message="Nadie decide su propia observación.",
            ),
        ]

    def __str__(self) -> str:
        return f"Observación a {self.acta.numero}"


class Envio(models.Model):
    """La misma asamblea enviada por otra persona: se guarda entera al lado del acta hasta que se elige una."""

    class Estado(models.TextChoices):
        POR_ELEGIR = "por_elegir", "Por elegir"
        ELEGIDO = "elegido", "Elegido"
        DESCARTADO = "descartado", "No elegido"

    acta = models.ForeignKey(Acta, models.PROTECT, related_name="envios", verbose_name="acta")
    datos = models.JSONField("lo que se envió")
    huella = models.CharField("SHA-256 de lo enviado", max_length=64)
    autor = _persona("lo envió")
    calidad = models.CharField("en calidad de", max_length=120, blank=True)
    escrito_en_aparato = models.DateTimeField("hora del teléfono", null=True, blank=True)
    recibido = models.DateTimeField("recibido", default=timezone.now)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.POR_ELEGIR)
    elegido_por = _persona("lo decidió")

    class Meta:
        verbose_name = "envío de acta"
        verbose_name_plural = "envíos de actas"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["acta", "autor", "huella"], name="envio_una_vez")]

    def __str__(self) -> str:
        return f"Envío {self.pk} de {self.acta.numero}"
