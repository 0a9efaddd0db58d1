"""Sección «Reportes» de la trastienda: el estado se mueve con su acción y nadie crea ni borra reportes aquí."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from civic.comun.en_bloque import EnBloque
from civic.comun.templatetags.ayni import fecha
from civic.comun.texto import para_buscar
from civic.comun.trastienda import Boton, Editar, Ficha, Lista, SinBorrar, prohibir
from civic.cuentas.forms_unidad import UnidadForm
from civic.procesos.models import Categoria
from mapas.reportes import acciones, permisos
from mapas.reportes.consultas import SITUACIONES
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import OPCIONES_ESTADO, Estado
from mapas.reportes.views import trastienda
from mapas.territorio.consultas import distritos

CAMPOS_DE_FICHA = ["prioridad", "servicio", "unidad", "operador", "plazo_dias", "respuesta"]


prohibir(Reporte, "add", "delete")


def _botones(usuario: Any, reporte: Reporte) -> list[Boton]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con el reporte."""
    botones = []
    if permisos.movimientos_por_cargo(usuario, reporte):
        botones.append(("Mover estado", reverse("reporte:mover", args=[reporte.pk]), "arrow-right"))
    if permisos.atiende(usuario, reporte):
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


class ListaDeReportes(Lista):
    mirada = "Descargó la lista de reportes de la trastienda"
    en_bloque = (("Asignar varios a una unidad", "reporte:bloque_asignar", "group"),)

    def puede_en_bloque(self, ruta: str) -> bool:
        return permisos.atiende(self.request.user)

    def get_base_queryset(self) -> QuerySet:
        return permisos.visibles_en_trastienda(self.request.user)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        for palabra in para_buscar(self.search_query or "").split():
            queryset = queryset.filter(busqueda__contains=palabra)
        return queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not permisos.registra_por_otros(self.request.user):
            return super().header_buttons
        return [
            HeaderButton("Registrar un reporte", url=reverse("reportes:nuevo"), icon_name="plus"),
            *super().header_buttons,
        ]

    def botones_de(self, objeto: Reporte) -> list[Boton]:
        return _botones(self.request.user, objeto)


class FichaDeReporte(Ficha):
    mirada = permisos.MIRADA

    def get_object(self, queryset: QuerySet | None = None) -> Reporte:
        return permisos.en_trastienda_o_404(self.request.user, self.pk)

    def botones_de(self, objeto: Reporte) -> list[Boton]:
        return _botones(self.request.user, objeto)


class Edicion(Editar):
    """Prioridad, unidad, plazo y respuesta, con su acción, que lo anota en la bitácora."""

    success_message = "Reporte actualizado."

    def get_object(self, queryset: QuerySet | None = None) -> Reporte:
        reporte = permisos.en_trastienda_o_404(self.request.user, self.object_pk)
        if not permisos.atiende(self.request.user, reporte) or permisos.es_autor(self.request.user, reporte):
            raise PermissionDenied("Este reporte lo atiende otra unidad u otra persona.")
        return reporte

    def save_instance(self) -> Reporte:
        cambios = {campo: self.form.cleaned_data[campo] for campo in self.form.changed_data}
        return acciones.guardar_ficha(self.object, actor=self.request.user, **cambios)


class AsignarVarios(EnBloque):
    page_title = "Asignar a una unidad"
    submit_button_label = "Asignar los elegidos"
    explicacion = "Elige cuáles pasan a «Asignado» y a qué unidad. Cada uno queda anotado en su historia."
    form_class = UnidadForm
    filterset_class = Filtro

    def le_toca(self) -> bool:
        return permisos.atiende(self.request.user)

    def elegibles(self) -> QuerySet:
        return permisos.asignables(self.request.user)

    def ejecutar(self, objeto: Reporte, datos: dict[str, Any]) -> None:
        acciones.mover_reporte(objeto, hacia=Estado.ASIGNADO, actor=self.request.user, unidad=datos["unidad"])


class ReportesViewSet(SinBorrar):
    model = Reporte
    url_prefix = "reportes"
    menu_label = "Reportes"
    icon = "warning"
    menu_order = 230
    add_to_admin_menu = True
    sin_rutas = (*SinBorrar.sin_rutas, "add")
    index_view_class = ListaDeReportes
    inspect_view_class = FichaDeReporte
    edit_view_class = Edicion
    bloques = (("asignar", AsignarVarios),)
    inspect_template_name = "reportes/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    form_fields = CAMPOS_DE_FICHA
    ordering = ["-creado", "-pk"]
    list_export = [
        *("codigo", "categoria", "descripcion", "distrito", "otb", "referencia", "estado", "prioridad", "canal"),
        *("servicio", "unidad", "operador", "respuesta", "creado", "vence", "atendido"),
    ]
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

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("mover/<int:pk>/", trastienda.mover, name="mover"),
            path("ocultar/<int:pk>/", trastienda.ocultar, name="ocultar"),
        ]


@hooks.register("register_admin_viewset")
def seccion_de_reportes() -> ReportesViewSet:
    return ReportesViewSet()
