"""Formularios de Ayni: textos limpios, errores humanos y clave de un solo uso."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates

from civic.comun.consultas import clases_de_objeto
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import revisar_foto
from civic.comun.idempotencia import emitir_clave
from civic.comun.texto import limpiar


class Renderizador(DjangoTemplates):
    field_template_name = "comun/_campo.html"
    form_template_name = "comun/_formulario.html"


class CampoTexto(forms.CharField):
    """Una línea o un párrafo escrito por una persona, ya limpio (ver civic.comun.texto)."""

    def __init__(self, *, varias_lineas: bool = False, filas: int = 6, **kwargs: Any) -> None:
        self.varias_lineas = varias_lineas
        if varias_lineas:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": filas}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return limpiar(super().to_python(value), varias_lineas=self.varias_lineas)


class CampoFoto(forms.FileField):
    """Foto opcional; se revisa por fuera (peso, tipo verdadero) sin decodificarla."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        archivo = super().clean(data, initial)
        if archivo and hasattr(archivo, "read"):
            try:
                revisar_foto(archivo)
            except ReglaIncumplida as error:
                raise ValidationError(error.mensaje, code="foto") from None
        return archivo


class Formulario(forms.Form):
    """Base de los formularios públicos: plantillas propias y errores de reglas en su campo."""

    default_renderer = Renderizador
    use_required_attribute = True
    error_css_class = "con-error"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def agregar_regla(self, error: ReglaIncumplida) -> None:
        """Muestra una ReglaIncumplida como error del formulario, en su campo si lo tiene."""
        self.add_error(error.campo if error.campo in self.fields else None, error.mensaje)


class ConClave(forms.Form):
    """Mezcla: agrega la clave oculta de un solo uso (ver civic.comun.idempotencia).

    La vista construye el formulario con `proposito=` y `usuario=` y entrega `form.cleaned_data["clave"]` a
    `una_sola_vez`.
    """

    clave = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, proposito: str, usuario: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposito = proposito
        self.usuario = usuario
        self.fields["clave"].initial = emitir_clave(proposito, usuario)

    def renovar_clave(self) -> None:
        """Cambia la clave por una nueva al volver a mostrar el formulario, sin perder lo escrito."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data[self.add_prefix("clave")] = emitir_clave(self.proposito, self.usuario)

    def datos_sin_clave(self) -> dict[str, Any]:
        """Lo enviado, para la huella: sin la clave y con los archivos por nombre y peso."""
        datos = {}
        for nombre, valor in self.cleaned_data.items():
            if nombre == "clave":
                continue
            datos[nombre] = f"{valor.name}:{valor.size}" if hasattr(valor, "size") and hasattr(valor, "name") else valor
        return datos


class DesdeElNumero(forms.Form):
    desde = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class BuscarSucesos(Formulario):
    """Filtros de la bitácora pública, en la dirección de la página."""

    use_required_attribute = False
    texto = CampoTexto(label="Palabra", required=False, max_length=100)
    objeto = forms.ChoiceField(label="De qué", required=False)
    desde = forms.DateField(
        label="Desde", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hasta = forms.DateField(
        label="Hasta", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clases = [(tipo, nombre.capitalize()) for tipo, nombre in clases_de_objeto()]
        self.fields["objeto"].choices = [("", "Todo"), *clases]

    def argumentos(self) -> dict[str, Any]:
        """Lo que sí vale de lo pedido; un filtro imposible se dice en su campo y no filtra."""
        self.full_clean()
        return {nombre: valor for nombre, valor in getattr(self, "cleaned_data", {}).items() if valor}

    @property
    def vale(self) -> bool:
        return not self.is_bound or self.is_valid()

    @property
    def activos(self) -> bool:
        return bool(self.argumentos())
