"""Entregar y usar el código con que alguien sin correo recupera su cuenta."""

import datetime
import secrets

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import avisos, permisos, reglas, sesiones
from civic.cuentas.models import CodigoDeIngreso, Usuario

LETRAS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # sin las que se confunden al leer en voz alta o en papel: 0 O, 1 I L
LARGO, GRUPO = 12, 4  # 31^12: cerca de 60 bits, y solo cinco intentos cada cinco minutos
VIGENCIA = datetime.timedelta(hours=24)
NO_SIRVE = "Ese usuario y ese código no van juntos, o el código ya venció. Revísalos, o pide otro en la ventanilla."


def _llano(codigo: str) -> str:
    return "".join(letra for letra in codigo.upper() if letra in LETRAS)


def _huella(codigo: str) -> str:
    return salted_hmac("ayni.codigo_de_ingreso", _llano(codigo), algorithm="sha256").hexdigest()


def emitir_codigo_de_ingreso(persona: Usuario, *, actor: Usuario, comprobacion: str) -> str:
    """Da un código de 24 horas para que la persona ponga otra contraseña; el anterior deja de servir.

    Devuelve el código («AB2C-DE3F-GH4J»): es la única vez que se ve. `comprobacion` dice cómo se supo que es ella.
    Nunca para quien trabaja en Ayni ni para quien lo entrega.
    """
    comprobacion = limpiar(comprobacion)
    if not comprobacion:
        raise ReglaIncumplida("Di cómo comprobaste que es la persona.", campo="comprobacion")
    codigo = "".join(secrets.choice(LETRAS) for _ in range(LARGO))
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=persona.pk)).get()
        if persona.pk == actor.pk:
            raise ReglaIncumplida("Nadie se entrega un código a sí mismo.", campo="persona")
        if permisos.es_personal(persona):
            raise ReglaIncumplida(
                "A quien trabaja en Ayni no se le entrega código: lo atiende la administración técnica.",
                campo="persona",
            )
        if not persona.is_active:
            raise ReglaIncumplida("Esa cuenta está cerrada.", campo="persona")
        CodigoDeIngreso.objects.filter(usuario=persona, usado__isnull=True).delete()
        ahora = timezone.now()
        CodigoDeIngreso.objects.create(
            usuario=persona, huella=_huella(codigo), emitido_por=actor, emitido=ahora, vence=ahora + VIGENCIA
        )
        anotar(
            persona,
            verbo="entregar_codigo",
            texto="La ventanilla entregó un código para poner otra contraseña.",
            actor=actor,
            calidad="Atención ciudadana",
            motivo=comprobacion,
            publico=False,
        )
    return "-".join(codigo[lugar : lugar + GRUPO] for lugar in range(0, LARGO, GRUPO))


def usar_codigo_de_ingreso(usuario: str, *, codigo: str, clave: str) -> Usuario:
    """Cambia la contraseña con el código. Cierra todas las sesiones y no ingresa: el segundo paso se pide igual.

    Usuario que no existe, código ajeno, usado o vencido lanzan la misma ReglaIncumplida.
    """
    # Cifrar tarda: se hace antes de bloquear, y siempre, para que el tiempo no diga si el código existía.
    cifrada = make_password(clave)
    with transaction.atomic():
        fila = bloquear(
            CodigoDeIngreso.objects.filter(
                huella=_huella(codigo), usado__isnull=True, usuario__username__iexact=reglas.usuario_llano(usuario)
            )
        ).first()
        if fila is None or fila.vence <= timezone.now():
            raise ReglaIncumplida(NO_SIRVE)
        persona = bloquear(Usuario.objects.filter(pk=fila.usuario_id)).get()
        if not persona.is_active or permisos.es_personal(persona):
            raise ReglaIncumplida(NO_SIRVE)
        fila.usado = timezone.now()
        fila.save(update_fields=["usado"])
        persona.password = cifrada
        persona.save(update_fields=["password"])
        sesiones.terminar(persona, a_fondo=True)
        anotar(
            persona,
            verbo="cambiar_seguridad",
            texto="Cambió su contraseña con un código de la ventanilla.",
            actor=persona,
            publico=False,
        )
        avisos.avisar_de_seguridad(persona, avisos.CLAVE_CON_CODIGO)
    return persona
