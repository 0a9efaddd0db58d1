"""Pasar un lote conciliado a la urna. Repetirlo después de un corte no pone ninguna papeleta dos veces."""

import random
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from votaciones import permisos as permisos_de_votacion
from votaciones.acciones.mesa import depositar_con_codigo
from votaciones.lotes import permisos, reglas
from votaciones.lotes.acciones.carga import exigir_que_valga
from votaciones.lotes.acciones.piezas import CALIDAD, bloquear_lote, exigir_estado
from votaciones.lotes.models import Captura, Lote
from votaciones.lotes.reglas import DECISION, PRIMERA, Estado, Hoja
from votaciones.lotes.sellos import hojas_de, secreto_de

SIN_CONCILIAR = "Solo se deposita un lote conciliado: falta terminar las dos cargas."
ALTERADO = "Lo cargado de este lote no cuadra: alguien lo cambió. No se deposita; Planificación decide si se anula."


def depositar_lote(lote: Lote, *, actor: Any, ahora: datetime | None = None) -> Lote:
    """Deposita cada papeleta válida, barajadas, y deja solo las cuentas. Ya depositado, no hace nada.

    La hora de empezar queda escrita antes de la primera papeleta, y es la que la urna mira: un lote que empezó a
    depositarse antes del cierre se termina aunque se haya cortado en la mitad.
    """
    permisos.exigir_atender(actor, lote)
    with transaction.atomic():
        empezado = bloquear_lote(lote.pk)
        if empezado.estado == Estado.DEPOSITADO:
            return empezado
        exigir_estado(empezado, Estado.CONCILIADO, SIN_CONCILIAR)
        if empezado.deposito is None:
            ahora = ahora or timezone.now()
            votacion = empezado.contienda.votacion
            if general := permisos_de_votacion.impedimento_de_la_votacion(votacion, ahora):
                raise ReglaIncumplida(f"{general.frase} Este lote ya no entra: Planificación lo anula con su motivo.")
            empezado.deposito = ahora
            empezado.save(update_fields=["deposito"])
    with transaction.atomic():
        return terminar_deposito(bloquear_lote(lote.pk), actor=actor)


def terminar_deposito(lote: Lote, *, actor: Any) -> Lote:
    """Pone en la urna lo que falte de un lote ya bloqueado y empezado, borra lo cargado y deja las cuentas."""
    if lote.estado == Estado.DEPOSITADO:
        return lote
    hojas = _acordadas(lote)
    secreto, papeletas = secreto_de(lote), reglas.papeletas_de(hojas)
    blancas, nulas = reglas.sin_valor(hojas)
    if len(papeletas) + blancas + nulas > lote.entregadas:
        raise ReglaIncumplida(ALTERADO)
    random.SystemRandom().shuffle(papeletas)
    for rotulo, eleccion in papeletas:
        codigo = reglas.codigo_de(secreto, rotulo)
        depositar_con_codigo(lote.contienda, codigo=codigo, eleccion=eleccion, ahora=lote.deposito)
    reglas.exigir_movimiento(lote.estado, Estado.DEPOSITADO)
    Captura.objects.filter(lote=lote).delete()
    lote.estado, lote.secreto, lote.depositado_por = Estado.DEPOSITADO.value, "", actor
    lote.validas, lote.blancas, lote.nulas = len(papeletas), blancas, nulas
    lote.save(update_fields=["estado", "secreto", "depositado_por", "validas", "blancas", "nulas"])
    # Cuántas fueron queda reservado: mientras se vota no se publica cómo va.
    anotar(
        lote,
        verbo="depositar",
        actor=actor,
        calidad=CALIDAD,
        desde=Estado.CONCILIADO.value,
        hasta=lote.estado,
        texto=f"Se depositó en la urna el lote {lote.contienda.del_lugar}: {lote.lugar}.",
        datos={"validas": lote.validas, "blancas": blancas, "nulas": nulas, "entregadas": lote.entregadas},
    )
    return lote


def _acordadas(lote: Lote) -> dict[int, Hoja]:
    """{hoja: lo acordado}, todas y revisadas otra vez antes de poner la primera."""
    hojas = hojas_de(lote, PRIMERA) | hojas_de(lote, DECISION)
    if sorted(hojas) != list(range(1, lote.hojas + 1)):
        raise ReglaIncumplida(ALTERADO)
    return {numero: exigir_que_valga(lote, hoja) for numero, hoja in hojas.items()}


def bloquear_por_terminar(votacion: int) -> list[Lote]:
    pendientes = Lote.objects.con_lugar().por_terminar().filter(contienda__votacion=votacion)
    return list(bloquear(pendientes.order_by("pk")))
