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
    # Si cada fila tiene un archivo (su `ruta`): en qué carpeta de la descarga se entrega.
    carpeta: str = ""

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
DE_OTRA = "es de otra persona"
CIFRAS_DE_ACTA = ("presentes", "mujeres", "hombres", "desde", "hasta", "escaneo_publico")
DEL_ACTO = "es del acto, que es público o de otra persona"


def _portal(
    titulo: str, modelo: str, enlace: str, *campos: str, al_cerrar: AlCerrar = CONSERVAR, por_que: str = TRABAJO
) -> Dato:
    return Dato(titulo, modelo, enlace, campos, al_cerrar, por_que, resto=PORTAL)


def _acto(titulo: str, modelo: str, enlace: str, *campos: str, callan: tuple[str, ...] = ()) -> Dato:
    """Un acto de su cargo: se entrega qué hizo y cuándo; lo demás de esa fila no es suyo."""
    return Dato(titulo, modelo, enlace, campos, CONSERVAR, ACTO, callados=dict.fromkeys(callan, DEL_ACTO))


_DEL_ACTA = (
    *("numero", "tipo", "fecha", "lugar", "convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres"),
    *("forma", "acuerdo", "firmantes", "estado", "contenido", "huella", "firmada", "publicada", "observable_hasta"),
    *("aprobada", "calidad", "escrita_en_aparato", "creada", "cambiada"),
)


_DEL_LOTE = (
    *(
        "clase",
        "lugar",
        "fecha",
        "estado",
        "entregadas",
        "hojas",
        "por_repetir",
        "foto",
        "huella_de_la_foto",
        "secreto",
    ),
    *("deposito", "validas", "blancas", "nulas", "motivo"),
)


_DE_UN_DOCUMENTO = ("clase", "orden", "peso", "huella", "publico", "retirado", "motivo")

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
        ("distrito__nombre", "otb__nombre", "nivel", "metodo", "detalle", "momento"),
        BORRAR,
        "decía dónde vive",
    ),
    Dato(
        "datos_para_estadisticas",
        "cuentas.DatosParaEstadisticas",
        "usuario",
        ("sexo", "nacimiento"),
        BORRAR,
        "los dijo si quiso; lo publicado son totales que no guardan de quién salieron",
    ),
    Dato(
        "residencias_que_verifico",
        "cuentas.Residencia",
        "verificada_por",
        ("momento",),
        CONSERVAR,
        ACTO,
        callados=dict.fromkeys(("nivel", "metodo", "detalle"), DE_OTRA),
    ),
    Dato(
        "mandatos",
        "cuentas.Mandato",
        "usuario",
        ("organizacion__nombre", "cargo", "desde", "hasta", "anulado"),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "identidad",
        "cuentas.Identidad",
        "cuenta",
        ("momento",),
        APARTE,
        "queda sin cuenta: solo una huella con clave que impide votar dos veces",
        callados=dict.fromkeys(("huella", "nacimiento"), "con ella y la clave se probarían carnets"),
    ),
    Dato(
        "verificaciones",
        "cuentas.Verificacion",
        "cuenta",
        ("metodo", "detalle", "momento", "termino", "por_que"),
        CONSERVAR,
        "recuerda que esa identidad ya votó con esta cuenta; no dice quién es",
    ),
    _acto(
        *("verificaciones_que_hizo", "cuentas.Verificacion", "actor", "metodo", "momento"),
        callan=("detalle", "termino", "por_que"),
    ),
    *(
        Dato(
            f"conflictos_de_identidad_{enlace}",
            "cuentas.ConflictoDeIdentidad",
            enlace,
            ("estado", "momento", "resuelto"),
            CONSERVAR,
            "impide que la misma persona se verifique en dos cuentas",
            callados=dict.fromkeys(("razon", "metodo_primera", "metodo_segunda", "motivo"), DE_OTRA),
        )
        for enlace in ("primera", "segunda")
    ),
    *(
        _acto(
            *(f"conflictos_que_atendio_{enlace}", "cuentas.ConflictoDeIdentidad", enlace, "estado", "resuelto"),
            callan=("momento", "razon", "metodo_primera", "metodo_segunda", "motivo"),
        )
        for enlace in ("actor_segunda", "resuelto_por")
    ),
    Dato(
        "pedidos_de_confirmacion",
        "cuentas.PedidoDeConfirmacion",
        "usuario",
        ("organizacion__nombre", "estado", "momento", "respondido"),
        BORRAR,
        "pedía que confirmaran dónde vive",
        callados=dict.fromkeys(("huella", "numero"), "con ella y la clave se probarían carnets"),
    ),
    _acto(
        *("pedidos_que_respondio", "cuentas.PedidoDeConfirmacion", "respondido_por", "estado", "respondido"),
        callan=("momento", "huella", "numero"),
    ),
    _acto(
        *("padrones_que_subio", "cuentas.Padron", "importado_por", "municipio__nombre", "fecha_corte", "momento"),
        callan=("estado", "filas", "repetidas", "huella", "sello"),
    ),
    _acto(
        *("padrones_de_organizacion_que_subio", "cuentas.PadronDeOrganizacion", "subido_por"),
        *("organizacion__nombre", "momento"),
        callan=("estado", "filas", "repetidas", "huella", "sello"),
    ),
    _acto(
        *("organizaciones_que_registro", "cuentas.Organizacion", "registrada_por", "nombre", "clase", "creada"),
        callan=(
            *("slug", "lon", "lat", "referencia", "personalidad_juridica", "personalidad_autoridad", "familias"),
            *("personalidad_fecha", "personalidad_en_tramite", "telefono", "telefono_publico", "correo", "reunion"),
            *("correo_publico", "reunion_publica", "estado", "reservada", "observable_hasta", "publicada_el"),
            *("vigente_desde", "revision", "fuente"),
        ),
    ),
    _acto(
        *("actas_que_presento", "cuentas.ActaDeDirectiva", "registrada_por"),
        *("organizacion__nombre", "fecha", "lugar", "registrada", "estado", "calidad"),
        callan=(*CIFRAS_DE_ACTA, "resuelta", "motivo"),
    ),
    _acto(
        *("actas_que_reviso", "cuentas.ActaDeDirectiva", "resuelta_por", "organizacion__nombre", "resuelta", "estado"),
        callan=(*CIFRAS_DE_ACTA, "fecha", "lugar", "registrada", "calidad", "motivo"),
    ),
    _acto(
        *("escaneos_que_subio", "cuentas.Escaneo", "subido_por", "formato", "momento"),
        callan=("token", "peso", "huella"),
    ),
    Dato(
        "actas_en_que_figura",
        "cuentas.CargoDeActa",
        "usuario",
        ("acta__organizacion__nombre", "acta__fecha", "cargo", "nombre", "usuario_escrito"),
        APARTE,
        "queda el cargo, sin su nombre; el papel firmado es de la organización",
        callados={"orden": INTERNO},
    ),
    Dato(
        "observaciones_a_registros",
        "cuentas.ObservacionDeRegistro",
        "autor",
        (
            *("organizacion__nombre", "texto", "momento", "estado", "respuesta", "respondida"),
            *("oculta", "motivo_oculta"),
        ),
        CONSERVAR,
        PUBLICO,
    ),
    _acto(
        *("observaciones_que_respondio", "cuentas.ObservacionDeRegistro", "respondida_por", "respuesta", "respondida"),
        callan=("texto", "momento", "estado", "oculta", "motivo_oculta"),
    ),
    _acto(
        *("techos_que_aprobo", "procesos.Proceso", "techos_aprobados_por"),
        *("nombre", "techos_norma", "techos_aprobados"),
        callan=(
            *("slug", "tipo", "gestion", "resumen", "normativa", "publicado", "estado", "motivo_estado"),
            *("estado_desde", "techos_estado"),
        ),
    ),
    *(
        _acto(
            *(f"importaciones_{enlace}", "territorio.Importacion", enlace, "archivo", "tipo", "estado", "creada"),
            callan=(
                *("municipio_codigo", "municipio_nombre", "huella", "peso", "formato", "crs", "campo_codigo"),
                *("campo_nombre", "campo_padre", "campo_clase", "aceptadas", "rechazadas", "nuevas", "cambiadas"),
                *("iguales", "terminadas", "desde", "parcial", "informe", "contenido", "cerrada"),
            ),
        )
        for enlace in ("creada_por", "cerrada_por")
    ),
    _acto(
        *("dudas_de_lugar_que_resolvio", "territorio.Duda", "resuelta_por", "titulo", "razon", "resuelta"),
        callan=("objeto_tipo", "objeto_id", "lon", "lat", "motivo", "estado", "creada"),
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
        "documentos_de_borradores",
        "propuestas.Documento",
        "propuesta__autor",
        ("nombre", "token", "paginas", "momento"),
        BORRAR,
        "nunca se publicó",
        filtro={"propuesta__presentada__isnull": True},
        callados=dict.fromkeys(_DE_UN_DOCUMENTO, ARCHIVO),
        carpeta="documentos",
    ),
    Dato(
        "documentos_de_propuestas",
        "propuestas.Documento",
        "subido_por",
        ("propuesta__codigo", "nombre", "token", "paginas", "momento", "publico", "retirado", "motivo"),
        DESVINCULAR,
        "es parte de lo que se presentó y se decidió",
        callados=dict.fromkeys(("clase", "orden", "peso", "huella"), ARCHIVO),
        carpeta="documentos",
    ),
    _acto(
        *("documentos_que_retiro", "propuestas.Documento", "retirado_por", "propuesta__codigo", "retirado", "motivo"),
        callan=("clase", "orden", "token", "nombre", "peso", "paginas", "huella", "publico", "momento"),
    ),
    Dato(
        "invitaciones_de_borradores",
        "propuestas.Copatrocinio",
        "propuesta__autor",
        ("organizacion__nombre", "estado", "invitada", "retirada"),
        BORRAR,
        "era de un borrador, que se borra",
        filtro={"propuesta__presentada__isnull": True},
        callados=dict.fromkeys(("sello", "motivo", "respondida"), "nadie responde a un borrador"),
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
            "unidad": "quién la evalúa, no de quién es",
            "vence": "es el plazo del municipio",
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
        callados={"busqueda": INTERNO, "vence": "es el plazo del paso que sigue, que es público"},
    ),
    Dato(
        "propuestas_que_escribio_por_otras_personas",
        "propuestas.Propuesta",
        "asistida_por",
        ("codigo", "creada", "presentada"),
        CONSERVAR,
        ACTO,
        callados=dict.fromkeys(
            (
                *("titulo", "descripcion", "lon", "lat", "referencia", "monto_solicitado", "monto_tecnico", "familias"),
                *("unidad", "vence", "estado", "apoyos_contados", "busqueda", "cambiada"),
            ),
            DE_OTRA,
        ),
    ),
    Dato(
        "consentimientos",
        "propuestas.Consentimiento",
        "persona",
        ("propuesta__codigo", "medio", "momento"),
        CONSERVAR,
        "prueba que quiso presentar lo que otra persona escribió",
        callados={"sello": INTERNO},
    ),
    _acto(
        *("consentimientos_que_recibio", "propuestas.Consentimiento", "promotora", "propuesta__codigo", "momento"),
        callan=("medio", "sello"),
    ),
    _acto(
        *("organizaciones_que_invito", "propuestas.Copatrocinio", "invitada_por"),
        *("propuesta__codigo", "organizacion__nombre", "invitada"),
        callan=("estado", "sello", "motivo", "respondida", "retirada"),
    ),
    _acto(
        *("invitaciones_que_respondio", "propuestas.Copatrocinio", "respondida_por"),
        *("propuesta__codigo", "organizacion__nombre", "estado", "respondida", "motivo", "retirada"),
        callan=("sello", "invitada"),
    ),
    Dato(
        "cargas_de_papel",
        "propuestas.CargaDePapel",
        "cargada_por",
        ("proceso__nombre", "archivo", "estado", "creadas", "ya_estaban", "subida", "hecha"),
        CONSERVAR,
        ACTO,
        callados={"filas": "lo que escribieron otras personas en papel", "huella": ARCHIVO},
    ),
    Dato("apoyos", "propuestas.Apoyo", "usuario", ("propuesta__codigo", "momento"), CONSERVAR, PUBLICO),
    Dato(
        "propuestas_que_sigue",
        "propuestas.Seguimiento",
        "usuario",
        ("propuesta__codigo", "momento", "visto"),
        BORRAR,
        SUYO,
    ),
    Dato(
        "respuestas_a_pedidos_de_unir_o_dividir",
        "propuestas.RespuestaDeParte",
        "persona",
        ("pedido__clase", "propuesta__codigo", "acepta", "frase", "momento"),
        CONSERVAR,
        PUBLICO,
    ),
    _acto(
        *("pedidos_de_unir_o_dividir", "propuestas.PedidoDeAcuerdo", "pedido_por"),
        *("clase", "propuesta__codigo", "motivo", "calidad", "estado", "momento", "cerrado", "cierre"),
        callan=("partes",),
    ),
    _acto(
        *("relaciones_que_registro", "propuestas.Relacion", "puesta_por"),
        *("clase", "primera__codigo", "segunda__codigo", "motivo", "momento"),
        callan=("quitada", "por_que_se_quito"),
    ),
    _acto(
        *("relaciones_que_quito", "propuestas.Relacion", "quitada_por"),
        *("clase", "primera__codigo", "segunda__codigo", "quitada", "por_que_se_quito"),
        callan=("motivo", "momento"),
    ),
    Dato(
        "textos_antes_de_corregirlos",
        "propuestas.TextoAnterior",
        "propuesta__autor",
        ("propuesta__codigo", "titulo", "descripcion", "referencia", "razon", "explicacion", "momento"),
        BORRAR,
        "se corrigió para que no se publicara",
    ),
    _acto(
        *("textos_que_corrigio", "propuestas.TextoAnterior", "corregido_por"),
        *("propuesta__codigo", "razon", "explicacion", "momento"),
        callan=("titulo", "descripcion", "referencia"),
    ),
    _acto(
        *("propuestas_a_su_cargo", "propuestas.Propuesta", "evaluador", "codigo", "unidad"),
        callan=(
            *("titulo", "descripcion", "lon", "lat", "referencia", "monto_solicitado", "monto_tecnico", "familias"),
            *("estado", "vence", "apoyos_contados", "busqueda", "creada", "presentada", "cambiada"),
        ),
    ),
    Dato(
        "dictamenes",
        "propuestas.Dictamen",
        "evaluador",
        (
            *("propuesta__codigo", "resultado", "motivo", "texto", "monto_tecnico", "diferencia", "destino"),
            *("segunda", "lista", "momento"),
        ),
        CONSERVAR,
        ACTO,
    ),
    Dato(
        "reclamos",
        "propuestas.Reclamo",
        "autor",
        ("propuesta__codigo", "clase", "momento"),
        CONSERVAR,
        PUBLICO,
        callados={"resuelto": DEL_ACTO},
    ),
    _acto("reclamos_contra_lo_que_decidio", "propuestas.Reclamo", "contra", "clase", "resuelto", callan=("momento",)),
    _acto("reclamos_que_resolvio", "propuestas.Reclamo", "resuelto_por", "clase", "resuelto", callan=("momento",)),
    _acto("excusas", "propuestas.Excusa", "persona", "propuesta__codigo", "razon", "detalle", "momento"),
    _acto("notas_internas", "propuestas.NotaInterna", "autor", "propuesta__codigo", "texto", "momento"),
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
    _acto(
        *("actas_de_asamblea_que_escribio", "actas.Acta", "creada_por"),
        *("numero", "tipo", "fecha", "lugar", "calidad", "creada", "escrita_en_aparato"),
        callan=_DEL_ACTA,
    ),
    *(
        _acto(f"actas_de_asamblea_{enlace}", "actas.Acta", enlace, "numero", "fecha", callan=_DEL_ACTA)
        for enlace in ("firmada_por", "validada_por", "aprobada_por")
    ),
    _acto(
        *("hojas_de_actas_que_subio", "actas.Hoja", "subida_por", "acta__numero", "formato", "momento"),
        callan=("token", "peso", "huella"),
    ),
    _acto(
        *("actas_firmadas_que_subio", "actas.PdfFirmado", "subido_por", "acta__numero", "momento"),
        callan=("token", "peso", "huella", "huella_del_acta", "valido", "misma_hoja", "firmas"),
    ),
    Dato(
        "observaciones_a_actas",
        "actas.ObservacionDeActa",
        "autor",
        ("acta__numero", "calidad", "texto", "momento", "estado", "respuesta", "respondida"),
        CONSERVAR,
        PUBLICO,
        callados={"huella_del_acta": INTERNO},
    ),
    _acto(
        *("observaciones_a_actas_que_respondio", "actas.ObservacionDeActa", "respondida_por"),
        *("acta__numero", "respuesta", "respondida"),
        callan=("calidad", "texto", "momento", "estado", "huella_del_acta"),
    ),
    _acto(
        *("actas_que_envio_del_telefono", "actas.Envio", "autor"),
        *("acta__numero", "calidad", "escrito_en_aparato", "recibido", "estado"),
        callan=("datos", "huella"),
    ),
    _acto(
        *("envios_de_actas_que_eligio", "actas.Envio", "elegido_por", "acta__numero", "estado"),
        callan=("datos", "huella", "calidad", "escrito_en_aparato", "recibido"),
    ),
    Dato(
        "padrones_en_que_esta",
        "padron_electoral.Habilitacion",
        "usuario",
        ("padron__votacion__nombre", "contienda__area__nombre", "metodo"),
        CONSERVAR,
        "el padrón de una votación no cambia después de abrirla; queda contada, sin decir quién era",
    ),
    Dato(
        "reclamos_a_padrones",
        "padron_electoral.ReclamoDePadron",
        "autor",
        ("padron__votacion__nombre", "clase", "calidad", "texto", "momento", "estado", "respuesta", "resuelto"),
        CONSERVAR,
        "dice por qué el padrón de una votación quedó como quedó",
    ),
    Dato(
        "reclamos_a_padrones_sobre_ella",
        "padron_electoral.ReclamoDePadron",
        "persona",
        ("padron__votacion__nombre", "clase", "texto", "momento", "estado", "respuesta", "resuelto"),
        CONSERVAR,
        "dice por qué el padrón de una votación quedó como quedó",
        callados={"calidad": DE_OTRA},
    ),
    _acto(
        *("reclamos_a_padrones_que_resolvio", "padron_electoral.ReclamoDePadron", "resuelto_por"),
        *("padron__votacion__nombre", "estado", "respuesta", "resuelto"),
        callan=("clase", "calidad", "texto", "momento"),
    ),
    _acto(
        *("personas_que_inscribio_en_mesas", "mesas.Inscripcion", "actor", "padron__votacion__nombre", "momento"),
        callan=("metodo",),
    ),
    *(
        _acto(
            *(f"paquetes_de_codigos_que_{enlace}", "mesas.Paquete", enlace, "contienda__votacion__nombre", "mesa"),
            callan=("codigos", "entregados", "estado"),
        )
        for enlace in ("preparo", "imprimio", "activo")
    ),
    *(
        _acto(f"lotes_de_votacion_{enlace}", "lotes.Lote", enlace, "lugar", "fecha", "estado", callan=_DEL_LOTE)
        for enlace in ("abierto_por", "primera_por", "segunda_por", "decidida_por", "depositado_por", "anulado_por")
    ),
    Dato(
        "votaciones_en_que_participo",
        "votaciones.Participacion",
        "usuario",
        ("contienda__votacion__nombre", "contienda__area__nombre", "metodo", "canal"),
        CONSERVAR,
        "impide votar dos veces; no dice qué votó, y eso no lo sabe nadie: el voto no guarda de quién es",
        callados={"compromiso": "huella del código de tu recibo; no sirve para nada más"},
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
            *("datos", "publico", "numero"),
        ),
        CONSERVAR,
        "la bitácora no se cambia ni se borra; no guarda nombres, solo el número de la cuenta vacía",
        callados=dict.fromkeys(("sal", "anterior", "huella"), "encadena la bitácora; no dice nada de nadie"),
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
