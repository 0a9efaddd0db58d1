"""Al contar, los códigos de una papeleta dejan de decir en qué orden se usaron y con qué recibo."""

import random

from civic.comun.al_azar import clave_al_azar
from votaciones.mesas.models import CodigoImpreso
from votaciones.models import Contienda

CONTADO = "contado"


def barajar_codigos(contienda: Contienda) -> None:
    """Los reescribe revueltos, como las participaciones: ya nadie tiene que repetir un envío."""
    suyos = CodigoImpreso.objects.filter(paquete__contienda=contienda)
    codigos = list(suyos)
    random.SystemRandom().shuffle(codigos)
    suyos.delete()
    for codigo in codigos:
        codigo.pk, codigo.compromiso = clave_al_azar(), CONTADO if codigo.usado else ""
    CodigoImpreso.objects.bulk_create(codigos, batch_size=500)
