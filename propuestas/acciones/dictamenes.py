"""La evaluación técnica: lo que respondió el municipio."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from civic.comun.bitacora import diferencia as lo_que_cambio
from civic.comun.bitacora import retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from civic.procesos.models import Proceso
from civic.procesos.permisos import exigir_fase
from civic.procesos.reglas import EVALUAR
from propuestas import consultas_evaluacion, permisos, reglas
from propuestas.acciones.adjuntos import adjuntar, huellas, preparando
from propuestas.acciones.movimientos import cerrar_reclamo
from propuestas.acciones.piezas import (
    anotar_movimiento,
    bloquear_propuesta,
    exigir_bajo_techo,
    intento,
    pasar_a,
)
from propuestas.consultas_evaluacion import EVALUACION
from propuestas.models import Dictamen, Propuesta
from propuestas.reglas import PLANIFICACION, TECNICO, Estado

CAMBIAN_AL_DICTAMINAR = ("estado", "monto_tecnico", "vence")


def dictaminar(
    propuesta: Propuesta,
    *,
    actor: Usuario,
    resultado: str,
    texto: str,
    motivo: str = "",
    monto_tecnico: Decimal | None = None,
    diferencia: str = "",
    destino: str | None = None,
    respuestas: Mapping[int, tuple[str, str]] | None = None,
    lista_leida: str = "",
    leido: str = "",
    documentos: Sequence[Any] = (),
) -> Dictamen:
    """Responde una propuesta «en evaluación»: viable, observada, rechazada o derivada, con razones públicas.

    `monto_tecnico` en Bs, obligatorio si es viable; `motivo`, clave de reglas.MOTIVOS, obligatorio si se rechaza;
    `destino`, clave de reglas.DESTINOS, si se deriva. `respuestas` es {número de pregunta: (respuesta, nota)} de la
    lista cuya versión es `lista_leida`: con ellas se exigen las obligatorias y la diferencia de costo. Sin ellas
    (None) es la carga de algo ya evaluado en papel. `documentos`, hasta 3 PDF subidos. Lanza ReglaIncumplida si a
    `actor` no le toca, si la presentó, si la fase no evalúa o si falta algo; Conflicto si otra persona llegó antes.
    """
    texto, diferencia = limpiar(texto, varias_lineas=True), limpiar(diferencia, varias_lineas=True)
    with (
        preparando(documentos=documentos) as listos,
        intento(propuesta, actor, "evaluarla"),
        transaction.atomic(),
    ):
        propuesta = bloquear_propuesta(propuesta)
        reglas.exigir_lo_leido(leido, propuesta.sello, propuesta.estado)
        if razon := permisos.por_que_no_evalua(actor, propuesta):
            raise ReglaIncumplida(razon)
        exigir_fase(propuesta.proceso, EVALUAR)
        reglas.exigir_dictamen(propuesta.estado, resultado, motivo, texto, monto_tecnico, destino)
        calidad = TECNICO if actor.tiene_rol(Rol.TECNICO_EVALUADOR) else PLANIFICACION
        reglas.exigir_movimiento(propuesta.estado, resultado, calidad)
        reclamo = consultas_evaluacion.reclamo_abierto(propuesta, EVALUACION)
        if reclamo is not None:
            reglas.exigir_segunda(resultado, actor.pk, reclamo.contra_id)
        if resultado == Estado.VIABLE and monto_tecnico is not None:
            exigir_bajo_techo(propuesta, monto_tecnico, que="El costo técnico", campo="monto_tecnico")
        lista = _lista_respondida(propuesta, resultado, respuestas, lista_leida)
        if respuestas is not None:
            reglas.exigir_diferencia(propuesta.monto_solicitado, monto_tecnico, diferencia)
        antes = retrato(propuesta, CAMBIAN_AL_DICTAMINAR)
        dictamen = Dictamen.objects.create(
            propuesta=propuesta,
            evaluador=actor,
            resultado=resultado,
            motivo=motivo,
            texto=texto,
            monto_tecnico=monto_tecnico,
            diferencia=diferencia,
            destino=(destino or "") if resultado == Estado.DERIVADA else "",
            segunda=reclamo is not None,
            lista=lista,
        )
        cerrar_reclamo(propuesta, EVALUACION, actor)
        desde = pasar_a(propuesta, resultado)
        propuesta.monto_tecnico = monto_tecnico or propuesta.monto_tecnico
        propuesta.save(update_fields=["estado", "vence", "monto_tecnico", "cambiada"])
        # La explicación entera vive en el dictamen; la historia lleva solo la razón, para no decir todo dos veces.
        razones = [reglas.MOTIVOS.get(motivo, ""), reglas.DESTINOS.get(dictamen.destino, "")]
        anotar_movimiento(
            propuesta, actor, calidad, desde=desde, motivo=". ".join(filter(None, razones)), razon=motivo,
            cambio=lo_que_cambio(antes, retrato(propuesta, CAMBIAN_AL_DICTAMINAR)),
            adjuntos=huellas(listos.documentos),
        )  # fmt: skip
        adjuntar(propuesta, listos, actor)
    return dictamen


def _lista_respondida(
    propuesta: Propuesta, resultado: str, respuestas: Mapping[int, tuple[str, str]] | None, leida: str
) -> list[dict[str, Any]]:
    """La lista del proceso con sus respuestas. Bloquea el proceso: quien cambia su lista toma el mismo candado."""
    if respuestas is None:
        return []
    list(bloquear(Proceso.objects.filter(pk=propuesta.proceso_id)))
    preguntas = consultas_evaluacion.lista_de(propuesta.proceso)
    if leida:
        reglas.exigir_misma_lista(preguntas, leida)
    # Para pedir un dato que falta, o pasarla a quien le toca, no hace falta haber revisado todo.
    completa = "lista" in reglas.DE_LA_TABLA[Estado.EN_EVALUACION, Estado(resultado)].pide
    return reglas.responder_lista(preguntas, respuestas, completa=completa)
