"""Celdas de planilla que ningún programa toma por fórmula (OWASP ASVS 1.2.10)."""

# Lo que Excel o LibreOffice tomarían por fórmula al abrir el archivo, también en ancho completo.
COMIENZOS_PELIGROSOS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def celda(texto: str) -> str:
    """Texto con un apóstrofo delante si empieza como una fórmula, aun tras espacios, y sin NUL."""
    texto = texto.replace("\0", "")
    peligrosa = texto.startswith(COMIENZOS_PELIGROSOS) or texto.lstrip().startswith(COMIENZOS_PELIGROSOS)
    return f"'{texto}" if peligrosa else texto
