"""Filtros y formularios de las actas."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from civic.comun.forms import CampoTexto, ConClave, Formulario
from civic.comun.texto import limpiar
from civic.cuentas.consultas_organizaciones import organizacion_de_filtro
from civic.cuentas.escaneos import ACEPTA
from civic.cuentas.forms_organizaciones import CampoCuantos, CampoFecha
from civic.cuentas.models import Organizacion
from civic.procesos.models import Proceso
from mapas.territorio.models import Area
from votaciones.actas import consultas, permisos
from votaciones.actas.acciones import Escrito
from votaciones.actas.acciones.escribir import DE_REGLAMENTO, PROPOSITO
from votaciones.actas.models import Acta, ObservacionDeActa, ReglamentoDeActas
from votaciones.actas.reglas import asamblea, vida

RENGLONES_A_LA_VISTA = 3
MONTO_MAXIMO = Decimal("999999999")


class Filtros:
    """Filtros de la lista como vienen en la dirección. Lo que no se reconoce se ignora."""

    def __init__(self, datos: QueryDict, *, distritos: Iterable[Area], procesos: Iterable[Proceso]) -> None:
        self._distritos = {area.codigo: area for area in distritos}
        self._procesos = {proceso.slug: proceso for proceso in procesos}
        self.distritos = [(codigo, area.nombre_completo) for codigo, area in self._distritos.items()]
        self.procesos = [(slug, proceso.nombre) for slug, proceso in self._procesos.items()]
        self.estados = [opcion for opcion in vida.OPCIONES_ESTADO if opcion[0] != vida.Estado.BORRADOR]
        self.tipos = list(Acta.Tipo.choices)
        self.texto = limpiar(datos.get("q", ""))[:100]
        self.distrito = datos.get("distrito", "") if datos.get("distrito") in self._distritos else ""
        self.proceso = datos.get("proceso", "") if datos.get("proceso") in self._procesos else ""
        self.estado = datos.get("estado", "") if datos.get("estado") in dict(self.estados) else ""
        self.tipo = datos.get("tipo", "") if datos.get("tipo") in dict(self.tipos) else ""
        self.organizacion = organizacion_de_filtro(datos.get("organizacion", ""))

    @property
    def activos(self) -> int:
        return sum(map(bool, (self.texto, self.distrito, self.proceso, self.estado, self.tipo, self.organizacion)))

    def argumentos(self) -> dict[str, Any]:
        return {
            "q": self.texto,
            "distrito": self._distritos.get(self.distrito),
            "proceso": self._procesos.get(self.proceso),
            "estado": self.estado,
            "tipo": self.tipo,
            "organizacion": self.organizacion,
        }


class ElegirAsambleaForm(Formulario):
    """De quién es el acta, de qué proceso y de qué clase: lo primero, porque de eso salen sus propuestas y su techo."""

    proceso = forms.ModelChoiceField(
        label="Proceso", queryset=Proceso.objects.none(), empty_label=None, to_field_name="slug"
    )
    de = forms.ChoiceField(label="De qué organización o distrito")

    def __init__(self, *args: Any, usuario: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        procesos = permisos.procesos_con_actas()
        self.fields["proceso"].queryset = Proceso.objects.filter(pk__in=[proceso.pk for proceso in procesos])
        organizaciones = [(f"o-{o.slug}", str(o)) for o in permisos.organizaciones_para_acta(usuario)]
        distritos = [(f"d-{d.codigo}", f"Ampliado del {d}") for d in permisos.distritos_para_acta(usuario)]
        self.fields["de"].choices = [*organizaciones, *distritos]


class CampoMonto(forms.DecimalField):
    """Bolivianos; entiende «120.000,50» y «120000.50»."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal("0.01"),
            max_value=MONTO_MAXIMO,
            decimal_places=2,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"invalid": "Escribe el monto en bolivianos: 120.000 o 120.000,50."},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("Bs", "").replace("\xa0", "").replace(" ", "")
            if "," in value:
                value = value.replace(".", "").replace(",", ".")
            elif value.count(".") > 1 or (value.count(".") == 1 and len(value.rsplit(".", 1)[1]) == 3):
                value = value.replace(".", "")
        return super().to_python(value)


class RenglonForm(Formulario):
    """Un proyecto: del catálogo, o escrito si no está."""

    propuesta = forms.ModelChoiceField(
        label="Propuesta del catálogo", queryset=None, required=False, empty_label="No está en la lista: la escribo"
    )
    descripcion = CampoTexto(label="Proyecto, si no está en la lista", required=False, max_length=200)
    monto = CampoMonto(label="Monto en Bs")
    a_favor = CampoCuantos(label="Votos a favor", required=False)
    en_contra = CampoCuantos(label="En contra", required=False)
    abstenciones = CampoCuantos(label="Abstenciones", required=False)

    def __init__(self, *args: Any, propuestas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.empty_permitted = True
        self.fields["propuesta"].queryset = propuestas
        self.fields["propuesta"].label_from_instance = lambda propuesta: f"{propuesta.codigo}: {propuesta.titulo}"

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        con_algo = any(datos.get(campo) is not None for campo in ("monto", "a_favor")) or datos.get("en_contra")
        if con_algo and not datos.get("propuesta") and not datos.get("descripcion"):
            self.add_error("descripcion", "Elige la propuesta o escribe qué proyecto es.")
        return datos

    def renglon(self) -> asamblea.Renglon | None:
        datos = self.cleaned_data
        propuesta = datos.get("propuesta")
        if propuesta is None and not datos.get("descripcion"):
            return None
        return asamblea.Renglon(
            descripcion="" if propuesta else datos["descripcion"],
            monto=datos.get("monto"),
            a_favor=datos.get("a_favor"),
            en_contra=datos.get("en_contra") or 0,
            abstenciones=datos.get("abstenciones") or 0,
            propuesta=propuesta.pk if propuesta else None,
        )


class ActaForm(ConClave, Formulario):
    """El acta entera en una página. Todo puede faltar menos lo que se contradice: un borrador se guarda a medias."""

    use_required_attribute = False
    tipo = forms.ChoiceField(label="Clase de asamblea")
    fecha = CampoFecha(label="Fecha de la asamblea", required=False)
    lugar = CampoTexto(label="Dónde fue", required=False, max_length=160)
    convocatoria = forms.TypedChoiceField(label="Convocatoria", choices=Acta.Convocatoria.choices, coerce=int)
    idioma = forms.ChoiceField(label="Idioma de la asamblea", choices=Acta.Idioma.choices)
    habilitados = CampoCuantos(
        label="Personas que podían participar", required=False, help_text="Las de la lista de la organización."
    )
    presentes = CampoCuantos(label="Personas presentes", required=False, help_text="El total. La lista no se publica.")
    mujeres = CampoCuantos(label="Mujeres", required=False)
    hombres = CampoCuantos(label="Hombres", required=False)
    forma = forms.ChoiceField(label="Cómo se decidió", choices=Acta.Forma.choices)
    acuerdo = CampoTexto(
        label="Otros acuerdos",
        varias_lineas=True,
        filas=3,
        required=False,
        max_length=2000,
        help_text="Será público: no pongas nombres, carnets ni teléfonos.",
    )
    firmantes = CampoTexto(
        label="Cargos de quienes firman",
        varias_lineas=True,
        filas=3,
        required=False,
        max_length=600,
        help_text="Uno por renglón, sin nombres: Presidencia, Secretaría de actas…",
    )
    escrita_en_aparato = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        usuario: Any,
        organizacion: Organizacion | None,
        distrito: Area | None,
        acta: Acta | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, proposito=PROPOSITO, usuario=usuario, **kwargs)
        de_distrito = organizacion is None
        self.fields["tipo"].choices = [
            opcion for opcion in Acta.Tipo.choices if (opcion[0] == Acta.Tipo.AMPLIADO) == de_distrito
        ]
        if acta is not None:
            del self.fields["tipo"]
        # Las que ya están en el acta siguen, aunque hayan avanzado.
        quedan = consultas.elegibles_para(acta, organizacion, distrito)
        self.renglones = [
            RenglonForm(
                *args,
                prefix=f"p{numero}",
                propuestas=quedan,
                initial=(kwargs.get("initial") or {}).get(f"p{numero}"),
            )
            for numero in range(1, asamblea.PROYECTOS_MAXIMO + 1)
        ]

    @property
    def a_la_vista(self) -> list[RenglonForm]:
        """Los primeros, y los que traen algo escrito o un error."""
        llenos = [lugar for lugar, renglon in enumerate(self.renglones) if _trae_algo(renglon)]
        return self.renglones[: max([RENGLONES_A_LA_VISTA, *(lugar + 1 for lugar in llenos)])]

    @property
    def de_mas(self) -> list[RenglonForm]:
        return self.renglones[len(self.a_la_vista) :]

    def clean_firmantes(self) -> list[str]:
        return [cargo for cargo in self.cleaned_data["firmantes"].split("\n") if cargo]

    def is_valid(self) -> bool:
        validos = [renglon.is_valid() for renglon in self.renglones]
        if not super().is_valid():
            return False
        if not all(validos):
            for renglon in self.renglones:
                for campo, errores in renglon.errors.items():
                    rotulo = renglon.fields[campo].label if campo in renglon.fields else ""
                    self.add_error(None, f"Proyecto {renglon.prefix[1:]}. {rotulo}: {' '.join(errores)}")
            return False
        return True

    def escrito(self) -> Escrito:
        datos = self.cleaned_data
        campos = (
            *("fecha", "lugar", "convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres"),
            *("forma", "acuerdo", "firmantes"),
        )
        renglones = [renglon for form in self.renglones if (renglon := form.renglon()) is not None]
        return Escrito({campo: datos[campo] for campo in campos}, renglones)


def _trae_algo(renglon: RenglonForm) -> bool:
    if renglon.is_bound:
        return any(renglon.data.get(renglon.add_prefix(campo)) for campo in renglon.fields)
    return bool(renglon.initial)


def inicial_de(acta: Acta) -> dict[str, Any]:
    """Lo que el formulario muestra de un acta ya escrita."""
    campos = (
        *("fecha", "lugar", "convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres", "forma"),
        "acuerdo",
    )
    inicial: dict[str, Any] = {campo: getattr(acta, campo) for campo in campos}
    inicial["firmantes"] = "\n".join(acta.firmantes)
    for renglon in consultas.renglones_de(acta):
        inicial[f"p{renglon.orden}"] = {
            "propuesta": renglon.propuesta_id,
            "descripcion": "" if renglon.propuesta_id else renglon.descripcion,
            "monto": renglon.monto,
            "a_favor": renglon.a_favor,
            "en_contra": renglon.en_contra,
            "abstenciones": renglon.abstenciones,
        }
    return inicial


class HojaForm(Formulario):
    escaneo = forms.FileField(
        label="Foto o escaneo del acta firmada",
        widget=forms.FileInput(attrs={"accept": ACEPTA}),
        help_text="PDF o foto, hasta 10 MB. No se publica: lleva nombres y firmas.",
        error_messages={"required": "Elige el archivo.", "empty": "Ese archivo está vacío. Elígelo otra vez."},
    )


class FirmadoForm(Formulario):
    pdf = forms.FileField(
        label="PDF con firma digital",
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text="El PDF de esta acta, firmado con tu certificado. La clave nunca se sube.",
        error_messages={"required": "Elige el archivo.", "empty": "Ese archivo está vacío. Elígelo otra vez."},
    )


class MotivoForm(Formulario):
    motivo = CampoTexto(
        label="Por qué", varias_lineas=True, filas=3, required=False, max_length=1000, help_text="Será público."
    )


class ObservarForm(Formulario):
    texto = CampoTexto(
        label="Qué observas y por qué",
        varias_lineas=True,
        filas=4,
        max_length=2000,
        help_text="Será público, sin tu nombre. No nombres a otras personas.",
        error_messages={"required": "Escribe qué observas y por qué."},
    )


class ResponderForm(Formulario):
    decision = forms.ChoiceField(
        label="Qué se decide",
        choices=[opcion for opcion in ObservacionDeActa.Estado.choices if opcion[0] != "abierta"],
        widget=forms.RadioSelect,
        error_messages={"required": "Elige si se acepta o se desestima."},
    )
    respuesta = CampoTexto(
        label="La razón",
        varias_lineas=True,
        filas=4,
        max_length=2000,
        help_text="Se muestra en la página del acta.",
        error_messages={"required": "Escribe la razón: se muestra en la página."},
    )


class ComprobarForm(Formulario):
    """Lo que dice el papel: la huella, o el texto entero del código."""

    codigo = CampoTexto(
        label="Código del papel",
        max_length=400,
        help_text="Las 64 letras y números que siguen a «SHA-256», con o sin espacios; o todo lo que dice el QR.",
    )


class ReglamentoForm(forms.ModelForm):
    class Meta:
        model = ReglamentoDeActas
        fields = list(DE_REGLAMENTO)

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or self.cleaned_data
        if (datos.get("quorum_segunda") or 0) > (datos.get("quorum_primera") or 0):
            raise ValidationError({"quorum_segunda": "No puede ser mayor que el de primera convocatoria."})
        return datos
