"""La trastienda: una sola puerta para quien administra, en el orden en que se trabaja."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.acciones import BORRAR, MUDAR, PUBLICAR, RETIRAR, abrir_debate, anotar_pagina, retrato_de_pagina
from cms.consultas.pendientes import lo_que_espera
from cms.models import IndiceCampanas, IndiceNoticias, IndiceProcesos, PaginaInicio, PaginaProceso

ORDEN_DE_GRUPOS = (
    "Portal",
    "Propuestas",
    "Votaciones",
    "Reportes",
    "Obras",
    "Procesos",
    "Territorio",
    "Personas y organizaciones",
    "Debate",
)
# Lo que Wagtail pone en el menú y aquí va dentro de «Portal» o sobra: su ayuda enlaza a otros sitios.
FUERA_DEL_MENU = {"explorer", "images", "documents", "snippets", "help"}


class Paginas(MenuItem):
    """Enlace a las páginas del portal bajo la de `clase`."""

    def __init__(self, etiqueta: str, clase: Any, **kwargs: Any) -> None:
        super().__init__(etiqueta, "", **kwargs)
        self.clase = clase

    def is_shown(self, request: HttpRequest) -> bool:
        return user_has_any_page_permission(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        pk = self.clase.objects.values_list("pk", flat=True).first()
        self.url = reverse("wagtailadmin_explore", args=[pk]) if pk else reverse("wagtailadmin_explore_root")
        return super().render_component(request)


class Biblioteca(MenuItem):
    """Enlace a imágenes o documentos, para quien puede subirlos."""

    def __init__(self, etiqueta: str, url: str, modelo: Any, **kwargs: Any) -> None:
        super().__init__(etiqueta, url, **kwargs)
        self.modelo = modelo

    def is_shown(self, request: HttpRequest) -> bool:
        politica = policy_registry.get_by_type(self.modelo)
        return politica.user_has_any_permission(request.user, ["add", "change", "delete"])


@hooks.register("after_publish_page")
def abrir_debate_al_publicar(request: HttpRequest, pagina: Any) -> None:
    """La página de una consulta hecha a mano también lleva su debate."""
    if isinstance(pagina, PaginaProceso):
        abrir_debate(pagina)


# --- Bitácora: lo que cambia en el portal público -------------------------------------------------------------------
# Wagtail llama antes y después de cada acto; entre los dos, cómo se veía la página viaja en el pedido.
def _guardar_antes(request: HttpRequest, paginas: Iterable[Any]) -> None:
    antes = request.__dict__.setdefault("paginas_antes", {})
    for pagina in paginas:
        antes.setdefault(pagina.pk, retrato_de_pagina(pagina.pk))


def _anotar(request: HttpRequest, pagina: Any, verbo: str) -> None:
    antes = request.__dict__.get("paginas_antes", {}).pop(pagina.pk, {})
    anotar_pagina(pagina, verbo, actor=request.user, antes=antes)


def _con_descendientes(pagina: Any) -> Iterable[Any]:
    return pagina.get_descendants(inclusive=True)


@hooks.register("before_publish_page")
@hooks.register("before_unpublish_page")
@hooks.register("before_delete_page")
def antes_de_cambiar(request: HttpRequest, pagina: Any) -> None:
    if request.method == "POST":
        _guardar_antes(request, _con_descendientes(pagina) if pagina.pk else [])


@hooks.register("before_move_page")
def antes_de_mudar(request: HttpRequest, pagina: Any, destino: Any) -> None:
    if request.method == "POST":
        _guardar_antes(request, [pagina])


@hooks.register("after_publish_page")
def anotar_publicacion(request: HttpRequest, pagina: Any) -> None:
    _anotar(request, pagina, PUBLICAR)


@hooks.register("after_unpublish_page")
def anotar_retiro(request: HttpRequest, pagina: Any) -> None:
    """También las de abajo, si se pidió retirarlas con ella."""
    for retirada in _con_descendientes(pagina):
        if not retirada.live:
            _anotar(request, retirada, RETIRAR)


@hooks.register("after_delete_page")
def anotar_borrado(request: HttpRequest, pagina: Any) -> None:
    """La página y las de abajo ya no existen: se anota lo que se veía, bajo el nombre de la que se borró."""
    for pk, antes in request.__dict__.pop("paginas_antes", {}).items():
        anotar_pagina(Page(pk=pk, title=antes.get("titulo", pagina.title)), BORRAR, actor=request.user, antes=antes)


@hooks.register("after_copy_page")
def anotar_copia(request: HttpRequest, pagina: Any, copia: Any) -> None:
    """Una copia puede nacer publicada, con las páginas de abajo."""
    for nueva in _con_descendientes(copia):
        _anotar(request, nueva, PUBLICAR)


@hooks.register("after_move_page")
def anotar_mudanza(request: HttpRequest, pagina: Any) -> None:
    _anotar(request, pagina, MUDAR)


_EN_BLOQUE = {"publish": PUBLICAR, "unpublish": RETIRAR, "delete": BORRAR, "move": MUDAR}


@hooks.register("before_bulk_action")
def antes_del_bloque(request: HttpRequest, tipo: str, objetos: Iterable[Any], accion: Any) -> None:
    if tipo in _EN_BLOQUE and issubclass(accion.model, Page):
        for pagina in objetos:
            _guardar_antes(request, _con_descendientes(pagina))


@hooks.register("after_bulk_action")
def anotar_el_bloque(request: HttpRequest, tipo: str, objetos: Iterable[Any], accion: Any) -> None:
    if tipo not in _EN_BLOQUE or not issubclass(accion.model, Page):
        return
    for pk, antes in request.__dict__.pop("paginas_antes", {}).items():
        if tipo == "delete" or retrato_de_pagina(pk) != antes:
            pagina = Page.objects.filter(pk=pk).first() or Page(pk=pk, title=antes.get("titulo", ""))
            anotar_pagina(pagina, _EN_BLOQUE[tipo], actor=request.user, antes=antes)


@hooks.register("register_admin_menu_item")
def menu_portal() -> SubmenuMenuItem:
    entradas = [
        Paginas("Inicio y páginas", PaginaInicio, name="paginas", icon_name="home", order=10),
        Paginas("Páginas de procesos", IndiceProcesos, name="paginas-procesos", icon_name="date", order=20),
        Paginas("Noticias", IndiceNoticias, name="noticias", icon_name="doc-full-inverse", order=30),
        Paginas("Campañas", IndiceCampanas, name="campanas", icon_name="comment", order=40),
        Biblioteca(
            "Imágenes",
            reverse("wagtailimages:index"),
            get_image_model(),
            name="imagenes",
            icon_name="image",
            order=50,
        ),
        Biblioteca(
            "Documentos",
            reverse("wagtaildocs:index"),
            get_document_model(),
            name="documentos",
            icon_name="doc-full",
            order=60,
        ),
    ]
    return SubmenuMenuItem("Portal", Menu(items=entradas), name="portal", icon_name="home", order=100)


@hooks.register("construct_main_menu", order=1000)
def ordenar_menu(request: HttpRequest, entradas: list[MenuItem]) -> None:
    entradas[:] = [entrada for entrada in entradas if entrada.name not in FUERA_DEL_MENU]
    for entrada in entradas:
        if str(entrada.label) in ORDEN_DE_GRUPOS:
            entrada.order = 100 * (1 + ORDEN_DE_GRUPOS.index(str(entrada.label)))


class QueEspera(Component):
    """Panel con lo que espera por quien entró: lo vencido primero."""

    name = "que_espera_por_mi"
    template_name = "cms/trastienda/espera.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"pendientes": lo_que_espera(parent_context["request"].user)}


@hooks.register("construct_homepage_panels")
def panel_de_pendientes(request: HttpRequest, paneles: list[Component]) -> None:
    paneles.append(QueEspera())


@hooks.register("construct_homepage_summary_items", order=1000)
def sin_resumen_de_paginas(request: HttpRequest, resumen: list[Component]) -> None:
    """Contar páginas e imágenes no ayuda a trabajar: primero va lo que espera."""
    resumen.clear()


@hooks.register("insert_global_admin_css")
def colores() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/trastienda.css"))
