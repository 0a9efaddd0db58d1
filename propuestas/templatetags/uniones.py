"""{% aviso_de_union %}, {% con_otras %}, {% pedidos_para %}: de dónde viene una propuesta y qué se espera de quién."""

from typing import Any

from django import template
from django.template.context import RequestContext

from propuestas import consultas_uniones, permisos_uniones
from propuestas.models import Propuesta
from propuestas.reglas import Estado

register = template.Library()


@register.inclusion_tag("propuestas/_aviso_de_union.html", takes_context=True)
def aviso_de_union(context: RequestContext, propuesta: Propuesta) -> dict[str, Any]:
    """«PR-2026-014 se unió aquí», a quien llegó por la dirección vieja; y lo que espera respuesta, a sus partes."""
    request = context["request"]
    viene = request.GET.get("viene", "")
    llegan = consultas_uniones.reune(propuesta)
    abiertos = consultas_uniones.pedidos_abiertos_de(propuesta) if request.user.is_authenticated else []
    return {
        "vieja": next((una for una in llegan if str(una.pk) == viene), None),
        "reune": llegan,
        "destino": consultas_uniones.donde_sigue(propuesta) if propuesta.unida_a_id else None,
        "propuesta": propuesta,
        "pedidos": [pedido for pedido in abiertos if permisos_uniones.por_responder(request.user, pedido)],
    }


@register.inclusion_tag("propuestas/_con_otras.html")
def con_otras(propuesta: Propuesta) -> dict[str, Any]:
    """Sus partes, la que se dividió para hacerla y lo que tiene que ver con otras."""
    return {
        "partes": consultas_uniones.partes_de(propuesta) if propuesta.estado == Estado.DIVIDIDA else [],
        "original": propuesta.parte_de,
        "relaciones": consultas_uniones.relaciones_de(propuesta),
    }


@register.inclusion_tag("propuestas/_pedidos.html", takes_context=True)
def pedidos_para(context: RequestContext) -> dict[str, Any]:
    """Lo que espera respuesta de quien mira, para «Mis propuestas»."""
    usuario = context["request"].user
    pedidos = consultas_uniones.pedidos_de_persona(usuario)
    return {"pedidos": [pedido for pedido in pedidos if permisos_uniones.por_responder(usuario, pedido)]}


@register.inclusion_tag("propuestas/trastienda/_uniones.html")
def uniones_en_trastienda(propuesta: Propuesta) -> dict[str, Any]:
    """El pedido que espera respuesta y las relaciones, con sus botones."""
    return {
        "propuesta": propuesta,
        "pedidos": consultas_uniones.pedidos_abiertos_de(propuesta),
        "relaciones": consultas_uniones.relaciones_de(propuesta),
    }
