"""Observar el registro de una organización, responder cada observación con su razón y moderar su texto."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.texto import limpiar
from civic.cuentas import permisos
from civic.cuentas.acciones.organizaciones import bloquear_organizacion, poner_al_dia
from civic.cuentas.models import ObservacionDeRegistro, Organizacion, Usuario

LARGO_MAXIMO = 2000


def observar(organizacion: Organizacion, *, autor: Usuario, texto: str) -> ObservacionDeRegistro:
    """Una persona del distrito objeta el registro mientras corre su plazo. La razón es pública; su nombre no."""
    texto = _texto(texto, "Escribe qué observas y por qué.")
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        razon = permisos.por_que_no_observa(Usuario.objects.get(pk=autor.pk), organizacion)
        if razon:
            raise ReglaIncumplida(razon)
        try:
            with transaction.atomic():
                observacion = ObservacionDeRegistro.objects.create(organizacion=organizacion, autor=autor, texto=texto)
        except IntegrityError:
            raise ReglaIncumplida("Ya tienes una observación por responder en esta organización.") from None
        anotar(
            organizacion,
            verbo="observar",
            texto="Se presentó una observación a su registro.",
            actor=autor,
            calidad=f"Persona verificada {organizacion.de_donde}"[:120],
            datos={"observacion": observacion.pk},
        )
    return observacion


def enviar_observacion(
    organizacion: Organizacion, *, autor: Usuario, texto: str, clave: str, huella: dict[str, Any]
) -> ObservacionDeRegistro:
    """Lo mismo desde un formulario: la misma clave nunca crea dos."""
    pk, _ = una_sola_vez(
        clave,
        proposito=f"observacion-{organizacion.pk}",
        usuario=autor,
        datos=huella,
        crear=lambda: observar(organizacion, autor=autor, texto=texto),
    )
    return ObservacionDeRegistro.objects.get(pk=pk)


def responder_observacion(
    observacion: ObservacionDeRegistro, *, actor: Usuario | None, decision: str, respuesta: str
) -> ObservacionDeRegistro:
    """Decide una observación, con su razón, que es pública. No la decide quien la hizo ni quien es parte."""
    respuesta = _texto(respuesta, "Escribe la razón de la decisión: se mostrará en la página.", campo="respuesta")
    if decision not in (ObservacionDeRegistro.Estado.ACEPTADA, ObservacionDeRegistro.Estado.DESESTIMADA):
        raise ReglaIncumplida("Elige si se acepta o se desestima.", campo="decision")
    with transaction.atomic():
        organizacion = bloquear_organizacion(observacion.organizacion_id)
        observacion = bloquear(ObservacionDeRegistro.objects.filter(pk=observacion.pk)).get()
        if observacion.estado != ObservacionDeRegistro.Estado.ABIERTA:
            raise ReglaIncumplida("Esa observación ya tiene respuesta.")
        if actor is not None and (observacion.autor_id == actor.pk or not permisos.puede_decidir(actor, organizacion)):
            raise ReglaIncumplida(
                "Tú la hiciste, eres parte de esa organización o no es de tu distrito. La decide otra persona."
            )
        observacion.estado, observacion.respuesta = decision, respuesta
        observacion.respondida_por, observacion.respondida = actor, timezone.now()
        observacion.save(update_fields=["estado", "respuesta", "respondida_por", "respondida"])
        anotar(
            organizacion,
            verbo="responder_observacion",
            texto=f"Se respondió una observación: {observacion.get_estado_display().lower()}.",
            actor=actor,
            calidad=permisos.cargo_en(actor, organizacion.distrito_id),
            hasta=decision,
            motivo=respuesta,
            datos={"observacion": observacion.pk},
        )
        poner_al_dia(organizacion)
    return observacion


def moderar_observacion(
    observacion: ObservacionDeRegistro, *, actor: Usuario | None, motivo: str
) -> ObservacionDeRegistro:
    """Oculta el texto de una observación (insultos, datos de otra persona) y muestra por qué; o lo vuelve a mostrar."""
    motivo = limpiar(motivo)[:200]
    with transaction.atomic():
        organizacion = bloquear_organizacion(observacion.organizacion_id)
        observacion = bloquear(ObservacionDeRegistro.objects.filter(pk=observacion.pk)).get()
        observacion.organizacion = organizacion
        if actor is not None and not permisos.puede_moderar_observacion(actor, observacion):
            raise ReglaIncumplida("Esa observación es de un distrito al que tu trabajo no llega.")
        if not observacion.oculta and not motivo:
            raise ReglaIncumplida("Escribe por qué se oculta: se mostrará en su lugar.", campo="motivo")
        observacion.oculta = not observacion.oculta
        observacion.motivo_oculta = motivo if observacion.oculta else ""
        observacion.save(update_fields=["oculta", "motivo_oculta"])
        hecho = "ocultó" if observacion.oculta else "volvió a mostrar"
        anotar(
            organizacion,
            verbo="moderar_observacion",
            texto=f"Moderación {hecho} el texto de una observación.",
            actor=actor,
            calidad=permisos.cargo_en(actor, organizacion.distrito_id),
            motivo=motivo,
            datos={"observacion": observacion.pk},
        )
    return observacion


def _texto(texto: str, falta: str, *, campo: str = "texto") -> str:
    texto = limpiar(texto, varias_lineas=True)
    if not texto:
        raise ReglaIncumplida(falta, campo=campo)
    if len(texto) > LARGO_MAXIMO:
        raise ReglaIncumplida(f"Puede tener hasta {LARGO_MAXIMO} letras.", campo=campo)
    return texto
