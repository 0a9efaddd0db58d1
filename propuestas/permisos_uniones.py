"""Quién pide unir o dividir, quién responde y quién relaciona propuestas."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from civic.cuentas.roles import Cosa, Rol, puede
from propuestas import consultas_uniones, permisos
from propuestas.models import PedidoDeAcuerdo, Propuesta
from propuestas.reglas import MODERACION, PLANIFICACION, RELACIONABLES, SE_UNE_DESDE

_PIDEN = (Rol.GESTION_COMUNIDAD, Rol.PLANIFICACION)


def calidad_para_pedir(usuario: Any, propuesta: Propuesta) -> str:
    """En qué calidad pide unirla o dividirla: moderacion o planificacion; vacía si no le toca o es suya."""
    suyas = permisos.calidades_de(usuario, propuesta)
    return next((calidad for calidad in (PLANIFICACION, MODERACION) if calidad in suyas), "")


def por_que_no_pide(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no le toca pedir que se una, se divida o reciba a otra; vacía si puede."""
    if permisos.es_suya(usuario, propuesta):
        return "Nadie pide unir ni dividir lo que presentó. Lo hace otra persona."
    return "" if calidad_para_pedir(usuario, propuesta) else "Le toca a Gestión de comunidad o a Planificación."


def por_que_no_relaciona(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no registra ni quita sus relaciones; vacía si puede."""
    if not puede(usuario, "C", Cosa.VIABILIDAD):
        return "Relacionar propuestas le toca al equipo técnico o a Planificación."
    if not puede(usuario, "C", Cosa.VIABILIDAD, propuesta):
        return "Esta propuesta es de otra unidad o de otro distrito. La relaciona su equipo."
    return "Nadie relaciona lo que presentó." if permisos.es_suya(usuario, propuesta) else ""


def botones(usuario: Any, propuesta: Propuesta) -> list[tuple[str, str, str]]:
    """(rótulo, ruta, icono) de la trastienda, con lo ya cargado: la lista los pide por cada fila."""
    pide = puede(usuario, "A", Cosa.PROPUESTAS, propuesta, solo=list(_PIDEN)) and propuesta.autor_id != usuario.pk
    relaciona = puede(usuario, "C", Cosa.VIABILIDAD, propuesta) and propuesta.autor_id != usuario.pk
    posibles = []
    if pide and propuesta.estado in SE_UNE_DESDE:
        posibles += [("Unir a otra", "unir", "link"), ("Dividir", "dividir", "expand-right")]
    if relaciona and propuesta.estado in RELACIONABLES:
        posibles.append(("Relacionar", "relacionar", "list-ul"))
    return posibles


def por_quienes_responde(usuario: Any, pedido: PedidoDeAcuerdo) -> list[Propuesta]:
    """Las propuestas del pedido por las que `usuario` habla hoy: quien la presentó o representa a su organización."""
    return [lado for lado in pedido.lados if permisos.es_autora(usuario, lado)]


def por_responder(usuario: Any, pedido: PedidoDeAcuerdo) -> list[Propuesta]:
    """De ellas, las que todavía no respondieron; vacía si el pedido ya se cerró."""
    if pedido.estado != PedidoDeAcuerdo.Estado.ABIERTO:
        return []
    respondidas = {respuesta.propuesta_id for respuesta in pedido.respuestas.all()}  # type: ignore[attr-defined]
    return [lado for lado in por_quienes_responde(usuario, pedido) if lado.pk not in respondidas]


def acuerdo_o_404(usuario: Any, pk: int) -> PedidoDeAcuerdo:
    """El pedido, para las partes. La trastienda que ve la propuesta recibe 403; a los demás, como si no existiera."""
    pedido = consultas_uniones.pedido_por_pk(pk)
    if pedido is None:
        raise Http404("No encontramos ese pedido.")
    if por_quienes_responde(usuario, pedido):
        return pedido
    if any(permisos.en_trastienda(usuario, lado) for lado in pedido.lados):
        raise PermissionDenied("Responde quien presentó la propuesta o representa a su organización.")
    raise Http404("No encontramos ese pedido.")
