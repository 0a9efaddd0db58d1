"""El recibo: un código corto que prueba que una papeleta está en la urna, sin decir qué eligió ni quién."""

import hashlib

# Base 32 de Crockford: sin I, L, O ni U, que se confunden al copiarlas a mano.
ALFABETO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GRUPOS, POR_GRUPO = 4, 4
_CONFUSIONES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def codigo_de(azar: bytes) -> str:
    """«7K2M-9QXA-40TB-H3CD» a partir de 10 bytes o más (80 bits)."""
    numero = int.from_bytes(azar[:10], "big")
    letras = [ALFABETO[(numero >> (5 * lugar)) & 31] for lugar in range(GRUPOS * POR_GRUPO)]
    return "-".join("".join(letras[i : i + POR_GRUPO]) for i in range(0, len(letras), POR_GRUPO))


def normalizar(escrito: str) -> str | None:
    """El código tal como se emitió, aunque se escriba sin guiones, en minúsculas o con O por 0; None si no lo es."""
    llano = "".join(letra for letra in escrito.upper() if letra.isalnum()).translate(_CONFUSIONES)
    if len(llano) != GRUPOS * POR_GRUPO or any(letra not in ALFABETO for letra in llano):
        return None
    return "-".join(llano[i : i + POR_GRUPO] for i in range(0, len(llano), POR_GRUPO))


def huella_de(codigo: str) -> str:
    """Lo único del recibo que guarda la urna."""
    return hashlib.sha256(f"ayni.recibo:{codigo}".encode()).hexdigest()
