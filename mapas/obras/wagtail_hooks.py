"""Sección «Obras» de la trastienda: datos, hitos, fuentes y cambios; el estado y el avance tienen su propio verbo."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.models import Suceso
from civic.comun.texto import para_buscar
from civic.procesos.models import Categoria
from mapas.obras import acciones, consultas, permisos, reglas
from mapas.obras.forms import ObraForm
from mapas.obras.models import Obra
from mapas.obras.reglas import OPCIONES_ESTADO
from mapas.obras.views import trastienda
from mapas.territorio.consultas import distritos


class PoliticaDeObras(ModelPermissionPolicy):
    """Ninguna obra se borra, tampoco la administración técnica: se cancela, y queda dicho por qué."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Obra, PoliticaDeObras(Obra))


def _botones(usuario: Any, obra: Obra) -> list[tuple[str, str, str]]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con la obra."""
    publica = permisos.publica_obras(usuario)
    botones = []
    if permisos.informa(usuario):
        if obra.estado not in reglas.SIN_EMPEZAR:
            botones.append(("Registrar avance", reverse("obra:avance", args=[obra.pk]), "plus"))
        if reglas.siguientes(obra.estado):
            rotulo = "Mover estado" if publica else "Proponer un estado"
            botones.append((rotulo, reverse("obra:mover", args=[obra.pk]), "arrow-right"))
    if publica:
        botones.append(("Enlazar propuesta o reporte", reverse("obra:vincular", args=[obra.pk]), "link"))
        if not obra.publicada:
            botones.append(("Publicar", reverse("obra:publicar", args=[obra.pk]), "upload"))
    botones.append(("Ver en el sitio", obra.get_absolute_url(), "view"))
    return botones


class Filtro(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=OPCIONES_ESTADO)
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())
    categoria = django_filters.ModelChoiceFilter(label="Categoría", queryset=Categoria.objects.all())
    publicada = django_filters.BooleanFilter(label="Publicada")

    class Meta:
        model = Obra
        fields = ["estado", "distrito", "categoria", "publicada"]


class Lista(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return Obra.objects.para_tarjetas()

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        for palabra in para_buscar(self.search_query or "").split():
            queryset = queryset.filter(busqueda__contains=palabra)
        return queryset

    def get_list_more_buttons(self, instance: Obra) -> list[Any]:
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
        pedido = consultas.pedido_pendiente(self.object)
        return super().get_context_data(**kwargs) | {
            "sucesos": Suceso.objects.de(self.object).select_related("actor"),
            "avances": self.object.lista_de_avances,
            "pedido": pedido,
            "resuelve": pedido is not None and permisos.puede_resolver(self.request.user, pedido),
        }


class _ConAccion:
    """Crear y editar guardan con la acción, que conserva el estado y lo anota en la bitácora."""

    def save_instance(self) -> Obra:
        cambios = self.form.nombres_cambiados()  # type: ignore[attr-defined]
        obra = self.form.save(commit=False)  # type: ignore[attr-defined]
        return acciones.guardar_obra(obra, actor=self.request.user, cambios=cambios)  # type: ignore[attr-defined]


class Creacion(_ConAccion, generic.CreateView):
    success_message = "Obra registrada. Falta publicarla."


class Edicion(_ConAccion, generic.EditView):
    success_message = "Obra actualizada."


PANELES = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("codigo"), FieldPanel("categoria")]),
            FieldPanel("nombre"),
            FieldPanel("descripcion"),
            FieldRowPanel([FieldPanel("distrito"), FieldPanel("otb")]),
            FieldRowPanel([FieldPanel("lon"), FieldPanel("lat")]),
            FieldRowPanel([FieldPanel("proceso"), FieldPanel("organizacion")]),
        ],
        heading="Qué es y dónde",
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("presupuesto"), FieldPanel("contrato")]),
            FieldRowPanel([FieldPanel("empresa"), FieldPanel("modalidad")]),
            FieldRowPanel([FieldPanel("cuce"), FieldPanel("sisin")]),
            FieldRowPanel([FieldPanel("plazo_dias"), FieldPanel("orden_proceder")]),
        ],
        heading="Dinero y contrato",
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("supervision"), FieldPanel("fiscalizacion")]),
            FieldPanel("veeduria"),
            FieldPanel("nota"),
        ],
        heading="Quién responde y quién vigila",
    ),
    InlinePanel("fuentes", heading="De dónde sale el dinero", label="Fuente"),
    InlinePanel("hitos", heading="Hitos", label="Hito"),
    InlinePanel("modificaciones", heading="Cambios al contrato", label="Cambio"),
]


class ObrasViewSet(ModelViewSet):
    model = Obra
    url_prefix = "obras"
    menu_label = "Obras"
    icon = "site"
    menu_order = 240
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = Lista
    inspect_view_class = Ficha
    add_view_class = Creacion
    edit_view_class = Edicion
    inspect_template_name = "obras/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    edit_handler = ObjectList(PANELES, base_form_class=ObraForm)
    list_export = ["codigo", "nombre", "estado", "distrito", "categoria", "presupuesto", "contrato", "publicada"]
    export_filename = "obras"
    list_display = [
        "nombre",
        Column("codigo", label="Código", sort_key="codigo"),
        Column("estado", label="Estado", accessor=lambda obra: obra.ficha[0], sort_key="estado"),
        Column("distrito", label="Distrito", sort_key="distrito__orden"),
        Column("fisico", label="Construido %", accessor=lambda obra: f"{obra.fisico:.0f}"),
        Column("financiero", label="Pagado %", accessor=lambda obra: f"{obra.financiero:.0f}"),
        Column("alertas", label="Alertas", accessor=lambda obra: ", ".join(alerta.titulo for alerta in obra.alertas)),
        Column("publicada", label="Publicada", accessor=lambda obra: "Sí" if obra.publicada else "No"),
    ]
    inspect_view_fields = [
        *("codigo", "nombre", "estado", "publicada", "descripcion", "categoria", "distrito", "otb", "organizacion"),
        *("presupuesto", "contrato", "empresa", "modalidad", "cuce", "sisin", "plazo_dias", "orden_proceder"),
        *("supervision", "fiscalizacion", "veeduria", "nota", "proceso", "propuesta", "cambiada"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # La historia que vale es la bitácora, que está en la ficha.
        return super().get_common_view_kwargs(**kwargs) | {"history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("avance/<int:pk>/", trastienda.avance, name="avance"),
            path("mover/<int:pk>/", trastienda.mover, name="mover"),
            path("resolver/<int:pk>/", trastienda.resolver, name="resolver"),
            path("publicar/<int:pk>/", trastienda.publicar, name="publicar"),
            path("vincular/<int:pk>/", trastienda.vincular, name="vincular"),
        ]


@hooks.register("register_admin_viewset")
def seccion_de_obras() -> ObrasViewSet:
    return ObrasViewSet()
