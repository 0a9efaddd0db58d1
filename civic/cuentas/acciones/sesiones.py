"""Cerrar sesiones y quitar o anotar segundos pasos. Lo que se anota no guarda nombres, códigos ni direcciones."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import avisos, permisos, sesiones
from civic.cuentas.models import Usuario


def cerrar_aparato(usuario: Usuario, *, pk: int) -> bool:
    """Cierra una sesión de la persona en otro aparato; False si ya no existía o es de otra persona."""
    with transaction.atomic():
        sesion = UserSession.objects.filter(user=usuario, pk=pk).first()
        if sesion is None:
            return False
        sesion.end()
        anotar_de_seguridad(usuario, texto="Cerró su sesión en otro aparato.")
    return True


def cerrar_los_demas_aparatos(usuario: Usuario, *, este: str) -> int:
    """Cierra todas las sesiones de la persona menos la de clave `este`; devuelve cuántas."""
    with transaction.atomic():
        cuantas = sesiones.terminar(usuario, menos=este)
        if cuantas:
            anotar_de_seguridad(usuario, texto="Cerró su sesión en los demás aparatos.")
    return cuantas


def cerrar_sesiones(usuario: Usuario, *, menos: str = "") -> int:
    """Termina las sesiones de la persona porque algo de su cuenta cambió; no deja línea propia."""
    with transaction.atomic():
        return sesiones.terminar(usuario, menos=menos, a_fondo=True)


def anotar_de_seguridad(usuario: Usuario, *, texto: str) -> None:
    """Deja dicho, donde la persona lo ve, un cambio que ella misma hizo en cómo ingresa."""
    anotar(usuario, verbo="cambiar_seguridad", texto=texto, actor=usuario, publico=False)


def quitar_segundo_paso(persona: Usuario, *, actor: Usuario, motivo: str) -> int:
    """Quita a otra persona todos sus segundos pasos, porque los perdió; devuelve cuántos. Cierra sus sesiones.

    A la ciudadanía puede hacérselo la administración; al personal, solo la administración técnica. Nadie a sí mismo.
    """
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Di por qué y cómo comprobaste que es la persona.", campo="motivo")
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=persona.pk)).get()
        if persona.pk == actor.pk:
            raise ReglaIncumplida("Nadie se quita aquí su propio segundo paso. Hazlo desde «Mi cuenta».")
        if not permisos.puede_administrar_cuenta(actor, persona):
            raise ReglaIncumplida("A quien trabaja en Ayni solo se lo quita la administración técnica.")
        quitados, _ = Authenticator.objects.filter(user=persona).delete()
        if not quitados:
            raise ReglaIncumplida("Esta persona no tiene un segundo paso.")
        sesiones.terminar(persona, a_fondo=True)
        anotar(
            persona,
            verbo="quitar_segundo_paso",
            texto="La administración quitó el segundo paso de tu cuenta.",
            actor=actor,
            calidad="Administración",
            motivo=motivo,
            publico=False,
        )
        avisos.avisar_de_seguridad(persona, avisos.SEGUNDO_PASO_QUITADO)
    return quitados
