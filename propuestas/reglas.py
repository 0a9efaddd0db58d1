"""La vida de una propuesta: estados, movimientos permitidos, quién los hace y cómo se explican.

Funciones y tablas puras, sin Django. Fuente: máquina de estados de la demanda (dominio, 4.1).
"""

from dataclasses import dataclass
from enum import StrEnum

from civic.comun.errores import ReglaIncumplida


class Estado(StrEnum):
    BORRADOR = "borrador"
    BORRADOR_ASISTIDO = "borrador_asistido"
    ENVIADA = "enviada"
    DEVUELTA = "devuelta"
    PUBLICADA = "publicada"
    FUSIONADA = "fusionada"
    RETIRADA = "retirada"
    EN_DISPUTA = "territorio_en_disputa"
    PRIORIZADA_OTB = "priorizada_otb"
    PRIORIZADA_DISTRITO = "priorizada_distrito"
    NO_PRIORIZADA = "no_priorizada"
    EN_EVALUACION = "en_evaluacion"
    OBSERVADA = "observada"
    CADUCADA = "caducada"
    RECHAZADA = "rechazada"
    DERIVADA = "derivada"
    VIABLE = "viable"
    EN_VOTACION = "en_votacion"
    SELECCIONADA = "seleccionada"
    NO_SELECCIONADA = "no_seleccionada"
    LISTA_ESPERA = "lista_espera"
    INCLUIDA_POA = "incluida_poa"
    EN_OBRA = "en_obra"
    CUMPLIDA = "cumplida"
    INCUMPLIDA = "incumplida"


@dataclass(frozen=True)
class FichaDeEstado:
    """Cómo se muestra un estado: palabra, tono (bien, ojo, mal, info), signo y qué sigue."""

    etiqueta: str
    tono: str
    signo: str
    sigue: str


FICHAS: dict[str, FichaDeEstado] = {
    Estado.BORRADOR: FichaDeEstado("Borrador", "info", "…", "Complétala y preséntala."),
    Estado.BORRADOR_ASISTIDO: FichaDeEstado(
        "Borrador asistido", "info", "…", "Falta que su autora o autor la confirme."
    ),
    Estado.ENVIADA: FichaDeEstado("Enviada", "info", "→", "En 2 días hábiles se revisa la forma y se publica."),
    Estado.DEVUELTA: FichaDeEstado("Devuelta para corregir", "ojo", "!", "Corrígela y vuelve a enviarla."),
    Estado.PUBLICADA: FichaDeEstado("Publicada", "info", "●", "Junta apoyos; luego la evalúa el equipo técnico."),
    Estado.FUSIONADA: FichaDeEstado("Unida a otra", "info", "⇄", "Sigue la propuesta a la que se unió."),
    Estado.RETIRADA: FichaDeEstado("Retirada", "mal", "×", "La retiró quien la presentó."),
    Estado.EN_DISPUTA: FichaDeEstado("Territorio en disputa", "ojo", "!", "Espera la decisión sobre el límite."),
    Estado.PRIORIZADA_OTB: FichaDeEstado("Priorizada por su OTB", "bien", "✓", "Va al ampliado del distrito."),
    Estado.PRIORIZADA_DISTRITO: FichaDeEstado("Priorizada por el distrito", "bien", "✓", "Pasa al POA."),
    Estado.NO_PRIORIZADA: FichaDeEstado("No priorizada", "mal", "×", "Puede presentarse de nuevo el próximo año."),
    Estado.EN_EVALUACION: FichaDeEstado("En evaluación", "info", "…", "El equipo técnico revisa si se puede hacer."),
    Estado.OBSERVADA: FichaDeEstado("Le falta un dato", "ojo", "!", "Su autora o autor debe completarla."),
    Estado.CADUCADA: FichaDeEstado("Caducada", "mal", "×", "Venció el plazo para corregirla."),
    Estado.RECHAZADA: FichaDeEstado("No se puede hacer", "mal", "×", "Se puede reclamar una vez."),
    Estado.DERIVADA: FichaDeEstado("Derivada", "ojo", "→", "Le toca a otra entidad o unidad."),
    Estado.VIABLE: FichaDeEstado("Viable", "bien", "✓", "Entra a la votación de su distrito."),
    Estado.EN_VOTACION: FichaDeEstado("En votación", "bien", "●", "Vota hasta el cierre de la votación."),
    Estado.SELECCIONADA: FichaDeEstado("Ganó la votación", "bien", "✓", "Pasa al POA."),
    Estado.NO_SELECCIONADA: FichaDeEstado("No alcanzó", "mal", "×", "Mira en el resultado por qué."),
    Estado.LISTA_ESPERA: FichaDeEstado("En lista de espera", "ojo", "…", "Entra si queda saldo."),
    Estado.INCLUIDA_POA: FichaDeEstado("Incluida en el POA", "bien", "✓", "Sigue la contratación de la obra."),
    Estado.EN_OBRA: FichaDeEstado("En obra", "bien", "●", "Sigue el avance de la obra."),
    Estado.CUMPLIDA: FichaDeEstado("Cumplida", "bien", "✓", "La obra ya está en uso."),
    Estado.INCUMPLIDA: FichaDeEstado("Incumplida", "mal", "×", "El municipio debe explicar por qué."),
}

OPCIONES_ESTADO = [(estado.value, ficha.etiqueta) for estado, ficha in FICHAS.items()]

NO_PUBLICOS = (
    Estado.BORRADOR.value,
    Estado.BORRADOR_ASISTIDO.value,
    Estado.ENVIADA.value,
    Estado.DEVUELTA.value,
)
EDITABLES = (Estado.BORRADOR.value, Estado.BORRADOR_ASISTIDO.value, Estado.DEVUELTA.value)

MOTIVOS = {
    "fuera_competencia": "No es competencia del municipio",
    "sin_terreno": "El terreno no tiene papeles o no es público",
    "riesgo": "Zona de riesgo",
    "costo_excede": "Cuesta más que el techo disponible",
    "duplicada": "Ya existe otra igual",
    "ya_programada": "Ya está programada",
    "competencia_concurrente_sin_convenio": "Necesita un convenio con otra entidad",
}

AUTOR, MODERACION, TECNICO, PLANIFICACION, SISTEMA = "autor", "moderacion", "tecnico", "planificacion", "sistema"
_E = Estado

# estado -> {estado siguiente: quién puede moverla}
MOVIMIENTOS: dict[str, dict[str, frozenset[str]]] = {
    _E.BORRADOR: {_E.ENVIADA: frozenset({AUTOR})},
    _E.BORRADOR_ASISTIDO: {_E.ENVIADA: frozenset({AUTOR})},
    _E.ENVIADA: {
        _E.PUBLICADA: frozenset({MODERACION, PLANIFICACION}),
        _E.DEVUELTA: frozenset({MODERACION, PLANIFICACION}),
    },
    _E.DEVUELTA: {_E.ENVIADA: frozenset({AUTOR})},
    _E.PUBLICADA: {
        _E.EN_EVALUACION: frozenset({PLANIFICACION, TECNICO}),
        _E.PRIORIZADA_OTB: frozenset({PLANIFICACION}),
        _E.FUSIONADA: frozenset({PLANIFICACION}),
        _E.EN_DISPUTA: frozenset({PLANIFICACION}),
        _E.RETIRADA: frozenset({AUTOR}),
    },
    _E.EN_DISPUTA: {_E.PUBLICADA: frozenset({PLANIFICACION})},
    _E.PRIORIZADA_OTB: {
        _E.EN_EVALUACION: frozenset({PLANIFICACION}),
        _E.PRIORIZADA_DISTRITO: frozenset({PLANIFICACION}),
        _E.NO_PRIORIZADA: frozenset({PLANIFICACION}),
    },
    _E.EN_EVALUACION: {
        _E.VIABLE: frozenset({TECNICO, PLANIFICACION}),
        _E.OBSERVADA: frozenset({TECNICO, PLANIFICACION}),
        _E.RECHAZADA: frozenset({TECNICO, PLANIFICACION}),
        _E.DERIVADA: frozenset({TECNICO, PLANIFICACION}),
    },
    _E.OBSERVADA: {
        _E.EN_EVALUACION: frozenset({AUTOR, PLANIFICACION}),
        _E.CADUCADA: frozenset({SISTEMA, PLANIFICACION}),
    },
    _E.VIABLE: {
        _E.EN_VOTACION: frozenset({SISTEMA, PLANIFICACION}),
        _E.PRIORIZADA_DISTRITO: frozenset({PLANIFICACION}),
        _E.LISTA_ESPERA: frozenset({PLANIFICACION}),
    },
    _E.EN_VOTACION: {_E.SELECCIONADA: frozenset({SISTEMA}), _E.NO_SELECCIONADA: frozenset({SISTEMA})},
    _E.SELECCIONADA: {_E.INCLUIDA_POA: frozenset({PLANIFICACION}), _E.LISTA_ESPERA: frozenset({PLANIFICACION})},
    _E.PRIORIZADA_DISTRITO: {_E.INCLUIDA_POA: frozenset({PLANIFICACION}), _E.LISTA_ESPERA: frozenset({PLANIFICACION})},
    _E.LISTA_ESPERA: {_E.INCLUIDA_POA: frozenset({PLANIFICACION})},
    _E.INCLUIDA_POA: {_E.EN_OBRA: frozenset({SISTEMA, PLANIFICACION})},
    _E.EN_OBRA: {_E.CUMPLIDA: frozenset({SISTEMA, PLANIFICACION}), _E.INCUMPLIDA: frozenset({PLANIFICACION})},
    _E.RECHAZADA: {_E.EN_EVALUACION: frozenset({AUTOR})},
    _E.DERIVADA: {_E.EN_EVALUACION: frozenset({AUTOR})},
    _E.CADUCADA: {_E.EN_EVALUACION: frozenset({AUTOR})},
    _E.NO_SELECCIONADA: {_E.LISTA_ESPERA: frozenset({PLANIFICACION})},
}


def siguientes(estado: str, calidad: str) -> list[str]:
    """Estados a los que alguien con esa calidad puede mover la propuesta."""
    return [hacia.value for hacia, quienes in MOVIMIENTOS.get(estado, {}).items() if calidad in quienes]  # type: ignore[attr-defined]


def exigir_movimiento(estado: str, hacia: str, calidad: str) -> None:
    """Lanza ReglaIncumplida si el movimiento no existe o no le toca a esa calidad."""
    quienes = MOVIMIENTOS.get(estado, {}).get(hacia)
    if quienes is None:
        raise ReglaIncumplida(f"Una propuesta «{FICHAS[estado].etiqueta}» no puede pasar a «{FICHAS[hacia].etiqueta}».")
    if calidad not in quienes:
        raise ReglaIncumplida(f"Pasar la propuesta a «{FICHAS[hacia].etiqueta}» le toca a otra persona.")
