"""Palabras comparables: sin acentos, con una sola ortografía y reducidas a su raíz. No conoce Django.

En los valles un mismo nombre se escribe de muchos modos («Urkupiña» y «Urcupiña», «Totorcahua» y «Totorcagua»). La
clave de una palabra es cómo suena: dos modos de escribir lo mismo tienen la misma clave.
"""

import re
import unicodedata
from functools import lru_cache
from threading import Lock

import snowballstemmer

# De lo más largo a lo más corto; cada regla mira lo que dejaron las anteriores.
_COMO_SUENA = [
    (re.compile(patron), suena)
    for patron, suena in (
        (r"ch", "C"),  # aparte: las reglas de la c y de la h no deben tocarla
        (r"([kpt])h", r"\1"),  # khocha, phujru, thojlla
        (r"(?:^|(?<=[aeiou]))[hg]u(?=[aeo])|(?<=[a-zC])[hg]u(?=[ao]|$)", "w"),  # huayculi, totorcahua, totorcagua
        (r"sh", "s"),
        (r"qu(?=[ei])|[qk]|c(?![ei])", "k"),
        (r"[cz]|x", "s"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei])|h", "j"),
        (r"v", "b"),
        (r"ll", "y"),
        (r"y(?![aeiou])", "i"),
        (r"(.)\1+", r"\1"),
    )
]

_raices = snowballstemmer.stemmer("spanish")
_turno = Lock()  # el reductor guarda estado: dos hilos a la vez se lo pisarían


@lru_cache(maxsize=20_000)
def clave(palabra: str) -> str:
    """Cómo suena una palabra ya en minúsculas y sin acentos («llauquenquiri» -> «yaukenkiri»)."""
    if len(palabra) == 1:
        return palabra  # «calle C»
    for patron, suena in _COMO_SUENA:
        palabra = patron.sub(suena, palabra)
    return palabra


@lru_cache(maxsize=20_000)
def raiz(palabra: str) -> str:
    """La clave de la raíz de una palabra: «canchas», «Cancha» y «kancha» dan lo mismo."""
    if palabra.isdigit() or len(palabra) < 4:
        return clave(palabra)
    with _turno:
        return clave(_raices.stemWord(palabra))


# Abreviaturas de los títulos de obras. Se reemplazan antes de quitar los signos, que son los que las delatan.
_ABREVIADAS = (
    (r"o\.?t\.?b\.?(?!\w)", " otb "),
    (r"u\. ?e\.|ue\b", " unidad educativa "),
    (r"(?:hoco|hoao|hc)\b", " hormigon "),
    (r"c/(?=y)", " con "),
    (r"(?:calles?\b|c/|c\.|cll?\.)", " calle "),
    (r"(?:avda|avd|av)(?:\.|\b)", " avenida "),
    (r"(?:psje|pje|psj)(?:\.|\b)", " pasaje "),
    (r"const(?:r|ruc)?(?:\.|\b)", " construccion "),
    (r"reconst(?:\.|\b)", " reconstruccion "),
    (r"(?:mejor|mej)(?:\.|\b)", " mejoramiento "),
    (r"(?:ampl|amp)(?:\.|\b)", " ampliacion "),
    (r"(?:mant|mtto|mantto)(?:\.|\b)", " mantenimiento "),
    (r"(?:adq|adquis)(?:\.|\b)", " adquisicion "),
    (r"(?:implem|impl)(?:\.|\b)", " implementacion "),
    (r"(?:rehab)(?:\.|\b)", " rehabilitacion "),
    (r"perf(?:\.|\b)", " perforacion "),
    (r"prov(?:\.|\b)", " provision "),
    (r"alcant(?:\.|\b)", " alcantarillado "),
    (r"sanit(?:\.|\b)", " sanitario "),
    (r"pav(?:\.|\b)", " pavimento "),
    (r"sist(?:\.|\b)", " sistema "),
    (r"(?:distrito|dist\.?|d) ?- ?(?=\d)", " distrito "),
)
_ABREVIADA = re.compile(r"(?<!\w)(?:" + "|".join(f"({patron})" for patron, _ in _ABREVIADAS) + ")")
_PALABRA = re.compile(r"[a-z0-9]+")


def _entera(hallada: re.Match[str]) -> str:
    return _ABREVIADAS[(hallada.lastindex or 1) - 1][1]


@lru_cache(maxsize=8_000)
def palabras(texto: str) -> tuple[str, ...]:
    """Palabras de un texto, con las abreviaturas de obras enteras, en minúsculas y sin acentos."""
    llano = unicodedata.normalize("NFKD", texto.casefold()).encode("ascii", "ignore").decode()
    return tuple(_PALABRA.findall(_ABREVIADA.sub(_entera, llano)))
