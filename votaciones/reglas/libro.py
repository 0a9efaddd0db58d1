"""El libro de reglas: todo lo que decide una votación, en un JSON canónico cuya huella se publica al abrir."""

import hashlib
from typing import Any

from civic.comun import cadena

# La 2 agregó el apoyo mínimo y las condiciones entre obras; las votaciones abiertas antes siguen con la suya.
# La 3, el tipo de papeleta con sus límites (antes se marcaba sin pasar del presupuesto), el padrón definitivo (vota
# quien está en él, y no quien se verifique después) y la clave de la urna.
# La 4, el lugar de cada contienda (un distrito, una OTB o toda la ciudad, entero o de un sector) y la clave que firma
# el tablero.
VERSION = 4
DESEMPATE = "Por sorteo público: va antes la opción con menor SHA-256 de «huella:número»."
CONDICIONES = "Entre dos excluyentes gana a lo más una; la que depende de otra entra solo si antes ganó esa."
# regla -> cómo termina; las dos primeras frases están en libros ya publicados y no cambian
_SOBRANTE = "Lo que sobra de partes iguales se usa con más votos primero."
COMPLETAR = {
    "voraz": _SOBRANTE,
    "partes_iguales": _SOBRANTE,
    "partes_iguales_incrementos": (
        "La parte de cada papeleta crece de a una centésima de la inicial y se cuenta de nuevo; vale el último paso "
        "antes del primero que se pasa del presupuesto, o el paso mil. Lo que sobra se usa con más votos primero."
    ),
    "phragmen": (
        "Las cargas terminan cuando una de las que siguen no alcanza. Lo que sobra se usa con más votos primero."
    ),
}


def canonico(libro: Any) -> str:
    """JSON con claves ordenadas y sin espacios: el mismo libro da siempre los mismos bytes (UTF-8)."""
    return cadena.canonico(libro).decode()


def huella_de(texto: str) -> str:
    """SHA-256 en hexadecimal del libro canónico."""
    return hashlib.sha256(texto.encode("utf-8")).hexdigest()


def diferencia(antes: Any, ahora: Any, lugar: str = "") -> str:
    """Dónde está lo primero que cambió («contiendas.0.opciones.2.costo»), o «» si nada cambió."""
    if isinstance(antes, list) and isinstance(ahora, list) and len(antes) == len(ahora):
        pares = [(str(i), uno, otro) for i, (uno, otro) in enumerate(zip(antes, ahora, strict=True))]
    elif isinstance(antes, dict) and isinstance(ahora, dict):
        pares = [(clave, antes.get(clave), ahora.get(clave)) for clave in sorted({*antes, *ahora})]
    else:
        return "" if antes == ahora else lugar or "todo"
    for clave, uno, otro in pares:
        if donde := diferencia(uno, otro, f"{lugar}.{clave}" if lugar else clave):
            return donde
    return ""
