"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.codigos import emitir_codigo_de_ingreso, usar_codigo_de_ingreso
from civic.cuentas.acciones.datos_propios import cerrar_cuenta, por_que_no_cerrar
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
from civic.cuentas.acciones.sesiones import (
    anotar_de_seguridad,
    cerrar_aparato,
    cerrar_los_demas_aparatos,
    cerrar_sesiones,
    quitar_segundo_paso,
)

__all__ = [
    "Renglon",
    "abrir_escaneo",
    "anotar_cambio_de_cuenta",
    "anotar_de_seguridad",
    "asignar_rol",
    "borrar_escaneos_sueltos",
    "cambiar_contacto",
    "cambiar_nombre_publico",
    "cerrar_aparato",
    "cerrar_cuenta",
    "cerrar_los_demas_aparatos",
    "cerrar_sesiones",
    "confirmar_acta",
    "corregir_organizacion",
    "declarar_residencia",
    "emitir_codigo_de_ingreso",
    "enviar_acta",
    "enviar_observacion",
    "guardar_escaneo",
    "moderar_observacion",
    "mover_organizacion",
    "observar",
    "pasar_a_revision",
    "poner_al_dia_los_grupos",
    "por_que_no_cerrar",
    "preparar_roles",
    "presentar_acta",
    "quitar_rol",
    "rechazar_acta",
    "quitar_segundo_paso",
    "registrar_organizacion",
    "renunciar",
    "responder_observacion",
    "retirar_residencia",
    "solicitar_registro",
    "terminar_mandato",
    "usar_codigo_de_ingreso",
    "verificar_residencia",
    "vincular_cargo",
]
