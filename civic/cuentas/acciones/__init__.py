"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.codigos import emitir_codigo_de_ingreso, usar_codigo_de_ingreso
from civic.cuentas.acciones.comprobaciones import (
    NO_ESTA,
    OTRO_LUGAR,
    SOLO_IDENTIDAD,
    VERIFICADA,
    comprobar_con_ciudadania,
    comprobar_en_padron,
    tomar_lugar_del_padron,
)
from civic.cuentas.acciones.confirmaciones import pedir_confirmacion, responder_pedido
from civic.cuentas.acciones.conflictos import resolver_conflicto
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
from civic.cuentas.acciones.estadisticas import borrar_datos_para_estadisticas, guardar_datos_para_estadisticas
from civic.cuentas.acciones.fin_de_verificacion import retirar_verificacion, revocar_verificacion, soltar_identidad
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
from civic.cuentas.acciones.padron import importar_padron
from civic.cuentas.acciones.padron_de_organizacion import (
    cargar_padron_de_organizacion,
    comprobar_en_padron_de_organizacion,
)
from civic.cuentas.acciones.personas import (
    anotar_cambio_de_cuenta,
    cambiar_nombre_publico,
    declarar_residencia,
    retirar_residencia,
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
from civic.cuentas.acciones.verificacion import (
    EN_REVISION,
    mirar_residencia,
    verificar_en_persona,
    verificar_residencia,
)
from civic.cuentas.identidad import documento_de

__all__ = [
    "EN_REVISION",
    "NO_ESTA",
    "OTRO_LUGAR",
    "Renglon",
    "SOLO_IDENTIDAD",
    "VERIFICADA",
    "abrir_escaneo",
    "anotar_cambio_de_cuenta",
    "anotar_de_seguridad",
    "asignar_rol",
    "borrar_datos_para_estadisticas",
    "borrar_escaneos_sueltos",
    "cambiar_contacto",
    "cambiar_nombre_publico",
    "cargar_padron_de_organizacion",
    "cerrar_aparato",
    "cerrar_cuenta",
    "cerrar_los_demas_aparatos",
    "cerrar_sesiones",
    "comprobar_con_ciudadania",
    "comprobar_en_padron",
    "comprobar_en_padron_de_organizacion",
    "confirmar_acta",
    "corregir_organizacion",
    "declarar_residencia",
    "documento_de",
    "emitir_codigo_de_ingreso",
    "enviar_acta",
    "enviar_observacion",
    "guardar_datos_para_estadisticas",
    "guardar_escaneo",
    "importar_padron",
    "mirar_residencia",
    "moderar_observacion",
    "mover_organizacion",
    "observar",
    "pasar_a_revision",
    "pedir_confirmacion",
    "poner_al_dia_los_grupos",
    "por_que_no_cerrar",
    "preparar_roles",
    "presentar_acta",
    "quitar_rol",
    "quitar_segundo_paso",
    "rechazar_acta",
    "registrar_organizacion",
    "renunciar",
    "resolver_conflicto",
    "responder_observacion",
    "responder_pedido",
    "retirar_residencia",
    "retirar_verificacion",
    "revocar_verificacion",
    "solicitar_registro",
    "soltar_identidad",
    "terminar_mandato",
    "tomar_lugar_del_padron",
    "usar_codigo_de_ingreso",
    "verificar_en_persona",
    "verificar_residencia",
    "vincular_cargo",
]
