"""Escribir por otra persona, que ella consienta lo escrito, y borrar un borrador."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from civic.procesos.models import Proceso
from propuestas import avisos, permisos_firmantes, reglas
from propuestas.acciones.adjuntos import borrar_todo, enlazar_al_presentar
from propuestas.acciones.borradores import abrir_borrador, presentar_propuesta
from propuestas.acciones.piezas import anotar_aparte, bloquear_propuesta
from propuestas.consultas_firmantes import sello_de_lo_escrito
from propuestas.models import Consentimiento, Copatrocinio, Propuesta
from propuestas.reglas import AUTOR, EN_CALIDAD_DE, EN_PERSONA, Conflicto, Estado

# La misma frase si no existe, si su cuenta está cerrada, si es de otro distrito o si es ella misma.
NO_HALLADA = "No encontramos a nadie con ese usuario que diga vivir en el lugar que te toca. Revisa que esté completo."


def abrir_asistida(proceso: Proceso, *, usuario: str, actor: Usuario, **datos: Any) -> Propuesta:
    """Empieza un borrador por la persona de ese `usuario` exacto y se lo avisa. `datos`: como en `abrir_borrador`."""
    with transaction.atomic():
        persona = permisos_firmantes.persona_asistible(actor, usuario)
        if persona is None:
            raise ReglaIncumplida(NO_HALLADA, campo="usuario")
        propuesta = abrir_borrador(proceso, autor=persona, asiste=actor, **datos)
        avisos.avisar_borrador_asistido(persona)
    return propuesta


def consentir(propuesta: Propuesta, *, persona: Usuario, medio: str, leido: str) -> Propuesta:
    """`persona` dice que eso es lo que pide, y en el mismo acto se presenta con todas sus reglas.

    `leido` es `sello_de_lo_escrito` de lo que tuvo delante: si cambió una letra, lanza Conflicto y nada se presenta.
    Quien llama ya comprobó que es ella: su sesión, o su contraseña en la pantalla de la promotora. Consentir lo ya
    presentado no cambia nada.
    """
    with transaction.atomic():
        with juntar_sucesos():
            propuesta = _consentir(propuesta, persona, medio, leido)
        enlazar_al_presentar(propuesta)
    return propuesta


def _consentir(propuesta: Propuesta, persona: Usuario, medio: str, leido: str) -> Propuesta:
    propuesta = bloquear_propuesta(propuesta)
    if propuesta.autor_id != persona.pk:
        raise ReglaIncumplida("La confirma solo la persona por la que se escribió.")
    if propuesta.estado != Estado.BORRADOR_ASISTIDO:
        return propuesta
    sello = sello_de_lo_escrito(propuesta)
    if leido != sello:
        raise Conflicto("El texto cambió mientras se leía. Léelo de nuevo antes de confirmarlo.")
    promotora = propuesta.asistida_por
    if promotora is None:
        raise ReglaIncumplida("No la escribió ninguna promotora: preséntala desde tus borradores.")
    if medio == EN_PERSONA and not permisos_firmantes.asiste(promotora, propuesta):
        raise ReglaIncumplida("La promotora ya no tiene ese cargo. Confírmala desde tu propia cuenta.")
    Consentimiento.objects.update_or_create(
        propuesta=propuesta,
        defaults={
            "persona": persona, "promotora": promotora, "medio": medio, "sello": sello, "momento": timezone.now(),
        },
    )  # fmt: skip
    _anotar_las_dos(propuesta, medio)
    return presentar_propuesta(propuesta, actor=persona)


def _anotar_las_dos(propuesta: Propuesta, medio: str) -> None:
    """Quién la escribió y quién la consintió, cada una en su calidad."""
    anotar(
        propuesta, verbo="asistir", texto="La escribió una promotora por quien la presenta.",
        actor=propuesta.asistida_por, calidad=str(Rol.PROMOTORA.label),
    )  # fmt: skip
    anotar(
        propuesta, verbo="consentir", texto=reglas.frase_de_consentimiento(medio), actor=propuesta.autor,
        calidad=EN_CALIDAD_DE[AUTOR], datos={"medio": medio},
    )  # fmt: skip


def borrar_borrador(propuesta: Propuesta, *, actor: Usuario) -> None:
    """Borra para siempre lo que nunca se presentó, con sus archivos e invitaciones. Solo quien lo presentaría."""
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if propuesta.autor_id != actor.pk:
            raise ReglaIncumplida("El borrador lo borra la persona por la que se escribió.")
        if not permisos_firmantes.es_borrable(propuesta):
            raise ReglaIncumplida("Ya se presentó: no se borra. Si ya no la quieres, retírala desde su página.")
        clave, borrar_fotos = propuesta.pk, borrar_todo(propuesta)
        Copatrocinio.objects.filter(propuesta=propuesta).delete()
        Consentimiento.objects.filter(propuesta=propuesta).delete()
        propuesta.delete()
        borrar_fotos()
        propuesta.pk = clave
        anotar_aparte(propuesta, actor, verbo="borrar_borrador", texto="Borró el borrador.")
