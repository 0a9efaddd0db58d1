"""Quién puede qué, en palabras: la tabla de roles del código, para cualquiera."""

from dataclasses import dataclass

from civic.cuentas.roles import ALCANCES, LETRAS, MATRIZ, SIN_ROL, Cosa, Rol


@dataclass(frozen=True)
class Poder:
    """Una cosa y lo que se puede con ella: («Obras», «corrige y aprueba, en su unidad»)."""

    cosa: str
    puede: str


@dataclass(frozen=True)
class Cargo:
    clave: str
    nombre: str
    poderes: tuple[Poder, ...]


def quien_puede_que() -> list[Cargo]:
    """Un cargo por columna de la tabla, con lo que puede; sin las filas donde no puede nada."""
    nombres = SIN_ROL | {rol.value: str(rol.label) for rol in Rol}
    return [Cargo(clave, nombres[clave], _poderes(clave)) for clave in MATRIZ]


def _poderes(clave: str) -> tuple[Poder, ...]:
    return tuple(
        Poder(str(cosa.label), en_palabras(*MATRIZ[clave][cosa.value])) for cosa in Cosa if MATRIZ[clave][cosa.value][0]
    )


def en_palabras(letras: frozenset[str], alcance: str) -> str:
    """«ve lo que no es público, crea y corrige, en su territorio»."""
    verbos = [palabra for letra, palabra in LETRAS.items() if letra in letras]
    frase = f"{', '.join(verbos[:-1])} y {verbos[-1]}" if len(verbos) > 1 else verbos[0]
    return f"{frase}, {ALCANCES[alcance]}" if alcance else frase
