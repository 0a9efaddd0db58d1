"""Lecturas del debate: los comentarios de un hilo, cuántos hay y qué cambió desde la última vez."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch
from django.utils import timezone

from civic.cuentas.models import Mandato, Usuario
from civic.cuentas.roles import Rol
from civic.debate import reglas
from civic.debate.models import Comentario, ComentarioQuerySet, Hilo

# Cargos públicos que no son del Órgano Ejecutivo municipal: no hablan por el municipio.
FUERA_DEL_EJECUTIVO = {Rol.PRESIDENCIA_DISTRITO, Rol.CONTROL_SOCIAL, Rol.CONCEJO}


def _con_voz(comentarios: ComentarioQuerySet) -> ComentarioQuerySet:
    """Con lo que la plantilla muestra de quien habla, y nada más de su cuenta."""
    return comentarios.select_related("autor", "viene_de").only(
        *("hilo_id", "padre_id", "organizacion_id", "calidad", "texto", "momento", "estado", "motivo", "cambio"),
        *("autor__nombre_publico", "autor__username", "viene_de__titulo"),
    )


def pagina_de_comentarios(hilo: Hilo, numero: Any = None) -> Page:
    """Página de comentarios de primer nivel, del más viejo al más nuevo, cada uno con sus `respuestas`.

    Hace siempre tres consultas. Un número imposible lleva a la página más cercana.
    """
    respuestas = Prefetch("respuestas", queryset=_con_voz(Comentario.objects.order_by("pk")))
    primeros = _con_voz(Comentario.objects.filter(hilo=hilo, padre=None)).prefetch_related(respuestas).order_by("pk")
    return Paginator(primeros, reglas.POR_PAGINA).get_page(numero)


def numero_de_pagina(comentario: Comentario) -> int:
    """En qué página del hilo está el comentario (o el comentario al que responde)."""
    raiz = comentario.padre_id or comentario.pk
    hasta_aqui = Comentario.objects.filter(hilo=comentario.hilo_id, padre=None, pk__lte=raiz).count()
    return max(1, -(-hasta_aqui // reglas.POR_PAGINA))


def contar_comentarios(hilo_ids: Iterable[int | None]) -> dict[int, int]:
    """Cuántos comentarios se leen en cada hilo; los hilos sin ninguno valen 0. Una sola consulta."""
    ids = [hilo_id for hilo_id in hilo_ids if hilo_id]
    cuenta = dict.fromkeys(ids, 0)
    filas = Comentario.objects.visibles().filter(hilo__in=ids).values("hilo").annotate(total=Count("pk")).order_by()
    return cuenta | {fila["hilo"]: fila["total"] for fila in filas}


@dataclass(frozen=True)
class Novedades:
    """Lo que cambió en un hilo después de un número de cambio.

    `comentarios` va en el orden de los cambios y llega, sin huecos, hasta el cambio `hasta`. `faltan` dice que son más
    de los que se reponen uno por uno: entonces no viene ninguno.
    """

    comentarios: Sequence[Comentario]
    hasta: int
    faltan: bool


def desde(hilo: Hilo, cambio: int) -> Novedades:
    """Comentarios nuevos o cambiados después del cambio número `cambio` (ver Hilo.cambios)."""
    posteriores = _con_voz(Comentario.objects.filter(hilo=hilo, cambio__gt=cambio)).order_by("cambio")
    comentarios = list(posteriores[: reglas.REPOSICION_MAXIMA + 1])
    faltan = len(comentarios) > reglas.REPOSICION_MAXIMA
    # `hilo` se leyó antes que los comentarios: lo que entró entremedio viene de más, nunca de menos.
    return Novedades([] if faltan else comentarios, hilo.cambios, faltan)


def comentarios_del_ultimo_minuto(autor: Usuario) -> int:
    return Comentario.objects.filter(autor=autor, momento__gt=timezone.now() - timedelta(minutes=1)).count()


def insignia_de_rol(usuario: Usuario) -> str:
    """Cargo público de hoy, como se muestra junto al nombre: «Municipio · Técnica evaluadora»; vacío si no tiene."""
    for rol in Rol:
        if rol in usuario.roles_vigentes:
            return rol.label if rol in FUERA_DEL_EJECUTIVO else f"Municipio · {rol.label}"
    return ""


def calidad_de(usuario: Usuario, mandato: Mandato | None) -> str:
    """En qué calidad habla: el cargo en su organización, si habla por ella, y su cargo público, si tiene.

    El cargo público se muestra siempre: quien trabaja en el municipio no opina como si no lo hiciera.
    """
    cargo = f"{mandato.cargo} de {mandato.organizacion}" if mandato else ""
    return " · ".join(parte for parte in (cargo, insignia_de_rol(usuario)) if parte)[:200]
