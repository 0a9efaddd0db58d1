"""Lecturas de lo unido, lo dividido y lo relacionado: a dónde lleva cada una, qué reúne y qué se espera de quién."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from civic.cuentas.models import Organizacion, Usuario
from propuestas import reglas
from propuestas.consultas_firmantes import integrantes_de
from propuestas.models import PedidoDeAcuerdo, Propuesta, Relacion
from propuestas.reglas import DEPENDENCIA, EXCLUYENTE


def donde_sigue(propuesta: Propuesta) -> Propuesta:
    """La propuesta en que terminó, siguiendo la cadena (A→B→C); ella misma si no se unió a ninguna."""
    if propuesta.unida_a_id is None:
        return propuesta
    enlaces: dict[int, int] = {}
    actual: int | None = propuesta.pk
    siguiente: int | None = propuesta.unida_a_id
    while actual is not None and siguiente is not None and actual not in enlaces:
        enlaces[actual] = siguiente
        actual, siguiente = siguiente, _unida_a(siguiente)
    return Propuesta.objects.con_lugar().get(pk=reglas.donde_termina(enlaces, propuesta.pk))


def _unida_a(pk: int) -> int | None:
    return Propuesta.objects.filter(pk=pk).values_list("unida_a", flat=True).first()


def reune(propuesta: Propuesta) -> list[Propuesta]:
    """Todas las que se le unieron, directamente o por otra, por su código. Una consulta por eslabón."""
    vistas: dict[int, Propuesta] = {}
    nivel = [propuesta.pk] if propuesta.reune_otras else []
    while nivel:
        llegan = Propuesta.objects.filter(unida_a__in=nivel).exclude(pk__in=vistas).only("codigo", "titulo", "unida_a")
        nivel = [una.pk for una in llegan]
        vistas |= {una.pk: una for una in llegan}
    return sorted(vistas.values(), key=lambda una: una.codigo or "")


def partes_de(propuesta: Propuesta) -> list[Propuesta]:
    """Aquellas en que se dividió, por su código."""
    partes = Propuesta.objects.filter(parte_de=propuesta).order_by("pk")
    return list(partes.only("codigo", "titulo", "estado", "vence", "monto_tecnico", "monto_solicitado"))


def apoyos_llevados(propuesta: Propuesta, desde: Propuesta) -> int:
    """De los apoyos que tiene hoy, cuántos llegaron de esa otra."""
    return propuesta.apoyos.filter(viene_de=desde).count()  # type: ignore[attr-defined]


# --- Pedidos ---------------------------------------------------------------------------------------------------------
def _pedidos() -> QuerySet[PedidoDeAcuerdo]:
    lugares = [f"{lado}__{campo}" for lado in ("propuesta", "destino") for campo in ("distrito", "organizacion")]
    return PedidoDeAcuerdo.objects.select_related(
        "propuesta", "destino", "propuesta__proceso", "propuesta__autor", "destino__autor", *lugares
    ).prefetch_related("respuestas")


def pedido_por_pk(pk: int) -> PedidoDeAcuerdo | None:
    return _pedidos().filter(pk=pk).first()


def pedido_abierto(propuesta: Propuesta) -> PedidoDeAcuerdo | None:
    """El que espera respuesta para unirla o dividirla; a lo más hay uno."""
    return _pedidos().filter(propuesta=propuesta, estado=PedidoDeAcuerdo.Estado.ABIERTO).first()


def pedidos_abiertos_de(propuesta: Propuesta) -> list[PedidoDeAcuerdo]:
    """Los que esperan respuesta y la tocan: para unirla, para dividirla o para que reciba a otra."""
    tocan = Q(propuesta=propuesta) | Q(destino=propuesta)
    return list(_pedidos().filter(tocan, estado=PedidoDeAcuerdo.Estado.ABIERTO).order_by("pk"))


def pedidos_de_persona(usuario: Any) -> list[PedidoDeAcuerdo]:
    """Los que esperan por lo que presentó `usuario`, o por lo de una organización en la que hoy tiene mandato."""
    hoy = timezone.localdate()
    suyas = usuario.mandatos.vigentes(hoy).filter(organizacion__estado__in=Organizacion.ACTUAN).values("organizacion")
    lados = Q()
    for lado in ("propuesta", "destino"):
        lados |= Q(**{f"{lado}__organizacion__isnull": True, f"{lado}__autor": usuario})
        lados |= Q(**{f"{lado}__organizacion__in": suyas})
    return list(_pedidos().filter(lados, estado=PedidoDeAcuerdo.Estado.ABIERTO).order_by("momento", "pk"))


# --- Relaciones ------------------------------------------------------------------------------------------------------
def relaciones_de(propuesta: Propuesta) -> list[tuple[str, Relacion, Propuesta]]:
    """(frase llana, relación, la otra) de las vigentes: «No se puede hacer junto con», «Necesita que antes se haga»."""
    if not propuesta.tiene_relaciones:
        return []
    filas = Relacion.objects.vigentes().de(propuesta).select_related("primera", "segunda")
    return [(frase_de_relacion(fila, propuesta), fila, fila.otra(propuesta)) for fila in filas]


def frase_de_relacion(relacion: Relacion, vista_desde: Propuesta) -> str:
    if relacion.clase == EXCLUYENTE:
        return "No se puede hacer junto con"
    es_la_que_espera = relacion.primera_id == vista_desde.pk
    return "Necesita que antes se haga" if es_la_que_espera else "Tiene que hacerse antes que"


def relaciones_entre(propuestas: Iterable[Propuesta]) -> dict[str, list[list[int]]]:
    """Las relaciones vigentes dentro de ese grupo, para el libro de reglas de una votación; en orden fijo.

    {"excluyentes": [[a, b], …], "dependencias": [[a, b], …]} con las claves de las propuestas: a y b no se hacen las
    dos; a necesita que antes se haga b.
    """
    claves = [propuesta.pk for propuesta in propuestas]
    filas = Relacion.objects.vigentes().filter(primera__in=claves, segunda__in=claves)
    parejas = filas.order_by("primera", "segunda").values_list("clase", "primera", "segunda")
    return {
        "excluyentes": [[a, b] for clase, a, b in parejas if clase == EXCLUYENTE],
        "dependencias": [[a, b] for clase, a, b in parejas if clase == DEPENDENCIA],
    }


def quienes_responden(pedido: PedidoDeAcuerdo) -> list[Usuario]:
    """Quienes hoy pueden decir que sí o que no por alguna de sus propuestas, cada quien una vez."""
    personas: dict[int, Usuario] = {}
    for lado in pedido.lados:
        suyas = [lado.autor] if lado.organizacion is None else integrantes_de(lado.organizacion)
        personas |= {persona.pk: persona for persona in suyas}
    return list(personas.values())
