"""Quiénes participaron, sin señalar a nadie: qué se puede publicar de una tabla de personas por distrito y por grupo.

Ninguna suma o resta de lo publicado puede dar un grupo de 1 a 4 personas. No alcanza con juntar los números chicos de
cada tabla: si un solo distrito tiene algo oculto, se sabe restando los demás del total de la votación. Por eso aquí:

- los grupos que se juntan son los mismos en todos los distritos y en el total, y en el total ninguno es chico;
- un distrito muestra su tabla entera, con cada grupo vacío o de `minimo` personas o más, o no muestra ninguna;
- los que no la muestran, sumados, cumplen lo mismo (si no, se oculta también el más chico de los que sí) y tienen gente
  en más de un grupo: de ellos se sabe cuántas personas son y cuánto suman sus grupos, y con eso no sale cada número.

Así todo lo publicado es suma de pedazos vacíos o de `minimo` o más, que no se parten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from civic.cuentas.reglas_identidad import CELDA_MINIMA

# {distrito: {grupo: personas}}; lo que falta es cero.
Tabla = Mapping[int, Mapping[str, int]]
Grupos = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Publicable:
    """Lo que se publica: los grupos, ya juntos los que hacía falta, y en qué distritos."""

    grupos: Grupos
    distritos: frozenset[int]


def sumar(fila: Mapping[str, int], grupo: Iterable[str]) -> int:
    return sum(fila.get(categoria, 0) for categoria in grupo)


def totales(tabla: Tabla) -> dict[str, int]:
    suma: dict[str, int] = {}
    for fila in tabla.values():
        for categoria, cuantas in fila.items():
            suma[categoria] = suma.get(categoria, 0) + cuantas
    return suma


def publicable(
    tabla: Tabla, categorias: Sequence[str], *, en_orden: Sequence[str] = (), minimo: int = CELDA_MINIMA
) -> Publicable | None:
    """Lo más que se puede publicar de `tabla`; None si ni juntando queda más de un grupo.

    Se juntan los grupos más chicos; los de `en_orden` (edades), cada uno con su vecino. Entre juntar menos y mostrar
    más distritos se elige lo que publica más números.
    """
    total = totales(tabla)
    mejor: tuple[int, Publicable] | None = None
    for grupos in _cada_vez_mas_juntos([c for c in categorias if total.get(c)], total, en_orden):
        distritos = mostrables(tabla, grupos, minimo=minimo)
        if distritos is None:
            continue
        publica = (len(grupos) - 1) * (len(distritos) + 1)
        if mejor is None or publica > mejor[0]:
            mejor = (publica, Publicable(grupos, distritos))
    return mejor[1] if mejor else None


def mostrables(
    tabla: Tabla, grupos: Grupos, *, entre: Iterable[int] | None = None, minimo: int = CELDA_MINIMA
) -> frozenset[int] | None:
    """Los distritos (de `entre`) que pueden mostrar su tabla con esos grupos; None si ni el total puede mostrarse."""
    con_gente = {distrito for distrito, fila in tabla.items() if any(fila.values())}
    muestran = {
        distrito
        for distrito in con_gente.intersection(tabla if entre is None else entre)
        if _sin_chicas((sumar(tabla[distrito], grupo) for grupo in grupos), minimo)
    }
    while not _se_ocultan_bien(tabla, grupos, con_gente - muestran, minimo):
        if not muestran:
            return None
        muestran.remove(min(muestran, key=lambda distrito: (sum(tabla[distrito].values()), distrito)))
    total = totales(tabla)
    cifras = [sumar(total, grupo) for grupo in grupos]
    return frozenset(muestran) if len(grupos) > 1 and _sin_chicas(cifras, minimo) else None


def _sin_chicas(cifras: Iterable[int], minimo: int) -> bool:
    return all(cifra == 0 or cifra >= minimo for cifra in cifras)


def _se_ocultan_bien(tabla: Tabla, grupos: Grupos, ocultos: Iterable[int], minimo: int) -> bool:
    """Si lo que se sabe de los distritos ocultos, restando los demás del total, no señala a nadie."""
    suma = totales({distrito: tabla[distrito] for distrito in ocultos})
    cifras = [cifra for grupo in grupos if (cifra := sumar(suma, grupo))]
    return not cifras or (len(cifras) > 1 and _sin_chicas(cifras, minimo))


def _cada_vez_mas_juntos(
    categorias: Sequence[str], total: Mapping[str, int], en_orden: Sequence[str]
) -> Iterator[Grupos]:
    """Los grupos sin juntar ninguno, después juntando uno, dos… hasta que quedan dos."""
    grupos: list[tuple[str, ...]] = [(categoria,) for categoria in categorias]
    while len(grupos) > 1:
        yield tuple(grupos)
        lugar = min(range(len(grupos)), key=lambda i: (sumar(total, grupos[i]), i))
        if all(categoria in en_orden for categoria in grupos[lugar]):
            vecinos = [i for i in (lugar - 1, lugar + 1) if 0 <= i < len(grupos) and set(grupos[i]).issubset(en_orden)]
        else:
            # Sin orden hay un solo montón de «juntos», que crece con el más chico de los que quedan.
            monton = next((i for i, grupo in enumerate(grupos) if len(grupo) > 1 and not en_orden), None)
            sueltos = [i for i, grupo in enumerate(grupos) if len(grupo) == 1]
            if monton is not None:
                lugar = min(sueltos, key=lambda i: (sumar(total, grupos[i]), i))
            vecinos = [] if monton is None else [monton]
        vecinos = vecinos or [i for i in range(len(grupos)) if i != lugar]
        otro = min(vecinos, key=lambda i: (sumar(total, grupos[i]), i))
        primero, segundo = sorted((lugar, otro))
        junto = grupos[primero] + grupos[segundo]
        grupos = [*grupos[:primero], *grupos[primero + 1 : segundo], *grupos[segundo + 1 :]]
        # El montón va al final; un grupo de edades, en su lugar.
        grupos.insert(primero if en_orden else len(grupos), junto)


# --- Las edades ------------------------------------------------------------------------------------------------------
# Hasta los 28 (Ley 342 de la Juventud) y desde los 60 (Ley 369 de las Personas Adultas Mayores).
EDADES: tuple[tuple[str, str, int], ...] = (
    ("hasta_28", "Hasta 28 años", 28),
    ("de_29_a_44", "De 29 a 44 años", 44),
    ("de_45_a_59", "De 45 a 59 años", 59),
    ("desde_60", "60 años o más", 999),
)


def tramo_de_edad(nacimiento: int, anio: int) -> str:
    """El tramo de quien cumple años en `anio`: el día no se sabe ni hace falta."""
    return next(codigo for codigo, _, hasta in EDADES if anio - nacimiento <= hasta)
