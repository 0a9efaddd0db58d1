"""Sección «Residencias» de la trastienda: verificar dónde vive cada persona."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from civic.comun.trastienda import Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import Residencia
from civic.cuentas.trastienda.piezas import FiltroPorDistrito


class VerificarResidencia(Gestion):
    page_title = "Verificar residencia"
    form_class = forms.VerificarForm
    submit_button_label = "Verificar"
    hecho = "La residencia quedó verificada a tu nombre."

    def explicacion(self) -> str:
        quien = f"{self.object.usuario} ({self.object.usuario.username})"
        donde = f"{self.object.otb or self.object.distrito}, {self.object.distrito}"
        return (
            f"{quien} dice que vive en {donde}. Compruébalo antes de verificar: con esto podrá votar ahí. "
            "Quedará anotado que lo hiciste tú."
        )

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

    def botones_de(self, objeto: Residencia) -> list[tuple[str, str, str]]:
        if objeto.esta_verificada or not permisos.puede_verificar(self.request.user, objeto):
            return []
        return [("Verificar", reverse("residencias:verificar", args=[objeto.pk]), "check")]


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
