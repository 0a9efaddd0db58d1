"""Cuánto se parecen dos pedidos: qué obra, con qué palabras, en qué calle y en qué lugar. No conoce Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from civic.comun.distancias import metros_entre
from civic.comun.parecidos.palabras import clave, palabras, raiz
from civic.comun.parecidos.vocabulario import (
    ACTO_DE,
    CONCEPTO_DE,
    DE_VIA,
    LARGO_MAXIMO,
    LINDES,
    NEXOS,
    SENAS,
    VACIAS,
    relacion,
)

# Elegido sobre la mitad de ajuste de tests/parecidos/pares.csv y medido sobre la otra (tests/parecidos/medir.py).
UMBRAL = 0.5
LETRAS = 250  # lo que pide una propuesta está en su título y sus primeros renglones
PARECIDAS = 84  # de 100: una letra cambiada en una palabra de siete


@dataclass(frozen=True)
class Pedido:
    """Lo que alguien pide o reporta y dónde. `distrito` y `otb` son nombres o códigos; vacíos si no se saben.

    `llamado` es el nombre de su OTB, para reconocerla en un texto que la nombra sin haberla elegido.
    """

    titulo: str
    texto: str = ""
    categoria: str = ""
    distrito: str = ""
    otb: str = ""
    lon: float | None = None
    lat: float | None = None
    llamado: str = ""


@dataclass(frozen=True)
class Rasgos:
    """Lo que se compara de un texto: conceptos (el primero es el principal), otras palabras, calles y qué se hace."""

    conceptos: tuple[str, ...]
    palabras: frozenset[str]
    vias: frozenset[str]
    actos: frozenset[str]


def parecido(uno: Pedido, otro: Pedido, *, radio: float = 500) -> float:
    """De 0 (nada que ver) a 1 (lo mismo). `radio`: hasta cuántos metros puede ser el mismo lugar."""
    return de_rasgos(rasgos_de(uno), rasgos_de(otro), uno, otro, radio)


def de_rasgos(a: Rasgos, b: Rasgos, uno: Pedido, otro: Pedido, radio: float) -> float:
    lugar = _lugar(uno, otro, radio)
    if lugar == 0:
        return 0.0
    texto = _texto(a, b, _categoria(uno.categoria, otro.categoria))
    return min(1.0, lugar * texto * _calles(a.vias, b.vias))


def rasgos_de(pedido: Pedido) -> Rasgos:
    return rasgos(pedido.titulo, pedido.texto[:LETRAS], pedido.llamado or pedido.otb)


@lru_cache(maxsize=4_000)
def rasgos(titulo: str, texto: str, lugar: str = "") -> Rasgos:
    """Rasgos de un título y su explicación. El nombre del lugar no cuenta como palabra: el lugar se compara aparte."""
    del_lugar = {raiz(palabra) for palabra in palabras(lugar)}
    conceptos, sueltas, vias, actos = _leer(palabras(titulo))
    mas, otras, otras_vias, _ = _leer(palabras(texto))
    if not conceptos:
        conceptos, mas = mas[:1], mas[1:]
    propias = sueltas if sueltas or conceptos else otras
    return Rasgos(
        conceptos=tuple(dict.fromkeys([*conceptos, *mas]))[:4],
        palabras=frozenset(propias) - del_lugar,
        vias=frozenset(vias or otras_vias),
        actos=frozenset(actos),
    )


def metros(uno: Pedido, otro: Pedido) -> float | None:
    """Distancia en metros; None si alguno no tiene punto."""
    if uno.lon is None or uno.lat is None or otro.lon is None or otro.lat is None:
        return None
    return metros_entre(uno.lon, uno.lat, otro.lon, otro.lat)


def mismo_nombre(uno: str, otro: str) -> bool:
    """Si dos nombres de lugar son el mismo escrito de otro modo («Totorcahua» y «Totorcagua»); «Norte» no es «Sud»."""
    a, b = _claves_de_lugar(uno), _claves_de_lugar(otro)
    if len(a) != len(b) or not a:
        return False
    return all(
        x == y or (min(len(x), len(y)) >= 5 and fuzz.ratio(x, y) >= PARECIDAS) for x, y in zip(a, b, strict=True)
    )


# --- Lectura de un texto ---------------------------------------------------------------------------------------------


def _leer(todas: tuple[str, ...]) -> tuple[list[str], set[str], set[str], set[str]]:
    """(conceptos en orden, palabras sueltas, nombres de calles, actos) de unas palabras."""
    llenas, vias = _sin_vias(todas)
    raices = [raiz(palabra) for palabra in llenas]
    conceptos: list[str] = []
    de_sena: list[str] = []
    sueltas: set[str] = set()
    actos: set[str] = set()
    es_sena, i = False, 0
    while i < len(llenas):
        concepto, largo = _concepto(raices, i)
        if concepto:
            (de_sena if es_sena else conceptos).append(concepto)
            es_sena, i = False, i + largo
            continue
        if llenas[i] in SENAS:
            es_sena = True
        elif raices[i] in ACTO_DE:
            actos.add(ACTO_DE[raices[i]])
        elif llenas[i] not in VACIAS and len(llenas[i]) > 2:
            sueltas.add(raices[i])
        i += 1
    return [*conceptos, *de_sena], sueltas, vias, actos


def _sin_vias(todas: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Las palabras sin nexos ni nombres de calles, y las claves de las calles que nombran."""
    llenas: list[str] = []
    vias: set[str] = set()
    es_linde, i = False, 0
    while i < len(todas):
        palabra = todas[i]
        i += 1
        es_linde = es_linde or palabra in LINDES
        if palabra in DE_VIA:
            nombres, usadas = _nombres_de_via(todas[i:])
            i += usadas
            if not es_linde:
                vias |= nombres
            if not nombres:
                llenas.append(palabra)
        elif palabra not in NEXOS:
            llenas.append(palabra)
    return llenas, vias


def _nombres_de_via(siguen: tuple[str, ...]) -> tuple[set[str], int]:
    """Los nombres que siguen a «calle» y cuántas palabras ocupan: «1, 2 y 3» son tres; «Alonso de Ibáñez», uno."""
    es_fecha = len(siguen) > 2 and siguen[1] == "de" and siguen[2] not in VACIAS  # «18 de Mayo»
    if siguen and _es_numero_o_letra(siguen[0]) and not es_fecha:
        usadas = 0
        while usadas < len(siguen) and (_es_numero_o_letra(siguen[usadas]) or siguen[usadas] in {"y", "e"}):
            usadas += 1
        return {palabra for palabra in siguen[:usadas] if palabra not in {"y", "e"}}, usadas
    nombre: list[str] = []
    usadas = 0
    for palabra in siguen[:4]:
        if palabra in {"de", "del", "la", "las", "los", "el"} and len(nombre) < 3:
            usadas += 1
            continue
        if palabra in VACIAS or palabra in SENAS or palabra in DE_VIA or (raiz(palabra),) in CONCEPTO_DE:
            break
        nombre.append(clave(palabra))
        usadas += 1
        if len(nombre) == 3:
            break
    return ({" ".join(nombre)}, usadas) if nombre else (set(), 0)


def _es_numero_o_letra(palabra: str) -> bool:
    return len(palabra) == 1 or palabra.isdigit() or (len(palabra) == 2 and palabra[0].isdigit())


def _concepto(raices: list[str], desde: int) -> tuple[str, int]:
    for largo in range(min(LARGO_MAXIMO, len(raices) - desde), 0, -1):
        if concepto := CONCEPTO_DE.get(tuple(raices[desde : desde + largo])):
            return concepto, largo
    return "", 0


# --- Comparaciones ---------------------------------------------------------------------------------------------------


def _texto(a: Rasgos, b: Rasgos, categoria: float) -> float:
    comunes = _en_comun(a.palabras, b.palabras)
    if not a.conceptos or not b.conceptos:
        # Sin saber qué obra es, solo quedan las palabras: dos o más, y casi todas las de los dos.
        cortas, largas = sorted((len(a.palabras), len(b.palabras)))
        return 0.8 * comunes * cortas / largas + 0.2 * categoria if comunes * cortas >= 2 else 0.0
    obra = _obra(a.conceptos, b.conceptos)
    acto = 1.0 if a.actos & b.actos or not a.actos or not b.actos else 0.0
    return obra * (0.62 + 0.18 * categoria + 0.14 * comunes + 0.06 * acto)


def _obra(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """El principal de cada uno debe estar en el otro; los demás conceptos matizan."""
    mutuo = (max(relacion(a[0], otro) for otro in b) + max(relacion(b[0], otro) for otro in a)) / 2
    principales = relacion(a[0], b[0])
    return 0.6 * mutuo + 0.4 * principales


def _en_comun(a: frozenset[str], b: frozenset[str]) -> float:
    """Qué parte de las palabras del que tiene menos aparece en el otro, con errores de tipeo; 0 si alguno no tiene."""
    menos, mas = sorted((a, b), key=len)
    if not menos:
        return 0.0
    halladas = sum(1 for palabra in menos if palabra in mas or _hay_parecida(palabra, mas))
    return halladas / len(menos)


def _hay_parecida(palabra: str, otras: Iterable[str]) -> bool:
    if len(palabra) < 5:
        return False
    return any(abs(len(otra) - len(palabra)) <= 2 and fuzz.ratio(palabra, otra) >= PARECIDAS for otra in otras)


def _suenan_igual(x: str, y: str) -> bool:
    return x == y or (min(len(x), len(y)) >= 5 and fuzz.ratio(x, y) >= PARECIDAS)


def _calles(a: frozenset[str], b: frozenset[str]) -> float:
    """Dos que nombran calles deben compartir una: la misma obra en la otra calle es otra obra."""
    if not a or not b:
        return 1.0
    if any(_suenan_igual(x, y) for x in a for y in b):
        return 1.1
    return 0.35


def _categoria(una: str, otra: str) -> float:
    if not una or not otra:
        return 0.6
    return 1.0 if una == otra else 0.0


def _lugar(uno: Pedido, otro: Pedido, radio: float) -> float:
    """De 0 a 1. Con dos puntos manda la distancia; si no, la OTB; si no, el distrito."""
    lejos = metros(uno, otro)
    if lejos is not None:
        if lejos <= radio:
            # Vecinas pero de otra OTB: cada una pide lo suyo, salvo que sea el mismo punto sobre el límite.
            otra_otb = uno.otb and otro.otb and not mismo_nombre(uno.otb, otro.otb)
            return 0.5 if otra_otb and lejos > radio / 5 else 1.0
        if lejos >= 4 * radio:
            return 0.0
        return 0.8 - 0.6 * (lejos - radio) / (3 * radio)
    if uno.distrito and otro.distrito and uno.distrito != otro.distrito:
        return 0.0
    if uno.otb and otro.otb:
        return 1.0 if mismo_nombre(uno.otb, otro.otb) else 0.3
    if _nombra(uno, otro) or _nombra(otro, uno):
        return 0.95
    return 0.8 if uno.distrito and otro.distrito else 0.5


def _nombra(uno: Pedido, otro: Pedido) -> bool:
    """Si el texto de uno dice el nombre de la OTB del otro: «cancha para Totorcagua»."""
    nombre = _claves_de_lugar(otro.llamado or otro.otb)
    return bool(nombre) and set(nombre) <= {
        clave(palabra) for palabra in palabras(f"{uno.titulo} {uno.texto[:LETRAS]}")
    }


@lru_cache(maxsize=4_000)
def _claves_de_lugar(nombre: str) -> tuple[str, ...]:
    return tuple(clave(p) for p in palabras(nombre) if p not in NEXOS and p not in {"otb", "barrio", "comunidad"})
