"""Qué tan bien se reconoce lo parecido, sobre los pares etiquetados de `pares.csv`: python -m tests.parecidos.medir

Cada par dice si quien escribe uno podría sumarse al otro. Los de origen «escrito» imitan cómo escribe la gente; los de
origen «titulos» son pares al azar de títulos reales de obras de una misma OTB (SICOES), etiquetados después de escribir
el vocabulario. La huella del texto reparte los pares en dos mitades: con una se ajusta, con la otra se mide.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from civic.comun.parecidos.puntaje import UMBRAL, Pedido, mismo_nombre, parecido
from civic.comun.texto import para_buscar

PARES = Path(__file__).with_name("pares.csv")
RADIO_DE_REPORTES, RADIO_DE_PROPUESTAS = 150, 500
Medida = Callable[["Par"], float]


@dataclass(frozen=True)
class Par:
    origen: str
    igual: bool
    a: Pedido
    b: Pedido

    @property
    def es_de_prueba(self) -> bool:
        return hashlib.sha256(f"{self.a.titulo}|{self.b.titulo}".encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Cifras:
    umbral: float
    aciertos: int
    de_mas: int
    de_menos: int

    @property
    def precision(self) -> float:
        return self.aciertos / ((self.aciertos + self.de_mas) or 1)

    @property
    def cobertura(self) -> float:
        return self.aciertos / ((self.aciertos + self.de_menos) or 1)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.cobertura / ((self.precision + self.cobertura) or 1)


def leer() -> list[Par]:
    with PARES.open(encoding="utf-8", newline="") as archivo:
        return [
            Par(fila["origen"], fila["igual"] == "si", _pedido(fila, "a"), _pedido(fila, "b"))
            for fila in csv.DictReader(archivo)
        ]


def _pedido(fila: dict[str, str], cual: str) -> Pedido:
    return Pedido(
        titulo=fila[f"texto_{cual}"],
        categoria=fila[f"categoria_{cual}"],
        distrito=fila[f"distrito_{cual}"],
        otb=fila[f"otb_{cual}"],
        lon=float(fila[f"lon_{cual}"]) if fila[f"lon_{cual}"] else None,
        lat=float(fila[f"lat_{cual}"]) if fila[f"lat_{cual}"] else None,
    )


def nuestra(par: Par) -> float:
    return parecido(par.a, par.b, radio=RADIO_DE_PROPUESTAS if par.a.lon is None else RADIO_DE_REPORTES)


def letras(par: Par) -> float:
    """Base: letras en el mismo orden (difflib), solo entre pedidos de la misma OTB."""
    uno, otro = para_buscar(par.a.titulo), para_buscar(par.b.titulo)
    return SequenceMatcher(None, uno, otro).ratio() * _misma_otb(par)


def trigramas(par: Par) -> float:
    """Base: trigramas en común, solo entre pedidos de la misma OTB."""
    uno, otro = (_trigramas(para_buscar(pedido.titulo)) for pedido in (par.a, par.b))
    return len(uno & otro) / (len(uno | otro) or 1) * _misma_otb(par)


def _trigramas(texto: str) -> set[str]:
    return {texto[i : i + 3] for i in range(len(texto) - 2)}


def _misma_otb(par: Par) -> bool:
    return par.a.distrito == par.b.distrito and mismo_nombre(par.a.otb, par.b.otb)


def cifras(pares: Iterable[Par], medida: Medida, umbral: float) -> Cifras:
    dichos = [(par.igual, medida(par) >= umbral) for par in pares]
    return Cifras(
        umbral,
        aciertos=sum(igual and dicho for igual, dicho in dichos),
        de_mas=sum(dicho and not igual for igual, dicho in dichos),
        de_menos=sum(igual and not dicho for igual, dicho in dichos),
    )


def mejor_umbral(pares: list[Par], medida: Medida) -> float:
    """El que da mejor F1 en la mitad de ajuste."""
    ajuste = [par for par in pares if not par.es_de_prueba]
    return max((n / 100 for n in range(5, 96)), key=lambda umbral: cifras(ajuste, medida, umbral).f1)


def informe() -> str:
    pares = leer()
    prueba = [par for par in pares if par.es_de_prueba]
    renglones = [f"{len(pares)} pares, {sum(par.igual for par in pares)} iguales; se mide sobre {len(prueba)}."]
    for nombre, medida, umbral in (
        ("letras", letras, mejor_umbral(pares, letras)),
        ("trigramas", trigramas, mejor_umbral(pares, trigramas)),
        ("nuestra", nuestra, UMBRAL),
    ):
        for origen in ("", "escrito", "titulos"):
            hechas = cifras([par for par in prueba if origen in ("", par.origen)], medida, umbral)
            renglones.append(
                f"{nombre:10} {origen or 'todos':8} umbral {umbral:.2f}  precisión {hechas.precision:.3f}  "
                f"cobertura {hechas.cobertura:.3f}  F1 {hechas.f1:.3f}  "
                f"({hechas.aciertos} bien, {hechas.de_mas} de más, {hechas.de_menos} de menos)"
            )
    return "\n".join(renglones)


if __name__ == "__main__":
    print(informe())
