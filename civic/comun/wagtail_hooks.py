"""Sección «Bitácora» de la trastienda: buscar, filtrar y mirar; nadie escribe en ella."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import path
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun import consultas, trastienda
from civic.comun.bitacora import anotar_mirada
from civic.comun.models import Suceso
from civic.comun.templatetags.ayni import fecha_hora


class SoloMirar(ModelPermissionPolicy):
    """Ni la administración técnica agrega, cambia o borra sucesos desde una pantalla."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")


register_permission_policy(Suceso, SoloMirar(Suceso), exact_class=True)


class Filtro(WagtailFilterSet):
    verbo = django_filters.ChoiceFilter(label="Acción", choices=lambda: consultas.verbos())
    objeto_tipo = django_filters.ChoiceFilter(label="De qué", choices=lambda: consultas.clases_de_objeto())
    objeto_id = django_filters.NumberFilter(label="Número del objeto")
    momento = django_filters.DateFromToRangeFilter(label="Cuándo")
    persona = django_filters.CharFilter(label="Usuario de quien lo hizo", field_name="actor__username")
    publico = django_filters.BooleanFilter(label="Público")

    class Meta:
        model = Suceso
        fields = ["verbo", "objeto_tipo", "objeto_id", "momento", "persona", "publico"]


class Lista(trastienda.Lista):
    mirada = "Descargó la bitácora"

    def get_base_queryset(self) -> QuerySet:
        return Suceso.objects.select_related("actor").defer("datos")

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        for palabra in (self.search_query or "").split():
            queryset = queryset.filter(
                Q(texto__icontains=palabra) | Q(motivo__icontains=palabra) | Q(calidad__icontains=palabra)
            )
        return queryset

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # La lista trae también lo reservado: quién apoyó, quién declaró dónde vive.
        anotar_mirada(request.user, Suceso, "Miró la lista de la bitácora.")
        return super().get(request, *args, **kwargs)


class Ficha(generic.InspectView):
    page_title = "Suceso"

    def get_object(self, queryset: Any = None) -> Suceso:
        suceso = super().get_object(queryset)
        if not suceso.publico and self.user_has_permission("view"):
            anotar_mirada(self.request.user, suceso, "Miró un suceso reservado.")
        return suceso

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        datos = self.object.datos if isinstance(self.object.datos, dict) else {"datos": self.object.datos}
        return super().get_context_data(**kwargs) | {
            "clase": consultas.nombre_de_clase(self.object.objeto_tipo),
            "cambios": consultas.cambios_de(self.object),
            "reservado": {clave: valor for clave, valor in datos.items() if clave not in {"antes", "despues"}},
            "direccion": consultas.direccion_de(self.object) if self.object.publico else "",
        }


def _objeto(suceso: Suceso) -> str:
    nombre = consultas.nombre_de_clase(suceso.objeto_tipo)
    return f"{nombre} {suceso.objeto_id}" if suceso.objeto_id else f"{nombre}: la lista"


class BitacoraViewSet(ModelViewSet):
    model = Suceso
    name = "bitacora"
    url_prefix = "bitacora"
    menu_label = "Bitácora"
    icon = "history"
    menu_order = 950
    add_to_admin_menu = True
    add_to_reference_index = False
    index_view_class = Lista
    inspect_view_enabled = True
    inspect_view_class = Ficha
    inspect_template_name = "comun/trastienda/suceso.html"
    inspect_view_fields = ["numero"]
    filterset_class = Filtro
    search_fields = ["texto"]
    search_backend_name = None
    ordering = "-numero"
    list_per_page = 50
    list_export = [
        *("numero", "momento", "actor", "calidad", "objeto_tipo", "objeto_id", "verbo", "texto", "motivo", "publico"),
        *("huella", "anterior"),
    ]
    export_filename = "bitacora"
    list_display = [
        "texto",
        Column("momento", label="Cuándo", accessor=lambda suceso: fecha_hora(suceso.momento), sort_key="momento"),
        Column("actor", label="Quién", accessor=lambda suceso: suceso.actor or "Sistema"),
        Column("calidad", label="En calidad de"),
        Column("objeto", label="De qué", accessor=_objeto),
        Column("verbo", label="Acción", accessor=lambda suceso: consultas.nombre_de_verbo(suceso.verbo)),
        Column("publico", label="Público", accessor=lambda suceso: "Sí" if suceso.publico else "No"),
        Column("numero", label="N.º", sort_key="numero"),
    ]

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
        ]


@hooks.register("register_admin_viewset")
def seccion_de_bitacora() -> BitacoraViewSet:
    return BitacoraViewSet()
