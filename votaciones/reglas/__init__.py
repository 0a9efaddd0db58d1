"""Reglas de las votaciones: conteo exacto, desempate, libro de reglas, recibos y estados. Nada aquí conoce Django."""

from collections.abc import Callable

from votaciones.reglas import partes_iguales, phragmen, voraz
from votaciones.reglas.comun import Conteo, OpcionContada, agrupar, orden_de_desempate

# codigo de la regla -> cómo se cuenta; todas reciben (costos, papeletas, presupuesto=, desempate=, condiciones=)
REGLAS: dict[str, Callable[..., Conteo]] = {
    "voraz": voraz.contar,
    "partes_iguales": partes_iguales.contar,
    "partes_iguales_incrementos": partes_iguales.contar_con_incrementos,
    "phragmen": phragmen.contar,
}

__all__ = ["REGLAS", "Conteo", "OpcionContada", "agrupar", "orden_de_desempate"]
