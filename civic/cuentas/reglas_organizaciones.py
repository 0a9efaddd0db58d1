"""Reglas puras de las organizaciones: la tabla de sus estados, qué exige cada paso, los cargos y los parecidos.

Los estados y el plazo público de observación siguen la recomendación del dominio: solicitada, en revisión, publicada
(cinco días hábiles), vigente, directiva vencida, suspendida. Invariantes: nadie aprueba lo que creó, y el poder termina
con el mandato.
"""

import datetime
import difflib
import unicodedata
from dataclasses import dataclass

# Quiénes mueven (valores de civic.cuentas.roles.Rol). La administración técnica cuenta como planificación.
REGISTRAN = frozenset({"ventanilla", "planificacion", "administracion"})
DECIDEN = frozenset({"planificacion", "administracion"})
DEL_RELOJ: frozenset[str] = frozenset()  # ninguna persona: lo decide la fecha de los mandatos

MOTIVO, OTRA_PERSONA, ACTA, DIRECTIVA = "motivo", "otra_persona", "acta", "directiva"
PLAZO, OBSERVACIONES, YA_ERA_VIGENTE, AREA_LIBRE = "plazo", "observaciones", "ya_era_vigente", "area_libre"


@dataclass(frozen=True)
class Paso:
    """Un cambio de estado: qué roles lo hacen y qué tiene que cumplirse."""

    roles: frozenset[str]
    exige: tuple[str, ...] = ()


# (desde, hacia) -> quién y con qué. Lo que no está en la tabla no se puede.
PASOS: dict[tuple[str, str], Paso] = {
    ("solicitada", "en_revision"): Paso(REGISTRAN),
    ("en_revision", "publicada"): Paso(DECIDEN, (OTRA_PERSONA, ACTA, AREA_LIBRE)),
    ("en_revision", "suspendida"): Paso(DECIDEN, (MOTIVO,)),
    ("publicada", "vigente"): Paso(DECIDEN, (OTRA_PERSONA, PLAZO, OBSERVACIONES, DIRECTIVA, AREA_LIBRE)),
    ("publicada", "en_revision"): Paso(DECIDEN, (MOTIVO,)),
    ("publicada", "suspendida"): Paso(DECIDEN, (MOTIVO,)),
    ("vigente", "directiva_vencida"): Paso(DEL_RELOJ),
    ("directiva_vencida", "vigente"): Paso(DEL_RELOJ),
    ("vigente", "suspendida"): Paso(DECIDEN, (MOTIVO,)),
    ("directiva_vencida", "suspendida"): Paso(DECIDEN, (MOTIVO,)),
    ("suspendida", "en_revision"): Paso(DECIDEN, (MOTIVO,)),
    ("suspendida", "vigente"): Paso(DECIDEN, (OTRA_PERSONA, MOTIVO, YA_ERA_VIGENTE)),
}


def siguientes(estado: str) -> list[str]:
    """Estados a los que una persona puede pasarla desde ese, en el orden de la tabla."""
    return [hacia for (desde, hacia), paso in PASOS.items() if desde == estado and paso.roles]


def mueven(desde: str, hacia: str) -> frozenset[str]:
    """Roles que pueden dar ese paso; vacío si no existe o si lo da el reloj."""
    paso = PASOS.get((desde, hacia))
    return paso.roles if paso else frozenset()


@dataclass(frozen=True)
class Situacion:
    """Lo que la tabla mira de una organización en el momento del acto."""

    hoy: datetime.date
    observable_hasta: datetime.date | None
    observaciones_abiertas: int
    observaciones_aceptadas: int
    tiene_acta: bool
    tiene_directiva: bool
    ya_era_vigente: bool
    area_ajena: str
    """Nombre de la organización que ya tiene esa área; vacío si está libre."""
    parte_interesada: bool
    """Si quien actúa la registró, presentó su acta o integra su directiva."""
    motivo: str


def por_que_no_pasa(desde: str, hacia: str, situacion: Situacion) -> tuple[str, str | None]:
    """(frase para la persona, campo) de lo primero que falta para ese paso; ("", None) si se puede."""
    paso = PASOS[desde, hacia]
    for exigencia in paso.exige:
        frase, campo = _falta(exigencia, situacion)
        if frase:
            return frase, campo
    return "", None


def _falta(exigencia: str, s: Situacion) -> tuple[str, str | None]:
    if exigencia == MOTIVO and not s.motivo:
        return "Escribe el motivo: se mostrará en la página de la organización.", "motivo"
    if exigencia == OTRA_PERSONA and s.parte_interesada:
        return "Tú la registraste, presentaste su acta o estás en su directiva. Tiene que decidirlo otra persona.", None
    if exigencia == ACTA and not s.tiene_acta:
        return "Falta el acta firmada que nombra a su directiva. Pídela antes de publicar.", None
    if exigencia == DIRECTIVA and not s.tiene_directiva:
        return "Falta una directiva en curso: confirma primero el acta que la nombra.", None
    if exigencia == AREA_LIBRE and s.area_ajena:
        return f"Su área ya es de {s.area_ajena}. Corrige el área antes de seguir.", None
    if exigencia == YA_ERA_VIGENTE and not s.ya_era_vigente:
        return "Nunca estuvo vigente: tiene que volver a revisión y pasar por el plazo público.", None
    if exigencia == PLAZO:
        return _falta_plazo(s), None
    if exigencia == OBSERVACIONES:
        return _falta_respuesta(s), None
    return "", None


def _falta_plazo(s: Situacion) -> str:
    if s.observable_hasta is None:
        return "Todavía no corrió el plazo público para observar."
    if s.hoy <= s.observable_hasta:
        fin = s.observable_hasta
        return f"El plazo para observar termina el {fin.day}/{fin.month}/{fin.year}. Se puede desde el día siguiente."
    return ""


def _falta_respuesta(s: Situacion) -> str:
    if s.observaciones_abiertas == 1:
        return "Hay una observación sin responder. Respóndela con su razón."
    if s.observaciones_abiertas:
        return f"Hay {s.observaciones_abiertas} observaciones sin responder. Respóndelas con su razón."
    if s.observaciones_aceptadas:
        return "Se aceptó una observación: vuelve a revisión, corrige y publica de nuevo."
    return ""


# --- Cargos ----------------------------------------------------------------------------------------------------------
PRESIDENCIA, SECRETARIA_GENERAL = "Presidencia", "Secretaría general"
CARGOS = (
    *(PRESIDENCIA, "Vicepresidencia", SECRETARIA_GENERAL, "Secretaría de actas", "Secretaría de hacienda"),
    *("Secretaría de relaciones", "Secretaría de deportes", "Secretaría de conflictos", "Control social", "Vocalía"),
)
# De estos hay uno solo a la vez en cada organización; la base también lo exige (migración 0002).
CARGOS_UNICOS = (PRESIDENCIA, SECRETARIA_GENERAL)


def _llano(texto: str) -> str:
    partes = unicodedata.normalize("NFKD", texto.casefold())
    return "".join(letra if letra.isalnum() else " " for letra in partes if not unicodedata.combining(letra))


_SINONIMOS = {"presidenta": PRESIDENCIA, "presidente": PRESIDENCIA, "presidencia": PRESIDENCIA} | {
    f"{secretaria} general": SECRETARIA_GENERAL for secretaria in ("secretaria", "secretario")
}


def cargo_llano(cargo: str) -> str:
    """El cargo como se guarda: «presidenta» y «Presidente» son «Presidencia»; lo demás queda como se escribió."""
    clave = " ".join(_llano(cargo).split())
    return _SINONIMOS.get(clave) or next((c for c in CARGOS if " ".join(_llano(c).split()) == clave), cargo)


def problema_de_directiva(cargos: list[str]) -> str:
    """Por qué esa lista de cargos (ya llanos) no puede ser una directiva, o vacío si puede."""
    if not cargos:
        return "Escribe al menos a quien preside."
    if not set(cargos) & set(CARGOS_UNICOS):
        return "Falta quien preside: escribe el cargo Presidencia o Secretaría general."
    for unico in CARGOS_UNICOS:
        if cargos.count(unico) > 1:
            return f"Hay más de una persona con el cargo {unico}. Deja una sola."
    return ""


MESES_MAXIMO_DE_MANDATO = 60


def problema_de_periodo(
    *, asamblea: datetime.date, desde: datetime.date, hasta: datetime.date, hoy: datetime.date
) -> tuple[str, str] | None:
    """(campo, frase) de lo que no cuadra entre las fechas de un acta, o None."""
    if asamblea > hoy:
        return "fecha", "La asamblea todavía no ocurrió: revisa la fecha."
    if asamblea.year < hoy.year - 10:
        return "fecha", "Esa asamblea fue hace más de diez años: revisa la fecha."
    if desde < asamblea:
        return "desde", "La directiva no puede empezar antes de la asamblea que la eligió."
    if hasta < desde:
        return "hasta", "La directiva debe terminar después de empezar."
    if hasta < hoy:
        return "hasta", "El período de esa directiva ya terminó: hace falta el acta de la directiva nueva."
    if (hasta - desde).days > MESES_MAXIMO_DE_MANDATO * 31:
        return "hasta", "Una directiva dura cinco años como mucho: revisa las fechas."
    return None


# --- Parecidos -------------------------------------------------------------------------------------------------------
PARECIDO_MINIMO = 0.84
LETRAS_MINIMAS = 4  # en nombres muy cortos todo se parece
# Dicen qué clase de organización es o son demasiado comunes: no distinguen a una de otra.
# fmt: off
_PALABRAS_COMUNES = frozenset({
    "otb", "junta", "vecinal", "vecinos", "sindicato", "agrario", "comunidad", "campesina", "barrio", "zona",
    "urbanizacion", "de", "del", "la", "las", "los", "el", "y",
})
# fmt: on


def palabras_propias(nombre: str) -> list[str]:
    """Palabras del nombre que distinguen a la organización, sin acentos; todas si no queda ninguna."""
    todas = _llano(nombre).split()
    return [palabra for palabra in todas if palabra not in _PALABRAS_COMUNES] or todas


def se_parecen(uno: str, otro: str) -> bool:
    """Si dos nombres pueden ser de la misma organización, sin mirar acentos, mayúsculas ni palabras comunes."""
    a, b = palabras_propias(uno), palabras_propias(otro)
    if not a or not b:
        return False
    if sorted(a) == sorted(b):
        return True
    llano_a, llano_b = " ".join(a), " ".join(b)
    if (
        min(len(llano_a), len(llano_b)) >= 4
        and difflib.SequenceMatcher(None, llano_a, llano_b).ratio() >= PARECIDO_MINIMO
    ):
        # «San Miguel 1» y «San Miguel 2» son barrios distintos: si solo cambia un número, no es un parecido.
        return not (_sin_numeros(a) == _sin_numeros(b) and a != b)
    return False


def _sin_numeros(palabras: list[str]) -> list[str]:
    return [palabra for palabra in palabras if not palabra.isdigit()]


# --- Avisos de plazo -------------------------------------------------------------------------------------------------
DIAS_DE_AVISO = 60


def dias_por_vencer(hasta: datetime.date, hoy: datetime.date) -> int | None:
    """Días que quedan de un mandato si ya conviene avisar (60 o menos); None si falta más."""
    quedan = (hasta - hoy).days
    return quedan if 0 <= quedan <= DIAS_DE_AVISO else None
