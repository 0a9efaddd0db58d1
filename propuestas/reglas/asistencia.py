"""Consentir lo que otra persona escribió: por qué medio, y la huella de lo que se leyó."""

import hashlib
from collections.abc import Iterable

EN_PERSONA, EN_SU_CUENTA = "en_persona", "en_su_cuenta"
MEDIOS = {
    EN_PERSONA: "En la pantalla de la promotora, con su contraseña",
    EN_SU_CUENTA: "Desde su propia cuenta",
}
_FRASES = {
    EN_PERSONA: "Su autora o autor la leyó en la pantalla de la promotora y la confirmó con su contraseña.",
    EN_SU_CUENTA: "Su autora o autor la leyó y la confirmó desde su propia cuenta.",
}


def frase_de_consentimiento(medio: str) -> str:
    """La línea pública de la bitácora."""
    return _FRASES[medio]


def sello_de(partes: Iterable[object]) -> str:
    """SHA-256 en hexadecimal de todo lo escrito: cambia si cambia cualquier dato."""
    return hashlib.sha256("\0".join(str(parte) for parte in partes).encode("utf-8", "surrogatepass")).hexdigest()
