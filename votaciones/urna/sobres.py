"""Cerrar y abrir sobres, y comprobar credenciales: toda la criptografía de la urna, con `cryptography`.

Las claves salen de AYNI_CLAVE_URNA, que no está en ninguna base: quien las copie enteras no puede abrir un sobre ni
firmar una credencial ni un asiento del tablero. Cada votación y cada urna tienen la suya.
"""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from votaciones.reglas.credencial import Credencial
from votaciones.reglas.tablero import canonico, mensaje_de

# Los sobres miden todos lo mismo, o un múltiplo: su tamaño no dice cuántas obras se marcaron.
MEDIDA = 512


class SobreInservible(ValueError):
    """No se abre con la clave de esta urna: lo cerró otra clave o alguien lo cambió."""


def clave_para(uso: str) -> bytes:
    """32 bytes para ese uso, siempre los mismos mientras no cambie AYNI_CLAVE_URNA."""
    derivar = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ayni.urna.1:{uso}".encode())
    return derivar.derive(settings.CLAVE_URNA.encode())


# --- Sobres ----------------------------------------------------------------------------------------------------------
class Cerrojo:
    """Cierra y abre los sobres de una urna («huella del libro:número»). Con otro `uso`, otra clave."""

    def __init__(self, urna: str, *, uso: str = "sobre") -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(clave_para(f"{uso}:{urna}")))

    def cerrar(self, seleccion: Any) -> str:
        llano = canonico(seleccion).encode()
        relleno = llano.ljust(-(-len(llano) // MEDIDA) * MEDIDA)
        # La hora que Fernet escribe en cada sobre sería la de votar: va siempre cero.
        return self._fernet.encrypt_at_time(relleno, 0).decode()

    def abrir(self, cerrado: str) -> Any:
        """Lanza SobreInservible si no lo cerró esta misma clave, byte por byte."""
        try:
            return json.loads(self._fernet.decrypt(cerrado.encode()))
        except (InvalidToken, ValueError):
            raise SobreInservible("Un sobre no se abre con la clave de su urna.") from None


# --- Credenciales ----------------------------------------------------------------------------------------------------
class Firmante:
    """Quien lleva el padrón: firma credenciales de una votación."""

    def __init__(self, votacion: str) -> None:
        self._clave = Ed25519PrivateKey.from_private_bytes(clave_para(f"firma:{votacion}"))

    @property
    def publica(self) -> str:
        """La clave con que cualquiera comprueba sus firmas, en hexadecimal; va en el libro de reglas."""
        return self._clave.public_key().public_bytes_raw().hex()

    def firmar(self, urna: str, serie: str) -> Credencial:
        sin_firma = Credencial(urna, serie, "")
        return Credencial(urna, serie, self._clave.sign(sin_firma.mensaje).hex())


class VerificadorEd25519:
    def __init__(self, publica: str) -> None:
        self._clave = Ed25519PublicKey.from_public_bytes(bytes.fromhex(publica))

    def vale(self, credencial: Credencial) -> bool:
        try:
            self._clave.verify(bytes.fromhex(credencial.firma), credencial.mensaje)
        except (InvalidSignature, ValueError):
            return False
        return True


# --- Tablero ---------------------------------------------------------------------------------------------------------
class FirmanteDelTablero:
    """Firma los asientos de las urnas de una votación."""

    def __init__(self, votacion: str) -> None:
        self._clave = Ed25519PrivateKey.from_private_bytes(clave_para(f"tablero:{votacion}"))

    @property
    def publica(self) -> str:
        """La clave con que cualquiera comprueba sus firmas, en hexadecimal; va en el libro de reglas."""
        return self._clave.public_key().public_bytes_raw().hex()

    def firmar(self, huella: str) -> str:
        return self._clave.sign(mensaje_de(huella)).hex()
