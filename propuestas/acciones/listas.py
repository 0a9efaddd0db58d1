"""La lista de control de un proceso."""

from collections.abc import Sequence

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Usuario
from civic.procesos.models import Proceso
from civic.procesos.permisos import calidad_de, exigir_planificar
from propuestas import consultas_evaluacion, reglas
from propuestas.models import Criterio
from propuestas.reglas import Pregunta


def guardar_lista(proceso: Proceso, *, actor: Usuario, preguntas: Sequence[Pregunta], leida: str = "") -> None:
    """Deja esa lista, en ese orden, para evaluar en el proceso; solo mientras nadie haya evaluado con la anterior.

    `leida` es la versión que se tenía a la vista: si otra persona la cambió, lanza Conflicto.
    """
    with transaction.atomic():
        proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        exigir_planificar(actor, "Cambiar la lista de control")
        antes = consultas_evaluacion.lista_de(proceso)
        if leida:
            reglas.exigir_misma_lista(antes, leida)
        if consultas_evaluacion.ya_evalua(proceso):
            raise ReglaIncumplida("Ya hay propuestas evaluadas con esta lista: no se puede cambiar para las demás.")
        if not any(pregunta.obligatoria for pregunta in preguntas):
            raise ReglaIncumplida("La lista necesita por lo menos una pregunta obligatoria.")
        if len({pregunta.texto for pregunta in preguntas}) != len(preguntas):
            raise ReglaIncumplida("Hay una pregunta repetida.")
        if list(preguntas) == antes:
            return
        Criterio.objects.filter(proceso=proceso).delete()
        Criterio.objects.bulk_create(
            Criterio(
                proceso=proceso,
                seccion=pregunta.seccion,
                texto=pregunta.texto,
                obligatoria=pregunta.obligatoria,
                publica=pregunta.publica,
                orden=orden,
            )
            for orden, pregunta in enumerate(preguntas)
        )
        anotar(
            proceso, verbo="cambiar_lista_de_control", texto="Cambió la lista de control con que se evalúa.",
            actor=actor, calidad=calidad_de(actor), publico=proceso.publicado,
            antes={"lista": [p.texto for p in antes]}, despues={"lista": [p.texto for p in preguntas]},
        )  # fmt: skip
