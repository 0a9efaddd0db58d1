"""Sección «Reportes» de la trastienda: el estado se mueve con su acción y nadie crea ni borra reportes aquí."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.models import Suceso
from civic.comun.templatetags.ayni import fecha
from civic.comun.texto import para_buscar
from civic.procesos.models import Categoria
from mapas.reportes import acciones, permisos
from mapas.reportes.consultas import SITUACIONES
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import OPCIONES_ESTADO
from mapas.reportes.views import trastienda
from mapas.territorio.consultas import distritos

CAMPOS_DE_FICHA = ["prioridad", "servicio", "unidad", "operador", "plazo_dias", "respuesta"]


class PoliticaDeReportes(ModelPermissionPolicy):
    """Los reportes entran por el formulario público y no se borran: tampoco la administración técnica."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in ("view", "change") and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Reporte, PoliticaDeReportes(Reporte))


def _botones(usuario: Any, reporte: Reporte) -> list[tuple[str, str, str]]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con el reporte."""
    botones = []
    if permisos.movimientos_de(usuario, reporte):
        botones.append(("Mover estado", reverse("reporte:mover", args=[reporte.pk]), "arrow-right"))
    if permisos.atiende(usuario):
        rotulo = "Volver a mostrar" if reporte.oculto else "Ocultar"
        botones.append((rotulo, reverse("reporte:ocultar", args=[reporte.pk]), "view" if reporte.oculto else "no-view"))
    botones.append(("Ver en el sitio", reporte.get_absolute_url(), "site"))
    return botones


class Filtro(WagtailFilterSet):
    situacion = django_filters.ChoiceFilter(label="Cómo va", choices=SITUACIONES, method="por_situacion")
    estado = django_filters.ChoiceFilter(label="Estado", choices=OPCIONES_ESTADO)
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())
    categoria = django_filters.ModelChoiceFilter(label="Categoría", queryset=Categoria.objects.all())

    class Meta:
        model = Reporte
        fields = ["situacion", "estado", "distrito", "categoria"]

    def por_situacion(self, queryset: QuerySet, nombre: str, valor: str) -> QuerySet:
        return getattr(queryset, valor)()


class Lista(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return Reporte.objects.completos()

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        for palabra in para_buscar(self.search_query or "").split():
            queryset = queryset.filter(busqueda__contains=palabra)
        return queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not permisos.registra_por_otros(self.request.user):
            return []
        return [HeaderButton("Registrar un reporte", url=reverse("reportes:nuevo"), icon_name="plus")]

    def get_list_more_buttons(self, instance: Reporte) -> list[Any]:
        propios = [
            MenuItem(rotulo, url=url, icon_name=icono, priority=lugar)
            for lugar, (rotulo, url, icono) in enumerate(_botones(self.request.user, instance))
        ]
        return propios + super().get_list_more_buttons(instance)


class Ficha(generic.InspectView):
    @cached_property
    def header_more_buttons(self) -> list[Button]:
        propios = [
            Button(rotulo, url=url, icon_name=icono, priority=lugar)
            for lugar, (rotulo, url, icono) in enumerate(_botones(self.request.user, self.object))
        ]
        return propios + super().header_more_buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sucesos = Suceso.objects.de(self.object).select_related("actor")
        return super().get_context_data(**kwargs) | {"sucesos": sucesos}


class Edicion(generic.EditView):
    """Prioridad, unidad, plazo y respuesta, con su acción, que lo anota en la bitácora."""

    success_message = "Reporte actualizado."

    def save_instance(self) -> Reporte:
        cambios = {campo: self.form.cleaned_data[campo] for campo in self.form.changed_data}
        return acciones.guardar_ficha(self.object, actor=self.request.user, **cambios)


class ReportesViewSet(ModelViewSet):
    model = Reporte
    url_prefix = "reportes"
    menu_label = "Reportes"
    icon = "warning"
    menu_order = 230
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = Lista
    inspect_view_class = Ficha
    edit_view_class = Edicion
    inspect_template_name = "reportes/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    form_fields = CAMPOS_DE_FICHA
    ordering = ["-creado", "-pk"]
    list_export = ["codigo", "categoria", "distrito", "estado", "prioridad", "unidad", "creado", "vence", "atendido"]
    export_filename = "reportes"
    list_display = [
        "codigo",
        Column("descripcion", label="Qué pasa", accessor=lambda reporte: reporte.descripcion[:80]),
        Column("estado", label="Estado", accessor=lambda reporte: reporte.ficha[0], sort_key="estado"),
        Column("distrito", label="Distrito", sort_key="distrito__orden"),
        Column("unidad", label="Unidad", sort_key="unidad"),
        Column("vence", label="Vence", accessor=lambda reporte: fecha(reporte.vence), sort_key="vence"),
        Column("vencido", label="Vencido", accessor=lambda reporte: "Sí" if reporte.esta_vencido else ""),
    ]
    inspect_view_fields = [
        *("codigo", "estado", "descripcion", "categoria", "servicio", "distrito", "otb", "referencia", "lon", "lat"),
        *("prioridad", "canal", "unidad", "operador", "plazo_dias", "vence", "respuesta", "tambien_contados"),
        *("autor", "organizacion", "creado", "atendido", "sigue_url"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # La historia que vale es la bitácora, que está en la ficha.
        return super().get_common_view_kwargs(**kwargs) | {"history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("mover/<int:pk>/", trastienda.mover, name="mover"),
            path("ocultar/<int:pk>/", trastienda.ocultar, name="ocultar"),
        ]


@hooks.register("register_admin_viewset")
def seccion_de_reportes() -> ReportesViewSet:
    return ReportesViewSet()
