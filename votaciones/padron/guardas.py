"""Lo que la base misma impide: cambiar un padrón definitivo, sus habilitaciones o sus reclamos. Lo pone la migración.

En SQLite una migración que rehaga una de estas tablas pierde los disparadores y debe llamar otra vez a `poner_guardas`.
"""

from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import BASES

FRASE = "El padrón de una votación abierta es definitivo: no se cambia ni se borra."
_PADRON = "padron_electoral_padronelectoral"
_HIJAS = {"habilitacion": "padron_electoral_habilitacion", "reclamo": "padron_electoral_reclamodepadron"}


def _definitivo(cual: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_PADRON} WHERE {cual} AND estado = 'definitivo')"  # noqa: S608 -- nombres fijos


def _disparadores() -> dict[str, tuple[str, str, dict[str, str]]]:
    """nombre -> (tabla, acto, condición en cada base)."""
    condiciones = {
        "padron_definitivo_no_cambia": (_PADRON, "UPDATE", "OLD.estado = 'definitivo'"),
        "padron_definitivo_no_se_borra": (_PADRON, "DELETE", "OLD.estado = 'definitivo'"),
        # REPLACE borra la fila anterior sin avisar a nadie (SQLite).
        "padron_definitivo_no_se_pisa": (
            _PADRON,
            "INSERT",
            _definitivo("(id = NEW.id OR votacion_id = NEW.votacion_id)"),
        ),
    }
    for corto, tabla in _HIJAS.items():
        de_antes, de_ahora = _definitivo("id = OLD.padron_id"), _definitivo("id = NEW.padron_id")
        condiciones[f"{corto}_de_definitivo_no_cambia"] = (tabla, "UPDATE", f"{de_antes} OR {de_ahora}")
        condiciones[f"{corto}_de_definitivo_no_se_borra"] = (tabla, "DELETE", de_antes)
        pisa = f"EXISTS (SELECT 1 FROM {tabla} vieja WHERE vieja.id = NEW.id)"  # noqa: S608 -- nombres fijos
        condiciones[f"{corto}_de_definitivo_no_entra"] = (tabla, "INSERT", f"{de_ahora} OR {pisa}")
    return {
        nombre: (tabla, acto, dict.fromkeys(BASES, condicion))
        for nombre, (tabla, acto, condicion) in condiciones.items()
    }


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    disparadores.poner(conexion, DISPARADORES, FRASE)


def quitar_guardas(conexion: Any) -> None:
    disparadores.quitar(conexion, DISPARADORES)


def guardas_que_faltan(conexion: Any) -> list[str]:
    return disparadores.que_faltan(conexion, DISPARADORES)
