"""Reglas puras de cuentas: qué usuario y qué nombre valen."""

import re
import unicodedata

USUARIO_MINIMO, USUARIO_MAXIMO = 3, 30
_USUARIO = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
# Nombres que harían creer que habla la plataforma o el municipio.
# fmt: off
USUARIOS_RESERVADOS = frozenset({
    "admin", "administracion", "administrador", "alcaldia", "alcalde", "ayni", "ayuda", "concejo", "contacto",
    "gobierno", "moderacion", "moderador", "municipio", "oficial", "quillacollo", "root", "seguridad", "sistema",
    "soporte", "tecnico", "transparencia", "ventanilla",
})
# fmt: on
NACIMIENTO_MAS_ANTIGUO, EDAD_MINIMA = 1900, 10
ALFABETOS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HANGUL", "HIRAGANA", "KATAKANA", "DEVANAGARI")
MARCAS_SEGUIDAS = 2


def usuario_llano(texto: str) -> str:
    """El usuario tal como se guarda: sin espacios alrededor y en minúsculas."""
    return unicodedata.normalize("NFC", texto).strip().lower()


def usuario_sugerido(texto: str) -> str:
    """Un usuario parecido que sí vale («José Núñez» -> «jose.nunez»), o vacío si no sale ninguno."""
    llano = "".join(
        letra for letra in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(letra)
    )
    sugerido = re.sub(r"[^a-z0-9]+", ".", llano).strip(".")[:USUARIO_MAXIMO].strip(".")
    return sugerido if len(sugerido) >= USUARIO_MINIMO and sugerido not in USUARIOS_RESERVADOS else ""


def problema_de_usuario(usuario: str) -> str:
    """Por qué no vale ese usuario (frase para la persona), o vacío si vale.

    Solo letras de la a a la z, números, punto, guion y guion bajo: así nadie se hace pasar por otra persona con
    letras parecidas (cirílicas, de ancho doble) y el usuario se escribe igual en cualquier teléfono.
    """
    if len(usuario) < USUARIO_MINIMO:
        return f"Es muy corto. Usa {USUARIO_MINIMO} letras o números, o más."
    if len(usuario) > USUARIO_MAXIMO:
        return f"Es muy largo. Usa {USUARIO_MAXIMO} letras o números como máximo."
    if not _USUARIO.fullmatch(usuario):
        sugerido = usuario_sugerido(usuario)
        consejo = f" Por ejemplo: {sugerido}." if sugerido and sugerido != usuario else ""
        return f"Usa solo letras sin acento ni ñ, números, punto o guion, sin espacios.{consejo}"
    if usuario in USUARIOS_RESERVADOS:
        return "Ese usuario está reservado para el municipio. Elige otro."
    return ""


def _alfabeto(letra: str) -> str:
    nombre = unicodedata.name(letra, "")
    return next((alfabeto for alfabeto in ALFABETOS if alfabeto in nombre), "OTRO")


def problema_de_nombre(nombre: str) -> str:
    """Por qué no vale ese nombre público ya limpio (frase para la persona), o vacío si vale."""
    letras = [letra for letra in nombre if letra.isalpha()]
    if len(letras) < 2:
        return "Escribe tu nombre con letras."
    if len({_alfabeto(letra) for letra in letras}) > 1:
        return "Escribe tu nombre con letras de un solo alfabeto."
    if any(unicodedata.category(letra) in {"So", "Sk", "Sm"} for letra in nombre):
        return "Escribe tu nombre sin dibujos ni signos."
    seguidas = 0
    for letra in nombre:
        seguidas = seguidas + 1 if unicodedata.combining(letra) else 0
        if seguidas > MARCAS_SEGUIDAS:
            return "Tu nombre tiene demasiados acentos seguidos. Escríbelo de nuevo."
    if "://" in nombre or "@" in nombre:
        return "Escribe solo tu nombre, sin enlaces ni correos."
    return ""


def problema_de_nacimiento(anio: int, este: int) -> str:
    """Por qué no vale ese año de nacimiento en el año `este`, o vacío si vale."""
    if not NACIMIENTO_MAS_ANTIGUO <= anio <= este - EDAD_MINIMA:
        return (
            f"Escribe el año en que naciste, entre {NACIMIENTO_MAS_ANTIGUO} y {este - EDAD_MINIMA}. Por ejemplo: 1985."
        )
    return ""
