"""Pasar una propuesta de un estado a otro por la tabla de reglas.movimientos."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import publicar_foto
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from propuestas import consultas, consultas_evaluacion, permisos, reglas
from propuestas.acciones.adjuntos import adjuntar, huellas, preparando
from propuestas.acciones.piezas import (
    anotar_caducidad,
    anotar_movimiento,
    bloquear_propuesta,
    intento,
    pasar_a,
    poner_al_dia,
)
from propuestas.consultas_evaluacion import EVALUACION, FORMA
from propuestas.models import Propuesta, Reclamo
from propuestas.reglas import AUTOR, DE_LA_TABLA, EN_CALIDAD_DE, FICHAS, SISTEMA, Estado


def mover_propuesta(
    propuesta: Propuesta,
    *,
    hacia: str,
    actor: Usuario | None = None,
    calidad: str,
    motivo: str = "",
    razon: str = "",
    leido: str = "",
    documentos: Sequence[Any] = (),
) -> Propuesta:
    """Cambia el estado por un movimiento de la tabla y lo deja en la bitácora.

    `calidad` es una de reglas (AUTOR, MODERACION, TECNICO, PLANIFICACION o SISTEMA); salvo SISTEMA, `actor` debe
    tenerla. `razon` es la de la lista, si se devuelve; `leido`, el sello de lo que se leyó antes de decidir;
    `documentos`, hasta 3 PDF subidos que van con el movimiento. «Enviada» llega con `presentar_propuesta` y el
    resultado de una evaluación con `dictaminar`.
    """
    with (
        preparando(documentos=documentos) as listos,
        intento(propuesta, actor, f"pasarla a «{FICHAS[hacia].etiqueta}»"),
        transaction.atomic(),
    ):
        propuesta = bloquear_propuesta(propuesta)
        reglas.exigir_lo_leido(leido, propuesta.sello, propuesta.estado)
        propuesta = mover_ya_bloqueada(
            propuesta, hacia=hacia, actor=actor, calidad=calidad, motivo=motivo, razon=razon,
            adjuntos=huellas(listos.documentos),
        )  # fmt: skip
        adjuntar(propuesta, listos, actor)
    return propuesta


def mover_ya_bloqueada(
    propuesta: Propuesta,
    *,
    hacia: str,
    actor: Usuario | None,
    calidad: str,
    motivo: str,
    razon: str = "",
    adjuntos: Sequence[str] = (),
) -> Propuesta:
    """Lo mismo, dentro de la transacción de otra acción que ya tiene la fila."""
    motivo = limpiar(motivo, varias_lineas=True)
    caduco = poner_al_dia(propuesta)
    if caduco is not None and hacia == Estado.CADUCADA:
        propuesta.save(update_fields=["estado", "vence", "cambiada"])
        anotar_caducidad(propuesta, caduco)
        return propuesta
    _exigir_permitido(propuesta, hacia, actor, calidad, motivo)
    if actor is not None:
        _atender_reclamos(propuesta, hacia, actor)
    desde = pasar_a(propuesta, hacia)
    propuesta.save(update_fields=["estado", "vence", "evaluador", "cambiada"])
    if propuesta.estado == Estado.PUBLICADA:
        _abrir_al_publico(propuesta)
    anotar_caducidad(propuesta, caduco)
    anotar_movimiento(propuesta, actor, calidad, desde=desde, motivo=motivo, razon=razon, adjuntos=adjuntos)
    return propuesta


def _exigir_permitido(propuesta: Propuesta, hacia: str, actor: Usuario | None, calidad: str, motivo: str) -> None:
    desde = propuesta.estado
    reglas.exigir_movimiento(desde, hacia, calidad)
    _exigir_calidad(propuesta, actor, calidad)
    _exigir_otra_persona(propuesta, actor, hacia, calidad)
    reglas.exigir_camino_propio(desde, hacia)
    reglas.exigir_motivo(hacia, calidad, motivo)
    if hacia == Estado.CADUCADA:
        reglas.exigir_vencida(propuesta.vence, timezone.localdate())


def _exigir_calidad(propuesta: Propuesta, actor: Usuario | None, calidad: str) -> None:
    if calidad == SISTEMA:
        return
    if actor is None or calidad not in permisos.calidades_de(actor, propuesta):
        raise ReglaIncumplida(f"Ese cambio lo hace: {EN_CALIDAD_DE[calidad].lower()}.")


def _exigir_otra_persona(propuesta: Propuesta, actor: Usuario | None, hacia: str, calidad: str) -> None:
    if actor is None or calidad in (AUTOR, SISTEMA):
        return
    if razon := permisos.por_que_no_aprueba(actor, propuesta, hacia):
        raise ReglaIncumplida(razon)


def _atender_reclamos(propuesta: Propuesta, hacia: str, actor: Usuario) -> None:
    """Apelar y reclamar abren un reclamo; decidir sobre lo apelado lo cierra."""
    accion = DE_LA_TABLA[Estado(propuesta.estado), Estado(hacia)].accion
    if accion == "reclamar":
        _abrir_reclamo(propuesta, EVALUACION, actor, contra=consultas.ultimo_evaluador(propuesta))
        propuesta.evaluador = None  # la segunda evaluación se asigna de nuevo
    elif accion == "apelar":
        _abrir_reclamo(propuesta, FORMA, actor, contra=consultas_evaluacion.quien_devolvio(propuesta))
    elif propuesta.estado == Estado.APELADA:
        cerrar_reclamo(propuesta, FORMA, actor)


def _abrir_reclamo(propuesta: Propuesta, clase: str, actor: Usuario, *, contra: int | None) -> None:
    if consultas_evaluacion.reclamo_de(propuesta, clase) is not None or (
        clase == EVALUACION and consultas.ya_reclamo(propuesta)
    ):
        raise ReglaIncumplida("Ya reclamaste una vez y el municipio respondió. Esa respuesta es definitiva.")
    reglas.exigir_en_plazo(propuesta.estado, propuesta.vence, timezone.localdate())
    Reclamo.objects.create(propuesta=propuesta, clase=clase, autor=actor, contra_id=contra)


def cerrar_reclamo(propuesta: Propuesta, clase: str, actor: Usuario) -> None:
    """Da por resuelto el reclamo abierto de esa clase, si lo hay. La base exige que no sea quien decidió antes."""
    reclamo = consultas_evaluacion.reclamo_abierto(propuesta, clase)
    if reclamo is not None:
        reclamo.resuelto, reclamo.resuelto_por = timezone.now(), actor
        reclamo.save(update_fields=["resuelto", "resuelto_por"])


def _abrir_al_publico(propuesta: Propuesta) -> None:
    publicar_foto(propuesta.foto)
    for otra in propuesta.otras_fotos.select_related("foto"):  # type: ignore[attr-defined]
        publicar_foto(otra.foto)
    if propuesta.hilo is not None and not propuesta.hilo.visible:
        propuesta.hilo.visible = True
        propuesta.hilo.save(update_fields=["visible"])
