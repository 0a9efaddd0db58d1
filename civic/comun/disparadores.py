"""Disparadores de la base que dicen que no, en SQLite y en PostgreSQL. Los ponen las migraciones de cada sala.

Cada sala arma su diccionario nombre -> Disparador con las piezas de aquí y se lo da a `poner`. Las migraciones ya
escritas llaman a las salas: lo que pongan es siempre lo de hoy, así que un disparador nuevo solo nombra columnas que ya
había entonces, o va en su propia migración.
"""

# ruff: noqa: S608 -- los nombres y condiciones que entran en las órdenes los escribe el programa
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BASES = ("sqlite", "postgresql")
_VIVOS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    # ALWAYS: tampoco una sesión que se declare réplica (session_replication_role) se lo salta.
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
}


@dataclass(frozen=True)
class Disparador:
    """Si se cumple la condición de esa base, el acto sobre la tabla falla con esa frase.

    `acto` es INSERT, UPDATE, DELETE o TRUNCATE (una vez por orden: su condición no nombra NEW ni OLD). En la base que
    no está en `condiciones` no se pone.
    """

    tabla: str
    acto: str
    condiciones: Mapping[str, str]
    frase: str


Disparadores = Mapping[str, Disparador]


# --- Piezas ----------------------------------------------------------------------------------------------------------
def en_las_dos(tabla: str, acto: str, condicion: str, frase: str) -> Disparador:
    return Disparador(tabla, acto, dict.fromkeys(BASES, condicion), frase)


def no_se_vacia(tabla: str, frase: str, condicion: str = "TRUE") -> Disparador:
    """TRUNCATE borra sin pasar fila por fila. En SQLite no existe: allí vaciar es un DELETE."""
    return Disparador(tabla, "TRUNCATE", {"postgresql": condicion}, frase)


def no_se_pisa(tabla: str, fila: str, frase: str) -> Disparador:
    """INSERT OR REPLACE borra en SQLite la fila que estaba sin pasar por DELETE; `fila` dice cuál sería."""
    return Disparador(tabla, "INSERT", {"sqlite": f"EXISTS (SELECT 1 FROM {tabla} WHERE {fila})"}, frase)


def cambia(columnas: Iterable[str]) -> dict[str, str]:
    """La condición, en cada base, de que un UPDATE deje distinta alguna de esas columnas."""
    distinto = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}
    return {base: " OR ".join(f"NEW.{c} {signo} OLD.{c}" for c in columnas) for base, signo in distinto.items()}


def solo_se_agrega(tabla: str, unicas: str, frase: str) -> dict[str, Disparador]:
    """Los de una tabla donde nada se cambia, se borra ni se vacía. `unicas`: qué fila estaría pisando NEW."""
    return {
        f"{tabla}_no_cambia": en_las_dos(tabla, "UPDATE", "TRUE", frase),
        f"{tabla}_no_se_borra": en_las_dos(tabla, "DELETE", "TRUE", frase),
        f"{tabla}_no_se_pisa": no_se_pisa(tabla, unicas, frase),
        f"{tabla}_no_se_vacia": no_se_vacia(tabla, frase),
    }


# --- Poner y quitar --------------------------------------------------------------------------------------------------
def poner(conexion: Any, disparadores: Disparadores) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    quitar(conexion, disparadores)
    with conexion.cursor() as cursor:
        for nombre, suyo in disparadores.items():
            if conexion.vendor in suyo.condiciones:
                for orden in _ordenes(conexion.vendor, nombre, suyo):
                    cursor.execute(orden)


def _ordenes(base: str, nombre: str, suyo: Disparador) -> list[str]:
    condicion = suyo.condiciones[base]
    if base == "sqlite":
        return [
            f"CREATE TRIGGER {nombre} BEFORE {suyo.acto} ON {suyo.tabla} WHEN {condicion} "
            f"BEGIN SELECT RAISE(ABORT, '{suyo.frase}'); END"
        ]
    devuelve = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(suyo.acto, "NEW")
    cada = "STATEMENT" if suyo.acto == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {nombre}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condicion} THEN RAISE EXCEPTION '{suyo.frase}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {devuelve}; END $$",
        f"CREATE TRIGGER {nombre} BEFORE {suyo.acto} ON {suyo.tabla} FOR EACH {cada} EXECUTE FUNCTION {nombre}()",
        f"ALTER TABLE {suyo.tabla} ENABLE ALWAYS TRIGGER {nombre}",
    ]


def quitar(conexion: Any, disparadores: Disparadores) -> None:
    _soltar(conexion, ((nombre, suyo.tabla) for nombre, suyo in disparadores.items()))


def quitar_de(conexion: Any, tablas: Iterable[str]) -> None:
    """Quita todos los de esas tablas, también los que pusieron versiones anteriores con otro nombre.

    Para una migración que rehace una tabla: en SQLite los suyos se pierden, y los de otra que la nombran la estorban.
    """
    de_tablas = set(tablas)
    # También los apagados.
    consulta = _VIVOS[conexion.vendor].replace(" AND tgenabled = 'A'", "")
    with conexion.cursor() as cursor:
        cursor.execute(consulta)
        suyos = [(nombre, tabla) for nombre, tabla in cursor.fetchall() if tabla in de_tablas]
    _soltar(conexion, suyos)


def _soltar(conexion: Any, nombres: Iterable[tuple[str, str]]) -> None:
    with conexion.cursor() as cursor:
        for nombre, tabla in nombres:
            en = f" ON {tabla}" if conexion.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {nombre}{en}")


def que_faltan(conexion: Any, disparadores: Disparadores) -> list[str]:
    """Nombres de los que la base ya no tiene o tiene apagados."""
    with conexion.cursor() as cursor:
        cursor.execute(_VIVOS[conexion.vendor])
        estan = {nombre for nombre, _tabla in cursor.fetchall()}
    return [n for n, suyo in disparadores.items() if conexion.vendor in suyo.condiciones and n not in estan]
