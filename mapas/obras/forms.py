"""Filtros de la lista y formularios de la trastienda de obras."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm

from civic.comun.forms import CampoFoto, CampoTexto
from civic.comun.texto import limpiar
from civic.cuentas.consultas_organizaciones import organizacion_de_filtro
from civic.procesos.models import Categoria
from mapas.obras.reglas import FICHAS, OPCIONES_ESTADO
from mapas.reportes.models import Reporte
from mapas.territorio.consultas import distrito_de_otb, distritos, otbs
from mapas.territorio.models import Area
from propuestas.models import Propuesta


class Filtros:
    """Filtros de la lista tal como vienen en la dirección. Lo que no se reconoce se ignora, nunca es un error."""

    def __init__(self, datos: QueryDict, *, distritos: Iterable[Area], categorias: Iterable[Categoria]) -> None:
        self._distritos = {area.codigo: area for area in distritos}
        self._categorias = {categoria.codigo: categoria for categoria in categorias}
        self.distritos = [(codigo, area.nombre_completo) for codigo, area in self._distritos.items()]
        self.categorias = [(codigo, categoria.nombre) for codigo, categoria in self._categorias.items()]
        self.estados = OPCIONES_ESTADO
        self.texto = limpiar(datos.get("q", ""))[:100]
        self.distrito = datos.get("distrito", "") if datos.get("distrito") in self._distritos else ""
        self.categoria = datos.get("categoria", "") if datos.get("categoria") in self._categorias else ""
        self.estado = datos.get("estado", "") if datos.get("estado") in dict(OPCIONES_ESTADO) else ""
        self.alertas = bool(datos.get("alertas"))
        self.organizacion = organizacion_de_filtro(datos.get("organizacion", ""))

    @property
    def activos(self) -> int:
        """Cuántos filtros hay puestos."""
        return sum(map(bool, (self.texto, self.distrito, self.categoria, self.estado, self.alertas, self.organizacion)))

    def argumentos(self) -> dict[str, Any]:
        """Para `consultas.lista`."""
        return {
            "q": self.texto,
            "distrito": self._distritos.get(self.distrito),
            "categoria": self._categorias.get(self.categoria),
            "estado": self.estado,
            "con_alertas": self.alertas,
            "organizacion": self.organizacion,
        }


class ObraForm(WagtailAdminModelForm):
    """Datos de una obra: distrito y OTB de sus listas, y la OTB dentro del distrito."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        self.fields["otb"].queryset = otbs().select_related("padre")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        distrito, otb = datos.get("distrito"), datos.get("otb")
        if distrito is not None and otb is not None and distrito_de_otb(otb) not in (None, distrito):
            self.add_error("otb", f"Esa OTB no es del {distrito}.")
        if (datos.get("lon") is None) != (datos.get("lat") is None):
            self.add_error("lon", "El punto necesita longitud y latitud.")
        return datos

    def nombres_cambiados(self) -> list[str]:
        """Cómo se llaman los datos que cambiaron, para la bitácora."""
        campos = [str(self._meta.model._meta.get_field(campo).verbose_name) for campo in self.changed_data]
        listas = [
            str(formset.model._meta.verbose_name_plural) for formset in self.formsets.values() if formset.has_changed()
        ]
        return campos + listas


class AvanceForm(forms.Form):
    """Informe de avance acumulado."""

    fecha = forms.DateField(
        label="Fecha del informe", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    fisico = forms.DecimalField(label="Construido %", min_value=0, max_value=100, decimal_places=2, localize=True)
    financiero = forms.DecimalField(label="Pagado %", min_value=0, max_value=100, decimal_places=2, localize=True)
    nota = CampoTexto(label="Nota", max_length=250, required=False, help_text="Por ejemplo: planilla 3.")
    motivo = CampoTexto(
        label="Por qué baja",
        max_length=250,
        required=False,
        help_text="Solo si corriges hacia abajo un informe anterior. Lo leerá la gente.",
    )
    foto = CampoFoto(label="Foto", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fecha"].initial = timezone.localdate()


class MoverForm(forms.Form):
    hacia = forms.ChoiceField(label="Pasar a")
    motivo = CampoTexto(
        label="Motivo",
        max_length=250,
        required=False,
        help_text="Obligatorio para paralizar, anular, cancelar o recibir con observaciones. Lo leerá la gente.",
    )

    def __init__(self, *args: Any, opciones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hacia"].choices = [(estado, FICHAS[estado][0]) for estado in opciones]  # type: ignore[attr-defined]


class ResolverForm(forms.Form):
    decision = forms.ChoiceField(
        label="Decisión", choices=[("si", "Aceptar y mover la obra"), ("no", "No aceptar")], widget=forms.RadioSelect
    )
    motivo = CampoTexto(label="Por qué no", max_length=250, required=False)


class VincularForm(forms.Form):
    """De qué propuesta viene la obra o qué reporte atiende; uno de los dos."""

    propuesta = CampoTexto(label="Código de la propuesta", max_length=20, required=False)
    reporte = CampoTexto(
        label="Código de un reporte", max_length=20, required=False, help_text="Por ejemplo: RC-2026-00042."
    )

    def clean_propuesta(self) -> Propuesta | None:
        codigo = self.cleaned_data["propuesta"].upper()
        propuesta = Propuesta.objects.publicadas().filter(codigo=codigo).first() if codigo else None
        if codigo and propuesta is None:
            raise ValidationError("No hay una propuesta pública con ese código.")
        return propuesta

    def clean_reporte(self) -> Reporte | None:
        codigo = self.cleaned_data["reporte"].upper()
        reporte = Reporte.objects.publicos().filter(codigo=codigo).first() if codigo else None
        if codigo and reporte is None:
            raise ValidationError("No hay un reporte público con ese código.")
        return reporte

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        if not self.errors and bool(datos.get("propuesta")) == bool(datos.get("reporte")):
            raise ValidationError("Escribe el código de una propuesta o el de un reporte.")
        return datos
