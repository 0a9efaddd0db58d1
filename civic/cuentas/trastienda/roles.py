"""Sección «Roles asignados» de la trastienda."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse

from civic.comun.en_bloque import EnBloque
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.comun.trastienda import Crear, Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import AsignacionRol
from civic.cuentas.trastienda.piezas import FiltroPorDistrito


class CrearRol(Crear):
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

    def le_toca(self) -> bool:
        return permisos.puede_asignar(self.request.user, self.object.rol)

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.quitar_rol(self.object, actor=self.request.user, motivo=datos["motivo"])

    def get_success_url(self) -> str:
        return reverse(self.index_url_name)


class FiltroDeRoles(FiltroPorDistrito):
    class Meta:
        model = AsignacionRol
        fields = ["rol", "distrito"]


class QuitarVarios(EnBloque):
    page_title = "Quitar varios roles"
    submit_button_label = "Quitar los elegidos"
    explicacion = "Elige cuáles. Quienes los tienen los pierden hoy mismo; el motivo queda en la historia de cada una."
    form_class = forms.MotivoForm
    filterset_class = FiltroDeRoles

    def le_toca(self) -> bool:
        return self.user_has_permission("change") and permisos.puede_asignar(self.request.user, "")

    def elegibles(self) -> Any:
        filas = AsignacionRol.objects.por_cumplir().select_related("usuario", "distrito").order_by("rol", "pk")
        return filas if self.request.user.es_tecnica else filas.exclude(rol__in=permisos.ROLES_RESERVADOS)

    def ejecutar(self, objeto: AsignacionRol, datos: dict[str, Any]) -> None:
        if not permisos.puede_asignar(self.request.user, objeto.rol):
            raise ReglaIncumplida("Ese rol lo quita la administración técnica.")
        acciones.quitar_rol(objeto, actor=self.request.user, motivo=datos["motivo"])


class FichaDeRol(Ficha):
    botones = (("Quitar rol", "roles:quitar", "cross"),)

    def historia(self) -> QuerySet[Suceso]:
        # Los roles se anotan en la persona: la historia dice todos los que tuvo.
        suya = Suceso.objects.de(self.object.usuario).filter(verbo__in=("asignar_rol", "quitar_rol"))
        return suya.select_related("actor")

    def puede(self, ruta: str) -> bool:
        return super().puede(ruta) and permisos.puede_asignar(self.request.user, self.object.rol)


class ListaDeRoles(Lista):
    relaciones = ("usuario", "distrito")
    mirada = "Descargó la lista de roles asignados"
    en_bloque = (("Quitar varios", "roles:bloque_quitar", "cross"),)

    def puede_en_bloque(self, ruta: str) -> bool:
        return super().puede_en_bloque(ruta) and permisos.puede_asignar(self.request.user, "")


class RolesViewSet(SinBorrar):
    model = AsignacionRol
    name = "roles"
    icon = "key"
    sin_rutas = (*SinBorrar.sin_rutas, "edit")
    list_display = ["usuario", "rol", "distrito", "unidad", "desde", "hasta"]
    list_export = ["usuario", "usuario.username", "rol", "distrito", "unidad", "desde", "hasta"]
    export_filename = "roles"
    filterset_class = FiltroDeRoles
    index_view_class = ListaDeRoles
    search_fields = ["usuario__nombre_publico", "unidad"]
    inspect_view_class = FichaDeRol
    inspect_view_fields = ["usuario", "rol", "distrito", "unidad", "desde", "hasta"]
    add_view_class = CrearRol
    extras = (("quitar", QuitarRol),)
    bloques = (("quitar", QuitarVarios),)

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.RolForm
