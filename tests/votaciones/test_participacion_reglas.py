"""Lo publicado de quiénes participaron no señala a nadie: aquí lo ataca quien sabe sumar, restar y probar todo."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votaciones.reglas.participacion import (
    Publicable,
    mostrables,
    publicable,
    sumar,
    totales,
    tramo_de_edad,
)

CATEGORIAS = ("a", "b", "c")


def _filas_posibles(personas, fila, grupos, *, se_muestra, minimo):
    """Todas las maneras de repartir esas personas que dan lo que el distrito publica."""
    rangos = [range(personas + 1)] * (len(CATEGORIAS) - 1)
    for primeras in itertools.product(*rangos):
        ultima = personas - sum(primeras)
        if ultima < 0:
            continue
        posible = dict(zip(CATEGORIAS, (*primeras, ultima), strict=True))
        if not se_muestra or all(sumar(posible, grupo) == sumar(fila, grupo) for grupo in grupos):
            yield [posible[categoria] for categoria in CATEGORIAS]


def _lo_que_se_deduce(tabla, publica, *, minimo):
    """Conjuntos de casillas cuya suma es la misma en todas las tablas que dan lo publicado, y es de 1 a minimo - 1.

    No cuentan las sumas de distritos enteros (cuántas personas votaron en cada uno se publica siempre), salvo que se
    sepa que toda esa gente es de un mismo grupo.
    """
    total = totales(tabla)
    por_distrito = [
        np.array(
            list(
                _filas_posibles(
                    sum(fila.values()), fila, publica.grupos, se_muestra=distrito in publica.distritos, minimo=minimo
                )
            )
        )
        for distrito, fila in tabla.items()
    ]
    cuantas = [len(filas) for filas in por_distrito]
    indices = np.indices(cuantas).reshape(len(cuantas), -1)
    mundos = np.concatenate([filas[i] for filas, i in zip(por_distrito, indices, strict=True)], axis=1)
    lugares = {categoria: i for i, categoria in enumerate(CATEGORIAS)}
    for grupo in publica.grupos:
        columnas = [d * len(CATEGORIAS) + lugares[c] for d in range(len(tabla)) for c in grupo]
        mundos = mundos[mundos[:, columnas].sum(axis=1) == sumar(total, grupo)]
    for categoria in CATEGORIAS:  # un grupo sin nadie no se muestra, y eso también se sabe
        if not total.get(categoria):
            columnas = [d * len(CATEGORIAS) + lugares[categoria] for d in range(len(tabla))]
            mundos = mundos[mundos[:, columnas].sum(axis=1) == 0]
    assert len(mundos), "la tabla de verdad siempre es una de las posibles"
    con_gente = mundos.max(axis=0) > 0
    vivas = np.flatnonzero(con_gente)
    por_filas = [suyas for d in range(len(tabla)) if len(suyas := [i for i in vivas if i // len(CATEGORIAS) == d]) > 1]
    enteras = {
        frozenset(itertools.chain.from_iterable(elegidas))
        for cuantos in range(len(por_filas) + 1)
        for elegidas in itertools.combinations(por_filas, cuantos)
    }
    faltas = []
    for cuantos in range(1, len(vivas) + 1):
        for casillas in itertools.combinations(vivas, cuantos):
            sumas = mundos[:, list(casillas)].sum(axis=1)
            if sumas.min() == sumas.max() and 0 < sumas[0] < minimo and frozenset(casillas) not in enteras:
                faltas.append((casillas, int(sumas[0])))
    return faltas


tablas = st.lists(
    st.fixed_dictionaries({categoria: st.integers(0, 4) for categoria in CATEGORIAS}), min_size=1, max_size=3
).map(lambda filas: dict(enumerate(filas)))


@settings(max_examples=150, deadline=None)
@given(tablas)
def test_nadie_deduce_un_grupo_chico_probando_todas_las_tablas_posibles(tabla):
    publica = publicable(tabla, CATEGORIAS, minimo=3)
    if publica is not None:
        assert _lo_que_se_deduce(tabla, publica, minimo=3) == []


@pytest.mark.parametrize(
    ("tabla", "publica"),
    [
        # Cada distrito por su cuenta: el único oculto sale restando.
        (
            {0: {"a": 3, "b": 1, "c": 4}, 1: {"a": 4, "b": 3, "c": 3}},
            Publicable((("a",), ("b",), ("c",)), frozenset({1})),
        ),
        # Un número chico a la vista.
        ({0: {"a": 3, "b": 2, "c": 4}}, Publicable((("a",), ("b",), ("c",)), frozenset({0}))),
        # Dos ocultos con gente en un solo grupo: de cada uno se sabe todo.
        (
            {0: {"a": 2, "b": 0, "c": 0}, 1: {"a": 2, "b": 0, "c": 0}, 2: {"a": 3, "b": 4, "c": 0}},
            Publicable((("a",), ("b",)), frozenset({2})),
        ),
    ],
)
def test_el_ataque_descubre_lo_que_esta_mal_publicado(tabla, publica):
    assert _lo_que_se_deduce(tabla, publica, minimo=3)
    assert publicable(tabla, CATEGORIAS, minimo=3) != publica


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 14),
        st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40)),
        min_size=1,
        max_size=14,
    )
)
def test_lo_publicado_y_lo_que_queda_restando_nunca_es_chico(tabla):
    publica = publicable(tabla, "abcdef")
    if publica is None:
        return
    juntas = [categoria for grupo in publica.grupos for categoria in grupo]
    total = totales(tabla)
    assert sorted(juntas) == sorted(c for c in "abcdef" if total.get(c))
    ocultos = {d: fila for d, fila in tabla.items() if d not in publica.distritos and any(fila.values())}
    for grupo in publica.grupos:
        assert sumar(total, grupo) >= 5
        resto = sumar(total, grupo) - sum(sumar(tabla[d], grupo) for d in publica.distritos)
        assert resto == 0 or resto >= 5
        assert all((n := sumar(tabla[d], grupo)) == 0 or n >= 5 for d in publica.distritos)
    suma = totales(ocultos)
    assert not ocultos or sum(1 for grupo in publica.grupos if sumar(suma, grupo)) > 1


def test_con_grupos_grandes_no_se_junta_ni_se_oculta_nada():
    tabla = {1: {"a": 10, "b": 20}, 2: {"a": 5, "b": 7}}
    assert publicable(tabla, "ab") == Publicable((("a",), ("b",)), frozenset({1, 2}))


def test_un_distrito_con_un_grupo_chico_arrastra_al_mas_chico_de_los_demas():
    tabla = {1: {"a": 30, "b": 2}, 2: {"a": 40, "b": 30}, 3: {"a": 9, "b": 9}}
    # Solo el 1 tiene un número chico; si el 3 mostrara el suyo, el 2 del distrito 1 saldría restando.
    assert publicable(tabla, "ab") == Publicable((("a",), ("b",)), frozenset({2}))


def test_se_junta_el_chico_con_el_que_le_sigue():
    tabla = {1: {"a": 30, "b": 20, "c": 2, "d": 6}}
    assert publicable(tabla, "abcd") == Publicable((("a",), ("b",), ("c", "d")), frozenset({1}))


def test_los_chicos_sin_orden_forman_un_solo_monton():
    tabla = {1: {"a": 30, "b": 2, "c": 1, "d": 1, "e": 3, "f": 25}}
    publica = publicable(tabla, "abcdef")
    assert publica.grupos[:2] == (("a",), ("f",))
    assert sorted(publica.grupos[2]) == ["b", "c", "d", "e"]


def test_una_edad_se_junta_con_su_vecina():
    edades = ("j", "m", "v")
    publica = publicable({1: {"j": 3, "m": 50, "v": 9, "sin": 20}}, (*edades, "sin"), en_orden=edades)
    assert publica.grupos == (("j", "m"), ("v",), ("sin",))


@pytest.mark.parametrize("fila", [{}, {"a": 40}, {"a": 40, "b": 3}, {"a": 2, "b": 2}])
def test_si_no_queda_mas_de_un_grupo_no_se_publica(fila):
    assert publicable({1: fila}, "ab") is None


def test_quienes_no_votaron_tampoco_quedan_de_a_pocos():
    grupos = (("a",), ("b",))
    # Del distrito 1 faltó una persona del grupo «b»: ni él ni el que le sigue muestran cuántas podían.
    faltan = {1: {"a": 50, "b": 1}, 2: {"a": 50, "b": 60}, 3: {"a": 500, "b": 600}}
    assert mostrables(faltan, grupos, entre={1, 2, 3}) == {3}
    assert mostrables(faltan, grupos, entre={2, 3}) == {3}
    assert mostrables({1: {"a": 50, "b": -1}}, grupos) is None


@pytest.mark.parametrize(
    ("nacimiento", "tramo"),
    [(2010, "hasta_28"), (1999, "hasta_28"), (1998, "de_29_a_44"), (1968, "de_45_a_59"), (1967, "desde_60")],
)
def test_el_tramo_es_el_de_los_anios_que_cumple(nacimiento, tramo):
    assert tramo_de_edad(nacimiento, 2027) == tramo
