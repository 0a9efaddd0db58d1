"""Mover un acta por la tabla de sus pasos; al aprobarla, priorizar sus propuestas y cerrar la que enmienda."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from civic.comun.bitacora import anotar, diferencia, juntar_sucesos, retrato
from civic.comun.calendario import sumar_habiles
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from propuestas.acciones import mover_propuesta
from propuestas.models import Propuesta
from propuestas.reglas import MOVIMIENTOS
from propuestas.reglas import PLANIFICACION as CALIDAD_DE_PLANIFICACION
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones.actas import consultas, permisos
from votaciones.actas.acciones.escribir import bloquear_acta, hacer_fila
from votaciones.actas.models import Acta, Hoja, ObservacionDeActa, PdfFirmado, ReglamentoDeActas
from votaciones.actas.reglas import contenido, vida
from votaciones.actas.reglas.vida import Estado

PUBLICOS = ("estado", "huella", "observable_hasta")


def mover_acta(
    acta: Acta, *, hacia: str, actor: Usuario, motivo: str = "", ahora: datetime.datetime | None = None
) -> Acta:
    """Da un paso de la tabla, si a `actor` le toca y se cumple lo que exige en este momento.

    Firmar congela el contenido y su huella; publicar abre el plazo; aprobar mueve cada propuesta una sola vez y, si es
    una enmienda, cierra el acta anterior, todo en la misma transacción. `ahora`, solo para cargar actas pasadas.
    """
    motivo = limpiar(motivo, varias_lineas=True)
    with juntar_sucesos():
        hacer_fila(acta.proceso)
        acta = bloquear_acta(acta.pk)
        _exigir_paso(acta, hacia, actor)
        reglamento = consultas.reglamento_de(acta.proceso)
        ahora = ahora or timezone.now()
        frase, campo = vida.por_que_no_pasa(acta.estado, hacia, _situacion(acta, reglamento, actor, motivo, ahora))
        if frase:
            raise ReglaIncumplida(frase, campo=campo)
        desde, antes = acta.estado, retrato(acta, PUBLICOS)
        acta.estado = str(hacia)
        _al_llegar(acta, actor, reglamento, ahora)
        acta.save()
        if acta.estado == Estado.APROBADA:
            _priorizar(acta, actor)
            _cerrar_la_anterior(acta)
        _anotar_paso(acta, actor, desde, motivo, diferencia(antes, retrato(acta, PUBLICOS)))
    return acta


def _exigir_paso(acta: Acta, hacia: str, actor: Usuario) -> None:
    paso = vida.PASOS.get((Estado(acta.estado), Estado(hacia))) if hacia in vida.FICHAS else None
    if paso is None or paso.quien == vida.LA_ENMIENDA:
        destino = vida.FICHAS[hacia].etiqueta if hacia in vida.FICHAS else hacia
        raise ReglaIncumplida(f"Un acta «{acta.ficha.etiqueta}» no puede pasar a «{destino}».")
    if paso.quien not in permisos.quienes_es(actor, acta):
        quien = (
            "Planificación POA"
            if paso.quien == vida.PLANIFICACION
            else "quien la escribió, su directiva o la presidencia de su distrito"
        )
        raise ReglaIncumplida(f"Pasar el acta a «{vida.FICHAS[hacia].etiqueta}» le toca a {quien}.")


def _situacion(
    acta: Acta, reglamento: ReglamentoDeActas, actor: Usuario, motivo: str, ahora: datetime.datetime
) -> vida.Situacion:
    renglones = consultas.renglones_de(acta)
    observaciones = ObservacionDeActa.objects.filter(acta=acta, huella_del_acta=acta.huella)
    por_firmar = consultas.contenido_de(acta, renglones, reglamento)
    huella = contenido.huella_de(contenido.canonico(por_firmar))
    firmado = PdfFirmado.objects.filter(acta=acta, valido=True, huella_del_acta__in=[huella, acta.huella or huella])
    return vida.Situacion(
        hoy=timezone.localdate(ahora),
        observable_hasta=acta.observable_hasta,
        observaciones_abiertas=observaciones.filter(estado=ObservacionDeActa.Estado.ABIERTA).count(),
        observaciones_aceptadas=observaciones.filter(estado=ObservacionDeActa.Estado.ACEPTADA).count(),
        faltas=tuple(consultas.lo_que_falta(acta, renglones)),
        sin_quorum=_sin_quorum(acta, reglamento),
        sobre_el_techo=consultas.saldo_de(acta, reglamento).por_que_pasa,
        tiene_papel=Hoja.objects.filter(acta=acta).exists() or firmado.exists(),
        se_publico=acta.es_publica,
        integra=bool(acta.huella) and consultas.esta_integra(acta),
        es_parte=permisos.es_parte(actor, acta),
        la_valido=acta.validada_por_id == actor.pk,
        motivo=motivo,
    )


def _sin_quorum(acta: Acta, reglamento: ReglamentoDeActas) -> str:
    if consultas.hay_quorum(acta, reglamento):
        return ""
    return f"{consultas.quorum_en_palabras(acta, reglamento)} Obsérvala para que se convoque de nuevo."


def _al_llegar(acta: Acta, actor: Usuario, reglamento: ReglamentoDeActas, ahora: datetime.datetime) -> None:
    """Lo que cada estado deja escrito en el acta."""
    if acta.estado == Estado.FIRMADA:
        acta.contenido = contenido.canonico(consultas.contenido_de(acta, consultas.renglones_de(acta), reglamento))
        acta.huella = contenido.huella_de(acta.contenido)
        acta.firmada, acta.firmada_por = ahora, actor
        acta.observable_hasta = None
    elif acta.estado == Estado.EN_OBSERVACION:
        acta.publicada = acta.publicada or ahora
        acta.observable_hasta = sumar_habiles(
            timezone.localdate(ahora), reglamento.dias_de_observacion, settings.FERIADOS_LOCALES
        )
    elif acta.estado == Estado.VALIDADA:
        acta.validada_por = actor
    elif acta.estado == Estado.OBSERVADA:
        acta.validada_por = None
    elif acta.estado == Estado.APROBADA:
        acta.aprobada, acta.aprobada_por = ahora, actor


def _priorizar(acta: Acta, actor: Usuario) -> None:
    """Mueve sus propuestas por las acciones de propuestas; las que ya avanzaron quedan donde están."""
    hacia = EstadoDePropuesta.PRIORIZADA_DISTRITO if acta.es_de_distrito else EstadoDePropuesta.PRIORIZADA_OTB
    claves = [renglon.propuesta_id for renglon in consultas.renglones_de(acta) if renglon.propuesta_id]
    for propuesta in Propuesta.objects.filter(pk__in=claves).order_by("pk"):
        if hacia in MOVIMIENTOS.get(propuesta.estado, {}):
            mover_propuesta(
                propuesta,
                hacia=hacia,
                actor=actor,
                calidad=CALIDAD_DE_PLANIFICACION,
                motivo=f"Lo decidió la asamblea: acta {acta.numero}.",
            )


def _cerrar_la_anterior(acta: Acta) -> None:
    if acta.enmienda_de_id is None:
        return
    anterior = bloquear_acta(acta.enmienda_de_id)
    anterior.estado = Estado.ENMENDADA.value
    anterior.save(update_fields=["estado"])
    anotar(
        anterior, verbo="mover", texto=f"La enmendó el acta {acta.numero}.", calidad="Por la enmienda",
        desde=Estado.APROBADA.value, hasta=Estado.ENMENDADA.value,
    )  # fmt: skip


def _anotar_paso(
    acta: Acta, actor: Usuario, desde: str, motivo: str, cambio: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    paso = vida.PASOS[Estado(desde), Estado(acta.estado)]
    anotar(
        acta,
        verbo="mover",
        texto=paso.frase,
        actor=actor,
        calidad=_calidad(acta, actor, paso),
        desde=desde,
        hasta=acta.estado,
        antes=cambio[0],
        despues=cambio[1],
        motivo=motivo,
        # Lo que pasa antes de publicarla es público después: la línea no dice más que su estado y su huella.
        publico=acta.estado != Estado.ANULADA or acta.es_publica,
    )


def _calidad(acta: Acta, actor: Usuario, paso: vida.Paso) -> str:
    if paso.quien == vida.PLANIFICACION:
        return "Planificación POA"
    return permisos.calidad_para(actor, acta.organizacion, acta.distrito)
