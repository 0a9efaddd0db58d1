"""Lo que muestran el índice de procesos y la página de cada uno."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum, prefetch_related_objects
from django.utils import timezone

from civic.procesos import reglas
from civic.procesos.consultas import (
    CambioPublicado,
    FaseEnLinea,
    GrupoDeTechos,
    cambios_del_calendario,
    fases_de,
    grupos_de_techos,
    linea_de_fases,
    por_que_esta_cerrado,
    por_que_no,
    techos_por_distrito,
)
from civic.procesos.models import Fase, Proceso
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


@dataclass(frozen=True)
class VistaDeProceso:
    """Todo lo que la página de un proceso muestra de las demás salas."""

    fases: list[FaseEnLinea]
    actual: Fase | None
    siguiente: Fase | None
    hasta: datetime.datetime | None
    acciones: list[Abierto]
    por_que_no: str
    detenido: str
    cambios: list[CambioPublicado]
    techos: list[FilaDeTecho]
    techo_total: Decimal
    propuestas: list[tuple[Propuesta, int]]
    propuestas_total: int
    votaciones: list[Votacion]
    obras: list[Renglon]


@dataclass(frozen=True)
class ProcesoEnLista:
    """Un proceso en el índice: su página, su situación y la fase que se anuncia (vigente o la próxima).

    `situacion` es «detenido» si está suspendido o desierto: entonces no se anuncia ninguna fase.
    """

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
        detenido = bool(por_que_esta_cerrado(proceso))
        if actual is not None or (empezo and siguiente is not None):
            situacion = "ahora"
        else:
            situacion = "futuro" if siguiente is not None or not fases else "hecho"
        grupos[situacion].append(
            ProcesoEnLista(
                proceso,
                url_de_proceso(proceso.pagina),
                "detenido" if detenido else situacion,
                actual or siguiente,
                vigente=actual is not None and not detenido,
            )
        )
    return grupos


def vista_de_proceso(pagina: PaginaProceso, usuario: Any, ahora: datetime.datetime | None = None) -> VistaDeProceso:
    """Fases, acciones, techos, propuestas, votaciones y obras de un proceso."""
    ahora = ahora or timezone.now()
    proceso = pagina.proceso
    prefetch_related_objects([proceso], "fases")
    fases = fases_de(proceso)
    votaciones = list(Votacion.objects.visibles().filter(proceso=proceso).select_related("proceso").defer("libro"))
    abiertas = en_las_que_se_vota(votaciones, ahora)
    acciones = acciones_abiertas(
        proceso, abiertas, donde_voto(usuario, abiertas), ahora, url_de_proceso(pagina) if pagina.url_path else ""
    )
    acciones.sort(key=lambda abierto: (abierto.ya_voto, ORDEN[abierto.accion]))
    actual = reglas.fase_principal(fases, ahora)
    techos = techos_de(proceso)
    propuestas = Propuesta.objects.vivas().filter(proceso=proceso)
    es_consulta = proceso.tipo == Proceso.Tipo.CONSULTA
    obras = obras_con_avance().filter(proceso=proceso)[:6]
    return VistaDeProceso(
        fases=linea_de_fases(proceso, ahora),
        actual=actual,
        siguiente=reglas.fase_siguiente(fases, ahora),
        hasta=actual.fin if actual else None,
        acciones=acciones,
        por_que_no="" if acciones else por_que_no(proceso, COMENTAR if es_consulta else PROPONER, ahora),
        detenido=por_que_esta_cerrado(proceso),
        cambios=cambios_del_calendario(proceso),
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
        for fila in Propuesta.objects.vivas()
        .filter(proceso=proceso)
        .order_by()
        .values("distrito")
        .annotate(cuantas=Count("pk"), pedido=Sum("monto_solicitado"))
    }
    filas = []
    for distrito, monto in techos_por_distrito(proceso):
        pedido = pedidos.get(distrito.pk, {})
        filas.append(FilaDeTecho(distrito, monto, pedido.get("cuantas", 0), pedido.get("pedido") or Decimal(0)))
    return filas


@dataclass(frozen=True)
class VistaDeTechos:
    """La página de los techos: cada grupo con su fórmula, el total y la página del proceso."""

    proceso: Proceso
    url: str
    grupos: list[GrupoDeTechos]

    @property
    def total(self) -> Decimal:
        return sum((grupo.total for grupo in self.grupos), Decimal(0))


def vista_de_techos(proceso: Proceso) -> VistaDeTechos:
    """Lo que muestra /procesos/<slug>/techos/ (cuatro consultas, haya los distritos que haya)."""
    pagina = PaginaProceso.objects.visibles().filter(proceso=proceso).only("url_path").first()
    return VistaDeTechos(proceso, url_de_proceso(pagina) if pagina else "", grupos_de_techos(proceso))
