"""Los procesos en la trastienda: fases, techos, su marcha, y los catálogos de categorías y de fuentes."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import Form
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from civic.comun.en_bloque import EnBloque
from civic.comun.trastienda import Boton, Crear, Editar, Ficha, Lista, SinBorrar, prohibir
from civic.procesos import acciones, consultas, permisos, reglas, views
from civic.procesos.forms import FaseForm, MoverForm, ProcesoForm, TechoForm
from civic.procesos.models import Categoria, FuenteDeFinanciamiento, Proceso

# Ningún proceso se borra, tampoco la administración técnica: se suspende o se declara desierto, y queda dicho.
prohibir(Proceso, "delete")


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


class CrearProceso(ConBitacora, Crear):
    pass


class EditarProceso(ConBitacora, Editar):
    pass


def _botones(usuario: Any, proceso: Proceso) -> list[Boton]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con el proceso."""
    botones = []
    if permisos.puede_planificar(usuario):
        botones.append(("Calcular techos con la fórmula", "procesos:calcular", "table"))
        botones.append(("Lista de control", "propuestas_admin:lista_de_control", "list-ul"))
        if reglas.SUSPENDIDO in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Suspender", "procesos:suspender", "lock"))
        if reglas.EN_MARCHA in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Levantar la suspensión", "procesos:levantar", "lock-open"))
        if reglas.DESIERTO in reglas.MOVIMIENTOS[proceso.estado]:
            botones.append(("Declarar desierto", "procesos:declarar_desierto", "cross"))
    if permisos.puede_aprobar_techos(usuario) and not proceso.techos_estan_aprobados:
        botones.append(("Aprobar techos", "procesos:aprobar", "check"))
    return [(rotulo, reverse(nombre, args=[proceso.pk]), icono) for rotulo, nombre, icono in botones]


class ProcesoFilterSet(WagtailFilterSet):
    tipo = django_filters.ChoiceFilter(label="Tipo", choices=Proceso.Tipo.choices)
    estado = django_filters.ChoiceFilter(label="Estado", choices=Proceso.Estado.choices)
    techos_estado = django_filters.ChoiceFilter(label="Techos", choices=Proceso.EstadoDeTechos.choices)
    publicado = django_filters.BooleanFilter(label="Publicado")

    class Meta:
        model = Proceso
        fields = ["tipo", "estado", "techos_estado", "publicado"]


class _VariosProcesos(EnBloque):
    """La suspensión y lo que la levanta, con una sola razón: cada proceso pasa por su acción."""

    form_class = MoverForm
    filterset_class = ProcesoFilterSet
    hacia = ""

    def le_toca(self) -> bool:
        return permisos.puede_planificar(self.request.user)

    def elegibles(self) -> QuerySet[Proceso]:
        desde = [estado for estado, destinos in reglas.MOVIMIENTOS.items() if self.hacia in destinos]
        return Proceso.objects.filter(estado__in=desde).order_by("-gestion", "nombre", "pk")

    def ejecutar(self, objeto: Proceso, datos: dict[str, Any]) -> None:
        acciones.mover_proceso(objeto, hacia=self.hacia, actor=self.request.user, motivo=datos["motivo"])


class SuspenderVarios(_VariosProcesos):
    page_title = "Suspender varios procesos"
    submit_button_label = "Suspender los elegidos"
    explicacion = "Mientras estén suspendidos nadie puede actuar en ellos. Todo el mundo leerá la razón."
    hacia = reglas.SUSPENDIDO


class LevantarVarios(_VariosProcesos):
    page_title = "Levantar varias suspensiones"
    submit_button_label = "Levantar las elegidas"
    explicacion = "Los procesos elegidos siguen con su calendario. Todo el mundo leerá la razón."
    hacia = reglas.EN_MARCHA


class PublicarVarios(EnBloque):
    page_title = "Publicar varios procesos"
    submit_button_label = "Publicar los elegidos"
    explicacion = "Desde que se publica, cada cambio de un proceso queda a la vista de todos."
    form_class = Form
    filterset_class = ProcesoFilterSet

    def le_toca(self) -> bool:
        return self.user_has_permission("change")

    def elegibles(self) -> QuerySet[Proceso]:
        return Proceso.objects.filter(publicado=False).order_by("-gestion", "nombre", "pk")

    def ejecutar(self, objeto: Proceso, datos: dict[str, Any]) -> None:
        acciones.publicar_proceso(objeto, actor=self.request.user)


class ListaDeProcesos(Lista):
    en_bloque = (
        ("Publicar varios", "procesos:bloque_publicar", "upload"),
        ("Suspender varios", "procesos:bloque_suspender", "lock"),
        ("Levantar varias suspensiones", "procesos:bloque_levantar", "lock-open"),
    )

    def puede_en_bloque(self, ruta: str) -> bool:
        publica = ruta.endswith("publicar") and self.user_has_permission("change")
        return publica or permisos.puede_planificar(self.request.user)

    def botones_de(self, objeto: Proceso) -> list[Boton]:
        return _botones(self.request.user, objeto)


class FichaDeProceso(Ficha):
    def botones_de(self, objeto: Proceso) -> list[Boton]:
        return _botones(self.request.user, objeto)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "grupos": consultas.grupos_de_techos(self.object),
            "fases": consultas.linea_de_fases(self.object),
        }


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


class ProcesosViewSet(SinBorrar):
    model = Proceso
    name = "procesos"
    icon = "calendar-alt"
    menu_label = "Procesos"
    edit_handler = PANELES
    add_view_class = CrearProceso
    edit_view_class = EditarProceso
    index_view_class = ListaDeProcesos
    inspect_view_class = FichaDeProceso
    bloques = (("publicar", PublicarVarios), ("suspender", SuspenderVarios), ("levantar", LevantarVarios))
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

    list_export = [
        *("nombre", "slug", "tipo", "gestion", "estado", "motivo_estado", "publicado", "techos_estado", "techos_norma"),
        *("resumen", "normativa"),
    ]
    export_filename = "procesos"

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("calcular/<int:pk>/", views.calcular, name="calcular"),
            path("aprobar/<int:pk>/", views.aprobar, name="aprobar"),
            path("suspender/<int:pk>/", views.suspender, name="suspender"),
            path("levantar/<int:pk>/", views.levantar, name="levantar"),
            path("desierto/<int:pk>/", views.declarar_desierto, name="declarar_desierto"),
        ]


class _DeCatalogo:
    """Mezcla: los catálogos se guardan con su acción, que anota qué cambió."""

    def save_instance(self) -> Any:
        return acciones.guardar_del_catalogo(self.form.save(commit=False), actor=self.request.user)  # type: ignore[attr-defined]


class CrearEnCatalogo(_DeCatalogo, Crear):
    pass


class EditarEnCatalogo(_DeCatalogo, Editar):
    pass


class FiltroDeCategorias(WagtailFilterSet):
    activa = django_filters.BooleanFilter(label="Activa")

    class Meta:
        model = Categoria
        fields = ["activa"]


class FiltroDeFuentes(FiltroDeCategorias):
    class Meta:
        model = FuenteDeFinanciamiento
        fields = ["activa"]


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
    index_view_class = Lista
    inspect_view_enabled = True
    inspect_view_class = Ficha
    add_view_class = CrearEnCatalogo
    edit_view_class = EditarEnCatalogo
    copy_view_enabled = False
    filterset_class = FiltroDeCategorias
    inspect_view_fields = ["nombre", "codigo", "icono", "orden", "activa", "sector_oc4ids"]
    list_export = ["nombre", "codigo", "icono", "orden", "activa", "sector_oc4ids"]
    export_filename = "categorias"
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
    index_view_class = Lista
    inspect_view_enabled = True
    inspect_view_class = Ficha
    add_view_class = CrearEnCatalogo
    edit_view_class = EditarEnCatalogo
    copy_view_enabled = False
    filterset_class = FiltroDeFuentes
    inspect_view_fields = ["nombre", "codigo", "activa"]
    list_export = ["nombre", "codigo", "activa"]
    export_filename = "fuentes"
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
