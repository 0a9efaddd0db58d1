"""Qué obras pueden ganar juntas, además de lo que alcance el dinero: excluyentes, dependencias y apoyo mínimo."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from civic.comun.dinero import miles
from votaciones.reglas.comun import Id, cuantos, lista_de


@dataclass(frozen=True)
class Condiciones:
    """Lo que el libro de reglas dice de las obras de una contienda.

    `excluyentes`: parejas de las que gana a lo más una. `dependencias`: (obra, la que debe haber ganado antes); una
    obra con varias las espera a todas. `minimo`: los puntos (votos, si se aprueba) que hacen falta para poder ganar;
    nunca menos de uno.
    """

    excluyentes: frozenset[tuple[Id, Id]] = frozenset()
    dependencias: frozenset[tuple[Id, Id]] = frozenset()
    minimo: int = 1

    def __post_init__(self) -> None:
        if self.minimo < 1:
            raise ValueError("El apoyo mínimo es de un punto o más: una obra sin votos nunca gana.")
        if any(a == b for a, b in (*self.excluyentes, *self.dependencias)):
            raise ValueError("Una obra no se excluye ni depende de sí misma.")

    @cached_property
    def _excluye(self) -> dict[Id, frozenset[Id]]:
        return _por_cada_una((*self.excluyentes, *((b, a) for a, b in self.excluyentes)))

    @cached_property
    def _necesita(self) -> dict[Id, frozenset[Id]]:
        return _por_cada_una(self.dependencias)

    def excluida_por(self, opcion: Id, ganan: Iterable[Id]) -> Id | None:
        """La primera de `ganan` que no deja entrar a la opción, o None."""
        suyas = self._excluye.get(opcion, frozenset())
        return next((otra for otra in ganan if otra in suyas), None) if suyas else None

    def le_faltan(self, opcion: Id, ganan: Container[Id]) -> list[Id]:
        """Las que la opción necesita y todavía no ganaron, en orden fijo."""
        return _en_orden(otra for otra in self._necesita.get(opcion, ()) if otra not in ganan)

    def le_toca(self, opcion: Id, ganan: Collection[Id]) -> bool:
        """Si ahora puede competir: nada de lo que ganó la excluye y lo que necesita ya ganó."""
        return self.sin_parejas or (self.excluida_por(opcion, ganan) is None and not self.le_faltan(opcion, ganan))

    @property
    def sin_parejas(self) -> bool:
        return not self.excluyentes and not self.dependencias

    def espera(self, opcion: Id) -> bool:
        """Si la opción necesita que antes gane otra."""
        return opcion in self._necesita

    def por_que_no(self, opcion: Id, ganan: Collection[Id], *, puntos: int, unidad: tuple[str, str]) -> str:
        """La frase de por qué no compitió una opción elegida por alguien, terminada la cuenta; «» si compitió."""
        if puntos < self.minimo:
            return f"Juntó {cuantos(puntos, *unidad)} y hacían falta {miles(self.minimo)} para poder ganar."
        if (otra := self.excluida_por(opcion, ganan)) is not None:
            return f"No se puede hacer junto con {lista_de([otra])}, que ganó."
        if faltan := self.le_faltan(opcion, ganan):
            return f"Necesitaba que ganara{'' if len(faltan) == 1 else 'n'} {lista_de(faltan)}."
        return ""

    def exigir_conocidas(self, opciones: Container[Id]) -> None:
        """Lanza ValueError si nombra una obra que no está."""
        for pareja in (*self.excluyentes, *self.dependencias):
            for opcion in pareja:
                if opcion not in opciones:
                    raise ValueError(f"Una condición nombra la opción {opcion}, que no existe.")


SIN_CONDICIONES = Condiciones()


def condiciones_de(
    *, excluyentes: Iterable[Iterable[Id]] = (), dependencias: Iterable[Iterable[Id]] = (), minimo: int = 1
) -> Condiciones:
    """Condiciones a partir de parejas en listas, como están en el libro de reglas."""
    return Condiciones(_parejas(excluyentes), _parejas(dependencias), minimo)


def frases_de(
    opcion: Id, *, excluyentes: Iterable[Sequence[Id]] = (), dependencias: Iterable[Sequence[Id]] = ()
) -> list[str]:
    """Lo que las condiciones dicen de una opción, para leer antes de votar."""
    no_junto = _en_orden(otra for pareja in excluyentes if opcion in pareja for otra in {*pareja} - {opcion})
    espera = _en_orden(b for a, b in dependencias if a == opcion)
    frases = []
    if no_junto:
        frases.append(f"No se puede hacer junto con {lista_de(no_junto)}: gana a lo más una.")
    if espera:
        frases.append(f"Solo entra si antes gana{'' if len(espera) == 1 else 'n'} {lista_de(espera)}.")
    return frases


def _en_orden(opciones: Iterable[Id]) -> list[Id]:
    """Por número: la 9 antes que la 10."""
    return sorted(opciones, key=lambda opcion: (len(str(opcion)), str(opcion)))


def _parejas(parejas: Iterable[Iterable[Id]]) -> frozenset[tuple[Id, Id]]:
    return frozenset((a, b) for a, b in parejas)


def _por_cada_una(parejas: Iterable[tuple[Id, Id]]) -> dict[Id, frozenset[Id]]:
    cada_una: dict[Id, set[Id]] = {}
    for una, otra in parejas:
        cada_una.setdefault(una, set()).add(otra)
    return {una: frozenset(otras) for una, otras in cada_una.items()}


def por_lugar(condiciones: Condiciones, lugares: Mapping[Id, int]) -> Condiciones:
    """Las mismas condiciones con el lugar de cada opción en vez de su nombre."""
    return Condiciones(
        frozenset((lugares[a], lugares[b]) for a, b in condiciones.excluyentes),
        frozenset((lugares[a], lugares[b]) for a, b in condiciones.dependencias),
        condiciones.minimo,
    )
