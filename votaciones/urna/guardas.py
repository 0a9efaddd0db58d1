"""Lo que la base de la urna impide: cambiar, borrar o vaciar; agregar fuera de orden; y votar después del cierre.

Lo pone la migración. Una migración que rehaga una de estas tablas en SQLite pierde los disparadores y debe llamar otra
vez a `poner_guardas`.
"""

# ruff: noqa: S608 -- los nombres que entran en las órdenes son los de aquí
from typing import Any

from votaciones.reglas.tablero import ORIGEN

TABLAS = ("urna_sobre", "urna_asiento", "urna_asentado")
SOLO_SE_AGREGA = "La urna solo se agrega: no se cambia, no se borra y no se vacía."
NO_SIGUE = "Ese asiento no sigue al último del tablero."
YA_CERRO = "La urna está cerrada: no entra nada más."
_CERRADA = "EXISTS (SELECT 1 FROM urna_asiento WHERE contienda = NEW.contienda AND tipo = 'cierre')"
# REPLACE borra la fila anterior sin avisar a nadie (SQLite).
_PISA = {
    "urna_sobre": "id = NEW.id OR (contienda = NEW.contienda AND serie = NEW.serie AND vuelta = NEW.vuelta) "
    "OR (contienda = NEW.contienda AND recibo = NEW.recibo AND vuelta = NEW.vuelta)",
    "urna_asiento": "id = NEW.id OR (contienda = NEW.contienda AND numero = NEW.numero)",
    "urna_asentado": "sobre_id = NEW.sobre_id",
}


def _de_sqlite() -> list[str]:
    ordenes = []
    for tabla in TABLAS:
        for acto in ("UPDATE", "DELETE"):
            ordenes.append(
                f"CREATE TRIGGER {tabla}_{acto.lower()} BEFORE {acto} ON {tabla} "
                f"BEGIN SELECT RAISE(ABORT, '{SOLO_SE_AGREGA}'); END"
            )
        ordenes.append(
            f"CREATE TRIGGER {tabla}_pisa BEFORE INSERT ON {tabla} "
            f"WHEN EXISTS (SELECT 1 FROM {tabla} WHERE {_PISA[tabla]}) "
            f"BEGIN SELECT RAISE(ABORT, '{SOLO_SE_AGREGA}'); END"
        )
    ordenes.append(
        f"CREATE TRIGGER urna_sobre_cerrada BEFORE INSERT ON urna_sobre WHEN {_CERRADA} "
        f"BEGIN SELECT RAISE(ABORT, '{YA_CERRO}'); END"
    )
    ordenes.append(
        "CREATE TRIGGER urna_asiento_sigue BEFORE INSERT ON urna_asiento "
        "WHEN NEW.numero <> (SELECT COALESCE(MAX(numero), 0) + 1 FROM urna_asiento WHERE contienda = NEW.contienda) "
        "OR NEW.anterior <> COALESCE((SELECT huella FROM urna_asiento WHERE contienda = NEW.contienda "
        f"ORDER BY numero DESC LIMIT 1), '{ORIGEN}') BEGIN SELECT RAISE(ABORT, '{NO_SIGUE}'); END"
    )
    return ordenes


def _de_postgresql() -> list[str]:
    ordenes = [
        "CREATE OR REPLACE FUNCTION urna_solo_se_agrega() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{SOLO_SE_AGREGA}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE OR REPLACE FUNCTION urna_sobre_cerrada() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_CERRADA} THEN RAISE EXCEPTION '{YA_CERRO}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION urna_asiento_sigue() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE ultimo RECORD; BEGIN SELECT numero, huella INTO ultimo FROM urna_asiento "
        "WHERE contienda = NEW.contienda ORDER BY numero DESC LIMIT 1; "
        f"IF NEW.numero <> COALESCE(ultimo.numero, 0) + 1 OR NEW.anterior <> COALESCE(ultimo.huella, '{ORIGEN}') "
        f"THEN RAISE EXCEPTION '{NO_SIGUE}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER urna_sobre_cerrada BEFORE INSERT ON urna_sobre "
        "FOR EACH ROW EXECUTE FUNCTION urna_sobre_cerrada()",
        "CREATE TRIGGER urna_asiento_sigue BEFORE INSERT ON urna_asiento "
        "FOR EACH ROW EXECUTE FUNCTION urna_asiento_sigue()",
    ]
    for tabla in TABLAS:
        ordenes.append(
            f"CREATE TRIGGER {tabla}_no_cambia BEFORE UPDATE OR DELETE ON {tabla} "
            "FOR EACH ROW EXECUTE FUNCTION urna_solo_se_agrega()"
        )
        ordenes.append(
            f"CREATE TRIGGER {tabla}_no_se_vacia BEFORE TRUNCATE ON {tabla} "
            "FOR EACH STATEMENT EXECUTE FUNCTION urna_solo_se_agrega()"
        )
    # ALWAYS: tampoco una sesión que se declare réplica (session_replication_role) las salta.
    return ordenes + [f"ALTER TABLE {tabla} ENABLE ALWAYS TRIGGER {nombre}" for nombre, tabla in _en_postgresql()]


def _en_postgresql() -> list[tuple[str, str]]:
    return [
        ("urna_sobre_cerrada", "urna_sobre"),
        ("urna_asiento_sigue", "urna_asiento"),
        *((f"{tabla}_{final}", tabla) for tabla in TABLAS for final in ("no_cambia", "no_se_vacia")),
    ]


def _en_sqlite() -> list[tuple[str, str]]:
    de_todas = [(f"{tabla}_{final}", tabla) for tabla in TABLAS for final in ("update", "delete", "pisa")]
    return [*de_todas, ("urna_sobre_cerrada", "urna_sobre"), ("urna_asiento_sigue", "urna_asiento")]


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores; ponerlos dos veces es lo mismo que una."""
    quitar_guardas(conexion)
    ordenes = _de_sqlite() if conexion.vendor == "sqlite" else _de_postgresql()
    with conexion.cursor() as cursor:
        for orden in ordenes:
            cursor.execute(orden)


def quitar_guardas(conexion: Any) -> None:
    de_postgresql = conexion.vendor == "postgresql"
    with conexion.cursor() as cursor:
        for nombre, tabla in _en_postgresql() if de_postgresql else _en_sqlite():
            cursor.execute(f"DROP TRIGGER IF EXISTS {nombre}" + (f" ON {tabla}" if de_postgresql else ""))


def guardas_que_faltan(conexion: Any) -> list[str]:
    """Nombres de los disparadores que la base ya no tiene o tiene apagados."""
    if conexion.vendor == "sqlite":
        consulta, todas = "SELECT name FROM sqlite_master WHERE type = 'trigger'", _en_sqlite()
    else:
        consulta = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
        todas = _en_postgresql()
    with conexion.cursor() as cursor:
        cursor.execute(consulta)
        estan = {nombre for (nombre,) in cursor.fetchall()}
    return [nombre for nombre, _ in todas if nombre not in estan]
