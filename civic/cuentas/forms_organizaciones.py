"""Formularios públicos de las organizaciones: buscar, registrar, contacto, presentar un acta, observar, renunciar."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoTexto, ConClave, Formulario
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.acciones import Renglon
from civic.cuentas.acciones.observaciones import LARGO_MAXIMO
from civic.cuentas.acciones.organizaciones import DE_CONTACTO, DE_PERSONALIDAD
from civic.cuentas.consultas_organizaciones import EN_OBSERVACION
from civic.cuentas.escaneos import ACEPTA, revisar_escaneo
from civic.cuentas.models import Escaneo, Organizacion, Usuario
from mapas.territorio.consultas import distrito_de_otb, ubicar
from mapas.territorio.forms import ConLugar
from mapas.territorio.models import Area, Clase

ESTADOS_PARA_FILTRAR = [
    ("", "Todos"),
    (Organizacion.Estado.VIGENTE.value, "Vigente"),
    (Organizacion.Estado.VENCIDA.value, "Directiva vencida"),
    (EN_OBSERVACION, "En período de observación"),
    (Organizacion.Estado.PUBLICADA.value, "Publicada para observaciones"),
    (Organizacion.Estado.SUSPENDIDA.value, "Suspendida"),
]
RENGLONES = 10
RENGLONES_A_LA_VISTA = 3
PERSONAS_MAXIMO = 100_000


class CampoFecha(forms.DateField):
    """Un día; el teléfono muestra su calendario y la computadora deja escribirlo."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("error_messages", {"invalid": "Escribe la fecha con día, mes y año."})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        dia = super().clean(value)
        if dia is not None and not 1900 <= dia.year <= 2100:
            raise ValidationError("Revisa el año de esa fecha.", code="fecha")
        return dia


class CampoCuantos(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", PERSONAS_MAXIMO)
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "numeric"
        self.error_messages["invalid"] = "Escribe un número entero, sin puntos ni letras."


class FiltroDeOrganizaciones(Formulario):
    """Filtros de la lista; un valor desconocido se ignora, nunca es un error."""

    q = CampoTexto(
        label="Buscar por nombre",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Villa, Molle, Rosario…"}),
    )
    distrito = forms.ChoiceField(label="Distrito", required=False)
    clase = forms.ChoiceField(label="Clase", required=False, choices=[("", "Todas"), *Clase.choices])
    estado = forms.ChoiceField(label="Situación", required=False, choices=ESTADOS_PARA_FILTRAR)

    def __init__(self, *args: Any, distritos: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].choices = [("", "Todos"), *((d.codigo, str(d)) for d in distritos)]

    def validos(self) -> dict[str, str]:
        """Los filtros que se entienden: {texto, distrito, clase, estado}."""
        self.is_valid()
        return {
            "texto": self.cleaned_data.get("q", ""),
            "distrito": self.cleaned_data.get("distrito", ""),
            "clase": self.cleaned_data.get("clase", ""),
            "estado": self.cleaned_data.get("estado", ""),
        }


class ConContacto(forms.Form):
    """Mezcla: contacto por consentimiento. Nada se muestra si no se marca, y se puede quitar cuando se quiera."""

    telefono = CampoTexto(
        label="Teléfono",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        validators=[RegexValidator(r"^\+?[0-9][0-9 -]{5,18}$", "Escribe solo los números del teléfono.")],
    )
    telefono_publico = forms.BooleanField(label="Mostrar el teléfono en la página pública", required=False)
    correo = forms.EmailField(
        label="Correo",
        max_length=120,
        required=False,
        error_messages={"invalid": "Escribe el correo completo, por ejemplo otb.molle@correo.bo."},
    )
    correo_publico = forms.BooleanField(label="Mostrar el correo en la página pública", required=False)
    reunion = CampoTexto(
        label="Dónde y cuándo se reúne",
        max_length=160,
        required=False,
        help_text="Por ejemplo: sede social, primer domingo de cada mes.",
    )
    reunion_publica = forms.BooleanField(label="Mostrar el lugar de reunión en la página pública", required=False)

    def contacto(self) -> dict[str, Any]:
        return {campo: self.cleaned_data[campo] for campo in DE_CONTACTO}


class ContactoForm(ConContacto, Formulario):
    pass


class PadronDeOrganizacionForm(Formulario):
    archivo = forms.FileField(
        label="Archivo",
        help_text="CSV o XLSX con los títulos ci y fecha_nacimiento, de 4 MB como máximo. Los nombres no se leen.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "Elige el archivo.", "empty": "Ese archivo está vacío. Elige otro."},
    )


class SolicitudForm(ConClave, ConLugar, ConContacto, Formulario):
    """Pedir el registro de una organización: qué es, dónde está, su personalidad jurídica y su contacto."""

    nombre = CampoTexto(
        label="Nombre de la organización",
        max_length=120,
        help_text="Sin «OTB» ni «Junta» delante: eso se elige abajo.",
        error_messages={"required": "Escribe el nombre."},
    )
    clase = forms.ChoiceField(
        label="Qué clase de organización es",
        choices=Clase.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elige la clase.", "invalid_choice": "Elige una de la lista."},
    )
    personalidad_juridica = CampoTexto(
        label="Número de la resolución", max_length=60, required=False, help_text="Por ejemplo: R.M. 123/2019."
    )
    personalidad_autoridad = CampoTexto(
        label="Quién la otorgó", max_length=120, required=False, help_text="Por ejemplo: Gobierno Municipal."
    )
    personalidad_fecha = CampoFecha(label="Fecha de la resolución", required=False)
    personalidad_en_tramite = forms.BooleanField(label="Todavía está en trámite", required=False)
    familias = CampoCuantos(label="Cuántas familias son", required=False, min_value=1)

    field_order = [
        *("clave", "nombre", "clase", "lon", "lat", "distrito", "otb", "referencia", *DE_PERSONALIDAD, "familias"),
        *DE_CONTACTO,
    ]

    def __init__(self, *args: Any, usuario: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, proposito="organizacion", usuario=usuario, **kwargs)
        self.fields["otb"].label = "Su área"
        self.fields["otb"].empty_label = "No está en la lista"
        self.fields["otb"].help_text = "Si no está, marca un punto en el mapa o deja solo el distrito."

    def _con_punto(self, datos: dict[str, Any], lon: float, lat: float) -> None:
        """Del punto sale el distrito; el área es solo la que la persona eligió (puede ser nueva)."""
        lugar, elegida = ubicar(lon, lat), datos.get("otb")
        suyo = distrito_de_otb(elegida) if elegida is not None else lugar.distrito
        if lugar.municipio is None or lugar.municipio.codigo != settings.MUNICIPIO:
            self.add_error("distrito", "Ese punto está fuera del municipio. Muévelo adentro o elige el distrito.")
        elif lugar.distrito is not None and suyo != lugar.distrito:
            self.add_error(
                "otb", f"Esa área no es del {lugar.distrito}, donde está el punto. Elige otra o quita el punto."
            )
        elif elegida is None and lugar.distrito is None:
            pass  # donde nadie dibujó un distrito vale el que eligió; y si no eligió, no está en ninguno
        else:
            datos["distrito"] = suyo

    def _sin_punto(self, datos: dict[str, Any]) -> None:
        """El área dice el distrito; la que no está en ninguno no necesita que se elija."""
        elegida = datos.get("otb")
        if elegida is not None and distrito_de_otb(elegida) is None:
            datos["distrito"] = None
        else:
            super()._sin_punto(datos)

    def clean_personalidad_fecha(self) -> Any:
        dia = self.cleaned_data["personalidad_fecha"]
        if dia is not None and dia > timezone.localdate():
            raise ValidationError("Esa fecha todavía no llegó.", code="fecha")
        return dia

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        sin_numero = not datos.get("personalidad_juridica") and "personalidad_juridica" not in self.errors
        if sin_numero and not datos.get("personalidad_en_tramite"):
            self.add_error("personalidad_juridica", "Escribe el número de la resolución o marca que está en trámite.")
        return datos

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.solicitar_registro`, sin la clave."""
        datos = self.cleaned_data
        campos = ("nombre", "clase", "distrito", "lon", "lat", "referencia", *DE_PERSONALIDAD, "familias", *DE_CONTACTO)
        return {campo: datos[campo] for campo in campos} | {"area_pedida": datos["otb"]}


class ActaForm(ConClave, Formulario):
    """Presentar el acta que nombra una directiva: la asamblea, el período, el escaneo y hasta diez cargos."""

    fecha = CampoFecha(label="Fecha de la asamblea")
    lugar = CampoTexto(label="Dónde fue", max_length=160, required=False)
    presentes = CampoCuantos(label="Cuántas personas estuvieron", min_value=1)
    desde = CampoFecha(label="La directiva empieza")
    hasta = CampoFecha(label="La directiva termina", help_text="El último día de su mandato.")
    mujeres = CampoCuantos(label="Mujeres en la directiva", required=False, max_value=200)
    hombres = CampoCuantos(label="Hombres en la directiva", required=False, max_value=200)
    escaneo = forms.FileField(
        label="El acta firmada",
        required=False,
        widget=forms.FileInput(attrs={"accept": ACEPTA}),
        help_text="Una foto clara o un PDF, de 10 MB como máximo. La ve solo quien revisa y la directiva.",
        error_messages={"empty": "Ese archivo está vacío. Elige el acta otra vez."},
    )
    escaneo_publico = forms.BooleanField(
        label="Que cualquier persona pueda descargar el acta cuando se confirme", required=False
    )
    escaneo_guardado = forms.CharField(required=False, widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, usuario: Usuario, organizacion: Organizacion, **kwargs: Any) -> None:
        super().__init__(*args, proposito=f"acta-{organizacion.pk}", usuario=usuario, **kwargs)
        for numero in range(1, RENGLONES + 1):
            self.fields[f"cargo_{numero}"] = CampoTexto(
                label=f"Cargo {numero}",
                max_length=60,
                required=numero == 1,
                initial=reglas.PRESIDENCIA if numero == 1 else "",
                widget=forms.TextInput(attrs={"list": "cargos", "autocomplete": "off"}),
            )
            self.fields[f"nombre_{numero}"] = CampoTexto(
                label=f"Nombre y apellido {numero}",
                max_length=120,
                required=numero == 1,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[f"usuario_{numero}"] = CampoTexto(
                label=f"Su usuario en Ayni {numero}",
                max_length=150,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            )

    @property
    def renglones(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"cargo_{n}"], self[f"nombre_{n}"], self[f"usuario_{n}"]) for n in range(1, RENGLONES + 1)]

    @property
    def a_la_vista(self) -> list[tuple[Any, Any, Any]]:
        return self.renglones[:RENGLONES_A_LA_VISTA]

    @property
    def los_demas(self) -> list[tuple[Any, Any, Any]]:
        return self.renglones[RENGLONES_A_LA_VISTA:]

    @property
    def hay_mas(self) -> bool:
        """Si alguno de los renglones plegados tiene algo escrito o un error."""
        return any(campo.errors or campo.value() for renglon in self.los_demas for campo in renglon)

    @property
    def cargos_conocidos(self) -> tuple[str, ...]:
        return reglas.CARGOS

    def clean_escaneo(self) -> Any:
        archivo = self.cleaned_data["escaneo"]
        if archivo:
            try:
                revisar_escaneo(archivo)
            except ReglaIncumplida as error:
                raise ValidationError(error.mensaje, code="escaneo") from None
        return archivo

    def clean_escaneo_guardado(self) -> Escaneo | None:
        token = self.cleaned_data["escaneo_guardado"]
        if not token or self.cleaned_data.get("escaneo"):
            return None
        return Escaneo.objects.filter(token=token, subido_por=self.usuario, acta__isnull=True).first()

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        for numero in range(1, RENGLONES + 1):
            cargo, nombre = datos.get(f"cargo_{numero}"), datos.get(f"nombre_{numero}")
            if nombre and not cargo:
                self.add_error(f"cargo_{numero}", "Escribe qué cargo tiene.")
            if (cargo or datos.get(f"usuario_{numero}")) and not nombre and f"nombre_{numero}" not in self.errors:
                self.add_error(f"nombre_{numero}", "Escribe quién es.")
        dias = [datos.get(campo) for campo in ("fecha", "desde", "hasta")]
        if all(dias):
            hoy = timezone.localdate()
            problema = reglas.problema_de_periodo(asamblea=dias[0], desde=dias[1], hasta=dias[2], hoy=hoy)
            if problema:
                self.add_error(*problema)
        hay_escaneo = datos.get("escaneo") or datos.get("escaneo_guardado")
        if not hay_escaneo and "escaneo" not in self.errors:
            self.add_error("escaneo", "Sube el acta firmada: una foto o un PDF.")
        return datos

    def recordar_escaneo(self, escaneo: Escaneo) -> None:
        """Deja el escaneo en el formulario, que se vuelve a mostrar sin él: el navegador no lo reenvía."""
        datos = self.data.copy()
        datos[self.add_prefix("escaneo_guardado")] = escaneo.token
        self.data = datos

    @property
    def tiene_escaneo_guardado(self) -> bool:
        return (
            self.is_bound and bool(self.data.get(self.add_prefix("escaneo_guardado"))) and "escaneo" not in self.errors
        )

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.enviar_acta`, sin la clave ni el escaneo."""
        datos = self.cleaned_data
        campos = ("fecha", "lugar", "presentes", "desde", "hasta", "mujeres", "hombres", "escaneo_publico")
        cargos = [
            Renglon(datos[f"cargo_{n}"], datos[f"nombre_{n}"], datos[f"usuario_{n}"])
            for n in range(1, RENGLONES + 1)
            if datos[f"nombre_{n}"]
        ]
        return {campo: datos[campo] for campo in campos} | {"cargos": cargos}


class ObservacionForm(ConClave, Formulario):
    texto = CampoTexto(
        label="Qué observas y por qué",
        varias_lineas=True,
        filas=6,
        max_length=LARGO_MAXIMO,
        help_text="Por ejemplo: la asamblea no se convocó, o su área se pisa con la nuestra. Sin datos ajenos.",
        error_messages={"required": "Escribe qué observas y por qué."},
    )

    def __init__(self, *args: Any, usuario: Usuario, organizacion: Organizacion, **kwargs: Any) -> None:
        super().__init__(*args, proposito=f"observacion-{organizacion.pk}", usuario=usuario, **kwargs)


class RenunciaForm(Formulario):
    motivo = CampoTexto(
        label="Por qué", varias_lineas=True, filas=3, max_length=300, required=False, help_text="Será público."
    )
    seguro = forms.BooleanField(
        label="Dejo el cargo desde ahora",
        error_messages={"required": "Marca la casilla para confirmar que dejas el cargo."},
    )
