"""Los códigos impresos: su huella, y si uno vale ahora."""

import hashlib

from votaciones.mesas.models import CodigoImpreso, Paquete
from votaciones.models import Votacion

NO_EXISTE = "Ese código no es de esta votación. Revisa que esté copiado tal como está impreso."
YA_SE_USO = "Ese código ya se usó: su papeleta está en la urna. Cada código sirve una sola vez."
SIN_ENTREGAR = "Ese código todavía no se puede usar. Avisa a la mesa donde te lo entregaron."
CERRADO = "Ese código ya no vale: la mesa cerró su paquete. Pregunta en la mesa."


def huella_de_impreso(votacion: int, codigo: str) -> str:
    """Son 80 bits al azar: con la huella no se puede adivinar el código."""
    return hashlib.sha256(f"ayni.impreso:{votacion}:{codigo}".encode()).hexdigest()


def buscar(votacion: Votacion, codigo: str) -> CodigoImpreso | None:
    """El código de esa votación, con su papeleta cargada."""
    return (
        CodigoImpreso.objects.select_related("paquete__contienda__votacion__proceso", "paquete__contienda__area")
        .defer("paquete__contienda__votacion__libro")
        .filter(paquete__contienda__votacion=votacion, huella=huella_de_impreso(votacion.pk, codigo))
        .first()
    )


def por_que_no_vale(impreso: CodigoImpreso, paquete: Paquete) -> str:
    """Frase si ahora no se puede votar con él; vacía si se puede. Para decidir, con el paquete bloqueado."""
    if impreso.usado:
        return YA_SE_USO
    if paquete.estado == Paquete.Estado.CERRADO:
        return CERRADO
    if paquete.estado != Paquete.Estado.EN_MESA or usados_de(paquete) >= paquete.entregados:
        return SIN_ENTREGAR
    return ""


def usados_de(paquete: Paquete) -> int:
    return CodigoImpreso.objects.filter(paquete=paquete, usado=True).count()
