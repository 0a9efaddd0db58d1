"""Quién ve una obra y qué puede hacer con ella. No cambia nada."""

from typing import Any

from django.http import Http404

from civic.cuentas.roles import Rol
from mapas.obras.models import MovimientoPedido, Obra

# La fiscalización informa y propone; la jefatura y planificación deciden y publican (dominio, 4.7).
PUBLICAN = (Rol.JEFATURA_UNIDAD, Rol.PLANIFICACION)
INFORMAN = (Rol.FISCAL_OBRA, *PUBLICAN)


def informa(usuario: Any) -> bool:
    return usuario.is_authenticated and usuario.tiene_rol(*INFORMAN)


def publica_obras(usuario: Any) -> bool:
    return usuario.is_authenticated and usuario.tiene_rol(*PUBLICAN)


def obra_o_404(usuario: Any, codigo: str) -> Obra:
    """La obra de ese código; la que no se publicó solo existe para quien trabaja con obras."""
    obra = Obra.objects.completas().filter(codigo=codigo).first()
    if obra is None or not (obra.publicada or informa(usuario)):
        raise Http404("No hay esa obra.")
    return obra


def puede_resolver(usuario: Any, pedido: MovimientoPedido) -> bool:
    """Acepta o rechaza quien publica, salvo lo que pidió esa misma persona."""
    return publica_obras(usuario) and pedido.pedido_por_id != usuario.pk
