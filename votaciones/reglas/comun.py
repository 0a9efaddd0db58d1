"""Lo que comparten todas las reglas de conteo: papeletas agrupadas, desempate, resultado y frases.

El dinero entra en centavos enteros y se reparte en fracciones exactas: un conteo nunca depende de un redondeo.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from civic.comun.dinero import bolivianos, miles

Id = int | str
# Una papeleta: las opciones aprobadas (todas valen 1) o cuántos puntos recibe cada una.
Papeleta = Iterable[Id] | Mapping[Id, int]


@dataclass(frozen=True)
class Grupo:
    """Papeletas idénticas: sus opciones con sus puntos, y cuántas son."""

    puntos: tuple[tuple[Id, int], ...]
    cuantas: int


@dataclass(frozen=True)
class OpcionContada:
    """Lo que le pasó a una opción. `vuelta` cuenta desde 1 y solo la tienen las ganadoras.

    `pago` y `carga`, exactos, solo los tienen las que ganaron por su reparto y no al completar.
    """

    id: Id
    costo: int
    votos: int
    puntos: int
    gana: bool
    vuelta: int | None
    razon: str
    pago: Fraction | None = None  # reglas de partes: lo más que puso por ella cada votante, en centavos
    carga: Fraction | None = None  # cargas parejas: con cuánto queda cada uno de sus votantes, en centavos


@dataclass(frozen=True)
class Conteo:
    """Resultado de contar una contienda con una regla. Montos en centavos; `opciones` en el orden recibido.

    `con_alguna` son las papeletas que eligieron al menos una ganadora; `pasos`, las veces que creció la parte.
    """

    regla: str
    papeletas: int
    presupuesto: int
    gastado: int
    opciones: tuple[OpcionContada, ...]
    con_alguna: int
    pasos: int = 0

    @property
    def sobra(self) -> int:
        return self.presupuesto - self.gastado

    @property
    def ganadoras(self) -> list[Id]:
        """Ids de las ganadoras en el orden en que ganaron."""
        return [opcion.id for opcion in sorted(self.opciones, key=lambda o: o.vuelta or 0) if opcion.gana]


def agrupar(papeletas: Iterable[Papeleta]) -> list[Grupo]:
    """Junta las papeletas idénticas, en un orden que no depende del de llegada.

    Repetir una opción en una papeleta o darle cero puntos no suma; puntos negativos lanzan ValueError.
    """
    # Quien lee de un archivo repite el mismo objeto para papeletas iguales: se cuenta antes de ordenar.
    repetidas: dict[int, list[Any]] = {}
    for papeleta in papeletas:
        repetidas.setdefault(id(papeleta), [papeleta, 0])[1] += 1
    cuenta: dict[tuple[tuple[Id, int], ...], int] = {}
    for papeleta, veces in repetidas.values():
        pares = papeleta.items() if isinstance(papeleta, Mapping) else ((opcion, 1) for opcion in set(papeleta))
        llave = tuple(sorted(((opcion, puntos) for opcion, puntos in pares if puntos), key=lambda par: str(par[0])))
        if any(puntos < 0 for _, puntos in llave):
            raise ValueError("Una papeleta no puede dar puntos negativos.")
        cuenta[llave] = cuenta.get(llave, 0) + veces
    orden = sorted(cuenta, key=lambda llave: [(str(opcion), puntos) for opcion, puntos in llave])
    return [Grupo(llave, cuenta[llave]) for llave in orden]


def sumar(costos: Mapping[Id, int], grupos: Sequence[Grupo]) -> tuple[dict[Id, int], dict[Id, int]]:
    """(votos, puntos) por opción: en cuántas papeletas está y cuántos puntos junta. Opción ajena: ValueError."""
    votos = dict.fromkeys(costos, 0)
    puntos = dict.fromkeys(costos, 0)
    for grupo in grupos:
        for opcion, cuantos in grupo.puntos:
            if opcion not in costos:
                raise ValueError(f"La papeleta elige la opción {opcion}, que no existe.")
            votos[opcion] += grupo.cuantas
            puntos[opcion] += grupo.cuantas * cuantos
    return votos, puntos


def revisar(costos: Mapping[Id, int], presupuesto: int, desempate: Sequence[Id]) -> dict[Id, int]:
    """Puesto de cada opción en el desempate; ValueError si algo no es entero positivo o el orden está incompleto."""
    if presupuesto < 0 or any(not isinstance(costo, int) or costo <= 0 for costo in costos.values()):
        raise ValueError("Los costos y el presupuesto son centavos enteros; los costos, mayores a cero.")
    if len(desempate) != len(costos) or set(desempate) != set(costos):
        raise ValueError("El orden de desempate debe nombrar cada opción una vez.")
    return {opcion: puesto for puesto, opcion in enumerate(desempate)}


def conteo_de(
    regla: str, grupos: Sequence[Grupo], presupuesto: int, contadas: Sequence[OpcionContada], *, pasos: int = 0
) -> Conteo:
    """El conteo con sus totales."""
    ganan = {opcion.id for opcion in contadas if opcion.gana}
    return Conteo(
        regla,
        papeletas=sum(grupo.cuantas for grupo in grupos),
        presupuesto=presupuesto,
        gastado=sum(opcion.costo for opcion in contadas if opcion.gana),
        opciones=tuple(contadas),
        con_alguna=sum(grupo.cuantas for grupo in grupos if any(opcion in ganan for opcion, _ in grupo.puntos)),
        pasos=pasos,
    )


def orden_de_desempate(ids: Iterable[Id], semilla: str) -> list[Id]:
    """Sorteo público y repetible: ordena por SHA-256 de «semilla:id». Gana el empate quien va antes.

    La semilla es la huella del libro de reglas, publicada al abrir: nadie la elige después de ver los votos.
    """
    return sorted(ids, key=lambda opcion: (hashlib.sha256(f"{semilla}:{opcion}".encode()).hexdigest(), str(opcion)))


def dinero(centavos: int | Fraction) -> str:
    """«Bs 41.200,50», redondeado hacia abajo al centavo: nunca dice que había más de lo que había."""
    return bolivianos(Decimal(int(centavos // 1)) / 100)


def cuantos(numero: int, singular: str, plural: str) -> str:
    return f"{miles(numero)} {singular if numero == 1 else plural}"


def unidad(votos: Mapping[Id, int], puntos: Mapping[Id, int]) -> tuple[str, str]:
    """Cómo se llama lo que se suma, en singular y plural: si cada papeleta da uno, son votos."""
    return ("voto", "votos") if votos == puntos else ("punto", "puntos")


def lista_de(ids: Iterable[Id]) -> str:
    """«la opción 3», «las opciones 3, 5 y 8»."""
    nombres = [str(opcion) for opcion in ids]
    if len(nombres) == 1:
        return f"la opción {nombres[0]}"
    return f"las opciones {', '.join(nombres[:-1])} y {nombres[-1]}"
