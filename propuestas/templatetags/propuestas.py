"""{% seguir %}, {% invitaciones_de %}: enterarse de lo que pasa y decidir."""

from typing import Any

from django import template
from django.template.context import RequestContext

from civic.cuentas.models import Organizacion
from civic.cuentas.permisos import puede_actuar_por
from propuestas import consultas_evaluacion, consultas_firmantes, permisos
from propuestas.models import Copatrocinio, Propuesta

register = template.Library()


@register.inclusion_tag("propuestas/_seguir.html", takes_context=True)
def seguir(context: RequestContext, propuesta: Propuesta) -> dict[str, Any]:
    usuario = context["request"].user
    return {
        "propuesta": propuesta,
        "publica": permisos.es_publica(propuesta),
        "con_cuenta": usuario.is_authenticated,
        "sigue": consultas_evaluacion.sigue(usuario, propuesta),
        "csrf_token": context.get("csrf_token"),
        "ruta": context["request"].path,
    }


@register.simple_tag(takes_context=True)
def invitaciones_de(context: RequestContext, organizacion: Organizacion) -> list[Copatrocinio]:
    """Lo que la invitan a pedir, si quien mira es de su directiva hoy. Vale también dentro de un `include … only`."""
    usuario = context.request.user
    return list(consultas_firmantes.invitaciones_de([organizacion])) if puede_actuar_por(usuario, organizacion) else []
