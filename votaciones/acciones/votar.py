"""Poner una papeleta en la urna."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import emitir_clave, revisar_clave
from civic.cuentas.models import Identidad, Residencia
from votaciones import permisos
from votaciones.models import Contienda, Participacion, Voto
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos

YA_VOTASTE = "Ya votaste en este distrito. Tu primera papeleta está en la urna y no se puede cambiar."


def _proposito(contienda: Contienda) -> str:
    return f"voto:{contienda.pk}"


def emitir_clave_de_papeleta(contienda: Contienda, *, usuario: Any) -> str:
    """Clave al azar y firmada para un formulario de papeleta, atada a la persona y la contienda. No se guarda."""
    return emitir_clave(_proposito(contienda), usuario)


def emitir_voto(
    contienda: Contienda, *, usuario: Any, eleccion: papeletas.Eleccion, clave: str, ahora: datetime | None = None
) -> str:
    """Pone la papeleta en la urna y devuelve el código del recibo.

    El código sale de la clave del formulario: el mismo formulario enviado dos veces (doble clic, respuesta perdida)
    recibe el mismo recibo y no pone otra papeleta. Nada de esto se anota en la bitácora.
    """
    secreto = revisar_clave(clave, _proposito(contienda), usuario)
    codigo = recibos.codigo_de(salted_hmac("votaciones.recibo", secreto, algorithm="sha256").digest())
    huella = recibos.huella_de(codigo)
    with transaction.atomic():
        list(bloquear(Contienda.objects.filter(pk=contienda.pk)))
        # Se vuelve a leer aparte: PostgreSQL trae las tablas unidas como estaban antes de esperar el candado, y la
        # votación pudo cerrarse mientras tanto.
        contienda = Contienda.objects.select_related("votacion__proceso").get(pk=contienda.pk)
        elegidas = papeletas.canonica(eleccion, contienda.reglamento)
        if (anterior := Voto.objects.filter(contienda=contienda, recibo=huella).first()) is not None:
            if anterior.seleccion != elegidas:
                raise ReglaIncumplida(YA_VOTASTE)
            return codigo
        # Con su identidad bloqueada nadie la pasa a otra cuenta mientras se vota; se lee antes que lo demás.
        identidad = bloquear(Identidad.objects.filter(cuenta=usuario)).first()
        if impedimento := permisos.impedimento_de(contienda, usuario, ahora or timezone.now()):
            raise ReglaIncumplida(impedimento.frase)
        costos = dict(contienda.opciones.values_list("numero", "costo"))
        elegidas = papeletas.exigir_valida(elegidas, contienda.reglamento, costos)
        try:
            with transaction.atomic():
                Participacion.objects.create(
                    contienda=contienda,
                    usuario=usuario,
                    identidad=identidad,
                    metodo=Residencia.objects.values_list("metodo", flat=True).get(usuario=usuario),
                )
        except IntegrityError:
            # El candado ya lo evita; si algún día faltara, la base también dice que no.
            raise ReglaIncumplida(YA_VOTASTE) from None
        Voto.objects.create(contienda=contienda, recibo=huella, seleccion=elegidas)
    return codigo
