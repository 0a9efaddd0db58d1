"""Reconocer en la mesa a una persona del padrón por el carnet que muestra y su fecha de nacimiento."""

import datetime
import hmac
from dataclasses import dataclass

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.identidad import documento_de
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import Ci
from votaciones.derecho import derecho_de
from votaciones.models import Contienda, Votacion

NO_ESTA = (
    "No encontramos a esa persona en el padrón de esta votación. Revisa el carnet, con su complemento si lo tiene, y "
    "la fecha de nacimiento."
)


@dataclass(frozen=True)
class Reconocida:
    """Alguien del padrón. `por_votar`: las papeletas que todavía no retiró, de la más chica a la más grande."""

    identidad: Identidad
    por_votar: list[Contienda]


def reconocer(votacion: Votacion, *, ci: Ci, nacimiento: datetime.date) -> Reconocida:
    """La persona de ese carnet en el padrón definitivo. Lanza ReglaIncumplida, con una sola frase, si no está.

    El carnet no se guarda. Se mira también la fecha; las identidades de antes de que se guardara valen sin ella.
    """
    documento = documento_de(ci, nacimiento)
    identidad = Identidad.objects.filter(huella=documento.huella).first()
    if identidad is None or not _es_su_fecha(identidad, documento.nacimiento):
        raise ReglaIncumplida(NO_ESTA)
    suyo = derecho_de(votacion.pk, cuenta=identidad.cuenta_id, identidad=identidad.pk)
    if not suyo.habilitaciones:
        raise ReglaIncumplida(NO_ESTA)
    retiradas = {contienda for contienda, _, _ in suyo.participaciones}
    pendientes = set() if suyo.en_otro_lugar else set(suyo.habilitaciones) - retiradas
    contiendas = Contienda.objects.filter(pk__in=pendientes).select_related("area", "votacion__proceso")
    return Reconocida(
        identidad, sorted(contiendas.defer("votacion__libro"), key=lambda una: (una.ambito.tamano, una.numero))
    )


def _es_su_fecha(identidad: Identidad, fecha: str) -> bool:
    return not identidad.nacimiento or hmac.compare_digest(identidad.nacimiento, fecha)
