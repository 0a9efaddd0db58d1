"""Limpieza y comparación de textos escritos por personas."""

import re
import unicodedata

# Controles, marcas bidireccionales, anchos nulos y sustitutos sueltos: nunca forman parte de un texto honesto.
_CATEGORIAS_PROHIBIDAS = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Más marcas que estas sobre una letra no son un acento: tapan los renglones de arriba y de abajo.
_MARCAS_POR_LETRA = 3
_PERMITIDOS = {"\n", "\t", "\u200d"}  # salto, tabulador y el unidor de emojis compuestos

# El unidor solo une emojis: entre letras es invisible y hace pasar dos nombres distintos por iguales.
_DIBUJOS = "\u2190-\u2bff\U0001f000-\U0001faff"
_UNIDOR_SUELTO = re.compile(f"(?<![{_DIBUJOS}\ufe0f])\u200d|\u200d(?![{_DIBUJOS}])")


def limpiar(texto: str, *, varias_lineas: bool = False) -> str:
    """Texto en NFC, sin controles, marcas invisibles ni montones de acentos, y con espacios simples."""
    texto = unicodedata.normalize("NFC", texto.replace("\r\n", "\n").replace("\r", "\n"))
    texto = "".join(
        letra for letra in texto if letra in _PERMITIDOS or unicodedata.category(letra) not in _CATEGORIAS_PROHIBIDAS
    )
    texto = _sin_montones(_UNIDOR_SUELTO.sub("", texto))
    if not varias_lineas:
        return " ".join(texto.split())
    lineas = [" ".join(linea.split()) for linea in texto.split("\n")]
    return "\n".join(lineas).strip()


def _sin_montones(texto: str) -> str:
    letras, seguidas = [], 0
    for letra in texto:
        seguidas = seguidas + 1 if unicodedata.category(letra) in {"Mn", "Me"} else 0
        if seguidas <= _MARCAS_POR_LETRA:
            letras.append(letra)
    return "".join(letras)


_ILEGIBLES = re.compile("[\x00\ud800-\udfff]")


def sin_ilegibles(texto: str) -> str:
    """El texto sin lo que ninguna base guarda: el carácter nulo y los sustitutos sueltos se ven como «\ufffd»."""
    return _ILEGIBLES.sub("\ufffd", texto)


def tiene_ilegibles(texto: str) -> bool:
    return _ILEGIBLES.search(texto) is not None


def para_buscar(texto: str) -> str:
    """Minúsculas sin acentos ni signos, para comparar y buscar («Ñankuna» -> «nankuna»)."""
    descompuesto = unicodedata.normalize("NFKD", texto.casefold())
    llano = "".join(letra for letra in descompuesto if not unicodedata.combining(letra))
    return " ".join("".join(letra if letra.isalnum() else " " for letra in llano).split())
