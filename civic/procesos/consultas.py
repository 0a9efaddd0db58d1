"""Lecturas de procesos: qué se puede hacer ahora, la línea de fases y los techos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from civic.cuentas.models import Organizacion
from civic.procesos import reglas
from civic.procesos.models import Fase, Proceso, Techo
from mapas.territorio.models import Area


@dataclass(frozen=True)
class FaseEnLinea:
    """Una fase y su situación respecto de ahora: «hecho», «ahora» o «futuro»."""

    fase: Fase
    situacion: str

    @property
    def hasta(self) -> datetime:
        """Último momento de la fase; su fecha es el último día."""
        return reglas.ultimo_instante(self.fase.fin)

    @property
    def hora_de_cierre(self) -> str:
        """«18:00» si cierra antes de terminar el día; vacío si no."""
        return reglas.hora_de_cierre(self.fase.fin)


@dataclass(frozen=True)
class QueSigue:
    """Lo que la gente necesita saber de un proceso: qué hay ahora, qué viene y, si ya nada, cuándo terminó."""

    ahora: list[FaseEnLinea]
    despues: FaseEnLinea | None
    terminado: FaseEnLinea | None


def que_sigue(fases: Sequence[FaseEnLinea]) -> QueSigue:
    """Resumen de una línea de fases; de las abiertas va primero la que empezó última, que es la que se anuncia."""
    ahora = sorted(
        (paso for paso in fases if paso.situacion == "ahora"), key=lambda paso: paso.fase.inicio, reverse=True
    )
    futuras = [paso for paso in fases if paso.situacion == "futuro"]
    despues = min(futuras, key=lambda paso: paso.fase.inicio) if futuras else None
    terminado = max(fases, key=lambda paso: paso.fase.fin) if fases and not ahora and not despues else None
    return QueSigue(ahora, despues, terminado)


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


def techo_de_organizacion(organizacion: Organizacion) -> dict[str, Any] | None:
    """Para la página de una organización: los techos de su distrito en la última gestión publicada. Una consulta.

    Son del distrito entero, que los reparte entre todas sus organizaciones; van de mayor a menor. None si no tiene.
    """
    techos = Techo.objects.filter(distrito=organizacion.distrito_id, proceso__publicado=True)
    todos = list(techos.select_related("proceso").order_by("-proceso__gestion", "-monto", "pk")[:20])
    ultimos = [techo for techo in todos if techo.proceso.gestion == todos[0].proceso.gestion]
    return {"techos": ultimos, "gestion": ultimos[0].proceso.gestion} if ultimos else None


def retrato_de(proceso: Proceso) -> reglas.Retrato:
    """El proceso como está guardado en la base, para comparar antes y después de un cambio."""
    guardado = Proceso.objects.filter(pk=proceso.pk).values_list("publicado", flat=True).first()
    fases = Fase.objects.filter(proceso_id=proceso.pk)
    techos = Techo.objects.filter(proceso_id=proceso.pk).values_list("distrito__nombre", "monto")
    return reglas.Retrato(
        publicado=bool(guardado),
        fases={fase.pk: reglas.RetratoDeFase(fase.tipo, fase.nombre, fase.inicio, fase.fin) for fase in fases},
        techos=dict(techos),
    )
