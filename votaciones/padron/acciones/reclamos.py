"""Pedir entrar al padrón provisional, observar una inclusión y resolver lo pedido."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.texto import limpiar
from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.models import Identidad, Usuario
from civic.cuentas.reglas_identidad import Ci
from votaciones.lugares import contiendas_de
from votaciones.models import Contienda, Votacion
from votaciones.padron import permisos, reglas
from votaciones.padron.acciones.publicar import CALIDAD
from votaciones.padron.models import Habilitacion, PadronElectoral, ReclamoDePadron

LARGO = 1000
YA_ESPERA = "Ya tienes un reclamo esperando respuesta."


def proposito_de(padron: PadronElectoral, clase: str) -> str:
    """Para qué sirve la clave de un formulario de reclamo."""
    return f"padron:{clase}:{padron.pk}"


def enviar_reclamo(padron: PadronElectoral, *, autor: Usuario, texto: str, clave: str) -> tuple[int, bool]:
    """Presenta una sola vez por formulario el pedido de entrar; devuelve (pk, si es nuevo)."""
    return una_sola_vez(
        clave,
        proposito=proposito_de(padron, ReclamoDePadron.Clase.INCLUSION),
        usuario=autor,
        datos={"texto": texto},
        crear=lambda: presentar_reclamo(padron, autor=autor, texto=texto),
    )


def enviar_observacion(
    padron: PadronElectoral, *, autor: Usuario, contienda: Contienda, ci: Ci, texto: str, clave: str
) -> tuple[int, bool]:
    """Presenta una sola vez por formulario una observación. Del carnet solo se usa su huella con clave."""
    return una_sola_vez(
        clave,
        proposito=proposito_de(padron, ReclamoDePadron.Clase.EXCLUSION),
        usuario=autor,
        datos={"contienda": contienda.pk, "identidad": huella_de_identidad(ci), "texto": texto},
        crear=lambda: observar_inclusion(padron, autor=autor, contienda=contienda, ci=ci, texto=texto),
    )


def presentar_reclamo(
    padron: PadronElectoral, *, autor: Usuario, texto: str, ahora: datetime | None = None
) -> ReclamoDePadron:
    """Quien no está en el padrón, o está en el de otro lugar, pide entrar en el de donde vive."""
    texto = _texto(texto, "Escribe por qué deberías estar en el padrón.", "texto")
    ahora = ahora or timezone.now()
    with transaction.atomic():
        padron = _bloquear_padron(padron)
        if razon := permisos.por_que_no_reclama(autor, padron, ahora):
            raise ReglaIncumplida(razon)
        contienda = contiendas_de(padron.votacion_id, permisos.residencia_de(autor))[0]
        try:
            with transaction.atomic():
                reclamo = ReclamoDePadron.objects.create(
                    padron=padron,
                    contienda=contienda,
                    clase=ReclamoDePadron.Clase.INCLUSION,
                    autor=autor,
                    persona=autor,
                    texto=texto,
                    momento=ahora,
                )
        except IntegrityError:
            raise ReglaIncumplida(YA_ESPERA) from None
        _anotar_presentado(reclamo)
    return reclamo


def observar_inclusion(
    padron: PadronElectoral, *, autor: Usuario, contienda: Contienda, ci: Ci, texto: str, ahora: datetime | None = None
) -> ReclamoDePadron:
    """La directiva de una organización del lugar, o el control social, dice que alguien no debería estar.

    Se dice de quién con su carnet, que no se guarda. Responde igual si es de alguien del padrón o de nadie: así nadie
    averigua probando quién está.
    """
    texto = _texto(texto, "Escribe por qué esa persona no debería estar en el padrón.", "texto")
    ahora = ahora or timezone.now()
    with transaction.atomic():
        padron = _bloquear_padron(padron)
        if razon := permisos.fuera_de_plazo(padron, ahora):
            raise ReglaIncumplida(razon)
        calidad = permisos.calidad_para_observar(autor, contienda)
        if contienda.votacion_id != padron.votacion_id or not calidad:
            raise ReglaIncumplida("Observan el padrón de un lugar sus directivas y el control social.")
        observada = Habilitacion.objects.filter(
            padron=padron, contienda=contienda, identidad__huella=huella_de_identidad(ci)
        ).first()
        reclamo = ReclamoDePadron.objects.create(
            padron=padron,
            contienda=contienda,
            clase=ReclamoDePadron.Clase.EXCLUSION,
            autor=autor,
            calidad=calidad,
            persona_id=observada.usuario_id if observada else None,
            texto=texto,
            momento=ahora,
        )
        _anotar_presentado(reclamo)
    return reclamo


def _anotar_presentado(reclamo: ReclamoDePadron) -> None:
    # Reservado: quién reclama, y sobre quién, no es público.
    anotar(
        reclamo.padron, verbo="reclamar", actor=reclamo.autor, calidad=reclamo.calidad, publico=False,
        texto=f"Se presentó un reclamo: {reclamo.get_clase_display().lower()}, {reclamo.contienda.lugar}.",
        datos={"reclamo": reclamo.pk},
    )  # fmt: skip


def resolver_reclamo(
    reclamo: ReclamoDePadron, *, actor: Usuario, decision: str, respuesta: str, ahora: datetime | None = None
) -> ReclamoDePadron:
    """Acepta o rechaza un reclamo con su razón pública, y cambia el padrón provisional si se acepta.

    No lo resuelve quien publicó ese padrón, ni quien reclamó, ni de quien se trata.
    """
    respuesta = _texto(respuesta, "Escribe la razón: se muestra en la página del padrón.", "respuesta")
    with transaction.atomic():
        padron = _bloquear_padron(reclamo.padron)
        reclamo = bloquear(ReclamoDePadron.objects.filter(pk=reclamo.pk).select_related("contienda__area")).get()
        reglas.exigir_movimiento(reclamo.estado, decision)
        if padron.es_definitivo:
            raise ReglaIncumplida("La votación ya se abrió: su padrón es definitivo.")
        reclamo.padron = padron
        if razon := permisos.por_que_no_resuelve(actor, reclamo):
            raise ReglaIncumplida(razon)
        if decision == ReclamoDePadron.Estado.ACEPTADO:
            _aplicar(reclamo)
        antes, reclamo.estado, reclamo.respuesta = reclamo.estado, decision, respuesta
        reclamo.resuelto_por, reclamo.resuelto = actor, ahora or timezone.now()
        reclamo.save(update_fields=["contienda", "estado", "respuesta", "resuelto_por", "resuelto"])
        anotar(
            padron, verbo="resolver_reclamo", actor=actor, calidad=CALIDAD, desde=antes, hasta=decision,
            motivo=respuesta, datos={"reclamo": reclamo.pk},
            texto=f"Se resolvió un reclamo {reclamo.contienda.del_lugar}: {reclamo.get_estado_display().lower()}.",
        )  # fmt: skip
    return reclamo


def _aplicar(reclamo: ReclamoDePadron) -> None:
    """Lleva al padrón lo aceptado. Con el padrón bloqueado, y la identidad también: nadie la pasa a otra cuenta."""
    if reclamo.persona_id is None:
        raise ReglaIncumplida("Ese carnet no es de nadie del padrón de ese lugar: solo se puede rechazar.")
    identidad = bloquear(Identidad.objects.filter(cuenta=reclamo.persona_id)).first()
    suyas = Q(usuario=reclamo.persona_id)
    if identidad is not None:
        suyas |= Q(identidad=identidad)
    if reclamo.clase == ReclamoDePadron.Clase.EXCLUSION:
        Habilitacion.objects.filter(suyas, padron=reclamo.padron_id).delete()
        return
    residencia = permisos.residencia_de(reclamo.persona)
    contiendas = contiendas_de(reclamo.padron.votacion_id, residencia)
    if residencia is None or not residencia.esta_verificada or not contiendas:
        raise ReglaIncumplida("Esa persona todavía no tiene verificado que vive donde se vota. Primero se verifica.")
    # Una persona, las papeletas de un solo lugar: las que tenía en otro se van.
    Habilitacion.objects.filter(suyas, padron=reclamo.padron_id).delete()
    Habilitacion.objects.bulk_create(
        Habilitacion(
            padron_id=reclamo.padron_id,
            contienda=contienda,
            usuario_id=reclamo.persona_id,
            identidad=identidad,
            metodo=residencia.metodo,
        )
        for contienda in contiendas
    )
    reclamo.contienda = contiendas[0]  # donde quedó, aunque al reclamar dijera otro lugar


def _bloquear_padron(padron: PadronElectoral) -> PadronElectoral:
    """La votación y su padrón, bloqueados en ese orden y releídos: como al publicar y al abrir."""
    list(bloquear(Votacion.objects.filter(pk=padron.votacion_id).only("pk")))
    return bloquear(PadronElectoral.objects.filter(pk=padron.pk)).get()


def _texto(texto: str, falta: str, campo: str) -> str:
    texto = limpiar(texto, varias_lineas=True)
    if not texto:
        raise ReglaIncumplida(falta, campo=campo)
    if len(texto) > LARGO:
        raise ReglaIncumplida(f"Puede tener hasta {LARGO} letras.", campo=campo)
    return texto
