"""Lecturas del padrón de una votación. Hacia afuera solo salen cuentas, nunca quiénes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from civic.comun.models import Suceso
from civic.cuentas.consultas_verificacion import totales_publicos
from civic.cuentas.identidad import huella_en_votacion
from civic.cuentas.models import Identidad
from votaciones.models import Contienda, Votacion
from votaciones.padron import reglas
from votaciones.padron.models import Habilitacion, PadronElectoral, PadronElectoralQuerySet, ReclamoDePadron


def definitivo_de(votacion: int) -> PadronElectoral | None:
    """El padrón con que se vota; None en las votaciones que se abrieron antes de que hubiera uno."""
    return PadronElectoral.objects.definitivos().filter(votacion=votacion).first()


def observables(ahora: datetime) -> PadronElectoralQuerySet:
    """Los padrones que hoy se pueden reclamar, del que vence antes al que vence después."""
    vivos = PadronElectoral.objects.observables(ahora).filter(votacion__proceso__publicado=True)
    return vivos.select_related("votacion__proceso").defer("votacion__libro").order_by("observable_hasta")  # type: ignore[return-value]


def habilitaciones_de(padron: PadronElectoral, usuario: Any) -> list[Habilitacion]:
    """Las que le valen hoy a esa cuenta, una por papeleta, del lugar más chico al más grande.

    Son las de su identidad, esté en la cuenta que esté; si no tiene ninguna, las de la cuenta sola. Una habilitación
    con identidad sigue a la identidad: si pasó a otra cuenta, la de antes ya no vota con ella. Quien se mudó conserva
    las suyas.
    """
    identidad = Identidad.objects.filter(cuenta=usuario).values_list("pk", flat=True).first()
    suyas = (
        _habilitaciones_de(usuario, identidad)
        .filter(padron=padron)
        .select_related("contienda__area", "contienda__votacion")
        .defer("contienda__votacion__libro")
    )
    return sorted(_de_un_mismo_dueno(suyas), key=lambda suya: suya.contienda.ambito.tamano)


def _habilitaciones_de(usuario: Any, identidad: int | None) -> QuerySet[Habilitacion]:
    """Las de su identidad, si la cuenta tiene una, y las que están a nombre de la cuenta sola."""
    suya = Q(usuario=usuario, identidad__isnull=True)
    if identidad is not None:
        suya |= Q(identidad=identidad)
    return Habilitacion.objects.filter(suya)


def _de_un_mismo_dueno(suyas: Iterable[Habilitacion]) -> list[Habilitacion]:
    """Nadie junta el derecho de una identidad con el de una cuenta sola: valen las de la identidad, si las hay."""
    todas = list(suyas)
    return [una for una in todas if una.identidad_id is not None] or todas


# --- Cuentas ---------------------------------------------------------------------------------------------------------
def por_contienda(padron: PadronElectoral) -> dict[int, dict[str, int]]:
    """{contienda: {código de modo: cuántas personas}}, en una consulta."""
    cuentas: dict[int, dict[str, int]] = {}
    filas = Habilitacion.objects.filter(padron=padron).order_by()
    for contienda, metodo, cuantas in filas.values_list("contienda", "metodo").annotate(Count("pk")):
        cuentas.setdefault(contienda, {})[metodo] = cuantas
    return cuentas


@dataclass(frozen=True)
class EnUnLugar:
    """Cuántas personas hay en el padrón de una contienda, y cómo se verificaron, sin celdas chicas."""

    contienda: Contienda
    personas: int
    modos: list[tuple[str, int]]


@dataclass(frozen=True)
class Totales:
    """Las cuentas públicas de un padrón: por lugar y en total."""

    filas: list[EnUnLugar]
    personas: int
    modos: list[tuple[str, int]]


def totales(padron: PadronElectoral) -> Totales:
    """Dos consultas, tenga las personas que tenga."""
    cuentas = por_contienda(padron)
    contiendas = Contienda.objects.filter(votacion=padron.votacion_id).select_related("area")
    filas = [
        EnUnLugar(c, sum(cuentas.get(c.pk, {}).values()), totales_publicos(cuentas.get(c.pk, {}))) for c in contiendas
    ]
    return Totales(filas, sum(fila.personas for fila in filas), totales_publicos(_sumados(cuentas)))


def _sumados(cuentas: Mapping[int, Mapping[str, int]]) -> dict[str, int]:
    sumas: dict[str, int] = {}
    for suyas in cuentas.values():
        for metodo, cuantas in suyas.items():
            sumas[metodo] = sumas.get(metodo, 0) + cuantas
    return sumas


def huella_de(padron: PadronElectoral) -> str:
    """La huella del padrón tal como está en la base (ver reglas.huella_de y civic.cuentas.identidad)."""
    personas: dict[int, list[str]] = {}
    filas = Habilitacion.objects.filter(padron=padron).values_list("contienda__numero", "identidad", "usuario")
    for numero, identidad, usuario in filas.iterator(chunk_size=5000):
        quien = f"identidad:{identidad}" if identidad is not None else f"cuenta:{usuario}"
        personas.setdefault(numero, []).append(huella_en_votacion(padron.votacion_id, quien))
    return reglas.huella_de(personas)


# --- Reclamos --------------------------------------------------------------------------------------------------------
def reclamos_de(padron: PadronElectoral) -> QuerySet[ReclamoDePadron]:
    """Todos, con lo que muestra la trastienda; primero los que faltan resolver."""
    filas = ReclamoDePadron.objects.filter(padron=padron).select_related("contienda__area", "autor", "persona")
    return filas.order_by(F("resuelto").desc(nulls_first=True), "momento", "pk")


def resueltos_publicos(padron: PadronElectoral) -> QuerySet[ReclamoDePadron]:
    """Lo que se decidió y por qué, sin quién lo pidió, de quién se trataba ni lo que escribió."""
    filas = ReclamoDePadron.objects.resueltos().filter(padron=padron).select_related("contienda__area")
    return filas.defer("texto").order_by("-resuelto", "-pk")


def cifras_de_reclamos(padron: PadronElectoral) -> dict[str, int]:
    """{estado: cuántos}, con los tres estados."""
    cuentas = dict(ReclamoDePadron.objects.filter(padron=padron).order_by().values_list("estado").annotate(Count("pk")))
    return {estado.value: cuentas.get(estado.value, 0) for estado in reglas.Estado}


def reclamos_propios(padron: PadronElectoral, usuario: Any) -> list[ReclamoDePadron]:
    """Los que presentó la persona y los que se presentaron sobre ella, del más nuevo al más antiguo."""
    suyos = Q(autor=usuario) | Q(persona=usuario)
    filas = ReclamoDePadron.objects.filter(suyos, padron=padron).select_related("contienda__area")
    return list(filas.order_by("-momento", "-pk"))


def publicaron(padron: PadronElectoral) -> set[int]:
    """Claves de quienes publicaron ese padrón, la primera vez o después, según la bitácora."""
    sucesos = Suceso.objects.de(padron).filter(verbo__in=("publicar", "publicar_de_nuevo"))
    return set(sucesos.exclude(actor=None).values_list("actor", flat=True))


def padron_o_nada(votacion: Votacion) -> PadronElectoral | None:
    return PadronElectoral.objects.filter(votacion=votacion).first()
