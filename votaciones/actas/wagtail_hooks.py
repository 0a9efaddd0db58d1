"""Sección «Actas» de la trastienda: cada paso es su acción; nadie crea, edita ni borra actas a mano."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button

from civic.comun.dinero import bolivianos
from civic.comun.en_bloque import EnBloque
from civic.comun.templatetags.ayni import fecha
from civic.comun.trastienda import Boton, Ficha, Gestion, Lista, SinBorrar, prohibir
from civic.procesos.models import Proceso
from mapas.territorio.consultas import distritos
from votaciones.actas import acciones, consultas, permisos
from votaciones.actas.forms import MotivoForm, ReglamentoForm
from votaciones.actas.models import Acta
from votaciones.actas.reglas import vida
from votaciones.actas.views import trastienda

prohibir(Acta, "add", "delete")


def _botones(usuario: Any, acta: Acta) -> list[Boton]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con el acta."""
    botones = []
    if permisos.decide(usuario, acta):
        for hacia in permisos.pasos_de(usuario, acta):
            paso = vida.PASOS[vida.Estado(acta.estado), vida.Estado(hacia)]
            if paso.quien == vida.PLANIFICACION:
                botones.append((paso.verbo, reverse("acta:pasar", args=[acta.pk, hacia]), "arrow-right"))
    return [*botones, ("Ver en el sitio", acta.get_absolute_url(), "site")]


class Filtro(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=vida.OPCIONES_ESTADO)
    tipo = django_filters.ChoiceFilter(label="Clase", choices=Acta.Tipo.choices)
    proceso = django_filters.ModelChoiceFilter(label="Proceso", queryset=Proceso.objects.all())
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())
    fecha = django_filters.DateFromToRangeFilter(label="Fecha de la asamblea")

    class Meta:
        model = Acta
        fields = ["estado", "tipo", "proceso", "distrito", "fecha"]


class ListaDeActas(Lista):
    mirada = "Descargó la lista de actas de la trastienda"
    en_bloque = (
        ("Publicar varias para observación", "acta:bloque_publicar", "view"),
        ("Aprobar varias", "acta:bloque_aprobar", "check"),
    )

    def puede_en_bloque(self, ruta: str) -> bool:
        return permisos.decide(self.request.user)

    def get_base_queryset(self) -> QuerySet:
        return permisos.visibles_en_trastienda(self.request.user)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return consultas.buscar(queryset, self.search_query or "")

    def botones_de(self, objeto: Acta) -> list[Boton]:
        return [("Ver en el sitio", objeto.get_absolute_url(), "site")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """En el menú «…»: uno por proceso, con su nombre entero, no cabe en la barra de un teléfono."""
        propios = super().header_more_buttons
        if permisos.decide(self.request.user):
            for proceso in permisos.procesos_con_actas():
                url = reverse("acta:reglamento", args=[proceso.pk])
                propios.append(Button(f"Reglamento: {proceso}", url=url, icon_name="cog", priority=5))
        return propios


class FichaDeActa(Ficha):
    mirada = permisos.MIRADA

    def get_object(self, queryset: QuerySet | None = None) -> Acta:
        return permisos.en_trastienda_o_404(self.request.user, self.pk)

    def botones_de(self, objeto: Acta) -> list[Boton]:
        return _botones(self.request.user, objeto)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        acta, reglamento = self.object, consultas.reglamento_de(self.object.proceso)
        return super().get_context_data(**kwargs) | {
            "dice": consultas.contenido_por_firmar(acta)[0],
            "saldo": consultas.saldo_de(acta, reglamento),
            "quorum": consultas.quorum_en_palabras(acta, reglamento),
            "hojas": acta.hojas.all(),
            "observaciones": consultas.observaciones_de(acta),
            "decide": permisos.decide(self.request.user, acta),
        }


class _PasarVarias(EnBloque):
    form_class = MotivoForm
    filterset_class = Filtro
    hacia = ""

    def le_toca(self) -> bool:
        return permisos.decide(self.request.user)

    def elegibles(self) -> QuerySet:
        return permisos.elegibles_para(self.request.user, self.hacia)

    def ejecutar(self, objeto: Acta, datos: dict[str, Any]) -> None:
        acciones.mover_acta(objeto, hacia=self.hacia, actor=self.request.user, motivo=datos["motivo"])


class PublicarVarias(_PasarVarias):
    page_title = "Publicar para observación"
    submit_button_label = "Publicar las elegidas"
    explicacion = "Abre el plazo público de las que elijas. La que no se pueda dice por qué."
    hacia = vida.Estado.EN_OBSERVACION.value


class AprobarVarias(_PasarVarias):
    page_title = "Aprobar actas"
    submit_button_label = "Aprobar las elegidas"
    explicacion = "Una vez aprobadas no se cambian. Las propuestas de cada una quedan priorizadas."
    hacia = vida.Estado.APROBADA.value


class Reglamento(Gestion):
    """Quórum, plazo y techo por organización de un proceso."""

    index_url_name = "acta:index"
    any_permission_required = ("change",)
    page_title = "Reglamento de las actas"
    form_class = ReglamentoForm
    hecho = "El reglamento quedó guardado. Vale para las actas que se decidan desde ahora."

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.model = Proceso  # el conjunto es de actas, y esto se hace sobre un proceso
        return super().dispatch(request, *args, **kwargs)

    def le_toca(self) -> bool:
        return permisos.decide(self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        camino = [(reverse("acta:index"), "Actas"), ("", f"{self.page_title}: {self.object}")]
        return [*self.breadcrumbs_items, *({"url": url, "label": rotulo} for url, rotulo in camino)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": consultas.reglamento_de(self.object)}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.fijar_reglamento(self.object, actor=self.request.user, **datos)

    def get_success_url(self) -> str:
        return reverse("acta:index")

    @property
    def url_de_la_ficha(self) -> str:
        return reverse("acta:index")


class ActasViewSet(SinBorrar):
    model = Acta
    url_prefix = "actas"
    menu_label = "Actas"
    icon = "form"
    menu_order = 215
    add_to_admin_menu = True
    sin_rutas = (*SinBorrar.sin_rutas, "add", "edit")
    index_view_class = ListaDeActas
    inspect_view_class = FichaDeActa
    extras = (("reglamento", Reglamento),)
    bloques = (("publicar", PublicarVarias), ("aprobar", AprobarVarias))
    inspect_template_name = "actas/trastienda/inspect.html"
    filterset_class = Filtro
    search_fields = ["numero"]
    form_fields = ["lugar"]
    ordering = ["-creada", "-pk"]
    list_export = [
        *("numero", "proceso", "tipo", "organizacion", "distrito", "fecha", "lugar", "convocatoria", "habilitados"),
        *("presentes", "mujeres", "hombres", "forma", "suma", "estado", "firmada", "observable_hasta", "aprobada"),
        *("huella", "calidad", "creada", "escrita_en_aparato"),
    ]
    export_filename = "actas"
    list_display = [
        "numero",
        Column("de_quien", label="De quién", accessor="de_quien"),
        Column("tipo", label="Clase", accessor="get_tipo_display", sort_key="tipo"),
        Column("estado", label="Estado", accessor=lambda acta: acta.ficha.etiqueta, sort_key="estado"),
        Column("fecha", label="Asamblea", accessor=lambda acta: fecha(acta.fecha), sort_key="fecha"),
        Column("suma", label="Priorizado", accessor=lambda acta: bolivianos(acta.suma), sort_key="suma"),
        Column("observable", label="Se observa hasta", accessor=lambda acta: fecha(acta.observable_hasta)),
    ]
    inspect_view_fields = [
        *("numero", "proceso", "tipo", "organizacion", "distrito", "enmienda_de", "estado", "fecha", "lugar"),
        *("convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres", "forma", "acuerdo", "firmantes"),
        *("huella", "firmada", "publicada", "observable_hasta", "aprobada", "creada_por", "calidad", "firmada_por"),
        *("validada_por", "aprobada_por", "creada", "escrita_en_aparato"),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("pasar/<int:pk>/<slug:hacia>/", trastienda.pasar, name="pasar"),
            path("responder/<int:pk>/", trastienda.responder, name="responder"),
        ]


@hooks.register("register_admin_viewset")
def seccion_de_actas() -> ActasViewSet:
    return ActasViewSet()
