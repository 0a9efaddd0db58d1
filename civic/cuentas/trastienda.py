"""Secciones «Personas y organizaciones» de la trastienda. Cada cambio pasa por una acción y deja su línea."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button, HeaderButton

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion, Residencia
from mapas.territorio.consultas import distritos


class ConReglas:
    """Mezcla: una ReglaIncumplida de la acción vuelve al formulario como su error, con lo escrito intacto."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
            self.produced_error_message = error.mensaje
            return self.form_invalid(form)  # type: ignore[attr-defined]


class Ficha(generic.InspectView):
    """Página de un registro, con los botones de lo que se puede hacer con él."""

    page_title = "Ficha"
    # (texto, ruta del conjunto, ícono); se muestran si `puede` lo permite.
    botones: tuple[tuple[str, str, str], ...] = ()

    def puede(self, ruta: str) -> bool:
        return self.user_has_permission("change")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(texto, url=reverse(ruta, args=[quote(self.object.pk)]), icon_name=icono)
            for texto, ruta, icono in self.botones
            if self.puede(ruta)
        ]

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        valor = super().get_field_display_value(field_name, field)
        if isinstance(valor, datetime.datetime):
            return timezone.localtime(valor)  # Wagtail la mostraría en UTC
        return "sin dato" if valor in (None, "") else valor


class Lista(generic.IndexView):
    """Lista que trae sus relaciones de una vez y nunca las geometrías."""

    relaciones: tuple[str, ...] = ()

    def get_base_queryset(self) -> Any:
        sin_geometria = [f"{relacion}__geometria" for relacion in self.relaciones if relacion in {"distrito", "otb"}]
        return super().get_base_queryset().select_related(*self.relaciones).defer(*sin_geometria)


class FiltroPorDistrito(WagtailFilterSet):
    distrito = ModelChoiceFilter(queryset=lambda request: distritos(), label="Distrito")


class Gestion(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Una acción sobre un registro: muestra sus datos, pide lo que falta y la ejecuta."""

    request: Any  # dentro de la trastienda, quien pide siempre ingresó
    model: Any = None
    index_url_name = ""
    inspect_url_name = ""
    permission_required = "change"
    template_name = "cuentas/trastienda/gestion.html"
    submit_button_label = "Guardar"
    hecho = "Listo."

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = get_object_or_404(self.model, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def ejecutar(self, datos: dict[str, Any]) -> None:
        raise NotImplementedError

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        plural = self.model._meta.verbose_name_plural.capitalize()
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": self.url_de_la_ficha, "label": str(self.object)},
            {"url": "", "label": str(self.page_title)},
        ]

    @property
    def url_de_la_ficha(self) -> str:
        return reverse(self.inspect_url_name, args=[quote(self.object.pk)])

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            self.ejecutar(form.cleaned_data)
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
            return self.form_invalid(form)
        messages.success(self.request, self.hecho)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return self.url_de_la_ficha

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            object=self.object,
            submit_button_label=self.submit_button_label,
            action_url=self.request.path,
            **kwargs,
        )


class SinBorrar(ModelViewSet):
    """Conjunto sin borrar, copiar ni historial de Wagtail: la historia está en la bitácora."""

    sin_rutas: tuple[str, ...] = ("delete", "history", "history_results", "usage")
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = Ficha
    add_to_reference_index = False
    extras: tuple[tuple[str, type], ...] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        fuera = {f"{nombre}_url_name": None for nombre in self.sin_rutas}
        return super().get_common_view_kwargs(**{**fuera, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        propias = [
            path(f"{nombre}/<int:pk>/", self.construct_view(vista), name=nombre) for nombre, vista in self.extras
        ]
        return [*(ruta for ruta in super().get_urlpatterns() if ruta.name not in self.sin_rutas), *propias]

    def register_admin_url_finder(self) -> None:
        if "edit" not in self.sin_rutas:
            super().register_admin_url_finder()


# --- Organizaciones --------------------------------------------------------------------------------------------------
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


# --- Mandatos --------------------------------------------------------------------------------------------------------
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


# --- Residencias -----------------------------------------------------------------------------------------------------
class VerificarResidencia(Gestion):
    page_title = "Verificar residencia"
    form_class = forms.VerificarForm
    submit_button_label = "Verificar"
    hecho = "La residencia quedó verificada a tu nombre."

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        residencia = get_object_or_404(Residencia, pk=kwargs["pk"])
        if not permisos.puede_verificar(request.user, residencia):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"vista": self.object.momento.isoformat()}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.verificar_residencia(self.object, actor=self.request.user, **datos)


class FichaDeResidencia(Ficha):
    botones = (("Verificar", "residencias:verificar", "check"),)

    def puede(self, ruta: str) -> bool:
        return not self.object.esta_verificada and permisos.puede_verificar(self.request.user, self.object)


class FiltroDeResidencias(FiltroPorDistrito):
    class Meta:
        model = Residencia
        fields = ["nivel", "distrito"]


class ListaDeResidencias(Lista):
    relaciones = ("usuario", "otb", "distrito")

    def get_list_more_buttons(self, instance: Residencia) -> list[Any]:
        botones = super().get_list_more_buttons(instance)
        if not instance.esta_verificada and permisos.puede_verificar(self.request.user, instance):
            url = reverse("residencias:verificar", args=[instance.pk])
            botones.append(Button("Verificar", url=url, icon_name="check", priority=5))
        return botones


class ResidenciasViewSet(SinBorrar):
    model = Residencia
    name = "residencias"
    icon = "home"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = ["usuario", "distrito", "otb", "nivel", "momento"]
    filterset_class = FiltroDeResidencias
    ordering = ["nivel", "momento"]
    search_fields = ["usuario__nombre_publico", "usuario__username"]
    index_view_class = ListaDeResidencias
    inspect_view_class = FichaDeResidencia
    inspect_view_fields = ["usuario", "distrito", "otb", "nivel", "momento", "metodo", "verificada_por"]
    extras = (("verificar", VerificarResidencia),)
    form_fields = ["metodo"]


# --- Roles asignados -------------------------------------------------------------------------------------------------
class CrearRol(ConReglas, generic.CreateView):
    page_title = "Asignar rol"

    def save_instance(self) -> AsignacionRol:
        datos = dict(self.form.cleaned_data)
        if not permisos.puede_asignar(self.request.user, datos["rol"]):
            raise PermissionDenied
        return acciones.asignar_rol(datos.pop("usuario"), actor=self.request.user, **datos)

    def get_success_buttons(self) -> list[Any]:
        return []


class QuitarRol(Gestion):
    page_title = "Quitar rol"
    form_class = forms.MotivoForm
    submit_button_label = "Quitar el rol"
    hecho = "La persona ya no tiene ese rol."

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        asignacion = get_object_or_404(AsignacionRol, pk=kwargs["pk"])
        if not permisos.puede_asignar(request.user, asignacion.rol):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.quitar_rol(self.object, actor=self.request.user, motivo=datos["motivo"])

    def get_success_url(self) -> str:
        return reverse(self.index_url_name)


class FichaDeRol(Ficha):
    botones = (("Quitar rol", "roles:quitar", "cross"),)

    def puede(self, ruta: str) -> bool:
        return super().puede(ruta) and permisos.puede_asignar(self.request.user, self.object.rol)


class FiltroDeRoles(FiltroPorDistrito):
    class Meta:
        model = AsignacionRol
        fields = ["rol", "distrito"]


class ListaDeRoles(Lista):
    relaciones = ("usuario", "distrito")


class RolesViewSet(SinBorrar):
    model = AsignacionRol
    name = "roles"
    icon = "key"
    sin_rutas = (*SinBorrar.sin_rutas, "edit")
    list_display = ["usuario", "rol", "distrito", "unidad", "desde", "hasta"]
    filterset_class = FiltroDeRoles
    index_view_class = ListaDeRoles
    search_fields = ["usuario__nombre_publico", "unidad"]
    inspect_view_class = FichaDeRol
    inspect_view_fields = ["usuario", "rol", "distrito", "unidad", "desde", "hasta"]
    add_view_class = CrearRol
    extras = (("quitar", QuitarRol),)

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.RolForm


class PersonasYOrganizaciones(ModelViewSetGroup):
    menu_label = "Personas y organizaciones"
    menu_name = "personas-y-organizaciones"
    menu_icon = "group"
    menu_order = 500
    items = (OrganizacionesViewSet, MandatosViewSet, ResidenciasViewSet, RolesViewSet)
