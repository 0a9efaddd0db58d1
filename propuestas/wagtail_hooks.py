"""Sección «Propuestas» de la trastienda.

El estado, los montos y los apoyos no se editan a mano: el estado se mueve con «Mover estado» y «Dictaminar», que
llaman a las acciones. Los borradores no se ven: son de quien los escribe.
"""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.dinero import bolivianos
from civic.comun.models import Suceso
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.consultas import distritos
from propuestas import acciones, consultas, permisos
from propuestas.forms import CorreccionForm
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS, Estado
from propuestas.views import trastienda

NOMBRE = "propuestas_admin"


class PoliticaDePropuestas(ModelPermissionPolicy):
    """Nadie crea ni borra propuestas desde la trastienda, tampoco la administración técnica."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in ("view", "change") and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Propuesta, PoliticaDePropuestas(Propuesta))


def _botones(usuario: Any, propuesta: Propuesta) -> list[tuple[str, str, str]]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con la propuesta."""
    botones = []
    if permisos.movimientos_posibles(usuario, propuesta):
        botones.append(("Mover estado", reverse(f"{NOMBRE}:mover", args=[propuesta.pk]), "arrow-right"))
    if propuesta.estado == Estado.EN_EVALUACION and not permisos.por_que_no_evalua(usuario, propuesta):
        botones.append(("Dictaminar", reverse(f"{NOMBRE}:dictaminar", args=[propuesta.pk]), "clipboard-list"))
    botones.append(("Ver en el sitio", propuesta.get_absolute_url(), "view"))
    return botones


class Filtro(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(
        label="Estado",
        choices=[(clave, ficha.etiqueta) for clave, ficha in FICHAS.items() if clave not in permisos.PRIVADOS],
    )
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())
    categoria = django_filters.ModelChoiceFilter(label="Categoría", queryset=Categoria.objects.all())
    proceso = django_filters.ModelChoiceFilter(label="Proceso", queryset=Proceso.objects.all())

    class Meta:
        model = Propuesta
        fields = ["estado", "distrito", "categoria", "proceso"]


class Lista(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return Propuesta.objects.exclude(estado__in=permisos.PRIVADOS).con_lugar()

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return consultas.que_digan(queryset, self.search_query) if self.is_searching else queryset

    def get_list_more_buttons(self, instance: Propuesta) -> list[Any]:
        propios = [
            MenuItem(rotulo, url=url, icon_name=icono, priority=lugar)
            for lugar, (rotulo, url, icono) in enumerate(_botones(self.request.user, instance))
        ]
        return propios + super().get_list_more_buttons(instance)


class Ficha(generic.InspectView):
    def get_object(self, queryset: QuerySet | None = None) -> Propuesta:
        return permisos.en_trastienda_o_404(self.pk)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(rotulo, url=url, icon_name=icono, priority=lugar)
            for lugar, (rotulo, url, icono) in enumerate(_botones(self.request.user, self.object))
        ]

    def get_monto_solicitado_display_value(self) -> str:
        return bolivianos(self.object.monto_solicitado)

    def get_monto_tecnico_display_value(self) -> str:
        return bolivianos(self.object.monto_tecnico)

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        valor = super().get_field_display_value(field_name, field)
        return "Sin dato" if valor in (None, "") else valor

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sucesos = Suceso.objects.de(self.object).select_related("actor")
        return super().get_context_data(**kwargs) | {"sucesos": sucesos}


class Correccion(generic.EditView):
    """Corrige texto, categoría y lugar con su acción, que lo anota en la bitácora."""

    success_message = "Propuesta corregida."

    def get_object(self, queryset: QuerySet | None = None) -> Propuesta:
        return permisos.en_trastienda_o_404(self.object_pk)

    def save_instance(self) -> Propuesta:
        return acciones.corregir_propuesta(self.object, actor=self.request.user, **self.form.cleaned_data)


class PropuestasViewSet(ModelViewSet):
    model = Propuesta
    name = NOMBRE
    url_prefix = "propuestas"
    menu_label = "Propuestas"
    icon = "clipboard-list"
    menu_order = 210
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = Lista
    inspect_view_class = Ficha
    edit_view_class = Correccion
    inspect_template_name = "propuestas/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    ordering = ["-presentada", "-pk"]
    list_export = ["codigo", "titulo", "estado", "distrito", "categoria", "monto_solicitado", "monto_tecnico"]
    export_filename = "propuestas"
    list_display = [
        "titulo",
        Column("codigo", label="Código", sort_key="codigo"),
        Column("estado", label="Estado", accessor=lambda propuesta: propuesta.ficha.etiqueta, sort_key="estado"),
        Column("distrito", label="Distrito", sort_key="distrito__orden"),
        Column("categoria", label="Categoría", sort_key="categoria__orden"),
        Column("monto", label="Costo", accessor=lambda propuesta: bolivianos(propuesta.monto)),
        Column("apoyos_contados", label="Apoyos", sort_key="apoyos_contados"),
        DateColumn("presentada", label="Presentada", sort_key="presentada"),
    ]
    inspect_view_fields = [
        *("codigo", "titulo", "estado", "descripcion", "categoria", "distrito", "otb", "referencia", "lon", "lat"),
        *("monto_solicitado", "monto_tecnico", "familias", "apoyos_contados", "autor", "organizacion", "proceso"),
        *("presentada", "cambiada"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[CorreccionForm]:
        return CorreccionForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # La historia que vale es la bitácora, que está en la ficha.
        return super().get_common_view_kwargs(**kwargs) | {"history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("mover/<int:pk>/", trastienda.mover, name="mover"),
            path("dictaminar/<int:pk>/", trastienda.dictaminar, name="dictaminar"),
        ]


@hooks.register("register_admin_viewset")
def seccion_de_propuestas() -> PropuestasViewSet:
    return PropuestasViewSet()
