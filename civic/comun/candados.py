"""El único modo de bloquear filas en Ayni, y el orden: bloquear, releer, revisar, escribir, anotar, avisar.

Anotar toma el candado de la bitácora hasta el fin de la transacción. Si después se bloqueara otra fila, dos acciones
podrían esperarse en círculo (una tiene la fila y espera la bitácora, la otra al revés): por eso `bloquear` reclama.
"""

import logging
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections, models, transaction

M = TypeVar("M", bound=models.Model)
registro = logging.getLogger("ayni.candados")


class OrdenDeCandados(RuntimeError):
    """Se quiso bloquear filas después de escribir en la bitácora, en la misma transacción."""


class _YaAnoto:
    """Marca en la lista de «al confirmar» de Django, que la olvida sola si se deshace el punto de guardado."""

    def __init__(self, tramo: str) -> None:
        self.tramo = tramo

    def __call__(self) -> None:
        """Nada que hacer al confirmar."""


def _tramo(conexion: Any) -> str:
    """Qué transacción es esta para quien la pidió; en una prueba, que vive dentro de otra, su primer punto propio."""
    for lugar, bloque in enumerate(conexion.atomic_blocks):
        if not bloque._from_testcase:
            return conexion.savepoint_ids[lugar - 1] or "" if lugar else ""
    return "prueba"


def marcar_anotado(conexion: Any) -> None:
    """Recuerda, hasta que termine la transacción, que ya se escribió en la bitácora."""
    if not ya_anoto(conexion):
        transaction.on_commit(_YaAnoto(_tramo(conexion)), using=conexion.alias)


def ya_anoto(conexion: Any) -> bool:
    tramo = _tramo(conexion)
    if tramo == "prueba":
        return False  # lo que una prueba escribe suelto, sin transacción propia, no es una acción
    return any(isinstance(hacer, _YaAnoto) and hacer.tramo == tramo for _, hacer, _ in conexion.run_on_commit)


def bloquear(consulta: models.QuerySet[M]) -> models.QuerySet[M]:
    """Filas de `consulta` para escribir; nadie más las toca hasta que termine la transacción.

    En PostgreSQL es SELECT … FOR UPDATE (sin bloquear claves ajenas); en SQLite la transacción ya empezó con
    BEGIN IMMEDIATE y excluye a cualquier otra escritura. Lo que se une (`select_related`) va en `consulta`, nunca
    después. Fuera de una transacción lanza TransactionManagementError. Después de anotar lanza OrdenDeCandados al
    desarrollar; en producción queda como error en el registro.
    """
    conexion = connections[consulta.db]
    if not conexion.in_atomic_block:
        raise transaction.TransactionManagementError("bloquear() solo vale dentro de transaction.atomic().")
    if ya_anoto(conexion):
        frase = (
            f"bloquear({consulta.model._meta.label}) después de anotar: bloquea antes, o junta los sucesos con "
            "civic.comun.bitacora.juntar_sucesos()."
        )
        if settings.DEBUG or settings.EN_PRUEBAS:
            raise OrdenDeCandados(frase)
        registro.error(frase)
    if not conexion.features.has_select_for_update:
        return consulta
    if consulta.query.select_related:
        # Tras esperar el candado, PostgreSQL relee la fila pero une las otras tablas como estaban antes: una foto
        # recién puesta saldría vacía. Se bloquea primero y se lee, todo junto, después.
        list(consulta.select_related(None).only("pk").select_for_update(no_key=True, of=("self",)))
        return consulta
    return consulta.select_for_update(no_key=True, of=("self",))
