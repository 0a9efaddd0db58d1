"""Probar las reglas antes de elegir una: las mismas papeletas contadas con todas."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from votaciones.reglas import REGLAS
from votaciones.reglas.comun import Conteo, Id, Papeleta, orden_de_desempate
from votaciones.reglas.condiciones import SIN_CONDICIONES, Condiciones

# Con más, la cuenta no cabe en lo que espera una página: para eso está la orden de consola.
PAPELETAS_MAXIMAS = 20_000
OBRAS_MAXIMAS = 200
_PRESUPUESTO = 1_000_000_00


@dataclass(frozen=True)
class Eleccion:
    """Lo que hace falta para contar: montos en centavos, `desempate` con todas las opciones."""

    nombre: str
    titulos: Mapping[Id, str]
    costos: Mapping[Id, int]
    papeletas: Sequence[Papeleta]
    presupuesto: int
    desempate: Sequence[Id]
    condiciones: Condiciones = SIN_CONDICIONES


@dataclass
class Simulacion:
    """Una regla en todas las elecciones simuladas."""

    regla: str
    conteos: list[Conteo] = field(default_factory=list)

    @property
    def ganan(self) -> int:
        return sum(len(conteo.ganadoras) for conteo in self.conteos)

    @property
    def gastado(self) -> int:
        return sum(conteo.gastado for conteo in self.conteos)

    @property
    def sobra(self) -> int:
        return sum(conteo.sobra for conteo in self.conteos)

    @property
    def con_alguna(self) -> int:
        return sum(conteo.con_alguna for conteo in self.conteos)

    @property
    def papeletas(self) -> int:
        return sum(conteo.papeletas for conteo in self.conteos)


def simular(elecciones: Iterable[Eleccion]) -> list[Simulacion]:
    """Cada elección con cada regla. Lanza ValueError con datos imposibles o con más de lo que cabe."""
    lista = list(elecciones)
    if sum(len(e.papeletas) for e in lista) > PAPELETAS_MAXIMAS or any(len(e.costos) > OBRAS_MAXIMAS for e in lista):
        raise ValueError("Son más papeletas u obras de las que se simulan aquí. Cuéntala con «manage.py escrutar».")
    return [
        Simulacion(
            regla,
            [
                contar(
                    eleccion.costos,
                    eleccion.papeletas,
                    presupuesto=eleccion.presupuesto,
                    desempate=eleccion.desempate,
                    condiciones=eleccion.condiciones,
                )
                for eleccion in lista
            ],
        )
        for regla, contar in REGLAS.items()
    ]


def sintetica(semilla: int, *, obras: int, papeletas: int) -> Eleccion:
    """Un distrito inventado de Bs 1.000.000 con dos zonas, una mayor; la misma semilla da siempre lo mismo.

    Seis de cada diez papeletas son de la zona mayor. Cada una prefiere las obras de su zona y elige hasta completar el
    presupuesto, como en la papeleta.
    """
    azar = random.Random(semilla)  # noqa: S311  papeletas inventadas, repetibles: nada que proteger
    costos: dict[Id, int] = {numero: 10_000_00 * azar.randint(5, 45) for numero in range(1, obras + 1)}
    gusto = {numero: azar.random() for numero in costos}
    de_la_mayor = {numero: azar.random() < 0.5 for numero in costos}
    elegidas = []
    for _ in range(papeletas):
        zona = azar.random() < 0.6
        peso = {n: azar.random() * (1 + gusto[n]) * (1.5 if de_la_mayor[n] == zona else 0.5) for n in costos}
        queda, suyas = _PRESUPUESTO, []
        for numero in sorted(costos, key=lambda n: -peso[n])[:5]:
            if costos[numero] <= queda:
                suyas.append(numero)
                queda -= costos[numero]
        elegidas.append(suyas)
    return Eleccion(
        nombre=f"Distrito inventado con la semilla {semilla}",
        titulos={numero: f"Obra {numero}, zona {'mayor' if de_la_mayor[numero] else 'menor'}" for numero in costos},
        costos=costos,
        papeletas=elegidas,
        presupuesto=_PRESUPUESTO,
        desempate=orden_de_desempate(costos, str(semilla)),
    )
