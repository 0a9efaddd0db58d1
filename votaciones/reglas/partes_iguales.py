"""Partes iguales (Method of Equal Shares) con utilidad igual al costo, completado con «más votos primero».

Cada papeleta recibe la misma parte del presupuesto y solo paga obras que eligió. En cada vuelta gana la obra cuyo
costo se reparte más barato entre sus votantes: se busca el menor rho tal que sus votantes, pagando cada uno
min(lo que le queda, rho · costo · puntos), cubren el costo. Cuando ninguna obra puede pagarse así, lo que sobra del
presupuesto se usa recorriendo las restantes por votos (el «completar» de nuestro reglamento).
Fuente: Peters y Skowron (2020); Peters, Pierczyński y Skowron (2021).

Aritmética exacta y rápida a la vez: las papeletas idénticas se agrupan y los grupos a los que les queda lo mismo forman
una clase; las fracciones solo tocan clases. El rho de una obra nunca baja, así que el último calculado sirve de cota
y la mayoría de las obras no se recalcula en cada vuelta.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from votaciones.reglas.comun import (
    Conteo,
    Grupo,
    Id,
    OpcionContada,
    Papeleta,
    agrupar,
    cuantos,
    dinero,
    lista_de,
    revisar,
    sumar,
)
from votaciones.reglas.voraz import empates_que_decidieron, recorrer


class _Bolsas:
    """Lo que le queda a cada grupo de papeletas, por clases de igual saldo."""

    def __init__(self, costos: Mapping[Id, int], grupos: Sequence[Grupo], presupuesto: int) -> None:
        papeletas = sum(grupo.cuantas for grupo in grupos)
        self.saldos = [Fraction(presupuesto, papeletas) if papeletas else Fraction(0)]
        self.indice = {self.saldos[0]: 0}
        self.cuantas = [grupo.cuantas for grupo in grupos]
        self.clase = [0] * len(grupos)
        self.apoyan: dict[Id, list[tuple[int, int]]] = {opcion: [] for opcion in costos}
        for numero, grupo in enumerate(grupos):
            for opcion, puntos in grupo.puntos:
                self.apoyan[opcion].append((numero, puntos))

    def por_clase(self, opcion: Id) -> dict[tuple[int, int], int]:
        """(clase, puntos) -> cuántas papeletas de esa clase dan esos puntos a la opción."""
        suma: dict[tuple[int, int], int] = {}
        for numero, puntos in self.apoyan[opcion]:
            llave = (self.clase[numero], puntos)
            suma[llave] = suma.get(llave, 0) + self.cuantas[numero]
        return suma

    def de_sus_votantes(self, opcion: Id) -> Fraction:
        """Lo que les queda en total, en centavos, a quienes eligieron la opción."""
        partes = (self.saldos[clase] * cuantas for (clase, _), cuantas in self.por_clase(opcion).items())
        return sum(partes, Fraction(0))

    def pago_por_punto(self, opcion: Id, costo: int) -> Fraction | None:
        """El menor pago por punto con que sus votantes cubren el costo; None si no les alcanza."""
        clases = self.por_clase(opcion)
        # De quien antes se queda sin saldo a quien más aguanta: los primeros ponen todo y el resto se reparte.
        orden = sorted(clases, key=lambda llave: self.saldos[llave[0]] / llave[1])
        falta = Fraction(costo)
        puntos = sum(llave[1] * cuantas for llave, cuantas in clases.items())
        for llave in orden:
            clase, valen = llave
            pago = falta / puntos
            if pago * valen <= self.saldos[clase]:
                return pago
            falta -= self.saldos[clase] * clases[llave]
            puntos -= valen * clases[llave]
        return None

    def cobrar(self, opcion: Id, pago: Fraction) -> None:
        """Cobra a los votantes de la opción: cada uno pone min(saldo, pago · puntos)."""
        nuevas: dict[tuple[int, int], int] = {}
        for numero, puntos in self.apoyan[opcion]:
            llave = (self.clase[numero], puntos)
            if llave not in nuevas:
                saldo = max(Fraction(0), self.saldos[llave[0]] - pago * puntos)
                if saldo not in self.indice:
                    self.indice[saldo] = len(self.saldos)
                    self.saldos.append(saldo)
                nuevas[llave] = self.indice[saldo]
            self.clase[numero] = nuevas[llave]


def repartir(
    costos: Mapping[Id, int], bolsas: _Bolsas, puesto: Mapping[Id, int]
) -> tuple[dict[Id, Fraction], list[tuple[Id, list[Id]]]]:
    """Las vueltas de partes iguales, sin completar.

    Devuelve ({ganadora: pago por punto, en orden de victoria}, [(ganadora, empatadas con ella en su vuelta)]).
    """
    cotas = {opcion: Fraction(0) for opcion in costos if bolsas.apoyan[opcion]}
    pagos: dict[Id, Fraction] = {}
    empates = []
    while cotas:
        mejor: Fraction | None = None
        candidatas: list[tuple[Id, Fraction]] = []
        for opcion in sorted(cotas, key=lambda o: (cotas[o], puesto[o])):
            if mejor is not None and cotas[opcion] > mejor:
                break
            pago = bolsas.pago_por_punto(opcion, costos[opcion])
            if pago is None:
                del cotas[opcion]
                continue
            rho = cotas[opcion] = pago / costos[opcion]
            if mejor is None or rho < mejor:
                mejor, candidatas = rho, [(opcion, pago)]
            elif rho == mejor:
                candidatas.append((opcion, pago))
        if not candidatas:
            break
        ganadora, pago = min(candidatas, key=lambda candidata: puesto[candidata[0]])
        bolsas.cobrar(ganadora, pago)
        pagos[ganadora] = pago
        empates.append((ganadora, [opcion for opcion, _ in candidatas if opcion != ganadora]))
        del cotas[ganadora]
    return pagos, empates


def contar(
    costos: Mapping[Id, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    completar: bool = True,
) -> Conteo:
    """Cuenta con partes iguales y completa con «más votos primero» (salvo `completar=False`).

    `costos` y `presupuesto` en centavos; `desempate` nombra todas las opciones.
    """
    puesto = revisar(costos, presupuesto, desempate)
    grupos = agrupar(papeletas)
    votos, puntos = sumar(costos, grupos)
    bolsas = _Bolsas(costos, grupos, presupuesto)
    pagos, empates = repartir(costos, bolsas, puesto)
    libre = presupuesto - sum(costos[opcion] for opcion in pagos)
    restantes = [opcion for opcion in costos if opcion not in pagos]
    extra, quedaba = recorrer(restantes, costos, puntos, puesto, libre) if completar else ([], {})
    ganan = {*pagos, *extra}
    decidio = empates_que_decidieron(quedaba, extra, costos, puntos)
    for ganadora, empatadas in empates:
        for perdedora in (opcion for opcion in empatadas if opcion not in ganan):
            decidio.setdefault(ganadora, []).append(perdedora)
            decidio.setdefault(perdedora, []).append(ganadora)
    vueltas = {opcion: numero for numero, opcion in enumerate([*pagos, *extra], start=1)}
    contadas = []
    for opcion, costo in costos.items():
        vuelta = vueltas.get(opcion)
        razon = _razon(
            costo, votos[opcion], vuelta, pagos.get(opcion), quedaba.get(opcion), bolsas.de_sus_votantes(opcion)
        )
        if decidio.get(opcion):
            orden = "la puso antes" if vuelta else "la puso después"
            razon += f" Empató con {lista_de(dict.fromkeys(decidio[opcion]))} y el sorteo {orden}."
        contadas.append(OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon))
    gastado = sum(costos[opcion] for opcion in ganan)
    return Conteo("partes_iguales", sum(grupo.cuantas for grupo in grupos), presupuesto, gastado, tuple(contadas))


def _razon(
    costo: int, votos: int, vuelta: int | None, pago: Fraction | None, quedaba: int | None, tienen: Fraction
) -> str:
    """La frase de una opción. `pago` solo si ganó por partes iguales; `quedaba` solo si se recorrió al completar."""
    if not votos:
        return "Nadie la eligió."
    cuantas = cuantos(votos, "votante", "votantes")
    sus = f"su {cuantas}" if votos == 1 else f"sus {cuantas}"
    if pago is not None:
        pagaron = f"{sus} la pagó" if votos == 1 else f"{sus} la pagaron"
        return f"Ganó en la vuelta {vuelta}: {pagaron} poniendo hasta {dinero(pago)} cada uno; costaba {dinero(costo)}."
    les = "le" if votos == 1 else "les"
    por_partes = f"a {sus} {les} quedaban {dinero(tienen)} y costaba {dinero(costo)}"
    if vuelta:
        alcanzo = f"pero alcanzó con los {dinero(quedaba or 0)} que sobraban"
        return f"Entró al completar, en la vuelta {vuelta}: {por_partes}, {alcanzo}."
    if quedaba is None:
        return f"No alcanzó: {por_partes}."
    return f"No alcanzó: {por_partes}; y al completar quedaban {dinero(quedaba)}."
