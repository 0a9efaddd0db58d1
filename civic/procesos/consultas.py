"""Lecturas de procesos: qué se puede hacer ahora, la línea de fases y los techos."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from civic.procesos import reglas
from civic.procesos.models import Fase, Proceso, Techo
from mapas.territorio.models import Area


@dataclass(frozen=True)
class FaseEnLinea:
    """Una fase y su situación respecto de ahora: «hecho», «ahora» o «futuro»."""

    fase: Fase
    situacion: str


def fases_de(proceso: Proceso) -> list[Fase]:
    """Fases en orden; usa lo ya cargado con `con_fases()`."""
    return list(proceso.fases.all())


def linea_de_fases(proceso: Proceso, ahora: datetime | None = None) -> list[FaseEnLinea]:
    """Fases del proceso con su situación, para la línea de tiempo `procesos/_fases.html`."""
    ahora = ahora or timezone.now()
    return [
        FaseEnLinea(fase, "futuro" if fase.inicio > ahora else "hecho" if fase.fin <= ahora else "ahora")
        for fase in fases_de(proceso)
    ]


def procesos_que_permiten(accion: str, ahora: datetime | None = None) -> list[Proceso]:
    """Procesos publicados en los que ahora se puede hacer `accion` (reglas.PROPONER, VOTAR, …)."""
    ahora = ahora or timezone.now()
    procesos = Proceso.objects.publicados().con_fases()
    return [proceso for proceso in procesos if reglas.permite(fases_de(proceso), accion, ahora)]


def techo_de(proceso: Proceso, distrito: Area) -> Decimal | None:
    """Techo del distrito en el proceso, en Bs, o None si no tiene."""
    return Techo.objects.filter(proceso=proceso, distrito=distrito).values_list("monto", flat=True).first()
