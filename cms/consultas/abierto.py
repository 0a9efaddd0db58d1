"""Qué se puede hacer hoy en los procesos publicados."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from civic.procesos import reglas
from civic.procesos.consultas import fases_abiertas
from civic.procesos.models import Proceso
from civic.procesos.reglas import COMENTAR, PROPONER, VOTAR
from cms.models import PaginaProceso
from votaciones.models import Participacion, Votacion
from votaciones.reglas.estados import ABIERTA

# Lo que se anuncia primero cuando hay varias cosas abiertas.
ORDEN = {VOTAR: 0, PROPONER: 1, COMENTAR: 2}


@dataclass(frozen=True)
class Abierto:
    """Algo que hoy se puede hacer: votar, proponer o comentar, en qué proceso y hasta cuándo."""

    accion: str
    proceso: Proceso
    hasta: datetime.datetime
    pagina_url: str
    votacion: Votacion | None = None
    ya_voto: bool = False


def procesos_con_pagina() -> list[Proceso]:
    """Procesos publicados que tienen página, con fases y página cargadas (dos consultas)."""
    return list(
        Proceso.objects.publicados()
        .filter(pagina__live=True)
        .con_fases()
        .select_related("pagina")
        .defer("pagina__cuerpo", "pagina__articulos")
    )


def acciones_abiertas(
    proceso: Proceso, votaciones: dict[int, Votacion], votadas: set[int], ahora: datetime.datetime, url: str
) -> list[Abierto]:
    """Lo que la fase de ahora permite a la gente en el proceso, con su plazo."""
    abiertas = []
    for fase in fases_abiertas(proceso, ahora):
        permite = reglas.actos_de(fase)
        votacion = votaciones.get(proceso.pk)
        if VOTAR in permite and votacion is not None:
            abiertas.append(Abierto(VOTAR, proceso, votacion.cierra, url, votacion, votacion.pk in votadas))
        if PROPONER in permite:
            abiertas.append(Abierto(PROPONER, proceso, fase.fin, url))
        if COMENTAR in permite and proceso.tipo == Proceso.Tipo.CONSULTA:
            abiertas.append(Abierto(COMENTAR, proceso, fase.fin, url))
    return abiertas


def en_las_que_se_vota(votaciones: Iterable[Votacion], ahora: datetime.datetime) -> dict[int, Votacion]:
    """De estas votaciones, aquellas en las que en `ahora` se puede votar, por su proceso."""
    return {votacion.proceso_id: votacion for votacion in votaciones if votacion.situacion_en(ahora) == ABIERTA}


def votaciones_abiertas(ahora: datetime.datetime) -> dict[int, Votacion]:
    return en_las_que_se_vota(Votacion.objects.abiertas().select_related("proceso").defer("libro"), ahora)


def donde_voto(usuario: Any, votaciones: dict[int, Votacion]) -> set[int]:
    """Votaciones abiertas en las que la persona ya votó (una consulta, o ninguna si no ingresó)."""
    if not votaciones or not usuario.is_authenticated:
        return set()
    abiertas = [votacion.pk for votacion in votaciones.values()]
    return set(
        Participacion.objects.filter(usuario=usuario, contienda__votacion__in=abiertas).values_list(
            "contienda__votacion", flat=True
        )
    )


def url_de_proceso(pagina: PaginaProceso) -> str:
    """Dirección de la página del proceso, sin preguntar por el sitio: url_path empieza con la página raíz."""
    return "/" + pagina.url_path.split("/", 2)[2]
