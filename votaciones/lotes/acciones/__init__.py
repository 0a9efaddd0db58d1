from votaciones.lotes.acciones.carga import cargar_hoja, decidir_hoja
from votaciones.lotes.acciones.deposito import depositar_lote
from votaciones.lotes.acciones.mesa import abrir_lote, juntar_actas, juntar_hojas, marcar_entrega
from votaciones.lotes.acciones.vida import anular_lote, terminar_lotes

__all__ = [
    "abrir_lote",
    "anular_lote",
    "cargar_hoja",
    "decidir_hoja",
    "depositar_lote",
    "juntar_actas",
    "juntar_hojas",
    "marcar_entrega",
    "terminar_lotes",
]
