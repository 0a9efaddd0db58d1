"""Quién ve una obra y qué puede hacer con ella. No cambia nada."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from civic.cuentas.roles import Cosa, limitar, puede, roles_que
from mapas.obras import consultas
from mapas.obras.models import MovimientoPedido, Obra, ObraQuerySet

# La fiscalización informa y propone; la jefatura y planificación deciden y publican (dominio, 4.7).
PUBLICAN = roles_que("A", Cosa.OBRAS)
INFORMAN = tuple(dict.fromkeys((*roles_que("E", Cosa.OBRAS), *PUBLICAN)))


def informa(usuario: Any, obra: Obra | None = None) -> bool:
    return any(puede(usuario, letra, Cosa.OBRAS, obra) for letra in "EA")


def publica_obras(usuario: Any, obra: Obra | None = None) -> bool:
    return puede(usuario, "A", Cosa.OBRAS, obra)


def visibles_en_trastienda(usuario: Any, obras: ObraQuerySet | None = None) -> ObraQuerySet:
    """Las obras hasta donde alcanza el cargo de quien mira."""
    return limitar(usuario, "R", Cosa.OBRAS, Obra.objects.completas() if obras is None else obras)  # type: ignore[return-value]


def en_trastienda_o_404(usuario: Any, pk: Any) -> Obra:
    """La obra para la trastienda; de otro distrito o unidad es como si no existiera."""
    obra = visibles_en_trastienda(usuario).filter(pk=pk).first()
    if obra is None:
        raise Http404("No hay esa obra.")
    return obra


def para_informar_o_403(usuario: Any, pk: Any) -> Obra:
    obra = en_trastienda_o_404(usuario, pk)
    if not informa(usuario, obra):
        raise PermissionDenied("Informar sobre esta obra le toca a otra unidad.")
    return obra


def para_publicar_o_403(usuario: Any, pk: Any) -> Obra:
    obra = en_trastienda_o_404(usuario, pk)
    if not publica_obras(usuario, obra):
        raise PermissionDenied("Decidir sobre esta obra le toca a otra unidad.")
    return obra


def por_que_no_publica(usuario: Any, obra: Obra) -> str:
    """Frase que dice por qué no la publica; vacía si puede. No mira su cargo."""
    if consultas.quien_la_creo(obra) == usuario.pk:
        return "Tú registraste esta obra: publicarla le toca a otra persona."
    return ""


def obra_o_404(usuario: Any, codigo: str) -> Obra:
    """La obra de ese código; la que no se publicó solo existe para quien trabaja con obras."""
    obra = Obra.objects.completas().filter(codigo=codigo).first()
    if obra is None or not (obra.publicada or puede(usuario, "R", Cosa.OBRAS, obra)):
        raise Http404("No hay esa obra.")
    return obra


def puede_resolver(usuario: Any, pedido: MovimientoPedido) -> bool:
    """Acepta o rechaza quien publica, salvo lo que pidió esa misma persona."""
    return publica_obras(usuario, pedido.obra) and pedido.pedido_por_id != usuario.pk
