"""En la mesa: dejar dicho que una persona recibió un código. Cuál, no lo sabe nadie: toma cualquier sobre cerrado."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from votaciones.acciones.mesa import retirar_en_mesa
from votaciones.mesas.fichas import Ficha
from votaciones.mesas.models import Paquete
from votaciones.models import Contienda, Participacion, Votacion

NO_QUEDAN = "En ese paquete no quedan códigos por entregar. Usa otro, o pide más a Planificación."
NO_ESTA_EN_LA_MESA = "Ese paquete no está en la mesa. Elige otro."


def entregar_codigos(votacion: Votacion, *, ficha: Ficha, paquetes: Iterable[int], actor: Any) -> int:
    """Retira la credencial de esa persona y suma un entregado a cada paquete, o nada. Devuelve cuántos sobres toma.

    Repetir el mismo envío no entrega otro. No se anota en la bitácora: el momento uniría a la persona con su papeleta.
    """
    elegidos = set(paquetes)
    if not elegidos:
        raise ReglaIncumplida("Elige de qué paquete toma su sobre.")
    with transaction.atomic():
        list(bloquear(Paquete.objects.filter(pk__in=elegidos).order_by("pk").only("pk")))
        suyos = Paquete.objects.filter(pk__in=elegidos, contienda__votacion=votacion, contienda__in=ficha.contiendas)
        hallados = list(suyos.order_by("pk"))
        if len(hallados) != len(elegidos):
            raise ReglaIncumplida(NO_ESTA_EN_LA_MESA)
        contiendas = Contienda.objects.select_related("votacion__proceso", "area").in_bulk(
            [paquete.contienda_id for paquete in hallados]
        )
        for paquete in hallados:
            if not retirar_en_mesa(
                contiendas[paquete.contienda_id],
                identidad=ficha.identidad,
                canal=Participacion.Canal.CODIGO,
                codigo=f"mesa:{ficha.azar}",
            ):
                _sumar(paquete)
    return len(hallados)


def _sumar(paquete: Paquete) -> None:
    if paquete.estado != Paquete.Estado.EN_MESA:
        raise ReglaIncumplida(NO_ESTA_EN_LA_MESA)
    if not paquete.quedan:
        raise ReglaIncumplida(NO_QUEDAN)
    paquete.entregados += 1
    paquete.save(update_fields=["entregados"])
