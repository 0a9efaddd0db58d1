"""La papeleta en palabras y en los campos de una página: lo que se lee, lo que se escribe y cuánto va.

Los campos son `opciones` (una por obra marcada), `puntos-N` (los de la obra N) o `lugar-N` (en qué lugar va la obra N).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from civic.comun.dinero import bolivianos, miles
from civic.comun.errores import ReglaIncumplida
from votaciones.reglas.comun import cuantos
from votaciones.reglas.papeleta import Eleccion, Reglamento, Seleccion, Tipo, numeros_de, total_de

AJENA = "Una de las obras que marcaste no está en esta papeleta. Revisa y vuelve a elegir."


def prefijo_de(reglamento: Reglamento) -> str:
    """«lugar-» o «puntos-»; «» si se marca."""
    if reglamento.de_marcas:
        return ""
    return "lugar-" if reglamento.tipo == Tipo.ORDEN else "puntos-"


def campos_de(seleccion: Seleccion, reglamento: Reglamento) -> list[tuple[str, str]]:
    """(nombre, valor) de los campos con los que una página vuelve a decir la misma selección."""
    if reglamento.de_puntos:
        return [(f"puntos-{par[0]}", str(par[1])) for par in seleccion if isinstance(par, list)]
    numeros = numeros_de(seleccion)
    if reglamento.tipo == Tipo.ORDEN:
        return [(f"lugar-{numero}", str(lugar)) for lugar, numero in enumerate(numeros, start=1)]
    return [("opciones", str(numero)) for numero in numeros]


def leer(campos: Iterable[tuple[str, str]], reglamento: Reglamento) -> Eleccion:
    """La elección que dicen los campos de una página; lo vacío y el 0 no cuentan.

    Lanza ReglaIncumplida si hay algo que no es un número, un lugar repetido o uno saltado.
    """
    if reglamento.de_marcas:
        return [_numero(valor) for nombre, valor in campos if nombre == "opciones"]
    prefijo = prefijo_de(reglamento)
    escritos = [
        (_numero(nombre.removeprefix(prefijo)), valor.strip()) for nombre, valor in campos if nombre.startswith(prefijo)
    ]
    valores = [(obra, _entero(valor, obra, prefijo, reglamento)) for obra, valor in escritos if valor]
    if reglamento.de_puntos:
        return [[obra, valor] for obra, valor in valores if valor]
    return _por_lugar([(valor, obra) for obra, valor in valores if valor], len(reglamento.puntos_por_lugar))


def _numero(texto: str) -> int:
    if not _es_entero(texto):
        raise ReglaIncumplida(AJENA, campo="opciones")
    return int(texto)


def _entero(texto: str, obra: int, prefijo: str, reglamento: Reglamento) -> int:
    if not _es_entero(texto):
        que = "un lugar de la lista" if prefijo == "lugar-" else f"un número entero de 0 a {reglamento.tope}"
        raise ReglaIncumplida(f"En la obra N.º {obra} pusiste «{texto[:20]}». Pon {que}.", campo=f"{prefijo}{obra}")
    return int(texto)


def _por_lugar(puestos: list[tuple[int, int]], lugares: int) -> list[int]:
    en: dict[int, int] = {}
    for lugar, obra in sorted(puestos):
        if lugar > lugares:
            raise ReglaIncumplida(
                f"En la obra N.º {obra} pusiste el {lugar}.º lugar y hay {lugares}. Elige otro.", campo=f"lugar-{obra}"
            )
        if lugar in en:
            raise ReglaIncumplida(
                f"Pusiste dos obras en el {lugar}.º lugar: la N.º {en[lugar]} y la N.º {obra}. Deja una sola.",
                campo=f"lugar-{obra}",
            )
        en[lugar] = obra
    for lugar in range(1, max(en, default=0)):
        if lugar not in en:
            raise ReglaIncumplida(f"Te falta la obra del {lugar}.º lugar. Ponla, o sube la que está después.")
    return [en[lugar] for lugar in sorted(en)]


def escrito_de(campos: Iterable[tuple[str, str]], reglamento: Reglamento) -> dict[str, str]:
    """{número de obra: lo que se escribió o «si»}, valga o no, para no hacer escribir otra vez."""
    if reglamento.de_marcas:
        return {valor: "si" for nombre, valor in campos if nombre == "opciones"}
    prefijo = prefijo_de(reglamento)
    return {nombre.removeprefix(prefijo): valor for nombre, valor in campos if nombre.startswith(prefijo)}


# --- En palabras -----------------------------------------------------------------------------------------------------
def dicha(seleccion: Seleccion, reglamento: Reglamento) -> list[tuple[int, str]]:
    """(número, qué recibe) de lo elegido: por lugar, de más a menos puntos, o por número."""
    if reglamento.de_puntos:
        pares = [(par[0], par[1]) for par in seleccion if isinstance(par, list)]
        de_mas_a_menos = sorted(pares, key=lambda par: (-par[1], par[0]))
        if reglamento.tipo == Tipo.CALIFICACION:
            return [(numero, f"{puntos} de {reglamento.nota_maxima}") for numero, puntos in de_mas_a_menos]
        return [(numero, cuantos(puntos, "punto", "puntos")) for numero, puntos in de_mas_a_menos]
    numeros = numeros_de(seleccion)
    if reglamento.tipo == Tipo.ORDEN:
        return [(numero, f"{lugar}.º lugar") for lugar, numero in enumerate(numeros, start=1)]
    return [(numero, "") for numero in numeros]


def en_papel(reglamento: Reglamento) -> str:
    """Cómo se llena impresa."""
    if reglamento.de_marcas:
        return f"Pon una X en {'el círculo' if reglamento.tipo == Tipo.UNA else 'los cuadros'} de lo que elijas."
    if reglamento.tipo == Tipo.CALIFICACION:
        return "Encierra una nota en cada obra."
    lugares = ", ".join(str(lugar) for lugar in range(1, len(reglamento.puntos_por_lugar) + 1))
    que = f"el lugar ({lugares})" if reglamento.tipo == Tipo.ORDEN else "los puntos"
    return f"Escribe {que} en el cuadro de cada obra que elijas."


def instruccion(reglamento: Reglamento, *, con_monto: bool = True) -> str:
    """Qué hay que hacer, en una o dos frases: la misma en la pantalla y en el papel."""
    if reglamento.tipo == Tipo.PRESUPUESTO and not con_monto:
        return "Marca una o más obras sin pasar del presupuesto."
    if reglamento.tipo == Tipo.PRESUPUESTO:
        return f"Marca una o más obras sin pasar de {bolivianos(reglamento.presupuesto)}."
    if reglamento.tipo == Tipo.UNA:
        return "Marca una sola obra: la que más quieres."
    if reglamento.tipo == Tipo.APROBACION:
        minimo, maximo = reglamento.minimo_de_obras or 1, reglamento.maximo_de_obras
        if maximo is None:
            return "Marca todas las obras que quieres." if minimo == 1 else f"Marca {minimo} obras o más."
        if minimo == maximo:
            return f"Marca {cuantos(maximo, 'obra', 'obras')}."
        return f"Marca hasta {maximo} obras." if minimo == 1 else f"Marca de {minimo} a {maximo} obras."
    if reglamento.tipo == Tipo.PUNTOS:
        tope = reglamento.tope_por_obra
        cada = f", hasta {tope} en cada obra" if tope and tope != reglamento.puntos else ""
        puntos = cuantos(reglamento.puntos or 0, "punto", "puntos")
        return f"Reparte hasta {puntos} entre las obras que quieres{cada}. Lo que dejes en blanco vale 0."
    if reglamento.tipo == Tipo.CALIFICACION:
        return (
            f"Ponle a cada obra una nota de 0 a {reglamento.nota_maxima}: más nota es que la quieres más. "
            "Lo que dejes en blanco vale 0."
        )
    lugares = reglamento.puntos_por_lugar
    if len(lugares) == 1:
        return f"Elige la obra del 1.º lugar: recibe {cuantos(lugares[0], 'punto', 'puntos')}."
    valen = [f"{lugar}.º, {cuantos(puntos, 'punto', 'puntos')}" for lugar, puntos in enumerate(lugares, start=1)]
    return (
        f"Ordena hasta {len(lugares)} obras, de la que más quieres a la que menos. Cada lugar vale: {'; '.join(valen)}."
    )


@dataclass(frozen=True)
class Avance:
    """Cuánto va de una papeleta. `de` es 0 si no hay tope que mostrar; con dinero, los dos en centavos."""

    usado: int
    de: int
    frase: str


def avance_de(escrito: Mapping[str, str], reglamento: Reglamento, costos: Mapping[int, Decimal]) -> Avance:
    """Lo que va de una papeleta a medio llenar, valga o no. `costos` en Bs."""
    suyos = {numero: escrito[str(numero)].strip() for numero in costos if escrito.get(str(numero), "").strip()}
    if reglamento.tipo == Tipo.PRESUPUESTO:
        total, hay = total_de(suyos, costos), reglamento.presupuesto
        frase = f"Elegiste {bolivianos(total)} de {bolivianos(hay)}"
        return Avance(int(total * 100), int(hay * 100), frase if suyos else f"Tienes {bolivianos(hay)} para repartir")
    van = len(suyos)
    if reglamento.tipo == Tipo.CALIFICACION:
        return Avance(van, len(costos), f"Calificaste {van} de {cuantos(len(costos), 'obra', 'obras')}")
    if reglamento.tipo == Tipo.PUNTOS:
        repartidos = sum(int(valor) for valor in suyos.values() if _es_entero(valor))
        puntos = reglamento.puntos or 0
        return Avance(repartidos, puntos, f"Repartiste {miles(repartidos)} de {cuantos(puntos, 'punto', 'puntos')}")
    if reglamento.tipo == Tipo.ORDEN:
        lugares = min(len(reglamento.puntos_por_lugar), len(costos))
        return Avance(van, lugares, f"Llenaste {van} de {cuantos(lugares, 'lugar', 'lugares')}")
    de = 1 if reglamento.tipo == Tipo.UNA else min(reglamento.maximo_de_obras or 0, len(costos))
    if not de:
        return Avance(van, 0, f"Marcaste {cuantos(van, 'obra', 'obras')}")
    return Avance(van, de, f"Marcaste {van} de {cuantos(de, 'obra', 'obras')}")


def _es_entero(texto: str) -> bool:
    return texto.isdecimal() and texto.isascii() and len(texto) <= 6
