"""Personas, organizaciones de base, mandatos, cargos y residencia."""

from civic.cuentas.models.codigos import CodigoDeIngreso
from civic.cuentas.models.directivas import ActaDeDirectiva, CargoDeActa, Escaneo, ObservacionDeRegistro
from civic.cuentas.models.estadisticas import DatosParaEstadisticas
from civic.cuentas.models.organizaciones import Mandato, Organizacion, OrganizacionQuerySet
from civic.cuentas.models.personas import Residencia, Usuario
from civic.cuentas.models.roles import AsignacionRol
from civic.cuentas.models.verificacion import (
    ConflictoDeIdentidad,
    FilaDePadron,
    FilaDePadronDeOrganizacion,
    Identidad,
    NumeroDeCarnet,
    Padron,
    PadronDeOrganizacion,
    PedidoDeConfirmacion,
    Verificacion,
)

__all__ = [
    "ActaDeDirectiva",
    "AsignacionRol",
    "CargoDeActa",
    "CodigoDeIngreso",
    "ConflictoDeIdentidad",
    "DatosParaEstadisticas",
    "Escaneo",
    "FilaDePadron",
    "FilaDePadronDeOrganizacion",
    "Identidad",
    "Mandato",
    "ObservacionDeRegistro",
    "NumeroDeCarnet",
    "Organizacion",
    "OrganizacionQuerySet",
    "Padron",
    "PadronDeOrganizacion",
    "PedidoDeConfirmacion",
    "Residencia",
    "Usuario",
    "Verificacion",
]
