"""El lugar que dice una foto: se ofrece para marcar el punto y solo se usa si la persona lo acepta."""

from typing import Any

from django import forms
from django.conf import settings

from mapas.territorio.consultas import ubicar
from mapas.territorio.forms import ConLugar

USAR = "usar"


def lugar_ofrecible(punto: tuple[float, float] | None) -> str:
    """Nombre del lugar de un punto del municipio («Distrito 3, OTB Manaco»); vacío si no hay o es de otra parte."""
    if punto is None:
        return ""
    lugar = ubicar(*punto)
    if lugar.municipio is None or lugar.municipio.codigo != settings.MUNICIPIO:
        return ""
    return ", ".join(str(area) for area in (lugar.distrito, lugar.otb) if area) or str(lugar.municipio)


class ConLugarDeFoto(ConLugar):
    """ConLugar que además ofrece el lugar de la foto. Se dibuja con territorio/_lugar_de_foto.html.

    El punto ofrecido viaja en campos ocultos de la página: no pasa por la base, la sesión ni la bitácora.
    """

    lugar_foto = forms.ChoiceField(
        label="¿Usamos ese lugar?",
        choices=[(USAR, "Sí, usar este lugar"), ("no", "No usarlo")],
        widget=forms.RadioSelect,
        required=False,
    )
    lon_foto = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat_foto = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lugar_ofrecido = ""

    def clean(self) -> dict[str, Any]:
        datos = self.cleaned_data
        if datos.get("lugar_foto") == USAR and datos.get("lon_foto") is not None and datos.get("lat_foto") is not None:
            datos["lon"], datos["lat"] = datos["lon_foto"], datos["lat_foto"]
        return super().clean()

    def ofrecer_lugar(self, punto: tuple[float, float] | None) -> None:
        """Deja el punto de la foto en el formulario para que se pregunte, si es de aquí y nadie marcó otro."""
        if self.data.get(self.add_prefix("lon")) or not (nombre := lugar_ofrecible(punto)) or punto is None:
            return
        datos = self.data.copy()  # type: ignore[attr-defined]
        datos[self.add_prefix("lon_foto")], datos[self.add_prefix("lat_foto")] = map(str, punto)
        datos.pop(self.add_prefix("lugar_foto"), None)
        self.data = datos
        self.lugar_ofrecido = nombre

    @property
    def hay_lugar_de_foto(self) -> bool:
        return bool(self.lugar_ofrecido) or (self.is_bound and bool(self.data.get(self.add_prefix("lon_foto"))))
