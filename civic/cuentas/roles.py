"""Los roles y lo que cada uno puede administrar en la trastienda: una sola tabla legible.

Fuente: matriz de roles del dominio (Ley 341, Ley 482 y práctica municipal). La directiva de una organización no es un
rol: es un Mandato. La ciudadanía tampoco: es tener cuenta, y para votar, residencia verificada.
"""

from django.db import models


class Rol(models.TextChoices):
    PRESIDENCIA_DISTRITO = "presidencia_distrito", "Presidencia de distrito"
    CONTROL_SOCIAL = "control_social", "Control social"
    PROMOTORA = "promotora", "Promotora"
    GESTION_COMUNIDAD = "gestion_comunidad", "Gestión de comunidad"
    VENTANILLA = "ventanilla", "Atención ciudadana"
    TECNICO_EVALUADOR = "tecnico_evaluador", "Técnica evaluadora"
    JEFATURA_UNIDAD = "jefatura_unidad", "Jefatura de unidad"
    FISCAL_OBRA = "fiscal_obra", "Fiscal de obra"
    PLANIFICACION = "planificacion", "Planificación POA"
    TRANSPARENCIA = "transparencia", "Transparencia"
    COMUNICACION = "comunicacion", "Comunicación"
    CONCEJO = "concejo", "Concejo municipal"
    ADMINISTRACION = "administracion", "Administración"
    AUDITORIA = "auditoria", "Auditoría"


VER, CREAR, CAMBIAR, BORRAR = "view", "add", "change", "delete"

# rol -> {modelo: permisos en la trastienda}. Nadie tiene permisos sobre votos ni participaciones.
PERMISOS: dict[str, dict[str, tuple[str, ...]]] = {
    Rol.GESTION_COMUNIDAD: {
        "debate.comentario": (VER, CAMBIAR),
        "propuestas.propuesta": (VER,),
        "reportes.reporte": (VER,),
        "cuentas.organizacion": (VER,),
        "cuentas.observacionderegistro": (VER, CAMBIAR),
    },
    Rol.VENTANILLA: {
        "reportes.reporte": (VER, CREAR, CAMBIAR),
        "debate.comentario": (VER, CAMBIAR),
        "cuentas.organizacion": (VER, CREAR),
        "cuentas.actadedirectiva": (VER, CREAR, CAMBIAR),
        "cuentas.observacionderegistro": (VER,),
        "cuentas.residencia": (VER, CAMBIAR),
        "cuentas.conflictodeidentidad": (VER, CAMBIAR),
    },
    Rol.TECNICO_EVALUADOR: {"propuestas.propuesta": (VER, CAMBIAR), "reportes.reporte": (VER,)},
    Rol.JEFATURA_UNIDAD: {
        "propuestas.propuesta": (VER, CAMBIAR),
        "reportes.reporte": (VER, CAMBIAR),
        "obras.obra": (VER, CAMBIAR),
    },
    Rol.FISCAL_OBRA: {"obras.obra": (VER, CREAR, CAMBIAR)},
    Rol.PLANIFICACION: {
        "procesos.proceso": (VER, CREAR, CAMBIAR),
        "procesos.categoria": (VER, CREAR, CAMBIAR),
        "procesos.fuentedefinanciamiento": (VER, CREAR, CAMBIAR),
        "propuestas.propuesta": (VER, CAMBIAR),
        "votaciones.votacion": (VER, CREAR, CAMBIAR),
        "obras.obra": (VER, CREAR, CAMBIAR),
        "reportes.reporte": (VER,),
        "territorio.area": (VER, CREAR, CAMBIAR),
        "cuentas.organizacion": (VER, CREAR, CAMBIAR),
        "cuentas.mandato": (VER, CAMBIAR),
        "cuentas.actadedirectiva": (VER, CREAR, CAMBIAR),
        "cuentas.observacionderegistro": (VER, CAMBIAR),
        "cuentas.residencia": (VER, CAMBIAR),
        "cuentas.padron": (VER, CREAR),
        "debate.comentario": (VER, CAMBIAR),
    },
    Rol.TRANSPARENCIA: {"obras.obra": (VER,), "reportes.reporte": (VER,), "comun.suceso": (VER,)},
    Rol.COMUNICACION: {"procesos.proceso": (VER,), "propuestas.propuesta": (VER,)},
    Rol.CONCEJO: {"procesos.proceso": (VER,), "propuestas.propuesta": (VER,), "obras.obra": (VER,)},
    Rol.ADMINISTRACION: {
        "procesos.proceso": (VER, CAMBIAR),
        "procesos.categoria": (VER, CREAR, CAMBIAR),
        "territorio.area": (VER, CREAR, CAMBIAR),
        "cuentas.usuario": (VER, CREAR, CAMBIAR),
        "cuentas.asignacionrol": (VER, CREAR, CAMBIAR),
        "cuentas.organizacion": (VER, CREAR, CAMBIAR),
        "cuentas.mandato": (VER, CAMBIAR),
        "cuentas.actadedirectiva": (VER, CREAR, CAMBIAR),
        "cuentas.observacionderegistro": (VER, CAMBIAR),
        "cuentas.residencia": (VER, CREAR, CAMBIAR),
        "cuentas.conflictodeidentidad": (VER, CAMBIAR),
        "cuentas.padron": (VER, CREAR),
        "debate.comentario": (VER, CAMBIAR),
        "comun.suceso": (VER,),
    },
    Rol.AUDITORIA: {
        "comun.suceso": (VER,),
        "procesos.proceso": (VER,),
        "propuestas.propuesta": (VER,),
        "votaciones.votacion": (VER,),
        "obras.obra": (VER,),
        "reportes.reporte": (VER,),
        "territorio.area": (VER,),
        "cuentas.organizacion": (VER,),
        "cuentas.asignacionrol": (VER,),
        "cuentas.conflictodeidentidad": (VER,),
        "cuentas.padron": (VER,),
        "debate.comentario": (VER,),
    },
}

# Quien edita el portal (páginas, imágenes y documentos de Wagtail).
EDITAN_PORTAL = (Rol.COMUNICACION, Rol.ADMINISTRACION)


def roles_con_llave() -> set[str]:
    """Roles que entran a la trastienda."""
    return {str(rol) for rol in (*PERMISOS, *EDITAN_PORTAL)}
