"""En qué puede estar una propuesta, y cómo se dice y se muestra cada estado.

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
    APELADA = "apelada"
    PUBLICADA = "publicada"
    FUSIONADA = "fusionada"
    DIVIDIDA = "dividida"
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
    ARRASTRADA = "arrastrada"
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
    Estado.DEVUELTA: FichaDeEstado(
        "Devuelta para corregir", "ojo", "!", "Corrígela y vuelve a enviarla, o apela una vez."
    ),
    Estado.APELADA: FichaDeEstado("En apelación", "ojo", "!", "Otra persona decide si se publica o se devuelve."),
    Estado.PUBLICADA: FichaDeEstado("Publicada", "info", "●", "Junta apoyos; luego la evalúa el equipo técnico."),
    Estado.FUSIONADA: FichaDeEstado("Unida a otra", "info", "⇄", "Sigue la propuesta a la que se unió."),
    Estado.DIVIDIDA: FichaDeEstado("Dividida en otras", "info", "⇉", "Siguen sus partes, cada una por su cuenta."),
    Estado.RETIRADA: FichaDeEstado(
        "Retirada", "mal", "×", "La retiró quien la presentó. Puede pedir una vez que se evalúe."
    ),
    Estado.EN_DISPUTA: FichaDeEstado("Territorio en disputa", "ojo", "!", "Espera la decisión sobre el límite."),
    Estado.PRIORIZADA_OTB: FichaDeEstado("Priorizada por su OTB", "bien", "✓", "Va al ampliado del distrito."),
    Estado.PRIORIZADA_DISTRITO: FichaDeEstado("Priorizada por el distrito", "bien", "✓", "Pasa al POA."),
    Estado.NO_PRIORIZADA: FichaDeEstado("No priorizada", "mal", "×", "Puede presentarse de nuevo el próximo año."),
    Estado.EN_EVALUACION: FichaDeEstado("En evaluación", "info", "…", "El equipo técnico revisa si se puede hacer."),
    Estado.OBSERVADA: FichaDeEstado("Le falta un dato", "ojo", "!", "Su autora o autor debe completarla."),
    Estado.CADUCADA: FichaDeEstado(
        "Caducada", "mal", "×", "Venció el plazo para completarla. Se puede reclamar una vez."
    ),
    Estado.RECHAZADA: FichaDeEstado("No se puede hacer", "mal", "×", "Se puede reclamar una vez."),
    Estado.DERIVADA: FichaDeEstado(
        "Derivada", "ojo", "→", "Le toca a otra entidad o unidad. Se puede reclamar una vez."
    ),
    Estado.VIABLE: FichaDeEstado("Viable", "bien", "✓", "Entra a la votación de su distrito."),
    Estado.EN_VOTACION: FichaDeEstado("En votación", "bien", "●", "Vota hasta el cierre de la votación."),
    Estado.SELECCIONADA: FichaDeEstado("Ganó la votación", "bien", "✓", "Pasa al POA."),
    Estado.NO_SELECCIONADA: FichaDeEstado(
        "No alcanzó", "mal", "×", "Mira en el resultado por qué. Se puede reclamar una vez."
    ),
    Estado.LISTA_ESPERA: FichaDeEstado(
        "En lista de espera", "ojo", "…", "Entra si queda saldo; si no, pasa a la siguiente gestión."
    ),
    Estado.ARRASTRADA: FichaDeEstado(
        "Pasó a la siguiente gestión", "info", "→", "Sigue en la propuesta nueva, con los mismos apoyos."
    ),
    Estado.INCLUIDA_POA: FichaDeEstado("Incluida en el POA", "bien", "✓", "Sigue la contratación de la obra."),
    Estado.EN_OBRA: FichaDeEstado("En obra", "bien", "●", "Sigue el avance de la obra."),
    Estado.CUMPLIDA: FichaDeEstado("Cumplida", "bien", "✓", "La obra ya está en uso."),
    Estado.INCUMPLIDA: FichaDeEstado("Incumplida", "mal", "×", "El municipio debe explicar por qué."),
}

ESPERAN_VOTACION = frozenset({Estado.VIABLE.value, Estado.EN_VOTACION.value})

OPCIONES_ESTADO = [(str(estado), ficha.etiqueta) for estado, ficha in FICHAS.items()]

NO_PUBLICOS = (
    Estado.BORRADOR.value,
    Estado.BORRADOR_ASISTIDO.value,
    Estado.ENVIADA.value,
    Estado.DEVUELTA.value,
    Estado.APELADA.value,
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
# Estados en los que quien la presenta puede invitar a otras organizaciones a pedirla también.
INVITABLES = (*EDITABLES, Estado.ENVIADA.value, *APOYABLES)
# En los que la invitada la lee y responde: nunca un borrador, que es solo de quien lo escribe.
RESPONDIBLES = (Estado.ENVIADA.value, Estado.APELADA.value, *APOYABLES)
# Estados en los que ya compite, o ya ganó, por el techo de su distrito: no puede pasar a otro.
CON_DISTRITO_FIJO = (
    Estado.EN_VOTACION.value,
    Estado.SELECCIONADA.value,
    Estado.NO_SELECCIONADA.value,
    Estado.LISTA_ESPERA.value,
    Estado.ARRASTRADA.value,
    Estado.INCLUIDA_POA.value,
    Estado.EN_OBRA.value,
    Estado.CUMPLIDA.value,
    Estado.INCUMPLIDA.value,
)
# Lo que era suyo (apoyos, seguimientos, costo) ya está en otra u otras: no se suma dos veces.
YA_SON_OTRAS = (Estado.FUSIONADA.value, Estado.DIVIDIDA.value)
VIVAS = tuple(estado for estado in PUBLICOS if estado not in YA_SON_OTRAS)
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
        Estado.DIVIDIDA,
        Estado.ARRASTRADA,
    ),
}
ORDENES = {"recientes": "Las más recientes", "apoyos": "Las más apoyadas"}


def es_publico(estado: str) -> bool:
    return estado not in NO_PUBLICOS


def exigir_apoyable(estado: str) -> None:
    if estado not in APOYABLES:
        raise ReglaIncumplida(
            f"Esta propuesta está «{FICHAS[estado].etiqueta}» y ya no recibe ni pierde apoyos. {FICHAS[estado].sigue}"
        )
