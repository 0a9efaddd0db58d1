"""Las papeletas de quienes se inscribieron en una mesa: se calculan igual al inscribir y al publicar otra vez."""

from collections.abc import Callable, Iterable
from functools import cache

from civic.cuentas.models import Residencia
from mapas.territorio.consultas import distrito_de_otb
from mapas.territorio.models import Area
from votaciones.lugares import contiendas_de
from votaciones.mesas.models import Inscripcion
from votaciones.models import Contienda
from votaciones.padron.models import Habilitacion, PadronElectoral


def lugares_de(votacion: int) -> Callable[[Area], list[Contienda]]:
    """Las contiendas de quien vive en un lugar (una OTB o un distrito), sin preguntar dos veces por el mismo."""

    @cache
    def de(lugar: Area) -> list[Contienda]:
        otb = lugar if lugar.tipo == Area.Tipo.OTB else None
        vive = Residencia(otb=otb, distrito=distrito_de_otb(lugar) if otb else lugar)
        return contiendas_de(votacion, vive)

    return de


def habilitaciones_de_inscritas(padron: PadronElectoral, inscripciones: Iterable[Inscripcion]) -> list[Habilitacion]:
    """Sin guardar. Solo por su identidad: si después tiene cuenta, es la misma persona y no se dobla."""
    contiendas = lugares_de(padron.votacion_id)
    return [
        Habilitacion(padron=padron, contienda=contienda, identidad_id=una.identidad_id, metodo=una.metodo)
        for una in inscripciones
        for contienda in contiendas(una.lugar)
    ]


def conservar(padron: PadronElectoral) -> None:
    """Al publicar otra vez, quienes se inscribieron siguen; si ya tienen cuenta y entraron con ella, vale la cuenta."""
    con_cuenta = Habilitacion.objects.filter(padron=padron, identidad__isnull=False).values("identidad")
    siguen = (
        Inscripcion.objects.filter(padron=padron)
        .exclude(identidad__in=con_cuenta)
        .select_related("lugar__padre", "lugar__municipio")
    )
    Habilitacion.objects.bulk_create(habilitaciones_de_inscritas(padron, siguen), batch_size=500)
