"""Personas, organizaciones de base, mandatos, cargos y residencia."""

from civic.cuentas.models.organizaciones import Mandato, Organizacion, OrganizacionQuerySet
from civic.cuentas.models.personas import Residencia, Usuario
from civic.cuentas.models.roles import AsignacionRol
from civic.cuentas.models.verificacion import (
    ConflictoDeIdentidad,
    FilaDePadron,
    Identidad,
    Padron,
    PedidoDeConfirmacion,
    Verificacion,
)

__all__ = [
    "AsignacionRol",
    "ConflictoDeIdentidad",
    "FilaDePadron",
    "Identidad",
    "Mandato",
    "Organizacion",
    "OrganizacionQuerySet",
    "Padron",
    "PedidoDeConfirmacion",
    "Residencia",
    "Usuario",
    "Verificacion",
]
