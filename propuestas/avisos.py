"""Los correos de las propuestas: solo a un correo confirmado y después de confirmar la transacción."""

from collections.abc import Iterable

from allauth.account.adapter import get_adapter
from django.urls import reverse

from civic.cuentas.models import Usuario
from propuestas.models import Copatrocinio, PedidoDeAcuerdo

BORRADOR_ASISTIDO = "propuestas/correo/borrador_asistido"
PEDIDO = "propuestas/correo/pedido"
INVITACION = "propuestas/correo/invitacion"


def avisar_borrador_asistido(persona: Usuario) -> None:
    """Le avisa que una promotora escribió una propuesta en su nombre. El texto no va en el correo."""
    get_adapter().send_notification_mail(BORRADOR_ASISTIDO, persona, {})


def avisar_pedido(pedido: PedidoDeAcuerdo, personas: Iterable[Usuario]) -> None:
    """Les avisa que se pide unir o dividir lo que presentaron y falta su respuesta. El motivo no va en el correo."""
    datos = {
        "que": "unir dos propuestas" if pedido.destino_id else "dividir una propuesta",
        "codigos": " y ".join(str(lado.codigo) for lado in pedido.lados),
        "direccion": reverse("propuestas:acuerdo", args=[pedido.pk]),
    }
    for persona in personas:
        get_adapter().send_notification_mail(PEDIDO, persona, datos)


def avisar_invitacion(copatrocinio: Copatrocinio, personas: Iterable[Usuario]) -> None:
    """Les avisa que invitaron a su organización a pedir también una propuesta."""
    datos = {
        "organizacion": str(copatrocinio.organizacion),
        "direccion": reverse("propuestas:copatrocinio", args=[copatrocinio.pk]),
    }
    for persona in personas:
        get_adapter().send_notification_mail(INVITACION, persona, datos)
