"""Suspender y reanudar una votación: dos actos públicos y firmados en el tablero de cada urna.

El tablero dice motivo, momento al minuto y calidad, nunca una persona: quién lo hizo queda en la bitácora. La hora de
cierre no cambia.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.procesos.reglas import dia
from votaciones import permisos
from votaciones.acciones.conducir import CALIDAD
from votaciones.acciones.votar import asegurar_urna
from votaciones.models import Contienda, Votacion
from votaciones.reglas import estados
from votaciones.reglas.tablero import Tipo
from votaciones.urna import acciones as urna
from votaciones.urna import consultas as consultas_de_urna


@transaction.atomic
def suspender_votacion(votacion: Votacion, actor: Any, *, motivo: str, ahora: datetime | None = None) -> Votacion:
    """Detiene una votación abierta: desde aquí ninguna urna recibe. El motivo es público."""
    return _mover(votacion, actor, Tipo.SUSPENSION, motivo, ahora or timezone.now())


@transaction.atomic
def reanudar_votacion(votacion: Votacion, actor: Any, *, motivo: str, ahora: datetime | None = None) -> Votacion:
    """Vuelve a abrirla. Le toca a otra persona que la que la suspendió; el motivo es público."""
    return _mover(votacion, actor, Tipo.REANUDACION, motivo, ahora or timezone.now())


def _mover(votacion: Votacion, actor: Any, tipo: Tipo, motivo: str, ahora: datetime) -> Votacion:
    permisos.exigir_conducir(actor)
    reanuda = tipo == Tipo.REANUDACION
    hacia = Votacion.Estado.ABIERTA if reanuda else Votacion.Estado.SUSPENDIDA
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    contiendas = list(bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")))
    desde = votacion.estado
    estados.exigir_movimiento(desde, hacia, reanuda=reanuda)
    if reanuda and actor is not None:
        permisos.exigir_otra_persona(permisos.por_que_no_reanuda(actor, votacion))
    if not motivo.strip():
        raise ReglaIncumplida("Escribe el motivo: será público.", campo="motivo")
    if ahora >= votacion.cierra:
        raise ReglaIncumplida(f"La hora de cierre fue el {dia(votacion.cierra)}: ya solo se puede cerrar.")
    acto = _acto(contiendas, tipo, motivo, ahora)
    # Cada urna se detiene o sigue en su base. Si algo se corta, se repite: la que ya lo hizo no lo asienta otra vez, y
    # mientras tanto la votación no recibe por una parte ni por la otra.
    asentar = urna.reanudar_urna if reanuda else urna.suspender_urna
    for contienda in contiendas:
        contienda.votacion = votacion
        asegurar_urna(contienda)
        asentar(contienda.pk, acto)
    votacion.estado = hacia
    votacion.save(update_fields=["estado"])
    anotar(
        votacion,
        verbo="reanudar" if reanuda else "suspender",
        actor=actor,
        calidad=CALIDAD,
        desde=desde,
        hasta=hacia,
        texto="Se reanudó la votación." if reanuda else "Se suspendió la votación.",
        motivo=acto["motivo"],
    )
    return votacion


def _acto(contiendas: list[Contienda], tipo: Tipo, motivo: str, ahora: datetime) -> Mapping[str, str]:
    """Lo que se asienta. Si antes se cortó a medias, lo que ya está en alguna urna: todas dicen lo mismo."""
    for contienda in contiendas:
        ultimo = consultas_de_urna.ultimo_acto_de(contienda.pk)
        if ultimo is not None and ultimo.tipo == tipo:
            return ultimo.datos
    return {"motivo": motivo.strip(), "momento": f"{ahora.astimezone(UTC):%Y-%m-%dT%H:%MZ}", "calidad": CALIDAD}
