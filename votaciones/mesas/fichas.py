"""La ficha firmada que une los pasos de una atención: a quién se reconoció y qué papeletas le quedan.

Va escondida en el formulario, nunca en la dirección, atada a quien atiende; vence pronto y no se guarda.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing

from civic.comun.errores import ReglaIncumplida
from votaciones.models import Votacion

MINUTOS = 30
VENCIDA = "Pasó demasiado tiempo o esta página era de otra atención. Vuelve a identificar a la persona."


@dataclass(frozen=True)
class Ficha:
    identidad: int
    contiendas: tuple[int, ...]
    azar: str


def _sal(votacion: Votacion, actor: Any) -> str:
    return f"votaciones.mesas.{votacion.pk}.{actor.pk}"


def emitir(votacion: Votacion, actor: Any, *, identidad: int, contiendas: Iterable[int], azar: str = "") -> str:
    datos = [identidad, list(contiendas), azar or secrets.token_urlsafe(16)]
    return signing.dumps(datos, salt=_sal(votacion, actor))


def leer(texto: str, votacion: Votacion, actor: Any) -> Ficha:
    """Lanza ReglaIncumplida si es falsa, vieja, de otra votación o de otra persona que atiende."""
    try:
        identidad, contiendas, azar = signing.loads(texto, salt=_sal(votacion, actor), max_age=MINUTOS * 60)
    except (signing.BadSignature, ValueError, TypeError):
        raise ReglaIncumplida(VENCIDA) from None
    return Ficha(identidad, tuple(contiendas), azar)
