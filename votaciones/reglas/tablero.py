"""El tablero de una urna: una cadena de asientos donde cualquiera puede ver que nada se cambió, sacó ni agregó después.

Cada asiento tiene número (desde 1), tipo y contenido, un JSON canónico. Su huella encadena todo lo anterior:

    suma    = SHA-256(contenido)
    huella  = SHA-256(anterior + número + tipo + suma)     # textos pegados con saltos de línea

`anterior` es la huella del asiento de antes; la del primero son 64 ceros. Como entra la suma y no el contenido, un
asiento que no se puede publicar (las papeletas de un lugar donde votaron muy pocos) no rompe la cadena.

Desde el libro 4 cada asiento lleva además la firma Ed25519 de su huella, con la clave que el libro anuncia: quien tenga
la base puede rehacer la cadena entera, pero no firmarla.

Tipos: `apertura` (libro de reglas, claves públicas, hora de cierre), `lote` (papeletas cerradas, ordenadas por su
recibo: su lugar no dice cuándo llegaron), `suspension` y `reanudacion` (motivo, momento y calidad; nunca una persona),
`cierre` y `escrutinio` (las papeletas abiertas, sin recibo ni serie).
"""

import hashlib
from enum import StrEnum

from votaciones.reglas.libro import canonico
from votaciones.reglas.libro import huella_de as suma_de

__all__ = ["ORIGEN", "Tipo", "canonico", "huella_de", "mensaje_de", "suma_de"]

ORIGEN = "0" * 64


class Tipo(StrEnum):
    APERTURA = "apertura"
    LOTE = "lote"
    SUSPENSION = "suspension"
    REANUDACION = "reanudacion"
    CIERRE = "cierre"
    ESCRUTINIO = "escrutinio"


def huella_de(anterior: str, numero: int, tipo: str, suma: str) -> str:
    return hashlib.sha256(f"{anterior}\n{numero}\n{tipo}\n{suma}".encode()).hexdigest()


def mensaje_de(huella: str) -> bytes:
    """Lo que se firma de un asiento: su huella, que ya encadena todo lo anterior."""
    return f"ayni.asiento.1\n{huella}".encode()
