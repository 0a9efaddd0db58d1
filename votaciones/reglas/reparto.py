"""El reparto de partes iguales: exacto donde decide, en coma flotante donde solo descarta.

Cada papeleta recibe la misma dotación y paga solo lo que eligió. En cada vuelta gana la opción cuyo costo se reparte
más barato: el menor rho tal que sus votantes, pagando cada uno min(lo que le queda, rho · costo · puntos), cubren el
costo (Peters, Pierczyński y Skowron, 2021; utilidad igual al costo).

El dinero de cada clase de papeletas (las que tienen lo mismo) es una fracción exacta. Para elegir se calcula primero
un intervalo en coma flotante que con seguridad contiene a rho; solo las opciones cuyo intervalo toca al menor se
calculan exactas. Rho nunca baja, así que el último extremo inferior de cada opción sirve de cota y casi ninguna se
recalcula. El resultado es el mismo que con fracciones en todo, a una milésima del tiempo.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from gmpy2 import mpq

from votaciones.reglas.perfil import Enteros, Perfil, Reales

# Cota del error relativo de una suma de hasta un millón de términos en coma flotante (2^-53 por término), holgada.
ERROR = 1e-9
INFINITO = float("inf")


@dataclass
class Reparto:
    """Lo que pasó: {opción: pago exacto por punto, en orden de victoria}, empates y saldos que quedaron."""

    pagos: dict[int, Fraction]
    empates: list[tuple[int, list[int]]]
    bolsas: "Bolsas"

    @property
    def ganan(self) -> list[int]:
        return list(self.pagos)


class Bolsas:
    """Lo que le queda a cada grupo de papeletas, por clases de igual saldo exacto (en centavos)."""

    def __init__(self, perfil: Perfil, dotacion: Fraction) -> None:
        self.perfil = perfil
        self.saldos = [mpq(dotacion.numerator, dotacion.denominator)]
        self.clase = np.zeros(len(perfil.cuantas), dtype=np.int64)
        self.aproximado = np.full(len(perfil.cuantas), float(dotacion))

    def intervalo(self, opcion: int) -> tuple[float, float] | None:
        """Entre qué valores está con seguridad el pago por punto de la opción; None si seguro no les alcanza.

        El segundo es infinito si no se sabe si les alcanza.
        """
        perfil = self.perfil
        grupos, valen = perfil.apoyan[opcion], perfil.valen[opcion]
        saldos, cuantas = self.aproximado[grupos], perfil.cuantas[grupos]
        return intervalo_de_pago(saldos, cuantas, valen, perfil.costos[opcion])

    def clases_de(self, opcion: int) -> list[tuple[int, int, int]]:
        """(clase, puntos, papeletas) de quienes eligen la opción."""
        grupos, valen = self.perfil.apoyan[opcion], self.perfil.valen[opcion]
        if not len(grupos):
            return []
        ancho = int(valen.max()) + 1
        llaves, lugar = np.unique(self.clase[grupos] * ancho + valen, return_inverse=True)
        cuantas = np.bincount(lugar, weights=self.perfil.cuantas[grupos])
        return [(int(llave) // ancho, int(llave) % ancho, round(n)) for llave, n in zip(llaves, cuantas, strict=True)]

    def exacto(self, opcion: int, intervalo: tuple[float, float]) -> "mpq | None":
        """El pago por punto exacto, que se sabe dentro de `intervalo`; None si no les alcanza."""
        minimo, maximo = intervalo
        falta, puntos = mpq(self.perfil.costos[opcion]), 0
        dudosas = []
        for clase, valen, cuantas in self.clases_de(opcion):
            tope = self.saldos[clase]
            estimado = float(tope) / valen
            if estimado < minimo:
                falta -= tope * cuantas  # pone todo lo que le queda
            else:
                puntos += valen * cuantas
                if estimado <= maximo:
                    dudosas.append((tope / valen, valen * cuantas, tope * cuantas))
        dudosas.sort()
        for tope_por_punto, suyos, todo in dudosas:
            if falta <= tope_por_punto * puntos:
                return falta / puntos
            falta -= todo
            puntos -= suyos
        return falta / puntos if puntos else None

    def cobrar(self, opcion: int, pago: "mpq") -> None:
        """Cobra a los votantes de la opción: cada uno pone min(saldo, pago · puntos)."""
        grupos, valen = self.perfil.apoyan[opcion], self.perfil.valen[opcion]
        ancho = int(valen.max()) + 1
        llaves, lugar = np.unique(self.clase[grupos] * ancho + valen, return_inverse=True)
        cero = mpq(0)
        clases = np.empty(len(llaves), dtype=np.int64)
        reales = np.empty(len(llaves))
        vistas: dict[mpq, int] = {}
        for i, llave in enumerate(llaves.tolist()):
            saldo = self.saldos[llave // ancho] - pago * (llave % ancho)
            saldo = max(saldo, cero)
            if saldo not in vistas:
                vistas[saldo] = len(self.saldos)
                self.saldos.append(saldo)
            clases[i], reales[i] = vistas[saldo], float(saldo)
        self.clase[grupos] = clases[lugar]
        self.aproximado[grupos] = reales[lugar]

    def de_sus_votantes(self, opcion: int) -> Fraction:
        """Lo que les queda en total, en centavos, a quienes eligieron la opción."""
        total = sum((self.saldos[clase] * cuantas for clase, _, cuantas in self.clases_de(opcion)), mpq(0))
        return a_fraccion(total)


def a_fraccion(numero: "mpq") -> Fraction:
    return Fraction(int(numero.numerator), int(numero.denominator))


def intervalo_de_pago(saldos: Reales, cuantas: Enteros, valen: Enteros, costo: int) -> tuple[float, float] | None:
    """Intervalo que contiene el pago por punto con que esos saldos cubren el costo; ver `Bolsas.intervalo`."""
    dinero = saldos * cuantas
    total = float(dinero.sum())
    if total < costo * (1 - ERROR):
        return None
    aguanta = saldos / valen
    orden = np.argsort(aguanta)
    aguanta, dinero, pesos = aguanta[orden], dinero[orden], (cuantas * valen)[orden]
    antes = np.cumsum(dinero) - dinero
    quedan = float(pesos.sum()) - (np.cumsum(pesos) - pesos)
    pagos = (costo - antes) / quedan
    alcanzan = pagos <= aguanta
    lugar = int(alcanzan.argmax())
    if not alcanzan[lugar] or total < costo * (1 + ERROR):
        # En el filo: les alcanza justo o les falta justo, y eso solo lo dice la cuenta exacta.
        return 0.0, INFINITO
    pago = float(pagos[lugar])
    # Restar lo ya puesto por los primeros agranda el error relativo del resto.
    holgura = ERROR * (1 + float(antes[lugar]) / max(costo - float(antes[lugar]), costo * 1e-15))
    return max(0.0, pago * (1 - holgura)), pago * (1 + holgura)


def repartir(perfil: Perfil, dotacion: Fraction) -> Reparto:
    """Las vueltas de partes iguales con esa dotación por papeleta (en centavos), sin completar."""
    bolsas = Bolsas(perfil, dotacion)
    pagos: dict[int, Fraction] = {}
    turnos = Turnos(perfil)
    cotas = turnos.al_empezar()
    empates = []
    while cotas:
        candidatas = _candidatas(bolsas, cotas)
        if not candidatas:
            break
        exactas = []
        for opcion, intervalo in candidatas:
            pago = bolsas.exacto(opcion, intervalo)
            if pago is None:
                del cotas[opcion]
            else:
                exactas.append((pago / perfil.costos[opcion], perfil.puesto[opcion], opcion, pago))
        if not exactas:
            continue
        rho, _, ganadora, pago = min(exactas)
        empates.append((ganadora, [opcion for otro, _, opcion, _ in exactas if otro == rho and opcion != ganadora]))
        pagos[ganadora] = a_fraccion(pago)
        bolsas.cobrar(ganadora, pago)
        del cotas[ganadora]
        turnos.despues_de(pagos, cotas)
    return Reparto(pagos, empates, bolsas)


class Turnos:
    """A quiénes les toca competir: las que llegan al mínimo, nada ganado las excluye y ya ganó lo que necesitan."""

    def __init__(self, perfil: Perfil) -> None:
        self.condiciones = perfil.condiciones
        self.pueden = perfil.con_apoyo
        self.esperan = {opcion for opcion in self.pueden if not self.condiciones.le_toca(opcion, ())}

    def al_empezar(self) -> dict[int, float]:
        """{opción: cota inferior de su rho} de las que ya compiten."""
        return {opcion: 0.0 for opcion in self.pueden if opcion not in self.esperan}

    def despues_de(self, ganan: Collection[int], cotas: dict[int, float]) -> None:
        """Con una ganadora más: saca de `cotas` las que ahora se excluyen y pone las que la esperaban."""
        if self.condiciones.sin_parejas:
            return
        for opcion in [otra for otra in cotas if not self.condiciones.le_toca(otra, ganan)]:
            del cotas[opcion]
        for opcion in [otra for otra in self.esperan if self.condiciones.le_toca(otra, ganan)]:
            self.esperan.remove(opcion)
            cotas[opcion] = 0.0


def _candidatas(bolsas: Bolsas, cotas: dict[int, float]) -> list[tuple[int, tuple[float, float]]]:
    """(opción, intervalo de su pago) de las que pueden tener el menor rho. Sube las cotas y quita las que no alcanzan.

    Una dudosa (intervalo sin fin) no descarta a ninguna otra.
    """
    costos = bolsas.perfil.costos
    mejor = INFINITO
    posibles: list[tuple[float, int, tuple[float, float]]] = []
    for opcion in sorted(cotas, key=lambda i: cotas[i]):
        if cotas[opcion] > mejor:
            break
        intervalo = bolsas.intervalo(opcion)
        if intervalo is None:
            del cotas[opcion]
            continue
        cotas[opcion] = max(cotas[opcion], intervalo[0] / costos[opcion])
        mejor = min(mejor, intervalo[1] / costos[opcion])
        posibles.append((intervalo[0] / costos[opcion], opcion, intervalo))
    return [(opcion, intervalo) for minimo, opcion, intervalo in posibles if minimo <= mejor]


def repartir_aproximado(perfil: Perfil, dotacion: float) -> tuple[list[int], bool]:
    """Lo mismo que `repartir` en coma flotante: (ganadoras en orden, si alguna decisión quedó demasiado justa).

    Sirve para buscar entre muchas dotaciones; lo que se publica siempre se repite exacto.
    """
    saldos = np.full(len(perfil.cuantas), dotacion)
    turnos = Turnos(perfil)
    cotas = turnos.al_empezar()
    ganan: list[int] = []
    justa = False
    while cotas:
        mejor = INFINITO
        miradas: list[tuple[float, float, int, float]] = []
        for opcion in sorted(cotas, key=lambda i: cotas[i]):
            if cotas[opcion] > mejor:
                break
            grupos, valen, costo = perfil.apoyan[opcion], perfil.valen[opcion], perfil.costos[opcion]
            intervalo = intervalo_de_pago(saldos[grupos], perfil.cuantas[grupos], valen, costo)
            if intervalo is None:
                del cotas[opcion]
                continue
            if intervalo[1] == INFINITO:
                return ganan, True
            minimo, maximo = intervalo[0] / costo, intervalo[1] / costo
            cotas[opcion] = max(cotas[opcion], minimo)
            mejor = min(mejor, maximo)
            miradas.append(((minimo + maximo) / 2, minimo, opcion, (intervalo[0] + intervalo[1]) / 2))
        if not miradas:
            break
        _, _, ganadora, pago = min(miradas)
        justa = justa or any(minimo <= mejor for _, minimo, opcion, _ in miradas if opcion != ganadora)
        grupos = perfil.apoyan[ganadora]
        saldos[grupos] = np.maximum(0.0, saldos[grupos] - pago * perfil.valen[ganadora])
        ganan.append(ganadora)
        del cotas[ganadora]
        turnos.despues_de(ganan, cotas)
    return ganan, justa


def agotado(perfil: Perfil, ganan: Sequence[int]) -> bool:
    """Si ninguna opción que quedó fuera, y que las condiciones dejarían entrar, cabe en lo que sobra.

    Una que nadie eligió cuenta como que cabe, igual que en Pabulib; una que no llega al apoyo mínimo, no.
    """
    dentro, condiciones = set(ganan), perfil.condiciones
    sobra = perfil.presupuesto - sum(perfil.costos[i] for i in ganan)
    caben = [i for i, costo in enumerate(perfil.costos) if i not in dentro and costo <= sobra]
    if condiciones.minimo > 1:
        caben = [i for i in caben if i in perfil.con_apoyo]
    return not any(condiciones.le_toca(i, ganan) for i in caben)


def nada_mas(perfil: Perfil, ganan: Sequence[int]) -> bool:
    """Si ya ganaron todas las que pueden: más dotación no agregaría ninguna."""
    dentro = set(ganan)
    return all(i in dentro or not perfil.condiciones.le_toca(i, ganan) for i in perfil.con_apoyo)


def con_incrementos(
    perfil: Perfil, *, parada: str, incremento: int | Fraction = 100, tope: int | None = None
) -> tuple[Reparto, int]:
    """Partes iguales agrandando la dotación de a `incremento` centavos por papeleta. Devuelve (reparto, pasos).

    `parada`: «exhaustiva» se detiene en el primer resultado al que ya no le cabe nada, o antes de pasarse; «exceso»
    sigue hasta que el paso siguiente se pasa. Con `tope`, a lo más esos pasos. La búsqueda es aproximada; el final y
    el paso siguiente se confirman exactos, y un paso demasiado justo se rehace exacto.
    """
    base = perfil.parte
    if not perfil.papeletas:
        return repartir(perfil, base), 0

    def resultado(paso: int, *, exacto: bool = False) -> list[int]:
        dotacion = base + incremento * paso
        if not exacto:
            ganan, justa = repartir_aproximado(perfil, float(dotacion))
            if not justa:
                return ganan
        return repartir(perfil, dotacion).ganan

    def se_pasa(ganan: Sequence[int]) -> bool:
        return sum(perfil.costos[i] for i in ganan) > perfil.presupuesto

    def termina(paso: int, ganan: Sequence[int]) -> bool:
        return paso == tope or nada_mas(perfil, ganan) or (parada == "exhaustiva" and agotado(perfil, ganan))

    exacto = False
    while True:
        paso = 0
        ganan = resultado(0, exacto=True)
        while not termina(paso, ganan):
            siguiente = resultado(paso + 1, exacto=exacto)
            if se_pasa(siguiente):
                break
            paso, ganan = paso + 1, siguiente
        final = repartir(perfil, base + incremento * paso)
        if exacto:
            return final, paso
        sigue_bien = not se_pasa(final.ganan) and set(final.ganan) == set(ganan)
        if sigue_bien and not termina(paso, ganan):
            sigue_bien = se_pasa(repartir(perfil, base + incremento * (paso + 1)).ganan)
        if sigue_bien:
            return final, paso
        exacto = True  # la búsqueda aproximada se equivocó en algún paso: se rehace entera, exacta
