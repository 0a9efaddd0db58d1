"""El debate en la trastienda."""

from typing import Any

import django_filters
from django.urls import path
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSetGroup

from civic.comun.trastienda import SinBorrar, prohibir
from civic.debate import views_moderacion
from civic.debate.models import Comentario

# Nadie escribe, cambia ni borra comentarios desde aquí: se ocultan con su motivo.
prohibir(Comentario, "add", "delete")


class ComentarioFilterSet(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=Comentario.Estado.choices)
    momento = django_filters.DateFromToRangeFilter(label="Escrito")

    class Meta:
        model = Comentario
        fields = ["estado"]


class ComentariosViewSet(SinBorrar):
    """Lista con filtros y búsqueda; de cada comentario se revisa, se oculta o se muestra, nunca se edita."""

    model = Comentario
    name = "comentarios"
    icon = "comment"
    menu_label = "Comentarios"
    sin_rutas = (*SinBorrar.sin_rutas, "add", "edit")
    bloques = (("ocultar", views_moderacion.OcultarVarios),)
    index_view_class = views_moderacion.ListaDeComentarios
    inspect_view_class = views_moderacion.RevisarComentario
    inspect_template_name = "debate/moderacion/comentario.html"
    form_fields = ["estado"]  # Wagtail lo pide, pero aquí no hay formularios: ni crear ni editar
    inspect_view_fields: list[str] = []  # los muestra su plantilla
    list_export = ["momento", "autor", "calidad", "hilo", "texto", "estado", "motivo"]
    export_filename = "comentarios"
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

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
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
