"""Secciones «Organizaciones» y «Mandatos» de la trastienda."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django_filters import ChoiceFilter
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn
from wagtail.admin.widgets.button import HeaderButton

from civic.comun.en_bloque import ConCasillas
from civic.comun.models import Suceso
from civic.comun.trastienda import Boton, Crear, Editar, Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import consultas_organizaciones as consultas
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import Mandato, Organizacion
from civic.cuentas.trastienda.piezas import FiltroPorDistrito

FRASES_MAXIMO = 20


class EnMiAlcance:
    """Mezcla de fichas y gestiones: un registro de otro distrito no existe para quien trabaja en uno solo."""

    permiso_de_alcance = "cuentas.view_organizacion"

    def distrito_del_objeto(self, objeto: Any) -> int | None:
        return objeto.distrito_id

    def exigir_alcance(self, objeto: Any) -> None:
        usuario = self.request.user  # type: ignore[attr-defined]
        if not permisos.alcanza(usuario, self.distrito_del_objeto(objeto), self.permiso_de_alcance):
            raise Http404("No hay ese registro en tu distrito.")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        objeto = getattr(self, "object", None) or self.model.objects.filter(pk=kwargs["pk"]).first()  # type: ignore[attr-defined]
        # Quien no tiene el permiso en ningún lado recibe la negativa de siempre; no pasa por aquí.
        if objeto is not None and request.user.has_perm(self.permiso_de_alcance):
            self.exigir_alcance(objeto)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class DeOrganizacion(EnMiAlcance):
    """Lo mismo para lo que cuelga de una organización: mandatos, actas y observaciones."""

    def distrito_del_objeto(self, objeto: Any) -> int | None:
        return objeto.organizacion.distrito_id


# --- Organizaciones --------------------------------------------------------------------------------------------------
class CrearOrganizacion(Crear):
    page_title = "Registrar organización"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "alcance": permisos.alcance_de(self.request.user, "cuentas.add_organizacion"),
        }

    def save_instance(self) -> Organizacion:
        return acciones.registrar_organizacion(actor=self.request.user, **self.form.cleaned_data)


class CorregirOrganizacion(EnMiAlcance, Editar):
    permiso_de_alcance = "cuentas.change_organizacion"

    def get_form_kwargs(self) -> dict[str, Any]:
        alcance = permisos.alcance_de(self.request.user, "cuentas.change_organizacion")
        return {**super().get_form_kwargs(), "alcance": alcance}

    def save_instance(self) -> Organizacion:
        # El formulario ya escribió sobre self.object: la acción compara contra lo que hay en la base.
        return acciones.corregir_organizacion(self.object, actor=self.request.user, **self.form.cleaned_data)


class MoverOrganizacion(EnMiAlcance, Gestion):
    page_title = "Cambiar estado"
    permission_required = (
        "view"  # ventanilla la pasa a revisión sin poder corregirla; qué paso da cada rol lo dice la tabla
    )
    form_class = forms.MoverForm
    hecho = "La organización cambió de estado."

    def exigir_alcance(self, objeto: Any) -> None:
        super().exigir_alcance(objeto)
        if not forms.pasos_de(self.request.user, objeto):
            raise PermissionDenied

    def explicacion(self) -> str:
        donde = self.object.distrito or "sin distrito"
        partes = [f"{self.object}, {donde}. Estado de hoy: {self.object.estado_en_palabras()}."]
        if self.object.estado == Organizacion.Estado.EN_REVISION:
            hallazgos = self.object.revision.get("hallazgos", [])
            partes += [h["texto"] for h in hallazgos] or ["La revisión no halló traslapes con otra organización."]
        if self.object.estado == Organizacion.Estado.PUBLICADA:
            partes.append(f"Se observa hasta el {self.object.observable_hasta:%d/%m/%Y}.")
        return " ".join(partes)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organizacion": self.object, "usuario": self.request.user}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.mover_organizacion(self.object, actor=self.request.user, **datos)


class FichaDeOrganizacion(EnMiAlcance, Ficha):
    botones = (("Cambiar estado", "organizaciones_trastienda:mover", "tasks"),)

    def puede(self, ruta: str) -> bool:
        return bool(forms.pasos_de(self.request.user, self.object))

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        botones = list(super().header_buttons)
        if permisos.puede_presentar_acta(self.request.user, self.object):
            url = reverse("organizaciones:acta", args=[self.object.slug])
            botones.append(HeaderButton("Presentar acta", url=url, icon_name="doc-full-inverse"))
        return botones

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            revision=self.object.revision,
            dia=parse_date(self.object.revision.get("dia", "")),
            actas=self.object.actas.order_by("-registrada")[:10],
            observaciones=consultas.observaciones_de(self.object),
            directiva=consultas.directiva_de(self.object),
            sucesos=Suceso.objects.de(self.object).select_related("actor")[:50],
            **kwargs,
        )


class FiltroDeOrganizaciones(FiltroPorDistrito):
    estado = ChoiceFilter(
        label="Estado de hoy",
        choices=[*Organizacion.Estado.choices, (consultas.EN_OBSERVACION, "En período de observación")],
        method="de_hoy",
    )

    class Meta:
        model = Organizacion
        fields = ["distrito", "clase", "estado"]

    def de_hoy(self, consulta: Any, nombre: str, valor: str) -> QuerySet[Organizacion]:
        return consulta.en_observacion() if valor == consultas.EN_OBSERVACION else consulta.filter(estado_hoy=valor)


class ListaDeOrganizaciones(Lista):
    relaciones = ("distrito",)
    template_name = "organizaciones/trastienda/lista.html"

    def get_base_queryset(self) -> Any:
        consulta = super().get_base_queryset().con_estado_de_hoy()
        return consulta.del_alcance(permisos.alcance_de(self.request.user))

    @cached_property
    def columns(self) -> list[Any]:
        return [BulkActionsCheckboxColumn("bulk_actions", obj_type="organizacion"), *super().columns]

    def _get_title_column(self, *args: Any, **kwargs: Any) -> Any:
        return super()._get_title_column(*args, **kwargs, get_title_id=lambda org: f"organizacion_{org.pk}_title")

    def botones_de(self, objeto: Organizacion) -> list[Boton]:
        return [("Cambiar estado", reverse("organizaciones_trastienda:mover", args=[objeto.pk]), "tasks")]


class PasarARevision(ConCasillas):
    """Varias solicitadas a revisión de una vez; dice, por cada una que no pasó, por qué."""

    models = [Organizacion]
    action_type = "pasar_a_revision"
    display_name = "Pasar a revisión"
    aria_label = "Pasar a revisión las organizaciones elegidas"
    template_name = "organizaciones/trastienda/pasar_a_revision.html"
    action_priority = 10

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> Any:
        # Una dirección escrita a mano no es un error del servidor: lo que no es un número no nombra a ninguna.
        pks = [pk for pk in object_ids if str(pk).isdecimal() and len(str(pk)) < 19]
        return model.objects.filter(pk__in=pks).select_related("distrito")

    def visibles(self) -> QuerySet[Organizacion]:
        return Organizacion.objects.del_alcance(permisos.alcance_de(self.request.user))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        return self.visibles().filter(estado=Organizacion.Estado.SOLICITADA).values_list("pk", flat=True)

    def check_perm(self, obj: Organizacion) -> bool:
        return permisos.puede_mover(self.request.user, obj, Organizacion.Estado.EN_REVISION)

    def get_execution_context(self) -> dict[str, Any]:
        return {"pedido": self.request}

    @classmethod
    def execute_action(cls, objects: Any, pedido: Any = None, **kwargs: Any) -> tuple[int, int]:
        hechas = acciones.pasar_a_revision(list(objects), actor=pedido.user)
        fallidas = [(organizacion, razon) for organizacion, razon in hechas if razon]
        for organizacion, razon in fallidas[:FRASES_MAXIMO]:
            messages.warning(pedido, f"{organizacion}: {razon}")
        return len(hechas) - len(fallidas), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return f"Pasaron a revisión: {num_parent_objects}."


class OrganizacionesViewSet(SinBorrar):
    model = Organizacion
    name = "organizaciones_trastienda"
    url_prefix = "organizaciones"
    icon = "group"
    list_display = ["nombre", "clase", "distrito", "estado_en_palabras"]
    list_export = [
        *("nombre", "clase", "distrito", "estado_en_palabras", "observable_hasta", "vigente_desde", "familias"),
        *("personalidad_juridica", "personalidad_autoridad", "personalidad_fecha", "fuente", "creada"),
    ]
    export_filename = "organizaciones"
    filterset_class = FiltroDeOrganizaciones
    index_view_class = ListaDeOrganizaciones
    search_fields = ["nombre"]
    inspect_view_class = FichaDeOrganizacion
    inspect_template_name = "organizaciones/trastienda/ficha.html"
    inspect_view_fields = [
        *("nombre", "clase", "distrito", "estado_en_palabras", "area", "area_pedida", "referencia"),
        *("personalidad_juridica", "personalidad_autoridad", "personalidad_fecha", "personalidad_en_tramite"),
        *("familias", "telefono", "correo", "reunion", "fuente", "registrada_por", "creada", "observable_hasta"),
    ]
    add_view_class = CrearOrganizacion
    edit_view_class = CorregirOrganizacion
    extras = (("mover", MoverOrganizacion),)

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.OrganizacionForm


# --- Mandatos --------------------------------------------------------------------------------------------------------
class TerminarMandato(DeOrganizacion, Gestion):
    page_title = "Terminar mandato"
    permiso_de_alcance = "cuentas.change_mandato"
    form_class = forms.MotivoForm
    submit_button_label = "Terminar el mandato"
    hecho = "El mandato terminó. La persona ya no actúa por la organización."

    def explicacion(self) -> str:
        return (
            f"{self.object.usuario}, {self.object}, del {self.object.desde:%d/%m/%Y} al {self.object.hasta:%d/%m/%Y}. "
            "Para cambiar a toda la directiva, confirma el acta de la nueva."
        )

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.terminar_mandato(self.object, actor=self.request.user, motivo=datos["motivo"])


class FichaDeMandato(DeOrganizacion, Ficha):
    permiso_de_alcance = "cuentas.view_mandato"
    botones = (("Terminar mandato", "mandatos:terminar", "cross"),)


class FiltroDeMandatos(FiltroPorDistrito):
    """El distrito es el de su organización."""

    class Meta:
        model = Mandato
        fields = {"hasta": ["gte", "lte"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["distrito"].field_name = "organizacion__distrito"


class ListaDeMandatos(Lista):
    relaciones = ("usuario", "organizacion")

    def get_base_queryset(self) -> Any:
        consulta = super().get_base_queryset().validos()
        alcance = permisos.alcance_de(self.request.user, "cuentas.view_mandato")
        return consulta if alcance is None else consulta.filter(organizacion__distrito__in=alcance)


class MandatosViewSet(SinBorrar):
    """Sin alta: un mandato nace de un acta confirmada."""

    model = Mandato
    name = "mandatos"
    icon = "clipboard-list"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = ["usuario", "cargo", "organizacion", "desde", "hasta"]
    list_export = ["usuario", "cargo", "organizacion", "desde", "hasta", "acta"]
    export_filename = "mandatos"
    filterset_class = FiltroDeMandatos
    index_view_class = ListaDeMandatos
    search_fields = ["usuario__nombre_publico", "organizacion__nombre", "cargo"]
    inspect_view_class = FichaDeMandato
    inspect_view_fields = ["usuario", "organizacion", "cargo", "desde", "hasta", "acta"]
    form_fields = ["cargo"]
    extras = (("terminar", TerminarMandato),)
