"""El lugar en un formulario: un punto en el mapa o, sin mapa, distrito y OTB de una lista."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from civic.comun.forms import CampoTexto
from mapas.territorio.consultas import distrito_de_otb, distritos, otbs, ubicar
from mapas.territorio.models import Area, Clase

SIN_DISTRITO = "Sin distrito conocido"


class OpcionDeArea(forms.ModelChoiceField):
    def label_from_instance(self, obj: Area) -> str:
        return obj.nombre_completo


class SelectSinExigir(forms.Select):
    """Una lista que el navegador no obliga a llenar aunque se muestre como necesaria."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class OpcionDeDistrito(OpcionDeArea):
    """Se muestra como necesaria, pero quien decide es ConLugar: un punto o una OTB también dicen el distrito."""

    widget = SelectSinExigir

    def validate(self, value: Any) -> None:
        return None


class PorDistrito(ModelChoiceIterator):
    """Opciones en grupos, un grupo por distrito, en una sola consulta."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        grupos: dict[Any, list[tuple[ModelChoiceIteratorValue, str]]] = {}
        for area in self.queryset:
            grupos.setdefault(distrito_de_otb(area) or SIN_DISTRITO, []).append(self.choice(area))
        sueltas = grupos.pop(SIN_DISTRITO, None)
        yield from grupos.items()
        if sueltas:
            yield SIN_DISTRITO, sueltas


class ListaDeOtbs(forms.Select):
    """Lista de unas 300 OTB en grupos, escrita sin espacios de sobra (15 kB en lugar de 40)."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        datos = context["widget"]
        grupos = []
        for distrito, opciones, _ in datos["optgroups"]:
            lista = format_html_join("", '<option value="{}"{}>{}</option>', map(_partes_de_opcion, opciones))
            if distrito == SIN_DISTRITO:
                lista = format_html('<optgroup label="{}">{}</optgroup>', distrito, lista)
            elif distrito is not None:
                lista = format_html(
                    '<optgroup label="{}" data-distrito="{}">{}</optgroup>', distrito, distrito.pk, lista
                )
            grupos.append(lista)
        atributos = format_html_join(
            "", ' {}="{}"', ((nombre, valor) for nombre, valor in datos["attrs"].items() if valor is not False)
        )
        return format_html('<select name="{}"{}>{}</select>', datos["name"], atributos, SafeString("".join(grupos)))


def _partes_de_opcion(opcion: dict[str, Any]) -> tuple[Any, SafeString, str]:
    return opcion["value"], SafeString(" selected" if opcion["selected"] else ""), opcion["label"]


class OpcionDeOtb(OpcionDeArea):
    """OTB y comunidades agrupadas por distrito. «Manaco», «Falsuri (sindicato agrario)»: así se hallan por su letra."""

    iterator = PorDistrito
    widget = ListaDeOtbs

    def label_from_instance(self, obj: Area) -> str:
        clase = obj.get_clase_display()
        return obj.nombre if obj.clase in ("", Clase.OTB) else f"{obj.nombre} ({clase[:1].lower()}{clase[1:]})"


class FechaForm(forms.Form):
    """El día cuyos límites se piden en una dirección web; vacía es hoy."""

    fecha = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class PuntoForm(FechaForm):
    """Un punto WGS84 en una dirección web."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)


class ConLugar(forms.Form):
    """Mezcla con `lon`, `lat`, `distrito`, `otb` y `referencia`; se dibuja con territorio/_elegir_lugar.html.

    Con punto, distrito y OTB salen del punto (mapas/territorio/reglas.py) y un punto fuera del municipio es un error
    que lo dice. Sin punto, hacen falta distrito u OTB de las listas.
    """

    lugar_obligatorio = True

    lon = forms.FloatField(label="Longitud", required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(label="Latitud", required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    distrito = OpcionDeDistrito(label="Distrito", queryset=Area.objects.none(), required=False, empty_label="Elige…")
    otb = OpcionDeOtb(
        label="OTB o comunidad", queryset=Area.objects.none(), required=False, empty_label="No sé o no está en la lista"
    )
    referencia = CampoTexto(
        label="Cómo llegar", max_length=160, required=False, help_text="Por ejemplo: frente a la posta de salud."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].required = self.lugar_obligatorio
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        self.fields["otb"].queryset = otbs().select_related("padre")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        lon, lat = datos.get("lon"), datos.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("distrito", "El punto quedó incompleto. Márcalo otra vez en el mapa o elige el distrito.")
        elif lon is not None and lat is not None:
            self._con_punto(datos, lon, lat)
        else:
            self._sin_punto(datos)
        return datos

    def _con_punto(self, datos: dict[str, Any], lon: float, lat: float) -> None:
        lugar = ubicar(lon, lat)
        aqui = lugar.municipio is not None and lugar.municipio.codigo == settings.MUNICIPIO
        if not aqui:
            self.add_error(
                "distrito", "Ese punto está fuera del municipio. Muévelo adentro o elige el distrito de la lista."
            )
            return
        elegida = datos.get("otb")
        if lugar.distrito is None:
            # Dentro del municipio pero donde nadie dibujó un distrito: vale lo que la persona elija de las listas.
            datos["otb"] = elegida or lugar.otb
            datos["distrito"] = datos.get("distrito") or (distrito_de_otb(datos["otb"]) if datos["otb"] else None)
            if datos["distrito"] is None and self.lugar_obligatorio:
                self.add_error(
                    "distrito", "Ese punto no está en ningún distrito dibujado. Elige el distrito de la lista."
                )
            return
        datos["distrito"] = lugar.distrito
        # Muchas OTB no tienen área dibujada: si la persona eligió la suya y es del mismo distrito (o no se sabe de cuál
        # es), vale. Si el punto decía otra, queda en la cola de dudas.
        if elegida is None or distrito_de_otb(elegida) not in (None, lugar.distrito):
            datos["otb"] = lugar.otb

    def _sin_punto(self, datos: dict[str, Any]) -> None:
        otb = datos.get("otb")
        if otb is not None:
            suyo = distrito_de_otb(otb)
            if datos.get("distrito") is None:
                datos["distrito"] = suyo
                if suyo is None and self.lugar_obligatorio:
                    self.add_error("distrito", f"Elige también el distrito: no sabemos en cuál está {otb}.")
            elif suyo not in (None, datos["distrito"]):
                self.add_error("otb", f"Esa OTB no es del {datos['distrito']}. Elige otra o deja la lista vacía.")
        if datos.get("distrito") is None and self.lugar_obligatorio and "distrito" not in self.errors:
            self.add_error("distrito", "Dinos dónde es: marca el punto en el mapa o elige el distrito.")
