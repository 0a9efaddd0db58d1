"""Anular un lote, y qué pasa con los que quedan cuando se cierra la votación."""

from typing import Any

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from votaciones.lotes import permisos, reglas
from votaciones.lotes.acciones.deposito import bloquear_por_terminar, terminar_deposito
from votaciones.lotes.acciones.piezas import bloquear_lote
from votaciones.lotes.models import Captura, Lote
from votaciones.lotes.reglas import Estado
from votaciones.models import Votacion
from votaciones.reglas.comun import cuantos

SIN_TIEMPO = "La votación terminó y el lote no se había depositado en la urna."


@transaction.atomic
def anular_lote(lote: Lote, *, motivo: str, actor: Any) -> Lote:
    """Lo deja fuera de la urna, con su motivo público. Quienes quedaron marcados no votan otra vez."""
    permisos.exigir_decidir(actor)
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se anula: será público.", campo="motivo")
    lote = bloquear_lote(lote.pk)
    if lote.deposito is not None and lote.estado != Estado.DEPOSITADO:
        raise ReglaIncumplida("Este lote ya empezó a entrar en la urna: no se anula, se termina de depositar.")
    return _anular(lote, motivo, actor)


def _anular(lote: Lote, motivo: str, actor: Any) -> Lote:
    desde = lote.estado
    reglas.exigir_movimiento(desde, Estado.ANULADO)
    Captura.objects.filter(lote=lote).delete()
    lote.estado, lote.motivo, lote.anulado_por = Estado.ANULADO.value, motivo, actor
    lote.secreto, lote.por_repetir = "", []
    lote.save(update_fields=["estado", "motivo", "anulado_por", "secreto", "por_repetir"])
    anotar(
        lote,
        verbo="anular",
        actor=actor,
        calidad="Planificación POA" if actor else "",
        desde=desde,
        hasta=lote.estado,
        motivo=motivo,
        texto=f"Se anuló el lote {lote.contienda.del_lugar}: {lote.lugar}. No entró en la urna.",
        datos={"hojas": lote.hojas, "entregadas": lote.entregadas},
    )
    return lote


def terminar_lotes(votacion: Votacion, *, actor: Any, antes_de_hora: bool) -> None:
    """Al cerrar no queda ninguno a medias: lanza ReglaIncumplida con lo que falta hacer.

    El sistema, que cierra cuando ya pasó la hora, termina lo que empezó a depositarse y anula lo demás: el cierre nunca
    espera para siempre. Va dentro de la transacción del cierre, después de sus candados.
    """
    pendientes = bloquear_por_terminar(votacion.pk)
    if not pendientes:
        return
    if actor is not None:
        que = "Deposítalos o anúlalos" if antes_de_hora else "Ya no se pueden depositar: anúlalos con su motivo"
        if any(lote.deposito for lote in pendientes):
            que = "Termina de depositar los que empezaste; los demás se depositan antes de la hora o se anulan"
        raise ReglaIncumplida(
            f"Todavía hay {cuantos(len(pendientes), 'lote', 'lotes')} de papel o de asamblea sin terminar. {que}."
        )
    for lote in pendientes:
        if lote.deposito is not None:
            terminar_deposito(lote, actor=None)
        else:
            _anular(lote, SIN_TIEMPO, None)
