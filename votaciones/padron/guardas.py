"""Lo que la base misma impide: cambiar un padrón definitivo, sus habilitaciones o sus reclamos. Lo pone la migración.

En SQLite una migración que rehaga una de estas tablas pierde los disparadores y debe llamar otra vez a `poner_guardas`.
"""

from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import Disparador, en_las_dos, no_se_vacia

FRASE = "El padrón de una votación abierta es definitivo: no se cambia ni se borra."
_PADRON = "padron_electoral_padronelectoral"
_HIJAS = {"habilitacion": "padron_electoral_habilitacion", "reclamo": "padron_electoral_reclamodepadron"}


def _definitivo(cual: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_PADRON} WHERE {cual} AND estado = 'definitivo')"  # noqa: S608 -- nombres fijos


def _disparadores() -> dict[str, Disparador]:
    todos = {
        "padron_definitivo_no_cambia": _guarda(_PADRON, "UPDATE", "OLD.estado = 'definitivo'"),
        "padron_definitivo_no_se_borra": _guarda(_PADRON, "DELETE", "OLD.estado = 'definitivo'"),
        # REPLACE borra la fila anterior sin avisar a nadie (SQLite).
        "padron_definitivo_no_se_pisa": _guarda(
            _PADRON, "INSERT", _definitivo("(id = NEW.id OR votacion_id = NEW.votacion_id)")
        ),
    }
    for corto, tabla in _HIJAS.items():
        de_antes, de_ahora = _definitivo("id = OLD.padron_id"), _definitivo("id = NEW.padron_id")
        pisa = f"EXISTS (SELECT 1 FROM {tabla} vieja WHERE vieja.id = NEW.id)"  # noqa: S608 -- nombres fijos
        todos |= {
            f"{corto}_de_definitivo_no_cambia": _guarda(tabla, "UPDATE", f"{de_antes} OR {de_ahora}"),
            f"{corto}_de_definitivo_no_se_borra": _guarda(tabla, "DELETE", de_antes),
            f"{corto}_de_definitivo_no_entra": _guarda(tabla, "INSERT", f"{de_ahora} OR {pisa}"),
        }
    for corto, tabla in {"padron": _PADRON, **_HIJAS}.items():
        todos[f"{corto}_definitivo_no_se_vacia"] = no_se_vacia(tabla, FRASE, _definitivo("TRUE"))
    return todos


def _guarda(tabla: str, acto: str, condicion: str) -> Disparador:
    return en_las_dos(tabla, acto, condicion, FRASE)


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    disparadores.poner(conexion, DISPARADORES)


def quitar_guardas(conexion: Any) -> None:
    disparadores.quitar(conexion, DISPARADORES)


def guardas_que_faltan(conexion: Any) -> list[str]:
    return disparadores.que_faltan(conexion, DISPARADORES)
