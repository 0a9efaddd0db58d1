"""La vida de un acta: estados, pasos, quién los da y qué exige cada uno (dominio, 4.2)."""

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Estado(StrEnum):
    BORRADOR = "borrador"
    FIRMADA = "firmada"
    EN_OBSERVACION = "en_observacion_publica"
    OBSERVADA = "observada"
    VALIDADA = "validada"
    APROBADA = "aprobada"
    ENMENDADA = "enmendada"
    ANULADA = "anulada"


@dataclass(frozen=True)
class FichaDeEstado:
    """Cómo se muestra un estado: palabra, tono, signo y qué sigue."""

    etiqueta: str
    tono: str
    signo: str
    sigue: str


_E = Estado
FICHAS: dict[str, FichaDeEstado] = {
    _E.BORRADOR: FichaDeEstado("Borrador", "info", "…", "Falta completarla y firmarla."),
    _E.FIRMADA: FichaDeEstado("Firmada", "info", "→", "Planificación la publica para que la base la observe."),
    _E.EN_OBSERVACION: FichaDeEstado("En observación pública", "ojo", "●", "Quien vive ahí puede observarla."),
    _E.OBSERVADA: FichaDeEstado("Observada", "ojo", "!", "La directiva la corrige y la firma de nuevo."),
    _E.VALIDADA: FichaDeEstado("Validada", "bien", "✓", "Falta que otra persona de Planificación la apruebe."),
    _E.APROBADA: FichaDeEstado("Aprobada", "bien", "✓", "Ya no se cambia: solo otra acta puede enmendarla."),
    _E.ENMENDADA: FichaDeEstado("Enmendada", "mal", "⇄", "Vale el acta que la enmienda."),
    _E.ANULADA: FichaDeEstado("Anulada", "mal", "×", "No vale. Se puede hacer otra."),
}
OPCIONES_ESTADO = [(str(estado), ficha.etiqueta) for estado, ficha in FICHAS.items()]

# Hasta que se publica para observarla la ven solo quienes la hacen y quienes la revisan.
RESERVADOS = (_E.BORRADOR.value, _E.FIRMADA.value)
EDITABLES = (_E.BORRADOR.value, _E.OBSERVADA.value)
CERRADAS = (_E.APROBADA.value, _E.ENMENDADA.value)
# Las que ocupan el lugar de su organización, clase y proceso.
VIVAS = tuple(estado.value for estado in Estado if estado not in (_E.ANULADA, _E.ENMENDADA))

# Quién da cada paso: quien la hace, Planificación, o la aprobación de una enmienda.
QUIEN_LA_HACE, PLANIFICACION, LA_ENMIENDA = "quien_la_hace", "planificacion", "la_enmienda"
MOTIVO, OTRA_PERSONA, NO_LA_VALIDO = "motivo", "otra_persona", "no_la_valido"
COMPLETA, PAPEL, TECHO, QUORUM = "completa", "papel", "techo", "quorum"
PLAZO, OBSERVACIONES, NO_SE_PUBLICO, INTEGRA = "plazo", "observaciones", "no_se_publico", "integra"


@dataclass(frozen=True)
class Paso:
    """Un cambio de estado: quién lo da, qué tiene que cumplirse y cómo se cuenta."""

    quien: str
    frase: str
    exige: tuple[str, ...] = ()
    verbo: str = ""


# (desde, hacia) -> quién y con qué. Lo que no está en la tabla no se puede.
PASOS: dict[tuple[str, str], Paso] = {
    (_E.BORRADOR, _E.FIRMADA): Paso(QUIEN_LA_HACE, "Se firmó.", (COMPLETA, PAPEL, TECHO), "Firmar"),
    (_E.BORRADOR, _E.ANULADA): Paso(QUIEN_LA_HACE, "Se dejó sin efecto.", (MOTIVO, NO_SE_PUBLICO), "Anular"),
    (_E.FIRMADA, _E.EN_OBSERVACION): Paso(
        PLANIFICACION, "Se publicó para que la base la observe.", (OTRA_PERSONA, COMPLETA), "Publicar para observación"
    ),
    (_E.FIRMADA, _E.OBSERVADA): Paso(PLANIFICACION, "Se observó.", (OTRA_PERSONA, MOTIVO), "Observar"),
    (_E.EN_OBSERVACION, _E.VALIDADA): Paso(
        PLANIFICACION, "Se validó.", (OTRA_PERSONA, INTEGRA, PLAZO, OBSERVACIONES, QUORUM, TECHO), "Validar"
    ),
    (_E.EN_OBSERVACION, _E.OBSERVADA): Paso(PLANIFICACION, "Se observó.", (OTRA_PERSONA, MOTIVO), "Observar"),
    (_E.VALIDADA, _E.OBSERVADA): Paso(PLANIFICACION, "Se observó.", (OTRA_PERSONA, MOTIVO), "Observar"),
    (_E.OBSERVADA, _E.VALIDADA): Paso(
        PLANIFICACION,
        "Se levantó la observación y se validó.",
        (OTRA_PERSONA, MOTIVO, INTEGRA, PLAZO, OBSERVACIONES, QUORUM, TECHO),
        "Levantar la observación y validar",
    ),
    (_E.OBSERVADA, _E.FIRMADA): Paso(
        QUIEN_LA_HACE, "Se corrigió y se firmó de nuevo.", (MOTIVO, COMPLETA, PAPEL, TECHO), "Firmar de nuevo"
    ),
    (_E.OBSERVADA, _E.ANULADA): Paso(PLANIFICACION, "Se anuló.", (OTRA_PERSONA, MOTIVO), "Anular"),
    (_E.VALIDADA, _E.APROBADA): Paso(
        PLANIFICACION, "Se aprobó. Ya no se cambia.", (OTRA_PERSONA, NO_LA_VALIDO, INTEGRA, TECHO), "Aprobar"
    ),
    (_E.APROBADA, _E.ENMENDADA): Paso(LA_ENMIENDA, "Otra acta la enmendó."),
}


def siguientes(estado: str, quienes: frozenset[str]) -> list[str]:
    """Estados a los que pueden llevarla, en el orden de la tabla."""
    return [str(hacia) for (desde, hacia), paso in PASOS.items() if desde == estado and paso.quien in quienes]


def pide_motivo(desde: str, hacia: str) -> bool:
    paso = PASOS.get((Estado(desde), Estado(hacia)))
    return paso is not None and MOTIVO in paso.exige


@dataclass(frozen=True)
class Situacion:
    """Lo que la tabla mira de un acta en el momento del acto."""

    hoy: datetime.date
    observable_hasta: datetime.date | None
    observaciones_abiertas: int
    observaciones_aceptadas: int
    faltas: tuple[str, ...]
    sin_quorum: str
    sobre_el_techo: str
    tiene_papel: bool
    se_publico: bool
    integra: bool
    es_parte: bool
    la_valido: bool
    motivo: str


def por_que_no_pasa(desde: str, hacia: str, situacion: Situacion) -> tuple[str, str | None]:
    """(frase, campo) de lo primero que falta para ese paso; ("", None) si se puede."""
    for exigencia in PASOS[Estado(desde), Estado(hacia)].exige:
        frase = _falta(exigencia, situacion)
        if frase:
            return frase, "motivo" if exigencia == MOTIVO else None
    return "", None


def _falta(exigencia: str, s: Situacion) -> str:
    if exigencia == MOTIVO and not s.motivo:
        return "Escribe el motivo: se muestra en la página del acta."
    if exigencia == OTRA_PERSONA and s.es_parte:
        return "Tú hiciste esta acta o integras esa directiva: le toca a otra persona."
    if exigencia == NO_LA_VALIDO and s.la_valido:
        return "Tú la validaste: aprobarla le toca a otra persona de Planificación."
    if exigencia == NO_SE_PUBLICO and s.se_publico:
        return "Ya fue pública: no se borra ni se anula desde aquí."
    if exigencia == COMPLETA and s.faltas:
        return f"Le falta: {'; '.join(s.faltas)}."
    if exigencia == PAPEL and not s.tiene_papel:
        return "Falta la foto o el escaneo del acta firmada, o el PDF con firma digital válida."
    if exigencia == INTEGRA and not s.integra:
        return "Cambió después de firmarse: quien la hace tiene que firmarla de nuevo."
    if exigencia == TECHO:
        return s.sobre_el_techo
    if exigencia == QUORUM:
        return s.sin_quorum
    if exigencia == PLAZO:
        return _falta_plazo(s)
    if exigencia == OBSERVACIONES:
        return _falta_respuesta(s)
    return ""


def _falta_plazo(s: Situacion) -> str:
    if s.observable_hasta is None:
        return "Todavía no corrió el plazo para observarla: tiene que publicarse."
    if s.hoy <= s.observable_hasta:
        fin = s.observable_hasta
        return f"El plazo para observarla termina el {fin.day}/{fin.month}/{fin.year}. Se puede desde el día siguiente."
    return ""


def _falta_respuesta(s: Situacion) -> str:
    if s.observaciones_abiertas:
        cuantas = "una observación" if s.observaciones_abiertas == 1 else f"{s.observaciones_abiertas} observaciones"
        return f"Falta responder {cuantas} de la gente, con su razón."
    if s.observaciones_aceptadas:
        return "Se aceptó una observación: devuélvela para que la corrijan y se publique de nuevo."
    return ""
