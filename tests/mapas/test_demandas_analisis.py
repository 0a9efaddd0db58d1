"""La agregación de demandas contra cuentas hechas a mano con Shapely, y sus reglas de color y de texto."""

import random
from decimal import Decimal

import pytest
from shapely.geometry import Point, shape

from mapas.demandas import reglas
from mapas.demandas.analisis import Demanda, Lugar, Suma, SumasQueNoCuadran, _comprobar, agregar
from tests.elenco import cuadrado

DISTRITOS = [
    Lugar("D-1", None, cuadrado(0, 0, 1, 1)),
    Lugar("D-2", None, cuadrado(1, 0, 2, 1)),
    Lugar("D-3", None, None),
]
OTBS = [
    Lugar("O-1", "D-1", cuadrado(0, 0, 0.5, 1)),
    Lugar("O-2", "D-2", None),
    Lugar("O-3", "D-1", None),
    Lugar("O-4", "D-1", cuadrado(0.5, 0, 1, 1)),
]


def propuesta(**campos) -> Demanda:
    return Demanda(**{"clase": "propuesta", "categoria": "agua"} | campos)


def donde(demanda: Demanda, distritos=DISTRITOS, otbs=OTBS) -> tuple[str, str]:
    """(distrito, OTB) en que cuenta una demanda."""
    hecho = agregar([demanda], distritos, otbs)
    return tuple(
        next(fila.codigo for fila in filas if fila.propuestas or fila.reportes)
        for filas in (hecho.distritos, hecho.otbs)
    )


def test_agregar_puntos_al_azar_da_lo_mismo_que_contar_con_shapely():
    azar = random.Random(7)
    demandas = [
        propuesta(
            lon=azar.uniform(-0.5, 2.5),
            lat=azar.uniform(-0.2, 1.2),
            centavos=azar.randrange(10**9),
            apoyos=azar.randrange(50),
            categoria=azar.choice(["agua", "vias", "salud"]),
        )
        for _ in range(600)
    ]
    hecho = agregar(demandas, DISTRITOS, OTBS)
    for lugares, filas in ((DISTRITOS, hecho.distritos), (OTBS, hecho.otbs)):
        for lugar, fila in zip(lugares, filas, strict=False):
            suyas = [d for d in demandas if lugar.geometria and shape(lugar.geometria).contains(Point(d.lon, d.lat))]
            assert (fila.codigo, fila.propuestas, fila.centavos, fila.apoyos) == (
                lugar.codigo,
                len(suyas),
                sum(d.centavos for d in suyas),
                sum(d.apoyos for d in suyas),
            )
        assert sum(fila.propuestas for fila in filas) == 600
        assert sum(fila.centavos for fila in filas) == sum(d.centavos for d in demandas)


@pytest.mark.parametrize(
    ("demanda", "lugar"),
    [
        (propuesta(lon=0.2, lat=0.5), ("D-1", "O-1")),
        (propuesta(lon=0.2, lat=0.5, distrito="D-2"), ("D-1", "O-1")),  # el punto vale más que lo declarado
        (propuesta(distrito="D-2", otb="O-2"), ("D-2", "O-2")),
        (propuesta(distrito="D-3"), ("D-3", "")),
        (propuesta(distrito="D-99", otb="O-99"), ("", "")),
        (propuesta(), ("", "")),
        (propuesta(lon=5.0, lat=5.0, distrito="D-1", otb="O-1"), ("D-1", "O-1")),  # fuera: vale lo declarado
        (propuesta(lon=0.2, lat=0.5, otb="O-3"), ("D-1", "O-3")),  # su OTB no tiene área: nadie la desmiente
        (propuesta(lon=0.2, lat=0.5, otb="O-4"), ("D-1", "O-1")),  # su OTB sí tiene área y el punto no cae ahí
        (propuesta(lon=0.2, lat=0.5, otb="O-2"), ("D-1", "O-1")),  # su OTB es de otro distrito
        (propuesta(lon=1.5, lat=0.5), ("D-2", "")),
        (propuesta(lon=1.0, lat=0.5), ("D-1", "O-4")),  # en el borde gana el código menor
        (propuesta(lon=1.5, lat=1.0003), ("D-2", "")),  # a 33 m del borde
        (propuesta(lon=1.5, lat=1.001), ("", "")),  # a 111 m
    ],
)
def test_agregar_pone_cada_demanda_en_su_lugar(demanda, lugar):
    assert donde(demanda) == lugar


def test_agregar_en_areas_que_se_traslapan_gana_la_mas_chica():
    areas = [Lugar("D-1", None, cuadrado(0, 0, 2, 2)), Lugar("D-2", None, cuadrado(0, 0, 1, 1))]
    assert donde(propuesta(lon=0.5, lat=0.5), areas, [])[0] == "D-2"


def test_agregar_separa_propuestas_de_reportes_y_ordena_categorias():
    demandas = [
        propuesta(distrito="D-1", categoria="vias", centavos=500, apoyos=2),
        propuesta(distrito="D-1", categoria="agua", centavos=900),
        Demanda("reporte", "vias", distrito="D-1"),
        Demanda("reporte", "salud", distrito="D-2"),
    ]
    hecho = agregar(demandas, DISTRITOS, OTBS)
    assert hecho.distritos[0] == Suma("D-1", 2, 1400, 2, 1, {"vias": (1, 500, 1), "agua": (1, 900, 0)})
    assert hecho.distritos[0].principal == "vias"
    assert list(hecho.distritos[0].categorias) == ["vias", "agua"]
    assert (hecho.total.propuestas, hecho.total.centavos, hecho.total.reportes) == (2, 1400, 2)


def test_agregar_sin_demandas_da_todos_los_lugares_en_cero():
    hecho = agregar([], DISTRITOS, OTBS)
    assert hecho.distritos == [Suma("D-1"), Suma("D-2"), Suma("D-3"), Suma("")]
    assert (hecho.total, hecho.total.principal) == (Suma(""), "")
    assert agregar([], [], []).distritos == [Suma("")]


def test_comprobar_con_una_demanda_perdida_no_deja_publicar():
    with pytest.raises(SumasQueNoCuadran, match="propuestas: las filas suman 1 y la entrada 2"):
        _comprobar([Suma("D-1", propuestas=1)], Suma("", propuestas=2))


# --- Reglas ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("valores", "clases"),
    [
        ([], []),
        ([0, 0], ["c0", "c0"]),
        ([7], ["c4"]),
        ([5, 0, 5], ["c4", "c0", "c4"]),
        ([1, 2], ["c2", "c4"]),
        ([1, 2, 3, 4], ["c1", "c2", "c3", "c4"]),
        ([10, 20, 30, 40, 50, 60, 70, 8000], ["c1", "c1", "c2", "c2", "c3", "c3", "c4", "c4"]),
    ],
)
def test_repartir_en_clases_va_de_menos_a_mas_y_lo_igual_queda_igual(valores, clases):
    entrada = {str(puesto): Decimal(valor) for puesto, valor in enumerate(valores)}
    repartidas, tramos = reglas.repartir_en_clases(entrada)
    assert list(repartidas.values()) == clases
    assert sorted(set(clases)) == [tramo.clase for tramo in tramos]
    for codigo, valor in entrada.items():
        tramo = next(tramo for tramo in tramos if tramo.clase == repartidas[codigo])
        assert tramo.desde <= valor <= tramo.hasta


@pytest.mark.parametrize(
    ("monto", "techo", "frase"),
    [
        (0, 100, "0 % de su techo"),
        (45, 100, "45 % de su techo"),
        (100, 100, "100 % de su techo"),
        (270, 100, "2,7 veces su techo"),
        (5, None, ""),
    ],
)
def test_frente_al_techo_lo_dice_en_palabras(monto, techo, frase):
    assert reglas.frente_al_techo(Decimal(monto), Decimal(techo) if techo else None) == frase


@pytest.mark.parametrize(
    ("monto", "texto"),
    [(0, "Bs 0"), (900, "Bs 900"), (340_499, "Bs 340 mil"), (1_250_000, "Bs 1,3 mill."), (2_000_000, "Bs 2 mill.")],
)
def test_en_corto_cabe_en_el_mapa(monto, texto):
    assert reglas.en_corto(Decimal(monto)).replace("\u00a0", " ") == texto


def test_por_mil_sin_poblacion_no_inventa():
    assert reglas.por_mil(3, 2000) == Decimal("1.5")
    assert reglas.por_mil(3, None) is None
