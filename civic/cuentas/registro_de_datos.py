"""El registro de datos personales: qué guarda Ayni de cada persona, cómo se le entrega y qué pasa si cierra su cuenta.

Es una tabla, y la leen tanto la descarga como el cierre de cuenta. Los modelos van por su nombre, también los de salas
de más arriba, para que todo se lea en un lugar; nada se importa de ellas. `tests/cuentas/test_registro_de_datos.py`
recorre todos los modelos y falla si un enlace a una persona, o un campo de un modelo enlazado, no está aquí: quien
agrega un campo dice en una línea qué se hace con él.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class AlCerrar(Enum):
    """Qué pasa con esas filas cuando la persona cierra su cuenta."""

    BORRAR = "se borra"
    DESVINCULAR = "queda, sin decir de quién era"
    CONSERVAR = "queda, a nombre de «Persona que cerró su cuenta»"
    APARTE = "lo atiende la acción, con cuidado propio"


BORRAR, DESVINCULAR, CONSERVAR, APARTE = AlCerrar


@dataclass(frozen=True)
class Dato:
    """Filas de un modelo que son de una persona.

    `camino` es el campo (o «campo__campo») que llega hasta ella; vacío si es ella misma. `campos` se entregan;
    `callados` no, y dicen por qué. `resto` vale solo para modelos de bibliotecas: por qué no se entrega lo demás.
    """

    titulo: str
    modelo: str
    camino: str
    campos: tuple[str, ...]
    al_cerrar: AlCerrar
    por_que: str
    filtro: Mapping[str, Any] = field(default_factory=dict)
    callados: Mapping[str, str] = field(default_factory=dict)
    resto: str = ""
    si_existe: bool = False

    @property
    def enlace(self) -> str:
        return self.camino.split("__")[0]


SECRETO = "sirve para entrar: no se entrega ni a su dueña"
INTERNO = "lo usa el programa; repite lo que ya se entrega"
ARCHIVO = "describe el archivo, que se entrega entero"
PUBLICO = "es un aporte público: otras personas lo apoyaron, respondieron o decidieron con él"
ACTO = "es un acto de su cargo: el reglamento pide que quede quién lo hizo, en qué calidad"
TRABAJO = "es trabajo hecho en el portal del municipio"
PORTAL = "es contenido o mecánica del portal, no de la persona"
SUYO = "era solo para ella"


def _portal(
    titulo: str, modelo: str, enlace: str, *campos: str, al_cerrar: AlCerrar = CONSERVAR, por_que: str = TRABAJO
) -> Dato:
    return Dato(titulo, modelo, enlace, campos, al_cerrar, por_que, resto=PORTAL)


# El orden importa al cerrar la cuenta: primero lo que cuelga de otra cosa.
REGISTRO: tuple[Dato, ...] = (
    Dato(
        titulo="cuenta",
        modelo="cuentas.Usuario",
        camino="",
        campos=("username", "nombre_publico", "email", "first_name", "last_name", "date_joined", "last_login"),
        al_cerrar=APARTE,
        por_que="la cuenta queda vacía y cerrada, sin nombre, para que lo firmado no quede sin dueño",
        callados={"password": SECRETO, "is_superuser": ACTO, "is_staff": ACTO, "is_active": INTERNO},
    ),
    Dato("grupos", "cuentas.Usuario_groups", "usuario", ("group__name",), BORRAR, "sin cuenta no hay permisos"),
    Dato(
        "permisos",
        "cuentas.Usuario_user_permissions",
        "usuario",
        ("permission__codename",),
        BORRAR,
        "sin cuenta no hay permisos",
    ),
    Dato(
        "confirmaciones_de_correo",
        "account.EmailConfirmation",
        "email_address__user",
        ("email_address__email", "created", "sent"),
        BORRAR,
        "era para mandarle correos",
        callados={"key": SECRETO},
    ),
    Dato(
        "correos",
        "account.EmailAddress",
        "user",
        ("email", "verified", "primary"),
        BORRAR,
        "era para mandarle correos",
    ),
    Dato(
        "segundos_pasos",
        "mfa.Authenticator",
        "user",
        ("type", "created_at", "last_used_at"),
        BORRAR,
        "era para entrar",
        callados={"data": SECRETO},
    ),
    Dato(
        "aparatos",
        "usersessions.UserSession",
        "user",
        ("created_at", "last_seen_at", "ip", "user_agent"),
        BORRAR,
        "era para entrar",
        callados={"session_key": SECRETO, "data": INTERNO},
    ),
    Dato(
        "cuentas_de_otros_sitios",
        "socialaccount.SocialAccount",
        "user",
        ("provider", "uid", "date_joined", "last_login", "extra_data"),
        BORRAR,
        "era para entrar",
        si_existe=True,
    ),
    Dato(
        "codigos_de_ingreso",
        "cuentas.CodigoDeIngreso",
        "usuario",
        ("emitido", "vence", "usado"),
        BORRAR,
        "era para entrar",
        callados={"huella": SECRETO},
    ),
    Dato(
        "codigos_que_entrego",
        "cuentas.CodigoDeIngreso",
        "emitido_por",
        ("emitido",),
        CONSERVAR,
        ACTO,
        callados={"huella": SECRETO, "vence": "es de otra persona", "usado": "es de otra persona"},
    ),
    Dato(
        "residencia",
        "cuentas.Residencia",
        "usuario",
        ("distrito__nombre", "otb__nombre", "nivel", "metodo", "momento"),
        BORRAR,
        "decía dónde vive",
    ),
    Dato(
        "residencias_que_verifico",
        "cuentas.Residencia",
        "verificada_por",
        ("momento",),
        CONSERVAR,
        ACTO,
        callados={"nivel": "es de otra persona", "metodo": "es de otra persona"},
    ),
    Dato(
        "mandatos",
        "cuentas.Mandato",
        "usuario",
        ("organizacion__nombre", "cargo", "desde", "hasta"),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "roles",
        "cuentas.AsignacionRol",
        "usuario",
        ("rol", "distrito__nombre", "unidad", "desde", "hasta"),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "borradores",
        "propuestas.Propuesta",
        "autor",
        ("titulo", "descripcion", "referencia", "lon", "lat", "monto_solicitado", "familias", "creada", "cambiada"),
        BORRAR,
        "nunca se publicó",
        filtro={"presentada__isnull": True},
        callados={
            "codigo": INTERNO,
            "estado": INTERNO,
            "monto_tecnico": INTERNO,
            "apoyos_contados": INTERNO,
            "busqueda": INTERNO,
            "presentada": INTERNO,
        },
    ),
    Dato(
        "propuestas",
        "propuestas.Propuesta",
        "autor",
        (
            *("codigo", "titulo", "descripcion", "categoria__nombre", "distrito__nombre", "otb__nombre"),
            *("organizacion__nombre", "referencia", "lon", "lat", "monto_solicitado", "monto_tecnico", "familias"),
            *("estado", "apoyos_contados", "creada", "presentada", "cambiada"),
        ),
        CONSERVAR,
        PUBLICO,
        filtro={"presentada__isnull": False},
        callados={"busqueda": INTERNO},
    ),
    Dato("apoyos", "propuestas.Apoyo", "usuario", ("propuesta__codigo", "momento"), CONSERVAR, PUBLICO),
    Dato(
        "dictamenes",
        "propuestas.Dictamen",
        "evaluador",
        ("propuesta__codigo", "resultado", "motivo", "texto", "monto_tecnico", "momento"),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "reportes",
        "reportes.Reporte",
        "autor",
        (
            *("codigo", "categoria__nombre", "servicio", "descripcion", "referencia", "lon", "lat"),
            *("distrito__nombre", "otb__nombre", "organizacion__nombre", "estado", "prioridad", "canal", "unidad"),
            *("operador", "plazo_dias", "vence", "respuesta", "sigue_url", "sigue_titulo", "oculto"),
            *("tambien_contados", "creado", "atendido", "cambiado"),
        ),
        CONSERVAR,
        PUBLICO,
        callados={"busqueda": INTERNO},
    ),
    Dato("tambien_me_pasa", "reportes.TambienMePasa", "usuario", ("reporte__codigo", "momento"), CONSERVAR, PUBLICO),
    Dato(
        "comentarios",
        "debate.Comentario",
        "autor",
        ("hilo__titulo", "organizacion__nombre", "calidad", "texto", "momento", "estado", "motivo"),
        CONSERVAR,
        PUBLICO,
        callados={"cambio": INTERNO},
    ),
    Dato(
        "votaciones_en_que_participo",
        "votaciones.Participacion",
        "usuario",
        ("contienda__votacion__nombre", "contienda__distrito__nombre"),
        CONSERVAR,
        "impide votar dos veces; no dice qué votó, y eso no lo sabe nadie: el voto no guarda de quién es",
    ),
    Dato(
        "cambios_de_obras_que_pidio",
        "obras.MovimientoPedido",
        "pedido_por",
        ("obra__nombre", "hacia", "motivo", "momento", "resuelto", "aceptado"),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "cambios_de_obras_que_resolvio",
        "obras.MovimientoPedido",
        "resuelto_por",
        ("obra__nombre", "hacia", "momento", "resuelto", "aceptado"),
        CONSERVAR,
        ACTO,
        callados={"motivo": "es de otra persona"},
    ),
    Dato(
        "fotos",
        "comun.Foto",
        "subida_por",
        ("token", "texto", "publica", "momento"),
        APARTE,
        "las publicadas quedan sin decir de quién; las demás se borran con sus archivos",
        callados={"ancho": ARCHIVO, "alto": ARCHIVO, "color": ARCHIVO, "peso": ARCHIVO, "huella": ARCHIVO},
    ),
    Dato(
        "actos_en_la_bitacora",
        "comun.Suceso",
        "actor",
        (
            *("momento", "verbo", "texto", "calidad", "motivo", "objeto_tipo", "objeto_id", "desde", "hasta"),
            *("datos", "publico"),
        ),
        CONSERVAR,
        "la bitácora no se cambia ni se borra; no guarda nombres, solo el número de la cuenta vacía",
    ),
    _portal("perfil", "wagtailusers.UserProfile", "user", "avatar", al_cerrar=APARTE, por_que="era su perfil"),
    _portal("llaves_de_programas", "wagtailcore.APIToken", "user", "name", "created", al_cerrar=BORRAR, por_que=SUYO),
    _portal("suscripciones", "wagtailcore.PageSubscription", "user", "page__title", al_cerrar=BORRAR, por_que=SUYO),
    _portal("edicion_en_curso", "wagtailadmin.EditingSession", "user", "last_seen_at", al_cerrar=BORRAR, por_que=SUYO),
    _portal("formularios_a_medias", "wagtailadmin.FormState", "user", "data", al_cerrar=BORRAR, por_que=SUYO),
    _portal("subidas_a_medias", "wagtailcore.UploadedFile", "uploaded_by_user", "file", al_cerrar=BORRAR, por_que=SUYO),
    _portal("documentos", "wagtaildocs.Document", "uploaded_by_user", "title", "created_at", al_cerrar=DESVINCULAR),
    _portal("imagenes", "wagtailimages.Image", "uploaded_by_user", "title", "created_at", al_cerrar=DESVINCULAR),
    _portal("paginas", "wagtailcore.Page", "owner", "title", "first_published_at", al_cerrar=DESVINCULAR),
    _portal("paginas_trancadas", "wagtailcore.Page", "locked_by", "title", "locked_at", al_cerrar=DESVINCULAR),
    _portal("versiones", "wagtailcore.Revision", "user", "object_str", "created_at"),
    _portal("registro_del_portal", "wagtailcore.PageLogEntry", "user", "label", "action", "timestamp"),
    _portal("registro_de_la_trastienda", "wagtailcore.ModelLogEntry", "user", "label", "action", "timestamp"),
    _portal("notas_en_paginas", "wagtailcore.Comment", "user", "text", "created_at"),
    _portal("notas_resueltas", "wagtailcore.Comment", "resolved_by", "resolved_at"),
    _portal("respuestas_a_notas", "wagtailcore.CommentReply", "user", "text", "created_at"),
    _portal("flujos_pedidos", "wagtailcore.WorkflowState", "requested_by", "created_at"),
    _portal("tareas_terminadas", "wagtailcore.TaskState", "finished_by", "finished_at", "comment"),
)
