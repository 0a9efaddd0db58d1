"""Sección «Dudas de lugar» de la trastienda: la cola de lo que la regla no pudo decidir, y cómo se resuelve."""

from typing import Any

import django_filters
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.en_bloque import ConCasillas
from civic.comun.forms import CampoTexto
from civic.comun.templatetags.ayni import fecha
from civic.comun.trastienda import Ficha, Gestion, Lista, SinBorrar
from mapas.territorio import dudas
from mapas.territorio.consultas import distritos
from mapas.territorio.dibujo import dibujo_de_punto
from mapas.territorio.forms import OpcionDeOtb
from mapas.territorio.models import Area, Duda

COMO_ESTA = "como_esta"
DE_UNA_VEZ = 500
TIPOS = [
    ("reportes.reporte", "Reporte"),
    ("propuestas.propuesta", "Propuesta"),
    ("obras.obra", "Obra"),
]


class PoliticaDeDudas(ModelPermissionPolicy):
    """Las ve y resuelve quien cuida el territorio. Nacen solas y nadie las borra."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in ("view", "change") and user.is_active and user.has_perm(dudas.PERMISO)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Duda, PoliticaDeDudas(Duda))


class ResolverForm(forms.Form):
    """De cuál es: una de las que tocan el punto, otra de la lista, o dejarla como está. Siempre con su razón."""

    area = forms.ChoiceField(label="De dónde es", widget=forms.RadioSelect, required=False)
    otra = OpcionDeOtb(
        label="Otra OTB o comunidad",
        queryset=Area.objects.none(),
        required=False,
        empty_label="Ninguna otra",
        help_text="Solo si no está arriba.",
    )
    motivo = CampoTexto(
        label="Por qué",
        varias_lineas=True,
        filas=3,
        max_length=500,
        help_text="Queda en la bitácora. Por ejemplo: la directiva de la OTB mostró su plano aprobado.",
        error_messages={"required": "Escribe por qué lo decides así: queda en la bitácora."},
    )

    def __init__(self, *args: Any, duda: Duda, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {str(area.pk): area for area in dudas.opciones_de(duda)}
        puesto = " › ".join(str(area) for area in (duda.distrito, duda.otb) if area) or "sin lugar"
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            *((clave, _nombre(area)) for clave, area in self.areas.items()),
            (COMO_ESTA, f"Dejarlo como está: {puesto}"),
        ]
        otras = Area.objects.otbs().de_este_municipio().vigentes().select_related("padre")
        self.fields["otra"].queryset = otras.order_by("padre__orden", "nombre")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        if datos.get("otra") is not None and datos.get("area"):
            self.add_error("otra", "Elige una sola cosa: de arriba o de esta lista.")
        elif datos.get("otra") is None and not datos.get("area") and "area" not in self.errors:
            self.add_error("area", "Elige de dónde es, o déjalo como está.")
        return datos

    def elegida(self) -> Area | None:
        """El área decidida; None es dejarlo como está."""
        return self.cleaned_data["otra"] or self.areas.get(self.cleaned_data["area"])


def _nombre(area: Area) -> str:
    padre = f", {area.padre}" if area.padre and area.padre.tipo == Area.Tipo.DISTRITO else ""
    return f"{area}{padre}{' (en disputa)' if area.en_disputa else ''}"


class ResolverDuda(Gestion):
    model = Duda
    page_title = "Resolver"
    form_class = ResolverForm
    template_name = "territorio/trastienda/resolver_duda.html"
    index_url_name = "dudas:index"
    inspect_url_name = "dudas:inspect"
    submit_button_label = "Guardar la decisión"
    hecho = "Quedó decidido y anotado a tu nombre."
    ya_resuelta = False

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"duda": self.object}

    def explicacion(self) -> str:
        return f"{self.object.titulo}. {self.object.get_motivo_display()}."

    def ejecutar(self, datos: dict[str, Any]) -> None:
        area = self.form.elegida()
        try:
            if area is None:
                dudas.dejar_como_esta(self.object, actor=self.request.user, motivo=datos["motivo"])
            else:
                dudas.resolver(self.object, area=area, actor=self.request.user, motivo=datos["motivo"])
        except dudas.YaResuelta:
            self.ya_resuelta = True
            raise

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        respuesta = super().form_invalid(form)
        if self.ya_resuelta:
            respuesta.status_code = 409
        return respuesta

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dibujo = dibujo_de_punto(self.object.lon, self.object.lat, dudas.opciones_de(self.object))
        return super().get_context_data(**kwargs) | {"dibujo": dibujo, "duda": self.object}


class FichaDeDuda(Ficha):
    botones = (("Resolver", "dudas:resolver", "check"),)
    template_name = "territorio/trastienda/duda.html"

    def puede(self, ruta: str) -> bool:
        return self.object.esta_abierta and super().puede(ruta)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dibujo = dibujo_de_punto(self.object.lon, self.object.lat, dudas.opciones_de(self.object))
        return super().get_context_data(**kwargs) | {"dibujo": dibujo, "duda": self.object}


class FiltroDeDudas(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=Duda.Estado.choices)
    motivo = django_filters.ChoiceFilter(label="Por qué", choices=Duda.Motivo.choices)
    objeto_tipo = django_filters.ChoiceFilter(label="Qué es", choices=TIPOS)
    distrito = django_filters.ModelChoiceFilter(label="Distrito", queryset=lambda request: distritos())

    class Meta:
        model = Duda
        fields = ["estado", "motivo", "objeto_tipo", "distrito"]


class ListaDeDudas(Lista):
    relaciones = ("distrito", "otb")
    template_name = "territorio/trastienda/dudas.html"

    def get_base_queryset(self) -> Any:
        dudas_ = super().get_base_queryset()
        # Lo que espera es lo que importa: lo resuelto se mira con el filtro «Estado».
        return dudas_ if self.request.GET.get("estado") else dudas_.abiertas()

    @property
    def columns(self) -> list[Any]:
        return [BulkActionsCheckboxColumn("bulk_actions", obj_type="duda"), *super().columns]

    def _get_title_column(self, *args: Any, **kwargs: Any) -> Any:
        # La casilla de cada fila se describe con su título.
        kwargs["get_title_id"] = lambda duda: f"duda_{duda.pk}_title"
        return super()._get_title_column(*args, **kwargs)

    def botones_de(self, objeto: Duda) -> list[tuple[str, str, str]]:
        return [("Resolver", reverse("dudas:resolver", args=[objeto.pk]), "check")] if objeto.esta_abierta else []


class DudasViewSet(SinBorrar):
    model = Duda
    name = "dudas"
    url_prefix = "dudas-de-lugar"
    icon = "help"
    menu_label = "Dudas de lugar"
    menu_order = 705
    add_to_admin_menu = True
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    index_view_class = ListaDeDudas
    inspect_view_class = FichaDeDuda
    filterset_class = FiltroDeDudas
    search_fields = ["titulo"]
    search_backend_name = None
    list_per_page = 50
    ordering = ["-creada", "-pk"]
    list_display = [
        "titulo",
        Column("motivo", label="Por qué", accessor="get_motivo_display"),
        Column("distrito", label="Distrito puesto"),
        Column("otb", label="OTB puesta"),
        Column("creada", label="Desde", accessor=lambda duda: fecha(duda.creada), sort_key="creada"),
        Column("estado", label="Estado", accessor="get_estado_display"),
    ]
    list_export = [
        *("titulo", "objeto_tipo", "motivo", "distrito", "otb", "lon", "lat", "estado", "decidido_distrito"),
        *("decidida_otb", "razon", "creada", "resuelta"),
    ]
    export_filename = "dudas-de-lugar"
    inspect_view_fields = [
        *("titulo", "motivo", "distrito", "otb", "lon", "lat", "creada", "estado", "decidido_distrito"),
        *("decidida_otb", "razon", "resuelta_por", "resuelta"),
    ]
    form_fields = ["razon"]
    extras = (("resolver", ResolverDuda),)


class RazonForm(forms.Form):
    motivo = ResolverForm.base_fields["motivo"]


class DejarComoEstan(ConCasillas):
    """Confirma el lugar de varias dudas de una vez."""

    display_name = "Dejar como están"
    action_type = "dejar_como_estan"
    aria_label = "Dejar como están las dudas marcadas"
    template_name = "territorio/trastienda/dejar_como_estan.html"
    form_class = RazonForm
    models = [Duda]

    def visibles(self) -> Any:
        return Duda.objects.all()  # el territorio se cuida entero, no por distritos

    def check_perm(self, obj: Duda) -> bool:
        return self.request.user.has_perm(dudas.PERMISO)

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> Any:
        pedidas = [int(pk) for pk in object_ids if str(pk).isdigit()][:DE_UNA_VEZ]
        return list(Duda.objects.abiertas().con_lugar().filter(pk__in=pedidas))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        return Duda.objects.abiertas().values_list("pk", flat=True)[:DE_UNA_VEZ]

    def get_execution_context(self) -> dict[str, Any]:
        return {"actor": self.request.user, "motivo": self.cleaned_form.cleaned_data["motivo"]}

    @classmethod
    def execute_action(cls, objects: Any, *, actor: Any, motivo: str, **kwargs: Any) -> tuple[int, int]:
        return dudas.dejar_varias(objects, actor=actor, motivo=motivo)

    def get_success_message(self, hechas: int, ya: int) -> str:
        dichas = "1 duda se dejó como estaba" if hechas == 1 else f"{hechas} dudas se dejaron como estaban"
        return f"{dichas}; {ya} ya estaban resueltas." if ya else f"{dichas}."
