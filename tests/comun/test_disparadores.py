"""Las piezas con que cada sala arma lo que su base impide; cada una con su control."""

import pytest
from django.db import IntegrityError, connection, transaction

from civic.comun import disparadores
from civic.comun.disparadores import Disparador, cambia, en_las_dos, no_se_vacia, solo_se_agrega

FRASE = "Esa fila es para siempre."
DE_PIEDRA = solo_se_agrega("piedra", "id = NEW.id", FRASE)


def orden(texto):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(texto)


def filas():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, letra FROM piedra ORDER BY id")
        return cursor.fetchall()


@pytest.fixture
def piedra(db):
    orden("CREATE TABLE piedra (id integer PRIMARY KEY, letra text)")
    orden("INSERT INTO piedra VALUES (1, 'a')")
    disparadores.poner(connection, DE_PIEDRA)


PROHIBIDAS = {
    "cambiar": "UPDATE piedra SET letra = 'z'",
    "borrar": "DELETE FROM piedra",
    "vaciar": {"sqlite": "DELETE FROM piedra", "postgresql": "TRUNCATE piedra"},
    "pisar": {
        "sqlite": "INSERT OR REPLACE INTO piedra VALUES (1, 'z')",
        "postgresql": "INSERT INTO piedra VALUES (1, 'z') ON CONFLICT (id) DO UPDATE SET letra = 'z'",
    },
}


def en_esta_base(acto):
    return PROHIBIDAS[acto] if isinstance(PROHIBIDAS[acto], str) else PROHIBIDAS[acto][connection.vendor]


@pytest.mark.parametrize("acto", PROHIBIDAS)
def test_donde_solo_se_agrega_nada_se_va(piedra, acto):
    with pytest.raises(IntegrityError, match=FRASE):
        orden(en_esta_base(acto))
    orden("INSERT INTO piedra VALUES (2, 'b')")
    assert filas() == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("acto", PROHIBIDAS)
def test_control_sin_disparadores_se_va(piedra, acto):
    disparadores.quitar(connection, DE_PIEDRA)
    orden(en_esta_base(acto))
    assert filas() != [(1, "a")]


@pytest.mark.postgres
def test_una_sesion_que_se_dice_replica_tampoco_puede(piedra):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no tiene réplicas.")
    orden("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError, match=FRASE):
        orden("UPDATE piedra SET letra = 'z'")
    # Control: uno puesto sin ALWAYS no la detiene, y cuenta como apagado.
    orden("ALTER TABLE piedra ENABLE TRIGGER piedra_no_cambia")
    orden("UPDATE piedra SET letra = 'z'")
    assert filas() == [(1, "z")]
    orden("SET LOCAL session_replication_role = origin")
    assert disparadores.que_faltan(connection, DE_PIEDRA) == ["piedra_no_cambia"]


def test_se_nombran_los_que_faltan_y_ponerlos_dos_veces_es_lo_mismo(piedra):
    disparadores.poner(connection, DE_PIEDRA)
    assert disparadores.que_faltan(connection, DE_PIEDRA) == []
    disparadores.quitar(connection, {"piedra_no_se_borra": DE_PIEDRA["piedra_no_se_borra"]})
    assert disparadores.que_faltan(connection, DE_PIEDRA) == ["piedra_no_se_borra"]


def test_quitar_de_una_tabla_se_lleva_tambien_los_de_antes_y_no_los_de_otra(piedra):
    orden("CREATE TABLE arena (id integer PRIMARY KEY)")
    de_antes = {"con_otro_nombre": en_las_dos("piedra", "INSERT", "TRUE", FRASE)}
    de_otra = {"arena_no_cambia": en_las_dos("arena", "UPDATE", "TRUE", FRASE)}
    disparadores.poner(connection, de_antes | de_otra)
    disparadores.quitar_de(connection, ["piedra"])
    orden("INSERT INTO piedra VALUES (2, 'b')")
    orden("DELETE FROM piedra")
    assert disparadores.que_faltan(connection, de_otra) == []


def test_solo_dicen_que_no_cuando_se_cumple_su_condicion(piedra):
    disparadores.quitar(connection, DE_PIEDRA)
    suyos = {
        "letra_fija": Disparador("piedra", "UPDATE", cambia(["letra"]), FRASE),
        "vaciar_con_a": no_se_vacia("piedra", FRASE, "EXISTS (SELECT 1 FROM piedra WHERE letra = 'a')"),
    }
    disparadores.poner(connection, suyos)
    orden("UPDATE piedra SET id = 7")
    for letra in ("'b'", "NULL"):
        with pytest.raises(IntegrityError, match=FRASE):
            orden(f"UPDATE piedra SET letra = {letra}")  # noqa: S608 -- letras fijas
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match=FRASE):
            orden("TRUNCATE piedra")
        disparadores.quitar(connection, {"letra_fija": suyos["letra_fija"]})
        orden("UPDATE piedra SET letra = 'b'")
        orden("TRUNCATE piedra")
        assert filas() == []
