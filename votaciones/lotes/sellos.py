"""Cerrar y abrir lo que se carga de un lote, con una clave que no es la de la urna ni está en ninguna base."""

import secrets

from votaciones.lotes.models import Captura, Lote
from votaciones.lotes.reglas import Hoja
from votaciones.urna.sobres import Cerrojo, SobreInservible


def _cerrojo(lote: Lote) -> Cerrojo:
    return Cerrojo(f"{lote.contienda_id}:{lote.pk}", uso="lote")


def cerrar_hoja(lote: Lote, carga: int, hoja: int, dice: Hoja) -> str:
    """Lleva dentro de qué lote, carga y hoja es: cambiada de lugar, no se abre."""
    return _cerrojo(lote).cerrar({"de": [lote.pk, carga, hoja], "dice": dice})


def hojas_de(lote: Lote, carga: int) -> dict[int, Hoja]:
    """{hoja: lo que dice} de una carga. Lanza SobreInservible si alguna no es la que se cerró."""
    cerrojo, hojas = _cerrojo(lote), {}
    for captura in Captura.objects.filter(lote=lote, carga=carga).order_by("hoja"):
        abierta = cerrojo.abrir(captura.cerrada)
        if abierta["de"] != [lote.pk, carga, captura.hoja]:
            raise SobreInservible("Una captura no es de esa hoja.")
        hojas[captura.hoja] = abierta["dice"]
    return hojas


def nuevo_secreto(lote: Lote) -> str:
    return _cerrojo(lote).cerrar(secrets.token_hex(32))


def secreto_de(lote: Lote) -> str:
    return _cerrojo(lote).abrir(lote.secreto)
