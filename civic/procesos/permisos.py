"""Qué permite la fase de ahora."""

from datetime import datetime

from django.utils import timezone

from civic.procesos import reglas
from civic.procesos.consultas import fases_de
from civic.procesos.models import Proceso


def permite(proceso: Proceso, accion: str, ahora: datetime | None = None) -> bool:
    return reglas.permite(fases_de(proceso), accion, ahora or timezone.now())


def por_que_no(proceso: Proceso, accion: str, ahora: datetime | None = None) -> str:
    return reglas.por_que_no(fases_de(proceso), accion, ahora or timezone.now())


def exigir_fase(proceso: Proceso, accion: str, ahora: datetime | None = None) -> None:
    """Lanza ReglaIncumplida, con la fase actual y la fecha en que se abre, si ahora no se puede."""
    reglas.exigir(fases_de(proceso), accion, ahora or timezone.now())
