"""Los correos que avisan de un cambio en cómo se ingresa a una cuenta. A qué correo van lo dice el adaptador."""

from allauth.account.adapter import get_adapter

from civic.cuentas.models import Usuario

CLAVE_CON_CODIGO = "cuentas/correo/clave_con_codigo"
CLAVE_PUESTA = "cuentas/correo/clave_puesta"
CODIGO_DE_RESPALDO_USADO = "cuentas/correo/codigo_de_respaldo_usado"
CORREO_AGREGADO = "cuentas/correo/correo_agregado"
CORREO_CONFIRMADO = "cuentas/correo/correo_confirmado"
CORREO_QUITADO = "account/email/email_deleted"
SEGUNDO_PASO_QUITADO = "cuentas/correo/segundo_paso_quitado"


def avisar_de_seguridad(persona: Usuario, aviso: str, **datos: str) -> None:
    """Avisa a un correo confirmado de la persona, si tiene uno, cuando la transacción se confirme."""
    get_adapter().send_notification_mail(aviso, persona, datos)
