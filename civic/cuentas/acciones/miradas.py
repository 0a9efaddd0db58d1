"""Dejar dicho quién miró datos de otra persona."""

from typing import Any

from django.db import models

from civic.comun.bitacora import anotar


def anotar_mirada(actor: Any, objeto: models.Model, que: str) -> None:
    """Anota que `actor` miró `que` («la residencia») de `objeto`. Lo ve esa persona en su cuenta; no es público."""
    anotar(objeto, verbo="mirar", texto=f"Miró {que}.", actor=actor, publico=False)
