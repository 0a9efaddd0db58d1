"""Formularios de la trastienda de procesos."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from civic.comun.forms import CampoTexto
from civic.procesos import reglas
from civic.procesos.acciones import LARGO_DEL_MOTIVO
from civic.procesos.models import Fase, FuenteDeFinanciamiento, Reparto, Sector, Techo, texto_que_se_guarda
from civic.procesos.reglas import formula as formulas
from mapas.territorio.consultas import distritos
from mapas.territorio.models import Area

MONTO_MAXIMO = Decimal("999999999999.99")


class CampoEscrito(CampoTexto):
    """Texto que se publica: antes de limpiarlo, dice si trae caracteres rotos en vez de quitarlos callando."""

    def to_python(self, value: Any) -> str:
        texto_que_se_guarda(str(value or ""))
        return super().to_python(value)


class CampoMotivo(CampoEscrito):
    """La razón pública de un cambio."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **({"label": "Por qué", "max_length": LARGO_DEL_MOTIVO, "varias_lineas": True, "filas": 3} | kwargs)
        )


def cifras_llanas(valor: Any) -> Any:
    """Solo cifras 0-9: Python también lee las de otras escrituras, y quien revisa el monto no siempre."""
    if isinstance(valor, str) and any(letra.isdigit() and not letra.isascii() for letra in valor):
        raise ValidationError("Escribe el número con las cifras 0 a 9.", code="cifras")
    return valor


class CampoMonto(forms.DecimalField):
    """Monto en Bs con punto decimal y cifras 0-9, sin separador de miles."""

    default_error_messages = {"invalid": "Escribe el monto en números, por ejemplo 120000.50."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_digits": 14, "decimal_places": 2, "max_value": MONTO_MAXIMO} | kwargs))

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(cifras_llanas(value))


class CampoEntero(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        return super().to_python(cifras_llanas(value))


class TechoForm(WagtailAdminModelForm):
    """Un techo: solo se elige entre distritos vigentes (o el que ya tenía), y sin traer sus polígonos de la base."""

    monto = CampoMonto(label="Monto en Bs", min_value=Decimal("0.01"))

    class Meta:
        model = Techo
        fields = ["distrito", "sector", "fuente", "monto", "explicacion"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suyo = Area.objects.distritos().filter(pk=self.instance.distrito_id)
        self.fields["distrito"].queryset = (distritos() | suyo).order_by("orden", "nombre")


class FaseForm(WagtailAdminModelForm):
    """Una fase. La página escribe las horas sin segundos: lo que no se tocó conserva los suyos.

    Sin marcar «a medida», permite lo de su tipo; con ella, exactamente los actos marcados, aunque sean ninguno.
    """

    a_medida = forms.BooleanField(
        label="Elegir qué permite",
        required=False,
        help_text="Si no se marca, permite lo de su tipo. Si se marca, vale la lista de abajo, aunque quede vacía.",
    )
    actos = forms.MultipleChoiceField(
        label="Qué permite",
        required=False,
        choices=list(reglas.EN_PALABRAS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Fase
        fields = ["tipo", "nombre", "explicacion", "inicio", "fin", "actos"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardadas = {campo: getattr(self.instance, campo) for campo in ("inicio", "fin")}
        if self.instance.tipo:
            self.initial["a_medida"] = self.instance.actos is not None
            self.initial["actos"] = [acto for acto in reglas.EN_PALABRAS if acto in reglas.actos_de(self.instance)]

    def clean_inicio(self) -> datetime:
        return self._con_sus_segundos("inicio")

    def clean_fin(self) -> datetime:
        return self._con_sus_segundos("fin")

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        # En el orden de siempre, para que la misma elección se guarde igual.
        elegidos = datos.get("actos") or []
        datos["actos"] = [acto for acto in reglas.EN_PALABRAS if acto in elegidos] if datos.get("a_medida") else None
        return datos

    def _con_sus_segundos(self, campo: str) -> datetime:
        escrita, guardada = self.cleaned_data[campo], self.guardadas[campo]
        return guardada if guardada and guardada.replace(second=0, microsecond=0) == escrita else escrita


class ProcesoForm(WagtailAdminModelForm):
    """Proceso con sus fases y techos; dice en palabras lo que no cuadra entre las fechas."""

    gestion = CampoEntero(label="Gestión", min_value=2000, max_value=2099)
    motivo = CampoMotivo(
        required=False,
        help_text="Si el proceso ya está publicado y el cambio vale en menos de 72 horas, o si un techo se aparta de "
        "su fórmula, escribe aquí la razón. La leerá todo el mundo en la página del proceso.",
    )

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        for problema in reglas.problemas_de_fases(self._fases_escritas(), datos.get("tipo", "")):
            self.add_error(None, problema)
        for problema in self._techos_repetidos():
            self.add_error(None, problema)
        return datos

    def _escritas(self, relacion: str) -> list[dict[str, Any]]:
        """Las filas que se entienden por sí solas; de las demás ya habla su propia fila."""
        filas = self.formsets[relacion]
        filas.is_valid()
        escritas = [form.cleaned_data for form in filas.forms if getattr(form, "cleaned_data", None)]
        return [fila for fila in escritas if not fila.get("DELETE")]

    def _fases_escritas(self) -> list[Any]:
        return [
            SimpleNamespace(**{campo: fila.get(campo) for campo in ("tipo", "nombre", "inicio", "fin", "actos")})
            for fila in self._escritas("fases")
            if all(fila.get(campo) for campo in ("tipo", "nombre", "inicio", "fin")) and fila["fin"] > fila["inicio"]
        ]

    def _techos_repetidos(self) -> list[str]:
        """La base también lo impide, pero su error no dice qué fila es."""
        vistos: set[tuple[Any, ...]] = set()
        problemas = []
        for fila in self._escritas("techos"):
            clave = (fila.get("distrito"), fila.get("sector") or "", fila.get("fuente"))
            if clave[0] is not None and clave in vistos:
                problemas.append(
                    f"{clave[0]} está dos veces con el mismo sector y la misma fuente: deja una sola fila."
                )
            vistos.add(clave)
        return problemas


class RepartoForm(forms.Form):
    """La fórmula de los techos y sus datos. Un índice por distrito, con el nombre del distrito."""

    formula = forms.ChoiceField(label="Fórmula", choices=Reparto.Formula.choices, widget=forms.RadioSelect)
    total = CampoMonto(label="Total a repartir, en Bs", min_value=Decimal("0.01"))
    redondeo = CampoMonto(
        label="Redondeo, en Bs",
        min_value=Decimal("0.01"),
        initial=Decimal(1),
        help_text="Cada techo será múltiplo de este monto: 1, 0.01, 1000…",
    )
    minimo = CampoMonto(
        label="Mínimo por distrito, en Bs",
        min_value=Decimal(0),
        initial=Decimal(0),
        help_text="Cada distrito lo recibe primero; la fórmula reparte lo que queda. Cero: sin mínimo.",
    )
    peso_igual = CampoEntero(label="Parte igual, %", min_value=0, max_value=100, required=False, initial=0)
    peso_poblacion = CampoEntero(label="Por población, %", min_value=0, max_value=100, required=False, initial=0)
    peso_necesidad = CampoEntero(label="Por necesidad, %", min_value=0, max_value=100, required=False, initial=0)
    sector = forms.ChoiceField(
        label="Sector", choices=[("", "Todo el distrito"), *Sector.choices], required=False, initial=""
    )
    fuente = forms.ModelChoiceField(
        label="Fuente de financiamiento",
        queryset=FuenteDeFinanciamiento.objects.filter(activa=True),
        required=False,
        empty_label="Todas juntas",
    )
    fuente_del_indice = CampoEscrito(
        label="De dónde sale el índice",
        max_length=200,
        required=False,
        help_text="Por ejemplo: necesidades básicas insatisfechas, Censo 2024. Se publica.",
    )
    motivo = CampoMotivo(required=False, help_text="Obligatorio si el proceso ya publicó otros techos. Se publica.")
    huella = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.distritos = list(distritos().order_by("orden", "codigo"))
        for area in self.distritos:
            self.fields[f"indice_{area.pk}"] = CampoMonto(
                label=f"Índice de {area}", required=False, min_value=Decimal(0), max_digits=12, decimal_places=4
            )

    def indices_por_distrito(self) -> list[tuple[Area, forms.BoundField]]:
        return [(area, self[f"indice_{area.pk}"]) for area in self.distritos]

    def sin_indices(self) -> list[forms.BoundField]:
        return [campo for campo in self.visible_fields() if not campo.name.startswith("indice_")]

    def datos(self) -> dict[str, Any]:
        """Lo que recibe `acciones.calcular_techos`."""
        limpio = self.cleaned_data
        mixta = (limpio["peso_igual"] or 0, limpio["peso_poblacion"] or 0, limpio["peso_necesidad"] or 0)
        return {
            "formula": formulas.Formula(
                limpio["formula"],
                limpio["total"],
                limpio["redondeo"],
                limpio["minimo"],
                formulas.pesos_de(limpio["formula"], mixta),
            ),
            "indices": {area.pk: limpio[f"indice_{area.pk}"] for area in self.distritos},
            **{campo: limpio[campo] for campo in ("fuente_del_indice", "sector", "fuente", "motivo")},
        }


class AprobarForm(forms.Form):
    norma = CampoEscrito(
        label="Norma que los aprueba",
        max_length=120,
        help_text="Como se cita: Ley municipal N.º 245/2026.",
    )


class MoverForm(forms.Form):
    motivo = CampoMotivo(label="Por qué", help_text="La leerá todo el mundo en la página del proceso.")
