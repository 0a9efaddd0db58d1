"""Dejar de estar verificada: porque la persona lo pide, porque cierra su cuenta o porque se anula."""

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import permisos
from civic.cuentas.acciones.verificacion import olvidar_residencia, terminar_verificaciones
from civic.cuentas.models import Identidad, PedidoDeConfirmacion, Residencia, Usuario


def retirar_verificacion(cuenta: Usuario) -> None:
    """La persona retira su consentimiento: vuelve a «declarada» y su identidad queda libre para otra cuenta suya.

    Lo que ya votó sigue contado y la misma persona no puede votarlo otra vez: la participación queda con la identidad.
    """
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        soltar(persona, "Retiró su consentimiento")
        anotar(persona, verbo="retirar_verificacion", texto="Retiró su verificación.", actor=persona, publico=False)
    olvidar_residencia(cuenta)


def soltar_identidad(cuenta: Usuario, *, por_que: str) -> None:
    """Para cerrar o borrar una cuenta: la identidad queda sin cuenta y recuerda que ya votó."""
    with transaction.atomic():
        soltar(bloquear(Usuario.objects.filter(pk=cuenta.pk)).get(), por_que)
    olvidar_residencia(cuenta)


def revocar_verificacion(residencia: Residencia, *, actor: Usuario, motivo: str) -> Residencia:
    """Quien atiende, o la directiva que la confirmó, anula una verificación equivocada. El motivo queda anotado."""
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se anula.", campo="motivo")
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=residencia.usuario_id)).get()
        residencia = Residencia.objects.select_related("distrito", "otb").get(usuario=persona)
        if residencia.nivel == Residencia.Nivel.DECLARADA:
            raise ReglaIncumplida("Esta residencia no está verificada.")
        if actor.pk == persona.pk or not permisos.puede_revocar(actor, residencia):
            raise ReglaIncumplida("No te toca anular esta verificación.")
        antes = residencia.nivel
        soltar(persona, "La anularon")
        PedidoDeConfirmacion.objects.filter(usuario=persona, estado=PedidoDeConfirmacion.Estado.CONFIRMADO).update(
            estado=PedidoDeConfirmacion.Estado.REVOCADO
        )
        anotar(
            residencia,
            verbo="revocar",
            texto="Anuló la verificación.",
            actor=actor,
            desde=antes,
            hasta=Residencia.Nivel.DECLARADA,
            motivo=motivo,
            publico=False,
        )
    olvidar_residencia(residencia.usuario)
    residencia.refresh_from_db()
    return residencia


def soltar(persona: Usuario, por_que: str) -> None:
    """Deja la cuenta (ya bloqueada) sin identidad ni verificación, con su residencia solo declarada."""
    for identidad in bloquear(Identidad.objects.filter(cuenta=persona)):
        identidad.cuenta = None
        identidad.save(update_fields=["cuenta"])
    terminar_verificaciones(persona, por_que)
    PedidoDeConfirmacion.objects.pendientes().filter(usuario=persona).update(
        estado=PedidoDeConfirmacion.Estado.RETIRADO
    )
    Residencia.objects.filter(usuario=persona).update(
        nivel=Residencia.Nivel.DECLARADA, metodo="", detalle="", verificada_por=None
    )
