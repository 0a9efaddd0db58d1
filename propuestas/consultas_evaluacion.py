"""Lecturas de la revisión y la evaluación: lista de control, reclamos, excusas, notas y línea de tiempo."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from civic.comun.models import Suceso
from civic.procesos.consultas import por_que_esta_cerrado
from civic.procesos.models import Proceso
from propuestas import reglas
from propuestas.consultas_adjuntos import con_adjuntos
from propuestas.models import Criterio, Dictamen, NotaInterna, Propuesta, Reclamo, Seguimiento, TextoAnterior
from propuestas.reglas import Estado, Pregunta, QueSigue

FORMA, EVALUACION = Reclamo.Clase.FORMA, Reclamo.Clase.EVALUACION


# --- Lista de control ------------------------------------------------------------------------------------------------
def lista_de(proceso: Proceso) -> list[Pregunta]:
    """Las preguntas con que se evalúa en ese proceso: las suyas o, si no tiene, las de siempre."""
    propias = [criterio.pregunta for criterio in Criterio.objects.filter(proceso=proceso)]
    return propias or list(reglas.LISTA_POR_DEFECTO)


def ya_evalua(proceso: Proceso) -> bool:
    """Si en ese proceso ya hay alguna propuesta evaluada: desde ahí su lista no cambia."""
    return Dictamen.objects.filter(propuesta__proceso=proceso).exists()


# --- Reclamos y excusas ----------------------------------------------------------------------------------------------
def reclamo_de(propuesta: Propuesta, clase: str) -> Reclamo | None:
    """El reclamo de esa clase, resuelto o no. Usa lo ya cargado si se trajo con `prefetch_related("reclamos")`."""
    return next((reclamo for reclamo in propuesta.reclamos.all() if reclamo.clase == clase), None)  # type: ignore[attr-defined]


def reclamo_abierto(propuesta: Propuesta, clase: str) -> Reclamo | None:
    reclamo = reclamo_de(propuesta, clase)
    return reclamo if reclamo is not None and reclamo.resuelto is None else None


def quien_devolvio(propuesta: Propuesta) -> int | None:
    """Clave de quien la devolvió la última vez; None si nadie."""
    devoluciones = Suceso.objects.de(propuesta).filter(verbo="mover", hasta=Estado.DEVUELTA)
    return devoluciones.order_by("-numero").values_list("actor", flat=True).first()


def se_excuso(usuario: Any, propuesta: Propuesta) -> bool:
    return any(excusa.persona_id == usuario.pk for excusa in propuesta.excusas.all())  # type: ignore[attr-defined]


def notas_de(propuesta: Propuesta) -> QuerySet[NotaInterna]:
    return NotaInterna.objects.filter(propuesta=propuesta).select_related("autor")


def textos_anteriores(propuesta: Propuesta) -> QuerySet[TextoAnterior]:
    return TextoAnterior.objects.filter(propuesta=propuesta)


# --- Línea de tiempo -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Linea:
    """Lo que pasó con una propuesta, del último paso al primero, y lo que sigue."""

    sucesos: list[Suceso]
    sigue: QueSigue


def linea_de(propuesta: Propuesta, *, reservada: bool = False) -> Linea:
    """`reservada` agrega las devoluciones y apelaciones, que son entre quien la presentó y quien revisa."""
    visibles = Q(publico=True)
    if reservada:
        visibles |= Q(verbo="mover", hasta__in=reglas.NO_PUBLICOS)
    sucesos = Suceso.objects.de(propuesta).filter(visibles).order_by("-momento", "-numero")
    return Linea(con_adjuntos(propuesta, sucesos), sigue_de(propuesta))


def sigue_de(propuesta: Propuesta) -> QueSigue:
    """Lo que sigue; si espera una votación y su proceso está detenido, por qué no se vota."""
    if propuesta.estado in reglas.ESPERAN_VOTACION and (detenido := por_que_esta_cerrado(propuesta.proceso)):
        return QueSigue(detenido, "", None, 0, False, False)
    definitivo = propuesta.estado_de_hoy in reglas.RECLAMABLES and reclamo_de(propuesta, EVALUACION) is not None
    return reglas.que_sigue(
        propuesta.estado,
        propuesta.vence,
        timezone.localdate(),
        definitivo=definitivo,
        locales=settings.FERIADOS_LOCALES,
    )


# --- Seguir ----------------------------------------------------------------------------------------------------------
def sigue(usuario: Any, propuesta: Propuesta) -> bool:
    return usuario.is_authenticated and Seguimiento.objects.filter(propuesta=propuesta, usuario=usuario).exists()


def _novedades(campo: str) -> Any:
    nuevas = Suceso.objects.filter(
        objeto_tipo=Propuesta._meta.label_lower, objeto_id=OuterRef("propuesta"), publico=True,
        momento__gt=OuterRef("visto"),
    )  # fmt: skip
    return nuevas.order_by().values("objeto_id").annotate(cuantas=Count("pk")).values(campo)


def seguidas_por(usuario: Any) -> QuerySet[Seguimiento]:
    """Lo que sigue, con `novedades` (cuántas desde que las vio); lo que tiene novedades, primero."""
    seguidas = Seguimiento.objects.filter(usuario=usuario, propuesta__in=Propuesta.objects.publicadas())
    return (
        seguidas.select_related("propuesta__distrito", "propuesta__otb", "propuesta__categoria")
        .annotate(novedades=Subquery(_novedades("cuantas")))
        .order_by(F("novedades").desc(nulls_last=True), "-propuesta__cambiada", "-pk")
    )


def novedades_de(seguidas: Iterable[Seguimiento]) -> dict[int, list[Suceso]]:
    """{propuesta: lo público que pasó después de lo último visto}, en una consulta para todas."""
    condiciones = Q(pk__in=[])
    for seguida in seguidas:
        condiciones |= Q(objeto_id=seguida.propuesta_id, momento__gt=seguida.visto)
    sucesos = Suceso.objects.publicos().filter(condiciones, objeto_tipo=Propuesta._meta.label_lower)
    nuevas: dict[int, list[Suceso]] = {}
    for suceso in sucesos.order_by("-momento", "-numero").defer("datos"):
        nuevas.setdefault(suceso.objeto_id, []).append(suceso)
    return nuevas
