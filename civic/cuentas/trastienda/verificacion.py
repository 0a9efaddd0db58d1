"""Secciones «Conflictos de identidad» y «Padrones» de la trastienda, y las cifras de verificación.

Ninguna muestra un carnet, ni su huella, ni a la gente de un padrón.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from civic.comun.acceso import con_rol
from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible, leer_bytes
from civic.comun.templatetags.ayni import fecha_hora
from civic.comun.trastienda import Ficha, Gestion, Lista, SinBorrar, prohibir
from civic.cuentas import acciones, permisos
from civic.cuentas import consultas_verificacion as consultas
from civic.cuentas import forms_verificacion as forms
from civic.cuentas.acciones.padron import municipio_de_padron
from civic.cuentas.identidad import sello_de_la_clave
from civic.cuentas.models import ConflictoDeIdentidad, Padron
from civic.cuentas.planilla_padron import Topes
from civic.cuentas.roles import Rol

ERRORES_A_LA_VISTA = 50

prohibir(ConflictoDeIdentidad, "add", "delete")
prohibir(Padron, "change", "delete")


# --- Conflictos ------------------------------------------------------------------------------------------------------
class ResolverConflicto(Gestion):
    page_title = "Resolver conflicto"
    form_class = forms.ResolverForm
    submit_button_label = "Resolver"
    hecho = "El conflicto quedó resuelto a tu nombre."

    def le_toca(self) -> bool:
        return permisos.puede_resolver(self.request.user, self.object)

    def explicacion(self) -> str:
        conflicto = self.object
        como = conflicto.get_metodo_primera_display() or "sin dato"
        if conflicto.razon == ConflictoDeIdentidad.Razon.COMPLEMENTO:
            return (
                f"{conflicto.get_razon_display()}: {conflicto.primera} ({conflicto.primera.username}), modo: {como}, y "
                f"{conflicto.segunda} ({conflicto.segunda.username}), modo: {conflicto.get_metodo_segunda_display()}. "
                "Las dos están verificadas; pueden ser dos personas. Cita a las dos con su carnet antes de decidir."
            )
        return (
            f"{conflicto.primera} ({conflicto.primera.username}) está verificada desde antes; modo: {como}. "
            f"{conflicto.segunda} ({conflicto.segunda.username}) pidió lo mismo el {fecha_hora(conflicto.momento)}; "
            f"modo: {conflicto.get_metodo_segunda_display()}. Cita a las dos con su carnet antes de decidir."
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "conflicto": self.object}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.resolver_conflicto(self.object, actor=self.request.user, **datos)


class FichaDeConflicto(Ficha):
    botones = (("Resolver", "conflictos:resolver", "check"),)

    def puede(self, ruta: str) -> bool:
        abierto = self.object.estado == ConflictoDeIdentidad.Estado.ABIERTO
        return abierto and permisos.puede_resolver(self.request.user, self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        respuesta = super().get(request, *args, **kwargs)
        if request.method == "GET":
            for persona in (self.object.primera, self.object.segunda):
                anotar_mirada(request.user, persona, "Miró un conflicto de tu verificación.")
        return respuesta


class FiltroDeConflictos(WagtailFilterSet):
    class Meta:
        model = ConflictoDeIdentidad
        fields = ["estado", "razon", "metodo_primera", "metodo_segunda"]


class ListaDeConflictos(Lista):
    relaciones = ("primera", "segunda")
    mirada = "Descargó la lista de conflictos de identidad"

    def get_base_queryset(self) -> Any:
        consulta = super().get_base_queryset()
        # Sin filtro, la cola: lo que falta resolver, del más antiguo al más nuevo.
        sin_estado = not self.request.GET.get("estado")
        return consulta.filter(estado=ConflictoDeIdentidad.Estado.ABIERTO) if sin_estado else consulta

    def botones_de(self, objeto: ConflictoDeIdentidad) -> list[tuple[str, str, str]]:
        # Si le toca o no se mira al abrirlo: aquí sería una pregunta por renglón.
        if objeto.estado != ConflictoDeIdentidad.Estado.ABIERTO or not self.user_has_permission("change"):
            return []
        return [("Resolver", reverse("conflictos:resolver", args=[objeto.pk]), "check")]


class ConflictosViewSet(SinBorrar):
    model = ConflictoDeIdentidad
    name = "conflictos"
    menu_label = "Conflictos de identidad"
    icon = "warning"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = [
        "primera",
        Column("get_razon_display", label="Por qué"),
        Column("get_metodo_primera_display", label="Su modo"),
        "segunda",
        Column("get_metodo_segunda_display", label="Su modo"),
        Column("get_estado_display", label="Estado"),
        Column("momento", label="Desde", accessor=lambda conflicto: fecha_hora(conflicto.momento), sort_key="momento"),
    ]
    list_export = [
        *("primera.username", "segunda.username", "razon", "metodo_primera", "metodo_segunda", "estado"),
        *("momento", "resuelto", "motivo"),
    ]
    export_filename = "conflictos"
    ordering = ["momento", "pk"]
    filterset_class = FiltroDeConflictos
    search_fields = ["primera__username", "segunda__username", "primera__nombre_publico", "segunda__nombre_publico"]
    index_view_class = ListaDeConflictos
    inspect_view_class = FichaDeConflicto
    inspect_view_fields = [
        *("razon", "primera", "metodo_primera", "segunda", "metodo_segunda", "lugar_segunda", "momento", "estado"),
        *("motivo", "resuelto", "resuelto_por"),
    ]
    extras = (("resolver", ResolverConflicto),)
    form_fields = ["motivo"]


# --- Padrones --------------------------------------------------------------------------------------------------------
class SubirPadron(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Sube un padrón y muestra el resultado, o los errores por línea. Nunca muestra a las personas."""

    request: Any
    model = Padron  # sin él Wagtail no sabría qué permiso mirar
    index_url_name = ""
    inspect_url_name = ""
    permission_required = "add"
    page_title = "Subir padrón"
    template_name = "cuentas/trastienda/subir_padron.html"
    form_class = forms.SubirPadronForm
    form: Any = None

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        lista = {"url": reverse(self.index_url_name), "label": "Padrones"}
        return [*self.breadcrumbs_items, lista, {"url": "", "label": self.page_title}]

    def form_valid(self, form: Any) -> HttpResponse:
        datos = form.cleaned_data
        if datos["archivo"].size > forms.PESO_MAXIMO:
            form.add_error("archivo", f"El archivo pesa más de {forms.PESO_MAXIMO // 1024**2} MB. Usa importar_padron.")
            return self._con_errores(form, 413)
        try:
            informe = acciones.importar_padron(
                leer_bytes(datos["archivo"], Topes(bytes=forms.PESO_MAXIMO)),
                datos["archivo"].name,
                municipio=municipio_de_padron(settings.MUNICIPIO),
                columnas=datos["columnas"],
                fecha_corte=datos["fecha_corte"],
                actor=self.request.user,
            )
        except (ReglaIncumplida, ArchivoIlegible) as error:
            campo = getattr(error, "campo", None)
            form.add_error(campo if campo in form.fields else "archivo", str(error))
            return self._con_errores(form)
        if informe.padron is None:
            return self._con_errores(form, informe=informe, errores=informe.errores[:ERRORES_A_LA_VISTA])
        for aviso in informe.avisos:
            messages.warning(self.request, aviso)
        hecho = "Ese padrón ya era el vigente: no cambió nada." if informe.sin_cambios else "El padrón quedó cargado."
        messages.success(self.request, f"{hecho} Personas: {informe.filas}. Filas repetidas: {informe.repetidas}.")
        return redirect(reverse(self.inspect_url_name, args=[informe.padron.pk]))

    def form_invalid(self, form: Any) -> HttpResponse:
        return self._con_errores(form)

    def _con_errores(self, form: Any, estado: int = 422, **mas: Any) -> HttpResponse:
        respuesta = self.render_to_response(self.get_context_data(form=form, **mas))
        respuesta.status_code = estado
        return respuesta

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_button_label="Subir y revisar", action_url=self.request.path, form_is_multipart=True, **kwargs
        )


class FichaDePadron(Ficha):
    def get_fields_context(self) -> list[dict[str, Any]]:
        vigente = self.object.estado == Padron.Estado.VIGENTE
        if vigente and self.object.sello != sello_de_la_clave():
            con_el = "ninguna: se cargó con otra clave (AYNI_CLAVE_PADRON) y ya no sirve; súbelo otra vez"
        else:
            con_el = str(consultas.coincidencias(self.object)) if vigente else "no está en uso"
        campo = {"label": "Cuentas verificadas con él", "value": con_el, "component": None}
        return [*super().get_fields_context(), campo]


class ListaDePadrones(Lista):
    relaciones = ("municipio", "importado_por")


class PadronesViewSet(SinBorrar):
    model = Padron
    name = "padrones"
    icon = "clipboard-list"
    sin_rutas = (*SinBorrar.sin_rutas, "edit")
    list_display = [
        "municipio",
        Column("get_estado_display", label="Estado"),
        "filas",
        "fecha_corte",
        Column("momento", label="Importado", accessor=lambda padron: fecha_hora(padron.momento), sort_key="momento"),
    ]
    list_filter = ["estado"]
    search_fields = ["municipio__nombre", "municipio__codigo", "huella"]
    list_export = ["municipio", "municipio.codigo", "estado", "filas", "repetidas", "fecha_corte", "huella", "momento"]
    export_filename = "padrones"
    index_view_class = ListaDePadrones
    add_view_class = SubirPadron
    inspect_view_class = FichaDePadron
    inspect_view_fields = [
        *("municipio", "estado", "filas", "repetidas", "fecha_corte", "huella", "importado_por", "momento"),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        return forms.SubirPadronForm


# --- Cifras ----------------------------------------------------------------------------------------------------------
@con_rol(Rol.PLANIFICACION, Rol.ADMINISTRACION, Rol.VENTANILLA, Rol.AUDITORIA)
@require_safe
def cifras(request: HttpRequest) -> HttpResponse:
    """Cuántas personas hay verificadas por distrito y por modo."""
    contexto = {
        **consultas.cifras_de_verificacion(),
        "page_title": "Verificación en cifras",
        "header_title": "Verificación en cifras",
        "header_icon": "home",
        "breadcrumbs_items": [
            {"url": reverse("residencias:index"), "label": "Residencias"},
            {"url": "", "label": "Verificación en cifras"},
        ],
    }
    return render(request, "cuentas/trastienda/cifras_de_verificacion.html", contexto)
