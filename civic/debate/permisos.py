"""Quién lee y quién comenta."""

from typing import Any

from django.http import Http404

from civic.cuentas.models import Mandato, Organizacion, Usuario
from civic.debate.models import Comentario, Hilo
from civic.procesos import permisos as fases
from civic.procesos.reglas import COMENTAR


def hilo_visible(usuario: Any, pk: int) -> Hilo | None:
    """El hilo con su proceso, o None si no existe o quien mira no puede saber que existe."""
    hilo = Hilo.objects.select_related("proceso").filter(pk=pk)
    if not usuario.has_perm("debate.view_comentario"):
        hilo = hilo.publicos()
    return hilo.first()


def hilo_o_404(usuario: Any, pk: int) -> Hilo:
    hilo = hilo_visible(usuario, pk)
    if hilo is None:
        raise Http404("No encontramos esa conversación.")
    return hilo


def comentario_o_404(usuario: Any, pk: int) -> Comentario:
    """El comentario, si quien mira puede ver su hilo."""
    comentario = Comentario.objects.select_related("hilo", "autor").filter(pk=pk).first()
    if comentario is None or hilo_visible(usuario, comentario.hilo_id) is None:
        raise Http404("No encontramos ese comentario.")
    return comentario


def por_que_esta_cerrada(hilo: Hilo) -> str:
    """Frase que dice por qué nadie puede comentar ahora en el hilo; vacía si está abierto."""
    if not hilo.abierto:
        return f"Esta conversación se cerró: {hilo.motivo_cierre}"
    if not hilo.visible:
        return "Esta conversación no está publicada."
    if hilo.proceso is not None and not fases.permite(hilo.proceso, COMENTAR):
        return fases.por_que_no(hilo.proceso, COMENTAR)
    return ""


def por_que_no_comentar(usuario: Any, hilo: Hilo) -> str:
    """Frase que dice por qué `usuario` no puede comentar ahora; vacía si puede. Basta tener cuenta."""
    return por_que_esta_cerrada(hilo) or ("" if usuario.is_authenticated else "Para comentar entra con tu cuenta.")


def puede_comentar(usuario: Any, hilo: Hilo) -> bool:
    return not por_que_no_comentar(usuario, hilo)


def mandatos_para_hablar(usuario: Usuario) -> list[Mandato]:
    """Mandatos de hoy con los que puede comentar en nombre de su organización; no los de una suspendida."""
    return [m for m in usuario.mandatos_vigentes if m.organizacion.estado in Organizacion.ACTUAN]


def mandato_en(usuario: Usuario, organizacion_id: int) -> Mandato | None:
    """El mandato de hoy con el que `usuario` puede hablar por la organización."""
    return next((m for m in mandatos_para_hablar(usuario) if m.organizacion_id == organizacion_id), None)


def puede_moderar(usuario: Any) -> bool:
    return usuario.has_perm("debate.change_comentario")
