"""El único modo de bloquear filas en Ayni."""

from typing import TypeVar

from django.db import connections, models, transaction

M = TypeVar("M", bound=models.Model)


def bloquear(consulta: models.QuerySet[M]) -> models.QuerySet[M]:
    """Filas de `consulta` para escribir; nadie más las toca hasta que termine la transacción.

    En PostgreSQL es SELECT … FOR UPDATE (sin bloquear claves ajenas); en SQLite la transacción ya empezó con
    BEGIN IMMEDIATE y excluye a cualquier otra escritura. Fuera de una transacción lanza TransactionManagementError.
    """
    conexion = connections[consulta.db]
    if not conexion.in_atomic_block:
        raise transaction.TransactionManagementError("bloquear() solo vale dentro de transaction.atomic().")
    if conexion.features.has_select_for_update:
        return consulta.select_for_update(no_key=True, of=("self",))
    return consulta
