"""Los seis tipos de papeleta: qué vale, qué se dice, y el mismo camino de la página a la urna."""

import itertools
import json
import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.comun.errores import ReglaIncumplida
from tests.urnas import elegido
from tests.votaciones.conftest import abrir, votar
from tests.votaciones.papeletas import EJEMPLOS
from votaciones import acciones, consultas
from votaciones.models import Votacion
from votaciones.reglas.comun import agrupar
from votaciones.reglas.papeleta import (
    POR_PRESUPUESTO,
    Reglamento,
    Tipo,
    canonica,
    exigir_valida,
    puntos_de,
    reglamento_de,
)
from votaciones.reglas.papeleta_escrita import avance_de, campos_de, dicha, en_papel, escrito_de, instruccion, leer
from votaciones.urna.models import Sobre

COSTOS = {1: Decimal(40), 2: Decimal(30), 3: Decimal(30), 4: Decimal(10)}


def con(tipo, **limites):
    return reglamento_de(tipo, presupuesto=Decimal(70), **limites)


REGLAMENTOS = {
    **{tipo: con(tipo, **ejemplo.limites) for tipo, ejemplo in EJEMPLOS.items()},
    "sin límite": con("aprobacion"),
    "puntos sin tope": con("puntos", puntos=3),
    "un lugar": con("orden", puntos_por_lugar="7"),
    "nota uno": con("calificacion", nota_maxima=1),
}


# --- Qué vale: contra todas las posibles -----------------------------------------------------------------------------
def vale_por_fuerza_bruta(eleccion, tipo, reglamento):
    """La regla escrita otra vez, sin frases."""
    if tipo in (Tipo.PUNTOS, Tipo.CALIFICACION):
        puntos = {numero: suyos for numero, suyos in eleccion if suyos}
        if not puntos or min(puntos.values()) < 0 or not set(puntos) <= set(COSTOS):
            return False
        if tipo == Tipo.CALIFICACION:
            return max(puntos.values()) <= reglamento.nota_maxima
        tope = reglamento.tope_por_obra or reglamento.puntos
        return max(puntos.values()) <= tope and sum(puntos.values()) <= reglamento.puntos
    if not eleccion or not set(eleccion) <= set(COSTOS):
        return False
    distintas = len(set(eleccion))
    return {
        Tipo.UNA: distintas == 1,
        Tipo.PRESUPUESTO: sum(COSTOS[numero] for numero in set(eleccion)) <= 70,
        Tipo.APROBACION: (reglamento.minimo_de_obras or 1) <= distintas <= (reglamento.maximo_de_obras or 99),
        Tipo.ORDEN: distintas == len(eleccion) <= len(reglamento.puntos_por_lugar),
    }[tipo]


def elecciones_de(reglamento):
    if reglamento.de_puntos:
        # Alrededor de cada tope, con ceros, negativos y una obra ajena.
        valores = (-1, 0, 1, 2, 4, 5, 6, 7)
        for tres in itertools.product(valores, repeat=3):
            yield list(zip((1, 2, 4), tres, strict=True))
        yield from ([(9, 1)], [(1, 10)], [(1, 5), (2, 5), (3, 1)], [(1, 4), (2, 3), (3, 3)], [])
    else:
        for largo in range(5):
            yield from (list(eleccion) for eleccion in itertools.product((1, 2, 3, 4, 9), repeat=largo))


@pytest.mark.parametrize("cual", REGLAMENTOS)
def test_vale_lo_mismo_que_por_fuerza_bruta(cual):
    reglamento = REGLAMENTOS[cual]
    valieron = 0
    for eleccion in elecciones_de(reglamento):
        try:
            seleccion = exigir_valida(eleccion, reglamento, COSTOS)
        except ReglaIncumplida as error:
            seleccion = None
            assert error.mensaje.endswith(".")
        assert (seleccion is not None) == vale_por_fuerza_bruta(eleccion, reglamento.tipo, reglamento), eleccion
        if seleccion is not None:
            valieron += 1
            assert json.loads(json.dumps(seleccion)) == seleccion
            assert exigir_valida(seleccion, reglamento, COSTOS) == seleccion  # la canónica es canónica
            assert leer(campos_de(seleccion, reglamento), reglamento) == seleccion  # y va y vuelve por la página
    assert valieron > 3


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_nada_de_lo_que_llega_por_la_pagina_rompe_ni_se_cuela(data):
    reglamento = REGLAMENTOS[data.draw(st.sampled_from(sorted(REGLAMENTOS)))]
    nombres = st.one_of(
        st.sampled_from(["opciones", "clave", "puntos-", "lugar-x"]),
        st.builds("{}-{}".format, st.sampled_from(["puntos", "lugar"]), st.integers(0, 5)),
    )
    valores = st.one_of(
        st.integers(-2, 12).map(str), st.text(max_size=6), st.sampled_from(["١", "1e3", " 2 ", "9" * 5000])
    )
    campos = data.draw(st.lists(st.tuples(nombres, valores), max_size=6))
    assert isinstance(avance_de(escrito_de(campos, reglamento), reglamento, COSTOS).frase, str)
    try:
        seleccion = exigir_valida(leer(campos, reglamento), reglamento, COSTOS)
    except ReglaIncumplida as error:
        assert len(error.mensaje) < 200
        return
    plana = [tuple(par) for par in seleccion] if reglamento.de_puntos else seleccion
    assert vale_por_fuerza_bruta(plana, reglamento.tipo, reglamento)


def test_la_forma_canonica_de_cada_tipo():
    assert canonica([3, 1, 3], POR_PRESUPUESTO) == [1, 3]
    assert canonica([3, 1], REGLAMENTOS["orden"]) == [3, 1]
    assert canonica({3: 2, 1: 4, 2: 0}, REGLAMENTOS["puntos"]) == [[1, 4], [3, 2]]
    assert canonica([(3, 2), (1, 4)], REGLAMENTOS["calificacion"]) == [[1, 4], [3, 2]]


@pytest.mark.parametrize(
    ("cual", "eleccion"),
    [
        ("puntos", [1, 2]), ("puntos", [[1, 2.0]]), ("puntos", [[1, True]]), ("puntos", [["1", 2]]), ("puntos", ["12"]),
        ("puntos", [[1, 2], [1, 3]]), ("puntos", [[1, 2, 3]]), ("orden", [[1, 2]]), ("presupuesto", ["1"]),
        ("una", [True]), ("aprobacion", [1.0]),
    ],
)  # fmt: skip
def test_lo_que_no_es_de_ese_tipo_no_entra(cual, eleccion):
    with pytest.raises(ReglaIncumplida):
        exigir_valida(eleccion, REGLAMENTOS[cual], COSTOS)


FRASES = [
    ("presupuesto", [], "Todavía no elegiste ninguna obra. Marca al menos una."),
    ("aprobacion", [1], "Marcaste 1 obra y hay que marcar al menos 2. Agrega 1."),
    ("aprobacion", [1, 2, 3, 4], "Marcaste 4 obras y se puede hasta 3. Quita 1."),
    ("una", [1, 2], "Marcaste 2 obras y se elige una sola. Deja la que más quieres."),
    ("puntos", [], "Todavía no diste ningún punto. Dale al menos uno a una obra."),
    ("puntos", {1: 7}, "A la obra N.º 1 le pusiste 7. Pon una cantidad de puntos de 0 a 6."),
    ("puntos", {1: 6, 2: 5}, "Repartiste 11 puntos y tienes 10. Quita 1 punto."),
    ("puntos", {1: 6, 2: 6}, "Repartiste 12 puntos y tienes 10. Quita 2 puntos."),
    ("orden", [], "Todavía no ordenaste ninguna obra. Elige al menos la del 1.º lugar."),
    ("orden", [1, 2, 3, 4], "Ordenaste 4 obras y se puede hasta 3. Quita 1."),
    ("orden", [1, 1], "Pusiste la misma obra en dos lugares. Deja uno solo."),
    ("calificacion", {3: 6}, "A la obra N.º 3 le pusiste 6. Pon una nota de 0 a 5."),
    ("calificacion", {9: 1}, "Una de las obras que marcaste no está en esta papeleta. Revisa y vuelve a elegir."),
]


@pytest.mark.parametrize(("cual", "eleccion", "frase"), FRASES)
def test_lo_que_no_vale_dice_que_hacer(cual, eleccion, frase):
    with pytest.raises(ReglaIncumplida) as error:
        exigir_valida(eleccion, REGLAMENTOS[cual], COSTOS)
    assert error.value.mensaje == frase


def test_donde_hay_menos_obras_que_el_minimo_se_piden_las_que_hay():
    dos_o_mas = REGLAMENTOS["aprobacion"]
    assert exigir_valida([1], dos_o_mas, {1: Decimal(5)}) == [1]
    assert (dos_o_mas.minimo_entre(1), dos_o_mas.minimo_entre(9), POR_PRESUPUESTO.minimo_entre(0)) == (1, 2, 1)


# --- Lo que cuentan las reglas ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cual", "seleccion", "papeleta"),
    [
        ("presupuesto", [1, 3], [1, 3]),
        ("una", [2], [2]),
        ("orden", [3, 1, 4], {3: 5, 1: 3, 4: 1}),
        ("orden", [4], {4: 5}),
        ("puntos", [[1, 6], [3, 4]], {1: 6, 3: 4}),
        ("calificacion", [[2, 5]], {2: 5}),
    ],
)
def test_puntos_de_una_seleccion(cual, seleccion, papeleta):
    assert puntos_de(seleccion, REGLAMENTOS[cual]) == papeleta
    (grupo,) = agrupar([papeleta, papeleta])
    assert grupo.cuantas == 2


@pytest.mark.parametrize(
    ("cual", "seleccion"), [("puntos", [1, 2]), ("orden", [[1, 2]]), ("una", [[1, 2]]), ("orden", [1] * 4)]
)
def test_una_seleccion_de_otro_tipo_no_se_cuenta(cual, seleccion):
    with pytest.raises(ValueError, match="papeleta|zip"):
        puntos_de(seleccion, REGLAMENTOS[cual])


# --- El reglamento ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_el_reglamento_va_al_libro_y_vuelve(tipo):
    reglamento = reglamento_de(tipo, **EJEMPLOS[tipo].limites)
    escrito = json.loads(json.dumps(reglamento.canonico()))
    assert reglamento_de(**escrito) == reglamento
    assert escrito["tipo"] == tipo
    assert None not in escrito.values()


def test_lo_que_dice_el_libro_de_cada_tipo():
    assert REGLAMENTOS["presupuesto"].canonico() == {"tipo": "presupuesto"}
    assert REGLAMENTOS["sin límite"].canonico() == {"tipo": "aprobacion"}
    assert REGLAMENTOS["orden"].canonico() == {"tipo": "orden", "puntos_por_lugar": [5, 3, 1]}
    assert REGLAMENTOS["puntos"].canonico() == {"tipo": "puntos", "puntos": 10, "tope_por_obra": 6}


MALOS = [
    ("puntos", {}, "puntos", "Escribe cuántos puntos"),
    ("puntos", {"puntos": 0}, "puntos", "entre 1 y 100"),
    ("puntos", {"puntos": 101}, "puntos", "entre 1 y 100"),
    ("puntos", {"puntos": True}, "puntos", "entre 1 y 100"),
    ("puntos", {"puntos": 3, "tope_por_obra": 4}, "tope_por_obra", "si reparte 3"),
    ("puntos", {"puntos": 3, "nota_maxima": 4}, "nota_maxima", "no va en una papeleta de puntos"),
    ("presupuesto", {"maximo_de_obras": 3}, "maximo_de_obras", "no va en una papeleta de presupuesto"),
    ("una", {"puntos_por_lugar": "2,1"}, "puntos_por_lugar", "no va en una papeleta de una sola obra"),
    ("aprobacion", {"maximo_de_obras": 2, "minimo_de_obras": 3}, "minimo_de_obras", "pedir 3 obras"),
    ("aprobacion", {"minimo_de_obras": 0}, "minimo_de_obras", "entre 1 y 100"),
    ("orden", {}, "puntos_por_lugar", "cuánto vale cada lugar"),
    ("orden", {"puntos_por_lugar": "3;2"}, "puntos_por_lugar", "separados por comas"),
    ("orden", {"puntos_por_lugar": "3,3"}, "puntos_por_lugar", "vale menos que el anterior"),
    ("orden", {"puntos_por_lugar": "2,0"}, "puntos_por_lugar", "entre 1 y 100"),
    ("orden", {"puntos_por_lugar": "12,11,10,9,8,7,6,5,4,3,2"}, "puntos_por_lugar", "como mucho 10"),
    ("calificacion", {}, "nota_maxima", "nota más alta"),
    ("calificacion", {"nota_maxima": 11}, "nota_maxima", "entre 1 y 10"),
]


@pytest.mark.parametrize(("tipo", "limites", "campo", "frase"), MALOS)
def test_un_reglamento_imposible_dice_el_campo(tipo, limites, campo, frase):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        reglamento_de(tipo, **limites)
    assert error.value.campo == campo


# --- En palabras -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cual", "frase"),
    [
        ("presupuesto", "Marca una o más obras sin pasar de Bs\u00a070."),
        ("aprobacion", "Marca de 2 a 3 obras."),
        ("sin límite", "Marca todas las obras que quieres."),
        ("puntos", "Reparte hasta 10 puntos entre las obras que quieres, hasta 6 en cada obra. "
         "Lo que dejes en blanco vale 0."),
        ("orden", "Ordena hasta 3 obras, de la que más quieres a la que menos. "
         "Cada lugar vale: 1.º, 5 puntos; 2.º, 3 puntos; 3.º, 1 punto."),
        ("un lugar", "Elige la obra del 1.º lugar: recibe 7 puntos."),
        ("calificacion", "Ponle a cada obra una nota de 0 a 5: más nota es que la quieres más. "
         "Lo que dejes en blanco vale 0."),
        ("una", "Marca una sola obra: la que más quieres."),
    ],
)  # fmt: skip
def test_la_instruccion_de_cada_tipo(cual, frase):
    assert instruccion(REGLAMENTOS[cual]) == frase


def test_lo_elegido_se_dice_de_mas_a_menos():
    assert dicha([[1, 2], [3, 5], [4, 2]], REGLAMENTOS["puntos"]) == [(3, "5 puntos"), (1, "2 puntos"), (4, "2 puntos")]
    assert dicha([[1, 1]], REGLAMENTOS["calificacion"]) == [(1, "1 de 5")]
    assert dicha([4, 1], REGLAMENTOS["orden"]) == [(4, "1.º lugar"), (1, "2.º lugar")]
    assert dicha([1, 4], POR_PRESUPUESTO) == [(1, ""), (4, "")]


@pytest.mark.parametrize(
    ("cual", "frase"),
    [
        ("presupuesto", "Pon una X en los cuadros de lo que elijas."),
        ("una", "Pon una X en el círculo de lo que elijas."),
        ("orden", "Escribe el lugar (1, 2, 3) en el cuadro de cada obra que elijas."),
        ("puntos", "Escribe los puntos en el cuadro de cada obra que elijas."),
        ("calificacion", "Encierra una nota en cada obra."),
    ],
)
def test_como_se_llena_impresa(cual, frase):
    assert en_papel(REGLAMENTOS[cual]) == frase


@pytest.mark.parametrize(
    ("cual", "campos", "avance"),
    [
        ("presupuesto", [("opciones", "1"), ("opciones", "2")], (7000, 7000, "Elegiste Bs\u00a070 de Bs\u00a070")),
        ("presupuesto", [], (0, 7000, "Tienes Bs\u00a070 para repartir")),
        ("aprobacion", [("opciones", "1")], (1, 3, "Marcaste 1 de 3 obras")),
        ("sin límite", [("opciones", "1")], (1, 0, "Marcaste 1 obra")),
        ("una", [], (0, 1, "Marcaste 0 de 1 obra")),
        ("puntos", [("puntos-1", "4"), ("puntos-2", "x")], (4, 10, "Repartiste 4 de 10 puntos")),
        ("orden", [("lugar-1", "1"), ("lugar-2", "")], (1, 3, "Llenaste 1 de 3 lugares")),
        ("calificacion", [("puntos-1", "0"), ("puntos-2", "3")], (2, 4, "Calificaste 2 de 4 obras")),
    ],
)
def test_cuanto_va(cual, campos, avance):
    hecho = avance_de(escrito_de(campos, REGLAMENTOS[cual]), REGLAMENTOS[cual], COSTOS)
    assert (hecho.usado, hecho.de, hecho.frase) == avance


@pytest.mark.parametrize(
    ("cual", "campos", "frase", "campo"),
    [
        ("puntos", [("puntos-2", "dos")], "En la obra N.º 2 pusiste «dos». Pon un número entero de 0 a 6.", "puntos-2"),
        ("puntos", [("puntos-2", "-1")], "En la obra N.º 2 pusiste «-1». Pon un número entero de 0 a 6.", "puntos-2"),
        ("orden", [("lugar-1", "1"), ("lugar-4", "1")],
         "Pusiste dos obras en el 1.º lugar: la N.º 1 y la N.º 4. Deja una sola.", "lugar-4"),
        ("orden", [("lugar-1", "1"), ("lugar-4", "3")],
         "Te falta la obra del 2.º lugar. Ponla, o sube la que está después.", None),
        ("orden", [("lugar-1", "4")], "En la obra N.º 1 pusiste el 4.º lugar y hay 3. Elige otro.", "lugar-1"),
    ],
)  # fmt: skip
def test_lo_mal_escrito_se_explica(cual, campos, frase, campo):
    with pytest.raises(ReglaIncumplida) as error:
        leer(campos, REGLAMENTOS[cual])
    assert (error.value.mensaje, error.value.campo) == (frase, campo)


# --- La base ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "cambios",
    [
        {"tipo_de_papeleta": "puntos"},
        {"puntos": 5},
        {"tipo_de_papeleta": "puntos", "puntos": 5, "tope_por_obra": 6},
        {"tipo_de_papeleta": "puntos", "puntos": 5, "maximo_de_obras": 2},
        {"tipo_de_papeleta": "orden"},
        {"puntos_por_lugar": "2,1"},
        {"tipo_de_papeleta": "calificacion"},
        {"tipo_de_papeleta": "calificacion", "nota_maxima": 11},
        {"nota_maxima": 5},
        {"tipo_de_papeleta": "aprobacion", "maximo_de_obras": 2, "minimo_de_obras": 3},
        {"minimo_de_obras": 1},
    ],
)
def test_la_base_tampoco_acepta_limites_sin_sentido(preparada, cambios):
    with pytest.raises(IntegrityError), transaction.atomic():
        Votacion.objects.update(**cambios)


@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_corregir_cambia_el_tipo_y_el_libro_lo_dice(preparada, gente, tipo):
    datos = {nombre: getattr(preparada, nombre) for nombre in ("nombre", "slug", "abre", "cierra", "regla")}
    acciones.corregir_votacion(preparada, actor=None, tipo_de_papeleta=tipo, **EJEMPLOS[tipo].limites, **datos)
    abierta = abrir(preparada, actor=gente.hugo)
    libro = json.loads(abierta.libro)
    assert (libro["version"], libro["papeleta"]) == (4, REGLAMENTOS[tipo].canonico())
    d1 = abierta.contiendas.get(numero=1)
    assert d1.reglamento == Reglamento(**{**vars(REGLAMENTOS[tipo]), "presupuesto": Decimal("300000")})
    assert "papeleta" not in consultas.libro_de(abierta, version=2)


def test_preparar_o_corregir_con_limites_de_otro_tipo_se_niega(preparada, gente):
    datos = {nombre: getattr(preparada, nombre) for nombre in ("nombre", "slug", "abre", "cierra", "regla")}
    with pytest.raises(ReglaIncumplida, match="nota más alta"):
        acciones.corregir_votacion(preparada, actor=gente.hugo, tipo_de_papeleta="calificacion", **datos)
    with pytest.raises(ReglaIncumplida, match="no va en una papeleta"):
        acciones.preparar_votacion(preparada.proceso, **{**datos, "slug": "otra"}, puntos=3)
    assert list(Votacion.objects.values_list("tipo_de_papeleta", "puntos")) == [("presupuesto", None)]


# --- De la página a la urna ------------------------------------------------------------------------------------------
SLUG = "poa-2027"


def url(nombre):
    return reverse(f"votaciones:{nombre}", args=[SLUG, 1])


def html(respuesta):
    return " ".join(respuesta.content.decode().replace("\u00a0", " ").split())


def puestos(texto):
    """{nombre: [valores]} de los controles llenos de la papeleta, como los mandaría el navegador."""
    campos = {}
    for nombre, valor in re.findall(r'type="(?:checkbox|radio)" name="([^"]+)" value="([^"]+)"[^>]* checked', texto):
        campos.setdefault(nombre, []).append(valor)
    for nombre, valor in re.findall(r'<input class="num" id="[^"]+" name="([^"]+)" value="([^"]+)"', texto):
        campos[nombre] = [valor]
    for nombre, opciones in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', texto):
        if elegido := re.search(r'value="([^"]+)" selected', opciones):
            campos[nombre] = [elegido[1]]
    return {nombre: sorted(valores) for nombre, valores in campos.items()}  # el orden de las obras es de cada persona


def llenos(campos):
    return {nombre: valor if isinstance(valor, list) else [valor] for nombre, valor in campos.items() if valor}


@pytest.fixture
def abierta_de(preparada, gente):
    def abierta_de(tipo, **mas):
        datos = {nombre: getattr(preparada, nombre) for nombre in ("nombre", "slug", "abre", "cierra", "regla")} | mas
        acciones.corregir_votacion(preparada, actor=None, tipo_de_papeleta=tipo, **EJEMPLOS[tipo].limites, **datos)
        return abrir(preparada, actor=gente.hugo)

    return abierta_de


@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_el_camino_entero_sin_javascript(entrar, abierta_de, gente, tipo):
    abierta_de(tipo)
    ejemplo, cliente = EJEMPLOS[tipo], entrar(gente.ana)
    papeleta = html(cliente.get(url("papeleta")))
    assert puestos(papeleta) == {}
    clave = re.search(r'name="clave" value="([^"]+)"', papeleta)[1]
    revision = html(cliente.post(url("revisar"), ejemplo.campos | {"clave": clave}))
    ocultos = [
        par for par in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', revision) if par[0][:4] != "csrf"
    ]
    mandar = {}
    for nombre, valor in ocultos:
        mandar.setdefault(nombre, []).append(valor)
    assert Sobre.objects.count() == 0
    cambiar = cliente.post(url("revisar"), mandar | {"cambiar": "si"})
    nulos = {nombre: valor for nombre, valor in llenos(ejemplo.campos).items() if valor != ["0"]}
    assert (cambiar.status_code, puestos(html(cambiar))) == (200, nulos)
    assert cliente.post(url("emitir"), mandar).status_code == 302
    assert elegido()[0] == ejemplo.elecciones[0]


@pytest.mark.parametrize(
    ("tipo", "campos", "frase"),
    [
        ("aprobacion", {"opciones": ["1"]}, "hay que marcar al menos 2"),
        ("una", {"opciones": ["1", "2"]}, "se elige una sola"),
        ("puntos", {"puntos-1": "6", "puntos-2": "6"}, "Quita 2 puntos"),
        ("puntos", {"puntos-1": "seis", "puntos-2": "6"}, "pusiste «seis»"),
        ("orden", {"lugar-1": "1", "lugar-2": "1"}, "dos obras en el 1.º lugar"),
        ("calificacion", {"puntos-1": "0"}, "Todavía no calificaste"),
    ],
)
def test_lo_que_no_vale_es_422_y_conserva_lo_escrito(entrar, abierta_de, gente, tipo, campos, frase):
    abierta_de(tipo)
    cliente = entrar(gente.ana)
    for pagina in ("revisar", "emitir"):
        respuesta = cliente.post(url(pagina), campos)
        texto = html(respuesta)
        assert (respuesta.status_code, puestos(texto)) == (422, llenos(campos))
        assert frase in texto
        assert texto.count("con-falta") == ("seis" in frase or "dos obras" in frase)
    assert Sobre.objects.count() == 0


def test_la_obra_con_falta_se_enlaza_desde_el_error(entrar, abierta_de, gente):
    abierta_de("puntos")
    texto = html(entrar(gente.ana).post(url("revisar"), {"puntos-2": "7"}))
    assert '<a href="#puntos-2">A la obra N.º 2 le pusiste 7.' in texto
    assert re.search(r'id="puntos-2" [^>]*aria-invalid="true" aria-describedby="errores"', texto)


@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_solo_para_leer_trae_lo_del_papel_y_ningun_control(client, abierta_de, tipo):
    abierta_de(tipo)
    texto = html(client.get(url("papeleta")))
    assert '<form method="post" action="/votaciones/poa-2027/distrito-1/revisar' not in texto
    assert not re.search(r'name="(opciones|puntos-|lugar-)', texto)
    assert texto.count('class="nota"' if tipo == "calificacion" else 'class="de-papel') == (
        24 if tipo == "calificacion" else 4
    )
    assert (
        instruccion(consultas.contiendas_de(Votacion.objects.get()).get(numero=1).reglamento).replace("\u00a0", " ")
        in texto
    )


def test_votar_dos_veces_con_el_mismo_formulario_y_puntos(abierta_de, gente):
    d1 = abierta_de("puntos").contiendas.get(numero=1)
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    codigo = acciones.emitir_voto(d1, usuario=gente.ana, eleccion={3: 4, 1: 6, 2: 0}, clave=clave)
    assert acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[[1, 6], [3, 4]], clave=clave) == codigo
    with pytest.raises(ReglaIncumplida, match="Ya votaste"):
        acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[[1, 5], [3, 4]], clave=clave)
    assert elegido()[0] == [[1, 6], [3, 4]]
    with pytest.raises(ReglaIncumplida, match="Quita 1 punto"):
        votar(d1, gente.dora, [1, 6], [3, 5])


def test_la_votacion_dice_cual_quedo_a_medias_solo_mientras_se_vota(client, abierta_de, gente):
    abierta = abierta_de("orden")
    pagina = reverse("votaciones:votacion", args=[SLUG])
    texto = html(client.get(pagina))
    assert re.findall(r'data-a-medias="([^"]+)" hidden', texto) == ["poa-2027.1", "poa-2027.2"]
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    texto = html(client.get(pagina))
    assert "data-a-medias" not in texto
    assert re.findall(r'data-votada="([^"]+)"', texto) == ["poa-2027.1", "poa-2027.2"]
