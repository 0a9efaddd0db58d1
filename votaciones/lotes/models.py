"""Los lotes: papeletas de papel de una mesa, o las manos alzadas de una asamblea, hasta que entran en la urna."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from civic.comun.al_azar import ConClaveAlAzar
from mapas.territorio.models import Area
from votaciones.actas.models import Acta
from votaciones.lotes.reglas import CON_PAPEL, FICHAS, HOJAS_MAXIMO, OPCIONES_ESTADO, TERMINADOS, Estado, FichaDeEstado
from votaciones.models import Contienda


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


def _distintas(una: str, otra: str) -> Q:
    return Q(**{f"{una}__isnull": True}) | Q(**{f"{otra}__isnull": True}) | ~Q(**{una: F(otra)})


class LoteQuerySet(models.QuerySet):
    def por_terminar(self) -> "LoteQuerySet":
        return self.exclude(estado__in=TERMINADOS)

    def con_lugar(self) -> "LoteQuerySet":
        return self.select_related("contienda__votacion__proceso", "contienda__area", "acta")


class Lote(models.Model):
    """Papeletas de papel (o manos alzadas) de una contienda que entran juntas en la urna, cargadas por dos personas.

    No dice de quiénes son: quién recibió una papeleta está en su Participacion, que no conoce el lote.
    """

    class Clase(models.TextChoices):
        PAPEL = "papel", "Papeletas de papel"
        ASAMBLEA = "asamblea", "A mano alzada, en asamblea"

    contienda = models.ForeignKey(Contienda, models.PROTECT, related_name="lotes", verbose_name="papeleta")
    clase = models.CharField("clase", max_length=10, choices=Clase)
    lugar = models.CharField("dónde", max_length=160)
    fecha = models.DateField("fecha")
    estado = models.CharField("estado", max_length=14, choices=OPCIONES_ESTADO, default=Estado.ABIERTO.value)
    entregadas = models.PositiveIntegerField("personas marcadas en el padrón", default=0)
    hojas = models.PositiveIntegerField("hojas del lote", default=0)
    # Los números de las hojas en que las dos cargas no dijeron lo mismo; nunca qué decían.
    por_repetir = models.JSONField("hojas por repetir", default=list, blank=True)
    acta = models.ForeignKey(
        Acta, models.PROTECT, null=True, blank=True, related_name="lotes", verbose_name="acta de la asamblea"
    )
    foto = models.CharField("nombre de la foto", max_length=32, blank=True)
    huella_de_la_foto = models.CharField("SHA-256 de la foto", max_length=64, blank=True)
    # De aquí salen los códigos de las papeletas. Cerrado con llave; se borra al depositar.
    secreto = models.TextField("secreto cerrado", blank=True, editable=False)
    deposito = models.DateTimeField("empezó a depositarse", null=True, blank=True, editable=False)
    validas = models.PositiveIntegerField("papeletas en la urna", null=True, blank=True)
    blancas = models.PositiveIntegerField("en blanco o abstenciones", null=True, blank=True)
    nulas = models.PositiveIntegerField("nulas", null=True, blank=True)
    motivo = models.TextField("por qué se anuló", blank=True)
    abierto_por = _persona("lo abrió")
    primera_por = _persona("hizo la primera carga")
    segunda_por = _persona("hizo la segunda carga")
    decidida_por = _persona("decidió hojas distintas")
    depositado_por = _persona("lo depositó")
    anulado_por = _persona("lo anuló")

    objects = LoteQuerySet.as_manager()

    class Meta:
        verbose_name = "lote"
        verbose_name_plural = "lotes"
        ordering = ["fecha", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=_distintas("primera_por", "segunda_por"),
                name="lote_de_dos_personas",
                violation_error_message="Las dos cargas las hacen dos personas distintas.",
            ),
            models.CheckConstraint(
                condition=_distintas("decidida_por", "primera_por") & _distintas("decidida_por", "segunda_por"),
                name="lote_lo_decide_otra_persona",
                violation_error_message="Las hojas distintas las decide quien no hizo ninguna de las dos cargas.",
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[Estado.CONCILIADO.value, Estado.DEPOSITADO.value])
                | Q(primera_por__isnull=False, segunda_por__isnull=False),
                name="lote_conciliado_por_dos",
                violation_error_message="Un lote conciliado tiene sus dos cargas.",
            ),
            models.CheckConstraint(
                condition=Q(hojas__lte=F("entregadas")) & Q(hojas__lte=HOJAS_MAXIMO),
                name="lote_hojas_entregadas",
                violation_error_message="Hay más hojas que personas que recibieron su papeleta.",
            ),
            models.CheckConstraint(
                condition=Q(validas__isnull=True)
                | Q(entregadas__gte=F("validas") + F("blancas") + F("nulas"), blancas__gte=0, nulas__gte=0),
                name="lote_no_pasa_de_entregadas",
                violation_error_message="Hay más papeletas que personas marcadas.",
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=CON_PAPEL)
                | Q(clase="papel", hojas__gte=1) & ~Q(foto="")
                | Q(clase="asamblea", hojas=1, acta__isnull=False),
                name="lote_con_su_papel",
                violation_error_message="Un lote de papel lleva su foto; el de una asamblea, su acta.",
            ),
            models.CheckConstraint(
                condition=Q(estado="anulado") & ~Q(motivo="") | ~Q(estado="anulado") & Q(motivo=""),
                name="lote_anulado_con_motivo",
                violation_error_message="Un lote se anula con su motivo.",
            ),
            models.CheckConstraint(
                condition=Q(estado="depositado", validas__isnull=False, deposito__isnull=False, secreto="")
                | ~Q(estado="depositado") & Q(validas__isnull=True, blancas__isnull=True, nulas__isnull=True),
                name="lote_depositado_con_cuentas",
                violation_error_message="Un lote depositado deja sus cuentas y nada más.",
            ),
            models.UniqueConstraint(
                fields=["acta", "contienda"],
                condition=~Q(estado="anulado") & Q(acta__isnull=False),
                name="lote_uno_por_acta",
                violation_error_message="Esa asamblea ya tiene su lote en esta papeleta.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lote {self.pk}: {self.lugar}"

    def get_absolute_url(self) -> str:
        return reverse("lotes:lote", args=[self.contienda.votacion.slug, self.pk])

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[Estado(self.estado)]

    @property
    def es_de_papel(self) -> bool:
        return self.clase == self.Clase.PAPEL

    @property
    def distrito_id(self) -> int | None:
        """Por dónde se mide el territorio de quien lo atiende."""
        return distrito_de(self.contienda.area)

    @property
    def ruta_de_la_foto(self) -> str:
        return f"lotes/{self.foto[:2]}/{self.foto}.webp"


def distrito_de(area: Area) -> int | None:
    """El distrito de un lugar; None si es más grande que un distrito."""
    if area.tipo == Area.Tipo.OTB:
        return area.padre_id
    return area.pk if area.tipo == Area.Tipo.DISTRITO else None


class Captura(ConClaveAlAzar):
    """Lo que una carga dice de una hoja, cerrado con llave. Se borra al depositar o anular el lote."""

    lote = models.ForeignKey(Lote, models.PROTECT, related_name="capturas", verbose_name="lote")
    carga = models.PositiveSmallIntegerField("carga")
    hoja = models.PositiveSmallIntegerField("hoja")
    cerrada = models.TextField("lo que dice, cerrado")

    class Meta:
        verbose_name = "captura"
        verbose_name_plural = "capturas"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["lote", "carga", "hoja"], name="captura_una_por_carga"),
            models.CheckConstraint(condition=Q(carga__in=[1, 2, 3], hoja__gte=1), name="captura_de_una_carga"),
        ]

    def __str__(self) -> str:
        return "Captura"
