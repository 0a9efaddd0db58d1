"""La revisión de forma: por qué se devuelve una propuesta. Solo la forma: nunca si conviene o gusta."""

from civic.comun.errores import ReglaIncumplida

MOTIVOS_DE_FORMA = {
    "duplicada": "Repite otra propuesta de las mismas personas",
    "datos_personales": "Trae datos personales que no deben publicarse",
    "insultos": "Insulta o discrimina",
    "incompleta": "No se entiende qué pide o dónde",
}
# Lo que la revisión puede corregir por su mano; el original queda reservado.
TEXTOS = ("titulo", "descripcion", "referencia")


def exigir_razon_de_forma(razon: str, explicacion: str) -> None:
    """Lanza ReglaIncumplida si falta la razón de la lista o la explicación."""
    if razon not in MOTIVOS_DE_FORMA:
        raise ReglaIncumplida("Elige una razón de la lista: solo se revisa la forma.", campo="razon")
    if not explicacion.strip():
        raise ReglaIncumplida("Di qué tiene que corregir quien la presentó.", campo="motivo")


def motivo_de_forma(razon: str, explicacion: str) -> str:
    """«Trae datos personales que no deben publicarse: quita el número de celular.»"""
    return f"{MOTIVOS_DE_FORMA[razon]}: {explicacion}" if razon else explicacion
