"""La vida de un reporte: estados, movimientos, y cómo se explican. Sin Django. Fuente: dominio, 4.4."""

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
    Estado.RESUELTO: ("Resuelto", "bien", "✓", "Dinos si quedó bien; se puede reabrir en 15 días."),
    Estado.CONFIRMADO: ("Resuelto y confirmado", "bien", "✓", "Nada más."),
    Estado.REABIERTO: ("Reabierto", "mal", "!", "Vuelve a la unidad responsable."),
    Estado.NO_PROCEDE: ("No procede", "mal", "×", "Mira la razón en la respuesta."),
    Estado.CERRADO: ("Cerrado", "info", "×", "Nadie respondió en el plazo."),
}
OPCIONES_ESTADO = [(estado.value, ficha[0]) for estado, ficha in FICHAS.items()]
FINALES = frozenset(
    {
        Estado.DUPLICADO.value,
        Estado.FUERA_DE_COMPETENCIA.value,
        Estado.CONVERTIDO.value,
        Estado.VINCULADO.value,
        Estado.RESUELTO.value,
        Estado.CONFIRMADO.value,
        Estado.NO_PROCEDE.value,
        Estado.CERRADO.value,
    }
)
_E = Estado
_SALIDAS = {_E.ASIGNADO, _E.DERIVADO, _E.DUPLICADO, _E.FUERA_DE_COMPETENCIA, _E.NO_PROCEDE}
MOVIMIENTOS: dict[str, frozenset[str]] = {
    _E.RECIBIDO: frozenset(_SALIDAS | {_E.EN_VALIDACION}),
    _E.EN_VALIDACION: frozenset(_SALIDAS),
    _E.ASIGNADO: frozenset({_E.EN_VERIFICACION, _E.EN_ATENCION, _E.DERIVADO, _E.NO_PROCEDE, _E.DUPLICADO}),
    _E.DERIVADO: frozenset({_E.EN_ATENCION, _E.RESUELTO, _E.ASIGNADO, _E.NO_PROCEDE}),
    _E.EN_VERIFICACION: frozenset(
        {_E.EN_ATENCION, _E.PROGRAMADO, _E.CONVERTIDO, _E.VINCULADO, _E.NO_PROCEDE, _E.RESUELTO}
    ),
    _E.EN_ATENCION: frozenset({_E.PROGRAMADO, _E.RESUELTO, _E.VINCULADO, _E.CONVERTIDO}),
    _E.PROGRAMADO: frozenset({_E.EN_ATENCION, _E.RESUELTO}),
    _E.RESUELTO: frozenset({_E.CONFIRMADO, _E.REABIERTO, _E.CERRADO}),
    _E.REABIERTO: frozenset({_E.ASIGNADO, _E.EN_ATENCION, _E.RESUELTO}),
}


def exigir_movimiento(estado: str, hacia: str) -> None:
    """Lanza ReglaIncumplida si un reporte en `estado` no puede pasar a `hacia`."""
    if hacia not in MOVIMIENTOS.get(estado, frozenset()):
        raise ReglaIncumplida(f"Un reporte «{FICHAS[estado][0]}» no puede pasar a «{FICHAS[hacia][0]}».")
