"""Las huellas con clave de un carnet: lo único que la base guarda de él.

Son HMAC-SHA256 con una clave que vive fuera de la base (AYNI_CLAVE_PADRON): quien se lleve una copia de la base no
puede probar carnets hasta acertar. Cada uso tiene su propia clave derivada, así las huellas de un lugar no se cruzan
con las de otro.
"""

import datetime
import hashlib
import hmac
from dataclasses import dataclass, replace
from functools import lru_cache

from django.conf import settings

from civic.cuentas.reglas_identidad import Ci

_VERSION = "ayni/1"


@lru_cache(maxsize=8)
def _clave(maestra: str, uso: str) -> bytes:
    return hmac.digest(maestra.encode(), f"{_VERSION}/{uso}".encode(), "sha256")


def _huella(uso: str, texto: str) -> str:
    return hmac.digest(_clave(settings.CLAVE_PADRON, uso), texto.encode(), "sha256").hex()


def huella_de_identidad(ci: Ci) -> str:
    """La huella por la que una persona es una sola en todo Ayni."""
    return _huella("identidad", ci.canonico)


@dataclass(frozen=True, repr=False)
class Documento:
    """Las huellas de un carnet que alguien mostró: la suya, la de su número solo y, si se supo, la de su fecha."""

    huella: str
    numero: str
    nacimiento: str = ""


def documento_de(ci: Ci, nacimiento: datetime.date | None = None) -> Documento:
    """`numero` es la huella del carnet sin complemento; la de la fecha solo se compara entre los de un mismo número."""
    numero = huella_de_identidad(replace(ci, complemento=""))
    fecha = _huella("nacimiento", f"{numero}|{nacimiento:%Y-%m-%d}") if nacimiento is not None else ""
    return Documento(huella_de_identidad(ci), numero, fecha)


def llave_de_padron(ci: Ci, nacimiento: datetime.date) -> str:
    """La huella del par carnet y fecha: solo quien sabe los dos la encuentra en el padrón."""
    return _huella("padron", f"{ci.canonico}|{nacimiento:%Y-%m-%d}")


def llave_de_padron_de_organizacion(organizacion: int, ci: Ci, nacimiento: datetime.date) -> str:
    """Lo mismo en el padrón de una organización; no se cruza con el de otra ni con el municipal."""
    return _huella("padron de organizacion", f"{organizacion}|{ci.canonico}|{nacimiento:%Y-%m-%d}")


def huella_en_votacion(votacion: int, persona: str) -> str:
    """La huella de una persona en el padrón de una votación; no se cruza con la de otra votación."""
    return _huella("padron de votacion", f"{votacion}|{persona}")


def huella_de_conexion(ip: str) -> str:
    """Huella de una dirección IP, para contar intentos sin guardarla."""
    return _huella("conexion", ip)[:32]


def sello_de_la_clave() -> str:
    """Señal de qué clave se usó, para saber si un padrón se cargó con otra. No permite deducirla."""
    return hashlib.sha256(_clave(settings.CLAVE_PADRON, "sello")).hexdigest()[:16]
