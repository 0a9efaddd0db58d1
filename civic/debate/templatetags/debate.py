"""{% debate hilo %}: la conversación completa dentro de cualquier página."""

from typing import Any

from django import template
from django.template.context import RequestContext

from civic.debate import consultas, guardadas, permisos
from civic.debate.forms import ComentarioForm, pendiente_de
from civic.debate.models import Hilo

register = template.Library()


@register.inclusion_tag("debate/_debate.html", takes_context=True)
def debate(context: RequestContext, hilo: Hilo | None, form: ComentarioForm | None = None) -> dict[str, Any]:
    """Comentarios de `hilo` y, si se puede, la casilla para comentar. Con `hilo` en None no muestra nada.

    `form` es un envío que no se pudo guardar y vuelve con lo escrito. Cada página lleva
    `reglas.POR_PAGINA` comentarios, según `?conversacion=`.
    """
    if hilo is None:
        return {"hilo": None}
    request = context["request"]
    usuario = request.user
    razon = permisos.por_que_esta_cerrada(hilo, en_pantalla=True)
    puede = usuario.is_authenticated and not razon
    if puede and not form:
        form = ComentarioForm(hilo=hilo, usuario=usuario, initial=pendiente_de(request.session, hilo))
    pedida = request.GET.get("conversacion")
    if usuario.is_authenticated or form:
        lista = _para_quien_entro(hilo, pedida)
    else:
        dibujada = guardadas.pagina_para_visitas(hilo, pedida, razon=razon)
        lista = {"dibujada": dibujada, "numero": dibujada.numero, "paginas": dibujada.paginas, "total": dibujada.total}
    return {
        **lista,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "hilo": hilo,
        "usuario": usuario,
        "puede": puede,
        "razon": razon,
        "form": form,
        "clave": form["clave"].value() if form else "",
        "mandatos": permisos.mandatos_para_hablar(usuario) if puede else [],
        "regreso": f"{hilo.get_absolute_url()}#conversacion",
    }


def _para_quien_entro(hilo: Hilo, pedida: str | None) -> dict[str, Any]:
    """La página con los comentarios por dibujar: cada persona ve qué puede responder y qué es suyo."""
    pagina = consultas.pagina_de_comentarios(hilo, pedida)
    total = consultas.contar_comentarios([hilo.pk])[hilo.pk]
    return {"pagina": pagina, "numero": pagina.number, "paginas": pagina.paginator.num_pages, "total": total}
