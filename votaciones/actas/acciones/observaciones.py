"""Observar un acta mientras corre su plazo y responder cada observación con su razón."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from votaciones.actas import permisos
from votaciones.actas.acciones.escribir import bloquear_acta
from votaciones.actas.models import Acta, ObservacionDeActa

LARGO = 2000


def observar_acta(acta: Acta, *, autor: Usuario, texto: str) -> ObservacionDeActa:
    """Una persona de la base, o el control social, objeta el acta. La razón es pública; su nombre no."""
    texto = _texto(texto, "Escribe qué observas y por qué.", "texto")
    with transaction.atomic():
        acta = bloquear_acta(acta.pk)
        autor = Usuario.objects.get(pk=autor.pk)
        if razon := permisos.por_que_no_observa(autor, acta):
            raise ReglaIncumplida(razon)
        calidad = permisos.calidad_de_base(autor, acta)
        try:
            with transaction.atomic():
                observacion = ObservacionDeActa.objects.create(
                    acta=acta, autor=autor, calidad=calidad, texto=texto, huella_del_acta=acta.huella
                )
        except IntegrityError:
            raise ReglaIncumplida("Ya observaste esta acta.") from None
        anotar(
            acta, verbo="observar", texto="Se presentó una observación.", actor=autor, calidad=calidad,
            datos={"observacion": observacion.pk},
        )  # fmt: skip
    return observacion


def responder_observacion(
    observacion: ObservacionDeActa, *, actor: Usuario, decision: str, respuesta: str
) -> ObservacionDeActa:
    """Acepta o desestima una observación, con su razón pública. No la decide quien la hizo ni quien es parte."""
    respuesta = _texto(respuesta, "Escribe la razón: se muestra en la página del acta.", "respuesta")
    if decision not in (ObservacionDeActa.Estado.ACEPTADA, ObservacionDeActa.Estado.DESESTIMADA):
        raise ReglaIncumplida("Elige si se acepta o se desestima.", campo="decision")
    with transaction.atomic():
        acta = bloquear_acta(observacion.acta_id)
        observacion = bloquear(ObservacionDeActa.objects.filter(pk=observacion.pk)).get()
        if observacion.estado != ObservacionDeActa.Estado.ABIERTA:
            raise ReglaIncumplida("Esa observación ya tiene respuesta.")
        if not permisos.decide(actor, acta) or observacion.autor_id == actor.pk or permisos.es_parte(actor, acta):
            raise ReglaIncumplida("Las observaciones las responde Planificación, y nadie responde lo suyo.")
        observacion.estado, observacion.respuesta = decision, respuesta
        observacion.respondida_por, observacion.respondida = actor, timezone.now()
        observacion.save(update_fields=["estado", "respuesta", "respondida_por", "respondida"])
        anotar(
            acta, verbo="responder_observacion", actor=actor, calidad="Planificación POA", hasta=decision,
            texto=f"Se respondió una observación: {observacion.get_estado_display().lower()}.",
            datos={"observacion": observacion.pk},
        )  # fmt: skip
    return observacion


def _texto(texto: str, falta: str, campo: str) -> str:
    texto = limpiar(texto, varias_lineas=True)
    if not texto:
        raise ReglaIncumplida(falta, campo=campo)
    if len(texto) > LARGO:
        raise ReglaIncumplida(f"Puede tener hasta {LARGO} letras.", campo=campo)
    return texto
