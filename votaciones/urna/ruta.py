"""Qué tablas viven en qué base: las de la urna, en la suya; todas las demás, en la de siempre."""

from typing import Any

BASE = "urna"


class RutaDeLaUrna:
    """Separa la urna: en otra base, nadie puede unir a quien votó con su papeleta por el número de transacción."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return BASE if model._meta.app_label == BASE else None

    db_for_write = db_for_read

    def allow_relation(self, obj1: Any, obj2: Any, **_hints: Any) -> bool | None:
        de_la_urna = {obj1._meta.app_label == BASE, obj2._meta.app_label == BASE}
        return None if len(de_la_urna) == 1 else False

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == BASE) == (app_label == BASE)
