"""Disparadores de la base que dicen que no, en SQLite y en PostgreSQL. Los ponen las migraciones de cada sala.

Cada uno es nombre -> (tabla, acto, condición en cada base): si la condición se cumple, el acto falla con esa frase.
"""

from collections.abc import Mapping
from typing import Any

BASES = ("sqlite", "postgresql")
Disparadores = Mapping[str, tuple[str, str, Mapping[str, str]]]


def poner(conexion: Any, disparadores: Disparadores, frase: str) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    quitar(conexion, disparadores)
    with conexion.cursor() as cursor:
        for nombre, (tabla, acto, condiciones) in disparadores.items():
            condicion = condiciones[conexion.vendor]
            if conexion.vendor == "sqlite":
                cursor.execute(
                    f"CREATE TRIGGER {nombre} BEFORE {acto} ON {tabla} WHEN {condicion} "
                    f"BEGIN SELECT RAISE(ABORT, '{frase}'); END"
                )
                continue
            devuelve = "OLD" if acto == "DELETE" else "NEW"
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {nombre}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condicion} THEN RAISE EXCEPTION '{frase}' USING ERRCODE = 'restrict_violation'; END IF; "
                f"RETURN {devuelve}; END $$"
            )
            cursor.execute(f"CREATE TRIGGER {nombre} BEFORE {acto} ON {tabla} FOR EACH ROW EXECUTE FUNCTION {nombre}()")


def quitar(conexion: Any, disparadores: Disparadores) -> None:
    with conexion.cursor() as cursor:
        for nombre, (tabla, _, _) in disparadores.items():
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {nombre}{f' ON {tabla}' if conexion.vendor == 'postgresql' else ''}"
            )


def que_faltan(conexion: Any, disparadores: Disparadores) -> list[str]:
    """Nombres de los que la base ya no tiene o tiene apagados."""
    consulta = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[conexion.vendor]
    with conexion.cursor() as cursor:
        cursor.execute(consulta)
        estan = {nombre for (nombre,) in cursor.fetchall()}
    return [nombre for nombre in disparadores if nombre not in estan]
