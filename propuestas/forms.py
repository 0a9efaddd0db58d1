"""Los tres pasos del borrador y los formularios de la trastienda."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from civic.comun.dinero import a_centavos, miles
from civic.comun.forms import CampoDocumentos, CampoFotos, CampoTexto, ConClave, Formulario
from civic.comun.models import Foto
from civic.cuentas.models import Organizacion, Usuario
from civic.cuentas.permisos import organizaciones_de
from civic.procesos.models import Categoria, Proceso
from mapas.territorio.consultas import distrito_de_otb, distritos, otbs, ubicar
from mapas.territorio.forms import ConLugar, OpcionDeArea
from mapas.territorio.models import Area
from propuestas.consultas_adjuntos import documentos_al_proponer, fotos_de
from propuestas.models import Documento, Propuesta
from propuestas.reglas import DONDE, EDITABLES, FICHAS, FOTO, QUE
from propuestas.reglas.adjuntos import DOCUMENTOS_MAXIMO, FOTOS_MAXIMO, MOTIVOS_DE_RETIRO, Adjuntos

A_MI_NOMBRE = "yo"
AYUDA_DE_DOCUMENTOS = "Hasta tres, de 10 MB cada uno. Los lee quien puede leer este paso."
MONTO_MAXIMO = Decimal("999999999999.99")


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
    imprescindibles: tuple[str, ...] = ("titulo", "organizacion", "proceso")

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

    field_order: tuple[str, ...] = ("proceso",)
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
    foto = CampoFotos(
        label="Fotos del lugar",
        maximo=FOTOS_MAXIMO,
        help_text="Hasta tres, de 10 MB cada una. Les quitamos los datos del teléfono.",
    )
    texto_foto = CampoTexto(
        label="Qué se ve en la foto", max_length=200, required=False, help_text="Para quien no puede verla."
    )
    documentos = CampoDocumentos(
        label="Documentos en PDF",
        maximo=DOCUMENTOS_MAXIMO,
        help_text="Hasta tres, de 10 MB cada uno: un acta, una cotización. Se publican con la propuesta: que no "
        "lleven carnets ni teléfonos.",
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
        self.fotos, self.guardados = fotos_de(propuesta), list(documentos_al_proponer(propuesta))
        for foto in self.fotos:
            self.fields[f"texto_{foto.pk}"] = CampoTexto(
                label="Qué se ve en la foto", max_length=200, required=False, initial=foto.texto
            )
            self.fields[f"quitar_{foto.pk}"] = forms.BooleanField(label="Quitar esta foto", required=False)
        if len(self.fotos) > 1:
            claves = [(str(foto.pk), "La de las tarjetas") for foto in self.fotos]
            self.fields["portada"] = forms.ChoiceField(choices=claves, required=False, initial=claves[0][0])
        for documento in self.guardados:
            self.fields[f"quitar_documento_{documento.pk}"] = forms.BooleanField(
                label=f"Quitar {documento.nombre}", required=False
            )
        if self.fotos:
            self.fields["foto"].label = "Agregar fotos"

    def filas_de_fotos(self) -> list[tuple[Foto, Any, Any, bool]]:
        """(foto, campo de qué se ve, campo de quitarla, si va en las tarjetas) de cada foto que ya está."""
        primera = str(self["portada"].value()) if "portada" in self.fields else ""
        return [(f, self[f"texto_{f.pk}"], self[f"quitar_{f.pk}"], str(f.pk) == primera) for f in self.fotos]

    def filas_de_documentos(self) -> list[tuple[Documento, Any]]:
        return [(documento, self[f"quitar_documento_{documento.pk}"]) for documento in self.guardados]

    def adjuntos(self) -> Adjuntos:
        """Lo que vale de lo enviado sobre fotos y documentos, aunque otro dato esté mal."""
        datos = self.cleaned_data
        portada = datos.get("portada") or ""
        return Adjuntos(
            fotos=datos.get("foto") or (),
            texto=datos.get("texto_foto") or "",
            textos={foto.pk: datos[f"texto_{foto.pk}"] for foto in self.fotos if f"texto_{foto.pk}" in datos},
            quitar_fotos={foto.pk for foto in self.fotos if datos.get(f"quitar_{foto.pk}")},
            portada=int(portada) if portada else None,
            documentos=datos.get("documentos") or (),
            quitar_documentos={d.pk for d in self.guardados if datos.get(f"quitar_documento_{d.pk}")},
        )

    def cambios(self) -> dict[str, Any]:
        propios = {campo: self.cleaned_data[campo] for campo in ("monto_solicitado", "familias")}
        return propios | {"adjuntos": self.adjuntos()}

    @staticmethod
    def inicial(propuesta: Propuesta) -> dict[str, Any]:
        return {
            "monto_solicitado": propuesta.monto_solicitado,
            "familias": propuesta.familias,
        }


PASOS_CON_FORMULARIO: dict[str, type[PasoDeBorrador]] = {QUE: PasoQueForm, DONDE: PasoDondeForm, FOTO: PasoFotoForm}


class MotivoForm(Formulario):
    """Una frase de quien presentó la propuesta: por qué la retira o qué responde."""

    motivo = CampoTexto(label="Por qué", max_length=1000, varias_lineas=True, filas=4)
    documentos = CampoDocumentos(label="Documentos en PDF", maximo=DOCUMENTOS_MAXIMO, help_text=AYUDA_DE_DOCUMENTOS)


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
    documentos = CampoDocumentos(label="Documentos en PDF", maximo=DOCUMENTOS_MAXIMO, help_text=AYUDA_DE_DOCUMENTOS)

    def __init__(self, *args: Any, posibles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opciones = [(estado, FICHAS[estado].etiqueta) for estado in posibles]
        self.fields["hacia"].choices = opciones  # type: ignore[attr-defined]
        if len(opciones) == 1:
            self.fields["hacia"].initial = opciones[0][0]


class RetirarDocumentoForm(forms.Form):
    motivo = forms.ChoiceField(label="Por qué se retira", widget=forms.RadioSelect, choices=MOTIVOS_DE_RETIRO)


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
        self.fields["otb"].queryset = otbs().select_related("padre")  # type: ignore[attr-defined]
        if self.instance.estado not in EDITABLES:
            self.fields["distrito"].required = self.fields["categoria"].required = True

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        distrito, otb, lon, lat = (datos.get(campo) for campo in ("distrito", "otb", "lon", "lat"))
        if otb is not None and (distrito is None or distrito_de_otb(otb) not in (None, distrito)):
            self.add_error("otb", "Esa OTB no es de ese distrito.")
        if (lon is None) != (lat is None):
            self.add_error("lon", "El punto necesita longitud y latitud, o ninguna de las dos.")
        elif lon is not None and lat is not None and ubicar(lon, lat).distrito != distrito:
            self.add_error("lon", "El punto no cae en ese distrito.")
        return datos
