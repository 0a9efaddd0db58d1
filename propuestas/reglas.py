"""La vida de una propuesta: estados, movimientos permitidos, quién los hace y cómo se explican.

Funciones y tablas puras, sin Django. Fuente: máquina de estados de la demanda (dominio, 4.1).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from civic.comun.dinero import bolivianos
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

OPCIONES_ESTADO = [(str(estado), ficha.etiqueta) for estado, ficha in FICHAS.items()]

NO_PUBLICOS = (
    Estado.BORRADOR.value,
    Estado.BORRADOR_ASISTIDO.value,
    Estado.ENVIADA.value,
    Estado.DEVUELTA.value,
)
PUBLICOS = tuple(estado.value for estado in Estado if estado.value not in NO_PUBLICOS)
EDITABLES = (Estado.BORRADOR.value, Estado.BORRADOR_ASISTIDO.value, Estado.DEVUELTA.value)

# Estados en los que una propuesta todavía puede ganar o perder apoyos.
APOYABLES = (
    Estado.PUBLICADA.value,
    Estado.PRIORIZADA_OTB.value,
    Estado.PRIORIZADA_DISTRITO.value,
    Estado.EN_EVALUACION.value,
    Estado.OBSERVADA.value,
    Estado.VIABLE.value,
)
# Estados en los que ya compite, o ya ganó, por el techo de su distrito: no puede pasar a otro.
CON_DISTRITO_FIJO = (
    Estado.EN_VOTACION.value,
    Estado.SELECCIONADA.value,
    Estado.NO_SELECCIONADA.value,
    Estado.LISTA_ESPERA.value,
    Estado.INCLUIDA_POA.value,
    Estado.EN_OBRA.value,
    Estado.CUMPLIDA.value,
    Estado.INCUMPLIDA.value,
)
# Cómo se agrupan los estados públicos en el filtro de la lista.
GRUPOS: dict[str, tuple[Estado, ...]] = {
    "Recibiendo apoyos": (Estado.PUBLICADA, Estado.PRIORIZADA_OTB, Estado.PRIORIZADA_DISTRITO, Estado.EN_DISPUTA),
    "En evaluación": (Estado.EN_EVALUACION, Estado.OBSERVADA, Estado.DERIVADA, Estado.VIABLE),
    "Votación": (Estado.EN_VOTACION, Estado.SELECCIONADA, Estado.LISTA_ESPERA, Estado.NO_SELECCIONADA),
    "En camino": (Estado.INCLUIDA_POA, Estado.EN_OBRA, Estado.CUMPLIDA, Estado.INCUMPLIDA),
    "No siguen": (
        Estado.RECHAZADA,
        Estado.NO_PRIORIZADA,
        Estado.CADUCADA,
        Estado.RETIRADA,
        Estado.FUSIONADA,
    ),
}
ORDENES = {"recientes": "Las más recientes", "apoyos": "Las más apoyadas"}

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
EN_CALIDAD_DE = {
    AUTOR: "Quien la presentó",
    MODERACION: "Gestión de comunidad",
    TECNICO: "Equipo técnico",
    PLANIFICACION: "Planificación POA",
    SISTEMA: "Sistema",
}
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


def es_publico(estado: str) -> bool:
    return estado not in NO_PUBLICOS


def siguientes(estado: str, calidad: str) -> list[str]:
    """Estados a los que alguien con esa calidad puede mover la propuesta."""
    return [hacia.value for hacia, quienes in MOVIMIENTOS.get(estado, {}).items() if calidad in quienes]  # type: ignore[attr-defined]


def exigir_movimiento(estado: str, hacia: str, calidad: str) -> None:
    """Lanza ReglaIncumplida si el movimiento no existe o no le toca a esa calidad."""
    quienes = MOVIMIENTOS.get(estado, {}).get(hacia)
    if quienes is None:
        raise ReglaIncumplida(f"Una propuesta «{FICHAS[estado].etiqueta}» no puede pasar a «{FICHAS[hacia].etiqueta}».")
    if calidad not in quienes:
        quien = " o ".join(sorted(EN_CALIDAD_DE[otra].lower() for otra in quienes))
        raise ReglaIncumplida(f"Pasar la propuesta a «{FICHAS[hacia].etiqueta}» le toca a: {quien}.")


# --- Borrador: tres pasos --------------------------------------------------------------------------------------------
QUE, DONDE, FOTO, REVISAR = "que", "donde", "foto", "revisar"
PASOS = {QUE: "Qué y por qué", DONDE: "Dónde", FOTO: "Foto y costo", REVISAR: "Revisar y presentar"}


def faltantes(
    *, titulo: str, descripcion: str, con_categoria: bool, con_distrito: bool, monto: Decimal | None
) -> list[tuple[str, str]]:
    """(paso, frase) de cada dato sin el que una propuesta no se puede presentar, en el orden de los pasos."""
    faltas = []
    if not titulo.strip():
        faltas.append((QUE, "el título"))
    if not descripcion.strip():
        faltas.append((QUE, "qué se pide y por qué"))
    if not con_categoria:
        faltas.append((QUE, "la categoría"))
    if not con_distrito:
        faltas.append((DONDE, "el lugar"))
    if monto is None:
        faltas.append((FOTO, "el costo"))
    return faltas


def exigir_completa(faltas: list[tuple[str, str]]) -> None:
    """Lanza ReglaIncumplida con cada dato que falta y su paso."""
    if faltas:
        lista = "; ".join(f"{dato} (paso «{PASOS[paso]}»)" for paso, dato in faltas)
        raise ReglaIncumplida(f"Para presentarla falta: {lista}.")


def exigir_bajo_techo(
    monto: Decimal, techo: Decimal | None, lugar: str, *, que: str = "El costo", campo: str = "monto_solicitado"
) -> None:
    """Lanza ReglaIncumplida (en `campo`) si `monto` pasa del techo; sin techo no hay límite. Montos en Bs."""
    if techo is not None and monto > techo:
        raise ReglaIncumplida(
            f"{que} ({bolivianos(monto)}) pasa del techo de {lugar}, que es {bolivianos(techo)}. "
            "Tiene que ser igual o menor: puede pedirse solo una primera etapa.",
            campo=campo,
        )


def codigo_de(gestion: int, numero: int) -> str:
    """PR-2027-001"""
    return f"PR-{gestion}-{numero:03d}"


def numero_de(codigo: str) -> int:
    """El número correlativo de un código: PR-2027-1000 -> 1000."""
    return int(codigo.rsplit("-", 1)[1])


# --- Apoyos, movimientos y dictámenes --------------------------------------------------------------------------------
RESULTADOS = (Estado.VIABLE.value, Estado.OBSERVADA.value, Estado.RECHAZADA.value, Estado.DERIVADA.value)
_PIDEN_MOTIVO = {
    Estado.DEVUELTA.value: "Di qué tiene que corregir quien la presentó.",
    Estado.RETIRADA.value: "Cuenta en una frase por qué la retiras.",
    Estado.FUSIONADA.value: "Di a qué propuesta se une y por qué.",
    Estado.EN_DISPUTA.value: "Di qué límite está en disputa.",
    Estado.NO_PRIORIZADA.value: "Di qué asamblea lo decidió y por qué.",
    Estado.CADUCADA.value: "Di qué plazo venció.",
    Estado.LISTA_ESPERA.value: "Di por qué espera y qué tendría que pasar para que entre.",
    Estado.INCUMPLIDA.value: "Explica por qué no se cumplió.",
}
# Pasar a uno de estos es aprobar lo que alguien evaluó: le toca a otra persona.
APRUEBAN = (
    Estado.PRIORIZADA_DISTRITO.value,
    Estado.LISTA_ESPERA.value,
    Estado.EN_VOTACION.value,
    Estado.INCLUIDA_POA.value,
)
# Estados desde los que se puede reclamar una sola vez para que se evalúe de nuevo.
RECLAMABLES = (Estado.RECHAZADA.value, Estado.DERIVADA.value, Estado.CADUCADA.value)


def exigir_apoyable(estado: str) -> None:
    if estado not in APOYABLES:
        raise ReglaIncumplida(
            f"Esta propuesta está «{FICHAS[estado].etiqueta}» y ya no recibe ni pierde apoyos. {FICHAS[estado].sigue}"
        )


def exigir_motivo(hacia: str, calidad: str, motivo: str) -> None:
    """Lanza ReglaIncumplida (campo «motivo») si ese movimiento necesita una razón escrita y no la trae."""
    frase = _PIDEN_MOTIVO.get(hacia)
    if calidad == AUTOR and hacia == Estado.EN_EVALUACION:
        frase = "Escribe tu respuesta: qué corregiste o por qué pides que se evalúe de nuevo."
    if frase and not motivo.strip():
        raise ReglaIncumplida(frase, campo="motivo")


def exigir_camino_propio(desde: str, hacia: str) -> None:
    """Enviar y evaluar tienen su propio verbo, con sus controles: nunca son un movimiento suelto."""
    if hacia == Estado.ENVIADA:
        raise ReglaIncumplida("Una propuesta se envía presentándola desde su borrador.")
    if desde == Estado.EN_EVALUACION and hacia in RESULTADOS:
        raise ReglaIncumplida(f"Para pasarla a «{FICHAS[hacia].etiqueta}» hace falta un dictamen con sus razones.")


_FRASES = {
    Estado.ENVIADA.value: "Se presentó con el código {codigo}.",
    Estado.PUBLICADA.value: "Se publicó. Ya se puede apoyar y comentar.",
    Estado.RETIRADA.value: "La retiró quien la presentó.",
    Estado.SELECCIONADA.value: "Ganó la votación.",
    Estado.NO_SELECCIONADA.value: "No alcanzó en la votación.",
    Estado.EN_VOTACION.value: "Entró a la votación de su distrito.",
}


def frase_de_movimiento(hacia: str, codigo: str) -> str:
    """La línea pública de la bitácora: «Pasó a «En evaluación».»"""
    return _FRASES.get(hacia, f"Pasó a «{FICHAS[hacia].etiqueta}».").format(codigo=codigo)


def exigir_dictamen(estado: str, resultado: str, motivo: str, texto: str, monto_tecnico: Decimal | None) -> None:
    """Lanza ReglaIncumplida si el dictamen no corresponde al estado o le falta una razón o un costo."""
    if resultado not in RESULTADOS:
        raise ReglaIncumplida("Elige el resultado de la evaluación.", campo="resultado")
    if estado != Estado.EN_EVALUACION:
        raise ReglaIncumplida(f"La propuesta está «{FICHAS[estado].etiqueta}». Primero pásala a «En evaluación».")
    if not texto.strip():
        raise ReglaIncumplida("Escribe la explicación: la leerá toda la gente.", campo="texto")
    if resultado == Estado.RECHAZADA and motivo not in MOTIVOS:
        raise ReglaIncumplida("Para rechazar hay que elegir una razón de la lista.", campo="motivo")
    if motivo and motivo not in MOTIVOS:
        raise ReglaIncumplida("Esa razón no está en la lista.", campo="motivo")
    if resultado == Estado.VIABLE and (monto_tecnico is None or monto_tecnico <= 0):
        raise ReglaIncumplida("Para declararla viable hace falta el costo técnico.", campo="monto_tecnico")
