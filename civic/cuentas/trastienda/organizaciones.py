"""Secciones «Organizaciones» y «Mandatos» de la trastienda."""

from typing import Any

from wagtail.admin.views import generic

from civic.comun.trastienda import ConReglas, Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import Mandato, Organizacion
from civic.cuentas.trastienda.piezas import FiltroPorDistrito


class CrearOrganizacion(ConReglas, generic.CreateView):
    page_title = "Registrar organización"

    def save_instance(self) -> Organizacion:
        return acciones.registrar_organizacion(actor=self.request.user, **self.form.cleaned_data)


class CorregirOrganizacion(ConReglas, generic.EditView):
    def save_instance(self) -> Organizacion:
        # El formulario ya escribió sobre self.object: la acción compara contra lo que hay en la base.
        return acciones.corregir_organizacion(self.object, actor=self.request.user, **self.form.cleaned_data)


class MoverOrganizacion(Gestion):
    page_title = "Cambiar estado"
    form_class = forms.MoverForm
    hecho = "La organización cambió de estado."

    def explicacion(self) -> str:
        return f"{self.object}, {self.object.distrito}. Estado de ahora: {self.object.get_estado_display()}."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organizacion": self.object}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.mover_organizacion(self.object, actor=self.request.user, **datos)


class FichaDeOrganizacion(Ficha):
    botones = (("Cambiar estado", "organizaciones_trastienda:mover", "tasks"),)


class FiltroDeOrganizaciones(FiltroPorDistrito):
    class Meta:
        model = Organizacion
        fields = ["distrito", "clase", "estado"]


class ListaDeOrganizaciones(Lista):
    relaciones = ("distrito",)


class OrganizacionesViewSet(SinBorrar):
    model = Organizacion
    name = "organizaciones_trastienda"
    url_prefix = "organizaciones"
    icon = "group"
    list_display = ["nombre", "clase", "distrito", "estado"]
    filterset_class = FiltroDeOrganizaciones
    index_view_class = ListaDeOrganizaciones
    search_fields = ["nombre"]
    inspect_view_class = FichaDeOrganizacion
    inspect_view_fields = [
        *("nombre", "clase", "distrito", "estado", "area", "personalidad_juridica", "familias", "fuente", "creada")
    ]
    add_view_class = CrearOrganizacion
    edit_view_class = CorregirOrganizacion
    extras = (("mover", MoverOrganizacion),)

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.OrganizacionForm


class CrearMandato(ConReglas, generic.CreateView):
    page_title = "Registrar mandato"

    def save_instance(self) -> Mandato:
        datos = dict(self.form.cleaned_data)
        return acciones.nombrar_directiva(datos.pop("organizacion"), actor=self.request.user, **datos)

    def get_success_buttons(self) -> list[Any]:
        return []


class TerminarMandato(Gestion):
    page_title = "Terminar mandato"
    form_class = forms.MotivoForm
    submit_button_label = "Terminar el mandato"
    hecho = "El mandato terminó. La persona ya no actúa por la organización."

    def explicacion(self) -> str:
        return (
            f"{self.object.usuario}, {self.object}, del {self.object.desde:%d/%m/%Y} al {self.object.hasta:%d/%m/%Y}."
        )

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.terminar_mandato(self.object, actor=self.request.user, motivo=datos["motivo"])


class FichaDeMandato(Ficha):
    botones = (("Terminar mandato", "mandatos:terminar", "cross"),)


class ListaDeMandatos(Lista):
    relaciones = ("usuario", "organizacion")


class MandatosViewSet(SinBorrar):
    model = Mandato
    name = "mandatos"
    icon = "clipboard-list"
    sin_rutas = (*SinBorrar.sin_rutas, "edit")
    list_display = ["usuario", "cargo", "organizacion", "desde", "hasta"]
    list_filter = {"hasta": ["gte", "lte"]}
    index_view_class = ListaDeMandatos
    search_fields = ["usuario__nombre_publico", "organizacion__nombre", "cargo"]
    inspect_view_class = FichaDeMandato
    inspect_view_fields = ["usuario", "organizacion", "cargo", "desde", "hasta"]
    add_view_class = CrearMandato
    extras = (("terminar", TerminarMandato),)

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.MandatoForm
