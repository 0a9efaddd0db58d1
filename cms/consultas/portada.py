"""Lo primero del inicio: qué está abierto para quien mira."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from civic.procesos import reglas
from civic.procesos.consultas import FaseEnLinea, fases_de, linea_de_fases, por_que_esta_cerrado
from civic.procesos.models import Fase, Proceso, Techo
from civic.procesos.reglas import VOTAR
from cms.consultas.abierto import (
    ORDEN,
    Abierto,
    acciones_abiertas,
    donde_voto,
    procesos_con_pagina,
    url_de_proceso,
    votaciones_abiertas,
)
from mapas.territorio.models import Area
from propuestas.models import Propuesta


@dataclass(frozen=True)
class Portada:
    """Lo primero del inicio: qué se anuncia, lo demás que está abierto y lo que viene."""

    principal: Abierto | None
    otros: list[Abierto]
    proximo: tuple[Proceso, Fase, str] | None
    fases: list[FaseEnLinea]
    distrito: Area | None
    otb: Area | None
    verificada: bool
    monto: Decimal | None
    propuestas: int
    distritos: int = 0


def portada(usuario: Any, *, destacado_id: int | None = None, ahora: datetime.datetime | None = None) -> Portada:
    """Qué está abierto ahora para `usuario` (puede ser anónimo) y hasta cuándo.

    Primero lo que todavía no hizo: votar, luego proponer, luego comentar una consulta; entre iguales, el proceso
    destacado y lo que cierra antes.
    """
    ahora = ahora or timezone.now()
    residencia = usuario.residencia_o_nada if usuario.is_authenticated else None
    procesos = procesos_con_pagina()
    votaciones = votaciones_abiertas(ahora)
    votadas = donde_voto(usuario, votaciones)
    verificada = residencia is not None and residencia.esta_verificada
    # Las papeletas son por distrito: a quien vive en una OTB sin distrito no se le anuncia lo que no le toca.
    sin_papeleta = residencia is not None and verificada and residencia.distrito_id is None
    abiertas = [
        abierto
        for proceso in procesos
        for abierto in acciones_abiertas(proceso, votaciones, votadas, ahora, url_de_proceso(proceso.pagina))
        if not (sin_papeleta and abierto.accion == VOTAR)
    ]
    abiertas.sort(
        key=lambda abierto: (
            abierto.ya_voto,
            abierto.proceso.pk != destacado_id,
            ORDEN[abierto.accion],
            abierto.hasta,
            abierto.proceso.pk,
        )
    )
    principal = abiertas[0] if abiertas else None
    distrito = residencia.distrito if residencia is not None and verificada else None
    monto, distritos = _monto(principal, distrito)
    return Portada(
        principal=principal,
        otros=abiertas[1:],
        proximo=None if principal else _proximo(procesos, ahora),
        fases=linea_de_fases(principal.proceso, ahora) if principal else [],
        distrito=distrito,
        otb=residencia.otb if residencia is not None and verificada else None,
        verificada=verificada,
        monto=monto,
        propuestas=_cuantas_propuestas(principal, distrito),
        distritos=distritos,
    )


def _proximo(procesos: list[Proceso], ahora: datetime.datetime) -> tuple[Proceso, Fase, str] | None:
    """La próxima fase de cualquier proceso, cuando ahora no hay nada abierto."""
    futuras = [
        (fase, proceso)
        for proceso in procesos
        if not por_que_esta_cerrado(proceso) and (fase := reglas.fase_siguiente(fases_de(proceso), ahora)) is not None
    ]
    if not futuras:
        return None
    fase, proceso = min(futuras, key=lambda par: par[0].inicio)
    return proceso, fase, url_de_proceso(proceso.pagina)


def _monto(principal: Abierto | None, distrito: Area | None) -> tuple[Decimal | None, int]:
    """Dinero que se decide: el techo del distrito o la suma de todos, y de cuántos distritos."""
    if principal is None:
        return None, 0
    techos = Techo.objects.filter(proceso=principal.proceso)
    if distrito is not None:
        techos = techos.filter(distrito=distrito)
    suma = techos.aggregate(monto=Sum("monto"), cuantos=Count("distrito", distinct=True))
    return suma["monto"], suma["cuantos"]


def _cuantas_propuestas(principal: Abierto | None, distrito: Area | None) -> int:
    if principal is None or principal.proceso.tipo == Proceso.Tipo.CONSULTA:
        return 0
    propuestas = Propuesta.objects.vivas().filter(proceso=principal.proceso)
    return (propuestas.filter(distrito=distrito) if distrito else propuestas).count()
