"""El mapa del municipio: capas, filtros, lista gemela y puntos agrupados."""

import json
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from shapely.geometry import shape

from mapas.obras.models import Obra
from mapas.reportes.models import Reporte
from mapas.visor import propuestas as del_visor
from mapas.visor import reglas
from propuestas.models import Propuesta
from tests.elenco import PUNTO_D1, PUNTO_D2


def proponer(proceso, autor, categoria, numero, punto, distrito, **cambios):
    campos = {
        "proceso": proceso,
        "autor": autor,
        "categoria": categoria,
        "codigo": f"PR-{numero}",
        "titulo": f"Propuesta {numero}",
        "distrito": distrito,
        "lon": punto[0] if punto else None,
        "lat": punto[1] if punto else None,
        "estado": "publicada",
        "presentada": timezone.now(),
    }
    return Propuesta.objects.create(**campos | cambios)


@pytest.fixture
def cosas(gente, pueblo, recepcion):
    """Una propuesta en cada distrito, un borrador, un reporte y una obra en el distrito 1."""
    proponer(recepcion, gente.ana, pueblo.agua, 1, PUNTO_D1, pueblo.distrito_1, titulo="Agua para <Molle>")
    proponer(recepcion, gente.ana, pueblo.vias, 2, PUNTO_D2, pueblo.distrito_2, titulo="Puente Ceibo")
    Propuesta.objects.create(proceso=recepcion, autor=gente.ana, titulo="Borrador secreto", lon=0.4, lat=0.4)
    Reporte.objects.create(
        codigo="RC-1", categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="Hueco hondo", lon=0.2, lat=0.2
    )
    Obra.objects.create(
        codigo="OB-1",
        nombre="Pozo nuevo",
        categoria=pueblo.agua,
        distrito=pueblo.distrito_1,
        presupuesto=Decimal(1000),
        lon=0.3,
        lat=0.3,
    )


def texto_de(client, **parametros) -> str:
    respuesta = client.get("/mapa/", parametros)
    assert respuesta.status_code == 200
    return respuesta.content.decode()


def test_mapa_al_entrar_lista_todo_lo_publico_y_nada_mas(client, cosas):
    texto = texto_de(client)
    for titulo in ("Agua para &lt;Molle&gt;", "Puente Ceibo", "Hueco hondo", "Pozo nuevo", "Distrito 2"):
        assert titulo in texto
    assert "Borrador secreto" not in texto
    assert "6 resultados." in texto


@pytest.mark.parametrize(
    ("consulta", "estan", "faltan"),
    [
        ("capas=propuestas", ["Puente Ceibo"], ["Hueco hondo", "Pozo nuevo"]),
        ("capas=reportes,obras", ["Hueco hondo", "Pozo nuevo"], ["Puente Ceibo"]),
        ("capas=reportes&capas=obras", ["Hueco hondo", "Pozo nuevo"], ["Puente Ceibo"]),
        ("capas=obras,inventada", ["Pozo nuevo"], ["Hueco hondo"]),
        ("distrito=D-2", ["Puente Ceibo", "en Distrito 2"], ["Hueco hondo", "Molle&gt;"]),
        ("distrito=2&capas=propuestas", ["1 resultado en Distrito 2."], ["Hueco hondo"]),
        ("capas=otbs", ["OTB Molle", "/organizaciones/molle/", "OTB Ceibo"], ["Puente Ceibo"]),
        ("capas=", ["Aquí no hay nada que mostrar."], ["Puente Ceibo"]),
    ],
)
def test_mapa_con_filtros_en_la_direccion_muestra_solo_eso(client, cosas, consulta, estan, faltan):
    respuesta = client.get(f"/mapa/?{consulta}")
    lista = respuesta.content.decode().partition('id="lista"')[2]
    assert [frase for frase in estan if frase not in lista] == []
    assert [frase for frase in faltan if frase in lista] == []


def test_mapa_deja_marcadas_las_capas_elegidas(client, cosas):
    texto = texto_de(client, capas="obras", distrito="D-1")
    assert 'value="obras" checked' in texto
    assert 'value="propuestas" checked' not in texto
    assert '<option value="D-1" selected>' in texto


def test_mapa_pone_los_grados_con_punto_y_la_clave_del_pin(client, cosas):
    propuesta = Propuesta.objects.get(codigo="PR-2")
    assert f'data-clave="propuestas-{propuesta.pk}" data-lon="1.5" data-lat="0.5"' in texto_de(client)


@pytest.mark.parametrize("ruta", ["/mapa/?distrito=D-99", "/mapa/capas/propuestas.geojson?distrito=no"])
def test_mapa_de_un_distrito_que_no_existe_da_404(client, cosas, ruta):
    assert client.get(ruta).status_code == 404


@pytest.mark.parametrize("ruta", ["/mapa/", "/mapa/capas/propuestas.geojson"])
def test_mapa_con_otro_metodo_da_405(client, pueblo, ruta):
    assert client.post(ruta).status_code == 405


@pytest.mark.parametrize("codigo", ["inventada", "distritos", "otbs"])
def test_capa_que_no_es_de_puntos_da_404(client, pueblo, codigo):
    assert client.get(f"/mapa/capas/{codigo}.geojson").status_code == 404


def test_capa_es_geojson_wgs84_con_todo_lo_de_su_ventanita(client, cosas):
    respuesta = client.get("/mapa/capas/propuestas.geojson", {"distrito": "D-1"})
    datos = json.loads(respuesta.content)
    propuesta = Propuesta.objects.get(codigo="PR-1")
    assert respuesta["Content-Type"] == "application/geo+json"
    assert (datos["type"], datos["total"], datos["agrupada"]) == ("FeatureCollection", 1, False)
    assert shape(datos["features"][0]["geometry"]).coords[0] == PUNTO_D1
    assert datos["features"][0]["properties"] == {
        "clave": f"propuestas-{propuesta.pk}",
        "titulo": "Agua para <Molle>",
        "etiqueta": "Publicada",
        "tono": "info",
        "categoria": "agua",
        "estado": "publicada",
        "url": f"/propuestas/{propuesta.pk}/",
        "distrito": "Distrito 1",
    }


def test_capa_de_reportes_y_obras_traen_lo_suyo(client, cosas):
    for codigo, titulo in (("reportes", "Hueco hondo"), ("obras", "Pozo nuevo")):
        rasgos = json.loads(client.get(f"/mapa/capas/{codigo}.geojson").content)["features"]
        assert [rasgo["properties"]["titulo"] for rasgo in rasgos] == [titulo]


@pytest.mark.parametrize(
    "consulta", ["z=x", "z=-1", "z=20", "caja=1,2,3", "caja=1,2,3,x", "caja=3,0,1,1", "caja=0,3,1,1", "caja=0,0,nan,1"]
)
def test_capa_con_mala_vista_da_400_con_frase(client, pueblo, consulta):
    respuesta = client.get(f"/mapa/capas/propuestas.geojson?{consulta}")
    assert respuesta.status_code == 400
    assert respuesta.json()["error"].startswith("La vista se pide con z de 0 a 19")


def test_capa_con_caja_trae_solo_lo_de_adentro(client, cosas):
    datos = json.loads(client.get("/mapa/capas/propuestas.geojson", {"z": 12, "caja": "1,0,2,1"}).content)
    assert [rasgo["properties"]["titulo"] for rasgo in datos["features"]] == ["Puente Ceibo"]


def test_capa_con_muchos_puntos_los_agrupa_sin_perder_ninguno(client, cosas, gente, pueblo, recepcion):
    for numero in range(10, 60):
        proponer(recepcion, gente.ana, pueblo.agua, numero, (0.5 + numero / 1e6, 0.5), pueblo.distrito_1)
    datos = json.loads(client.get("/mapa/capas/propuestas.geojson", {"z": 10}).content)
    cuantos = [rasgo["properties"].get("cuantos", 1) for rasgo in datos["features"]]
    assert (datos["agrupada"], datos["total"], sum(cuantos)) == (True, 52, 52)
    assert sorted(cuantos) == [1, 51]


def test_mapa_hace_las_mismas_consultas_con_mas_filas(client, cosas, gente, pueblo, recepcion):
    def contar(ruta: str) -> int:
        client.get(ruta)
        with CaptureQueriesContext(connection) as capturadas:
            assert client.get(ruta).status_code == 200
        return len(capturadas)

    rutas = ["/mapa/", "/mapa/?capas=otbs", "/mapa/capas/propuestas.geojson"]
    for numero in range(50, 50 + reglas.PUNTOS_SUELTOS):  # ya agrupadas: de ahí en más, siempre lo mismo
        proponer(recepcion, gente.ana, pueblo.agua, numero, PUNTO_D2, pueblo.distrito_2)
    pocas = [contar(ruta) for ruta in rutas]
    for numero in range(100, 150):
        proponer(recepcion, gente.ana, pueblo.agua, numero, PUNTO_D2, pueblo.distrito_2)
    assert [contar(ruta) for ruta in rutas] == pocas
    assert max(pocas) <= 12


# --- Reglas ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("zoom", [0, 8, 12, 15, 19])
def test_agrupar_reparte_cada_punto_una_sola_vez(zoom):
    azar = random.Random(zoom)
    puntos = [{"lon": azar.uniform(-66.4, -66.2), "lat": azar.uniform(-17.5, -17.2)} for _ in range(1000)]
    sueltos, grupos = reglas.agrupar(puntos, zoom)
    assert len(sueltos) + sum(grupo.cuantos for grupo in grupos) == 1000
    assert all(grupo.cuantos > 1 for grupo in grupos)


def test_agrupar_pocos_puntos_los_deja_sueltos_aunque_esten_juntos():
    puntos = [{"lon": -66.3, "lat": -17.4}] * reglas.PUNTOS_SUELTOS
    assert reglas.agrupar(puntos, 0) == (puntos, [])
    assert reglas.agrupar([], 12) == ([], [])


def test_agrupar_bien_de_cerca_los_deja_sueltos_hasta_un_limite():
    puntos = [{"lon": -66.3, "lat": -17.4}] * reglas.PUNTOS_DE_CERCA
    assert reglas.agrupar(puntos, 18) == (puntos, [])
    assert reglas.agrupar([*puntos, puntos[0]], 18)[1][0].cuantos == reglas.PUNTOS_DE_CERCA + 1


def test_agrupar_mas_cerca_junta_menos():
    azar = random.Random(1)
    puntos = [{"lon": azar.uniform(-66.4, -66.2), "lat": azar.uniform(-17.5, -17.2)} for _ in range(500)]
    marcas = [len(sueltos) + len(grupos) for sueltos, grupos in (reglas.agrupar(puntos, zoom) for zoom in (8, 12, 16))]
    assert marcas == sorted(marcas)
    assert marcas[0] < 10


def test_en_caja_incluye_los_bordes():
    puntos = [{"lon": lon, "lat": 0.0} for lon in (-0.01, 0.0, 1.0, 1.01)]
    assert [punto["lon"] for punto in reglas.en_caja(puntos, (0, 0, 1, 0))] == [0.0, 1.0]


# --- Propuestas: el mapa y su lista dicen lo mismo -------------------------------------------------------------------
@pytest.fixture
def muchas(gente, pueblo, recepcion):
    """Ciento veinte propuestas repartidas por el municipio y diez sin punto."""
    azar = random.Random(5)
    ahora = timezone.now()
    lugares = [(pueblo.distrito_1, 0.0), (pueblo.distrito_2, 1.0)]
    Propuesta.objects.bulk_create(
        Propuesta(
            proceso=recepcion, autor=gente.ana, categoria=pueblo.agua if n % 3 else pueblo.vias, codigo=f"PR-M-{n}",
            titulo=f"Propuesta {n}", distrito=lugares[n % 2][0], estado="publicada", presentada=ahora,
            monto_solicitado=Decimal(1000 * (n + 1)), busqueda=f"propuesta {n}",
            lon=lugares[n % 2][1] + azar.random() if n < 120 else None, lat=azar.random() if n < 120 else None,
        )
        for n in range(130)
    )  # fmt: skip


@pytest.mark.parametrize(
    "filtro",
    [
        {},
        {"distrito": "D-1"},
        {"distrito": "2", "categoria": "agua"},
        {"q": "propuesta 7"},
        {"desde": "50.000", "hasta": "90.000"},
        {"estado": "grupo-recibiendo-apoyos", "lugar": "con"},
        {"estado": "viable"},
        {"lugar": "sin"},
    ],
)
@pytest.mark.parametrize("zoom", [8, 13, 19])
def test_mapa_su_lista_y_la_lista_de_propuestas_dicen_lo_mismo(client, muchas, filtro, zoom):
    datos = json.loads(client.get("/mapa/capas/propuestas.geojson", {**filtro, "z": zoom}).content)
    en_el_mapa = sum(rasgo["properties"].get("cuantos", 1) for rasgo in datos["features"])
    pagina = client.get("/mapa/", {**filtro, "capas": "propuestas"})
    # El mapa también entiende el distrito por su número.
    en_la_lista = client.get("/propuestas/", filtro | ({"distrito": "D-2"} if filtro.get("distrito") == "2" else {}))
    assert en_el_mapa == datos["total"] == pagina.context["pagina"].paginator.count
    assert en_el_mapa + pagina.context["sin_punto"] == en_la_lista.context["pagina"].paginator.count


def test_mapa_pasa_las_paginas_de_varias_capas_sin_saltar_ni_repetir(client, muchas, pueblo):
    Reporte.objects.bulk_create(
        Reporte(
            codigo=f"RC-{n}", categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="Hueco", lon=0.2, lat=0.2
        )
        for n in range(25)
    )  # fmt: skip
    vistas = []
    for numero in range(1, 9):
        respuesta = client.get("/mapa/", {"capas": "propuestas,reportes", "pagina": numero})
        vistas += [elemento.clave for elemento in respuesta.context["elementos"]]
    assert (len(vistas), len(set(vistas))) == (145, 145)
    assert [clave.split("-")[0] for clave in vistas] == ["propuestas"] * 120 + ["reportes"] * 25


def test_mapa_con_filtros_los_dice_los_guarda_y_deja_quitarlos(client, muchas):
    texto = texto_de(client, capas="propuestas", categoria="vias", distrito="D-1")
    assert "De las propuestas, solo: Distrito 1 · Vías." in texto
    assert '<input type="hidden" name="categoria" value="vias" data-filtro>' in texto
    assert 'href="/propuestas/?distrito=D-1&amp;categoria=vias"' in texto
    assert 'href="/propuestas/?distrito=D-1&amp;categoria=vias&amp;lugar=sin"' in texto
    assert "De las propuestas, solo" not in texto_de(client, capas="propuestas", distrito="D-1")


def test_capa_de_cerca_o_sin_caja_nunca_trae_mas_marcas_que_el_tope(client, muchas, gente, pueblo, recepcion):
    azar = random.Random(6)
    ahora = timezone.now()
    Propuesta.objects.bulk_create(
        Propuesta(
            proceso=recepcion, autor=gente.ana, categoria=pueblo.agua, codigo=f"PR-T-{n}", titulo="Ñ" * 120,
            distrito=pueblo.distrito_1, estado="publicada", presentada=ahora, lon=azar.random(), lat=azar.random(),
        )
        for n in range(900)
    )  # fmt: skip
    for vista in ({"z": 19}, {"z": 17}, {"z": 14}, {"z": 19, "caja": "0,0,2,1"}):
        respuesta = client.get("/mapa/capas/propuestas.geojson", vista)
        rasgos = json.loads(respuesta.content)["features"]
        assert len(rasgos) <= reglas.MARCAS_MAXIMAS
        assert sum(rasgo["properties"].get("cuantos", 1) for rasgo in rasgos) == 1020
        assert len(respuesta.content) <= 100_000


@pytest.mark.parametrize("zoom", [0, 12, 19])
def test_la_base_agrupa_igual_que_la_regla(muchas, zoom):
    todas = Propuesta.objects.publicadas()
    _, sueltas, grupos = del_visor.en_el_mapa(todas, None, zoom)
    esperadas, esperados = reglas.agrupar(del_visor.puntos_de(del_visor.con_punto(todas).order_by("pk")), zoom)
    if zoom < reglas.ZOOM_SIN_GRUPOS and len(esperadas) < 120:
        # La regla mide las celdas con la latitud del primero, y la base con la del promedio: casi la misma cuadrícula.
        assert abs(len(sueltas) + len(grupos) - len(esperadas) - len(esperados)) <= 12
    assert len(sueltas) + sum(grupo.cuantos for grupo in grupos) == 120
