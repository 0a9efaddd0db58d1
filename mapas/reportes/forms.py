"""Filtros de la lista y formularios de los reportes."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict

from civic.comun.forms import CampoFoto, CampoTexto, ConClave, Formulario
from civic.comun.models import Foto
from civic.comun.texto import limpiar
from civic.cuentas.consultas_organizaciones import organizacion_de_filtro
from civic.cuentas.models import Organizacion
from civic.cuentas.permisos import organizaciones_de
from civic.procesos.models import Categoria
from mapas.reportes.acciones import PROPOSITO
from mapas.reportes.consultas import SITUACIONES
from mapas.reportes.models import Reporte
from mapas.reportes.permisos import registra_por_otros
from mapas.reportes.reglas import FICHAS
from mapas.territorio.lugar_de_foto import ConLugarDeFoto
from mapas.territorio.models import Area

_SAL_FOTO = "ayni.reportes.foto"
_NO_VIAJAN = ("foto", "sitio", "es_otro", "lugar_foto", "lon_foto", "lat_foto")
_VIGENCIA_FOTO = 24 * 3600
CANALES_DE_OTROS = [
    opcion for opcion in Reporte.Canal.choices if opcion[0] not in (Reporte.Canal.WEB, Reporte.Canal.ORGANIZACION)
]


class Filtros:
    """Filtros de la lista tal como vienen en la dirección. Lo que no se reconoce se ignora, nunca es un error."""

    def __init__(self, datos: QueryDict, *, distritos: Iterable[Area], categorias: Iterable[Categoria]) -> None:
        self._distritos = {area.codigo: area for area in distritos}
        self._categorias = {categoria.codigo: categoria for categoria in categorias}
        self.distritos = [(codigo, area.nombre_completo) for codigo, area in self._distritos.items()]
        self.categorias = [(codigo, categoria.nombre) for codigo, categoria in self._categorias.items()]
        self.situaciones = list(SITUACIONES)
        self.texto = limpiar(datos.get("q", ""))[:100]
        self.distrito = datos.get("distrito", "") if datos.get("distrito") in self._distritos else ""
        self.categoria = datos.get("categoria", "") if datos.get("categoria") in self._categorias else ""
        self.situacion = datos.get("estado", "") if datos.get("estado") in dict(SITUACIONES) else ""
        self.organizacion = organizacion_de_filtro(datos.get("organizacion", ""))

    @property
    def activos(self) -> int:
        """Cuántos filtros hay puestos."""
        return sum(map(bool, (self.texto, self.distrito, self.categoria, self.situacion, self.organizacion)))

    def argumentos(self) -> dict[str, Any]:
        """Para `consultas.lista`."""
        return {
            "q": self.texto,
            "distrito": self._distritos.get(self.distrito),
            "categoria": self._categorias.get(self.categoria),
            "situacion": self.situacion,
            "organizacion": self.organizacion,
        }


def firmar_foto(foto: Foto, usuario: Any) -> str:
    """Seña firmada de una foto en espera; solo sirve a quien la subió y por un día."""
    return signing.dumps([foto.pk, getattr(usuario, "pk", None) or 0], salt=_SAL_FOTO)


def foto_firmada(sena: str, usuario: Any) -> Foto | None:
    """La foto en espera de esa seña, o None si la seña no vale, venció o la foto ya se usó."""
    try:
        pk, de = signing.loads(sena, salt=_SAL_FOTO, max_age=_VIGENCIA_FOTO)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if de != (getattr(usuario, "pk", None) or 0):
        return None
    return Foto.objects.filter(pk=pk, publica=False, reportes__isnull=True).first()


class ReporteForm(ConClave, ConLugarDeFoto, Formulario):
    """Un reporte en una página. En el segundo paso viaja oculto, con `es_otro` y la foto ya guardada."""

    foto = CampoFoto(
        label="Foto",
        required=False,
        help_text="Una foto del problema ayuda más que cien palabras. Se le quitan los datos de tu teléfono y se "
        "publica cuando el municipio la revisa. Evita caras y placas.",
    )
    descripcion = CampoTexto(
        label="Qué pasa",
        varias_lineas=True,
        filas=4,
        min_length=10,
        max_length=2000,
        help_text="Cuenta qué ves, desde cuándo y a quién afecta. Lo leerá todo el mundo: no pongas nombres ni "
        "teléfonos.",
        error_messages={
            "required": "Cuenta qué pasa.",
            "min_length": "Cuenta un poco más: con 10 letras o más se entiende mejor.",
        },
    )
    categoria = forms.ModelChoiceField(
        label="De qué se trata",
        queryset=Categoria.objects.filter(activa=True),
        empty_label="Elige…",
        error_messages={"required": "Elige de qué se trata."},
    )
    organizacion = forms.ModelChoiceField(
        label="En nombre de", queryset=Organizacion.objects.none(), required=False, empty_label="En mi nombre"
    )
    canal = forms.ChoiceField(
        label="Cómo llegó",
        required=False,
        choices=[("", "Es mío"), *CANALES_DE_OTROS],
        help_text="Si lo registras por otra persona, di por dónde llegó; no quedará a tu nombre.",
    )
    # Trampa para programas que llenan todo lo que ven; las personas no la ven.
    sitio = forms.CharField(
        label="Deja este espacio vacío",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    es_otro = forms.BooleanField(required=False, widget=forms.HiddenInput)
    foto_guardada = forms.CharField(required=False, widget=forms.HiddenInput)

    # El resumen de errores sigue este orden, que es el de la página.
    field_order = [
        *("clave", "foto", "descripcion", "categoria", "lon", "lat", "distrito", "otb", "referencia"),
        *("organizacion", "canal"),
    ]

    def __init__(self, *args: Any, usuario: Any, **kwargs: Any) -> None:
        super().__init__(*args, proposito=PROPOSITO, usuario=usuario, **kwargs)
        organizaciones = organizaciones_de(usuario)
        if organizaciones:
            self.fields["organizacion"].queryset = Organizacion.objects.filter(  # type: ignore[attr-defined]
                pk__in=[organizacion.pk for organizacion in organizaciones]
            )
        else:
            del self.fields["organizacion"]
        if not registra_por_otros(usuario):
            del self.fields["canal"]

    cupo_gastado = False
    foto_recordada: Foto | None = None

    def clean_sitio(self) -> str:
        if self.cleaned_data["sitio"]:
            raise ValidationError("Deja vacío el espacio que dice «Deja este espacio vacío».")
        return ""

    def clean_foto_guardada(self) -> Foto | None:
        sena = self.cleaned_data["foto_guardada"]
        if not sena or self.cleaned_data.get("foto"):
            return None
        foto = foto_firmada(sena, self.usuario)
        if foto is None and "foto" not in self.errors:
            self.add_error("foto", "No pudimos conservar tu foto. Elígela otra vez.")
        return foto

    def recordar_foto(self, foto: Foto) -> None:
        """Deja la foto en el formulario, que se vuelve a mostrar sin ella: el navegador no la reenvía."""
        datos = self.data.copy()  # type: ignore[attr-defined]
        datos[self.add_prefix("foto_guardada")] = firmar_foto(foto, self.usuario)
        self.data = datos
        self.foto_recordada = foto

    @property
    def tiene_foto_guardada(self) -> bool:
        return self.is_bound and bool(self.data.get(self.add_prefix("foto_guardada"))) and "foto" not in self.errors

    def campos_escondidos(self) -> list[Any]:
        """Lo escrito, como campos ocultos para el segundo paso; la foto va como seña y la trampa no va."""
        return [self[nombre] for nombre in self.fields if nombre not in _NO_VIAJAN]

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.recibir_reporte`, sin la foto."""
        datos = self.cleaned_data
        campos = ("categoria", "descripcion", "distrito", "otb", "lon", "lat", "referencia")
        argumentos = {campo: datos.get(campo) for campo in campos}
        argumentos["organizacion"] = datos.get("organizacion")
        if datos.get("canal"):
            return argumentos | {"canal": datos["canal"], "registrado_por": self.usuario, "organizacion": None}
        canal = Reporte.Canal.ORGANIZACION if argumentos["organizacion"] else Reporte.Canal.WEB
        return argumentos | {"canal": canal, "autor": self.usuario if self.usuario.is_authenticated else None}


class ReabrirForm(Formulario):
    motivo = CampoTexto(
        label="Qué falta o qué volvió a pasar",
        varias_lineas=True,
        filas=3,
        max_length=500,
        error_messages={"required": "Cuenta qué falta o qué volvió a pasar."},
    )


class MoverForm(forms.Form):
    """Trastienda: pasar un reporte a otro estado con lo que la gente necesita leer."""

    hacia = forms.ChoiceField(label="Pasar a")
    respuesta = CampoTexto(
        label="Respuesta pública",
        varias_lineas=True,
        filas=4,
        max_length=2000,
        required=False,
        help_text="La lee todo el mundo en la página del reporte. Obligatoria al resolver, programar o no aceptar.",
    )
    nota = CampoTexto(label="Nota para la historia", max_length=250, required=False)
    unidad = CampoTexto(label="Unidad responsable", max_length=80, required=False)
    operador = CampoTexto(label="Operador del servicio", max_length=80, required=False)
    repetido = CampoTexto(
        label="Reporte anterior",
        max_length=20,
        required=False,
        help_text="Si ya estaba reportado, su código: RC-2026-00042.",
    )
    sigue_en = CampoTexto(
        label="Página de la propuesta",
        max_length=250,
        required=False,
        help_text="Si ahora es una propuesta, su dirección: /propuestas/12/.",
    )
    foto = CampoFoto(label="Foto de cómo quedó", required=False)

    def __init__(self, *args: Any, reporte: Reporte, opciones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reporte = reporte
        self.fields["hacia"].choices = [(estado, FICHAS[estado][0]) for estado in opciones]  # type: ignore[attr-defined]
        for campo in ("respuesta", "unidad", "operador"):
            self.fields[campo].initial = getattr(reporte, campo)

    def clean_repetido(self) -> Reporte | None:
        codigo = self.cleaned_data["repetido"].upper()
        if not codigo:
            return None
        anterior = Reporte.objects.publicos().filter(codigo=codigo).exclude(pk=self.reporte.pk).first()
        if anterior is None:
            raise ValidationError("No hay otro reporte público con ese código.")
        return anterior

    def clean_sigue_en(self) -> str:
        ruta = self.cleaned_data["sigue_en"]
        # Solo una página de este sitio: nunca un enlace que lleve a otra parte.
        if ruta and not re.fullmatch(r"/propuestas/[0-9]{1,9}/", ruta):
            raise ValidationError("Escribe la dirección de la propuesta en este sitio, por ejemplo /propuestas/12/.")
        return ruta

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.mover_reporte`."""
        datos = dict(self.cleaned_data)
        repetido = datos.pop("repetido")
        datos["sigue_en"] = repetido or datos["sigue_en"] or None
        return datos


class OcultarForm(forms.Form):
    motivo = CampoTexto(
        label="Por qué se oculta", max_length=250, help_text="Queda en la bitácora interna. Por ejemplo: da un nombre."
    )
