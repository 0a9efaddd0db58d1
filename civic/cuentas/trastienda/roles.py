"""Sección «Roles asignados» de la trastienda."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.views import generic

from civic.comun.trastienda import ConReglas, Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import AsignacionRol
from civic.cuentas.trastienda.piezas import FiltroPorDistrito


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

    def explicacion(self) -> str:
        return f"{self.object.usuario}: {self.object.get_rol_display()}, desde el {self.object.desde:%d/%m/%Y}."

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
