"""Sección «Importaciones» de la trastienda: traer un archivo, mirarlo en el mapa y publicarlo o descartarlo."""

from typing import Any

import django_filters
from django.conf import settings
from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import register_permission_policy

from civic.comun.en_bloque import EnBloque
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.comun.trastienda import Con422, Ficha, Gestion, Lista, PoliticaSin, SinBorrar
from mapas.territorio import acciones
from mapas.territorio.forms_importacion import DescartarForm, ImportarForm, PublicarForm
from mapas.territorio.models import Area, Importacion
from mapas.territorio.trastienda import vista_previa
from mapas.territorio.versiones import Version, comparar

RENGLONES = 1_000

# Importar es crear y cambiar áreas: vale el permiso de «territorio», no uno aparte. Nada se borra.
register_permission_policy(Importacion, PoliticaSin(Area, sin=("delete",)))


class Traer(Con422, PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Subir un archivo. Se revisa en el momento, en un proceso aparte con tiempo limitado: son segundos."""

    request: Any
    model = Importacion
    form_class = ImportarForm
    permission_required = "add"
    template_name = "comun/trastienda/gestion.html"
    page_title = "Traer límites"
    header_icon = "upload"
    index_url_name = ""
    add_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        indice = {"url": reverse(self.index_url_name), "label": "Importaciones"}
        return [*self.breadcrumbs_items, indice, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            explicacion=(
                "Primero se revisa: verás en el mapa qué se acepta, qué no y por qué, y qué se traslapa."
                " Nada cambia hasta que lo publiques."
            ),
            submit_button_label="Revisar el archivo",
            submit_button_active_label="Revisando…",
            action_url=self.request.path,
            **kwargs,
        )

    def form_valid(self, form: ImportarForm) -> HttpResponse:
        datos = dict(form.cleaned_data)
        archivo = datos.pop("archivo")
        try:
            importacion = acciones.revisar_territorio(archivo.name, archivo.read(), actor=self.request.user, **datos)
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
            return self.form_invalid(form)
        return redirect("importaciones:inspect", quote(importacion.pk))


class FichaDeImportacion(Ficha):
    """La revisión: cuentas, mapa, lista y, mientras espera, los botones de publicar y descartar."""

    page_title = "Revisión"
    template_name = "territorio/trastienda/importacion.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        importacion = self.object
        rasgos = importacion.informe.get("rasgos", [])
        rechazadas = [rasgo for rasgo in rasgos if rasgo["estado"] == "rechazada"]
        aceptadas = [rasgo for rasgo in rasgos if rasgo["estado"] == "aceptada"]
        huecos = importacion.informe.get("huecos", [])
        lamina = vista_previa.lamina(importacion)
        caja = vista_previa.encuadre(vista_previa.piezas(importacion)) if lamina else None
        return super().get_context_data(
            **kwargs,
            importacion=importacion,
            informe=importacion.informe,
            rechazadas=rechazadas[:RENGLONES],
            aceptadas=aceptadas[:RENGLONES],
            tope=RENGLONES,
            entre_areas=[hueco for hueco in huecos if hueco["donde"] == "entre_areas"][:RENGLONES],
            lamina=lamina,
            caja=",".join(f"{grado:.5f}" for grado in caja) if caja else "",
            teselas=settings.TESELAS_URL,
            atribucion=settings.TESELAS_ATRIBUCION,
            sucesos=Suceso.objects.de(importacion).select_related("actor"),
            **self._decision(importacion),
        )

    def _decision(self, importacion: Importacion) -> dict[str, Any]:
        """Qué pasaría al publicar y el formulario para hacerlo; nada si ya se decidió o no le toca."""
        if not importacion.espera:
            return {}
        try:
            version: Version | None = comparar(importacion, importacion.municipio, None)
            conflicto = ""
        except ReglaIncumplida as error:
            version, conflicto = None, error.mensaje
        puede = self.user_has_permission("change") and importacion.aceptadas > 0
        inicial = {"desde": version.desde if version else None}
        return {
            "version": version,
            "conflicto": conflicto,
            "puede_descartar": self.user_has_permission("change"),
            "form_publicar": PublicarForm(importacion=importacion, initial=inicial) if puede else None,
        }


class Publicar(Gestion):
    page_title = "Publicar esta versión"
    form_class = PublicarForm
    submit_button_label = "Publicar esta versión"
    hecho = "La versión quedó publicada."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"importacion": self.object}

    def explicacion(self) -> str:
        return (
            f"{self.object}: {self.object.aceptadas} áreas aceptadas y {self.object.rechazadas} rechazadas. Al"
            " publicar, los límites nuevos valen desde el día que elijas; los anteriores se guardan con sus fechas."
        )

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.publicar_version(
            self.object, desde=datos["desde"], parcial=datos.get("parcial", False), actor=self.request.user
        )


class Descartar(Gestion):
    page_title = "Descartar"
    form_class = DescartarForm
    submit_button_label = "Descartar"
    hecho = "El archivo quedó descartado; el territorio no cambió."

    def explicacion(self) -> str:
        return f"{self.object}: el territorio queda como estaba y se guarda el informe."

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.descartar_importacion(self.object, actor=self.request.user, motivo=datos["motivo"])


class FiltroDeImportaciones(WagtailFilterSet):
    estado = django_filters.ChoiceFilter(label="Estado", choices=Importacion.Estado.choices)
    tipo = django_filters.ChoiceFilter(label="Qué trae", choices=Area.Tipo.choices)

    class Meta:
        model = Importacion
        fields = ["estado", "tipo"]


class DescartarVarias(EnBloque):
    page_title = "Descartar varias"
    submit_button_label = "Descartar las elegidas"
    explicacion = "Elige cuáles. El territorio queda como estaba y se guarda el informe de cada una."
    form_class = DescartarForm
    filterset_class = FiltroDeImportaciones

    def le_toca(self) -> bool:
        return self.user_has_permission("change")

    def elegibles(self) -> Any:
        filas = Importacion.objects.filter(estado=Importacion.Estado.REVISADA).defer("informe", "contenido")
        return filas.order_by("-creada", "-pk")

    def ejecutar(self, objeto: Importacion, datos: dict[str, Any]) -> None:
        acciones.descartar_importacion(objeto, actor=self.request.user, motivo=datos["motivo"])


class Mapa(PermissionCheckedMixin, View):
    """El GeoJSON que dibuja el mapa de la revisión."""

    model = Importacion
    permission_required = "view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        importacion = get_object_or_404(Importacion, pk=pk)
        return JsonResponse(vista_previa.geojson(importacion), content_type="application/geo+json")


class ListaDeImportaciones(Lista):
    relaciones = ("municipio", "creada_por")
    en_bloque = (("Descartar varias", "importaciones:bloque_descartar", "bin"),)

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().defer("informe", "contenido")


class ImportacionesViewSet(SinBorrar):
    model = Importacion
    name = "importaciones"
    url_prefix = "territorio/importaciones"
    menu_label = "Importaciones"
    icon = "upload"
    sin_rutas = (*SinBorrar.sin_rutas, "edit")
    index_view_class = ListaDeImportaciones
    inspect_view_class = FichaDeImportacion
    inspect_template_name = "territorio/trastienda/importacion.html"
    filterset_class = FiltroDeImportaciones
    list_display = [
        Column("archivo", label="Archivo", sort_key="archivo"),
        Column("get_tipo_display", label="Qué trae", sort_key="tipo"),
        Column("municipio", label="Municipio"),
        Column("get_estado_display", label="Estado", sort_key="estado"),
        Column("aceptadas", label="Aceptadas", sort_key="aceptadas"),
        Column("rechazadas", label="Rechazadas", sort_key="rechazadas"),
        Column("creada", label="Traída", sort_key="creada"),
    ]
    list_export = [
        *("archivo", "tipo", "municipio", "estado", "crs", "aceptadas", "rechazadas", "nuevas", "cambiadas", "iguales"),
        *("terminadas", "desde", "huella", "creada", "creada_por", "cerrada", "cerrada_por"),
    ]
    export_filename = "importaciones"
    list_per_page = 50
    ordering = ["-creada", "-pk"]
    search_fields = ["archivo", "municipio_codigo", "huella"]
    search_backend_name = None
    form_fields = ["tipo"]
    extras = (("publicar", Publicar), ("descartar", Descartar), ("mapa", Mapa))
    bloques = (("descartar", DescartarVarias),)

    @cached_property
    def add_view(self) -> Any:
        return self.construct_view(Traer)
