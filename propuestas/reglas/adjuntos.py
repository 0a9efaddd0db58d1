"""Lo que se puede adjuntar a una propuesta, y por qué se retira."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FOTOS_MAXIMO = 3
DOCUMENTOS_MAXIMO = 3  # con la propuesta, y otros tantos con cada movimiento

# Lista cerrada: el motivo va a la bitácora, que no se borra, y no debe repetir lo que se quiso quitar.
MOTIVOS_DE_RETIRO = {
    "datos_personales": "Tenía datos personales.",
    "de_otra_cosa": "No era de esta propuesta.",
    "derechos": "Es de otra persona, que no autorizó publicarlo.",
    "ilicito": "La ley no permite publicarlo.",
}


@dataclass(frozen=True)
class Adjuntos:
    """Lo que alguien quiere cambiar de las fotos y documentos de su borrador.

    `fotos` y `documentos` son archivos subidos; `texto`, qué se ve en las fotos nuevas; lo demás va por la clave de lo
    que ya estaba: {foto: qué se ve}, las que se quitan y la que queda primera.
    """

    fotos: Sequence[Any] = ()
    texto: str = ""
    textos: Mapping[int, str] = field(default_factory=dict)
    quitar_fotos: Collection[int] = ()
    portada: int | None = None
    documentos: Sequence[Any] = ()
    quitar_documentos: Collection[int] = ()
