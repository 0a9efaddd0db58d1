"""Formularios de la revisión de forma y de la evaluación."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from civic.comun.forms import CampoDocumentos, CampoTexto
from civic.cuentas.models import Usuario
from civic.procesos.models import Proceso
from propuestas.forms import AYUDA_DE_DOCUMENTOS, CampoBolivianos
from propuestas.models import Propuesta
from propuestas.reglas import (
    DESTINOS,
    FICHAS,
    MOTIVOS,
    MOTIVOS_DE_FORMA,
    RESPUESTAS,
    RESULTADOS,
    SECCIONES,
    TEXTOS,
    Estado,
    Pregunta,
    version_de,
)
from propuestas.reglas.adjuntos import DOCUMENTOS_MAXIMO
from propuestas.reglas.evaluacion import RAZONES_DE_EXCUSA

FILAS_NUEVAS = 5


class ConSello(forms.Form):
    """Mezcla: lleva el sello de lo que se leyó, para que nadie decida sobre algo que otra persona ya cambió."""

    leido = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, propuesta: Propuesta, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leido"].initial = propuesta.sello

    def renovar_sello(self, propuesta: Propuesta) -> None:
        """Al volver a mostrar lo escrito junto a lo que hay ahora, la próxima decisión es sobre eso."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data[self.add_prefix("leido")] = propuesta.sello


class RevisionForm(ConSello):
    decision = forms.ChoiceField(
        label="Decisión",
        widget=forms.RadioSelect,
        choices=[
            (Estado.PUBLICADA.value, "Publicarla"),
            (Estado.DEVUELTA.value, "Devolverla para que la corrijan"),
        ],
    )
    razon = forms.ChoiceField(
        label="Razón",
        required=False,
        widget=forms.RadioSelect,  # un desplegable con frases largas no cabe en un teléfono
        choices=[("", "Ninguna: está bien como está"), *MOTIVOS_DE_FORMA.items()],
        help_text="Obligatoria para devolverla o corregirla. Si conviene o no, lo dirán la evaluación y los votos.",
    )
    motivo = CampoTexto(
        label="Explicación para quien la presentó",
        required=False,
        max_length=1000,
        varias_lineas=True,
        filas=3,
        help_text="La leen solo quien la presentó y quien revisa la forma.",
    )
    titulo = CampoTexto(label="Título", max_length=120)
    descripcion = CampoTexto(
        label="Qué se pide y por qué",
        max_length=4000,
        varias_lineas=True,
        filas=8,
        help_text="Puedes quitar aquí lo que no debe publicarse. El original queda guardado y reservado.",
    )
    referencia = CampoTexto(label="Cómo llegar", max_length=160, required=False)
    documentos = CampoDocumentos(label="Documentos en PDF", maximo=DOCUMENTOS_MAXIMO, help_text=AYUDA_DE_DOCUMENTOS)

    def __init__(self, *args: Any, propuesta: Propuesta, **kwargs: Any) -> None:
        super().__init__(*args, propuesta=propuesta, **kwargs)
        for campo in TEXTOS:
            self.fields[campo].initial = getattr(propuesta, campo)

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.revisar_forma`."""
        datos = dict(self.cleaned_data)
        return {"textos": {campo: datos.pop(campo) for campo in TEXTOS}} | datos


class EvaluarForm(ConSello):
    """El dictamen con su lista de control: un campo por respuesta y otro por nota."""

    lista_leida = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    resultado = forms.ChoiceField(label="Resultado", widget=forms.RadioSelect)
    motivo = forms.ChoiceField(
        label="Razón",
        required=False,
        widget=forms.RadioSelect,  # un desplegable con frases largas no cabe en un teléfono
        choices=[("", "Ninguna"), *MOTIVOS.items()],
        help_text="Obligatoria si no se puede hacer.",
    )
    destino = forms.ChoiceField(
        label="A quién se deriva",
        required=False,
        widget=forms.RadioSelect,
        choices=[("", "A nadie"), *DESTINOS.items()],
        help_text="Obligatorio si se deriva.",
    )
    monto_tecnico = CampoBolivianos(label="Costo técnico en Bs", required=False, help_text="Obligatorio si es viable.")
    diferencia = CampoTexto(
        label="Por qué difiere del costo pedido",
        required=False,
        max_length=1000,
        varias_lineas=True,
        filas=3,
        help_text="Obligatorio si se aparta más del 10 %.",
    )
    texto = CampoTexto(
        label="Explicación", max_length=3000, varias_lineas=True, filas=8, help_text="La leerá toda la gente."
    )
    documentos = CampoDocumentos(label="Documentos en PDF", maximo=DOCUMENTOS_MAXIMO, help_text=AYUDA_DE_DOCUMENTOS)

    def __init__(
        self, *args: Any, propuesta: Propuesta, preguntas: Sequence[Pregunta], segunda: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, propuesta=propuesta, **kwargs)
        self.preguntas = preguntas
        self.fields["monto_tecnico"].initial = propuesta.monto_tecnico
        self.fields["lista_leida"].initial = version_de(preguntas)
        posibles = [clave for clave in RESULTADOS if not (segunda and clave == Estado.OBSERVADA)]
        self.fields["resultado"].choices = [(clave, FICHAS[clave].etiqueta) for clave in posibles]  # type: ignore[attr-defined]
        for numero, pregunta in enumerate(preguntas):
            self.fields[f"p{numero}"] = forms.ChoiceField(
                label=pregunta.texto,
                required=False,
                widget=forms.RadioSelect,
                choices=list(RESPUESTAS.items()),
                help_text=_como_es(pregunta),
            )
            self.fields[f"n{numero}"] = CampoTexto(label=f"Nota: {pregunta.texto}", required=False, max_length=300)

    def secciones(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """[(sección, [(campo de la respuesta, campo de la nota)])], en el orden de la lista."""
        por_seccion: dict[str, list[tuple[Any, Any]]] = {}
        for numero, pregunta in enumerate(self.preguntas):
            por_seccion.setdefault(pregunta.seccion, []).append((self[f"p{numero}"], self[f"n{numero}"]))
        return [(SECCIONES[clave], por_seccion[clave]) for clave in SECCIONES if clave in por_seccion]

    def generales(self) -> list[Any]:
        sueltos = ("resultado", "motivo", "destino", "monto_tecnico", "diferencia", "texto", "documentos")
        return [self[nombre] for nombre in sueltos]

    def argumentos(self) -> dict[str, Any]:
        """Para `acciones.dictaminar`."""
        datos = dict(self.cleaned_data)
        respuestas = {n: (datos.pop(f"p{n}"), datos.pop(f"n{n}")) for n in range(len(self.preguntas))}
        return datos | {"respuestas": respuestas}


def _como_es(pregunta: Pregunta) -> str:
    partes = ["Obligatoria." if pregunta.obligatoria else "", "" if pregunta.publica else "No se publica."]
    return " ".join(filter(None, partes))


class OpcionDePersona(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nombre_publico or obj.username} ({obj.username})"


class AsignarForm(forms.Form):
    evaluador = OpcionDePersona(label="Quién la evalúa", queryset=Usuario.objects.none(), empty_label="Elige…")

    def __init__(self, *args: Any, posibles: Iterable[Usuario], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claves = [persona.pk for persona in posibles]
        campo: Any = self.fields["evaluador"]
        campo.queryset = Usuario.objects.filter(pk__in=claves).order_by("nombre_publico")


class ExcusaForm(forms.Form):
    razon = forms.ChoiceField(label="Por qué", widget=forms.RadioSelect, choices=list(RAZONES_DE_EXCUSA.items()))
    detalle = CampoTexto(
        label="Detalle", required=False, max_length=300, help_text="Reservado: lo lee quien planifica y quien audita."
    )


class NotaForm(forms.Form):
    texto = CampoTexto(
        label="Nota",
        max_length=2000,
        varias_lineas=True,
        filas=5,
        help_text="La lee solo el equipo que evalúa. No se publica nunca.",
    )


class ArrastreForm(ConSello):
    destino = forms.ModelChoiceField(label="Proceso que la recibe", queryset=Proceso.objects.none())
    motivo = CampoTexto(
        label="Por qué", max_length=1000, varias_lineas=True, filas=4, help_text="Se lee en la historia pública."
    )

    def __init__(self, *args: Any, propuesta: Propuesta, **kwargs: Any) -> None:
        super().__init__(*args, propuesta=propuesta, **kwargs)
        posteriores = Proceso.objects.publicados().filter(
            gestion__gt=propuesta.proceso.gestion, estado=Proceso.Estado.EN_MARCHA
        )
        campo: Any = self.fields["destino"]
        campo.queryset = posteriores


class ListaForm(forms.Form):
    """La lista de control, una fila por pregunta; la fila sin texto se quita y las últimas sirven para agregar."""

    leida = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, preguntas: Sequence[Pregunta], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leida"].initial = version_de(preguntas)
        enviadas = sum(clave.startswith("texto") for clave in self.data) if self.is_bound else 0
        self.cuantas = min(max(len(preguntas) + FILAS_NUEVAS, enviadas), 100)
        for n in range(self.cuantas):
            pregunta = preguntas[n] if n < len(preguntas) else None
            self.fields[f"seccion{n}"] = forms.ChoiceField(
                label=f"Sección de la pregunta {n + 1}",
                choices=list(SECCIONES.items()),
                initial=pregunta.seccion if pregunta else "tecnica",
                required=False,
            )
            self.fields[f"texto{n}"] = CampoTexto(
                label=f"Pregunta {n + 1}", max_length=200, required=False, initial=pregunta.texto if pregunta else ""
            )
            self.fields[f"obligatoria{n}"] = forms.BooleanField(
                label=f"Pregunta {n + 1} obligatoria",
                required=False,
                initial=pregunta.obligatoria if pregunta else True,
            )
            self.fields[f"publica{n}"] = forms.BooleanField(
                label=f"La respuesta {n + 1} se publica", required=False, initial=pregunta.publica if pregunta else True
            )

    def filas(self) -> list[list[Any]]:
        return [
            [self[f"{campo}{n}"] for campo in ("seccion", "texto", "obligatoria", "publica")]
            for n in range(self.cuantas)
        ]

    def lista(self) -> list[Pregunta]:
        datos = self.cleaned_data
        return [
            Pregunta(
                datos[f"seccion{n}"] or "tecnica", datos[f"texto{n}"], datos[f"obligatoria{n}"], datos[f"publica{n}"]
            )
            for n in range(self.cuantas)
            if datos[f"texto{n}"]
        ]
