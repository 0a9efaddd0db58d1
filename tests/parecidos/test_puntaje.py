"""Reconocer lo parecido: ortografías de los valles, obras, calles y lugares, y cifras sobre pares etiquetados."""

import pytest

from civic.comun.parecidos.palabras import clave, palabras, raiz
from civic.comun.parecidos.puntaje import UMBRAL, Pedido, mismo_nombre, parecido, rasgos_de
from civic.comun.parecidos.vocabulario import _NOMBRES, NEXOS, relacion
from tests.parecidos import medir


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ("urkupina", "urcupina"),
        ("llauquenquiri", "llaukenkiri"),
        ("totorcahua", "totorcagua"),
        ("quillacollo", "killakollo"),
        ("huayculi", "waykuli"),
        ("jatun", "hatun"),
        ("khorapata", "corapata"),
        ("tupiza", "tupisa"),
        ("sivingani", "sibingani"),
        ("qenamari", "kenamari"),
    ],
)
def test_clave_de_dos_ortografias_de_un_nombre_es_la_misma(uno, otro):
    assert clave(uno) == clave(otro)


@pytest.mark.parametrize(("uno", "otro"), [("molle", "morro"), ("norte", "sud"), ("pampa", "pata"), ("mayo", "marzo")])
def test_clave_de_nombres_distintos_es_distinta(uno, otro):
    assert clave(uno) != clave(otro)


def test_raiz_junta_plurales_y_singulares():
    assert raiz("canchas") == raiz("cancha")
    assert raiz("luminarias") == raiz("luminaria")


def test_palabras_escribe_enteras_las_abreviaturas_de_obras():
    assert palabras("Const. Pav. Rígido c/ Beni O.T.B. Molle D-8") == (
        *("construccion", "pavimento", "rigido", "calle", "beni", "otb", "molle", "distrito", "8"),
    )
    assert palabras("Mej. Alcant. Sanit. Av. Suárez") == (
        *("mejoramiento", "alcantarillado", "sanitario", "avenida", "suarez"),
    )


def test_vocabulario_no_pone_la_misma_frase_en_dos_conceptos():
    de = {}
    for concepto, frases in _NOMBRES.items():
        for frase in frases.split(","):
            claves = tuple(raiz(palabra) for palabra in palabras(frase) if palabra not in NEXOS)
            assert claves, frase
            assert de.setdefault(claves, concepto) == concepto, frase


@pytest.mark.parametrize(
    ("texto", "concepto"),
    [
        ("Poner focos en la calle", "alumbrado"),
        ("Red de desagüe", "alcantarillado"),
        ("Canal de desagüe pluvial", "pluvial"),
        ("Campo deportivo", "cancha"),
        ("Centro de salud", "salud"),
        ("Asfaltado de la avenida", "pavimento"),
    ],
)
def test_rasgos_reconoce_los_nombres_de_una_obra(texto, concepto):
    assert rasgos_de(Pedido(titulo=texto)).conceptos[0] == concepto


def test_empedrado_y_pavimento_se_relacionan_sin_ser_lo_mismo():
    assert 0 < relacion("empedrado", "pavimento") == relacion("pavimento", "empedrado") < UMBRAL
    lugar = {"distrito": "8", "otb": "Molle"}
    assert parecido(Pedido("Empedrado de calles", **lugar), Pedido("Pavimento de calles", **lugar)) < UMBRAL


def test_rasgos_separa_las_calles_de_la_obra_de_sus_lindes():
    assert rasgos_de(Pedido("Asfaltado calle Tupiza entre calle 5 y calle 2")).vias == {"tupisa"}
    assert rasgos_de(Pedido("Empedrado calles 1, 2 y 3")).vias == {"1", "2", "3"}
    assert rasgos_de(Pedido("Empedrado calle A")).vias == {"a"}
    assert rasgos_de(Pedido("Empedrado de calles")).vias == set()


def test_mismo_nombre_tolera_una_letra_y_no_confunde_norte_con_sud():
    assert mismo_nombre("Villa Providencia Norte", "villa probidencia norte")
    assert mismo_nombre("OTB Totorcahua", "Totorcagua")
    assert not mismo_nombre("Villa Providencia Norte", "Villa Providencia Sud")
    assert not mismo_nombre("", "")
    assert not mismo_nombre("12", "13")


def test_parecido_es_simetrico_y_va_de_0_a_1():
    for par in medir.leer():
        ida, vuelta = parecido(par.a, par.b), parecido(par.b, par.a)
        assert ida == pytest.approx(vuelta)
        assert 0 <= ida <= 1


def test_parecido_con_puntos_lejanos_es_cero_aunque_digan_lo_mismo():
    cerca = Pedido("Bache en la calle", lon=-66.28, lat=-17.39)
    assert parecido(cerca, Pedido("Bache en la calle", lon=-66.28, lat=-17.391), radio=150) >= UMBRAL
    assert parecido(cerca, Pedido("Bache en la calle", lon=-66.28, lat=-17.40), radio=150) == 0


def test_parecido_sin_lugar_solo_reconoce_si_el_texto_lo_nombra():
    guardada = Pedido("Cancha multifuncional", distrito="8", otb="41", llamado="Totorcahua")
    assert parecido(Pedido("Queremos una cancha en Totorcagua"), guardada) >= UMBRAL
    assert parecido(Pedido("Queremos una cancha"), guardada) < UMBRAL


@pytest.mark.parametrize("texto", ["", " ", "¡¡¡", "a" * 5000, "calle", "calle calle calle", "\U0001f600"])
def test_parecido_con_textos_raros_no_falla(texto):
    assert 0 <= parecido(Pedido(texto, texto), Pedido("Cancha", "calle 1")) <= 1


def test_pares_son_muchos_y_las_dos_mitades_tienen_de_todo():
    pares = medir.leer()
    assert len(pares) >= 120
    for mitad in (True, False):
        suyos = [par for par in pares if par.es_de_prueba is mitad]
        assert min(sum(par.igual for par in suyos), sum(not par.igual for par in suyos)) >= 30


def test_en_la_mitad_que_no_se_ajusto_se_reconoce_bien_y_mejor_que_comparando_letras():
    pares = medir.leer()
    prueba = [par for par in pares if par.es_de_prueba]
    hechas = medir.cifras(prueba, medir.nuestra, UMBRAL)
    assert hechas.precision >= 0.85
    assert hechas.cobertura >= 0.8
    for base in (medir.letras, medir.trigramas):
        assert hechas.f1 > medir.cifras(prueba, base, medir.mejor_umbral(pares, base)).f1 + 0.15
