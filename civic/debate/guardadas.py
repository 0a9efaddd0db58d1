"""Las páginas de conversación ya dibujadas para quien mira sin entrar: las más leídas y las que más cuesta dibujar.

Lo guardado no se corrige: cada cambio de la conversación (un comentario nuevo, oculto, retirado, mudado) sube
`Hilo.cambios`, que va en la clave, y cada nombre que cambia estrena la versión de los nombres.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from civic.cuentas.nombres import guardar, lo_guardado
from civic.debate import consultas
from civic.debate.models import Hilo

# No hace falta para que sea cierto: es lo que tarda en irse lo que dibujó una versión anterior del programa.
_SEGUNDOS = 300


@dataclass(frozen=True)
class PaginaDibujada:
    """`comentarios` es el HTML de los que tocan; `numero` y `paginas`, dónde se está."""

    comentarios: SafeString
    numero: int
    paginas: int
    total: int


def pagina_para_visitas(hilo: Hilo, pedida: str | None, *, razon: str) -> PaginaDibujada:
    """La página `pedida` como la ve cualquiera. `razon`, por qué no se puede comentar; vacía si se puede."""
    pedida = pedida if pedida and pedida.isdecimal() and len(pedida) <= 6 else ""
    clave = f"debate:{hilo.pk}:{hilo.creado.timestamp()}:{hilo.cambios}:{pedida}:{bool(razon)}"
    version, guardada = lo_guardado(clave)
    if guardada is None:
        guardada = _dibujar(hilo, pedida, razon)
        if pedida in ("", str(guardada.numero)):  # las páginas que no existen no ocupan memoria
            guardar(clave, guardada, version=version, segundos=_SEGUNDOS)
    return guardada


def _dibujar(hilo: Hilo, pedida: str, razon: str) -> PaginaDibujada:
    pagina = consultas.pagina_de_comentarios(hilo, pedida)
    html = render_to_string("debate/_comentarios.html", {"hilo": hilo, "pagina": pagina, "razon": razon})
    total = consultas.contar_comentarios([hilo.pk])[hilo.pk]
    return PaginaDibujada(SafeString(html), pagina.number, pagina.paginator.num_pages, total)
