"""Un formulario enviado dos veces crea un solo objeto.

El servidor pone en cada formulario una clave firmada, atada a la persona y al propósito. Al recibirla se guarda su
huella en la misma transacción que crea el objeto: el segundo envío (doble clic, recarga, mala señal) encuentra la
huella y recibe el mismo objeto. Inspirado en las claves de idempotencia de pretix y Zulip.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.core import signing
from django.db import IntegrityError, models, transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import ClaveUsada

_SAL = "ayni.formulario"
VIGENCIA_SEGUNDOS = 7 * 24 * 3600


class ClaveReusada(ReglaIncumplida):
    """Lo enviado no es lo que ya se guardó con esa clave: se responde 422, nunca lo de antes en silencio."""


def emitir_clave(proposito: str, usuario: Any = None, *, secreto: str = "") -> str:
    """Clave firmada para un formulario de `proposito` que llenará `usuario`: nueva, o con el secreto que se dé."""
    datos = [secreto or secrets.token_urlsafe(16), proposito, getattr(usuario, "pk", None) or 0]
    return signing.dumps(datos, salt=_SAL, compress=False)


def revisar_clave(clave: str, proposito: str, usuario: Any = None) -> str:
    """Devuelve la parte secreta de la clave; lanza ReglaIncumplida si es falsa, ajena o vieja."""
    try:
        secreto, para, de = signing.loads(clave, salt=_SAL, max_age=VIGENCIA_SEGUNDOS)
    except (signing.BadSignature, ValueError, TypeError):
        raise ReglaIncumplida("Este formulario venció. Lo que escribiste sigue aquí: envíalo de nuevo.") from None
    if para != proposito or de != (getattr(usuario, "pk", None) or 0):
        raise ReglaIncumplida("Este formulario era de otra sesión. Revisa tus datos y envíalo de nuevo.")
    return secreto


def huella_de(datos: Mapping[str, Any]) -> str:
    """SHA-256 de lo enviado, para distinguir un reenvío de un envío distinto con la misma clave."""
    llano = json.dumps({clave: str(valor) for clave, valor in datos.items()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(llano.encode("utf-8", "surrogatepass")).hexdigest()


def ya_se_uso(clave: str, proposito: str, usuario: Any = None) -> bool:
    """Si ese formulario ya creó algo: un reenvío debe recibir lo mismo, sin más preguntas."""
    try:
        secreto = revisar_clave(clave, proposito, usuario)
    except ReglaIncumplida:
        return False
    return ClaveUsada.objects.filter(huella=_huella_de_clave(proposito, secreto), objeto_id__isnull=False).exists()


def _huella_de_clave(proposito: str, secreto: str) -> str:
    return hashlib.sha256(f"{proposito}:{secreto}".encode()).hexdigest()


def una_sola_vez(
    clave: str,
    *,
    proposito: str,
    usuario: Any,
    datos: Mapping[str, Any],
    crear: Callable[[], models.Model],
) -> tuple[int, bool]:
    """Ejecuta `crear` una sola vez por clave. Devuelve (pk del objeto, si es nuevo).

    La misma clave con otros datos lanza ClaveReusada: es otro envío y necesita su propio formulario.
    """
    secreto = revisar_clave(clave, proposito, usuario)
    huella = _huella_de_clave(proposito, secreto)
    contenido = huella_de(datos)
    try:
        with transaction.atomic():
            usada = ClaveUsada.objects.create(huella=huella, proposito=proposito, contenido=contenido)
            objeto = crear()
            usada.objeto_id = objeto.pk
            usada.save(update_fields=["objeto_id"])
            return objeto.pk, True
    except IntegrityError:
        anterior = ClaveUsada.objects.filter(huella=huella).first()
        if anterior is None:
            raise
        if anterior.contenido != contenido or anterior.objeto_id is None:
            raise ClaveReusada(
                "Este formulario ya se envió con otros datos. Abre uno nuevo para enviar algo distinto."
            ) from None
        return anterior.objeto_id, False
