"""Lo que la base misma impide hacer con la bitácora. Lo ponen las migraciones; nadie lo quita desde el programa.

Un cambio, un borrado o un vaciado falla con IntegrityError; un agregado que no sigue a la última línea, también. En
SQLite hace falta revisar también el agregado con REPLACE, que borra la fila anterior sin avisar a nadie.
"""

from typing import Any

from civic.comun.cadena import ORIGEN

TABLA = "comun_suceso"
# Nombre de cada disparador, en las dos bases.
NOMBRES = {
    "sqlite": ("suceso_no_cambia", "suceso_no_se_borra", "suceso_va_al_final"),
    "postgresql": ("suceso_no_cambia", "suceso_no_se_vacia", "suceso_va_al_final"),
}

_AGREGA = "La bitácora solo se agrega: no se cambia, no se borra y no se vacía."
_SIGUE = "La bitácora solo se agrega al final: ese suceso no sigue al último."
_SQLITE = (
    """CREATE TRIGGER suceso_no_cambia BEFORE UPDATE ON comun_suceso
    BEGIN SELECT RAISE(ABORT, 'AGREGA'); END""",
    """CREATE TRIGGER suceso_no_se_borra BEFORE DELETE ON comun_suceso
    BEGIN SELECT RAISE(ABORT, 'AGREGA'); END""",
    """CREATE TRIGGER suceso_va_al_final BEFORE INSERT ON comun_suceso
    WHEN NEW.numero <> (SELECT COALESCE(MAX(numero), 0) + 1 FROM comun_suceso)
      OR NEW.anterior <> COALESCE((SELECT huella FROM comun_suceso ORDER BY numero DESC LIMIT 1), 'ORIGEN')
      OR EXISTS (SELECT 1 FROM comun_suceso WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'SIGUE'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION suceso_solo_se_agrega() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'AGREGA' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION suceso_va_al_final() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE ultimo RECORD;
    BEGIN
      SELECT numero, huella INTO ultimo FROM comun_suceso ORDER BY numero DESC LIMIT 1;
      IF NEW.numero <> COALESCE(ultimo.numero, 0) + 1 OR NEW.anterior <> COALESCE(ultimo.huella, 'ORIGEN') THEN
        RAISE EXCEPTION 'SIGUE' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER suceso_no_cambia BEFORE UPDATE OR DELETE ON comun_suceso
    FOR EACH ROW EXECUTE FUNCTION suceso_solo_se_agrega()""",
    """CREATE TRIGGER suceso_no_se_vacia BEFORE TRUNCATE ON comun_suceso
    FOR EACH STATEMENT EXECUTE FUNCTION suceso_solo_se_agrega()""",
    """CREATE TRIGGER suceso_va_al_final BEFORE INSERT ON comun_suceso
    FOR EACH ROW EXECUTE FUNCTION suceso_va_al_final()""",
    # ALWAYS: tampoco una sesión que se declare réplica (session_replication_role) las salta.
    *(f"ALTER TABLE comun_suceso ENABLE ALWAYS TRIGGER {nombre}" for nombre in NOMBRES["postgresql"]),
)
ORDENES = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def poner_guardas(conexion: Any) -> None:
    """Crea los disparadores. Una migración que rehaga la tabla en SQLite los pierde y debe llamar otra vez a esto."""
    with conexion.cursor() as cursor:
        for orden in ORDENES[conexion.vendor]:
            for clave, valor in (("'AGREGA'", _AGREGA), ("'SIGUE'", _SIGUE), ("'ORIGEN'", ORIGEN)):
                orden = orden.replace(clave, f"'{valor}'")
            cursor.execute(orden)


def guardas_que_faltan(conexion: Any) -> list[str]:
    """Nombres de los disparadores que la base ya no tiene o tiene apagados."""
    consulta = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'comun_suceso'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A' "
        "AND tgrelid = 'comun_suceso'::regclass",
    }[conexion.vendor]
    with conexion.cursor() as cursor:
        cursor.execute(consulta)
        estan = {nombre for (nombre,) in cursor.fetchall()}
    return [nombre for nombre in NOMBRES[conexion.vendor] if nombre not in estan]
