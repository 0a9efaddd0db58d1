"""Quién atiende un lote, quién lo mira y quién decide sobre él."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.roles import Cosa, puede, roles_que
from votaciones.lotes.models import Lote, distrito_de
from votaciones.lotes.reglas import Estado
from votaciones.models import Contienda, Votacion

ATIENDEN, LEEN, DECIDEN = (roles_que(letra, Cosa.MESAS) for letra in "CRA")
ENTRAN = tuple(dict.fromkeys((*ATIENDEN, *LEEN)))
MIRADA = "Miró la foto de un lote de papeletas"
NO_LE_TOCA = "Este lote lo atiende quien atiende las mesas de ese lugar."
SOLO_PLANIFICACION = "Eso le toca a Planificación POA."


class _Donde:
    """Lo que `roles.puede` mide de un lugar."""

    def __init__(self, distrito: int | None) -> None:
        self.distrito_id = distrito


def _puede(usuario: Any, letra: str, donde: Any = None) -> bool:
    # La administración técnica no atiende mesas ni deposita por nadie: hace falta el cargo.
    roles = getattr(usuario, "roles_vigentes", ())
    if getattr(usuario, "es_tecnica", False) and not set(roles) & set(roles_que(letra, Cosa.MESAS)):
        return False
    return puede(usuario, letra, Cosa.MESAS, donde)


def atiende(usuario: Any, lote: Lote) -> bool:
    return _puede(usuario, "C", lote)


def atiende_en(usuario: Any, contienda: Contienda) -> bool:
    return _puede(usuario, "C", _Donde(distrito_de(contienda.area)))


def lee(usuario: Any) -> bool:
    return _puede(usuario, "R")


def decide(usuario: Any) -> bool:
    return _puede(usuario, "A")


def votacion_o_404(slug: str) -> Votacion:
    votacion = Votacion.objects.visibles().select_related("proceso").filter(slug=slug).first()
    if votacion is None:
        raise Http404("No hay esa votación.")
    return votacion


def lote_o_404(usuario: Any, slug: str, pk: int) -> Lote:
    """El lote, si quien mira lo atiende o su cargo lee los lotes."""
    lote = Lote.objects.con_lugar().filter(contienda__votacion__slug=slug, pk=pk).first()
    if lote is None or not (atiende(usuario, lote) or lee(usuario)):
        raise Http404("No hay ese lote.")
    return lote


def atendido_o_403(usuario: Any, slug: str, pk: int) -> Lote:
    lote = lote_o_404(usuario, slug, pk)
    if not atiende(usuario, lote):
        raise PermissionDenied(NO_LE_TOCA)
    return lote


def exigir_atender(usuario: Any, lote: Lote) -> None:
    if not atiende(usuario, lote):
        raise ReglaIncumplida(NO_LE_TOCA)


def exigir_decidir(usuario: Any) -> None:
    if not decide(usuario):
        raise ReglaIncumplida(SOLO_PLANIFICACION)


def por_que_no_carga(usuario: Any, lote: Lote) -> str:
    """Frase que dice por qué esa persona no escribe hojas ahora; vacía si puede."""
    if lote.estado == Estado.PRIMERA_CARGA:
        if lote.primera_por_id in (None, usuario.pk):
            return ""
        return "La primera carga la hace otra persona. Cuando termine, tú puedes hacer la segunda."
    if lote.estado != Estado.SEGUNDA_CARGA:
        return f"El lote está «{lote.ficha.etiqueta}»: ahora no se escriben hojas."
    if usuario.pk == lote.primera_por_id:
        if lote.por_repetir:
            return ""
        return "Tú hiciste la primera carga. La segunda la hace otra persona, sin ver la tuya."
    if lote.segunda_por_id in (None, usuario.pk):
        return "Tú decidiste hojas de este lote: la carga la hace otra." if usuario.pk == lote.decidida_por_id else ""
    return "La segunda carga la hace otra persona."


def decide_hojas(usuario: Any, lote: Lote) -> bool:
    """Si decide, mirando el papel, las hojas en que las dos cargas no coinciden."""
    otra = usuario.pk not in (lote.primera_por_id, lote.segunda_por_id)
    return bool(lote.estado == Estado.SEGUNDA_CARGA and lote.por_repetir) and otra and decide(usuario)
