"""Cifras y lo más nuevo de cada sala."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils.text import Truncator

from civic.comun.dinero import bolivianos, miles
from mapas.obras.models import Avance, Obra, ObraQuerySet
from mapas.obras.reglas import FICHAS as FICHAS_DE_OBRA
from mapas.reportes.consultas import cifras as cifras_de_reportes
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import FICHAS as FICHAS_DE_REPORTE
from mapas.reportes.reglas import Estado as EstadoDeReporte
from mapas.territorio.models import Area
from propuestas.consultas import por_distrito, recientes
from propuestas.models import Propuesta
from votaciones.models import Participacion

# Contar todo en cada visita a la portada no le sirve a nadie: un minuto de atraso no se nota.
SEGUNDOS_DE_MEMORIA = 60


@dataclass(frozen=True)
class Cifra:
    """Una cifra de «Así vamos»: el número ya escrito, su nombre y dónde verla entera (nombre de URL)."""

    valor: str
    nombre: str
    detalle: str
    ruta: str


@dataclass(frozen=True)
class Renglon:
    """Un reporte o una obra en una lista corta: qué, dónde, cómo va."""

    titulo: str
    url: str
    lugar: str
    etiqueta: str
    tono: str
    signo: str
    momento: datetime.datetime
    avance: int | None = None


@dataclass(frozen=True)
class Nuevo:
    """Lo más nuevo de cada sala, del distrito de la persona si lo hay."""

    distrito: Area | None
    propuestas: list[tuple[Propuesta, int]]
    reportes: list[Renglon]
    obras: list[Renglon]


def cifras_recientes() -> list[Cifra]:
    """Las cifras de «Así vamos», contadas hace un minuto como mucho."""
    return cache.get_or_set("cms:cifras", cifras, SEGUNDOS_DE_MEMORIA) or []


def cifras() -> list[Cifra]:
    """Las cuatro cifras de «Así vamos», contadas ahora (cuatro consultas)."""
    personas = Participacion.objects.aggregate(cuantas=Count("usuario", distinct=True))["cuantas"]
    propuestas = Propuesta.objects.vivas().aggregate(cuantas=Count("pk"), apoyos=Sum("apoyos_contados", default=0))
    reportes = cifras_de_reportes()
    obras = (
        Obra.objects.publicadas()
        .en_marcha()
        .aggregate(cuantas=Count("pk"), dinero=Sum("presupuesto", default=Decimal(0)))
    )
    return [
        Cifra(miles(personas), "personas votaron", "", "votaciones:lista"),
        Cifra(miles(propuestas["cuantas"]), "propuestas", f"{miles(propuestas['apoyos'])} apoyos", "propuestas:lista"),
        _cifra_de_reportes(reportes),
        Cifra(miles(obras["cuantas"]), "obras en marcha", bolivianos(obras["dinero"]), "obras:lista"),
    ]


def _cifra_de_reportes(reportes: dict[str, int | None]) -> Cifra:
    """Respuestas en plazo o, mientras ningún plazo se haya cumplido, cuántos reportes hay."""
    total = miles(reportes["total"] or 0)
    en_plazo = reportes["en_plazo_pct"]
    if en_plazo is None:
        return Cifra(total, "reportes recibidos", "", "reportes:lista")
    return Cifra(f"{en_plazo} %", "respuestas en plazo", f"{total} reportes", "reportes:lista")


@dataclass(frozen=True)
class MapaDelPortal:
    """Propuestas de cada distrito: sus filas (codigo, nombre, propuestas) y la clase de color de cada código."""

    enlace: str
    filas: list[dict[str, Any]]
    clases: dict[str, str]


CLASES_DE_COLOR = 5


def mapa_reciente() -> MapaDelPortal:
    """El mapa de la portada, contado hace un minuto como mucho."""
    return cache.get_or_set("cms:mapa", mapa_de_propuestas, SEGUNDOS_DE_MEMORIA)  # type: ignore[return-value]


def mapa_de_propuestas() -> MapaDelPortal:
    """Propuestas por distrito para el mapa de la portada (una consulta).

    Los colores van en cinco clases de igual ancho entre el distrito con menos propuestas y el que tiene más.
    """
    filas = por_distrito()
    cuantas = [fila["propuestas"] for fila in filas]
    menor, ancho = (min(cuantas), max(cuantas) - min(cuantas) + 1) if cuantas else (0, 1)
    return MapaDelPortal(
        enlace=f"{reverse('propuestas:lista')}?distrito=",
        filas=filas,
        clases={fila["codigo"]: f"c{(fila['propuestas'] - menor) * CLASES_DE_COLOR // ancho}" for fila in filas},
    )


def lo_mas_nuevo(usuario: Any, cuantos: int = 3) -> Nuevo:
    """Lo último de cada sala; a quien tiene residencia verificada, lo de su distrito (tres consultas)."""
    residencia = usuario.residencia_o_nada if usuario.is_authenticated else None
    distrito = residencia.distrito if residencia is not None and residencia.esta_verificada else None
    aqui = {"distrito": distrito} if distrito is not None else {}
    reportes = (
        Reporte.objects.publicos()
        .exclude(estado=EstadoDeReporte.DUPLICADO)
        .filter(**aqui)
        .para_tarjetas()
        .order_by("-creado", "-pk")[:cuantos]
    )
    obras = obras_con_avance().filter(**aqui).order_by("-cambiada")[:cuantos]
    return Nuevo(
        distrito=distrito,
        propuestas=recientes(cuantos, distrito),
        reportes=[renglon_de_reporte(reporte) for reporte in reportes],
        obras=[renglon_de_obra(obra) for obra in obras],
    )


def _lugar(cosa: Any) -> str:
    return " › ".join(str(area) for area in (cosa.distrito, cosa.otb) if area is not None)


def renglon_de_reporte(reporte: Reporte) -> Renglon:
    etiqueta, tono, signo, _ = FICHAS_DE_REPORTE[reporte.estado]
    titulo = Truncator(reporte.descripcion).chars(70)
    return Renglon(titulo, reporte.get_absolute_url(), _lugar(reporte), etiqueta, tono, signo, reporte.creado)


def obras_con_avance() -> ObraQuerySet:
    """Obras públicas con su lugar y su último avance construido (`construido`, en por ciento, o None)."""
    ultimo = Avance.objects.filter(obra=OuterRef("pk")).order_by("-fecha").values("fisico")[:1]
    return Obra.objects.publicadas().annotate(construido=Subquery(ultimo)).select_related("distrito", "otb")


def renglon_de_obra(obra: Any) -> Renglon:
    """Una obra de `obras_con_avance()` en una línea."""
    etiqueta, tono, signo, _ = FICHAS_DE_OBRA[obra.estado]
    avance = None if obra.construido is None else int(obra.construido)
    url = obra.get_absolute_url()
    return Renglon(obra.nombre, url, _lugar(obra), etiqueta, tono, signo, obra.cambiada, avance)
