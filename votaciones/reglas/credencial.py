"""La credencial de un solo uso: el padrón la firma, la urna la acepta una vez, y ninguna de las dos sabe lo de la otra.

Del código del recibo, que solo tiene quien vota, salen tres huellas. Sin el código ninguna lleva a otra:

- el *compromiso* queda en el padrón, junto a la persona: dice que retiró su credencial y deja que la pida de nuevo
  con el mismo código si se le cortó la conexión;
- la *serie* es lo que se firma, y lo único por lo que la urna conoce una credencial;
- la *huella del recibo* (ver `recibo`) es la que se publica.

La urna solo mira que la firma valga: con otra manera de firmar (una firma ciega, que ni quien firma puede reconocer)
cambia el `Verificador` y nada más.
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Credencial:
    """Derecho a poner una papeleta en `urna` («huella del libro:número de contienda»). Firma en hexadecimal."""

    urna: str
    serie: str
    firma: str

    @property
    def mensaje(self) -> bytes:
        return mensaje_de(self.urna, self.serie)


class Verificador(Protocol):
    def vale(self, credencial: Credencial) -> bool: ...


def urna_de(huella_del_libro: str, numero: int) -> str:
    return f"{huella_del_libro}:{numero}"


def mensaje_de(urna: str, serie: str) -> bytes:
    """Lo que se firma."""
    return f"ayni.credencial.1\n{urna}\n{serie}".encode()


def compromiso_de(codigo: str) -> str:
    return _huella("padron", codigo)


def serie_de(codigo: str) -> str:
    return _huella("serie", codigo)


def _huella(para: str, codigo: str) -> str:
    return hashlib.sha256(f"ayni.{para}:{codigo}".encode()).hexdigest()
