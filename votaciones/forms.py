"""Formularios de la papeleta, la comprobación del recibo y la trastienda."""

import hashlib
import io
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoTexto, Formulario
from civic.procesos.models import Sector
from mapas.territorio.models import Area
from votaciones.lugares import areas_que_deciden
from votaciones.models import Contienda, Votacion
from votaciones.reglas import pabulib, papeleta, papeleta_escrita
from votaciones.reglas import recibo as recibos
from votaciones.reglas.comun import orden_de_desempate
from votaciones.reglas.condiciones import condiciones_de
from votaciones.reglas.simulacion import Eleccion, sintetica

PESO_DE_ELECCION = 5 * 1024 * 1024


class PapeletaForm(Formulario):
    """Lo que se llenó en la papeleta, de cualquier tipo. Sirve para revisar y para confirmar: siempre se revisa todo.

    Sus campos son los de `reglas.papeleta_escrita`. Válido, deja en `cleaned_data["eleccion"]` la selección canónica.
    """

    clave = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, *args: Any, contienda: Contienda, costos: dict[int, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reglamento = contienda.reglamento
        self.costos = costos
        # El campo que hay que corregir («puntos-3»), si la falta es de una sola obra.
        self.campo_con_falta = ""

    @property
    def campos(self) -> list[tuple[str, str]]:
        return [(nombre, valor) for nombre, valores in self.data.lists() for valor in valores]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        try:
            eleccion = papeleta_escrita.leer(self.campos, self.reglamento)
            datos["eleccion"] = papeleta.exigir_valida(eleccion, self.reglamento, self.costos)
        except ReglaIncumplida as error:
            self.campo_con_falta = error.campo or ""
            raise ValidationError(error.mensaje) from None
        return datos

    @property
    def escrito(self) -> dict[str, str]:
        """Lo que la persona puso en cada obra, valga o no, para no hacerle escribir otra vez."""
        return papeleta_escrita.escrito_de(self.campos, self.reglamento)


class ComprobarForm(Formulario):
    """El código de un recibo, tal como lo copió la persona."""

    recibo = CampoTexto(
        label="Código del recibo",
        help_text="Dieciséis letras y números, como 7K2M-9QXA-40TB-H3CD. No importan los guiones ni las mayúsculas.",
        max_length=40,
        error_messages={"required": "Escribe el código de tu recibo."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_recibo(self) -> str:
        codigo = recibos.normalizar(self.cleaned_data["recibo"])
        if codigo is None:
            raise ValidationError("Un recibo tiene dieciséis letras y números. Revisa que no falte ni sobre ninguno.")
        return codigo


# Los límites de todos los tipos de papeleta.
LIMITES = [limite for suyos in papeleta.LIMITES.values() for limite in suyos]


class VotacionForm(WagtailAdminModelForm):
    """Los datos de una votación en preparación (trastienda)."""

    class Meta:
        model = Votacion
        fields = [
            *("proceso", "nombre", "slug", "tipo_de_papeleta", "maximo_de_obras", "minimo_de_obras", "puntos"),
            *(
                "tope_por_obra",
                "puntos_por_lugar",
                "nota_maxima",
                "se_cambia",
                "por_sector",
                "regla",
                "minimo",
                "abre",
                "cierra",
            ),
        ]
        help_texts = {
            "slug": "Letras sin acentos, números y guiones; por ejemplo votacion-poa-2027.",
            "tipo_de_papeleta": "Qué hace cada persona con su papeleta. Llena abajo solo los límites de ese tipo.",
            "maximo_de_obras": "Solo para «Marcar obras». Vacío: se pueden marcar todas.",
            "minimo_de_obras": "Solo para «Marcar obras». Vacío: basta una. Donde hay menos, se piden todas.",
            "puntos": "Solo para «Repartir puntos»; por ejemplo 10. Nadie está obligado a usarlos todos.",
            "tope_por_obra": "Solo para «Repartir puntos». Vacío: se le pueden dar todos a una sola obra.",
            "puntos_por_lugar": "Solo para «Ordenar las preferidas»: lo que vale cada lugar, de más a menos. "
            "Con 3, 2, 1 se ordenan hasta tres obras.",
            "nota_maxima": "Solo para «Poner nota a cada obra»: de 1 a 10. Con 5, las notas van de 0 a 5.",
            "se_cambia": "Con el código de su recibo, cada persona puede votar de nuevo: vale lo último.",
            "por_sector": "Una papeleta para las OTB y juntas y otra para los sindicatos y comunidades, cada una con "
            "su techo. Solo si los techos del proceso están partidos por sector.",
            "minimo": "Una obra con menos votos que estos (o puntos, si la papeleta los da) no gana aunque sobre "
            "dinero. Una sin votos nunca gana.",
            "abre": "Desde esta hora se puede votar.",
            "cierra": "A esta hora deja de recibirse votos.",
        }
        widgets = {"abre": AdminDateTimeInput, "cierra": AdminDateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimo"].required = False
        self.fields["tipo_de_papeleta"].required = False
        if self.instance.pk:
            # Las contiendas salieron de los techos de su proceso: otro proceso es otra votación.
            self.fields["proceso"].disabled = self.fields["por_sector"].disabled = True

    def clean_minimo(self) -> int:
        minimo = self.cleaned_data["minimo"]
        return 1 if minimo is None else minimo

    def clean_tipo_de_papeleta(self) -> str:
        return self.cleaned_data["tipo_de_papeleta"] or Votacion.TipoDePapeleta.PRESUPUESTO.value

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                papeleta.reglamento_de(datos["tipo_de_papeleta"], **{limite: datos[limite] for limite in LIMITES})
            except ReglaIncumplida as error:
                self.add_error(error.campo, error.mensaje)
        return datos


class ContiendaForm(Formulario):
    """Otra papeleta de una votación que se prepara: dónde, para qué sector y con cuánto."""

    lugar = forms.ChoiceField(label="Dónde", error_messages={"required": "Elige dónde."})
    sector = forms.ChoiceField(label="Para quiénes", choices=[("", "Todas las personas del lugar"), *Sector.choices])
    presupuesto = forms.DecimalField(
        label="Presupuesto en Bs",
        help_text="Si eliges cada OTB de un distrito, este monto es el de cada una.",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        error_messages={"required": "Escribe el presupuesto en bolivianos."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].required = False
        self._areas = list(areas_que_deciden())
        self.fields["lugar"].choices = [("", "Elige"), *self._lugares()]  # type: ignore[attr-defined]

    def _lugares(self) -> list[Any]:
        """Toda la ciudad y, por distrito: el distrito, cada una de sus OTB, o una sola."""
        por_distrito: dict[int | None, list[Area]] = {}
        for area in self._areas:
            if area.tipo == Area.Tipo.OTB:
                por_distrito.setdefault(area.padre_id, []).append(area)
        lugares: list[Any] = []
        for area in self._areas:
            if area.tipo == Area.Tipo.MUNICIPIO:
                lugares.append((f"area:{area.pk}", f"Toda la ciudad: {area}"))
            elif area.tipo == Area.Tipo.DISTRITO:
                suyas = [(f"area:{otb.pk}", str(otb)) for otb in por_distrito.get(area.pk, ())]
                todas = [(f"cada:{area.pk}", f"Cada una de sus {len(suyas)} organizaciones")] if suyas else []
                lugares.append((str(area), [(f"area:{area.pk}", f"{area}, entero"), *todas, *suyas]))
        return lugares

    @property
    def areas(self) -> list[Area]:
        """Las que pide lo elegido."""
        como, _, cual = self.cleaned_data["lugar"].partition(":")
        if como == "cada":
            return [area for area in self._areas if area.padre_id == int(cual) and area.tipo == Area.Tipo.OTB]
        return [area for area in self._areas if area.pk == int(cual)]


class CierreForm(forms.Form):
    """El motivo de un cierre adelantado."""

    motivo = CampoTexto(
        label="Motivo, si cierras antes de la hora anunciada (será público)",
        varias_lineas=True,
        filas=3,
        required=False,
        max_length=500,
    )


class MotivoForm(forms.Form):
    """Por qué se suspende o se reanuda."""

    motivo = CampoTexto(
        label="Motivo (será público)",
        varias_lineas=True,
        filas=3,
        max_length=500,
        error_messages={"required": "Escribe el motivo: será público."},
    )


class SimuladorForm(forms.Form):
    """De dónde salen las papeletas que se prueban con cada regla; la primera que se llena es la que vale."""

    votacion = forms.ModelChoiceField(
        Votacion.objects.none(), label="Una votación ya contada", required=False, empty_label="Ninguna"
    )
    archivo = forms.FileField(
        label="O un archivo Pabulib",
        required=False,
        help_text="Un archivo .pb de hasta 5 MB, por ejemplo de pabulib.org.",
        widget=forms.FileInput(attrs={"accept": ".pb"}),
    )
    semilla = forms.IntegerField(
        label="O papeletas inventadas, con esta semilla",
        required=False,
        min_value=0,
        max_value=999_999,
        help_text="Cualquier número; el mismo da siempre las mismas papeletas.",
    )
    obras = forms.IntegerField(label="Obras inventadas", initial=12, min_value=2, max_value=40, required=False)
    papeletas = forms.IntegerField(
        label="Papeletas inventadas", initial=400, min_value=1, max_value=5_000, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contadas = Votacion.objects.filter(estado=Votacion.Estado.CONTADA).order_by("-contada")
        self.fields["votacion"].queryset = contadas  # type: ignore[attr-defined]

    def clean_archivo(self) -> Eleccion | None:
        archivo = self.cleaned_data["archivo"]
        if archivo is None:
            return None
        if archivo.size > PESO_DE_ELECCION:
            raise ValidationError("El archivo pesa más de 5 MB. Cuéntalo con «manage.py escrutar».")
        try:
            return _eleccion_del_archivo(archivo.name, archivo.read())
        except UnicodeDecodeError:
            raise ValidationError("El archivo no está en UTF-8: guárdalo así y súbelo otra vez.") from None
        except (ValueError, OverflowError) as error:
            frase = str(error) if isinstance(error, ValueError) else "El archivo trae números que no se pueden contar."
            raise ValidationError(frase) from None

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        if not self.errors and not datos.get("votacion") and not datos.get("archivo") and datos.get("semilla") is None:
            raise ValidationError("Elige una votación, sube un archivo o escribe una semilla.")
        return datos

    @property
    def eleccion(self) -> Eleccion | None:
        """La del archivo o la inventada; None si se eligió una votación."""
        datos = self.cleaned_data
        if datos["votacion"] or datos["archivo"]:
            return None if datos["votacion"] else datos["archivo"]
        return sintetica(datos["semilla"], obras=datos["obras"] or 12, papeletas=datos["papeletas"] or 400)


def _eleccion_del_archivo(nombre: str, octetos: bytes) -> Eleccion:
    """Lanza ValueError con una frase si no es una elección en formato Pabulib."""
    tablas_y_votos = io.StringIO(octetos.decode("utf-8-sig"), newline="")
    leida = pabulib.leer(tablas_y_votos)
    minimo = leida.meta.get("min_project_score_threshold", "")
    return Eleccion(
        nombre=leida.meta.get("description") or nombre,
        titulos={opcion: opcion for opcion in leida.costos},
        costos=dict(leida.costos),
        papeletas=leida.papeletas,
        presupuesto=leida.presupuesto,
        desempate=orden_de_desempate(leida.costos, hashlib.sha256(octetos).hexdigest()),
        condiciones=condiciones_de(minimo=max(1, int(minimo)) if minimo.isascii() and minimo.isdigit() else 1),
    )
