"""Sección «Obras» de la trastienda: datos, hitos, fuentes y cambios; el estado y el avance tienen su propio verbo."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from civic.comun.en_bloque import EnBloque
from civic.comun.texto import para_buscar
from civic.comun.trastienda import Boton, ConReglas, Ficha, Lista, SinBorrar, prohibir
from civic.cuentas.forms_unidad import UnidadForm
from civic.cuentas.roles import Cosa, limitar
from civic.procesos.models import Categoria
from mapas.obras import acciones, consultas, permisos, reglas
from mapas.obras.forms import ObraForm
from mapas.obras.models import Obra
from mapas.obras.reglas import OPCIONES_ESTADO
from mapas.obras.views import trastienda
from mapas.territorio.consultas import distritos

# Ninguna obra se borra: se cancela, y queda dicho por qué.
prohibir(Obra, "delete")


def _botones(usuario: Any, obra: Obra) -> list[Boton]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con la obra."""
    publica = permisos.publica_obras(usuario, obra)
    botones = []
    if permisos.informa(usuario, obra):
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


class ListaDeObras(Lista):
    mirada = "Descargó la lista de obras de la trastienda"
    en_bloque = (("Asignar varias a una unidad", "obra:bloque_asignar", "group"),)

    def puede_en_bloque(self, ruta: str) -> bool:
        return permisos.publica_obras(self.request.user)

    def get_base_queryset(self) -> QuerySet:
        return permisos.visibles_en_trastienda(self.request.user, Obra.objects.para_tarjetas())

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        for palabra in para_buscar(self.search_query or "").split():
            queryset = queryset.filter(busqueda__contains=palabra)
        return queryset

    def botones_de(self, objeto: Obra) -> list[Boton]:
        return _botones(self.request.user, objeto)


class FichaDeObra(Ficha):
    def get_object(self, queryset: QuerySet | None = None) -> Obra:
        return permisos.en_trastienda_o_404(self.request.user, self.pk)

    @property
    def mirada(self) -> str:  # type: ignore[override]
        return "" if self.object.publicada else "Leyó una obra sin publicar."

    def botones_de(self, objeto: Obra) -> list[Boton]:
        return _botones(self.request.user, objeto)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pedido = consultas.pedido_pendiente(self.object)
        return super().get_context_data(**kwargs) | {
            "avances": self.object.lista_de_avances,
            "pedido": pedido,
            "resuelve": pedido is not None and permisos.puede_resolver(self.request.user, pedido),
        }


class _ConAccion(ConReglas):
    """Crear y editar guardan con la acción, que conserva el estado y lo anota en la bitácora."""

    def save_instance(self) -> Obra:
        cambios = self.form.nombres_cambiados()  # type: ignore[attr-defined]
        obra = self.form.save(commit=False)  # type: ignore[attr-defined]
        return acciones.guardar_obra(obra, actor=self.request.user, cambios=cambios)  # type: ignore[attr-defined]


class Creacion(_ConAccion, generic.CreateView):
    success_message = "Obra registrada. Falta publicarla."


class Edicion(_ConAccion, generic.EditView):
    success_message = "Obra actualizada."

    def get_object(self, queryset: QuerySet | None = None) -> Obra:
        return permisos.para_informar_o_403(self.request.user, self.object_pk)


class AsignarUnidad(EnBloque):
    page_title = "Asignar a una unidad"
    submit_button_label = "Asignar las elegidas"
    form_class = UnidadForm
    filterset_class = Filtro

    def le_toca(self) -> bool:
        return permisos.publica_obras(self.request.user)

    def elegibles(self) -> QuerySet:
        return limitar(self.request.user, "A", Cosa.OBRAS, Obra.objects.select_related("distrito"))

    def ejecutar(self, objeto: Obra, datos: dict[str, Any]) -> None:
        acciones.asignar_unidad(objeto, unidad=datos["unidad"], actor=self.request.user)


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


class ObrasViewSet(SinBorrar):
    model = Obra
    url_prefix = "obras"
    menu_label = "Obras"
    icon = "site"
    menu_order = 240
    add_to_admin_menu = True
    index_view_class = ListaDeObras
    inspect_view_class = FichaDeObra
    bloques = (("asignar", AsignarUnidad),)
    add_view_class = Creacion
    edit_view_class = Edicion
    inspect_template_name = "obras/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    edit_handler = ObjectList(PANELES, base_form_class=ObraForm)
    list_export = [
        *("codigo", "nombre", "estado", "distrito", "otb", "categoria", "unidad", "presupuesto", "contrato", "empresa"),
        *("modalidad", "cuce", "sisin", "supervision", "fiscalizacion", "veeduria", "publicada"),
    ]
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
        *("unidad", "supervision", "fiscalizacion", "veeduria", "nota", "proceso", "propuesta", "cambiada"),
    ]

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
