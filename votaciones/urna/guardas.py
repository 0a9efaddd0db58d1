"""Lo que la base de la urna impide: cambiar, borrar, vaciar, agregar fuera de orden y votar cerrada o suspendida.

Lo pone la migración. Una que rehaga una de estas tablas en SQLite llama antes a `quitar_guardas` y después a
`poner_guardas`: los disparadores de una tabla se pierden con ella, y los que la nombran desde otra no la dejan rehacer.
"""

from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import Disparador, en_las_dos, solo_se_agrega
from votaciones.reglas.tablero import ORIGEN

SOLO_SE_AGREGA = "La urna solo se agrega: no se cambia, no se borra y no se vacía."
NO_SIGUE = "Ese asiento no sigue al último del tablero."
YA_CERRO = "La urna está cerrada: no entra nada más."
ESTA_SUSPENDIDA = "La votación está suspendida: la urna no recibe nada hasta que se reanude."
# tabla -> qué fila estaría pisando la nueva
TABLAS = {
    "urna_sobre": "id = NEW.id OR (contienda = NEW.contienda AND serie = NEW.serie AND vuelta = NEW.vuelta) "
    "OR (contienda = NEW.contienda AND recibo = NEW.recibo AND vuelta = NEW.vuelta)",
    "urna_asiento": "id = NEW.id OR (contienda = NEW.contienda AND numero = NEW.numero)",
    "urna_asentado": "sobre_id = NEW.sobre_id",
}
_DE_LA_CONTIENDA = "FROM urna_asiento WHERE contienda = NEW.contienda"
_CERRADA = f"EXISTS (SELECT 1 {_DE_LA_CONTIENDA} AND tipo = 'cierre')"
_SUSPENDIDA = (
    f"(SELECT tipo {_DE_LA_CONTIENDA} AND tipo IN ('suspension', 'reanudacion') ORDER BY numero DESC LIMIT 1) "
    "= 'suspension'"
)
_NO_ES_EL_QUE_SIGUE = (
    f"NEW.numero <> (SELECT COALESCE(MAX(numero), 0) + 1 {_DE_LA_CONTIENDA}) OR "
    f"NEW.anterior <> COALESCE((SELECT huella {_DE_LA_CONTIENDA} ORDER BY numero DESC LIMIT 1), '{ORIGEN}')"
)


def _disparadores() -> dict[str, Disparador]:
    todos = {
        "urna_sobre_cerrada": en_las_dos("urna_sobre", "INSERT", _CERRADA, YA_CERRO),
        "urna_sobre_suspendida": en_las_dos("urna_sobre", "INSERT", _SUSPENDIDA, ESTA_SUSPENDIDA),
        "urna_asiento_sigue": en_las_dos("urna_asiento", "INSERT", _NO_ES_EL_QUE_SIGUE, NO_SIGUE),
    }
    for tabla, unicas in TABLAS.items():
        todos |= solo_se_agrega(tabla, unicas, SOLO_SE_AGREGA)
    return todos


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    disparadores.poner(conexion, DISPARADORES)


def quitar_guardas(conexion: Any) -> None:
    """Quita todo lo que haya en sus tablas, también lo que pusieron versiones anteriores."""
    disparadores.quitar_de(conexion, TABLAS)


def guardas_que_faltan(conexion: Any) -> list[str]:
    """Nombres de los disparadores que la base ya no tiene o tiene apagados."""
    return disparadores.que_faltan(conexion, DISPARADORES)
