"""Quién lee y quién comenta."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from civic.cuentas.models import Mandato, Organizacion, Usuario
from civic.cuentas.roles import Cosa, limitar, puede
from civic.debate.models import Comentario, ComentarioQuerySet, Hilo
from civic.procesos import consultas as procesos
from civic.procesos import permisos as fases
from civic.procesos.reglas import COMENTAR


def hilo_visible(usuario: Any, pk: int) -> Hilo | None:
    """El hilo con su proceso, o None si no existe o quien mira no puede saber que existe."""
    hilo = Hilo.objects.select_related("proceso").filter(pk=pk).first()
    if hilo is None or hilo.es_publico or puede(usuario, "R", Cosa.MODERAR, hilo):
        return hilo
    return None


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


def por_que_esta_cerrada(hilo: Hilo, *, en_pantalla: bool = False) -> str:
    """Frase que dice por qué nadie puede comentar ahora en el hilo; vacía si está abierto.

    En el momento del acto relee el proceso; `en_pantalla` usa el que ya se cargó para la página.
    """
    if not hilo.abierto:
        return f"Esta conversación se cerró: {hilo.motivo_cierre}"
    if not hilo.visible:
        return "Esta conversación no está publicada."
    if hilo.proceso_id is None:
        return ""
    if en_pantalla and hilo.proceso is not None:
        return procesos.impedimento(hilo.proceso, COMENTAR)
    return fases.impedimento_en(hilo.proceso_id, COMENTAR)


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


def por_que_no_modera(usuario: Any, hilo: Hilo, comentario: Comentario | None = None) -> str:
    """Frase que dice por qué `usuario` no puede moderar ese hilo (o ese comentario); vacía si puede."""
    if not puede(usuario, "E", Cosa.MODERAR, hilo):
        return "Moderar esta conversación le toca a otro cargo o a otro distrito."
    if comentario is not None and comentario.autor_id == usuario.pk:
        return "Nadie modera lo que escribió. Pídeselo a otra persona."
    return ""


def puede_moderar(usuario: Any, comentario: Comentario) -> bool:
    return not por_que_no_modera(usuario, comentario.hilo, comentario)


def en_trastienda_o_404(usuario: Any, pk: Any) -> Comentario:
    """El comentario para la trastienda; de otro distrito es como si no existiera."""
    comentario = comentarios_en_trastienda(usuario).filter(pk=pk).first()
    if comentario is None:
        raise Http404("No encontramos ese comentario.")
    return comentario


def ocultables(usuario: Any) -> QuerySet[Comentario]:
    """Los que se leen y puede ocultar: nunca los suyos."""
    comentarios = Comentario.objects.visibles().select_related("autor", "hilo").exclude(autor=usuario)
    return limitar(usuario, "E", Cosa.MODERAR, comentarios, distrito="hilo__distrito", unidad="")


def comentarios_en_trastienda(usuario: Any) -> ComentarioQuerySet:
    """Los comentarios hasta donde alcanza el cargo de quien mira, con lo que muestra la lista."""
    comentarios = Comentario.objects.select_related("autor", "hilo", "organizacion")
    return limitar(usuario, "R", Cosa.MODERAR, comentarios, distrito="hilo__distrito", unidad="")  # type: ignore[return-value]
