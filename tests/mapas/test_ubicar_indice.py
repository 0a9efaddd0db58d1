"""La regla de «dónde está un punto» contra un juez lento: bucles de Shapely, geodésicas de pyproj y sin índices."""

import itertools
import random

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapas.territorio import niveles, reglas
from mapas.territorio.indice import DISTRITO, MUNICIPIO, NADA, OTB, Indice, Nivel, Pieza
from mapas.territorio.reglas import Candidata, Decision, Toques, decidir

WGS84 = pyproj.Geod(ellps="WGS84")
GRADO = 1 / 111_000


def pieza(clave: int, codigo: str, forma=None, padre=None, municipio=1) -> Pieza:
    return Pieza(clave, codigo, forma, padre, None if municipio is None else municipio, "M")


def indice(municipios=(), distritos=(), otbs=()) -> Indice:
    return Indice({MUNICIPIO: municipios, DISTRITO: distritos, OTB: otbs})


# --- El juez ----------------------------------------------------------------------------------------------------------
def juez_de_un_nivel(areas, lon, lat, calza):
    """(área, regla) mirando todas las áreas, una por una, sin árbol ni preparación."""
    punto = shapely.Point(lon, lat)
    areas = [area for area in areas if area.forma is not None]
    dentro = [area for area in areas if area.forma.contains(punto)]
    if dentro:
        preferidas = [area for area in dentro if calza(area)] or dentro
        return min(preferidas, key=lambda a: (a.forma.area, a.codigo)), "dentro" if len(dentro) == 1 else "traslape"
    tocan = [area for area in areas if area.forma.intersects(punto) and calza(area)]
    if tocan:
        return min(tocan, key=lambda a: a.codigo), "borde"
    medidas = [(metros_de_verdad(area.forma, lon, lat), area.codigo, area) for area in areas if calza(area)]
    cerca = [medida for medida in medidas if medida[0] <= 50]
    if cerca:
        return min(cerca, key=lambda m: m[:2])[2], "cercano"
    return None, "ninguno"


def metros_de_verdad(forma, lon, lat) -> float:
    """Distancia geodésica al borde, buscada con pasos finos a lo largo de cada lado."""
    punto = shapely.Point(lon, lat)
    if forma.contains(punto) or forma.distance(punto) > 80 * GRADO:
        return 0.0 if forma.contains(punto) else float("inf")
    mejor = float("inf")
    for parte in shapely.get_parts(forma):
        for anillo in (parte.exterior, *parte.interiors):
            for (x1, y1), (x2, y2) in itertools.pairwise(anillo.coords):
                t = np.linspace(0, 1, 41)
                for _ in range(3):
                    xs, ys = x1 + (x2 - x1) * t, y1 + (y2 - y1) * t
                    _, _, metros = WGS84.inv(np.full_like(xs, lon), np.full_like(ys, lat), xs, ys)
                    i = int(np.argmin(metros))
                    mejor = min(mejor, float(metros[i]))
                    t = np.linspace(t[max(i - 1, 0)], t[min(i + 1, 40)], 41)
    return mejor


def juez(municipios, distritos, otbs, lon, lat):
    """La misma regla de mapas/territorio/reglas.py, escrita de corrido."""
    punto = shapely.Point(lon, lat)

    def posibles(areas):
        dentro = [a for a in areas if a.forma is not None and a.forma.contains(punto)]
        return dentro or [a for a in areas if a.forma is not None and a.forma.intersects(punto)]

    de_distrito, de_municipio = posibles(distritos), posibles(municipios)

    def calza_otb(otb):
        if de_distrito and otb.padre is not None:
            return otb.padre in {d.clave for d in de_distrito}
        if de_distrito:
            return otb.municipio in {d.municipio for d in de_distrito}
        return not de_municipio or otb.municipio in {m.clave for m in de_municipio}

    otb, regla = juez_de_un_nivel(otbs, lon, lat, calza_otb)
    if otb is not None and otb.padre is not None:
        return otb.municipio, otb.padre, otb.clave, regla
    if otb is not None:
        distrito, _ = juez_de_un_nivel(distritos, lon, lat, lambda d: d.municipio == otb.municipio)
        if distrito is not None and distrito.municipio != otb.municipio:
            distrito = None
        return otb.municipio, distrito.clave if distrito else None, otb.clave, regla
    distrito, regla = juez_de_un_nivel(
        distritos, lon, lat, lambda d: not de_municipio or d.municipio in {m.clave for m in de_municipio}
    )
    if distrito is not None:
        return distrito.municipio, distrito.clave, None, regla
    municipio, regla = juez_de_un_nivel(municipios, lon, lat, lambda m: True)
    return municipio.clave if municipio else None, None, None, regla


def en_tupla(decision: Decision):
    return decision.municipio, decision.distrito, decision.otb, decision.regla


# --- Mundos al azar ---------------------------------------------------------------------------------------------------
# Todo en una rejilla de 25 m cerca de La Paz: así bordes, esquinas, huecos y traslapes salen a cada rato.
OESTE, SUR, PASO = -68.15, -16.55, 25 * GRADO
lado = st.integers(0, 24)


@st.composite
def rectangulo(draw):
    x, y = draw(lado), draw(lado)
    ancho, alto = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return shapely.box(OESTE + x * PASO, SUR + y * PASO, OESTE + (x + ancho) * PASO, SUR + (y + alto) * PASO)


forma_o_nada = st.one_of(rectangulo(), rectangulo(), rectangulo(), st.none())


@st.composite
def mundo(draw):
    municipios = [
        pieza(clave, f"M{clave}", draw(forma_o_nada), municipio=None) for clave in range(1, draw(st.integers(1, 3)) + 1)
    ]
    claves = [m.clave for m in municipios]
    distritos = [
        pieza(10 + n, draw(st.sampled_from(["D-1", "D-2", "D-3"])) + f"-{n}", draw(forma_o_nada),
              municipio=draw(st.sampled_from(claves)))
        for n in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    otbs = []
    for n in range(draw(st.integers(0, 6))):
        padre = draw(st.sampled_from([None, *distritos]))
        municipio = padre.municipio if padre else draw(st.sampled_from(claves))
        codigo = f"O-{draw(st.integers(0, 99)):02d}-{n}"
        otbs.append(pieza(100 + n, codigo, draw(forma_o_nada), padre.clave if padre else None, municipio))
    return municipios, distritos, otbs


punto_de_la_rejilla = st.tuples(
    st.integers(-6, 84).map(lambda n: OESTE + n * PASO / 2), st.integers(-6, 84).map(lambda n: SUR + n * PASO / 2)
)
punto_al_azar = st.tuples(st.floats(-3, 42), st.floats(-3, 42)).map(lambda p: (OESTE + p[0] * PASO, SUR + p[1] * PASO))
puntos = st.lists(st.one_of(punto_de_la_rejilla, punto_al_azar), min_size=1, max_size=12)


def empatado(areas, lon, lat) -> bool:
    """Si a simple vista el juez y la regla podrían diferir por milímetros: dos distancias casi iguales o casi 50 m."""
    metros = sorted(metros_de_verdad(a.forma, lon, lat) for a in areas if a.forma is not None)
    # Dos distancias idénticas por simetría se desempatan por código solo si la cuenta da el mismo número exacto.
    cerca = [m for m in metros if 0 < m < 60]
    return any(abs(m - 50) < 0.6 for m in metros) or any(b - a < 0.05 for a, b in itertools.pairwise(cerca))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(mundo(), puntos, st.randoms(use_true_random=False))
def test_la_regla_da_lo_mismo_que_el_juez_sin_importar_el_orden(todo, puntos, azar):
    municipios, distritos, otbs = todo
    revuelto = [azar.sample(areas, len(areas)) for areas in todo]
    uno, otro = indice(*todo), indice(*revuelto)
    for lon, lat in puntos:
        decision = uno.ubicar(lon, lat)
        assert decision == otro.ubicar(lon, lat)
        if not any(empatado(areas, lon, lat) for areas in todo):
            assert en_tupla(decision) == juez(municipios, distritos, otbs, lon, lat)


@pytest.mark.parametrize("desde", [1, 10**9])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(todo=mundo(), lugares=st.lists(st.one_of(punto_de_la_rejilla, punto_al_azar), min_size=1, max_size=40))
def test_muchos_puntos_da_lo_mismo_que_uno_por_uno_con_grilla_y_sin_ella(desde, todo, lugares):
    antes, niveles.PUNTOS_PARA_GRILLA = niveles.PUNTOS_PARA_GRILLA, desde
    try:
        hecho = indice(*todo)
        lons, lats = np.array(lugares).T
        decisiones = [hecho.ubicar(lon, lat) for lon, lat in lugares]
        for tipo in (MUNICIPIO, DISTRITO, OTB):
            esperado = [NADA if getattr(d, tipo) is None else getattr(d, tipo) for d in decisiones]
            assert hecho.ubicar_muchos(lons, lats, tipo).tolist() == esperado
        areas = dict(zip((MUNICIPIO, DISTRITO, OTB), todo, strict=True))
        for tipo, suyas in areas.items():
            dentro = {
                a.clave: sum(a.forma.contains(shapely.Point(p)) for p in lugares) for a in suyas if a.forma is not None
            }
            assert hecho.contar(lons, lats, tipo) == {clave: cuenta for clave, cuenta in dentro.items() if cuenta}
    finally:
        niveles.PUNTOS_PARA_GRILLA = antes


def test_muchos_puntos_de_ninguno_da_nada():
    vacio = indice()
    assert vacio.ubicar_muchos([], [], OTB).tolist() == []
    assert vacio.ubicar_muchos([0.0], [0.0], DISTRITO).tolist() == [NADA]
    assert vacio.contar([], [], OTB) == {}


# --- Los metros -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lat", [0.0, -16.5, -17.4, -22.9, 45.0, 60.0])
def test_metros_con_uno_por_ciento_de_la_geodesica(lat):
    azar = random.Random(lat)
    for _ in range(40):
        x, y = azar.uniform(-66, -65), lat + azar.uniform(-0.1, 0.1)
        esquina = [(x + azar.uniform(-30, 30) * GRADO, y + azar.uniform(5, 40) * GRADO) for _ in range(3)]
        forma = shapely.Polygon(esquina)
        if not forma.is_valid or forma.area == 0 or forma.intersects(shapely.Point(x, y)):
            continue
        real = metros_de_verdad(forma, x, y)
        cerca = Nivel([pieza(1, "A", forma)]).toques(x, y).cerca
        if real < 49.5:
            assert cerca[0].metros == pytest.approx(real, rel=0.01)
        elif real > 50.5:
            assert cerca == []


def test_la_mas_cercana_se_mide_en_metros_y_no_en_grados():
    """A 60° un grado de longitud mide la mitad: 60 m al este son más grados que 45 m al norte."""
    por_lon, por_lat = reglas.metros_por_grado(60.0)
    al_este = shapely.box(0 + 30 / por_lon, 59.999, 0 + 90 / por_lon, 60.001)
    al_norte = shapely.box(-0.001, 60 + 45 / por_lat, 0.001, 60 + 90 / por_lat)
    assert 30 / por_lon > 45 / por_lat  # en grados parecería más cerca la del norte
    hecho = indice(otbs=[pieza(1, "ESTE", al_este), pieza(2, "NORTE", al_norte)])
    assert hecho.ubicar(0.0, 60.0).otb == 1


# --- La regla, caso por caso ------------------------------------------------------------------------------------------
D1, D2 = pieza(11, "D-1", shapely.box(0, 0, 1, 1)), pieza(12, "D-2", shapely.box(1, 0, 2, 1))
PUEBLO = pieza(1, "030901", shapely.box(0, 0, 2, 1), municipio=None)
DIEZ_METROS = 10 / 111_000


def caso(*otbs: Pieza, distritos=(D1, D2), municipios=(PUEBLO,)) -> Indice:
    return indice(municipios, distritos, otbs)


@pytest.mark.parametrize(
    ("hecho", "punto", "esperado"),
    [
        # traslape de dos OTB de un mismo distrito: la más pequeña
        (
            caso(pieza(101, "A", shapely.box(0, 0, 0.6, 1), 11), pieza(102, "B", shapely.box(0.4, 0, 0.9, 1), 11)),
            (0.5, 0.5),
            (1, 11, 102, "traslape"),
        ),
        # a igual tamaño, la de código menor
        (
            caso(pieza(101, "B", shapely.box(0, 0, 0.6, 1), 11), pieza(102, "A", shapely.box(0.25, 0, 0.85, 1), 11)),
            (0.5, 0.5),
            (1, 11, 102, "traslape"),
        ),
        # un hueco de 10 m entre dos OTB
        (
            caso(
                pieza(101, "A", shapely.box(0, 0, 0.5, 1), 11),
                pieza(102, "B", shapely.box(0.5 + DIEZ_METROS, 0, 1, 1), 11),
            ),
            (0.5 + DIEZ_METROS * 0.3, 0.5),
            (1, 11, 101, "cercano"),
        ),
        # justo en el límite entre dos OTB
        (
            caso(pieza(101, "B", shapely.box(0, 0, 0.5, 1), 11), pieza(102, "A", shapely.box(0.5, 0, 1, 1), 11)),
            (0.5, 0.5),
            (1, 11, 102, "borde"),
        ),
        # el distrito dudoso sigue al de la OTB
        (caso(pieza(101, "A", shapely.box(0.5, 0.2, 1.5, 0.8), 12)), (1.0, 0.5), (1, 12, 101, "dentro")),
        # la OTB que contiene el punto manda sobre el dibujo del distrito
        (caso(pieza(101, "A", shapely.box(0.5, 0.2, 1.5, 0.8), 12)), (0.7, 0.5), (1, 12, 101, "dentro")),
        # una OTB vecina, de otro distrito, no se lleva lo que está cerca de ella
        (caso(pieza(101, "A", shapely.box(1, 0, 2, 1), 12)), (1 - DIEZ_METROS, 0.5), (1, 11, None, "dentro")),
        # entre dos que se traslapan, la del distrito del punto aunque sea más grande
        (
            caso(pieza(101, "A", shapely.box(0.4, 0, 0.6, 1), 12), pieza(102, "B", shapely.box(0, 0, 0.9, 1), 11)),
            (0.5, 0.5),
            (1, 11, 102, "traslape"),
        ),
        # solo OTB, sin distritos ni municipio dibujados
        (indice(otbs=[pieza(101, "A", shapely.box(0, 0, 1, 1))]), (0.5, 0.5), (1, None, 101, "dentro")),
        # solo distritos; solo municipios; nada
        (indice(distritos=[D1, D2]), (0.5, 0.5), (1, 11, None, "dentro")),
        (indice(municipios=[PUEBLO]), (0.5, 0.5), (1, None, None, "dentro")),
        (indice(municipios=[PUEBLO]), (3.0, 0.5), (None, None, None, "ninguno")),
        # OTB sin polígono o cuyo distrito no está dibujado
        (caso(pieza(101, "A", None, 11)), (0.5, 0.5), (1, 11, None, "dentro")),
        (caso(pieza(101, "A", shapely.box(0, 0, 1, 1), 19)), (0.5, 0.5), (1, 19, 101, "dentro")),
        # OTB sin padre: el distrito lo dice el punto
        (caso(pieza(101, "A", shapely.box(0, 0, 1, 1))), (0.5, 0.5), (1, 11, 101, "dentro")),
        # al otro lado de la frontera no se acerca a una OTB de aquí
        (
            caso(
                pieza(101, "A", shapely.box(0, 0, 1, 1), 11),
                municipios=[PUEBLO, pieza(2, "030902", shapely.box(-1, 0, 0, 1), municipio=None)],
            ),
            (-DIEZ_METROS, 0.5),
            (2, None, None, "dentro"),
        ),
        # el mismo código en dos municipios
        (
            indice(
                distritos=[
                    pieza(11, "D-1", shapely.box(0, 0, 1, 1), municipio=1),
                    pieza(21, "D-1", shapely.box(5, 0, 6, 1), municipio=2),
                ]
            ),
            (5.5, 0.5),
            (2, 21, None, "dentro"),
        ),
    ],
)
def test_la_regla_en_cada_caso(hecho, punto, esperado):
    assert en_tupla(hecho.ubicar(*punto)) == esperado
    lons, lats = np.array([punto]).T
    for lugar, tipo in enumerate((MUNICIPIO, DISTRITO, OTB)):
        clave = esperado[lugar]
        assert hecho.ubicar_muchos(lons, lats, tipo).tolist() == [NADA if clave is None else clave]


def test_la_regla_dice_que_la_otb_y_el_distrito_no_calzan():
    hecho = caso(pieza(101, "A", shapely.box(0.5, 0.2, 1.5, 0.8), 12))
    assert hecho.ubicar(0.7, 0.5).motivos == ("discrepancia",)
    assert hecho.ubicar(1.2, 0.5).motivos == ()


def test_decidir_sin_nada_da_ninguno():
    assert decidir(Toques(), Toques(), Toques()) == Decision(None, None, None, "ninguno", ())


def test_cercano_justo_a_cincuenta_metros_vale_y_un_poco_mas_no():
    justo, lejos = Candidata(1, 0, metros=50.0), Candidata(1, 0, metros=50.001)
    assert decidir(Toques(cerca=[justo]), Toques(), Toques()).regla == "cercano"
    assert decidir(Toques(cerca=[lejos]), Toques(), Toques()).regla == "ninguno"
