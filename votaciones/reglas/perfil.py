"""Las papeletas de una contienda en columnas: iguales juntas, para contar cien mil en fracciones de segundo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votaciones.reglas.comun import Grupo, Id, Papeleta, agrupar, revisar
from votaciones.reglas.condiciones import SIN_CONDICIONES, Condiciones, por_lugar

Enteros = NDArray[np.int64]
Reales = NDArray[np.float64]


@dataclass(frozen=True)
class Perfil:
    """Opciones por posición y papeletas agrupadas.

    `costos` y `presupuesto` en centavos; `puesto` es el lugar de cada opción en el desempate. `apoyan[i]` son los
    grupos que eligen la opción i, `valen[i]` los puntos que le da cada uno y `cuantas[g]` las papeletas del grupo g.
    `papeletas` cuenta también las vacías, que reciben su parte aunque no elijan. `condiciones` nombra las opciones por
    su posición.
    """

    ids: tuple[Id, ...]
    costos: tuple[int, ...]
    presupuesto: int
    puesto: tuple[int, ...]
    cuantas: Enteros
    apoyan: tuple[Enteros, ...]
    valen: tuple[Enteros, ...]
    papeletas: int
    condiciones: Condiciones = SIN_CONDICIONES

    @property
    def votos(self) -> list[int]:
        """Papeletas que eligen cada opción."""
        return [int(self.cuantas[grupos].sum()) for grupos in self.apoyan]

    @property
    def puntos(self) -> list[int]:
        return [
            int((self.cuantas[grupos] * valen).sum()) for grupos, valen in zip(self.apoyan, self.valen, strict=True)
        ]

    @cached_property
    def con_apoyo(self) -> list[int]:
        """Opciones que alguien eligió y que llegan al apoyo mínimo: las únicas que pueden ganar."""
        return [opcion for opcion, puntos in enumerate(self.puntos) if puntos >= self.condiciones.minimo]

    @property
    def parte(self) -> Fraction:
        """Lo que le toca a cada papeleta, en centavos."""
        return Fraction(self.presupuesto, self.papeletas) if self.papeletas else Fraction(0)


def perfil_de(
    costos: Mapping[Any, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Perfil:
    """Agrupa las papeletas y las pone en columnas. Lanza ValueError con datos imposibles."""
    grupos = agrupar(papeletas)
    return de_grupos(costos, grupos, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)


def de_grupos(
    costos: Mapping[Id, int],
    grupos: Sequence[Grupo],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Perfil:
    puesto = revisar(costos, presupuesto, desempate)
    condiciones.exigir_conocidas(costos)
    posicion = {opcion: lugar for lugar, opcion in enumerate(costos)}
    apoyan: list[list[int]] = [[] for _ in costos]
    valen: list[list[int]] = [[] for _ in costos]
    for numero, grupo in enumerate(grupos):
        for opcion, puntos in grupo.puntos:
            if opcion not in posicion:
                raise ValueError(f"La papeleta elige la opción {opcion}, que no existe.")
            apoyan[posicion[opcion]].append(numero)
            valen[posicion[opcion]].append(puntos)
    return Perfil(
        ids=tuple(costos),
        costos=tuple(costos.values()),
        presupuesto=presupuesto,
        puesto=tuple(puesto[opcion] for opcion in costos),
        cuantas=np.array([grupo.cuantas for grupo in grupos], dtype=np.int64),
        apoyan=tuple(np.array(lista, dtype=np.int64) for lista in apoyan),
        valen=tuple(np.array(lista, dtype=np.int64) for lista in valen),
        papeletas=sum(grupo.cuantas for grupo in grupos),
        condiciones=por_lugar(condiciones, posicion),
    )
