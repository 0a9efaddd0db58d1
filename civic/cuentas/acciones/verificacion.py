"""Dar por comprobado dónde vive una persona, por cualquiera de los modos de civic/cuentas/metodos.py.

Orden de los candados: el de civic/cuentas/acciones/identidades.py.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar, anotar_mirada
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import permisos
from civic.cuentas.acciones.identidades import abrir_conflicto, revisar_complemento, tomar_identidad
from civic.cuentas.identidad import Documento, documento_de
from civic.cuentas.metodos import METODOS, metodo_de_quien_atiende
from civic.cuentas.models import Identidad, Residencia, Usuario, Verificacion
from civic.cuentas.reglas_identidad import Ci

# No dice si hay otra cuenta ni cuál: solo que alguien del municipio lo verá.
EN_REVISION = (
    "Recibimos tus datos, pero hace falta que una persona del municipio los revise antes de verificarte. "
    "Si en una semana no cambió nada, pregunta en la ventanilla de atención ciudadana y lleva tu carnet."
)


def verificar_residencia(
    residencia: Residencia,
    *,
    metodo: str,
    actor: Usuario | None = None,
    ci: Ci | None = None,
    nacimiento: datetime.date | None = None,
    documento: Documento | None = None,
    detalle: str = "",
    vista: datetime.datetime | None = None,
) -> Residencia:
    """Da por comprobado dónde vive una persona; queda anotado quién y cómo. Nadie se verifica a sí mismo.

    `metodo` es un código de METODOS. La identidad va en `ci` o, si ya se calculó, en `documento`; solo el sistema (sin
    actor) puede no darla. `vista` es el `momento` de la residencia que se tenía delante: si la persona la cambió
    entretanto, no se verifica un lugar que nadie comprobó. Si otra cuenta tiene esa identidad, el pedido queda en la
    cola y se lanza ReglaIncumplida con una frase neutral.
    """
    if metodo not in METODOS:
        raise ReglaIncumplida("Di cómo se comprobó dónde vive.", campo="metodo")
    documento = documento_de(ci, nacimiento) if ci is not None else documento
    if actor is not None and documento is None:
        raise ReglaIncumplida("Escribe el número de carnet de la persona.", campo="ci")
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=residencia.usuario_id)).get()
        hallada = bloquear(Residencia.objects.select_related("usuario", "otb", "distrito").filter(pk=residencia.pk))
        residencia = _exigir_por_verificar(hallada.first(), actor=actor, vista=vista)
        identidad = tomar_identidad(residencia.usuario, documento) if documento else None
        hay_conflicto = identidad is not None and identidad.cuenta_id != residencia.usuario_id
        if identidad is not None and hay_conflicto:
            abrir_conflicto(identidad, residencia.usuario, metodo=metodo, lugar=residencia.lugar, actor=actor)
        else:
            dar_por_verificada(residencia, identidad, metodo=metodo, detalle=limpiar(detalle), actor=actor)
            if identidad is not None:
                revisar_complemento(identidad, residencia.usuario, metodo=metodo, lugar=residencia.lugar, actor=actor)
    if hay_conflicto:
        # Después de confirmar: lo que queda en la cola no se deshace con el rechazo.
        raise ReglaIncumplida(EN_REVISION)
    olvidar_residencia(residencia.usuario)
    return residencia


def _exigir_por_verificar(
    residencia: Residencia | None, *, actor: Usuario | None, vista: datetime.datetime | None
) -> Residencia:
    if residencia is None:
        raise ReglaIncumplida("La persona ya no tiene una residencia declarada.")
    if actor is not None and residencia.usuario_id == actor.pk:
        raise ReglaIncumplida("Nadie verifica su propia residencia. Pídelo a otra persona de ventanilla.")
    if residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Esta residencia ya estaba verificada.")
    if vista is not None and vista != residencia.momento:
        raise ReglaIncumplida("La persona cambió su residencia mientras la revisabas. Revísala de nuevo.")
    if actor is not None and permisos.creo_la_cuenta(actor, residencia.usuario):
        raise ReglaIncumplida("Tú creaste esta cuenta. La verifica otra persona.")
    return residencia


def dar_por_verificada(
    residencia: Residencia, identidad: Identidad | None, *, metodo: str, detalle: str, actor: Usuario | None
) -> None:
    antes = residencia.nivel
    residencia.nivel, residencia.metodo = Residencia.Nivel.VERIFICADA, metodo
    residencia.detalle, residencia.verificada_por = detalle[:80], actor
    residencia.save(update_fields=["nivel", "metodo", "detalle", "verificada_por"])
    terminar_verificaciones(residencia.usuario, "Se verificó de otra manera")
    Verificacion.objects.create(
        cuenta=residencia.usuario,
        identidad=identidad,
        metodo=metodo,
        detalle=residencia.detalle,
        lugar=residencia.lugar,
        actor=actor,
    )
    anotar(
        residencia,
        verbo="verificar",
        texto="Verificó la residencia.",
        actor=actor or (residencia.usuario if identidad else None),
        desde=antes,
        hasta=residencia.nivel,
        motivo=detalle or METODOS[metodo].rotulo,
        publico=False,
    )


def terminar_verificaciones(cuenta: Usuario, por_que: str) -> None:
    Verificacion.objects.filter(cuenta=cuenta, termino__isnull=True).update(termino=timezone.now(), por_que=por_que)


def verificar_en_persona(
    residencia: Residencia,
    *,
    actor: Usuario,
    ci: Ci,
    consiente: bool,
    detalle: str = "",
    vista: datetime.datetime | None = None,
) -> Residencia:
    """Promotora o ventanilla verifican a alguien que está delante y dice que sí en pantalla."""
    metodo = metodo_de_quien_atiende(actor)
    if metodo is None or not permisos.atiende_en(actor, residencia.distrito_id):
        raise ReglaIncumplida("Esa persona vive fuera del lugar que te toca. Indícale quién la puede verificar.")
    if not consiente:
        raise ReglaIncumplida("La persona tiene que aceptar que la verifiques.", campo="consiente")
    return verificar_residencia(residencia, metodo=metodo.codigo, actor=actor, ci=ci, detalle=detalle, vista=vista)


def mirar_residencia(persona: Usuario, *, actor: Usuario) -> Residencia | None:
    """La residencia de `persona` para quien atiende; queda anotado que la miró. None si no le toca o no la declaró."""
    residencia = Residencia.objects.select_related("usuario", "otb", "distrito").filter(usuario=persona).first()
    if residencia is None or not permisos.atiende_en(actor, residencia.distrito_id):
        return None
    anotar_mirada(actor, persona, "Miró dónde vives.")
    return residencia


def olvidar_residencia(usuario: Usuario) -> None:
    usuario.__dict__.pop("residencia_o_nada", None)
