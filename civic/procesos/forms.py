"""Formularios de la trastienda de procesos."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from civic.procesos import reglas
from civic.procesos.models import Fase, Techo
from mapas.territorio.models import Area


class TechoForm(WagtailAdminModelForm):
    """Un techo: solo se elige entre distritos, y sin traer sus polígonos de la base."""

    class Meta:
        model = Techo
        fields = ["distrito", "monto", "explicacion"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["distrito"].queryset = Area.objects.distritos().de_este_municipio()


class FaseForm(WagtailAdminModelForm):
    """Una fase. La página escribe las horas sin segundos: lo que no se tocó conserva los suyos."""

    class Meta:
        model = Fase
        fields = ["tipo", "nombre", "explicacion", "inicio", "fin"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardadas = {campo: getattr(self.instance, campo) for campo in ("inicio", "fin")}

    def clean_inicio(self) -> datetime:
        return self._con_sus_segundos("inicio")

    def clean_fin(self) -> datetime:
        return self._con_sus_segundos("fin")

    def _con_sus_segundos(self, campo: str) -> datetime:
        escrita, guardada = self.cleaned_data[campo], self.guardadas[campo]
        return guardada if guardada and guardada.replace(second=0, microsecond=0) == escrita else escrita


class ProcesoForm(WagtailAdminModelForm):
    """Proceso con sus fases y techos; dice en palabras lo que no cuadra entre las fechas."""

    def clean(self) -> dict[str, Any]:
        datos = super().clean()
        for problema in reglas.problemas_de_fases(self._fases_escritas()):
            self.add_error(None, problema)
        return datos

    def _fases_escritas(self) -> list[Any]:
        """Las fases escritas que se entienden por sí solas; de las demás ya habla su propia fila."""
        filas = self.formsets["fases"]
        filas.is_valid()
        escritas = [form.cleaned_data for form in filas.forms if getattr(form, "cleaned_data", None)]
        return [
            SimpleNamespace(tipo=fila["tipo"], nombre=fila["nombre"], inicio=fila["inicio"], fin=fila["fin"])
            for fila in escritas
            if not fila.get("DELETE")
            and all(fila.get(campo) for campo in ("tipo", "nombre", "inicio", "fin"))
            and fila["fin"] > fila["inicio"]
        ]
