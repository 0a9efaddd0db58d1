"""El debate en la trastienda."""

from typing import Any

import django_filters
from django.urls import path
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from civic.debate import views_moderacion
from civic.debate.models import Comentario


class ComentarioFilterSet(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=Comentario.Estado.choices)
    momento = django_filters.DateFromToRangeFilter(label="Escrito")

    class Meta:
        model = Comentario
        fields = ["estado"]


class ComentariosViewSet(ModelViewSet):
    """Lista con filtros y búsqueda; de cada comentario se revisa, se oculta o se muestra, nunca se edita."""

    model = Comentario
    name = "comentarios"
    icon = "comment"
    menu_label = "Comentarios"
    add_to_reference_index = False
    index_view_class = views_moderacion.ListaDeComentarios
    inspect_view_enabled = True
    inspect_view_class = views_moderacion.RevisarComentario
    inspect_template_name = "debate/moderacion/comentario.html"
    inspect_view_fields = ["texto"]
    list_display = [
        "__str__",
        Column("autor", label="Persona"),
        Column("calidad", label="En calidad de"),
        Column("get_estado_display", label="Estado", sort_key="estado"),
        Column("hilo", label="Conversación"),
        "momento",
    ]
    list_per_page = 30
    ordering = "-momento"
    search_fields = ["texto", "autor__nombre_publico", "autor__username", "hilo__titulo"]
    search_backend_name = None
    filterset_class = ComentarioFilterSet

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        sin_puerta = dict.fromkeys(
            ["add_url_name", "edit_url_name", "copy_url_name", "delete_url_name", "history_url_name", "usage_url_name"]
        )
        return super().get_common_view_kwargs(**{**kwargs, **sin_puerta}) | sin_puerta

    def register_admin_url_finder(self) -> None:
        """No hay página de edición que encontrar."""

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("ocultar/<int:pk>/", views_moderacion.ocultar, name="ocultar"),
            path("mostrar/<int:pk>/", views_moderacion.mostrar, name="mostrar"),
            path("cerrar/<int:pk>/", views_moderacion.cerrar, name="cerrar"),
        ]


class DebateViewSetGroup(ModelViewSetGroup):
    menu_label = "Debate"
    menu_icon = "comment"
    menu_order = 900
    items = (ComentariosViewSet("comentarios"),)


@hooks.register("register_admin_viewset")
def seccion_debate() -> DebateViewSetGroup:
    return DebateViewSetGroup()
