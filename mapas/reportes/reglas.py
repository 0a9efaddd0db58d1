"""La vida de un reporte: estados, movimientos, quién los hace, plazos y cómo se explican. Sin Django.

Fuente: máquina de estados del reclamo (dominio, 4.4).
"""

import datetime
from enum import StrEnum

from civic.comun.errores import ReglaIncumplida


class Estado(StrEnum):
    RECIBIDO = "recibido"
    EN_VALIDACION = "en_validacion"
    DUPLICADO = "duplicado"
    FUERA_DE_COMPETENCIA = "fuera_de_competencia"
    ASIGNADO = "asignado"
    DERIVADO = "derivado"
    EN_VERIFICACION = "en_verificacion"
    EN_ATENCION = "en_atencion"
    PROGRAMADO = "programado"
    CONVERTIDO = "convertido_en_propuesta"
    VINCULADO = "vinculado_a_obra"
    RESUELTO = "resuelto"
    CONFIRMADO = "confirmado"
    REABIERTO = "reabierto"
    NO_PROCEDE = "no_procede"
    CERRADO = "cerrado_sin_respuesta_ciudadana"


# estado -> (etiqueta, tono, signo, qué sigue)
FICHAS: dict[str, tuple[str, str, str, str]] = {
    Estado.RECIBIDO: ("Recibido", "info", "●", "Se revisa en 1 día hábil."),
    Estado.EN_VALIDACION: ("En revisión", "info", "…", "Se decide quién lo atiende."),
    Estado.DUPLICADO: ("Ya estaba reportado", "info", "⇄", "Sigue el reporte anterior."),
    Estado.FUERA_DE_COMPETENCIA: ("No le toca al municipio", "mal", "×", "Se envió nota a quien corresponde."),
    Estado.ASIGNADO: ("Asignado", "info", "→", "La unidad lo verifica en el lugar."),
    Estado.DERIVADO: ("Derivado al operador", "ojo", "→", "Responde quien opera el servicio."),
    Estado.EN_VERIFICACION: ("En verificación", "info", "…", "Alguien va al lugar a mirar."),
    Estado.EN_ATENCION: ("En atención", "ojo", "●", "Hay gente trabajando."),
    Estado.PROGRAMADO: ("Programado", "ojo", "…", "Tiene fecha y presupuesto."),
    Estado.CONVERTIDO: ("Ahora es una propuesta", "bien", "✓", "Sigue la propuesta."),
    Estado.VINCULADO: ("Se atiende con una obra", "bien", "✓", "Sigue la obra."),
    Estado.RESUELTO: ("Resuelto", "bien", "✓", "Falta que quien lo reportó diga si quedó bien."),
    Estado.CONFIRMADO: ("Resuelto y confirmado", "bien", "✓", "Quien lo reportó dijo que quedó bien."),
    Estado.REABIERTO: ("Reabierto", "mal", "!", "Vuelve a la unidad responsable."),
    Estado.NO_PROCEDE: ("No procede", "mal", "×", "Mira la razón en la respuesta."),
    Estado.CERRADO: ("Cerrado", "info", "×", "Nadie dijo nada en el plazo y se dio por bueno."),
}
OPCIONES_ESTADO = [(str(estado), ficha[0]) for estado, ficha in FICHAS.items()]
ARREGLADOS = frozenset({Estado.RESUELTO.value, Estado.CONFIRMADO.value, Estado.CERRADO.value})
ENCAMINADOS = frozenset({Estado.CONVERTIDO.value, Estado.VINCULADO.value, Estado.DUPLICADO.value})
SIN_SOLUCION = frozenset({Estado.FUERA_DE_COMPETENCIA.value, Estado.NO_PROCEDE.value})
FINALES = ARREGLADOS | ENCAMINADOS | SIN_SOLUCION
# Estos tienen que decir en qué página sigue el problema.
SIGUEN_EN_OTRA_PAGINA = ENCAMINADOS
DEBEN_EXPLICAR = SIN_SOLUCION | {Estado.RESUELTO.value, Estado.PROGRAMADO.value, Estado.REABIERTO.value}

VENTANILLA, UNIDAD, CIUDADANIA = "ventanilla", "unidad", "ciudadania"
_E = Estado
_RECEPCION = frozenset({VENTANILLA, UNIDAD})
_ATENCION = frozenset({UNIDAD})
_PERSONA = frozenset({CIUDADANIA})
_SALIDAS: dict[str, frozenset[str]] = dict.fromkeys(
    (_E.ASIGNADO, _E.DERIVADO, _E.DUPLICADO, _E.FUERA_DE_COMPETENCIA, _E.NO_PROCEDE), _RECEPCION
)
_CIERRES: dict[str, frozenset[str]] = dict.fromkeys(
    (_E.RESUELTO, _E.VINCULADO, _E.CONVERTIDO, _E.NO_PROCEDE), _ATENCION
)

# estado -> {estado siguiente: quién puede moverlo}
MOVIMIENTOS: dict[str, dict[str, frozenset[str]]] = {
    _E.RECIBIDO: {_E.EN_VALIDACION: _RECEPCION, **_SALIDAS},
    _E.EN_VALIDACION: dict(_SALIDAS),
    _E.ASIGNADO: {
        _E.EN_VERIFICACION: _ATENCION,
        _E.EN_ATENCION: _ATENCION,
        _E.DERIVADO: _RECEPCION,
        _E.DUPLICADO: _RECEPCION,
        **_CIERRES,
    },
    _E.DERIVADO: {
        _E.EN_ATENCION: _RECEPCION,
        _E.RESUELTO: _RECEPCION,
        _E.ASIGNADO: _RECEPCION,
        _E.NO_PROCEDE: _RECEPCION,
    },
    _E.EN_VERIFICACION: {_E.EN_ATENCION: _ATENCION, _E.PROGRAMADO: _ATENCION, **_CIERRES},
    _E.EN_ATENCION: {_E.PROGRAMADO: _ATENCION, **_CIERRES},
    _E.PROGRAMADO: {_E.EN_ATENCION: _ATENCION, _E.RESUELTO: _ATENCION, _E.VINCULADO: _ATENCION},
    _E.RESUELTO: {_E.CONFIRMADO: _PERSONA, _E.REABIERTO: _PERSONA, _E.CERRADO: _RECEPCION},
    _E.REABIERTO: {_E.ASIGNADO: _RECEPCION, _E.EN_ATENCION: _ATENCION, _E.RESUELTO: _ATENCION},
}


def siguientes(estado: str, calidades: frozenset[str]) -> list[str]:
    """Estados a los que alguien con esas calidades puede mover el reporte, en el orden de la tabla."""
    return [str(hacia) for hacia, quienes in MOVIMIENTOS.get(estado, {}).items() if quienes & calidades]


def exigir_movimiento(estado: str, hacia: str) -> None:
    """Lanza ReglaIncumplida si un reporte en `estado` no puede pasar a `hacia`."""
    if hacia not in MOVIMIENTOS.get(estado, {}):
        raise ReglaIncumplida(f"Un reporte «{FICHAS[estado][0]}» no puede pasar a «{FICHAS[hacia][0]}».", campo="hacia")


def exigir_datos(hacia: str, *, explicacion: str, unidad: str, operador: str, sigue_en: str) -> None:
    """Lanza ReglaIncumplida (con su campo) si falta lo que la gente necesita leer en ese estado."""
    if hacia in DEBEN_EXPLICAR and not explicacion:
        raise ReglaIncumplida(
            f"Para pasar a «{FICHAS[hacia][0]}» escribe la respuesta que leerá la gente.", campo="respuesta"
        )
    if hacia == Estado.ASIGNADO and not unidad:
        raise ReglaIncumplida("Di a qué unidad se asigna.", campo="unidad")
    if hacia == Estado.DERIVADO and not operador:
        raise ReglaIncumplida("Di a qué operador se deriva.", campo="operador")
    if hacia in SIGUEN_EN_OTRA_PAGINA and not sigue_en:
        raise ReglaIncumplida("Di en qué página sigue: el reporte anterior, la propuesta o la obra.", campo="sigue_en")


# --- Plazos ----------------------------------------------------------------------------------------------------------

DIAS_PARA_REABRIR = 15
PLAZO_GENERAL = 10
# Días hábiles para responder según la clase de problema. Fuente: metas de atención de la demo; cada municipio pone
# las suyas en su reglamento.
PLAZOS = {
    "alcantarillado": 2,
    "riego": 2,
    "agua": 3,
    "vias": 5,
    "pluvial": 5,
    "salud": 5,
    "areas_verdes": 5,
    "alumbrado": 7,
    "educacion": 7,
}


def plazo_de(categoria: str) -> int:
    """Días hábiles para responder un reporte de esa categoría (código)."""
    return PLAZOS.get(categoria, PLAZO_GENERAL)


def esta_vencido(estado: str, vence: datetime.date | None, hoy: datetime.date) -> bool:
    """«Vencido» es una seña, no un estado: sigue abierto y su fecha ya pasó."""
    return estado not in FINALES and vence is not None and hoy > vence


def limite_para_reabrir(atendido: datetime.date) -> datetime.date:
    """Último día en que quien reportó puede reabrir lo resuelto."""
    return atendido + datetime.timedelta(days=DIAS_PARA_REABRIR)


def exigir_reabrible(atendido: datetime.date | None, hoy: datetime.date) -> None:
    """Lanza ReglaIncumplida si ya pasaron los días para reabrir."""
    if atendido is not None and hoy > limite_para_reabrir(atendido):
        limite = limite_para_reabrir(atendido)
        raise ReglaIncumplida(
            f"Se podía reabrir hasta el {limite.day}/{limite.month}/{limite.year}. "
            "Si el problema volvió, haz un reporte nuevo."
        )


# --- Cerca -----------------------------------------------------------------------------------------------------------

METROS_DE_PARECIDO = 150
