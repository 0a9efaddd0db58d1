"""Procesos participativos, sus fases, sus techos presupuestarios y los catálogos de categorías y de fuentes."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from civic.procesos import reglas
from civic.procesos.reglas import formula as formulas
from civic.procesos.reglas import techos as reglas_de_techos
from mapas.territorio.models import Area

# Entre estas fechas cabe todo proceso; fuera de ellas alguien escribió mal el año (y el año 9999 no cabe en UTC).
PRIMER_DIA = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
ULTIMO_DIA = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
EN_UN_PLAZO_REAL = [
    MinValueValidator(PRIMER_DIA, "Revisa el año: la fecha debe estar entre 2000 y 2099."),
    MaxValueValidator(ULTIMO_DIA, "Revisa el año: la fecha debe estar entre 2000 y 2099."),
]


def texto_que_se_guarda(texto: str) -> None:
    """Rechaza lo que una de las dos bases no guarda: el carácter nulo y los sustitutos sueltos."""
    if "\x00" in texto or any("\ud800" <= letra <= "\udfff" for letra in texto):
        raise ValidationError("Hay caracteres que no se pueden guardar. Bórralos o escríbelo de nuevo.", code="roto")


TEXTO = [texto_que_se_guarda]


class Categoria(models.Model):
    """Clase de necesidad: agua, vías, educación…"""

    codigo = models.SlugField("código", max_length=30, unique=True)
    nombre = models.CharField("nombre", max_length=80, validators=TEXTO)
    icono = models.CharField("icono", max_length=40, validators=TEXTO, help_text="Nombre de un icono de Lucide.")
    sector_oc4ids = models.CharField("sector OC4IDS", max_length=60, blank=True, validators=TEXTO)
    orden = models.PositiveSmallIntegerField("orden", default=0, validators=[MaxValueValidator(32767)])
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
    """Proceso participativo de una gestión: presupuesto participativo, consulta o fondo en concurso."""

    class Tipo(models.TextChoices):
        PRESUPUESTO = "presupuesto", "Presupuesto participativo"
        CONSULTA = "consulta", "Consulta"
        FONDO = "fondo", "Fondo en concurso"

    class Estado(models.TextChoices):
        EN_MARCHA = reglas.EN_MARCHA, "En marcha"
        SUSPENDIDO = reglas.SUSPENDIDO, "Suspendido"
        DESIERTO = reglas.DESIERTO, "Desierto"

    class EstadoDeTechos(models.TextChoices):
        PROPUESTOS = reglas_de_techos.PROPUESTOS, "Propuestos"
        APROBADOS = reglas_de_techos.APROBADOS, "Aprobados"

    nombre = models.CharField("nombre", max_length=160, validators=TEXTO)
    slug = models.SlugField("dirección", max_length=80, unique=True)
    tipo = models.CharField("tipo", max_length=15, choices=Tipo, default=Tipo.PRESUPUESTO)
    gestion = models.PositiveSmallIntegerField("gestión", validators=[MinValueValidator(2000), MaxValueValidator(2099)])
    resumen = models.TextField("resumen", validators=TEXTO)
    normativa = models.CharField("normativa", max_length=200, blank=True, validators=TEXTO)
    publicado = models.BooleanField("publicado", default=False)
    # Lo que sigue no se escribe en el formulario: lo cambian las acciones, una por una.
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.EN_MARCHA, editable=False)
    motivo_estado = models.TextField("razón del estado", blank=True, editable=False)
    estado_desde = models.DateTimeField("en este estado desde", null=True, blank=True, editable=False)
    techos_estado = models.CharField(
        "estado de los techos",
        max_length=12,
        choices=EstadoDeTechos,
        default=EstadoDeTechos.PROPUESTOS,
        editable=False,
    )
    techos_norma = models.CharField("norma que aprueba los techos", max_length=120, blank=True, editable=False)
    techos_aprobados_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="quién aprobó los techos",
    )
    techos_aprobados = models.DateTimeField("cuándo se aprobaron los techos", null=True, blank=True, editable=False)

    objects = ProcesoQuerySet.as_manager()

    class Meta:
        verbose_name = "proceso"
        verbose_name_plural = "procesos"
        ordering = ["-gestion", "nombre"]
        constraints = [
            models.CheckConstraint(
                condition=Q(estado=reglas.EN_MARCHA) | (~Q(motivo_estado="") & Q(estado_desde__isnull=False)),
                name="proceso_detenido_con_razon",
                violation_error_message="Un proceso suspendido o desierto lleva su razón y su fecha.",
            ),
            models.CheckConstraint(
                condition=Q(techos_estado=reglas_de_techos.PROPUESTOS)
                | (~Q(techos_norma="") & Q(techos_aprobados_por__isnull=False, techos_aprobados__isnull=False)),
                name="techos_aprobados_con_norma",
                violation_error_message="Los techos aprobados llevan su norma, quién los aprobó y cuándo.",
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    @property
    def esta_en_marcha(self) -> bool:
        return self.estado == self.Estado.EN_MARCHA

    @property
    def techos_estan_aprobados(self) -> bool:
        return self.techos_estado == self.EstadoDeTechos.APROBADOS


class Fase(models.Model):
    """Tramo del proceso con principio y fin; lo que se puede hacer lo dicen su tipo (reglas.PERMITE) o sus actos."""

    class Tipo(models.TextChoices):
        CONVOCATORIA = "convocatoria", "Convocatoria"
        INFORMACION = "informacion", "Información"
        RECEPCION = "recepcion", "Recepción de propuestas"
        ASAMBLEAS = "asambleas", "Asambleas"
        EVALUACION = "evaluacion", "Viabilidad"
        TECHOS = "techos", "Publicación de techos y costos"
        DELIBERACION = "deliberacion", "Deliberación"
        VOTACION = "votacion", "Votación"
        ESCRUTINIO = "escrutinio", "Escrutinio"
        IMPUGNACION = "impugnacion", "Resultados provisionales e impugnación"
        RESULTADOS = "resultados", "Resultados"
        SEGUIMIENTO = "seguimiento", "Seguimiento"
        COMENTARIOS = "comentarios", "Comentarios"
        RESPUESTA = "respuesta", "Respuesta motivada"
        POSTULACIONES = "postulaciones", "Postulaciones"
        ADMISION = "admision", "Admisión"
        JURADO = "jurado_y_voto", "Jurado y votación"
        ADJUDICACION = "adjudicacion", "Adjudicación"
        EJECUCION = "ejecucion", "Ejecución"
        INFORME = "informe", "Informe"

    proceso = ParentalKey(Proceso, on_delete=models.CASCADE, related_name="fases", verbose_name="proceso")
    tipo = models.CharField("tipo", max_length=15, choices=Tipo)
    nombre = models.CharField("nombre", max_length=80, validators=TEXTO)
    explicacion = models.CharField("qué se hace", max_length=250, blank=True, validators=TEXTO)
    inicio = models.DateTimeField("empieza", validators=EN_UN_PLAZO_REAL)
    fin = models.DateTimeField("termina", validators=EN_UN_PLAZO_REAL)
    actos = models.JSONField(
        "actos propios",
        null=True,
        blank=True,
        help_text="Lista de reglas.EN_PALABRAS; vacío de verdad: los de su tipo.",
    )

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

    @property
    def actos_en_palabras(self) -> str:
        """«presentar propuestas y comentar»; vacío si solo se mira."""
        return reglas.actos_en_palabras(reglas.actos_de(self))


class Sector(models.TextChoices):
    """A qué organizaciones de un distrito les toca un techo; sin sector, a todas."""

    VECINAL = "vecinal", "Vecinal"
    AGRARIO = "agrario", "Agrario"


class FuenteDeFinanciamiento(models.Model):
    """De dónde sale el dinero de un techo, con su código de fuente y organismo (FF-OF) del presupuesto público."""

    codigo = models.CharField(
        "código FF-OF",
        max_length=7,
        unique=True,
        validators=[RegexValidator(r"\A[0-9]{2}-[0-9]{3}\Z", "Va con dos cifras, guion y tres cifras: 41-113.")],
        help_text="Fuente y organismo financiador: 41-113, 41-119, 20-210…",
    )
    nombre = models.CharField("nombre", max_length=80, validators=TEXTO)
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "fuente de financiamiento"
        verbose_name_plural = "fuentes de financiamiento"
        ordering = ["codigo"]

    def __str__(self) -> str:
        return self.nombre


def _unico_por_destino(*campos: str, nombre: str, mensaje: str) -> list[models.UniqueConstraint]:
    """Unicidad por sector y fuente que también vale sin fuente: NULL no choca con NULL, así que son dos índices."""
    return [
        models.UniqueConstraint(fields=[*campos, "sector", "fuente"], name=nombre, violation_error_message=mensaje),
        models.UniqueConstraint(
            fields=[*campos, "sector"],
            condition=Q(fuente__isnull=True),
            name=f"{nombre}_sin_fuente",
            violation_error_message=mensaje,
        ),
    ]


class Techo(models.Model):
    """Monto máximo de un distrito en un proceso; puede ser de un sector y de una fuente, y entonces se suman."""

    proceso = ParentalKey(Proceso, on_delete=models.PROTECT, related_name="techos", verbose_name="proceso")
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="techos", verbose_name="distrito")
    monto = models.DecimalField(
        "monto en Bs", max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    sector = models.CharField("sector", max_length=10, choices=Sector, blank=True)
    fuente = models.ForeignKey(
        FuenteDeFinanciamiento,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="techos",
        verbose_name="fuente",
    )
    explicacion = models.CharField("cómo se calculó", max_length=250, blank=True, validators=TEXTO)

    class Meta:
        verbose_name = "techo"
        verbose_name_plural = "techos"
        ordering = ["distrito__orden", "distrito__codigo", "sector", "fuente"]
        constraints = [
            *_unico_por_destino(
                "proceso",
                "distrito",
                nombre="techo_unico",
                mensaje="El distrito ya tiene techo en este proceso para ese sector y esa fuente.",
            ),
            models.CheckConstraint(
                condition=Q(sector__in=["", *Sector.values]),
                name="techo_de_un_sector_conocido",
                violation_error_message="El sector es vecinal, agrario o ninguno.",
            ),
            models.CheckConstraint(
                condition=Q(monto__gt=0),
                name="techo_positivo",
                violation_error_message="El techo debe ser mayor a cero.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distrito}: {self.monto}"


class Reparto(models.Model):
    """La fórmula publicada con que se calcularon techos de un proceso, con todo lo que entró en la cuenta."""

    class Formula(models.TextChoices):
        PARTES_IGUALES = formulas.PARTES_IGUALES, "Partes iguales"
        PER_CAPITA = formulas.PER_CAPITA, "Por población"
        INDICE = formulas.INDICE, "Por índice de necesidad"
        MIXTA = formulas.MIXTA, "Mixta"

    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="repartos", verbose_name="proceso")
    sector = models.CharField("sector", max_length=10, choices=Sector, blank=True)
    fuente = models.ForeignKey(
        FuenteDeFinanciamiento,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repartos",
        verbose_name="fuente",
    )
    formula = models.CharField("fórmula", max_length=20, choices=Formula)
    total = models.DecimalField("total en Bs", max_digits=14, decimal_places=2)
    redondeo = models.DecimalField("redondeo en Bs", max_digits=14, decimal_places=2, default=Decimal(1))
    minimo = models.DecimalField("mínimo por distrito en Bs", max_digits=14, decimal_places=2, default=Decimal(0))
    peso_igual = models.PositiveSmallIntegerField("peso de la parte igual, %")
    peso_poblacion = models.PositiveSmallIntegerField("peso de la población, %")
    peso_necesidad = models.PositiveSmallIntegerField("peso del índice de necesidad, %")
    fuente_del_indice = models.CharField("de dónde sale el índice", max_length=200, blank=True, validators=TEXTO)
    calculado = models.DateTimeField("calculado")

    class Meta:
        verbose_name = "reparto"
        verbose_name_plural = "repartos"
        ordering = ["proceso", "sector", "fuente"]
        constraints = [
            *_unico_por_destino(
                "proceso",
                nombre="reparto_unico",
                mensaje="El proceso ya tiene una fórmula para ese sector y esa fuente.",
            ),
            models.CheckConstraint(condition=Q(sector__in=["", *Sector.values]), name="reparto_de_un_sector_conocido"),
            models.CheckConstraint(
                condition=Q(total__gt=0, redondeo__gt=0, minimo__gte=0), name="reparto_de_montos_posibles"
            ),
            models.CheckConstraint(
                condition=Q(peso_igual=100 - F("peso_poblacion") - F("peso_necesidad")), name="reparto_pesos_suman_cien"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proceso}: {self.get_formula_display().lower()}"


class Cuota(models.Model):
    """Lo que la fórmula le da a un distrito, con sus datos copiados del día del cálculo."""

    reparto = models.ForeignKey(Reparto, models.CASCADE, related_name="cuotas", verbose_name="reparto")
    distrito = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="distrito")
    lugar = models.PositiveSmallIntegerField("lugar en la cuenta", help_text="Rompe los empates: primero el menor.")
    poblacion = models.PositiveIntegerField("población", null=True)
    indice = models.DecimalField("índice de necesidad", max_digits=12, decimal_places=4, null=True)
    monto = models.DecimalField("cuota en Bs", max_digits=14, decimal_places=2)
    ajuste = models.TextField("por qué el techo no es la cuota", blank=True, validators=TEXTO)

    class Meta:
        verbose_name = "cuota"
        verbose_name_plural = "cuotas"
        ordering = ["lugar"]
        constraints = [
            models.UniqueConstraint(fields=["reparto", "distrito"], name="cuota_por_distrito"),
            models.UniqueConstraint(fields=["reparto", "lugar"], name="cuota_por_lugar"),
            models.CheckConstraint(condition=Q(monto__gt=0), name="cuota_positiva"),
            models.CheckConstraint(condition=Q(indice__isnull=True) | Q(indice__gte=0), name="cuota_indice_posible"),
        ]

    def __str__(self) -> str:
        return f"{self.distrito}: {self.monto}"
