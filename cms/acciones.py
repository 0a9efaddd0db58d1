"""Lo que se hace con el portal: sembrarlo y publicar en él procesos, noticias y campañas."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Page, Site

from civic.comun.bitacora import a_json, anotar, diferencia, juntar_sucesos
from civic.comun.cadena import huella_de
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.debate.acciones import abrir_hilo
from civic.debate.consultas import insignia_de_rol
from civic.procesos.models import Proceso
from cms import contenido_inicial as textos
from cms.blocks import TIPOS_DE_PIEZA
from cms.consultas.abierto import url_de_proceso
from cms.contenido_inicial import Indice
from cms.models import (
    Campana,
    IndiceCampanas,
    IndiceNoticias,
    IndiceProcesos,
    Noticia,
    PaginaContenido,
    PaginaInicio,
    PaginaProceso,
)

# Lo que le pasa a una página y cómo lo dice la bitácora.
PUBLICAR, RETIRAR, BORRAR, MUDAR = "publicar_pagina", "retirar_pagina", "borrar_pagina", "mudar_pagina"
_FRASES = {
    PUBLICAR: "Se publicó la página «{}».",
    RETIRAR: "Se retiró la página «{}».",
    BORRAR: "Se borró la página «{}».",
    MUDAR: "La página «{}» cambió de lugar.",
}

_CLASES: dict[str, type[Page]] = {
    Indice.PROCESOS: IndiceProcesos,
    Indice.NOTICIAS: IndiceNoticias,
    Indice.CAMPANAS: IndiceCampanas,
    Indice.AYUDA: PaginaContenido,
}


@juntar_sucesos()
def sembrar_portal() -> PaginaInicio:
    """Deja el portal listo en una base nueva: inicio, listas y páginas de ayuda. Devuelve el inicio.

    Se puede repetir: lo que ya existe no se toca, para no pisar lo que cambió el equipo de comunicación. Solo pone al
    día el nombre y la dirección del sitio.
    """
    sitio = bloquear(Site.objects.filter(is_default_site=True)).get()
    inicio = PaginaInicio.objects.first() or _crear_inicio()
    direccion = urlsplit(settings.URL_PUBLICA)
    sitio.root_page = inicio
    sitio.site_name = settings.WAGTAIL_SITE_NAME
    sitio.hostname = direccion.hostname or "localhost"
    sitio.port = direccion.port or (443 if direccion.scheme == "https" else 80)
    sitio.save()
    _quitar_bienvenida()
    for indice in Indice:
        pagina = _pagina_en(inicio, indice.value, indice.label, _CLASES[indice], textos.INTRODUCCIONES[indice])
        if indice == Indice.AYUDA:
            for slug, (titulo, introduccion, cuerpo) in textos.AYUDAS.items():
                _pagina_en(pagina, slug, titulo, PaginaContenido, introduccion, cuerpo=cuerpo)
    inicio.refresh_from_db()
    return inicio


def retrato_de_pagina(pk: int | None) -> dict[str, Any]:
    """Lo que el público ve hoy de una página, para la bitácora; {} si no existe o no está publicada.

    El contenido entero queda en las revisiones de Wagtail: aquí va su número y su huella, que no cambia si nadie la
    toca.
    """
    pagina = Page.objects.filter(pk=pk, live=True).select_related("live_revision").first()
    if pagina is None:
        return {}
    revision = pagina.live_revision
    contenido = a_json(revision.content) if revision is not None else None
    return {
        "titulo": pagina.title,
        "url": pagina.url_path,
        "revision": revision.pk if revision is not None else None,
        "contenido": huella_de(contenido) if contenido is not None else "",
    }


def anotar_pagina(pagina: Page, verbo: str, *, actor: Any = None, antes: Mapping[str, Any] | None = None) -> None:
    """Deja en la bitácora que una página se publicó, se retiró, se borró o se mudó. `antes`: su retrato de entonces.

    Una página que no se veía ni se ve no cambia nada público y no se anota.
    """
    antes = retrato_de_pagina(pagina.pk) if antes is None and verbo == BORRAR else antes or {}
    despues = {} if verbo == BORRAR else retrato_de_pagina(pagina.pk)
    if antes or despues:
        antes, despues = diferencia(antes, despues)
        anotar(
            Page(pk=pagina.pk),
            verbo=verbo, texto=_FRASES[verbo].format(pagina.title), actor=actor, calidad=_cargo(actor), antes=antes,
            despues=despues,
        )  # fmt: skip


def _cargo(actor: Any) -> str:
    return insignia_de_rol(actor) if getattr(actor, "pk", None) else ""


def _crear_inicio() -> PaginaInicio:
    raiz = Page.get_first_root_node()
    inicio = PaginaInicio(title="Inicio", slug="inicio", secciones=textos.SECCIONES)
    return _publicar(raiz, inicio)


def _quitar_bienvenida() -> None:
    """Borra la página de bienvenida que trae Wagtail, si sigue ahí y nadie la usa."""
    for pagina in Page.objects.filter(depth=2, slug="home", numchild=0):
        if pagina.specific_class is Page:
            anotar_pagina(pagina, BORRAR)
            pagina.delete()


def _publicar(madre: Page, pagina: Any, actor: Any = None) -> Any:
    """Agrega la página bajo `madre`, la publica con su primera revisión y lo anota."""
    # treebeard calcula la ruta con los datos en memoria: se relee la madre para que no estén viejos.
    type(madre).objects.get(pk=madre.pk).add_child(instance=pagina)
    pagina.save_revision().publish()
    pagina.refresh_from_db()
    anotar_pagina(pagina, PUBLICAR, actor=actor)
    return pagina


def _pagina_en(madre: Page, slug: str, titulo: str, clase: type[Page], introduccion: str, **campos: Any) -> Page:
    existente = Page.objects.child_of(madre).filter(slug=slug).first()
    if existente is not None:
        return existente.specific
    return _publicar(madre, clase(title=titulo, slug=slug, introduccion=introduccion, **campos))


def _indice(clase: Any) -> Any:
    """El índice pedido, que se crea con todo el portal si aún no está."""
    indice = clase.objects.first()
    if indice is None:
        sembrar_portal()
        indice = clase.objects.get()
    return indice


def _slug_libre(madre: Page, titulo: str) -> str:
    base = slugify(titulo)[:80] or "pagina"
    usados = set(Page.objects.child_of(madre).filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in usados:
        return base
    return next(f"{base}-{numero}" for numero in range(2, len(usados) + 3) if f"{base}-{numero}" not in usados)


def _parrafos(cuerpo: str | Sequence[Any]) -> list[Any]:
    """Un texto (HTML llano) se vuelve un bloque de texto; una lista de bloques queda igual."""
    if isinstance(cuerpo, str):
        return [("parrafo", cuerpo)] if cuerpo else []
    return list(cuerpo)


def _lineas(valores: str | Iterable[str]) -> str:
    return valores if isinstance(valores, str) else "\n".join(valores)


@juntar_sucesos()
def publicar_proceso(
    proceso: Proceso,
    *,
    titulo: str = "",
    cuerpo: str | Sequence[Any] = "",
    articulos: Sequence[Mapping[str, str]] = (),
    actor: Any = None,
) -> PaginaProceso:
    """Publica el proceso y su página en /procesos/<slug>/; si la página ya existe, la devuelve sin cambiarla.

    `cuerpo`: HTML llano o lista de bloques de `cms.blocks.Cuerpo`. `articulos` (solo consultas): numero, titulo, texto
    y, si ya la hay, respuesta. A una consulta le abre su hilo de debate.
    """
    proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
    if articulos and proceso.tipo != Proceso.Tipo.CONSULTA:
        raise ReglaIncumplida("Solo una consulta lleva artículos.")
    pagina = PaginaProceso.objects.filter(proceso=proceso).first()
    if pagina is None:
        indice = _indice(IndiceProcesos)
        pagina = PaginaProceso(
            title=titulo or proceso.nombre,
            slug=proceso.slug,
            search_description=proceso.resumen[:300],
            proceso=proceso,
            cuerpo=_parrafos(cuerpo),
            articulos=[("articulo", {"respuesta": "", **articulo}) for articulo in articulos],
        )
        pagina = _publicar(indice, pagina, actor)
        pagina = abrir_debate(pagina)
    if not proceso.publicado:
        proceso.publicado = True
        proceso.save(update_fields=["publicado"])
        anotar(
            proceso, verbo="publicar", texto="Se publicó el proceso.", actor=actor, calidad=_cargo(actor),
            antes={"publicado": False}, despues={"publicado": True},
        )  # fmt: skip
    return pagina


@juntar_sucesos()
def abrir_debate(pagina: PaginaProceso) -> PaginaProceso:
    """Abre el debate de la página de una consulta, si no lo tiene; las demás no llevan debate."""
    pagina = bloquear(PaginaProceso.objects.select_related("proceso").filter(pk=pagina.pk)).get()
    if pagina.hilo_id is None and pagina.proceso.tipo == Proceso.Tipo.CONSULTA:
        pagina.hilo = abrir_hilo(pagina.title, proceso=pagina.proceso, url=url_de_proceso(pagina))
        pagina.save(update_fields=["hilo"])
        anotar(
            pagina.hilo, verbo="abrir_hilo", texto="Se abrió la conversación de la consulta.", antes={},
            despues={"titulo": pagina.hilo.titulo, "url": pagina.hilo.url, "abierto": True},
        )  # fmt: skip
    return pagina


@juntar_sucesos()
def publicar_noticia(
    *,
    titulo: str,
    resumen: str,
    cuerpo: str | Sequence[Any] = "",
    fecha: datetime.date | None = None,
    imagen: Any = None,
    actor: Any = None,
) -> Noticia:
    """Publica una noticia en /noticias/. `cuerpo`: HTML llano o lista de bloques; `imagen`: imagen de Wagtail."""
    indice = _indice(IndiceNoticias)
    if imagen is not None:
        imagen.get_file_hash()  # la dirección pública de la imagen lleva su huella
    noticia = Noticia(
        title=titulo, slug=_slug_libre(indice, titulo), resumen=resumen, cuerpo=_parrafos(cuerpo), imagen=imagen
    )
    if fecha is not None:
        noticia.fecha = fecha
    return _publicar(indice, noticia, actor)


@juntar_sucesos()
def publicar_campana(
    *,
    titulo: str,
    objetivo: str,
    inicio: datetime.date,
    fin: datetime.date,
    publico: str | Iterable[str] = "",
    canales: str | Iterable[str] = "",
    piezas: Sequence[Mapping[str, Any]] = (),
    indicadores: Mapping[str, Any] | None = None,
    actor: Any = None,
) -> Campana:
    """Publica una campaña en /campanas/.

    Cada pieza lleva `tipo` (uno de blocks.TIPOS_DE_PIEZA), `texto` y, si dura, `segundos`. `indicadores`: qué mide ->
    cifra. Lanza ReglaIncumplida si las fechas están al revés o una pieza es de un tipo desconocido.
    """
    if fin < inicio:
        raise ReglaIncumplida("La campaña debe terminar después de empezar.", campo="fin")
    tipos = dict(TIPOS_DE_PIEZA)
    for pieza in piezas:
        if pieza["tipo"] not in tipos:
            raise ReglaIncumplida(f"No hay piezas de tipo «{pieza['tipo']}»; elige entre {', '.join(tipos)}.")
    indice = _indice(IndiceCampanas)
    campana = Campana(
        title=titulo,
        slug=_slug_libre(indice, titulo),
        objetivo=objetivo,
        inicio=inicio,
        fin=fin,
        publico=_lineas(publico),
        canales=_lineas(canales),
        piezas=[
            ("pieza", {"tipo": pieza["tipo"], "segundos": pieza.get("segundos"), "texto": pieza["texto"]})
            for pieza in piezas
        ],
        indicadores=[
            ("indicador", {"valor": str(valor), "nombre": nombre}) for nombre, valor in (indicadores or {}).items()
        ],
    )
    return _publicar(indice, campana, actor)
