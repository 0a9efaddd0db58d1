"""Quitar y reponer, solo en pruebas, las guardas de la base de siempre y de la urna: vaciarlas o adulterarlas."""

from contextlib import ExitStack, contextmanager

from django.db import connection, connections, transaction

from civic.comun.guardas import NOMBRES, TABLA, guardas_que_faltan, poner_guardas
from votaciones import guardas as de_libros
from votaciones.actas import guardas as de_actas
from votaciones.padron import guardas as de_padrones
from votaciones.urna import guardas as de_urna
from votaciones.urna.ruta import BASE


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
        de_libros.quitar_guardas(connection)
        yield
        # PostgreSQL no altera una tabla con claves ajenas por revisar: se revisan ahora.
        connection.check_constraints()
        poner_guardas(connection)
        de_actas.poner_guardas(connection)
        de_padrones.poner_guardas(connection)
        de_libros.poner_guardas(connection)


@contextmanager
def sin_guardas_de_urna():
    """La base de la urna sin sus disparadores, para vaciarla o adulterarla como podría su dueño."""
    with transaction.atomic(using=BASE):
        de_urna.quitar_guardas(connections[BASE])
        yield
        connections[BASE].check_constraints()
        de_urna.poner_guardas(connections[BASE])


@contextmanager
def todo_se_deshace():
    """Transacciones en las dos bases que envuelven a las de verdad, como las que abre Django en cada prueba."""
    with ExitStack() as pila:
        for base in connections:
            bloque = transaction.atomic(using=base)
            bloque._from_testcase = True
            pila.enter_context(bloque)
        yield
        for base in connections:
            transaction.set_rollback(True, using=base)


@contextmanager
def se_deshace():
    """Dentro de otra transacción: lo que se escriba en cualquiera de las dos bases se deshace al salir."""
    puntos = {base: transaction.savepoint(using=base) for base in connections}
    try:
        yield
    finally:
        for base, punto in puntos.items():
            transaction.savepoint_rollback(punto, using=base)
            # Volver a un punto lo deja puesto: sin soltarlo se apilan miles, y PostgreSQL se queda sin candados.
            transaction.savepoint_commit(punto, using=base)


def dejar_vaciar():
    """El vaciado de la base entre pruebas con transacciones de verdad levanta las guardas; nada más lo hace."""
    operaciones = type(connection.ops)
    original = operaciones.execute_sql_flush
    if getattr(original, "sin_guardas", False):
        return

    def vaciar(self, sql_list):
        with sin_guardas_de_urna() if self.connection.alias == BASE else sin_guardas():
            original(self, sql_list)

    vaciar.sin_guardas = True
    operaciones.execute_sql_flush = vaciar
