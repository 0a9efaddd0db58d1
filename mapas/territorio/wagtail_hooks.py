"""Sección «Territorio» de la trastienda: nombres, escrituras y vigencias. Los polígonos se importan, no se editan."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from civic.comun.trastienda import Crear, Editar, Ficha, Lista, prohibir
from mapas.territorio import acciones
from mapas.territorio.consultas import distritos
from mapas.territorio.dibujo import silueta
from mapas.territorio.dudas_trastienda import DejarComoEstan, DudasViewSet
from mapas.territorio.forms_trastienda import AreaForm
from mapas.territorio.models import Area, Clase
from mapas.territorio.trastienda.importaciones import ImportacionesViewSet

# Un área no se borra: se le pone fecha de fin, para que lo decidido antes conserve su lugar.
prohibir(Area, "delete")


class FiltroDeAreas(WagtailFilterSet):
    tipo = django_filters.ChoiceFilter(label="Tipo", choices=Area.Tipo.choices)
    clase = django_filters.ChoiceFilter(label="Clase de organización", choices=Clase.choices)
    padre = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())

    class Meta:
        model = Area
        fields = ["tipo", "padre", "clase"]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super().filter_queryset(queryset).select_related("padre")


class SiluetaPanel(HelpPanel):
    """El polígono dibujado, solo para mirar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"template": "territorio/trastienda/silueta.html"}))

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return super().get_context_data(parent_context) | {"silueta": silueta(self.instance)}


class ListaDeAreas(Lista):
    """Busca también por las otras escrituras de cada área."""

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return queryset.que_dicen(self.search_query) if self.search_query else queryset


class CrearArea(Crear):
    def save_instance(self) -> Area:
        return acciones.registrar_area(self.form.con_escrituras(), actor=self.request.user)


class EditarArea(Editar):
    """Corrige con su acción, que anota lo que había antes y lo que queda."""

    def save_instance(self) -> Area:
        return acciones.corregir_area(self.object, actor=self.request.user, **self.form.cambios())


class TerritorioViewSet(ModelViewSet):
    model = Area
    name = "territorio_admin"
    url_prefix = "territorio"
    icon = "thumbtack"
    menu_label = "Áreas"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = Ficha
    inspect_view_fields = [
        *("tipo", "codigo", "nombre", "otro_nombre", "clase", "padre", "poblacion", "lon", "lat", "aproximada"),
        *("en_disputa", "fuente", "vigente_desde", "vigente_hasta"),
    ]
    index_view_class = ListaDeAreas
    add_view_class = CrearArea
    edit_view_class = EditarArea
    list_export = [
        *("tipo", "codigo", "nombre", "clase", "padre", "poblacion", "lon", "lat", "aproximada", "en_disputa"),
        *("vigente_desde", "vigente_hasta", "fuente"),
    ]
    export_filename = "territorio"
    list_display = [
        "__str__",
        Column("get_tipo_display", label="Tipo", sort_key="tipo"),
        Column("padre", label="Dentro de", sort_key="padre__orden"),
        Column("codigo", label="Código", sort_key="codigo"),
        Column("poblacion", label="Población", sort_key="poblacion"),
    ]
    list_per_page = 50
    ordering = ["tipo", "orden", "nombre"]
    search_fields = ["nombre", "otro_nombre", "codigo"]
    search_backend_name = None
    filterset_class = FiltroDeAreas
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("tipo"), FieldPanel("codigo")]),
                    FieldPanel("nombre"),
                    FieldPanel("otro_nombre"),
                    FieldPanel("escrituras"),
                    FieldRowPanel([FieldPanel("clase"), FieldPanel("orden")]),
                    FieldPanel("padre"),
                ],
                heading="Nombre y lugar",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("poblacion"),
                    FieldRowPanel([FieldPanel("aproximada"), FieldPanel("en_disputa")]),
                    FieldPanel("fuente"),
                    FieldRowPanel([FieldPanel("vigente_desde"), FieldPanel("vigente_hasta")]),
                ],
                heading="Datos",
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("lon"), FieldPanel("lat")]), SiluetaPanel()],
                heading="En el mapa",
            ),
        ],
        base_form_class=AreaForm,
    )


class SeccionTerritorio(ModelViewSetGroup):
    menu_label = "Territorio"
    menu_name = "territorio"
    menu_icon = "thumbtack"
    menu_order = 700
    items = (TerritorioViewSet, ImportacionesViewSet, DudasViewSet)


@hooks.register("register_admin_viewset")
def territorio() -> SeccionTerritorio:
    return SeccionTerritorio()


hooks.register("register_bulk_action", DejarComoEstan)
