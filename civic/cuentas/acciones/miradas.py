"""Dejar dicho quién miró datos de otra persona."""

from typing import Any

from django.db import models

from civic.comun import bitacora


def anotar_mirada(actor: Any, objeto: models.Model, que: str) -> None:
    """Anota que `actor` miró `que` («la residencia») de `objeto`. Lo ve esa persona en su cuenta; no es público."""
    bitacora.anotar_mirada(actor, objeto, f"Miró {que}.")
