"""El único que habla por el canal: avisa a quienes miran un hilo, después de confirmar y desde un solo lugar."""

from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.template.loader import render_to_string

from civic.debate.models import Comentario


def grupo(hilo_pk: int) -> str:
    return f"debate.{hilo_pk}"


def mensaje_de(comentario: Comentario) -> dict[str, Any]:
    """Lo que recibe cada navegador: el comentario como lo lee cualquiera, sin nada de quien lo recibe.

    `cambio` es el número con que se pide lo que sigue después de un corte.
    """
    html = render_to_string("debate/_comentario.html", {"comentario": comentario, "respuestas": []})
    return {
        "type": "comentario",
        "id": comentario.pk,
        "padre": comentario.padre_id,
        "cambio": comentario.cambio,
        "html": html,
    }


def avisar(comentario: Comentario) -> None:
    """Manda el comentario, nuevo o cambiado, a quienes miran el hilo, cuando la transacción se confirme.

    Con el canal caído el comentario queda guardado igual y llega al reconectar: por eso `robust`.
    """
    # Una función y no un partial: si falla, Django 5.2 la nombra por su __qualname__, y un partial no tiene.
    transaction.on_commit(lambda: _enviar(comentario), robust=True)


def _enviar(comentario: Comentario) -> None:
    evento = {"type": "debate.cambio", "mensaje": mensaje_de(comentario)}
    async_to_sync(get_channel_layer().group_send)(grupo(comentario.hilo_id), evento)
