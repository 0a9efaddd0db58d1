"""Votaciones: contiendas por lugar, opciones congeladas, quién retiró su credencial. La urna está en otra base."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from civic.comun.al_azar import ConClaveAlAzar
from civic.comun.al_azar import clave_al_azar as _clave_al_azar  # noqa: F401 -- la nombra la migración 0001
from civic.cuentas.metodos import OPCIONES
from civic.cuentas.models import Identidad
from civic.procesos.models import Proceso, Sector
from mapas.territorio.models import Area
from propuestas.models import Propuesta
from votaciones.reglas import ambito as ambitos
from votaciones.reglas import estados
from votaciones.reglas import papeleta as papeletas


class VotacionQuerySet(models.QuerySet):
    def visibles(self) -> "VotacionQuerySet":
        return self.exclude(estado=Votacion.Estado.PREPARADA)

    def abiertas(self) -> "VotacionQuerySet":
        return self.filter(estado=Votacion.Estado.ABIERTA)

    def sin_cerrar(self) -> "VotacionQuerySet":
        """Las que ya se abrieron y siguen recibiendo votos, o lo harán cuando se reanuden."""
        return self.filter(estado__in=(Votacion.Estado.ABIERTA, Votacion.Estado.SUSPENDIDA))


class Votacion(models.Model):
    """La votación de un proceso: se prepara, se abre, se cierra y se cuenta. Al abrir se congela."""

    class Estado(models.TextChoices):
        PREPARADA = "preparada", "En preparación"
        ABIERTA = "abierta", "Abierta"
        SUSPENDIDA = "suspendida", "Suspendida"
        CERRADA = "cerrada", "Cerrada"
        CONTADA = "contada", "Contada"

    class Regla(models.TextChoices):
        VORAZ = "voraz", "Más votos primero"
        PARTES_IGUALES = "partes_iguales", "Partes iguales"
        PARTES_QUE_CRECEN = "partes_iguales_incrementos", "Partes iguales que crecen"
        CARGAS_PAREJAS = "phragmen", "Cargas parejas"

    class TipoDePapeleta(models.TextChoices):
        PRESUPUESTO = papeletas.Tipo.PRESUPUESTO.value, "Marcar obras sin pasar del presupuesto"
        APROBACION = papeletas.Tipo.APROBACION.value, "Marcar obras"
        PUNTOS = papeletas.Tipo.PUNTOS.value, "Repartir puntos"
        ORDEN = papeletas.Tipo.ORDEN.value, "Ordenar las preferidas"
        CALIFICACION = papeletas.Tipo.CALIFICACION.value, "Poner nota a cada obra"
        UNA = papeletas.Tipo.UNA.value, "Elegir una sola obra"

    proceso = models.ForeignKey(Proceso, models.PROTECT, related_name="votaciones", verbose_name="proceso")
    nombre = models.CharField("nombre", max_length=160)
    slug = models.SlugField("dirección", max_length=80, unique=True)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PREPARADA)
    regla = models.CharField("regla oficial", max_length=32, choices=Regla, default=Regla.VORAZ)
    minimo = models.PositiveIntegerField("votos que hacen falta para poder ganar", default=1)
    se_cambia = models.BooleanField("se puede cambiar el voto hasta el cierre", default=False)
    por_sector = models.BooleanField("cada sector de un distrito decide aparte", default=False)
    tipo_de_papeleta = models.CharField(
        "cómo se llena la papeleta", max_length=12, choices=TipoDePapeleta, default=TipoDePapeleta.PRESUPUESTO
    )
    maximo_de_obras = models.PositiveSmallIntegerField("máximo de obras por papeleta", null=True, blank=True)
    minimo_de_obras = models.PositiveSmallIntegerField("mínimo de obras por papeleta", null=True, blank=True)
    puntos = models.PositiveSmallIntegerField("puntos que reparte cada persona", null=True, blank=True)
    tope_por_obra = models.PositiveSmallIntegerField("máximo de puntos por obra", null=True, blank=True)
    puntos_por_lugar = models.CharField("puntos de cada lugar", max_length=60, blank=True)
    nota_maxima = models.PositiveSmallIntegerField("nota más alta", null=True, blank=True)
    abre = models.DateTimeField("abre")
    cierra = models.DateTimeField("cierra")
    libro = models.TextField("libro de reglas", blank=True, editable=False)
    huella = models.CharField("SHA-256 del libro de reglas", max_length=64, blank=True, editable=False)
    contada = models.DateTimeField("contada", null=True, blank=True, editable=False)
    # Lo que se publica de quiénes participaron, ya sin celdas chicas (ver consultas_participacion.calcular).
    participacion = models.JSONField("quiénes participaron", default=dict, blank=True, editable=False)

    objects = VotacionQuerySet.as_manager()

    class Meta:
        verbose_name = "votación"
        verbose_name_plural = "votaciones"
        ordering = ["-cierra"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cierra__gt=F("abre")),
                name="votacion_en_orden",
                violation_error_message="La votación debe cerrar después de abrir.",
            ),
            models.CheckConstraint(
                condition=Q(estado="preparada") | (~Q(libro="") & ~Q(huella="")),
                name="votacion_con_libro",
                violation_error_message="Una votación abierta necesita su libro de reglas.",
            ),
            models.CheckConstraint(
                condition=Q(minimo__gte=1),
                name="votacion_con_minimo",
                violation_error_message="Hace falta al menos un voto: una obra sin votos nunca gana.",
            ),
            models.CheckConstraint(
                condition=Q(tipo_de_papeleta="aprobacion")
                | Q(maximo_de_obras__isnull=True, minimo_de_obras__isnull=True),
                name="votacion_obras_por_papeleta",
                violation_error_message="Solo la papeleta de marcar obras limita cuántas se marcan.",
            ),
            models.CheckConstraint(
                condition=(Q(maximo_de_obras__isnull=True) | Q(maximo_de_obras__gte=1))
                & (Q(minimo_de_obras__isnull=True) | Q(minimo_de_obras__gte=1))
                & (
                    Q(maximo_de_obras__isnull=True)
                    | Q(minimo_de_obras__isnull=True)
                    | Q(minimo_de_obras__lte=F("maximo_de_obras"))
                ),
                name="votacion_obras_en_orden",
                violation_error_message="El mínimo de obras por papeleta no puede pasar del máximo.",
            ),
            models.CheckConstraint(
                condition=Q(tipo_de_papeleta="puntos", puntos__isnull=False, puntos__gte=1)
                | (~Q(tipo_de_papeleta="puntos") & Q(puntos__isnull=True, tope_por_obra__isnull=True)),
                name="votacion_con_puntos",
                violation_error_message="La papeleta de puntos dice cuántos se reparten; las demás, no.",
            ),
            models.CheckConstraint(
                condition=Q(tope_por_obra__isnull=True) | Q(tope_por_obra__gte=1, tope_por_obra__lte=F("puntos")),
                name="votacion_tope_por_obra",
                violation_error_message="A una obra se le da al menos un punto y a lo más todos los que se reparten.",
            ),
            models.CheckConstraint(
                condition=(Q(tipo_de_papeleta="orden") & ~Q(puntos_por_lugar=""))
                | (~Q(tipo_de_papeleta="orden") & Q(puntos_por_lugar="")),
                name="votacion_con_lugares",
                violation_error_message="La papeleta de ordenar dice cuánto vale cada lugar; las demás, no.",
            ),
            models.CheckConstraint(
                condition=Q(
                    tipo_de_papeleta="calificacion", nota_maxima__isnull=False, nota_maxima__gte=1, nota_maxima__lte=10
                )
                | (~Q(tipo_de_papeleta="calificacion") & Q(nota_maxima__isnull=True)),
                name="votacion_con_nota",
                violation_error_message="La papeleta de notas dice la más alta, de 1 a 10; las demás, no.",
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    def get_absolute_url(self) -> str:
        return reverse("votaciones:votacion", args=[self.slug])

    @property
    def reglamento(self) -> papeletas.Reglamento:
        """Cómo se llena la papeleta, sin el presupuesto, que es de cada contienda."""
        return papeletas.reglamento_de(
            self.tipo_de_papeleta,
            maximo_de_obras=self.maximo_de_obras,
            minimo_de_obras=self.minimo_de_obras,
            puntos=self.puntos,
            tope_por_obra=self.tope_por_obra,
            puntos_por_lugar=self.puntos_por_lugar,
            nota_maxima=self.nota_maxima,
        )

    def situacion_en(self, ahora: datetime) -> estados.Situacion:
        return estados.situacion(self.estado, self.abre, self.cierra, ahora, self.proceso.estado)

    @property
    def situacion(self) -> estados.Situacion:
        return self.situacion_en(timezone.now())


class Contienda(models.Model):
    """Lo que se decide en un lugar (un distrito, una OTB, toda la ciudad): sus opciones y su presupuesto."""

    votacion = models.ForeignKey(Votacion, models.PROTECT, related_name="contiendas", verbose_name="votación")
    area = models.ForeignKey(Area, models.PROTECT, related_name="contiendas", verbose_name="lugar")
    sector = models.CharField("sector", max_length=10, choices=Sector, blank=True)
    numero = models.PositiveSmallIntegerField("número en la dirección")
    presupuesto = models.DecimalField("presupuesto en Bs", max_digits=14, decimal_places=2)
    habilitados = models.PositiveIntegerField("personas habilitadas", default=0)
    # {"excluyentes": [[1, 3]], "dependencias": [[5, 2]]}, por número: 1 y 3 no se hacen las dos; la 5 necesita a la 2.
    condiciones = models.JSONField("condiciones entre obras", default=dict, blank=True, editable=False)
    participacion = models.JSONField("quiénes participaron", default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = "contienda"
        verbose_name_plural = "contiendas"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["votacion", "area", "sector"],
                name="contienda_unica",
                violation_error_message="Ese lugar ya tiene contienda en esta votación.",
            ),
            models.CheckConstraint(
                condition=Q(sector__in=["", *Sector.values]),
                name="contienda_de_un_sector_conocido",
                violation_error_message="El sector es vecinal, agrario o ninguno.",
            ),
            models.UniqueConstraint(fields=["votacion", "numero"], name="contienda_numero_unico"),
            models.CheckConstraint(
                condition=Q(presupuesto__gt=0),
                name="contienda_con_presupuesto",
                violation_error_message="El presupuesto debe ser mayor a cero.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.votacion} · {self.lugar}"

    def get_absolute_url(self) -> str:
        return reverse("votaciones:papeleta", args=[self.votacion.slug, self.numero])

    @property
    def ambito(self) -> ambitos.Ambito:
        return ambitos.Ambito(self.area.tipo, self.area_id, self.sector)

    @property
    def lugar(self) -> str:
        """«Distrito 3», «OTB Molle», «Quillacollo», «Distrito 7 (sector agrario)»."""
        return f"{self.area}{ambitos.de_sector(self.sector)}"

    @property
    def el_lugar(self) -> str:
        """«el Distrito 3», «la OTB Molle», «todo Quillacollo»."""
        return ambitos.con_articulo(self.area.tipo, str(self.area), self.sector)

    @property
    def del_lugar(self) -> str:
        return ambitos.del_lugar(self.el_lugar)

    @property
    def en_lugar(self) -> str:
        return f"en {self.el_lugar}"

    @property
    def reglamento(self) -> papeletas.Reglamento:
        """Cómo se llena esta papeleta, con su presupuesto en Bs."""
        return self.votacion.reglamento.con_presupuesto(self.presupuesto)

    @cached_property
    def costos(self) -> dict[int, Decimal]:
        """{número: costo en Bs} de sus obras, que no cambian desde que se abre. Se lee una vez por objeto."""
        return dict(self.opciones.order_by("numero").values_list("numero", "costo"))


class Opcion(models.Model):
    """Una obra en la papeleta, con su costo congelado al abrir."""

    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="opciones", verbose_name="contienda")
    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="opciones", verbose_name="propuesta")
    titulo = models.CharField("título", max_length=120)
    costo = models.DecimalField("costo en Bs", max_digits=14, decimal_places=2)
    numero = models.PositiveSmallIntegerField("número en la papeleta")

    # Lo que dice de ella `Contienda.condiciones`, en palabras; lo llena quien arma la papeleta. No es una columna.
    condiciones: Sequence[str] = ()
    # Lo que puso en ella quien llena la papeleta («si», «3»), valga o no, y si hay que corregirlo. Tampoco lo son.
    escrito: str = ""
    con_falta: bool = False

    class Meta:
        verbose_name = "opción"
        verbose_name_plural = "opciones"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(fields=["contienda", "propuesta"], name="opcion_unica"),
            models.UniqueConstraint(fields=["contienda", "numero"], name="opcion_numero_unico"),
            models.CheckConstraint(condition=Q(costo__gt=0), name="opcion_con_costo"),
        ]

    def __str__(self) -> str:
        return f"{self.numero}. {self.titulo}"


class Participacion(ConClaveAlAzar):
    """Que una persona retiró su credencial para votar en una contienda. No dice cuándo, ni qué, ni con qué recibo.

    `canal` dice cómo: por su cuenta, o en una mesa donde la reconocieron por su carnet y le dieron un código impreso,
    una papeleta de papel o un aparato. Sin cuenta queda solo con su identidad.

    Las papeletas están en otra base y nada de aquí lleva a ellas: el compromiso es la huella de un código que solo
    tiene la persona (ver `votaciones.reglas.credencial`), y le deja pedir la misma credencial si se le cortó la
    conexión. Queda con la cuenta y con la identidad: quien cambia de cuenta no vota otra vez. El modo es el de ese
    momento, para los totales.
    """

    class Canal(models.TextChoices):
        WEB = "web", "Por internet"
        CODIGO = "codigo", "Con código impreso"
        KIOSCO = "kiosco", "En un punto de votación"
        PAPEL = "papel", "En papel"
        ASAMBLEA = "asamblea", "En asamblea"

    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="participaciones")
    canal = models.CharField("cómo votó", max_length=10, choices=Canal, default=Canal.WEB)
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    identidad = models.ForeignKey(Identidad, models.PROTECT, null=True, blank=True, related_name="+")
    metodo = models.CharField("cómo estaba verificada", max_length=24, choices=OPCIONES, blank=True)
    compromiso = models.CharField("huella del código", max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "participación"
        verbose_name_plural = "participaciones"
        constraints = [
            models.UniqueConstraint(
                fields=["contienda", "usuario"],
                name="un_voto_por_persona",
                violation_error_message="Ya votaste en esta papeleta.",
            ),
            models.UniqueConstraint(
                fields=["contienda", "identidad"],
                name="un_voto_por_identidad",
                violation_error_message="Ya votaste en esta papeleta.",
            ),
            models.CheckConstraint(
                condition=Q(usuario__isnull=False) | Q(identidad__isnull=False),
                name="participacion_de_alguien",
                violation_error_message="Una participación es de una cuenta o de una identidad.",
            ),
        ]

    def __str__(self) -> str:
        return "Participación"


class Resultado(models.Model):
    """El conteo de una contienda con una regla: ganadores, sobrante y la razón de cada obra."""

    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="resultados", verbose_name="contienda")
    regla = models.CharField("regla", max_length=32, choices=Votacion.Regla)
    oficial = models.BooleanField("oficial", default=False)
    votos = models.PositiveIntegerField("votos")
    gastado = models.DecimalField("gastado en Bs", max_digits=14, decimal_places=2)
    # Los conteos de antes no lo tienen.
    con_alguna = models.PositiveIntegerField("papeletas que eligieron alguna ganadora", null=True, blank=True)
    pasos = models.PositiveSmallIntegerField("pasos en que creció la parte", default=0)
    detalle = models.JSONField(
        "detalle",
        help_text="Lista por opción: numero, titulo, costo, votos, puntos, gana, vuelta y razon. Las que ganaron por "
        "un reparto tienen además pago o carga por votante, en centavos, como fracción exacta («200000/3»).",
    )

    class Meta:
        verbose_name = "resultado"
        verbose_name_plural = "resultados"
        ordering = ["contienda__numero", "-oficial", "regla"]
        constraints = [models.UniqueConstraint(fields=["contienda", "regla"], name="resultado_unico")]

    def __str__(self) -> str:
        return f"{self.contienda}: {self.get_regla_display()}"

    @property
    def ganadoras(self) -> list[dict]:
        """Las entradas de `detalle` que ganaron, en orden de victoria."""
        return sorted((entrada for entrada in self.detalle if entrada["gana"]), key=lambda entrada: entrada["vuelta"])

    @property
    def sobra(self) -> Decimal:
        return self.contienda.presupuesto - self.gastado
