"""La directiva de la organización dice quién vive en su OTB."""

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas import permisos
from civic.cuentas.acciones.verificacion import EN_REVISION, verificar_residencia
from civic.cuentas.consultas_verificacion import directiva_que_confirma
from civic.cuentas.identidad import Documento, documento_de
from civic.cuentas.metodos import LISTA
from civic.cuentas.models import PedidoDeConfirmacion, Residencia, Usuario
from civic.cuentas.reglas_identidad import Ci


def pedir_confirmacion(cuenta: Usuario, *, ci: Ci) -> PedidoDeConfirmacion:
    """La persona pide que la directiva de su OTB confirme que vive ahí. Con un pedido pendiente, devuelve ese."""
    documento = documento_de(ci)
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        residencia = Residencia.objects.select_related("otb").filter(usuario=cuenta).first()
        if residencia is None or residencia.otb is None:
            raise ReglaIncumplida("Primero di en qué OTB vives: la directiva confirma a su gente.")
        if residencia.nivel == Residencia.Nivel.VERIFICADA:
            raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
        organizacion = directiva_que_confirma(residencia.otb)
        if organizacion is None:
            raise ReglaIncumplida(
                f"{residencia.otb} no tiene hoy una directiva que pueda confirmar. Elige otra manera."
            )
        pedido, nuevo = PedidoDeConfirmacion.objects.get_or_create(
            usuario=cuenta,
            estado=PedidoDeConfirmacion.Estado.PENDIENTE,
            defaults={"organizacion": organizacion, "huella": documento.huella, "numero": documento.numero},
        )
        if nuevo:
            anotar(pedido, verbo="pedir", texto="Pidió confirmación a la directiva.", actor=cuenta, publico=False)
    return pedido


def responder_pedido(pedido: PedidoDeConfirmacion, *, actor: Usuario, confirma: bool) -> PedidoDeConfirmacion:
    """Alguien de la directiva dice si la persona vive ahí. Con una confirmación basta; queda a su nombre."""
    error: ReglaIncumplida | None = None
    with transaction.atomic():
        # Primero la cuenta, como en todo lo demás: quien retira su pedido en este instante no se traba con esto.
        bloquear(Usuario.objects.filter(pk=pedido.usuario_id)).get()
        pedido = bloquear(PedidoDeConfirmacion.objects.select_related("organizacion").filter(pk=pedido.pk)).get()
        if not permisos.puede_responder(actor, pedido):
            raise ReglaIncumplida("Responde alguien de la directiva en curso, y nunca por sí misma.")
        if pedido.estado != PedidoDeConfirmacion.Estado.PENDIENTE:
            raise ReglaIncumplida("Este pedido ya se respondió.")
        residencia = Residencia.objects.filter(usuario=pedido.usuario_id, otb=pedido.organizacion.area_id).first()
        if confirma and residencia is None:
            raise ReglaIncumplida("La persona ya no dice que vive en esta OTB.")
        if confirma and residencia is not None:
            try:
                verificar_residencia(
                    residencia,
                    metodo=LISTA.codigo,
                    actor=actor,
                    documento=Documento(pedido.huella, pedido.numero),
                    detalle=str(pedido.organizacion)[:80],
                )
            except ReglaIncumplida as caida:
                if caida.mensaje != EN_REVISION:
                    raise
                error = caida  # la directiva ya respondió; lo que falta es del municipio
        estados = PedidoDeConfirmacion.Estado
        pedido.estado = estados.CONFIRMADO if confirma else estados.RECHAZADO
        pedido.respondido, pedido.respondido_por = timezone.now(), actor
        pedido.save(update_fields=["estado", "respondido", "respondido_por"])
        anotar(
            pedido,
            verbo="responder",
            texto="La directiva confirmó que vive ahí." if confirma else "La directiva dijo que no vive ahí.",
            actor=actor,
            calidad=str(pedido.organizacion)[:120],
            desde=estados.PENDIENTE,
            hasta=pedido.estado,
            publico=False,
        )
    if error is not None:
        raise ReglaIncumplida("Tu respuesta quedó anotada. El municipio todavía tiene que revisar los datos.")
    return pedido
