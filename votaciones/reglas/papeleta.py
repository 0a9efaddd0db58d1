"""Qué papeletas valen: los seis tipos, con sus límites.

Una elección llega como números de obra (marcas; en «orden», de más a menos preferida) o como puntos por obra. Su forma
canónica, la que se guarda y se publica, es una lista de números en orden (marcas), una lista de números por preferencia
(orden) o una lista de pares [número, puntos] en orden y sin ceros (puntos y calificación).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from civic.comun.dinero import bolivianos, miles
from civic.comun.errores import ReglaIncumplida
from votaciones.reglas.comun import Papeleta, cuantos


class Tipo(StrEnum):
    APROBACION = "aprobacion"
    PRESUPUESTO = "presupuesto"
    PUNTOS = "puntos"
    ORDEN = "orden"
    CALIFICACION = "calificacion"
    UNA = "una"


DE_MARCAS = frozenset({Tipo.APROBACION, Tipo.PRESUPUESTO, Tipo.UNA})
DE_PUNTOS = frozenset({Tipo.PUNTOS, Tipo.CALIFICACION})
# tipo -> los límites que puede llevar; los demás se dejan vacíos
LIMITES: dict[Tipo, tuple[str, ...]] = {
    Tipo.APROBACION: ("maximo_de_obras", "minimo_de_obras"),
    Tipo.PRESUPUESTO: (),
    Tipo.PUNTOS: ("puntos", "tope_por_obra"),
    Tipo.ORDEN: ("puntos_por_lugar",),
    Tipo.CALIFICACION: ("nota_maxima",),
    Tipo.UNA: (),
}
_HACEN_FALTA = {
    "puntos": "Escribe cuántos puntos reparte cada persona.",
    "puntos_por_lugar": "Escribe cuánto vale cada lugar, por ejemplo 3, 2, 1.",
    "nota_maxima": "Escribe la nota más alta que se puede poner.",
}
NOMBRES = {
    Tipo.APROBACION: "aprobación",
    Tipo.PRESUPUESTO: "presupuesto",
    Tipo.PUNTOS: "puntos",
    Tipo.ORDEN: "orden",
    Tipo.CALIFICACION: "calificación",
    Tipo.UNA: "una sola obra",
}
# Lo más que admite cada límite: pasado esto nadie llena la papeleta en un teléfono.
TOPE = 100
TOPE_DE_NOTA = 10
TOPE_DE_LUGARES = 10


@dataclass(frozen=True)
class Reglamento:
    """Cómo se llena una papeleta. `presupuesto` en Bs; de los límites, solo los de su tipo (ver LIMITES)."""

    tipo: Tipo = Tipo.PRESUPUESTO
    presupuesto: Decimal = Decimal(0)
    maximo_de_obras: int | None = None
    minimo_de_obras: int | None = None
    puntos: int | None = None
    tope_por_obra: int | None = None
    puntos_por_lugar: tuple[int, ...] = ()
    nota_maxima: int | None = None

    @property
    def de_marcas(self) -> bool:
        return self.tipo in DE_MARCAS

    @property
    def de_puntos(self) -> bool:
        return self.tipo in DE_PUNTOS

    @property
    def con_puntos(self) -> bool:
        """Si lo que suma una obra son puntos y no papeletas."""
        return not self.de_marcas

    @property
    def tope(self) -> int:
        """Lo más que se le puede dar a una obra: puntos, nota o el valor del primer lugar; 1 si se marca."""
        if self.tipo == Tipo.PUNTOS:
            return self.tope_por_obra or self.puntos or 0
        if self.tipo == Tipo.CALIFICACION:
            return self.nota_maxima or 0
        return self.puntos_por_lugar[0] if self.tipo == Tipo.ORDEN else 1

    def minimo_entre(self, obras: int) -> int:
        """Cuántas hay que marcar donde hay tantas obras: nunca más de las que hay."""
        return max(1, min(self.minimo_de_obras or 1, obras))

    def con_presupuesto(self, presupuesto: Decimal) -> "Reglamento":
        return replace(self, presupuesto=presupuesto)

    def canonico(self) -> dict[str, Any]:
        """Lo que va al libro de reglas: el tipo y los límites que tiene. El presupuesto es de cada contienda."""
        suyos = {nombre: getattr(self, nombre) for nombre in LIMITES[self.tipo]}
        limites = {n: list(valor) if isinstance(valor, tuple) else valor for n, valor in suyos.items() if valor}
        return {"tipo": self.tipo.value, **limites}


POR_PRESUPUESTO = Reglamento()


def reglamento_de(
    tipo: str = Tipo.PRESUPUESTO.value,
    *,
    presupuesto: Decimal = Decimal(0),
    puntos_por_lugar: str | Sequence[int] = (),
    **limites: int | None,
) -> Reglamento:
    """El reglamento de esos datos, escritos en un formulario o leídos de un libro.

    Lanza ReglaIncumplida (con su campo) si falta un límite, sobra uno que es de otro tipo o no tiene sentido.
    """
    este = Tipo(tipo)
    lugares = _lugares(puntos_por_lugar) if isinstance(puntos_por_lugar, str) else tuple(puntos_por_lugar)
    dados: dict[str, Any] = {nombre: valor for nombre, valor in limites.items() if valor is not None}
    if lugares:
        dados["puntos_por_lugar"] = lugares
    for nombre in dados:
        if nombre not in LIMITES[este]:
            raise ReglaIncumplida(f"Eso no va en una papeleta de {NOMBRES[este]}. Déjalo vacío.", campo=nombre)
    for nombre in LIMITES[este]:
        if nombre in _HACEN_FALTA and nombre not in dados:
            raise ReglaIncumplida(_HACEN_FALTA[nombre], campo=nombre)
        if nombre in dados and nombre != "puntos_por_lugar":
            _exigir_entre(dados[nombre], TOPE_DE_NOTA if nombre == "nota_maxima" else TOPE, nombre)
    reglamento = Reglamento(tipo=este, presupuesto=presupuesto, **dados)
    _exigir_coherente(reglamento)
    return reglamento


def _lugares(texto: str) -> tuple[int, ...]:
    partes = texto.replace(",", " ").split()
    if not all(parte.isdecimal() and parte.isascii() and len(parte) <= 4 for parte in partes):
        raise ReglaIncumplida(
            "Escribe números enteros separados por comas, por ejemplo 3, 2, 1.", campo="puntos_por_lugar"
        )
    return tuple(int(parte) for parte in partes)


def _exigir_entre(valor: Any, tope: int, campo: str) -> None:
    if type(valor) is not int or not 1 <= valor <= tope:
        raise ReglaIncumplida(f"Escribe un número entre 1 y {tope}.", campo=campo)


def _exigir_coherente(reglamento: Reglamento) -> None:
    maximo, minimo = reglamento.maximo_de_obras, reglamento.minimo_de_obras
    if maximo and minimo and minimo > maximo:
        raise ReglaIncumplida(f"No se puede pedir {minimo} obras y dejar marcar {maximo}.", campo="minimo_de_obras")
    tope, puntos = reglamento.tope_por_obra, reglamento.puntos
    if tope and puntos and tope > puntos:
        raise ReglaIncumplida(f"Nadie puede darle {tope} puntos a una obra si reparte {puntos}.", campo="tope_por_obra")
    lugares = reglamento.puntos_por_lugar
    if len(lugares) > TOPE_DE_LUGARES:
        raise ReglaIncumplida(f"Son demasiados lugares: como mucho {TOPE_DE_LUGARES}.", campo="puntos_por_lugar")
    for valor in lugares:
        _exigir_entre(valor, TOPE, "puntos_por_lugar")
    if any(este <= siguiente for este, siguiente in zip(lugares, lugares[1:], strict=False)):
        raise ReglaIncumplida("Cada lugar vale menos que el anterior, por ejemplo 3, 2, 1.", campo="puntos_por_lugar")


# --- La elección -----------------------------------------------------------------------------------------------------
Eleccion = Iterable[Any] | Mapping[int, int]
Seleccion = list[int] | list[list[int]]


def canonica(eleccion: Eleccion, reglamento: Reglamento) -> Seleccion:
    """La forma que se guarda, todavía sin revisar los límites; ReglaIncumplida si no es de este tipo de papeleta."""
    if reglamento.de_puntos:
        pares = list(eleccion.items() if isinstance(eleccion, Mapping) else eleccion)
        if any(
            not isinstance(par, list | tuple) or len(par) != 2 or any(type(n) is not int for n in par) for par in pares
        ):
            raise ReglaIncumplida("No entendimos tus puntos. Escribe un número entero en cada obra.")
        if len({numero for numero, _ in pares}) != len(pares):
            raise ReglaIncumplida("Le diste puntos dos veces a la misma obra. Deja una sola.")
        return [[numero, puntos] for numero, puntos in sorted(pares) if puntos]
    numeros = list(eleccion)
    if any(type(numero) is not int for numero in numeros):
        raise ReglaIncumplida("No entendimos qué obras elegiste. Vuelve a elegir.", campo="opciones")
    return numeros if reglamento.tipo == Tipo.ORDEN else sorted(set(numeros))


def numeros_de(seleccion: Seleccion) -> list[int]:
    """Los números de las obras elegidas, en el orden de la selección."""
    return [parte[0] if isinstance(parte, list) else parte for parte in seleccion]


def total_de(numeros: Iterable[int], costos: Mapping[int, Decimal]) -> Decimal:
    """Suma en Bs de las opciones elegidas que existen."""
    return sum((costos[numero] for numero in set(numeros) if numero in costos), Decimal(0))


def exigir_valida(eleccion: Eleccion, reglamento: Reglamento, costos: Mapping[int, Decimal]) -> Seleccion:
    """La selección canónica; ReglaIncumplida, con lo que hay que hacer, si está vacía, sobra o no existe."""
    seleccion = canonica(eleccion, reglamento)
    if not seleccion:
        raise ReglaIncumplida(_VACIA[reglamento.tipo], campo="opciones")
    if any(numero not in costos for numero in numeros_de(seleccion)):
        raise ReglaIncumplida(
            "Una de las obras que marcaste no está en esta papeleta. Revisa y vuelve a elegir.", campo="opciones"
        )
    if reglamento.de_puntos:
        _exigir_puntos(dict(seleccion), reglamento)  # type: ignore[arg-type]
    elif reglamento.tipo == Tipo.ORDEN:
        _exigir_orden(numeros_de(seleccion), reglamento)
    else:
        _exigir_marcas(numeros_de(seleccion), reglamento, costos)
    return seleccion


_VACIA = {
    Tipo.APROBACION: "Todavía no elegiste ninguna obra. Marca al menos una.",
    Tipo.PRESUPUESTO: "Todavía no elegiste ninguna obra. Marca al menos una.",
    Tipo.PUNTOS: "Todavía no diste ningún punto. Dale al menos uno a una obra.",
    Tipo.ORDEN: "Todavía no ordenaste ninguna obra. Elige al menos la del 1.º lugar.",
    Tipo.CALIFICACION: "Todavía no calificaste ninguna obra. Ponle al menos 1 a una.",
    Tipo.UNA: "Todavía no elegiste tu obra. Marca una.",
}


def _exigir_marcas(numeros: Sequence[int], reglamento: Reglamento, costos: Mapping[int, Decimal]) -> None:
    cuantas = len(numeros)
    if reglamento.tipo == Tipo.UNA and cuantas > 1:
        raise ReglaIncumplida(
            f"Marcaste {cuantas} obras y se elige una sola. Deja la que más quieres.", campo="opciones"
        )
    if reglamento.tipo == Tipo.APROBACION:
        maximo, minimo = reglamento.maximo_de_obras, reglamento.minimo_entre(len(costos))
        if maximo and cuantas > maximo:
            raise ReglaIncumplida(
                f"Marcaste {cuantas} obras y se puede hasta {maximo}. Quita {cuantas - maximo}.", campo="opciones"
            )
        if cuantas < minimo:
            raise ReglaIncumplida(
                f"Marcaste {cuantos(cuantas, 'obra', 'obras')} y hay que marcar al menos {minimo}. "
                f"Agrega {minimo - cuantas}.",
                campo="opciones",
            )
    if reglamento.tipo == Tipo.PRESUPUESTO:
        total, presupuesto = total_de(numeros, costos), reglamento.presupuesto
        if total > presupuesto:
            raise ReglaIncumplida(
                f"Lo que elegiste suma {bolivianos(total)} y el presupuesto es {bolivianos(presupuesto)}. "
                f"Quita obras por {bolivianos(total - presupuesto)} o más.",
                campo="opciones",
            )


def _exigir_orden(numeros: Sequence[int], reglamento: Reglamento) -> None:
    if len(set(numeros)) != len(numeros):
        raise ReglaIncumplida("Pusiste la misma obra en dos lugares. Deja uno solo.", campo="opciones")
    lugares = len(reglamento.puntos_por_lugar)
    if len(numeros) > lugares:
        sobran = len(numeros) - lugares
        raise ReglaIncumplida(
            f"Ordenaste {len(numeros)} obras y se puede hasta {lugares}. Quita {sobran}.", campo="opciones"
        )


def _exigir_puntos(puntos: Mapping[int, int], reglamento: Reglamento) -> None:
    for numero, suyos in puntos.items():
        if not 0 < suyos <= reglamento.tope:
            que = "nota" if reglamento.tipo == Tipo.CALIFICACION else "cantidad de puntos"
            raise ReglaIncumplida(
                f"A la obra N.º {numero} le pusiste {miles(suyos)}. Pon una {que} de 0 a {reglamento.tope}.",
                campo=f"puntos-{numero}",
            )
    if reglamento.tipo == Tipo.PUNTOS and reglamento.puntos is not None:
        total = sum(puntos.values())
        if total > reglamento.puntos:
            sobran = cuantos(total - reglamento.puntos, "punto", "puntos")
            raise ReglaIncumplida(
                f"Repartiste {miles(total)} puntos y tienes {reglamento.puntos}. Quita {sobran}.", campo="opciones"
            )


def puntos_de(seleccion: Seleccion, reglamento: Reglamento) -> Papeleta:
    """La papeleta como la cuentan las reglas: números (cada uno vale 1) o {número: puntos}.

    Lanza ValueError si la selección no es de este tipo de papeleta: en la urna solo entra lo que se validó.
    """
    es_de_pares = bool(seleccion) and isinstance(seleccion[0], list)
    if es_de_pares != (reglamento.de_puntos and bool(seleccion)):
        raise ValueError(f"La papeleta {seleccion} no es de {NOMBRES[reglamento.tipo]}.")
    if reglamento.de_puntos:
        return dict(seleccion)  # type: ignore[arg-type]
    numeros = numeros_de(seleccion)
    if reglamento.tipo == Tipo.ORDEN:
        return dict(zip(numeros, reglamento.puntos_por_lugar[: len(numeros)], strict=True))
    return numeros
