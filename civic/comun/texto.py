"""Limpieza y comparación de textos escritos por personas."""

import unicodedata

# Controles, marcas bidireccionales, anchos nulos y sustitutos sueltos: nunca forman parte de un texto honesto.
_CATEGORIAS_PROHIBIDAS = {"Cc", "Cf", "Cs", "Co", "Cn"}
_PERMITIDOS = {"\n", "\t", "\u200d"}  # salto, tabulador y el unidor de emojis compuestos
# Lo que una planilla tomaría por fórmula al abrir un CSV.
COMIENZOS_PELIGROSOS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def limpiar(texto: str, *, varias_lineas: bool = False) -> str:
    """Texto en NFC, sin controles ni marcas invisibles y con espacios simples."""
    texto = unicodedata.normalize("NFC", texto.replace("\r\n", "\n").replace("\r", "\n"))
    texto = "".join(
        letra for letra in texto if letra in _PERMITIDOS or unicodedata.category(letra) not in _CATEGORIAS_PROHIBIDAS
    )
    if not varias_lineas:
        return " ".join(texto.split())
    lineas = [" ".join(linea.split()) for linea in texto.split("\n")]
    return "\n".join(lineas).strip()


def para_buscar(texto: str) -> str:
    """Minúsculas sin acentos ni signos, para comparar y buscar («Ñankuna» -> «nankuna»)."""
    descompuesto = unicodedata.normalize("NFKD", texto.casefold())
    llano = "".join(letra for letra in descompuesto if not unicodedata.combining(letra))
    return " ".join("".join(letra if letra.isalnum() else " " for letra in llano).split())


def celda(texto: str) -> str:
    """Texto que ninguna planilla toma por fórmula."""
    return f"'{texto}" if texto.startswith(COMIENZOS_PELIGROSOS) else texto
