"""El lugar en un formulario: un punto en el mapa o, sin mapa, distrito y OTB de una lista."""

from typing import Any

from django import forms

from civic.comun.forms import CampoTexto
from mapas.territorio.consultas import distritos, otbs, ubicar
from mapas.territorio.models import Area


class OpcionDeArea(forms.ModelChoiceField):
    def label_from_instance(self, obj: Area) -> str:
        return obj.nombre_completo


class ConLugar(forms.Form):
    """Mezcla con `lon`, `lat`, `distrito`, `otb` y `referencia`; se dibuja con territorio/_elegir_lugar.html.

    Con punto, distrito y OTB salen del punto (mapas/territorio/reglas.py) y un punto fuera del municipio es un error
    que lo dice. Sin punto, hacen falta distrito u OTB de las listas.
    """

    lugar_obligatorio = True

    lon = forms.FloatField(label="Longitud", required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(label="Latitud", required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    distrito = OpcionDeArea(label="Distrito", queryset=Area.objects.none(), required=False, empty_label="Elige…")
    otb = OpcionDeArea(
        label="OTB o comunidad", queryset=Area.objects.none(), required=False, empty_label="No sé o no está en la lista"
    )
    referencia = CampoTexto(
        label="Cómo llegar", max_length=160, required=False, help_text="Por ejemplo: frente a la posta de salud."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        self.fields["otb"].queryset = otbs().select_related(None)  # type: ignore[attr-defined]

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
        if lugar.distrito is None:
            self.add_error(
                "distrito", "Ese punto está fuera del municipio. Muévelo adentro o elige el distrito de la lista."
            )
            return
        datos["distrito"] = lugar.distrito
        elegida = datos.get("otb")
        # Muchas OTB no tienen área dibujada: si la persona eligió la suya y es del mismo distrito, vale.
        if elegida is None or elegida.padre_id != lugar.distrito.pk:
            datos["otb"] = lugar.otb

    def _sin_punto(self, datos: dict[str, Any]) -> None:
        otb = datos.get("otb")
        if otb is not None:
            if datos.get("distrito") is None:
                datos["distrito"] = otb.padre
            elif otb.padre_id != datos["distrito"].pk:
                self.add_error("otb", f"Esa OTB no es del {datos['distrito']}. Elige otra o deja la lista vacía.")
        if datos.get("distrito") is None and self.lugar_obligatorio and "distrito" not in self.errors:
            self.add_error("distrito", "Dinos dónde es: marca el punto en el mapa o elige el distrito.")
