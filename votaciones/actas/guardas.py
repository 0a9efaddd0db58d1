"""Lo que la base misma impide: cambiar o borrar un acta aprobada, sus proyectos o sus hojas. Lo pone la migración.

En SQLite una migración que rehaga una de estas tablas pierde los disparadores y debe llamar otra vez a `poner_guardas`.
"""

from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import BASES

FRASE = "Un acta aprobada no se cambia ni se borra: solo otra acta la enmienda."
_CERRADAS = "('aprobada', 'enmendada')"
# Todo lo del acta menos su estado, que pasa una sola vez de aprobada a enmendada.
_FIJAS = (
    *("id", "numero", "proceso_id", "tipo", "organizacion_id", "distrito_id", "enmienda_de_id", "fecha", "lugar"),
    *("convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres", "forma", "acuerdo", "contenido"),
    *("huella", "firmada", "publicada", "observable_hasta", "aprobada", "creada_por_id", "calidad", "firmada_por_id"),
    *("validada_por_id", "aprobada_por_id", "escrita_en_aparato", "creada"),
)
_HIJAS = ("actas_renglon", "actas_hoja", "actas_pdffirmado")
# De un acta cerrada no salen ni cambian estas filas; de los renglones tampoco entran nuevas.
_SIN_ALTAS = ("actas_renglon", "actas_hoja")


def _cambia(igual: str) -> str:
    iguales = " AND ".join(f"NEW.{columna} {igual} OLD.{columna}" for columna in _FIJAS)
    return f"NOT (OLD.estado = 'aprobada' AND NEW.estado IN {_CERRADAS} AND {iguales})"


def _cerrada(fila: str) -> str:
    return f"EXISTS (SELECT 1 FROM actas_acta WHERE id = {fila}.acta_id AND estado IN {_CERRADAS})"  # noqa: S608


def _disparadores() -> dict[str, tuple[str, str, dict[str, str]]]:
    """nombre -> (tabla, acto, condición en cada base)."""
    todos = {
        "acta_aprobada_no_cambia": (
            "actas_acta",
            "UPDATE",
            {
                "sqlite": f"OLD.estado IN {_CERRADAS} AND {_cambia('IS')}",
                "postgresql": f"OLD.estado IN {_CERRADAS} AND {_cambia('IS NOT DISTINCT FROM')}",
            },
        ),
        "acta_aprobada_no_se_borra": ("actas_acta", "DELETE", dict.fromkeys(BASES, _de_acta("OLD"))),
        # REPLACE borra la fila anterior sin avisar a nadie (SQLite).
        "acta_aprobada_no_se_pisa": (
            "actas_acta",
            "INSERT",
            dict.fromkeys(
                BASES,
                "EXISTS (SELECT 1 FROM actas_acta WHERE (id = NEW.id OR numero = NEW.numero) "  # noqa: S608
                f"AND estado IN {_CERRADAS})",
            ),
        ),
    }
    for tabla in _HIJAS:
        corto = tabla.removeprefix("actas_")
        todos[f"{corto}_de_aprobada_no_cambia"] = (
            tabla,
            "UPDATE",
            dict.fromkeys(BASES, f"{_cerrada('OLD')} OR {_cerrada('NEW')}"),
        )
        todos[f"{corto}_de_aprobada_no_se_borra"] = (tabla, "DELETE", dict.fromkeys(BASES, _cerrada("OLD")))
        if tabla in _SIN_ALTAS:
            todos[f"{corto}_de_aprobada_no_entra"] = (tabla, "INSERT", dict.fromkeys(BASES, _cerrada("NEW")))
    return todos


def _de_acta(fila: str) -> str:
    return f"{fila}.estado IN {_CERRADAS}"


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    disparadores.poner(conexion, DISPARADORES, FRASE)


def quitar_guardas(conexion: Any) -> None:
    disparadores.quitar(conexion, DISPARADORES)


def guardas_que_faltan(conexion: Any) -> list[str]:
    return disparadores.que_faltan(conexion, DISPARADORES)
