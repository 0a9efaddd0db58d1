"""Quién invita y responde un copatrocinio, quién escribe por otra persona y quién consiente."""

from typing import Any

from django.http import Http404

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Organizacion, Residencia, Usuario
from civic.cuentas.permisos import puede_actuar_por
from civic.cuentas.reglas import usuario_llano
from civic.cuentas.roles import Rol
from propuestas import permisos, reglas
from propuestas.consultas_firmantes import CON_COPATROCINIOS, sello_de_lo_escrito
from propuestas.models import Consentimiento, Copatrocinio, Propuesta
from propuestas.reglas import Conflicto, Estado

_NO_ESTA = "No encontramos esa propuesta."


# --- Copatrocinio ----------------------------------------------------------------------------------------------------
def puede_invitar(usuario: Any, propuesta: Propuesta) -> bool:
    """Si habla por quien la presentó y todavía se puede invitar. Un borrador, solo quien lo presenta."""
    if propuesta.estado not in reglas.INVITABLES or not usuario.is_authenticated:
        return False
    if propuesta.estado in reglas.EDITABLES:
        return propuesta.autor_id == usuario.pk
    return permisos.la_presento(usuario, propuesta)


def para_invitar_o_404(usuario: Any, pk: int) -> Propuesta:
    """La propuesta con sus copatrocinios, para quien puede cambiarlos o ver en qué quedaron; 404 para los demás."""
    propuesta = Propuesta.objects.con_lugar().prefetch_related(CON_COPATROCINIOS).filter(pk=pk).first()
    if propuesta is None or not lleva_los_copatrocinios(usuario, propuesta):
        raise Http404(_NO_ESTA)
    return propuesta


def lleva_los_copatrocinios(usuario: Any, propuesta: Propuesta) -> bool:
    """Si ve y retira sus invitaciones: quien la presentó; de un borrador, solo quien lo presenta."""
    if propuesta.estado in reglas.EDITABLES:
        return propuesta.autor_id == usuario.pk
    return permisos.la_presento(usuario, propuesta)


def por_que_no_se_invita(propuesta: Propuesta, organizacion: Organizacion) -> str:
    """Frase que dice por qué no se puede invitar a esa organización; vacía si se puede."""
    if propuesta.organizacion_id == organizacion.pk:
        return f"{organizacion} es la que la presenta."
    if organizacion.estado not in Organizacion.ACTUAN or organizacion.estado_de_hoy() != Organizacion.Estado.VIGENTE:
        return f"{organizacion} no tiene hoy una directiva que pueda responder."
    return ""


def invitacion_o_404(usuario: Any, pk: int) -> Copatrocinio:
    """La invitación, para la directiva de hoy de la invitada; 404 para los demás y mientras sea un borrador."""
    copatrocinio = Copatrocinio.objects.con_todo().select_related(
        "propuesta__otb", "propuesta__categoria", "propuesta__foto", "propuesta__autor", "propuesta__proceso"
    ).filter(pk=pk).first()  # fmt: skip
    if copatrocinio is None or not puede_actuar_por(usuario, copatrocinio.organizacion):
        raise Http404("No encontramos esa invitación.")
    retirada_antes = copatrocinio.estado == Copatrocinio.Estado.RETIRADA and copatrocinio.respondida is None
    if retirada_antes or copatrocinio.propuesta.estado in reglas.EDITABLES:
        raise Http404("No encontramos esa invitación.")
    return copatrocinio


def copatrocinio_de_o_404(propuesta: Propuesta, pk: int) -> Copatrocinio:
    """Uno de los de esa propuesta."""
    copatrocinio = Copatrocinio.objects.con_todo().filter(pk=pk, propuesta=propuesta).first()
    if copatrocinio is None:
        raise Http404("No encontramos esa invitación.")
    return copatrocinio


def se_responde(copatrocinio: Copatrocinio) -> bool:
    """Si la invitación espera respuesta y la propuesta todavía la recibe."""
    return copatrocinio.espera and copatrocinio.propuesta.estado in reglas.RESPONDIBLES


# --- Entrada asistida ------------------------------------------------------------------------------------------------
def alcance_de_promotora(usuario: Usuario) -> set[int] | None:
    """Distritos en los que escribe por otras personas; None si en todos, vacío si en ninguno."""
    if usuario.es_tecnica:
        return None
    suyos = {cargo.distrito_id for cargo in usuario.asignaciones_en_uso if cargo.rol == Rol.PROMOTORA}
    return None if None in suyos else {distrito for distrito in suyos if distrito is not None}


def persona_asistible(promotora: Usuario, usuario: str) -> Usuario | None:
    """La persona con ese usuario exacto, si dice vivir donde alcanza el cargo; None si no, sin decir por qué."""
    persona = Usuario.objects.filter(username=usuario_llano(usuario), is_active=True).exclude(pk=promotora.pk).first()
    alcance = alcance_de_promotora(promotora)
    # La misma cantidad de preguntas exista o no: el tiempo tampoco lo dice.
    vive = Residencia.objects.filter(usuario=persona.pk if persona else 0).values_list("distrito", flat=True).first()
    return persona if persona is not None and (alcance is None or vive in alcance) else None


def exigir_lugar_de_promotora(actor: Usuario, propuesta: Propuesta) -> None:
    """Quien escribe por otra persona lo hace solo dentro de su territorio."""
    if actor.pk != propuesta.asistida_por_id or propuesta.distrito_id is None:
        return
    alcance = alcance_de_promotora(actor)
    if alcance is not None and propuesta.distrito_id not in alcance:
        raise ReglaIncumplida(f"Tu cargo no llega al {propuesta.distrito}.", campo="distrito")


def asiste(usuario: Any, propuesta: Propuesta) -> bool:
    """Si es la promotora que la escribe, su cargo sigue y todavía nadie la consintió."""
    if propuesta.estado != Estado.BORRADOR_ASISTIDO or propuesta.asistida_por_id != usuario.pk:
        return False
    alcance = alcance_de_promotora(usuario)
    return alcance is None or (bool(alcance) and (propuesta.distrito_id is None or propuesta.distrito_id in alcance))


def asistida_o_404(usuario: Any, pk: int) -> Propuesta:
    """El borrador que esa promotora escribe por otra persona, hasta que lo consienta; 404 para los demás."""
    propuesta = Propuesta.objects.con_lugar().prefetch_related("proceso__fases").filter(pk=pk).first()
    if propuesta is None or not asiste(usuario, propuesta):
        raise Http404(_NO_ESTA)
    return propuesta


def por_consentir_o_404(usuario: Any, pk: int) -> Propuesta:
    """El borrador que una promotora escribió por `usuario`, para que lo lea y lo confirme; 404 para los demás."""
    propuesta = permisos.propia_o_404(usuario, pk)
    if propuesta.asistida_por_id is None:
        raise Http404(_NO_ESTA)
    return propuesta


def borrable_o_404(usuario: Any, pk: int) -> Propuesta:
    """Un borrador propio que nunca se presentó; 404 para los demás."""
    propuesta = permisos.propia_o_404(usuario, pk)
    if not es_borrable(propuesta):
        raise Http404(_NO_ESTA)
    return propuesta


def ya_consentida(promotora: Any, pk: int) -> bool:
    """Si lo que esa promotora escribió ya se confirmó en su pantalla: un reenvío no es un error."""
    suyas = Consentimiento.objects.filter(propuesta=pk, promotora=promotora, medio=reglas.EN_PERSONA)
    return suyas.exists()


def puede_escribir(usuario: Usuario, propuesta: Propuesta) -> bool:
    """Quien la presenta, mientras se pueda cambiar; y la promotora, mientras sea un borrador asistido."""
    return (propuesta.es_editable and propuesta.autor_id == usuario.pk) or asiste(usuario, propuesta)


def exigir_consentimiento(propuesta: Propuesta) -> None:
    """Lo escrito por otra persona no se presenta sin que su autora o autor haya consentido exactamente eso."""
    if propuesta.estado != Estado.BORRADOR_ASISTIDO:
        return
    consentido = Consentimiento.objects.filter(propuesta=propuesta, persona=propuesta.autor_id).first()
    if consentido is None:
        raise ReglaIncumplida("La escribió una promotora. Léela entera y confirma que es lo que pides.")
    if consentido.sello != sello_de_lo_escrito(propuesta):
        raise Conflicto("El texto cambió después de que se confirmó. Léelo de nuevo y confírmalo otra vez.")


def es_borrable(propuesta: Propuesta) -> bool:
    """Un borrador que nunca se presentó; lo devuelto ya tiene código e historia."""
    return propuesta.estado in permisos.PRIVADOS and propuesta.presentada is None
