"""Los procesos en la trastienda: fases, techos y el catálogo de categorías."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from civic.comun.errores import ReglaIncumplida
from civic.procesos import acciones
from civic.procesos.forms import FaseForm, ProcesoForm, TechoForm
from civic.procesos.models import Categoria, Proceso


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
            guardar=super().save_instance,  # type: ignore[misc]
        )

    def form_valid(self, form: ProcesoForm) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ReglaIncumplida as error:
            form.add_error(None, ValidationError(error.mensaje, code="regla"))
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class CrearProceso(ConBitacora, generic.CreateView):
    pass


class EditarProceso(ConBitacora, generic.EditView):
    pass


class ProcesoFilterSet(WagtailFilterSet):
    tipo = django_filters.ChoiceFilter(label="Tipo", choices=Proceso.Tipo.choices)
    publicado = django_filters.BooleanFilter(label="Publicado")

    class Meta:
        model = Proceso
        fields = ["tipo", "publicado"]


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
                PanelConFormulario(
                    "fases",
                    heading="Fases",
                    label="Fase",
                    panels=[
                        FieldRowPanel([FieldPanel("tipo"), FieldPanel("nombre")]),
                        FieldPanel("explicacion"),
                        FieldRowPanel([FieldPanel("inicio"), FieldPanel("fin")]),
                    ],
                    help_text="El tipo dice qué se puede hacer. Una fase termina justo antes de la hora de «termina».",
                )
            ],
            heading="Fases",
        ),
        ObjectList(
            [
                PanelConFormulario(
                    "techos",
                    heading="Techos por distrito",
                    label="Techo",
                    panels=[FieldPanel("distrito"), FieldPanel("monto"), FieldPanel("explicacion")],
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
    inspect_view_fields = ["nombre", "tipo", "gestion", "resumen", "normativa", "publicado", "fases", "techos"]
    list_display = [
        "nombre",
        Column("get_tipo_display", label="Tipo", sort_key="tipo"),
        "gestion",
        BooleanColumn("publicado", label="Publicado", sort_key="publicado"),
    ]
    search_fields = ["nombre", "resumen", "slug"]
    search_backend_name = None
    filterset_class = ProcesoFilterSet


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


class ProcesosViewSetGroup(ModelViewSetGroup):
    menu_label = "Procesos"
    menu_icon = "calendar-alt"
    menu_order = 600
    items = (ProcesosViewSet("procesos"), CategoriasViewSet("categorias"))


@hooks.register("register_admin_viewset")
def seccion_procesos() -> ProcesosViewSetGroup:
    return ProcesosViewSetGroup()
