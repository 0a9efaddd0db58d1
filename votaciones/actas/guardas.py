"""Lo que la base misma impide: cambiar o borrar un acta aprobada, sus proyectos o sus hojas. Lo pone la migración.

En SQLite una migración que rehaga una de estas tablas pierde los disparadores y debe llamar otra vez a `poner_guardas`.
"""

from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import Disparador, cambia, en_las_dos, no_se_vacia

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


def _cerrada(fila: str) -> str:
    return f"EXISTS (SELECT 1 FROM actas_acta WHERE id = {fila}.acta_id AND estado IN {_CERRADAS})"  # noqa: S608


def _alguna(cual: str = "TRUE") -> str:
    return f"EXISTS (SELECT 1 FROM actas_acta WHERE {cual} AND estado IN {_CERRADAS})"  # noqa: S608 -- nombres fijos


def _guarda(tabla: str, acto: str, condicion: str) -> Disparador:
    return en_las_dos(tabla, acto, condicion, FRASE)


def _disparadores() -> dict[str, Disparador]:
    de_antes = f"OLD.estado IN {_CERRADAS}"
    # Lo único que le pasa a un acta aprobada: queda enmendada por otra.
    mal_movida = f"NOT (OLD.estado = 'aprobada' AND NEW.estado IN {_CERRADAS})"
    condiciones = {base: f"{de_antes} AND ({mal_movida} OR {otra})" for base, otra in cambia(_FIJAS).items()}
    todos = {
        "acta_aprobada_no_cambia": Disparador("actas_acta", "UPDATE", condiciones, FRASE),
        "acta_aprobada_no_se_borra": _guarda("actas_acta", "DELETE", de_antes),
        # REPLACE borra la fila anterior sin avisar a nadie (SQLite).
        "acta_aprobada_no_se_pisa": _guarda("actas_acta", "INSERT", _alguna("(id = NEW.id OR numero = NEW.numero)")),
        "acta_aprobada_no_se_vacia": no_se_vacia("actas_acta", FRASE, _alguna()),
    }
    for tabla in _HIJAS:
        corto = tabla.removeprefix("actas_")
        todos |= {
            f"{corto}_de_aprobada_no_cambia": _guarda(tabla, "UPDATE", f"{_cerrada('OLD')} OR {_cerrada('NEW')}"),
            f"{corto}_de_aprobada_no_se_borra": _guarda(tabla, "DELETE", _cerrada("OLD")),
            f"{corto}_de_aprobada_no_se_vacia": no_se_vacia(tabla, FRASE, _alguna()),
        }
        if tabla in _SIN_ALTAS:
            todos[f"{corto}_de_aprobada_no_entra"] = _guarda(tabla, "INSERT", _cerrada("NEW"))
    return todos


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    disparadores.poner(conexion, DISPARADORES)


def quitar_guardas(conexion: Any) -> None:
    disparadores.quitar(conexion, DISPARADORES)


def guardas_que_faltan(conexion: Any) -> list[str]:
    return disparadores.que_faltan(conexion, DISPARADORES)
