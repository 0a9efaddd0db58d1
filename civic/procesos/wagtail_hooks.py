"""Los procesos en la trastienda: fases, techos, su marcha, y los catálogos de categorías y de fuentes."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.procesos import acciones, consultas, permisos, reglas, views
from civic.procesos.forms import FaseForm, ProcesoForm, TechoForm
from civic.procesos.models import Categoria, FuenteDeFinanciamiento, Proceso


class PoliticaDeProcesos(ModelPermissionPolicy):
    """Ningún proceso se borra, tampoco la administración técnica: se suspende o se declara desierto, y queda dicho."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Proceso, PoliticaDeProcesos(Proceso))


class PanelConFormulario(InlinePanel):
    """Filas de fases o de techos, cada una con su propio formulario."""

    FORMULARIOS = {"fases": FaseForm, "techos": TechoForm}

    def get_form_options(self) -> dict[str, Any]:
        opciones = super().get_form_options()
        opciones["formsets"][self.relation_name]["form"] = self.FORMULARIOS[self.relation_name]
        return opciones


class ConBitacora:
    """Mezcla de las vistas de guardar: el guardado pasa por la acción, y su regla vuelve como error del formulario."""

    def save_instance(self) -> Proceso:
        return acciones.guardar_proceso(
            self.form.instance,  # type: ignore[attr-defined]
            actor=self.request.user,  # type: ignore[attr-defined]
            motivo=self.form.cleaned_data["motivo"],  # type: ignore[attr-defined]
            guardar=super().save_instance,  # type: ignore[misc]
        )

    def form_valid(self, form: ProcesoForm) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ReglaIncumplida as error:
            form.add_error(
                error.campo if error.campo in form.fields else None, ValidationError(error.mensaje, code="regla")
            )
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]

    def form_invalid(self, form: ProcesoForm) -> HttpResponse:
        respuesta = super().form_invalid(form)  # type: ignore[misc]
        respuesta.status_code = 422
        return respuesta


class CrearProceso(ConBitacora, generic.CreateView):
    pass


class EditarProceso(ConBitacora, generic.EditView):
    pass


def _botones(usuario: Any, proceso: Proceso) -> list[tuple[str, str, str]]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con el proceso."""
    botones = []
    if permisos.puede_planificar(usuario):
        botones.append(("Calcular techos con la fórmula", "procesos:calcular", "table"))
        if reglas.SUSPENDIDO in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Suspender", "procesos:suspender", "lock"))
        if reglas.EN_MARCHA in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Levantar la suspensión", "procesos:levantar", "lock-open"))
        if reglas.DESIERTO in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Declarar desierto", "procesos:declarar_desierto", "cross"))
    if permisos.puede_aprobar_techos(usuario) and not proceso.techos_estan_aprobados:
        botones.append(("Aprobar techos", "procesos:aprobar", "check"))
    return [(rotulo, reverse(nombre, args=[proceso.pk]), icono) for rotulo, nombre, icono in botones]


class Lista(generic.IndexView):
    def get_list_more_buttons(self, instance: Proceso) -> list[Any]:
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
        return super().get_context_data(**kwargs) | {
            "sucesos": Suceso.objects.de(self.object).select_related("actor"),
            "grupos": consultas.grupos_de_techos(self.object),
            "fases": consultas.linea_de_fases(self.object),
        }


class ProcesoFilterSet(WagtailFilterSet):
    tipo = django_filters.ChoiceFilter(label="Tipo", choices=Proceso.Tipo.choices)
    estado = django_filters.ChoiceFilter(label="Estado", choices=Proceso.Estado.choices)
    techos_estado = django_filters.ChoiceFilter(label="Techos", choices=Proceso.EstadoDeTechos.choices)
    publicado = django_filters.BooleanFilter(label="Publicado")

    class Meta:
        model = Proceso
        fields = ["tipo", "estado", "techos_estado", "publicado"]


PANELES = TabbedInterface(
    [
        ObjectList(
            [
                FieldPanel("nombre"),
                FieldPanel("slug", help_text="Va en la dirección: /procesos/esto/. Sin espacios ni acentos."),
                FieldRowPanel([FieldPanel("tipo"), FieldPanel("gestion")]),
                FieldPanel("resumen"),
                FieldPanel("normativa", help_text="Por ejemplo: Ley 341, Ley 031."),
                FieldPanel("publicado", help_text="Desde que se publica, cada cambio queda a la vista de todos."),
            ],
            heading="Proceso",
        ),
        ObjectList(
            [
                FieldPanel("motivo"),
                PanelConFormulario(
                    "fases",
                    heading="Fases",
                    label="Fase",
                    panels=[
                        FieldRowPanel([FieldPanel("tipo"), FieldPanel("nombre")]),
                        FieldPanel("explicacion"),
                        FieldRowPanel([FieldPanel("inicio"), FieldPanel("fin")]),
                        FieldPanel("a_medida"),
                        FieldPanel("actos"),
                    ],
                    help_text="El tipo dice qué se puede hacer, salvo que lo elijas. Una fase termina justo antes de "
                    "la hora de «termina». Ya publicado, lo que cambie antes de 72 horas lleva razón.",
                ),
            ],
            heading="Fases",
        ),
        ObjectList(
            [
                PanelConFormulario(
                    "techos",
                    heading="Techos por distrito",
                    label="Techo",
                    panels=[
                        FieldRowPanel([FieldPanel("distrito"), FieldPanel("monto")]),
                        FieldRowPanel([FieldPanel("sector"), FieldPanel("fuente")]),
                        FieldPanel("explicacion"),
                    ],
                    help_text="Con «Calcular techos con la fórmula», en la ficha del proceso, se llenan todos juntos. "
                    "Si cambias aquí uno que salió de la fórmula, escribe la razón en la pestaña Fases.",
                )
            ],
            heading="Techos",
        ),
    ],
    base_form_class=ProcesoForm,
)


class ProcesosViewSet(ModelViewSet):
    model = Proceso
    name = "procesos"
    icon = "calendar-alt"
    menu_label = "Procesos"
    edit_handler = PANELES
    add_view_class = CrearProceso
    edit_view_class = EditarProceso
    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_reference_index = False
    index_view_class = Lista
    inspect_view_class = Ficha
    inspect_template_name = "procesos/trastienda/inspect.html"
    inspect_view_fields = [
        *("nombre", "tipo", "gestion", "resumen", "normativa", "publicado"),
        *("estado", "motivo_estado", "techos_estado", "techos_norma"),
    ]
    list_display = [
        "nombre",
        Column("get_tipo_display", label="Tipo", sort_key="tipo"),
        "gestion",
        Column("get_estado_display", label="Estado", sort_key="estado"),
        Column("get_techos_estado_display", label="Techos", sort_key="techos_estado"),
        BooleanColumn("publicado", label="Publicado", sort_key="publicado"),
    ]
    search_fields = ["nombre", "resumen", "slug"]
    search_backend_name = None
    filterset_class = ProcesoFilterSet

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # La historia que vale es la bitácora, que está en la ficha.
        return super().get_common_view_kwargs(**kwargs) | {"history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("calcular/<int:pk>/", views.calcular, name="calcular"),
            path("aprobar/<int:pk>/", views.aprobar, name="aprobar"),
            path("suspender/<int:pk>/", views.suspender, name="suspender"),
            path("levantar/<int:pk>/", views.levantar, name="levantar"),
            path("desierto/<int:pk>/", views.declarar_desierto, name="declarar_desierto"),
        ]


class CategoriasViewSet(ModelViewSet):
    model = Categoria
    name = "categorias"
    icon = "tag"
    menu_label = "Categorías"
    panels = [
        FieldRowPanel([FieldPanel("nombre"), FieldPanel("codigo")]),
        FieldPanel("icono"),
        FieldRowPanel([FieldPanel("orden"), FieldPanel("activa")]),
        FieldPanel("sector_oc4ids"),
    ]
    copy_view_enabled = False
    inspect_view_enabled = True
    list_display = ["nombre", "codigo", "orden", BooleanColumn("activa", label="Activa", sort_key="activa")]
    list_per_page = 50
    ordering = "orden"
    search_fields = ["nombre", "codigo"]
    search_backend_name = None


class FuentesViewSet(ModelViewSet):
    model = FuenteDeFinanciamiento
    name = "fuentes"
    icon = "download"
    menu_label = "Fuentes de financiamiento"
    panels = [FieldRowPanel([FieldPanel("codigo"), FieldPanel("nombre")]), FieldPanel("activa")]
    copy_view_enabled = False
    list_display = ["nombre", "codigo", BooleanColumn("activa", label="Activa", sort_key="activa")]
    ordering = "codigo"
    search_fields = ["nombre", "codigo"]
    search_backend_name = None


class ProcesosViewSetGroup(ModelViewSetGroup):
    menu_label = "Procesos"
    menu_icon = "calendar-alt"
    menu_order = 600
    items = (ProcesosViewSet("procesos"), CategoriasViewSet("categorias"), FuentesViewSet("fuentes"))


@hooks.register("register_admin_viewset")
def seccion_procesos() -> ProcesosViewSetGroup:
    return ProcesosViewSetGroup()
