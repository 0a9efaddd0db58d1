"""Lo que comparten las acciones de un lote."""

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from votaciones.lotes.models import Lote

CALIDAD = "Mesa de votación"


def bloquear_lote(pk: int) -> Lote:
    return bloquear(Lote.objects.con_lugar().filter(pk=pk)).get()


def exigir_estado(lote: Lote, estado: str, frase: str) -> None:
    if lote.estado != estado:
        raise ReglaIncumplida(frase)
