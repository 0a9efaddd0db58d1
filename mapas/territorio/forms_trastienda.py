"""El formulario de un área en la trastienda."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from civic.comun.texto import limpiar
from mapas.territorio.consultas import municipio_actual
from mapas.territorio.models import Area


class AreaForm(WagtailAdminModelForm):
    """Nombres, otras escrituras (una por línea) y datos. El tipo y el código no cambian después de creada."""

    escrituras = forms.CharField(
        label="Otras escrituras",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Una por línea: así la encuentra quien la escribe de otra forma.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["escrituras"].initial = "\n".join(self.instance.alias or [])
        posibles = Area.objects.exclude(tipo=Area.Tipo.OTB).exclude(pk=self.instance.pk)
        self.fields["padre"].queryset = posibles  # type: ignore[attr-defined]
        if self.instance.pk:
            for nombre in ("tipo", "codigo"):
                self.fields[nombre].disabled = True

    def clean_escrituras(self) -> list[str]:
        lineas = limpiar(self.cleaned_data["escrituras"], varias_lineas=True).splitlines()
        return list(dict.fromkeys(linea for linea in lineas if linea))

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        if (datos.get("lon") is None) != (datos.get("lat") is None):
            self.add_error("lat", "Escribe la longitud y la latitud, o deja las dos vacías.")
        if not self.instance.pk and datos.get("tipo") != Area.Tipo.MUNICIPIO:
            padre = datos.get("padre")
            municipio = (padre.municipio or padre) if padre is not None else municipio_actual()
            if municipio is None:
                self.add_error("padre", "Primero registra el municipio.")
            elif Area.objects.filter(municipio=municipio, tipo=datos.get("tipo"), codigo=datos.get("codigo")).exists():
                self.add_error("codigo", "Ya hay un área de ese tipo con ese código en el municipio.")
            self.instance.municipio = municipio
        return datos

    def con_escrituras(self) -> Area:
        """El área del formulario, sin guardar."""
        self.instance.alias = self.cleaned_data["escrituras"]
        return self.instance

    def cambios(self) -> dict[str, Any]:
        """Lo escrito que no es lo que había, con el nombre de cada campo del modelo."""
        cambiados = {campo: self.cleaned_data[campo] for campo in self.changed_data if campo != "escrituras"}
        return cambiados | ({"alias": self.cleaned_data["escrituras"]} if "escrituras" in self.changed_data else {})
