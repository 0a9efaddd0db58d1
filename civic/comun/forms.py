"""Formularios de Ayni: textos limpios, errores humanos y clave de un solo uso."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates

from civic.comun.consultas import clases_de_objeto
from civic.comun.documentos import revisar_por_fuera
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import revisar_foto
from civic.comun.idempotencia import emitir_clave
from civic.comun.parecidos import Pedido
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


class _Varios(forms.FileInput):
    """Elegir varios archivos de una vez; sin JavaScript, con el selector del teléfono."""

    allow_multiple_selected = True


class _CampoDeArchivos(forms.FileField):
    """Lista de archivos, posiblemente vacía; se revisa cada uno por fuera, sin abrirlo."""

    acepta = ""
    muchos = "Son demasiados archivos: como mucho {}."

    def __init__(self, *, maximo: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=_Varios(attrs={"accept": self.acepta}), **kwargs)
        self.maximo = maximo

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        archivos = [archivo for archivo in (data if isinstance(data, list | tuple) else [data]) if archivo]
        if len(archivos) > self.maximo:
            raise ValidationError(self.muchos.format(self.maximo), code="muchos")
        for archivo in archivos:
            super().clean(archivo, initial)
            try:
                self.revisar(archivo)
            except ReglaIncumplida as error:
                raise ValidationError(error.mensaje, code="archivo") from None
        return archivos

    def revisar(self, archivo: Any) -> None:
        raise NotImplementedError


class CampoFotos(_CampoDeArchivos):
    acepta = "image/jpeg,image/png,image/webp,image/heic,image/heif"
    muchos = "Son demasiadas fotos: como mucho {}."

    def revisar(self, archivo: Any) -> None:
        revisar_foto(archivo)


class CampoDocumentos(_CampoDeArchivos):
    acepta = "application/pdf,.pdf"
    default_error_messages = {"empty": "Ese archivo está vacío. Elígelo otra vez."}

    def revisar(self, archivo: Any) -> None:
        revisar_por_fuera(archivo, campo="documentos")


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
            datos[nombre] = [_ficha(uno) for uno in valor] if isinstance(valor, list) else _ficha(valor)
        return datos


def _ficha(valor: Any) -> Any:
    return f"{valor.name}:{valor.size}" if hasattr(valor, "size") and hasattr(valor, "name") else valor


class DesdeElNumero(forms.Form):
    desde = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class BuscarParecidos(Formulario):
    """Lo que alguien está escribiendo y dónde, en la dirección. Lo que no se entiende se deja de lado."""

    use_required_attribute = False
    titulo = CampoTexto(label="Qué pides o qué pasa", required=False, max_length=400)
    texto = CampoTexto(required=False, max_length=4000, widget=forms.HiddenInput)
    categoria = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    distrito = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    otb = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    salvo = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def pedido(self) -> Pedido:
        """Lo que sí vale de lo enviado."""
        self.full_clean()
        datos = getattr(self, "cleaned_data", {})
        numeros = {campo: str(datos.get(campo) or "") for campo in ("categoria", "distrito", "otb")}
        con_punto = datos.get("lon") is not None and datos.get("lat") is not None
        return Pedido(
            titulo=datos.get("titulo") or "",
            texto=datos.get("texto") or "",
            lon=datos["lon"] if con_punto else None,
            lat=datos["lat"] if con_punto else None,
            **numeros,
        )


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
