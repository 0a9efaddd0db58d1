"""Piezas de la trastienda que todas las secciones comparten: políticas, listas, fichas, gestiones y descargas."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.comun.planillas import celda

Boton = tuple[str, str, str]
"""(rótulo, dirección, ícono)"""


class PoliticaSin(ModelPermissionPolicy):
    """Los permisos de Django menos algunas acciones, que no existen para nadie: tampoco la administración técnica."""

    def __init__(self, model: type[Model], *, sin: Sequence[str]) -> None:
        super().__init__(model)
        self.sin = frozenset(sin)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in self.sin and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


def prohibir(model: type[Model], *acciones: str) -> None:
    """Registra que en la trastienda nadie hace `acciones` («add», «delete»…) con ese modelo."""
    register_permission_policy(model, PoliticaSin(model, sin=acciones))


class DescargaSegura:
    """Mezcla de listas: CSV y XLSX en hora de Bolivia, sin celdas que una planilla tome por fórmula."""

    # Si la lista tiene datos que no son públicos: cómo se anota que alguien la descargó.
    mirada = ""

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponse:
        if self.mirada:
            quien, modelo = self.request.user, self.model  # type: ignore[attr-defined]
            anotar_mirada(quien, modelo, f"{self.mirada} ({spreadsheet_format}).")
        return super().as_spreadsheet(queryset, spreadsheet_format)  # type: ignore[misc]

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        if callable(value):
            value = value()
        if isinstance(value, datetime.datetime):
            value = timezone.make_naive(value)  # ni CSV ni Excel llevan zona: se escribe la hora de Bolivia
            return value.isoformat(sep=" ", timespec="seconds") if export_format == "csv" else value
        escrito = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        if not isinstance(escrito, str):
            return escrito
        # En XLSX la celda va marcada como texto (lo hace Wagtail): solo se quita lo que el formato no admite.
        return celda(escrito) if export_format == "csv" else ILLEGAL_CHARACTERS_RE.sub("", escrito)

    def write_csv_response(self, queryset: Any) -> HttpResponse:
        respuesta = super().write_csv_response(queryset)  # type: ignore[misc]
        respuesta["Content-Type"] = "text/csv; charset=utf-8"
        respuesta["Cache-Control"] = "no-store"
        return respuesta

    def stream_csv(self, queryset: Any) -> Any:
        yield "\ufeff".encode()  # con esta marca Excel lee los acentos
        yield from super().stream_csv(queryset)  # type: ignore[misc]


class Lista(DescargaSegura, generic.IndexView):
    """Lista que trae sus relaciones de una vez y ofrece en cada renglón lo que esa persona puede hacer con él."""

    relaciones: tuple[str, ...] = ()
    # (rótulo, ruta, ícono) de lo que se hace con varios registros a la vez; ver `EnBloque`.
    en_bloque: tuple[Boton, ...] = ()

    def puede_en_bloque(self, ruta: str) -> bool:
        return self.user_has_permission("change")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        # Los filtros puestos viajan con el botón: se elige entre lo que se está viendo.
        consulta = self.request.GET.urlencode()
        return [
            *super().header_buttons,
            *(
                HeaderButton(rotulo, url=f"{reverse(ruta)}?{consulta}", icon_name=icono)
                for rotulo, ruta, icono in self.en_bloque
                if self.puede_en_bloque(ruta)
            ),
        ]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related(*self.relaciones)

    def botones_de(self, objeto: Any) -> Sequence[Boton]:
        """Qué puede hacer quien mira con ese objeto, además de lo común."""
        return ()

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        propios = [
            Button(rotulo, url=url, icon_name=icono, priority=lugar)
            for lugar, (rotulo, url, icono) in enumerate(self.botones_de(instance))
        ]
        return propios + super().get_list_more_buttons(instance)


class Ficha(generic.InspectView):
    """Página de un registro, con los botones de lo que se puede hacer con él."""

    page_title = "Ficha"
    template_name = "comun/trastienda/ficha.html"
    # Si muestra algo que no es público: cómo se anota que alguien lo miró.
    mirada = ""
    # (texto, ruta del conjunto, ícono); se muestran si `puede` lo permite.
    botones: tuple[Boton, ...] = ()

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.mirada:
            anotar_mirada(request.user, self.object, self.mirada)
        return super().get(request, *args, **kwargs)

    def puede(self, ruta: str) -> bool:
        return self.user_has_permission("change")

    def botones_de(self, objeto: Any) -> Sequence[Boton]:
        """Qué puede hacer quien mira con ese objeto, además de `botones`."""
        return ()

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        fijos = [
            (texto, reverse(ruta, args=[quote(self.object.pk)]), icono)
            for texto, ruta, icono in self.botones
            if self.puede(ruta)
        ]
        return [
            HeaderButton(texto, url=url, icon_name=icono)
            for texto, url, icono in (*fijos, *self.botones_de(self.object))
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sucesos": self.historia()}

    def historia(self) -> QuerySet[Suceso]:
        """Lo que pasó con ese registro, según la bitácora."""
        return Suceso.objects.de(self.object).select_related("actor")

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        valor = super().get_field_display_value(field_name, field)
        if isinstance(valor, datetime.datetime):
            return timezone.localtime(valor)  # Wagtail la mostraría en UTC
        return "sin dato" if valor in (None, "") else valor


class Con422:
    """Mezcla: un formulario que no vale vuelve con lo escrito y responde 422."""

    def form_invalid(self, form: Any) -> HttpResponse:
        respuesta = super().form_invalid(form)  # type: ignore[misc]
        if respuesta.status_code == 200:
            respuesta.status_code = 422
        return respuesta


class ConReglas(Con422):
    """Mezcla: una ReglaIncumplida de la acción vuelve al formulario como su error, con lo escrito intacto."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
            self.produced_error_message = error.mensaje
            return self.form_invalid(form)


class Crear(ConReglas, generic.CreateView):
    """Crear un registro."""


class Editar(ConReglas, generic.EditView):
    """Corregir un registro."""


class Gestion(Con422, PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Una acción sobre un registro: muestra sus datos, pide lo que falta y la ejecuta."""

    request: Any  # dentro de la trastienda, quien pide siempre ingresó
    model: Any = None
    index_url_name = ""
    inspect_url_name = ""
    permission_required = "change"
    template_name = "comun/trastienda/gestion.html"
    submit_button_label = "Guardar"
    hecho = "Listo."

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = get_object_or_404(self.model, pk=kwargs["pk"])
        if not self.le_toca():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def le_toca(self) -> bool:
        """Si a quien mira le toca esto con este registro, además del permiso."""
        return True

    def ejecutar(self, datos: dict[str, Any]) -> None:
        raise NotImplementedError

    def explicacion(self) -> str:
        """Frase que se muestra antes del formulario: sobre qué o quién se actúa y qué pasará."""
        return str(self.object)

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
            explicacion=self.explicacion(),
            submit_button_label=self.submit_button_label,
            action_url=self.request.path,
            **kwargs,
        )


def atender(
    request: HttpRequest,
    objeto: Any,
    form: Form,
    hacer: Callable[[], str],
    *,
    seccion: str,
    titulo: str,
    plantilla: str = "comun/trastienda/accion.html",
    nada: str = "",
    **extra: Any,
) -> HttpResponse:
    """Una acción sobre `objeto` en su propia página: si el formulario vale, `hacer` la ejecuta y dice lo que pasó.

    `seccion` es el conjunto de la trastienda («obra»); `nada`, por qué ahora no hay nada que hacer. Una ReglaIncumplida
    vuelve al formulario, con lo escrito intacto y código 422.
    """
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, hacer())
        except ReglaIncumplida as error:
            form.add_error(error.campo if error.campo in form.fields else None, error.mensaje)
        else:
            return redirect(f"{seccion}:inspect", objeto.pk)
    plural = objeto._meta.verbose_name_plural.capitalize()
    contexto = {
        "objeto": objeto,
        "form": form,
        "media": form.media,
        "nada": nada,
        "page_title": titulo,
        "page_subtitle": str(objeto),
        "header_title": f"{titulo}: {objeto}",
        "header_icon": "edit",
        "action_url": request.path,
        "submit_button_label": titulo,
        "submit_button_active_label": "Guardando…",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse(f"{seccion}:index"), "label": plural},
            {"url": reverse(f"{seccion}:inspect", args=[objeto.pk]), "label": str(objeto)},
            {"url": "", "label": titulo},
        ],
        **extra,
    }
    return render(request, plantilla, contexto, status=422 if form.is_bound else 200)


def enviado(request: HttpRequest) -> tuple[Any, ...]:
    """Argumentos de un formulario: lo enviado, con sus archivos, o nada."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


class SinBorrar(ModelViewSet):
    """Conjunto sin borrar, copiar ni historial de Wagtail: la historia está en la bitácora."""

    sin_rutas: tuple[str, ...] = ("delete", "history", "history_results", "usage")
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = Ficha
    index_view_class = Lista
    add_to_reference_index = False
    extras: tuple[tuple[str, type], ...] = ()
    bloques: tuple[tuple[str, type], ...] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        fuera = {f"{nombre}_url_name": None for nombre in self.sin_rutas}
        return super().get_common_view_kwargs(**{**fuera, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        propias = [
            path(f"{nombre}/<int:pk>/", self.construct_view(vista), name=nombre) for nombre, vista in self.extras
        ] + [
            path(f"en-bloque/{nombre}/", self.construct_view(vista), name=f"bloque_{nombre}")
            for nombre, vista in self.bloques
        ]
        return [*(ruta for ruta in super().get_urlpatterns() if ruta.name not in self.sin_rutas), *propias]

    def register_admin_url_finder(self) -> None:
        if "edit" not in self.sin_rutas:
            super().register_admin_url_finder()
