"""Hacer lo mismo con varios registros de la trastienda a la vez."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CheckboxSelectMultiple, Form, ModelMultipleChoiceField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from civic.comun.errores import ReglaIncumplida
from civic.comun.trastienda import Con422


class CampoElegidos(ModelMultipleChoiceField):
    """Casillas con claves de registros; lo que no es una clave posible se rechaza antes de preguntar a la base."""

    def clean(self, value: Any) -> Any:
        claves = [str(clave) for clave in value or ()]
        if not all(clave.isascii() and clave.isdigit() and len(clave) < 19 for clave in claves):
            raise ValidationError("Elige de la lista.", code="invalid_choice")
        return super().clean(value)


class EnBloque(Con422, PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Lo mismo sobre varios registros elegidos: cada uno pasa por su acción, y el que no puede dice por qué."""

    request: Any
    model: Any = None
    index_url_name = ""
    any_permission_required = ("view", "change")  # lo que falta lo dice `le_toca`
    template_name = "comun/trastienda/gestion.html"
    submit_button_label = "Hacerlo con los elegidos"
    filterset_class: Any = None
    explicacion = "Elige con cuáles. Cada uno queda anotado en su historia."
    TOPE = 100

    def le_toca(self) -> bool:
        """Si a quien mira le toca esto con alguno."""
        raise NotImplementedError

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.le_toca():
            raise PermissionDenied("Esto le toca a otro cargo.")
        return super().dispatch(request, *args, **kwargs)

    def elegibles(self) -> Any:
        """Los registros entre los que puede elegir quien mira."""
        raise NotImplementedError

    def ejecutar(self, objeto: Any, datos: dict[str, Any]) -> None:
        raise NotImplementedError

    def get_form(self, form_class: Any = None) -> Form:
        form = super().get_form(form_class)
        filas = self.elegibles()
        if self.filterset_class is not None:
            filas = self.filterset_class(self.request.GET, queryset=filas, request=self.request).qs
        claves = list(filas.values_list("pk", flat=True)[: self.TOPE])
        self.poner_filas(form, self.elegibles().filter(pk__in=claves))
        return form

    def poner_filas(self, form: Any, filas: Any) -> None:
        """Agrega al formulario con qué se eligen las filas."""
        form.fields["elegidos"] = CampoElegidos(
            queryset=filas,
            label=f"Con cuáles (hasta {self.TOPE}; filtra la lista para ver otros)",
            widget=CheckboxSelectMultiple,
            error_messages={
                "required": "Elige por lo menos uno.",
                "invalid_choice": "Uno de los que elegiste ya no está en la lista. Revísala y vuelve a elegir.",
            },
        )
        form.order_fields(["elegidos"])

    def elegidos(self, form: Any) -> Iterable[tuple[Any, dict[str, Any]]]:
        """(registro, datos de su acción) por cada elegido."""
        datos = dict(form.cleaned_data)
        return [(objeto, datos) for objeto in datos.pop("elegidos")]

    def form_valid(self, form: Form) -> HttpResponse:
        hechos, problemas = [], []
        for objeto, datos in self.elegidos(form):
            titulo = str(objeto)
            try:
                self.ejecutar(objeto, datos)
                hechos.append(titulo)
            except ReglaIncumplida as error:
                problemas.append(f"No se hizo con {titulo}: {error.mensaje}")
        if hechos:
            messages.success(self.request, f"Hecho con {len(hechos)}: {'; '.join(hechos)}.")
        for problema in problemas:
            messages.warning(self.request, problema)
        return redirect(self.index_url_name)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        plural = self.model._meta.verbose_name_plural.capitalize()
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            explicacion=self.explicacion,
            submit_button_label=self.submit_button_label,
            action_url=self.request.get_full_path(),
            **kwargs,
        )


class ConCasillas(Con422, BulkAction):
    """La acción de Wagtail sobre las casillas de la lista: lo que quien mira no puede ver, ni se nombra ni se toca."""

    def visibles(self) -> Any:
        """Los registros que esa persona ve en la lista de la sección."""
        raise NotImplementedError

    def get_actionable_objects(self) -> tuple[list[Any], dict[str, list[Any]]]:
        posibles, resto = super().get_actionable_objects()
        pedidos = [objeto.pk for objeto in (*posibles, *(o for otros in resto.values() for o in otros))]
        vistos = set(self.visibles().filter(pk__in=pedidos).values_list("pk", flat=True))

        def a_la_vista(objetos: list[Any]) -> list[Any]:
            return [objeto for objeto in objetos if objeto.pk in vistos]

        return a_la_vista(posibles), {clave: a_la_vista(objetos) for clave, objetos in resto.items()}
