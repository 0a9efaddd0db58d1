"""Votar sin cuenta o con ayuda: la mesa reconoce a la persona por su identidad, y la papeleta entra por un código.

Son los mismos dos actos de `votar`, separados: aquí se anota que la persona ya tiene con qué votar (una papeleta de
papel, un código impreso, un aparato), y después, sin saber de quién es, se deposita.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Identidad
from votaciones import permisos
from votaciones.acciones.votar import asegurar_urna, firmar
from votaciones.derecho import derecho_de
from votaciones.models import Contienda, Participacion
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos
from votaciones.urna import acciones as urna

YA_VOTO = "Esa persona ya votó con esta papeleta, aquí o por otro medio. Cada persona vota una sola vez."
NO_LE_TOCA = "Esa persona no está en el padrón de esta papeleta."


def retirar_en_mesa(
    contienda: Contienda, *, identidad: int, canal: str, codigo: str = "", ahora: datetime | None = None
) -> bool:
    """Deja dicho en el padrón que esa identidad ya retiró su credencial de esta contienda, por ese canal.

    Con `codigo` (el del recibo, si vota en el mismo acto) repetir lo mismo no es otro retiro: devuelve si ya lo tenía.
    Lanza ReglaIncumplida si no le toca, si ya votó por cualquier medio o si ahora no se vota. No anota en la bitácora:
    el momento uniría a la persona con su papeleta.
    """
    ahora = ahora or timezone.now()
    compromiso = credenciales.compromiso_de(codigo) if codigo else ""
    try:
        with transaction.atomic():
            quien = bloquear(Identidad.objects.filter(pk=identidad).only("pk", "cuenta")).get()
            suyo = derecho_de(contienda.votacion_id, cuenta=quien.cuenta_id, identidad=quien.pk)
            if compromiso and (contienda.pk, quien.cuenta_id, compromiso) in suyo.participaciones:
                return True
            if any(suya == contienda.pk for suya, _, _ in suyo.participaciones) or suyo.en_otro_lugar:
                raise ReglaIncumplida(YA_VOTO)
            if contienda.pk not in suyo.habilitaciones:
                raise ReglaIncumplida(NO_LE_TOCA)
            if general := permisos.impedimento_de_la_votacion(contienda.votacion, ahora):
                raise ReglaIncumplida(general.frase)
            Participacion.objects.create(
                contienda=contienda,
                canal=canal,
                usuario_id=quien.cuenta_id,
                identidad=quien,
                metodo=suyo.habilitaciones[contienda.pk],
                compromiso=compromiso,
            )
    except IntegrityError:
        raise ReglaIncumplida(YA_VOTO) from None
    return False


def depositar_con_codigo(
    contienda: Contienda, *, codigo: str, eleccion: papeletas.Eleccion, ahora: datetime | None = None
) -> None:
    """Firma la credencial de ese código y deposita. Quien llama ya se aseguró de que alguien la retiró.

    Aquí no se sabe quién es nadie. Repetir la misma elección con el mismo código no pone otra papeleta; otra elección
    la cambia solo si la votación lo deja. Lanza ReglaIncumplida si la papeleta no vale o la urna no la acepta.
    """
    seleccion = papeletas.exigir_valida(eleccion, contienda.reglamento, contienda.costos)
    credencial, recibo = firmar(contienda, credenciales.serie_de(codigo)), recibos.huella_de(codigo)
    try:
        urna.depositar(contienda.pk, credencial, seleccion, recibo, ahora=ahora)
    except urna.SinAbrir:  # la primera papeleta abre la urna
        asegurar_urna(contienda)
        urna.depositar(contienda.pk, credencial, seleccion, recibo, ahora=ahora)
