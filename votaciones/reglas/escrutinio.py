"""Contar una elección con una regla y sus opciones: solo quiénes ganan, para archivos y comparaciones."""

from collections.abc import Sequence
from dataclasses import dataclass

from gmpy2 import mpq

from votaciones.reglas import phragmen, reparto
from votaciones.reglas.comun import Id
from votaciones.reglas.perfil import Perfil

REGLAS = ("voraz", "voraz_unidades", "partes_iguales", "phragmen")
COMPLETAR = ("ninguno", "voraz", "incrementos")
PARADAS = ("exhaustiva", "exceso")


@dataclass(frozen=True)
class Escrutinio:
    """Ganadoras en el orden en que ganaron y su costo en centavos; `pasos` de dotación si hubo incrementos."""

    ganadoras: tuple[Id, ...]
    costo: int
    pasos: int = 0


def escrutar(
    perfil: Perfil,
    *,
    regla: str,
    completar: str = "ninguno",
    parada: str = "exhaustiva",
    incremento: int = 100,
) -> Escrutinio:
    """Cuenta `perfil` con `regla` y la completa. Una opción que nadie eligió nunca gana.

    voraz: de más a menos puntos. voraz_unidades: de más a menos puntos por boliviano. En las dos, lo que no alcanza
    se salta. `incremento` en centavos por papeleta. Lanza ValueError si la combinación no existe.
    """
    if regla not in REGLAS or completar not in COMPLETAR or parada not in PARADAS:
        raise ValueError("Esa regla, forma de completar o parada no existe.")
    if completar == "incrementos" and regla != "partes_iguales":
        raise ValueError("Los incrementos completan solo a partes_iguales.")
    pasos = 0
    if regla == "partes_iguales" and completar == "incrementos":
        hecho, pasos = reparto.con_incrementos(perfil, parada=parada, incremento=incremento)
        ganan = hecho.ganan
    elif regla == "partes_iguales":
        ganan = reparto.repartir(perfil, perfil.parte).ganan
    elif regla == "phragmen":
        ganan = phragmen.recorrer(perfil)
    else:
        ganan = voraz(perfil, (), por_costo=regla == "voraz_unidades")
    if completar == "voraz" and regla in {"partes_iguales", "phragmen"}:
        ganan = [*ganan, *voraz(perfil, ganan)]
    return Escrutinio(tuple(perfil.ids[i] for i in ganan), sum(perfil.costos[i] for i in ganan), pasos)


def voraz(perfil: Perfil, ya: Sequence[int], *, por_costo: bool = False) -> list[int]:
    """Opciones que entran de más a menos puntos (o puntos por costo) mientras alcance lo que dejaron las de `ya`."""
    puntos = perfil.puntos
    libre = perfil.presupuesto - sum(perfil.costos[i] for i in ya)
    dentro = set(ya)
    candidatas = [i for i in range(len(perfil.ids)) if i not in dentro and puntos[i] > 0]
    if por_costo:
        candidatas.sort(key=lambda i: (-mpq(puntos[i], perfil.costos[i]), perfil.puesto[i]))
    else:
        candidatas.sort(key=lambda i: (-puntos[i], perfil.puesto[i]))
    entran = []
    for opcion in candidatas:
        if perfil.costos[opcion] <= libre:
            entran.append(opcion)
            libre -= perfil.costos[opcion]
    return entran
