"""Votar con un código impreso. Aquí no se sabe quién es nadie."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from votaciones import permisos
from votaciones.acciones.mesa import depositar_con_codigo
from votaciones.codigos import codigo_de
from votaciones.mesas.codigos import SIN_ENTREGAR, por_que_no_vale
from votaciones.mesas.models import CodigoImpreso, Paquete
from votaciones.models import Contienda
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import papeleta as papeletas

registro = logging.getLogger("ayni.mesas")


def votar_con_codigo(
    contienda: Contienda,
    *,
    impreso: CodigoImpreso,
    eleccion: papeletas.Eleccion,
    clave: str,
    ahora: datetime | None = None,
) -> str:
    """Gasta el código, deposita y devuelve el del recibo, que sale de la clave del formulario.

    El mismo formulario dos veces (doble clic, un corte entre los dos actos) no pone otra papeleta y da el mismo recibo;
    otro formulario con el mismo código se rechaza. Un paquete no acepta más votos que los códigos que entregó: si se
    intenta, alguien abrió un sobre que nadie recibió.
    """
    ahora = ahora or timezone.now()
    codigo = codigo_de(clave, contienda, None)
    seleccion = papeletas.exigir_valida(eleccion, contienda.reglamento, contienda.costos)
    compromiso = credenciales.compromiso_de(codigo)
    with transaction.atomic():
        paquete = bloquear(Paquete.objects.filter(pk=impreso.paquete_id, contienda=contienda)).get()
        fila = bloquear(CodigoImpreso.objects.filter(pk=impreso.pk)).get()
        if not (fila.usado and fila.compromiso == compromiso):
            frase = por_que_no_vale(fila, paquete)
            if frase == SIN_ENTREGAR:
                registro.error(
                    "Un código sin entregar quiso votar: paquete %s, contienda %s.", paquete.pk, contienda.pk
                )
            if not frase and (general := permisos.impedimento_de_la_votacion(contienda.votacion, ahora)):
                frase = general.frase
            if frase:
                raise ReglaIncumplida(frase)
            fila.usado, fila.compromiso = True, compromiso
            fila.save(update_fields=["usado", "compromiso"])
    depositar_con_codigo(contienda, codigo=codigo, eleccion=seleccion, ahora=ahora)
    return codigo
