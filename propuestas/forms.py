"""Filtros de la lista, los tres pasos del borrador y los formularios de la trastienda."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from civic.comun.dinero import a_centavos, miles
from civic.comun.forms import CampoFoto, CampoTexto, ConClave, Formulario
from civic.comun.texto import limpiar
from civic.cuentas.consultas_organizaciones import organizacion_de_filtro
from civic.cuentas.models import Organizacion, Usuario
from civic.cuentas.permisos import organizaciones_de
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.consultas import distritos, otbs, ubicar
from mapas.territorio.forms import ConLugar, OpcionDeArea
from mapas.territorio.models import Area
from propuestas.models import Propuesta
from propuestas.reglas import DONDE, EDITABLES, FICHAS, FOTO, GRUPOS, MOTIVOS, ORDENES, QUE, RESULTADOS

A_MI_NOMBRE = "yo"
MONTO_MAXIMO = Decimal("999999999999.99")


class Filtros:
    """Filtros de la lista tal como vienen en la dirección. Lo que no se reconoce se ignora, nunca es un error.

    No es un Form de Django: la lista la abre cualquiera a cada rato y dibujar widgets costaba más que consultarla.
    """

    def __init__(
        self,
        datos: QueryDict,
        *,
        procesos: Iterable[Proceso],
        distritos: Iterable[Area],
        categorias: Iterable[Categoria],
    ) -> None:
        self.procesos = [(proceso.slug, proceso.nombre) for proceso in procesos]
        self.distritos = [(area.codigo, area.nombre_completo) for area in distritos]
        self.categorias = [(categoria.codigo, categoria.nombre) for categoria in categorias]
        self.estados = [
            (grupo, [(estado.value, FICHAS[estado].etiqueta) for estado in estados])
            for grupo, estados in GRUPOS.items()
        ]
        self.ordenes = list(ORDENES.items())
        self.texto = limpiar(datos.get("q", ""))[:100]
        self.proceso = self._elegido(datos, "proceso", self.procesos)
        self.distrito = self._elegido(datos, "distrito", self.distritos)
        self.categoria = self._elegido(datos, "categoria", self.categorias)
        todos = [opcion for _, opciones in self.estados for opcion in opciones]
        self.estado = self._elegido(datos, "estado", todos)
        self.orden = self._elegido(datos, "orden", self.ordenes) or "recientes"
        self.organizacion = organizacion_de_filtro(datos.get("organizacion", ""))

    @staticmethod
    def _elegido(datos: QueryDict, nombre: str, opciones: list[tuple[str, str]]) -> str:
        valor = datos.get(nombre, "")
        return valor if any(valor == clave for clave, _ in opciones) else ""

    @property
    def activos(self) -> int:
        """Cuántos filtros hay puestos, sin contar el orden."""
        return sum(map(bool, (self.texto, self.proceso, self.distrito, self.categoria, self.estado, self.organizacion)))

    def argumentos(self) -> dict[str, Any]:
        """Para `consultas.filtrar`."""
        nombres = ("texto", "proceso", "distrito", "categoria", "estado", "orden", "organizacion")
        return {nombre: getattr(self, nombre) for nombre in nombres}


class CampoBolivianos(forms.DecimalField):
    """Monto escrito a la boliviana: «120.000», «120.000,50», «Bs 120000»."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"invalid": "Escribe el monto en números, por ejemplo 120.000."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(1), max_value=MONTO_MAXIMO, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        texto = re.sub(r"(?i)bs\.?|\s|\u00a0", "", str(value or ""))
        if not texto:
            return None
        if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?|\d{1,14}(,\d{1,2})?", texto):
            return Decimal(texto.replace(".", "").replace(",", "."))
        if re.fullmatch(r"\d{1,14}\.\d{1,2}", texto):  # 120000.50, como en la calculadora
            return Decimal(texto)
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        entero, centavos = f"{a_centavos(value):.2f}".split(".")
        return miles(int(entero)) + (f",{centavos}" if centavos != "00" else "")


class PasoDeBorrador(Formulario):
    """Base de los pasos: con `parcial` se guarda lo que haya, aunque falten datos para presentar."""

    imprescindibles: tuple[str, ...] = ()

    def __init__(self, *args: Any, parcial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parcial = parcial

    def full_clean(self) -> None:
        if self.parcial:
            for nombre, campo in self.fields.items():
                campo.required = nombre in self.imprescindibles
        super().full_clean()

    @staticmethod
    def inicial(propuesta: Propuesta) -> dict[str, Any]:
        """Lo que el borrador ya tiene de este paso."""
        return {}

    def cambios(self) -> dict[str, Any]:
        """Lo validado, con los nombres que espera `acciones.guardar_borrador`."""
        return {nombre: valor for nombre, valor in self.cleaned_data.items() if nombre not in ("clave", "proceso")}


class PasoQueForm(PasoDeBorrador):
    imprescindibles = ("titulo", "organizacion", "proceso")

    titulo = CampoTexto(
        label="Título",
        min_length=8,
        max_length=120,
        help_text="Qué se pide, en una línea: «Agua potable para la zona Molle».",
    )
    descripcion = CampoTexto(
        label="Qué se pide y por qué",
        max_length=4000,
        varias_lineas=True,
        filas=8,
        help_text="Qué pasa hoy, a quiénes afecta y qué cambiaría.",
    )
    categoria = forms.ModelChoiceField(
        label="Categoría", queryset=Categoria.objects.filter(activa=True), empty_label="Elige…"
    )
    organizacion = forms.ChoiceField(label="En nombre de quién", widget=forms.RadioSelect, initial=A_MI_NOMBRE)

    def __init__(self, *args: Any, persona: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organizaciones: dict[str, Organizacion] = {str(org.pk): org for org in organizaciones_de(persona)}
        if self._organizaciones:
            propias = [(pk, f"En nombre de {org}") for pk, org in self._organizaciones.items()]
            self.fields["organizacion"].choices = [(A_MI_NOMBRE, f"En mi nombre: {persona}"), *propias]  # type: ignore[attr-defined]
        else:
            del self.fields["organizacion"]

    def cambios(self) -> dict[str, Any]:
        elegida = self.cleaned_data.get("organizacion", A_MI_NOMBRE)
        return super().cambios() | {"organizacion": self._organizaciones.get(elegida)}

    @staticmethod
    def inicial(propuesta: Propuesta) -> dict[str, Any]:
        organizacion = str(propuesta.organizacion_id or A_MI_NOMBRE)
        return {
            "titulo": propuesta.titulo,
            "descripcion": propuesta.descripcion,
            "categoria": propuesta.categoria_id,
            "organizacion": organizacion,
        }


class NuevaForm(ConClave, PasoQueForm):
    """Primer paso de una propuesta que todavía no existe: además pregunta en qué proceso, si hay varios."""

    field_order = ("proceso",)
    proceso = forms.ChoiceField(label="En qué proceso", widget=forms.RadioSelect)

    def __init__(self, *args: Any, procesos: list[Proceso], persona: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, proposito="propuesta", usuario=persona, persona=persona, **kwargs)
        self._procesos = {proceso.slug: proceso for proceso in procesos}
        campo = self.fields["proceso"]
        campo.choices = [(slug, proceso.nombre) for slug, proceso in self._procesos.items()]  # type: ignore[attr-defined]
        if len(procesos) == 1:
            campo.initial = procesos[0].slug
            campo.widget = forms.HiddenInput()

    def elegido(self) -> Proceso:
        return self._procesos[self.cleaned_data["proceso"]]


class PasoDondeForm(ConLugar, PasoDeBorrador):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lugar_obligatorio = not self.parcial

    @staticmethod
    def inicial(propuesta: Propuesta) -> dict[str, Any]:
        return {
            "lon": propuesta.lon,
            "lat": propuesta.lat,
            "distrito": propuesta.distrito_id,
            "otb": propuesta.otb_id,
            "referencia": propuesta.referencia,
        }


class PasoFotoForm(PasoDeBorrador):
    foto = CampoFoto(
        label="Foto del lugar",
        required=False,
        help_text="Hasta 10 MB. Le quitamos los datos del teléfono.",
    )
    quitar_foto = forms.BooleanField(label="Quitar la foto que subí", required=False)
    texto_foto = CampoTexto(
        label="Qué se ve en la foto", max_length=200, required=False, help_text="Para quien no puede verla."
    )
    monto_solicitado = CampoBolivianos(label="Cuánto costaría, en bolivianos")
    familias = forms.IntegerField(
        label="Cuántas familias se benefician",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, propuesta: Propuesta, ayuda_costo: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["monto_solicitado"].help_text = ayuda_costo
        if propuesta.foto_id is None:
            del self.fields["quitar_foto"]
        else:
            self.fields["foto"].label = "Cambiar la foto"

    @staticmethod
    def inicial(propuesta: Propuesta) -> dict[str, Any]:
        return {
            "texto_foto": propuesta.foto.texto if propuesta.foto else "",
            "monto_solicitado": propuesta.monto_solicitado,
            "familias": propuesta.familias,
        }


PASOS_CON_FORMULARIO: dict[str, type[PasoDeBorrador]] = {QUE: PasoQueForm, DONDE: PasoDondeForm, FOTO: PasoFotoForm}


class MotivoForm(Formulario):
    """Una frase de quien presentó la propuesta: por qué la retira o qué responde."""

    motivo = CampoTexto(label="Por qué", max_length=1000, varias_lineas=True, filas=4)


# --- Trastienda ------------------------------------------------------------------------------------------------------


class MoverForm(forms.Form):
    """Cambio de estado; solo ofrece los movimientos que le tocan a quien mira."""

    hacia = forms.ChoiceField(label="Nuevo estado", widget=forms.RadioSelect)
    motivo = CampoTexto(
        label="Motivo",
        required=False,
        max_length=1000,
        varias_lineas=True,
        filas=4,
        help_text="Se lee en la historia pública.",
    )

    def __init__(self, *args: Any, posibles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opciones = [(estado, FICHAS[estado].etiqueta) for estado in posibles]
        self.fields["hacia"].choices = opciones  # type: ignore[attr-defined]
        if len(opciones) == 1:
            self.fields["hacia"].initial = opciones[0][0]


class DictamenForm(forms.Form):
    resultado = forms.ChoiceField(
        label="Resultado", widget=forms.RadioSelect, choices=[(clave, FICHAS[clave].etiqueta) for clave in RESULTADOS]
    )
    monto_tecnico = CampoBolivianos(label="Costo técnico en Bs", required=False, help_text="Obligatorio si es viable.")
    motivo = forms.ChoiceField(
        label="Razón",
        required=False,
        choices=[("", "Ninguna"), *MOTIVOS.items()],
        help_text="Obligatoria si no se puede hacer.",
    )
    texto = CampoTexto(
        label="Explicación",
        max_length=3000,
        varias_lineas=True,
        filas=8,
        help_text="La leerá toda la gente.",
    )


class CorreccionForm(forms.ModelForm):
    """Lo único que se edita a mano en la trastienda: texto, categoría y lugar."""

    distrito = OpcionDeArea(label="Distrito", queryset=Area.objects.none(), required=False)
    otb = OpcionDeArea(label="OTB o comunidad", queryset=Area.objects.none(), required=False)

    class Meta:
        model = Propuesta
        fields = ("titulo", "descripcion", "categoria", "distrito", "otb", "lon", "lat", "referencia")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].queryset = distritos()  # type: ignore[attr-defined]
        self.fields["otb"].queryset = otbs()  # type: ignore[attr-defined]
        if self.instance.estado not in EDITABLES:
            self.fields["distrito"].required = self.fields["categoria"].required = True

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        distrito, otb, lon, lat = (datos.get(campo) for campo in ("distrito", "otb", "lon", "lat"))
        if otb is not None and (distrito is None or otb.padre_id != distrito.pk):
            self.add_error("otb", "Esa OTB no es de ese distrito.")
        if (lon is None) != (lat is None):
            self.add_error("lon", "El punto necesita longitud y latitud, o ninguna de las dos.")
        elif lon is not None and lat is not None and ubicar(lon, lat).distrito != distrito:
            self.add_error("lon", "El punto no cae en ese distrito.")
        return datos
