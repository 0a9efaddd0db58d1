"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.organizaciones import (
    corregir_organizacion,
    mover_organizacion,
    nombrar_directiva,
    registrar_organizacion,
    terminar_mandato,
)
from civic.cuentas.acciones.personas import (
    anotar_cambio_de_cuenta,
    cambiar_nombre_publico,
    declarar_residencia,
    retirar_residencia,
    verificar_residencia,
)
from civic.cuentas.acciones.preparacion import preparar_roles
from civic.cuentas.acciones.roles import asignar_rol, poner_al_dia_los_grupos, quitar_rol

__all__ = [
    "anotar_cambio_de_cuenta",
    "asignar_rol",
    "cambiar_nombre_publico",
    "corregir_organizacion",
    "declarar_residencia",
    "mover_organizacion",
    "nombrar_directiva",
    "poner_al_dia_los_grupos",
    "preparar_roles",
    "quitar_rol",
    "registrar_organizacion",
    "retirar_residencia",
    "terminar_mandato",
    "verificar_residencia",
]
