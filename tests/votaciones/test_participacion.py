"""Quiénes participaron: se calcula al contar, queda fijo y ningún número publicado es de 1 a 4 personas."""

import json

import pytest
from django.urls import reverse

from civic.cuentas.models import DatosParaEstadisticas, Identidad, Residencia
from tests.elenco import crear_area, crear_persona
from tests.votaciones.conftest import abrir, segunda, votar
from votaciones import acciones, consultas_participacion
from votaciones.models import Contienda, Participacion, Votacion

SLUG = "poa-2027"


def gente_de(pueblo, otb, cuantas, *, sexo="", nacimiento=None, prefijo="p"):
    personas = [crear_persona(f"{prefijo}{i}", f"Persona {prefijo} {i}", otb=otb) for i in range(cuantas)]
    if sexo or nacimiento:
        DatosParaEstadisticas.objects.bulk_create(
            [DatosParaEstadisticas(usuario=persona, sexo=sexo, nacimiento=nacimiento) for persona in personas]
        )
    return personas


@pytest.fixture
def contar_con(preparada, gente, pueblo):
    """Cuenta la votación con (personas, cuántas de ellas votan) por grupo; devuelve las contiendas 1 y 2, releídas."""

    def contar(*grupos):
        abierta = abrir(preparada, actor=gente.hugo)
        for numero, personas, votan in grupos:
            contienda = Contienda.objects.get(votacion=abierta, numero=numero)
            for persona in personas[:votan]:
                votar(contienda, persona, 1)
        acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
        acciones.contar_votacion(abierta, actor=segunda())
        return Contienda.objects.filter(votacion=abierta).order_by("numero")

    return contar


def test_se_publica_por_sexo_edad_y_otb_y_con_cuantas_podian(contar_con, pueblo, client):
    mujeres = gente_de(pueblo, pueblo.otb_molle, 20, sexo="mujer", nacimiento=2000, prefijo="m")
    hombres = gente_de(pueblo, pueblo.otb_molle, 14, sexo="hombre", nacimiento=1950, prefijo="h")
    # Quienes pueden votar y no dijeron nada de sí; sin ellas, las pocas que no votaron quedarían señaladas.
    gente_de(pueblo, pueblo.otb_molle, 5, prefijo="s")
    gente_de(pueblo, pueblo.otb_ceibo, 5, prefijo="c")
    d1, _ = contar_con((1, mujeres, 12), (1, hombres, 6))
    tablas = d1.participacion["tablas"]
    assert d1.participacion["personas"] == 18
    assert tablas["sexo"] == [
        {"grupos": ["Mujer"], "votaron": 12, "habilitadas": 20},
        {"grupos": ["Hombre"], "votaron": 6, "habilitadas": 14},
    ]
    assert [(fila["grupos"], fila["votaron"]) for fila in tablas["edad"]] == [
        (["Hasta 28 años"], 12),
        (["60 años o más"], 6),
    ]
    assert tablas["otb"] == []  # una sola OTB: la tabla no diría nada
    assert Votacion.objects.get(slug=SLUG).participacion["tablas"]["sexo"] == tablas["sexo"]
    for url in (reverse("votaciones:resultado", args=[SLUG]), reverse("votaciones:resultado_distrito", args=[SLUG, 1])):
        texto = " ".join(client.get(url).content.decode().split())
        assert "Quiénes participaron" in texto and "de 20 que podían" in texto
        assert '<svg class="tramos" width="100%" height="14" aria-hidden="true"' in texto
        fila = texto.split('role="rowheader">Mujer</th>')[1].split("</tr>")[0]
        cifras_de_la_fila = [celda.split(">")[1].split("<")[0] for celda in fila.split("<td")[1:]]
        assert cifras_de_la_fila == ["12", "67 %", "20", "60 %"]
    publico = client.get(reverse("votaciones:resultado_json", args=[SLUG])).json()
    assert publico["contiendas"][0]["participacion"] == d1.participacion


def cifras(cosa):
    """Todos los números que hay en lo guardado, salvo cuántas personas votaron en cada distrito."""
    if isinstance(cosa, dict):
        return [n for clave, valor in cosa.items() if clave != "personas" for n in cifras(valor)]
    if isinstance(cosa, list):
        return [n for valor in cosa for n in cifras(valor)]
    return [cosa] if isinstance(cosa, int) else []


def test_un_grupo_chico_en_un_solo_distrito_no_sale_ni_restando(contar_con, pueblo):
    uno = [
        *gente_de(pueblo, pueblo.otb_molle, 7, sexo="mujer", prefijo="a"),
        *gente_de(pueblo, pueblo.otb_molle, 2, sexo="hombre", prefijo="b"),
    ]
    dos = [
        *gente_de(pueblo, pueblo.otb_ceibo, 6, sexo="mujer", prefijo="c"),
        *gente_de(pueblo, pueblo.otb_ceibo, 6, sexo="hombre", prefijo="d"),
    ]
    d1, d2 = contar_con((1, uno, 9), (2, dos, 12))
    total = Votacion.objects.get(slug=SLUG).participacion["tablas"]["sexo"]
    assert [(fila["grupos"], fila["votaron"]) for fila in total] == [(["Mujer"], 13), (["Hombre"], 8)]
    # El distrito 2 podría mostrarse, pero 8 - 6 dejaría a la vista a los dos hombres del 1.
    assert d1.participacion["tablas"]["sexo"] == d2.participacion["tablas"]["sexo"] == []
    guardado = [d1.participacion, d2.participacion, Votacion.objects.get(slug=SLUG).participacion]
    assert all(cifra == 0 or cifra >= 5 for cifra in cifras(guardado))


def test_prefiero_no_decir_cuenta_como_no_lo_dijo(contar_con, pueblo):
    reservadas = gente_de(pueblo, pueblo.otb_molle, 3, sexo="no_dice", prefijo="r")
    calladas = gente_de(pueblo, pueblo.otb_molle, 4, prefijo="s")
    mujeres = gente_de(pueblo, pueblo.otb_molle, 6, sexo="mujer", prefijo="m")
    d1, _ = contar_con((1, [*reservadas, *calladas], 7), (1, mujeres, 6))
    assert [(f["grupos"], f["votaron"]) for f in d1.participacion["tablas"]["sexo"]] == [
        (["Mujer"], 6),
        (["No lo dijo"], 7),
    ]


def test_quien_solo_dijo_su_distrito_va_sin_otb(contar_con, pueblo):
    personas = gente_de(pueblo, pueblo.otb_molle, 14, prefijo="o")
    sin_otb = personas[9:]
    Residencia.objects.filter(usuario__in=sin_otb).update(otb=None)
    d1, _ = contar_con((1, personas, 14))
    assert [(f["grupos"], f["votaron"]) for f in d1.participacion["tablas"]["otb"]] == [
        ([pueblo.otb_molle.nombre_completo], 9),
        (["Sin OTB"], 5),
    ]
    cuadro = next(c for c in consultas_participacion.cuadros_de(d1) if c.nombre == "otb")
    assert not cuadro.alguna_junta


def test_las_otb_chicas_van_juntas_y_se_dice(contar_con, pueblo, client):
    suyo = {"padre": pueblo.distrito_1, "municipio": pueblo.municipio}
    chicas = [crear_area(tipo="otb", codigo=f"chica-{i}", nombre=f"OTB Chica {i}", **suyo) for i in range(4)]
    personas = gente_de(pueblo, pueblo.otb_molle, 9, prefijo="o")
    for i, otb in enumerate(chicas):
        personas += gente_de(pueblo, otb, 2, prefijo=f"x{i}")
    d1, _ = contar_con((1, personas, len(personas)))
    filas = d1.participacion["tablas"]["otb"]
    assert [(len(f["grupos"]), f["votaron"]) for f in filas] == [(1, 9), (4, 8)]
    texto = client.get(reverse("votaciones:resultado_distrito", args=[SLUG, 1])).content.decode()
    assert 'Otros 4 grupos <span class="suave">(menos de 5, juntas)</span>' in texto
    assert "OTB Chica 1" not in texto.split('id="quienes"')[1]


def test_contar_otra_vez_no_cambia_lo_publicado(contar_con, pueblo, gente):
    mujeres = gente_de(pueblo, pueblo.otb_molle, 8, sexo="mujer", prefijo="m")
    hombres = gente_de(pueblo, pueblo.otb_molle, 8, sexo="hombre", prefijo="h")
    d1, _ = contar_con((1, mujeres, 8), (1, hombres, 8))
    antes = json.dumps(d1.participacion)
    # Una borra su dato: calculado de nuevo, la resta diría qué era.
    DatosParaEstadisticas.objects.get(usuario=mujeres[0]).delete()
    votacion = Votacion.objects.get(slug=SLUG)
    fresco, suyas = consultas_participacion.calcular(votacion)
    assert suyas[d1.pk] != json.loads(antes)
    acciones.contar_votacion(votacion, actor=segunda())
    d1.refresh_from_db()
    assert json.dumps(d1.participacion) == antes


def test_quien_falto_de_a_pocos_no_se_compara(contar_con, pueblo):
    mujeres = gente_de(pueblo, pueblo.otb_molle, 9, sexo="mujer", prefijo="m")
    hombres = gente_de(pueblo, pueblo.otb_molle, 20, sexo="hombre", prefijo="h")
    # De 9 mujeres votaron 8: decir «8 de 9» señala a la que no fue.
    d1, _ = contar_con((1, mujeres, 8), (1, hombres, 8))
    assert [(f["votaron"], f.get("habilitadas")) for f in d1.participacion["tablas"]["sexo"]] == [(8, None), (8, None)]


def test_el_canal_se_publica_y_quien_voto_sin_cuenta_va_sin_dato(contar_con, pueblo, gente):
    mujeres = gente_de(pueblo, pueblo.otb_molle, 14, sexo="mujer", prefijo="m")
    d1, _ = contar_con((1, mujeres, 14))
    suyas = Participacion.objects.filter(contienda=d1)
    for participacion in suyas[:6]:  # en papel, reconocidas por su carnet
        identidad = Identidad.objects.create(huella=f"prueba-{participacion.pk}")
        Participacion.objects.filter(pk=participacion.pk).update(usuario=None, identidad=identidad, canal="papel")
    _, calculado = consultas_participacion.calcular(d1.votacion)
    assert calculado[d1.pk]["tablas"]["canal"] == [
        {"grupos": ["Por internet"], "votaron": 8},
        {"grupos": ["En papel"], "votaron": 6},
    ]
    assert [(f["grupos"], f["votaron"]) for f in calculado[d1.pk]["tablas"]["sexo"]] == [
        (["Mujer"], 8),
        (["No lo dijo"], 6),
    ]


def test_donde_hay_papeletas_de_varios_tamanos_solo_se_publica_el_de_mas_gente(contar_con, pueblo):
    mujeres = gente_de(pueblo, pueblo.otb_molle, 8, sexo="mujer", prefijo="m")
    hombres = gente_de(pueblo, pueblo.otb_molle, 8, sexo="hombre", prefijo="h")
    d1, _ = contar_con((1, mujeres, 8), (1, hombres, 8))
    ciudad = Contienda.objects.create(votacion=d1.votacion, area=pueblo.municipio, numero=9, presupuesto=1)
    # Las mismas, menos dos mujeres: la resta las señalaría.
    Participacion.objects.bulk_create(
        [Participacion(contienda=ciudad, usuario=persona) for persona in [*mujeres[2:], *hombres]]
    )
    todas, calculado = consultas_participacion.calcular(d1.votacion)
    assert calculado[d1.pk]["tablas"]["sexo"] and todas["personas"] == 16
    assert calculado[ciudad.pk] == {"personas": 14, "tablas": {}}


def test_contada_antes_de_que_hubiera_cuadros_no_muestra_la_seccion(contada, client):
    Votacion.objects.update(participacion={})
    Contienda.objects.update(participacion={})
    for url in (reverse("votaciones:resultado", args=[SLUG]), reverse("votaciones:resultado_distrito", args=[SLUG, 1])):
        respuesta = client.get(url)
        assert respuesta.status_code == 200
        assert "Quiénes participaron" not in respuesta.content.decode()


def test_si_nada_alcanza_se_dice_por_que_no_se_publica(contada, client):
    texto = client.get(reverse("votaciones:resultado", args=[SLUG])).content.decode()
    assert "No se publica: todas están en un mismo grupo, o son tan pocas que se sabría quiénes son." in texto
