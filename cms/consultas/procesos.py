"""Lo que muestran el índice de procesos y la página de cada uno."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum, prefetch_related_objects
from django.utils import timezone

from civic.procesos import reglas
from civic.procesos.consultas import FaseEnLinea, fases_de, linea_de_fases
from civic.procesos.models import Fase, Proceso, Techo
from civic.procesos.reglas import COMENTAR, PROPONER
from cms.consultas.abierto import (
    ORDEN,
    Abierto,
    acciones_abiertas,
    donde_voto,
    en_las_que_se_vota,
    procesos_con_pagina,
    url_de_proceso,
)
from cms.consultas.nuevo import Renglon, obras_con_avance, renglon_de_obra
from cms.models import PaginaProceso
from mapas.territorio.models import Area
from propuestas.consultas import con_comentarios
from propuestas.models import Propuesta
from votaciones.models import Votacion


@dataclass(frozen=True)
class FilaDeTecho:
    """Techo de un distrito y cuánto suma lo propuesto ahí, en Bs."""

    distrito: Area
    monto: Decimal
    propuestas: int
    pedido: Decimal
    explicacion: str = ""


@dataclass(frozen=True)
class VistaDeProceso:
    """Todo lo que la página de un proceso muestra de las demás salas."""

    fases: list[FaseEnLinea]
    actual: Fase | None
    siguiente: Fase | None
    hasta: datetime.datetime | None
    acciones: list[Abierto]
    por_que_no: str
    techos: list[FilaDeTecho]
    techo_total: Decimal
    propuestas: list[tuple[Propuesta, int]]
    propuestas_total: int
    votaciones: list[Votacion]
    obras: list[Renglon]


@dataclass(frozen=True)
class ProcesoEnLista:
    """Un proceso en el índice: su página, su situación y la fase que se anuncia (vigente o la próxima)."""

    proceso: Proceso
    url: str
    situacion: str
    fase: Fase | None
    vigente: bool


def procesos_por_situacion(ahora: datetime.datetime | None = None) -> dict[str, list[ProcesoEnLista]]:
    """Procesos con página, en «ahora», «futuro» y «hecho» según sus fases (dos consultas)."""
    ahora = ahora or timezone.now()
    grupos: dict[str, list[ProcesoEnLista]] = {"ahora": [], "futuro": [], "hecho": []}
    for proceso in procesos_con_pagina():
        fases = fases_de(proceso)
        actual = reglas.fase_principal(fases, ahora)
        siguiente = reglas.fase_siguiente(fases, ahora)
        empezo = any(fase.inicio <= ahora for fase in fases)
        if actual is not None or (empezo and siguiente is not None):
            situacion = "ahora"
        else:
            situacion = "futuro" if siguiente is not None or not fases else "hecho"
        grupos[situacion].append(
            ProcesoEnLista(
                proceso, url_de_proceso(proceso.pagina), situacion, actual or siguiente, vigente=actual is not None
            )
        )
    return grupos


def vista_de_proceso(pagina: PaginaProceso, usuario: Any, ahora: datetime.datetime | None = None) -> VistaDeProceso:
    """Fases, acciones, techos, propuestas, votaciones y obras de un proceso."""
    ahora = ahora or timezone.now()
    proceso = pagina.proceso
    prefetch_related_objects([proceso], "fases")
    fases = fases_de(proceso)
    votaciones = list(Votacion.objects.visibles().filter(proceso=proceso).defer("libro"))
    abiertas = en_las_que_se_vota(votaciones, ahora)
    acciones = acciones_abiertas(
        proceso, abiertas, donde_voto(usuario, abiertas), ahora, url_de_proceso(pagina) if pagina.url_path else ""
    )
    acciones.sort(key=lambda abierto: (abierto.ya_voto, ORDEN[abierto.accion]))
    actual = reglas.fase_principal(fases, ahora)
    techos = techos_de(proceso)
    propuestas = Propuesta.objects.publicadas().filter(proceso=proceso)
    es_consulta = proceso.tipo == Proceso.Tipo.CONSULTA
    obras = obras_con_avance().filter(proceso=proceso)[:6]
    return VistaDeProceso(
        fases=linea_de_fases(proceso, ahora),
        actual=actual,
        siguiente=reglas.fase_siguiente(fases, ahora),
        hasta=actual.fin if actual else None,
        acciones=acciones,
        por_que_no="" if acciones else reglas.por_que_no(fases, COMENTAR if es_consulta else PROPONER, ahora),
        techos=techos,
        techo_total=sum((fila.monto for fila in techos), Decimal(0)),
        propuestas=con_comentarios(propuestas.order_by("-apoyos_contados", "-pk").para_tarjetas()[:6]),
        propuestas_total=propuestas.count(),
        votaciones=votaciones,
        obras=[renglon_de_obra(obra) for obra in obras],
    )


def techos_de(proceso: Proceso) -> list[FilaDeTecho]:
    """Techo de cada distrito junto a lo que se pidió en él (dos consultas)."""
    pedidos = {
        fila["distrito"]: fila
        for fila in Propuesta.objects.publicadas()
        .filter(proceso=proceso)
        .order_by()
        .values("distrito")
        .annotate(cuantas=Count("pk"), pedido=Sum("monto_solicitado"))
    }
    filas = []
    for techo in Techo.objects.filter(proceso=proceso).select_related("distrito"):
        pedido = pedidos.get(techo.distrito_id, {})
        filas.append(
            FilaDeTecho(
                techo.distrito,
                techo.monto,
                pedido.get("cuantas", 0),
                pedido.get("pedido") or Decimal(0),
                techo.explicacion,
            )
        )
    return filas
