"""El simulador de la trastienda: las mismas papeletas con cada regla, sin guardar nada."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.votaciones.test_cuatro_reglas import MOTOR
from tests.votaciones.test_paginas import html
from tests.votaciones.test_trastienda import roles  # noqa: F401  fixture
from votaciones.forms import PESO_DE_ELECCION
from votaciones.models import Resultado
from votaciones.reglas import REGLAS, simulacion
from votaciones.reglas.escrutinio import escrutar
from votaciones.reglas.perfil import perfil_de

ELECCION = (
    "META\nkey;value\ndescription;Barrio <b>Norte</b>\nbudget;1000\nvote_type;approval\n"
    "PROJECTS\nproject_id;cost\n1;600\n2;400\n3;400\nVOTES\nvoter_id;vote\n"
    + "".join(f"a{i};1,3\n" for i in range(6))
    + "".join(f"b{i};2\n" for i in range(4))
)


def pagina():
    return reverse("votaciones_simular")


def subir(cliente, contenido, nombre="e.pb"):
    octetos = contenido.encode() if isinstance(contenido, str) else contenido
    return cliente.post(pagina(), {"archivo": SimpleUploadedFile(nombre, octetos)})


@pytest.fixture
def cliente(entrar, roles):  # noqa: F811  es la fixture importada
    return entrar(roles.hugo)


def test_quien_lee_votaciones_entra_y_la_vecina_no(entrar, roles, client):  # noqa: F811  es la fixture importada
    assert entrar(roles.todos["ines"]).get(pagina()).status_code == 200
    assert entrar(roles.ana).get(pagina()).status_code == 302
    assert client.get(pagina()).status_code == 302
    lista = entrar(roles.hugo).get(reverse("votaciones_admin:index")).content.decode()
    assert pagina() in lista


def test_una_votacion_contada_se_simula_sin_guardar_nada(cliente, contada):
    Resultado.objects.exclude(regla="voraz").delete()
    respuesta = cliente.post(pagina(), {"votacion": contada.pk})
    assert respuesta.status_code == 200
    assert [(s["nombre"], s["ganan"], s["con_alguna"], s["papeletas"]) for s in respuesta.context["simulaciones"]] == [
        ("Más votos primero", 2, 5, 7),
        ("Partes iguales", 2, 5, 7),
        ("Partes iguales que crecen", 2, 5, 7),
        ("Cargas parejas", 2, 5, 7),
    ]
    # El distrito con una sola papeleta no se toca.
    assert "se sabría quién votó qué: Distrito 2." in html(respuesta)
    assert set(Resultado.objects.values_list("regla", flat=True)) == {"voraz"}


def test_un_archivo_pabulib_se_simula(cliente, db):
    respuesta = subir(cliente, ELECCION)
    assert respuesta.status_code == 200
    (cuadro,) = respuesta.context["cuadros"]
    assert [(obra["titulo"], obra["votos"], obra["ganan"]) for obra in cuadro["obras"]] == [
        ("1", 6, [True, False, False, False]),
        ("3", 6, [True, True, True, True]),
        ("2", 4, [False, True, True, True]),
    ]
    assert "Barrio &lt;b&gt;Norte&lt;/b&gt;: Bs 1.000, 10 papeletas" in html(respuesta)


def test_papeletas_inventadas_con_la_misma_semilla_dan_lo_mismo(cliente, db):
    uno, otro = (cliente.post(pagina(), {"semilla": 7, "obras": 8, "papeletas": 50}).context for _ in range(2))
    assert uno["simulaciones"] == otro["simulaciones"]
    assert uno["simulaciones"][0]["papeletas"] == 50
    assert len(uno["cuadros"][0]["obras"]) == 8
    vacio = cliente.post(pagina(), {"semilla": 0})
    assert (vacio.status_code, vacio.context["simulaciones"][0]["papeletas"]) == (200, 400)


MALOS = {
    "otra cosa": ("hola", "no sigue el formato Pabulib"),
    "vacío": ("", "vacío"),
    "binario": (b"\xff\xfe\x00\x01", "no está en UTF-8"),
    "obra que no existe": (ELECCION.replace("b0;2", "b0;77"), "no existe"),
    "costo cero": (ELECCION.replace("2;400", "2;0"), "mayores a cero"),
    "monto infinito": (ELECCION.replace("budget;1000", "budget;Infinity"), "no se puede contar"),
    "monto sin fin": (ELECCION.replace("budget;1000", "budget;1e999999999"), "no se puede contar"),
    "renglón enorme": (ELECCION.replace("Norte", "N" * 200_000), "no sigue el formato Pabulib"),
    "demasiadas obras": (
        ELECCION.replace("3;400\n", "3;400\n" + "".join(f"{i};5\n" for i in range(10, 300))),
        "Son más papeletas u obras",
    ),
    "muy pesado": (b"a" * (PESO_DE_ELECCION + 1), "pesa más de 5 MB"),
}


@pytest.mark.parametrize("cual", MALOS)
def test_un_archivo_malo_se_dice_y_no_se_cae(cliente, db, cual):
    contenido, frase = MALOS[cual]
    respuesta = subir(cliente, contenido)
    assert respuesta.status_code == 422
    assert frase in html(respuesta)
    assert "simulaciones" not in respuesta.context


def test_sin_elegir_nada_se_pide(cliente, db):
    respuesta = cliente.post(pagina(), {})
    assert respuesta.status_code == 422
    assert "Elige una votación, sube un archivo o escribe una semilla." in html(respuesta)


def test_una_votacion_sin_contar_no_se_simula(cliente, abierta):
    assert cliente.post(pagina(), {"votacion": abierta.pk}).status_code == 422


@pytest.mark.parametrize("semilla", range(20))
def test_lo_simulado_es_lo_que_da_el_motor(semilla):
    eleccion = simulacion.sintetica(semilla, obras=10, papeletas=60)
    perfil = perfil_de(
        eleccion.costos, eleccion.papeletas, presupuesto=eleccion.presupuesto, desempate=eleccion.desempate
    )
    simuladas = simulacion.simular([eleccion])
    assert [simulada.regla for simulada in simuladas] == list(REGLAS)
    for simulada in simuladas:
        hecho = escrutar(perfil, **MOTOR[simulada.regla], incremento=perfil.parte / 100)
        assert simulada.conteos[0].ganadoras == list(hecho.ganadoras)
        assert (simulada.gastado, simulada.sobra) == (hecho.costo, eleccion.presupuesto - hecho.costo)
        assert simulada.papeletas == 60
