"""Del formulario de una papeleta al código de su recibo, que nadie guarda.

El código sale de la clave al azar y firmada que va en el formulario, así que el mismo formulario da siempre el mismo.
Para cambiar el voto se hace al revés: con el código que la persona anotó se arma una clave que lo lleva dentro.
"""

from typing import Any

from django.utils.crypto import salted_hmac

from civic.comun.idempotencia import emitir_clave, revisar_clave
from votaciones.models import Contienda
from votaciones.reglas import recibo as recibos

_LO_LLEVA = "codigo:"


def _proposito(contienda: Contienda) -> str:
    return f"voto:{contienda.pk}"


def emitir_clave_de_papeleta(contienda: Contienda, *, usuario: Any) -> str:
    """Clave al azar y firmada para un formulario de papeleta, atada a la persona y la contienda. No se guarda."""
    return emitir_clave(_proposito(contienda), usuario)


def emitir_clave_de_cambio(contienda: Contienda, *, usuario: Any, codigo: str) -> str:
    """La misma, para cambiar el voto que dio ese recibo."""
    return emitir_clave(_proposito(contienda), usuario, secreto=_LO_LLEVA + codigo)


def codigo_de(clave: str, contienda: Contienda, usuario: Any) -> str:
    """El código del recibo de ese formulario. Lanza ReglaIncumplida si la clave es falsa, ajena o vieja."""
    secreto = revisar_clave(clave, _proposito(contienda), usuario)
    if secreto.startswith(_LO_LLEVA):
        return secreto.removeprefix(_LO_LLEVA)
    return recibos.codigo_de(salted_hmac("votaciones.recibo", secreto, algorithm="sha256").digest())
