"""Lo que se puede hacer con personas, residencias, organizaciones, mandatos y roles."""

from civic.cuentas.acciones.codigos import emitir_codigo_de_ingreso, usar_codigo_de_ingreso
from civic.cuentas.acciones.datos_propios import cerrar_cuenta, por_que_no_cerrar
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
from civic.cuentas.acciones.sesiones import (
    anotar_de_seguridad,
    cerrar_aparato,
    cerrar_los_demas_aparatos,
    cerrar_sesiones,
    quitar_segundo_paso,
)

__all__ = [
    "anotar_cambio_de_cuenta",
    "anotar_de_seguridad",
    "asignar_rol",
    "cambiar_nombre_publico",
    "cerrar_aparato",
    "cerrar_cuenta",
    "cerrar_los_demas_aparatos",
    "cerrar_sesiones",
    "corregir_organizacion",
    "declarar_residencia",
    "emitir_codigo_de_ingreso",
    "mover_organizacion",
    "nombrar_directiva",
    "poner_al_dia_los_grupos",
    "por_que_no_cerrar",
    "preparar_roles",
    "quitar_rol",
    "quitar_segundo_paso",
    "registrar_organizacion",
    "retirar_residencia",
    "terminar_mandato",
    "usar_codigo_de_ingreso",
    "verificar_residencia",
]
