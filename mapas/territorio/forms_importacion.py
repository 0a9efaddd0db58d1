"""Formularios para traer un archivo de límites y publicarlo."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from wagtail.admin.widgets import AdminDateInput

from civic.comun.forms import CampoTexto
from mapas.territorio.importador.topes import MEGA, PESO_MAXIMO
from mapas.territorio.models import Area, Importacion


class ImportarForm(forms.Form):
    archivo = forms.FileField(
        label="Archivo",
        help_text="GeoJSON o GeoPackage de hasta 50 MB, o un shapefile en un .zip de hasta 20 MB (con su .prj).",
    )
    tipo = forms.ChoiceField(label="Qué son sus áreas", choices=Area.Tipo.choices, initial=Area.Tipo.OTB)
    campo_codigo = CampoTexto(
        label="Campo del código",
        max_length=80,
        help_text="El nombre de la columna. Si no es ese, te diremos cuáles hay.",
    )
    campo_nombre = CampoTexto(label="Campo del nombre", max_length=80)
    campo_padre = CampoTexto(
        label="Campo de «dentro de»",
        max_length=80,
        required=False,
        help_text="Código o nombre del distrito de cada OTB (o del macrodistrito de cada distrito). Vacío: se busca por"
        " la superficie que comparten.",
    )
    campo_clase = CampoTexto(
        label="Campo de la clase",
        max_length=80,
        required=False,
        help_text="Solo para organizaciones de base: la columna que dice si es OTB, junta vecinal, sindicato agrario o"
        " comunidad campesina. Vacío: quedan como están.",
    )
    municipio = CampoTexto(
        label="Código del municipio",
        max_length=30,
        required=False,
        help_text="El del municipio al que pertenecen. Si el archivo trae municipios, no se usa.",
    )
    crear_municipio = CampoTexto(label="Nombre del municipio, si hay que crearlo", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipio"].initial = settings.MUNICIPIO
        self.fields["archivo"].widget.attrs["accept"] = ",".join(PESO_MAXIMO)

    def clean_archivo(self) -> Any:
        archivo = self.cleaned_data["archivo"]
        tope = PESO_MAXIMO.get(Path(archivo.name).suffix.lower())
        if tope is None:
            raise forms.ValidationError("Sube un archivo .geojson, .json, .gpkg o .zip.")
        if archivo.size > tope:
            raise forms.ValidationError(f"El archivo pesa más de {tope // MEGA} MB. Simplifícalo o súbelo por partes.")
        return archivo

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        if datos.get("tipo") == Area.Tipo.MUNICIPIO:
            datos["municipio"] = datos["crear_municipio"] = ""
        return datos


class PublicarForm(forms.Form):
    desde = forms.DateField(
        label="Vale desde",
        widget=AdminDateInput,
        help_text="Lo anterior a ese día se sigue contando con los límites de antes.",
    )
    parcial = forms.BooleanField(label="Publicar solo lo aceptado", required=False)

    def __init__(self, *args: Any, importacion: Importacion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if importacion.rechazadas:
            casilla = self.fields["parcial"]
            casilla.help_text = f"Rechazadas: {importacion.rechazadas}. Su límite de hoy no cambia."
        else:
            del self.fields["parcial"]


class DescartarForm(forms.Form):
    motivo = CampoTexto(label="Por qué", max_length=200, required=False)
