"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.directivas import (
    Renglon,
    abrir_escaneo,
    borrar_escaneos_sueltos,
    confirmar_acta,
    enviar_acta,
    guardar_escaneo,
    presentar_acta,
    rechazar_acta,
    renunciar,
    terminar_mandato,
    vincular_cargo,
)
from civic.cuentas.acciones.observaciones import (
    enviar_observacion,
    moderar_observacion,
    observar,
    responder_observacion,
)
from civic.cuentas.acciones.organizaciones import (
    cambiar_contacto,
    corregir_organizacion,
    mover_organizacion,
    pasar_a_revision,
    registrar_organizacion,
    solicitar_registro,
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
    "Renglon",
    "abrir_escaneo",
    "anotar_cambio_de_cuenta",
    "asignar_rol",
    "borrar_escaneos_sueltos",
    "cambiar_contacto",
    "cambiar_nombre_publico",
    "confirmar_acta",
    "corregir_organizacion",
    "declarar_residencia",
    "enviar_acta",
    "enviar_observacion",
    "guardar_escaneo",
    "moderar_observacion",
    "mover_organizacion",
    "observar",
    "pasar_a_revision",
    "poner_al_dia_los_grupos",
    "preparar_roles",
    "presentar_acta",
    "quitar_rol",
    "rechazar_acta",
    "registrar_organizacion",
    "renunciar",
    "responder_observacion",
    "retirar_residencia",
    "solicitar_registro",
    "terminar_mandato",
    "verificar_residencia",
    "vincular_cargo",
]
