"""La puerta de Ayni con una falla a propósito: otro reloj en este proceso, o sin una protección (los controles).

Se elige por el entorno: CORRE_EL_RELOJ, segundos que adelanta o atrasa el reloj de Python; FALLA, qué protección falta.
"""

import os
import time

if corre := float(os.environ.get("CORRE_EL_RELOJ", "0")):
    import time_machine

    # Sin detenerlo nunca: en todo este proceso, datetime.now() y time.time() dan otra hora.
    time_machine.travel(time.time() + corre, tick=True).start()

from civic.asgi import application as application  # prepara Django: va antes que los modelos

from django.conf import settings  # isort: skip
from django.utils import timezone  # isort: skip

from civic.comun import views  # isort: skip
from civic.comun.memoria import MemoriaEnRedis  # isort: skip
from votaciones.urna import consultas  # isort: skip

FALLA = os.environ.get("FALLA", "")
if FALLA == "sin 503":
    views._PASAJEROS = ()
elif FALLA == "todo imprescindible":
    MemoriaEnRedis._o_nada = lambda self, claves, hacer, nada: hacer()
elif FALLA == "reloj de Python":
    de_verdad = consultas.situacion_de

    def segun_este_reloj(contienda: int):
        """Decide la hora de este proceso y no lo que la urna diga de su cierre."""
        return de_verdad(contienda)[0], False, timezone.now()

    consultas.situacion_de = segun_este_reloj
elif FALLA == "sin límite":
    for base in settings.DATABASES.values():
        base["OPTIONS"].pop("options")
elif FALLA:
    raise ValueError(FALLA)
