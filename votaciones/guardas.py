"""Lo que la base misma impide: cambiar lo que dice el libro de reglas desde que se abre. Lo pone la migración.

En SQLite una migración que rehaga una de estas tablas llama antes a `quitar_guardas` y después a `poner_guardas`: los
disparadores de una tabla se pierden con ella, y los que la nombran desde otra no la dejan rehacer.
"""

# ruff: noqa: S608 -- los nombres que entran en las órdenes son los de aquí
from typing import Any

from civic.comun import disparadores
from civic.comun.disparadores import Disparador, cambia, en_las_dos, no_se_vacia

FRASE = "El libro de reglas de una votación abierta no se cambia: está congelado con su huella."
_VOTACION, _CONTIENDA, _OPCION = "votaciones_votacion", "votaciones_contienda", "votaciones_opcion"
# Las columnas que dice el libro, o de las que sale lo que dice. El estado, aparte: solo no vuelve a «preparada».
DE_LA_VOTACION = (
    *("id", "proceso_id", "slug", "libro", "huella", "abre", "cierra", "regla", "minimo", "se_cambia"),
    "por_sector",
    *("tipo_de_papeleta", "maximo_de_obras", "minimo_de_obras", "puntos", "tope_por_obra", "puntos_por_lugar"),
    "nota_maxima",
)
DE_LA_CONTIENDA = ("id", "votacion_id", "area_id", "sector", "numero", "presupuesto", "habilitados", "condiciones")


def _congelada(cual: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_VOTACION} WHERE {cual} AND estado <> 'preparada')"


def _de_congelada(contienda: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_CONTIENDA} c JOIN {_VOTACION} v ON v.id = c.votacion_id "
        f"WHERE c.id = {contienda} AND v.estado <> 'preparada')"
    )


def _pisa_otra(tabla: str, unicas: str, congelada: str) -> str:
    """Si NEW ocupa el lugar de otra fila congelada: con REPLACE, SQLite la borraría sin avisar a nadie."""
    return f"EXISTS (SELECT 1 FROM {tabla} otra WHERE ({unicas}) AND {congelada})"


def _disparadores() -> dict[str, Disparador]:
    votacion_ya = "OLD.estado <> 'preparada'"
    pisa_votacion = _pisa_otra(_VOTACION, "otra.id = NEW.id OR otra.slug = NEW.slug", "otra.estado <> 'preparada'")
    pisa_contienda = _pisa_otra(_CONTIENDA, "otra.id = NEW.id", _congelada("id = otra.votacion_id"))
    pisa_opcion = _pisa_otra(_OPCION, "otra.id = NEW.id", _de_congelada("otra.contienda_id"))
    contienda_ya, a_congelada = _congelada("id = OLD.votacion_id"), _congelada("id = NEW.votacion_id")
    opcion_ya, entra_a_congelada = _de_congelada("OLD.contienda_id"), _de_congelada("NEW.contienda_id")
    de_votacion = {
        base: f"({votacion_ya} AND (NEW.estado = 'preparada' OR {cambio})) "
        f"OR ((NEW.id <> OLD.id OR NEW.slug <> OLD.slug) AND {pisa_votacion})"
        for base, cambio in cambia(DE_LA_VOTACION).items()
    }
    de_contienda = {
        base: f"({cambio}) AND ({contienda_ya} OR {a_congelada} OR {pisa_contienda})"
        for base, cambio in cambia(DE_LA_CONTIENDA).items()
    }
    todos = {
        "votacion_abierta_no_cambia": Disparador(_VOTACION, "UPDATE", de_votacion, FRASE),
        "votacion_abierta_no_se_borra": en_las_dos(_VOTACION, "DELETE", votacion_ya, FRASE),
        "votacion_abierta_no_se_pisa": en_las_dos(_VOTACION, "INSERT", pisa_votacion, FRASE),
        "contienda_de_abierta_no_cambia": Disparador(_CONTIENDA, "UPDATE", de_contienda, FRASE),
        "contienda_de_abierta_no_se_borra": en_las_dos(_CONTIENDA, "DELETE", contienda_ya, FRASE),
        "contienda_de_abierta_no_entra": en_las_dos(_CONTIENDA, "INSERT", f"{a_congelada} OR {pisa_contienda}", FRASE),
        "opcion_de_abierta_no_cambia": en_las_dos(
            _OPCION, "UPDATE", f"{opcion_ya} OR {entra_a_congelada} OR {pisa_opcion}", FRASE
        ),
        "opcion_de_abierta_no_se_borra": en_las_dos(_OPCION, "DELETE", opcion_ya, FRASE),
        "opcion_de_abierta_no_entra": en_las_dos(_OPCION, "INSERT", f"{entra_a_congelada} OR {pisa_opcion}", FRASE),
    }
    for corto, tabla in {"votacion": _VOTACION, "contienda": _CONTIENDA, "opcion": _OPCION}.items():
        todos[f"{corto}_de_abierta_no_se_vacia"] = no_se_vacia(tabla, FRASE, _congelada("TRUE"))
    return todos


DISPARADORES = _disparadores()


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    disparadores.poner(conexion, DISPARADORES)


def quitar_guardas(conexion: Any) -> None:
    disparadores.quitar(conexion, DISPARADORES)


def guardas_que_faltan(conexion: Any) -> list[str]:
    return disparadores.que_faltan(conexion, DISPARADORES)
