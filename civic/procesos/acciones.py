"""Verbos de los procesos."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.procesos import consultas, reglas
from civic.procesos.models import Proceso


def guardar_proceso(proceso: Proceso, *, actor: Any = None, guardar: Callable[[], Any]) -> Proceso:
    """Guarda un proceso con sus fases y techos, y deja en la bitácora lo que el público vería cambiar.

    `guardar` escribe el proceso con sus fases y techos, que vienen juntos del formulario. Lanza ReglaIncumplida si
    cambian los techos mientras se vota con ellos. Un borrador se cambia sin dejar rastro; desde que se publica, no.
    """
    with transaction.atomic():
        if proceso.pk:
            bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        antes = consultas.retrato_de(proceso)
        guardar()
        despues = consultas.retrato_de(proceso)
        reglas.exigir_techos_firmes(antes, despues, timezone.now())
        if antes.publicado or despues.publicado:
            for frase in reglas.cambios(antes, despues) if antes.publicado else ["Se publicó el proceso."]:
                anotar(proceso, verbo="cambiar_proceso", texto=frase, actor=actor)
    return proceso
