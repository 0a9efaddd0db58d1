"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.miradas import anotar_mirada
from civic.cuentas.acciones.organizaciones import (
    corregir_organizacion,
    mover_organizacion,
    nombrar_directiva,
    registrar_organizacion,
    terminar_mandato,
)
from civic.cuentas.acciones.padron import importar_padron
from civic.cuentas.acciones.personas import (
    anotar_cambio_de_cuenta,
    cambiar_nombre_publico,
    declarar_residencia,
    retirar_residencia,
)
from civic.cuentas.acciones.preparacion import preparar_roles
from civic.cuentas.acciones.roles import asignar_rol, poner_al_dia_los_grupos, quitar_rol
from civic.cuentas.acciones.verificacion import (
    EN_REVISION,
    NO_ESTA,
    OTRO_LUGAR,
    SOLO_IDENTIDAD,
    VERIFICADA,
    comprobar_con_ciudadania,
    comprobar_en_padron,
    huella_de_identidad,
    mirar_residencia,
    pedir_confirmacion,
    resolver_conflicto,
    responder_pedido,
    retirar_verificacion,
    revocar_verificacion,
    soltar_identidad,
    tomar_lugar_del_padron,
    verificar_en_persona,
    verificar_residencia,
)

__all__ = [
    "EN_REVISION",
    "NO_ESTA",
    "OTRO_LUGAR",
    "SOLO_IDENTIDAD",
    "VERIFICADA",
    "anotar_cambio_de_cuenta",
    "anotar_mirada",
    "asignar_rol",
    "cambiar_nombre_publico",
    "comprobar_con_ciudadania",
    "comprobar_en_padron",
    "corregir_organizacion",
    "declarar_residencia",
    "huella_de_identidad",
    "importar_padron",
    "mirar_residencia",
    "mover_organizacion",
    "nombrar_directiva",
    "pedir_confirmacion",
    "poner_al_dia_los_grupos",
    "preparar_roles",
    "quitar_rol",
    "registrar_organizacion",
    "resolver_conflicto",
    "responder_pedido",
    "retirar_residencia",
    "retirar_verificacion",
    "revocar_verificacion",
    "soltar_identidad",
    "terminar_mandato",
    "tomar_lugar_del_padron",
    "verificar_en_persona",
    "verificar_residencia",
]
