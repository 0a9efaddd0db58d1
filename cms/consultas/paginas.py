"""Noticias, campañas y páginas de texto."""

from typing import Any

from cms.models import Campana, Noticia, PaginaContenido


def ultimas_noticias(destacadas: list[Any] | None = None, cuantas: int = 3) -> list[Noticia]:
    """Las noticias elegidas, en su orden, o las más nuevas."""
    elegidas = [pagina.pk for pagina in destacadas or [] if pagina is not None]
    if elegidas:
        por_pk = noticias().in_bulk(elegidas)
        return [por_pk[pk] for pk in elegidas if pk in por_pk][:cuantas]
    return list(noticias()[:cuantas])


def noticias() -> Any:
    """Todas las noticias publicadas, de la más nueva a la más vieja, sin su cuerpo."""
    return Noticia.objects.live().select_related("imagen").defer_streamfields().order_by("-fecha", "-pk")


def campanas() -> Any:
    """Todas las campañas publicadas, la que termina más tarde primero, sin sus piezas."""
    return Campana.objects.live().defer_streamfields().order_by("-fin", "-pk")


def paginas_hijas(pagina: PaginaContenido) -> list[PaginaContenido]:
    """Páginas de texto publicadas bajo `pagina`, en el orden del árbol."""
    return list(PaginaContenido.objects.live().child_of(pagina).defer_streamfields().order_by("path"))


def campanas_en_marcha() -> list[Campana]:
    return list(Campana.objects.en_marcha().defer_streamfields().order_by("fin"))
