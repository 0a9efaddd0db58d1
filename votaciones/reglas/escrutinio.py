"""Contar una elección con una regla y sus opciones: solo quiénes ganan, para archivos y comparaciones."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gmpy2 import mpq

from votaciones.reglas import phragmen, reparto, voraz
from votaciones.reglas.comun import Id
from votaciones.reglas.perfil import Perfil

REGLAS = ("voraz", "voraz_unidades", "partes_iguales", "phragmen")
COMPLETAR = ("ninguno", "voraz", "incrementos", "incrementos_y_voraz")
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
    incremento: int | Fraction = 100,
    tope: int | None = None,
    parar: bool = False,
) -> Escrutinio:
    """Cuenta `perfil` con `regla` y la completa. Una opción que nadie eligió nunca gana.

    voraz: de más a menos puntos. voraz_unidades: de más a menos puntos por boliviano. En las dos, lo que no alcanza
    se salta o, con `parar`, termina la cuenta. `incremento` en centavos por papeleta; `tope`, los pasos que como
    mucho se dan. Lanza ValueError si la combinación no existe.
    """
    if regla not in REGLAS or completar not in COMPLETAR or parada not in PARADAS:
        raise ValueError("Esa regla, forma de completar o parada no existe.")
    if completar.startswith("incrementos") and regla != "partes_iguales":
        raise ValueError("Los incrementos completan solo a partes_iguales.")
    if parar and regla not in {"voraz", "voraz_unidades"}:
        raise ValueError("Solo las reglas voraces se detienen en la primera que no alcanza.")
    pasos = 0
    if completar.startswith("incrementos"):
        hecho, pasos = reparto.con_incrementos(perfil, parada=parada, incremento=incremento, tope=tope)
        ganan = hecho.ganan
    elif regla == "partes_iguales":
        ganan = reparto.repartir(perfil, perfil.parte).ganan
    elif regla == "phragmen":
        ganan = phragmen.recorrer(perfil).ganan
    else:
        ganan = _voraz(perfil, (), por_costo=regla == "voraz_unidades", parar=parar)
    if completar.endswith("voraz") and regla in {"partes_iguales", "phragmen"}:
        ganan = [*ganan, *_voraz(perfil, ganan)]
    return Escrutinio(tuple(perfil.ids[i] for i in ganan), sum(perfil.costos[i] for i in ganan), pasos)


def _voraz(perfil: Perfil, ya: Sequence[int], *, por_costo: bool = False, parar: bool = False) -> list[int]:
    """Opciones que entran de más a menos puntos (o puntos por costo) con lo que dejaron las de `ya`."""
    valen = [mpq(p, costo) if por_costo else p for p, costo in zip(perfil.puntos, perfil.costos, strict=True)]
    candidatas = [opcion for opcion in perfil.con_apoyo if opcion not in ya]
    candidatas.sort(key=lambda i: (-valen[i], perfil.puesto[i]))
    libre = perfil.presupuesto - sum(perfil.costos[i] for i in ya)
    costos: dict[Id, int] = dict(enumerate(perfil.costos))
    entran, _ = voraz.recorrer(candidatas, costos, libre, condiciones=perfil.condiciones, ya=ya, parar=parar)
    return [int(opcion) for opcion in entran]
