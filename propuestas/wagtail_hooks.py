"""Sección «Propuestas» de la trastienda.

El estado, los montos y los apoyos no se editan a mano: el estado cambia con «Revisar la forma», «Dictaminar» y «Mover
estado», que llaman a las acciones. Los borradores no se ven: son de quien los escribe.
"""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn

from civic.comun.dinero import bolivianos
from civic.comun.en_bloque import EnBloque
from civic.comun.templatetags.ayni import fecha
from civic.comun.trastienda import Boton, Editar, Ficha, Lista, SinBorrar, prohibir
from civic.cuentas.forms_unidad import UnidadForm
from civic.cuentas.roles import Cosa, Rol, limitar, puede
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.consultas import distritos
from propuestas import acciones, consultas, consultas_adjuntos, consultas_evaluacion, permisos, permisos_uniones
from propuestas.forms import CorreccionForm
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS, POR_REVISAR, Estado
from propuestas.views import adjuntos, evaluacion, trastienda, uniones

NOMBRE = "propuestas_admin"


prohibir(Propuesta, "add", "delete")


def _botones(usuario: Any, propuesta: Propuesta) -> list[Boton]:
    """(rótulo, dirección, icono) de lo que esa persona puede hacer con la propuesta."""
    botones = []
    if permisos.movimientos_posibles(usuario, propuesta):
        botones.append(("Mover estado", reverse(f"{NOMBRE}:mover", args=[propuesta.pk]), "arrow-right"))
    if propuesta.estado in POR_REVISAR and not permisos.por_que_no_revisa(usuario, propuesta):
        botones.append(("Revisar la forma", reverse(f"{NOMBRE}:revisar", args=[propuesta.pk]), "edit"))
    if propuesta.estado == Estado.EN_EVALUACION:
        botones += _botones_de_evaluacion(usuario, propuesta)
    if propuesta.estado == Estado.LISTA_ESPERA and usuario.tiene_rol(Rol.PLANIFICACION):
        botones.append(("Pasar de gestión", reverse(f"{NOMBRE}:arrastrar", args=[propuesta.pk]), "arrow-right-full"))
    for rotulo, ruta, icono in permisos_uniones.botones(usuario, propuesta):
        botones.append((rotulo, reverse(f"{NOMBRE}:{ruta}", args=[propuesta.pk]), icono))
    botones.append(("Ver en el sitio", propuesta.get_absolute_url(), "view"))
    return botones


def _botones_de_evaluacion(usuario: Any, propuesta: Propuesta) -> list[Boton]:
    libre = propuesta.evaluador_id is None
    evalua = not permisos.por_que_no_evalua(usuario, propuesta)
    posibles = [
        (evalua, "Dictaminar", "dictaminar", "clipboard-list"),
        (evalua and libre and not permisos.por_que_no_recibe(usuario, propuesta), "Tomarla", "tomar", "user"),
        (evalua, "Excusarse", "excusarse", "cross"),
        (not permisos.por_que_no_asigna(usuario, propuesta), "Asignar a una persona", "asignar", "group"),
        (permisos.lee_notas(usuario, propuesta), "Nota interna", "anotar", "comment"),
    ]
    return [
        (rotulo, reverse(f"{NOMBRE}:{ruta}", args=[propuesta.pk]), icono) for si, rotulo, ruta, icono in posibles if si
    ]


class Filtro(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(
        label="Estado",
        choices=[(clave, ficha.etiqueta) for clave, ficha in FICHAS.items() if clave not in permisos.PRIVADOS],
    )
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())
    categoria = django_filters.ModelChoiceFilter(label="Categoría", queryset=Categoria.objects.all())
    proceso = django_filters.ModelChoiceFilter(label="Proceso", queryset=Proceso.objects.all())

    class Meta:
        model = Propuesta
        fields = ["estado", "distrito", "categoria", "proceso"]


def _plazo(propuesta: Propuesta) -> str:
    """«Vencida el 3/8/2026» o «hasta el 3/8/2026»; vacío sin plazo."""
    if propuesta.vence is None:
        return ""
    return f"{'Vencida el' if propuesta.esta_vencida else 'hasta el'} {fecha(propuesta.vence)}"


class ListaDePropuestas(Lista):
    mirada = "Descargó la lista de propuestas de la trastienda"
    en_bloque = (("Asignar varias a una unidad", f"{NOMBRE}:bloque_asignar", "group"),)

    def puede_en_bloque(self, ruta: str) -> bool:
        return puede(self.request.user, "E", Cosa.PROPUESTAS)

    def get_base_queryset(self) -> QuerySet:
        return permisos.visibles_en_trastienda(self.request.user)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return consultas.que_digan(queryset, self.search_query) if self.is_searching else queryset

    def botones_de(self, objeto: Propuesta) -> list[Boton]:
        return _botones(self.request.user, objeto)


class FichaDePropuesta(Ficha):
    def get_object(self, queryset: QuerySet | None = None) -> Propuesta:
        return permisos.en_trastienda_o_404(self.request.user, self.pk)

    @property
    def mirada(self) -> str:  # type: ignore[override]
        return "" if permisos.es_publica(self.object) else permisos.MIRADA

    def botones_de(self, objeto: Propuesta) -> list[Boton]:
        return _botones(self.request.user, objeto)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lee = permisos.lee_notas(self.request.user, self.object)
        return super().get_context_data(**kwargs) | {
            "sigue": consultas_evaluacion.sigue_de(self.object),
            "dictamenes": self.object.dictamenes.all(),
            "lee_notas": lee,
            "documentos": [
                documento
                for documento in consultas_adjuntos.documentos_de(self.object)
                if permisos.ve_documento(self.request.user, documento)
            ],
            "retira": not permisos.por_que_no_retira(self.request.user, self.object),
            "notas": consultas_evaluacion.notas_de(self.object) if lee else (),
            "corregida": permisos.ve_textos_anteriores(self.request.user, self.object)
            and consultas_evaluacion.textos_anteriores(self.object).exists(),
        }

    def get_monto_solicitado_display_value(self) -> str:
        return bolivianos(self.object.monto_solicitado)

    def get_monto_tecnico_display_value(self) -> str:
        return bolivianos(self.object.monto_tecnico)


class Correccion(Editar):
    """Corrige texto, categoría y lugar con su acción, que lo anota en la bitácora."""

    success_message = "Propuesta corregida."

    def get_object(self, queryset: QuerySet | None = None) -> Propuesta:
        propuesta = permisos.en_trastienda_o_404(self.request.user, self.object_pk)
        if not puede(self.request.user, "E", Cosa.PROPUESTAS, propuesta):
            raise PermissionDenied("Corregir esta propuesta le toca a otra unidad.")
        return propuesta

    def save_instance(self) -> Propuesta:
        return acciones.corregir_propuesta(self.object, actor=self.request.user, **self.form.cleaned_data)


class AsignarUnidad(EnBloque):
    page_title = "Asignar a una unidad"
    submit_button_label = "Asignar las elegidas"
    form_class = UnidadForm
    filterset_class = Filtro

    def le_toca(self) -> bool:
        return puede(self.request.user, "E", Cosa.PROPUESTAS)

    def elegibles(self) -> QuerySet:
        filas = Propuesta.objects.exclude(estado__in=permisos.PRIVADOS).select_related("distrito")
        return limitar(self.request.user, "E", Cosa.PROPUESTAS, filas)

    def ejecutar(self, objeto: Propuesta, datos: dict[str, Any]) -> None:
        acciones.asignar_unidad(objeto, unidad=datos["unidad"], actor=self.request.user)


class PropuestasViewSet(SinBorrar):
    model = Propuesta
    name = NOMBRE
    url_prefix = "propuestas"
    menu_label = "Propuestas"
    icon = "clipboard-list"
    menu_order = 210
    add_to_admin_menu = True
    sin_rutas = (*SinBorrar.sin_rutas, "add")
    index_view_class = ListaDePropuestas
    inspect_view_class = FichaDePropuesta
    edit_view_class = Correccion
    bloques = (("asignar", AsignarUnidad),)
    inspect_template_name = "propuestas/trastienda/ficha.html"
    filterset_class = Filtro
    search_fields = ["busqueda"]
    ordering = ["-presentada", "-pk"]
    list_export = [
        *("codigo", "titulo", "estado", "distrito", "otb", "categoria", "organizacion", "unidad", "referencia"),
        *("monto_solicitado", "monto_tecnico", "apoyos_contados", "presentada"),
    ]
    export_filename = "propuestas"
    list_display = [
        "titulo",
        Column("codigo", label="Código", sort_key="codigo"),
        Column("estado", label="Estado", accessor=lambda propuesta: propuesta.ficha.etiqueta, sort_key="estado"),
        Column("distrito", label="Distrito", sort_key="distrito__orden"),
        Column("categoria", label="Categoría", sort_key="categoria__orden"),
        Column("unidad", label="La evalúa", sort_key="unidad"),
        Column("monto", label="Costo", accessor=lambda propuesta: bolivianos(propuesta.monto)),
        Column("apoyos_contados", label="Apoyos", sort_key="apoyos_contados"),
        Column("vence", label="Plazo", accessor=_plazo, sort_key="vence"),
        DateColumn("presentada", label="Presentada", sort_key="presentada"),
    ]
    inspect_view_fields = [
        *("codigo", "titulo", "estado", "descripcion", "categoria", "distrito", "otb", "referencia", "lon", "lat"),
        *("monto_solicitado", "monto_tecnico", "familias", "unidad", "apoyos_contados", "autor", "organizacion"),
        *("proceso", "presentada", "cambiada"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[CorreccionForm]:
        return CorreccionForm

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("mover/<int:pk>/", trastienda.mover, name="mover"),
            path("dictaminar/<int:pk>/", evaluacion.dictaminar, name="dictaminar"),
            path("revisar/<int:pk>/", evaluacion.revisar, name="revisar"),
            path("asignar/<int:pk>/", evaluacion.asignar, name="asignar"),
            path("tomar/<int:pk>/", evaluacion.tomar, name="tomar"),
            path("excusarse/<int:pk>/", evaluacion.excusarse, name="excusarse"),
            path("anotar/<int:pk>/", evaluacion.anotar, name="anotar"),
            path("arrastrar/<int:pk>/", evaluacion.arrastrar, name="arrastrar"),
            path("retirar-documento/<int:pk>/", adjuntos.retirar, name="retirar_documento"),
            path("unir/<int:pk>/", uniones.unir, name="unir"),
            path("dividir/<int:pk>/", uniones.dividir, name="dividir"),
            path("cancelar-acuerdo/<int:pk>/", uniones.cancelar_acuerdo, name="cancelar_acuerdo"),
            path("relacionar/<int:pk>/", uniones.relacionar, name="relacionar"),
            path("quitar-relacion/<int:pk>/", uniones.quitar_relacion, name="quitar_relacion"),
            path("bandeja/", evaluacion.bandeja, name="bandeja"),
            path("lista-de-control/<int:pk>/", evaluacion.lista_de_control, name="lista_de_control"),
        ]


class _Bandeja(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.tiene_rol(*evaluacion.REVISAN, *evaluacion.EVALUAN)


@hooks.register("register_admin_menu_item")
def menu_bandeja() -> MenuItem:
    return _Bandeja("Mi bandeja", reverse(f"{NOMBRE}:bandeja"), name="mi-bandeja", icon_name="tasks", order=205)


@hooks.register("register_admin_viewset")
def seccion_de_propuestas() -> PropuestasViewSet:
    return PropuestasViewSet()
