"""Quitar y reponer, solo en pruebas, las guardas de bitácora, actas y padrones: para vaciar la base o adulterarla."""

from contextlib import contextmanager

from django.db import connection, transaction

from civic.comun.guardas import NOMBRES, TABLA, guardas_que_faltan, poner_guardas
from votaciones.actas import guardas as de_actas
from votaciones.padron import guardas as de_padrones


@contextmanager
def sin_guardas():
    """La base sin sus disparadores. Se reponen al salir, también si algo falla dentro."""
    sufijo = f" ON {TABLA}" if connection.vendor == "postgresql" else ""
    with transaction.atomic():
        connection.check_constraints()
        faltan = guardas_que_faltan(connection)
        with connection.cursor() as cursor:
            for nombre in NOMBRES[connection.vendor]:
                if nombre not in faltan:
                    cursor.execute(f"DROP TRIGGER {nombre}{sufijo}")
        de_actas.quitar_guardas(connection)
        de_padrones.quitar_guardas(connection)
        yield
        # PostgreSQL no altera una tabla con claves ajenas por revisar: se revisan ahora.
        connection.check_constraints()
        poner_guardas(connection)
        de_actas.poner_guardas(connection)
        de_padrones.poner_guardas(connection)


def dejar_vaciar():
    """El vaciado de la base entre pruebas con transacciones de verdad levanta las guardas; nada más lo hace."""
    operaciones = type(connection.ops)
    original = operaciones.execute_sql_flush
    if getattr(original, "sin_guardas", False):
        return

    def vaciar(self, sql_list):
        with sin_guardas():
            original(self, sql_list)

    vaciar.sin_guardas = True
    operaciones.execute_sql_flush = vaciar
