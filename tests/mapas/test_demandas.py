"""La página de demandas y sus descargas."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from shapely.geometry import shape

from civic.procesos.models import Fase, Proceso
from mapas.demandas import consultas, exportes
from mapas.demandas.consultas import Fila, Filtro
from mapas.reportes.models import Reporte
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.models import Duda
from propuestas.models import Propuesta
from tests.elenco import PUNTO_D1, PUNTO_D2, crear_proceso, cuadrado

CSV_Y_GEOJSON = [f"/demandas/{nivel}.{formato}" for nivel in ("distritos", "otbs") for formato in ("csv", "geojson")]


@pytest.fixture
def proponer(gente, pueblo, recepcion):
    def nueva(numero, **campos):
        base = {
            "proceso": recepcion,
            "autor": gente.ana,
            "categoria": pueblo.agua,
            "codigo": f"PR-{numero}",
            "titulo": f"Propuesta {numero}",
            "distrito": pueblo.distrito_1,
            "estado": "publicada",
            "presentada": timezone.now(),
        }
        return Propuesta.objects.create(**base | campos)

    return nueva


@pytest.fixture
def pedidos(proponer, gente, pueblo, recepcion):
    """Tres propuestas que cuentan, tres que no, dos reportes (uno resuelto)."""
    proponer(1, lon=PUNTO_D1[0], lat=PUNTO_D1[1], monto_solicitado=Decimal("600000.10"), apoyos_contados=3)
    proponer(2, lon=PUNTO_D2[0], lat=PUNTO_D2[1], distrito=pueblo.distrito_2, monto_solicitado=Decimal("30000.20"))
    proponer(3, distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo, categoria=pueblo.vias, monto_solicitado=1000)
    proponer(4, estado="fusionada", monto_solicitado=5)
    proponer(5, estado="retirada", monto_solicitado=5)
    Propuesta.objects.create(proceso=recepcion, autor=gente.ana, titulo="Borrador secreto", monto_solicitado=999_999)
    comun = {"categoria": pueblo.vias, "distrito": pueblo.distrito_1}
    Reporte.objects.create(codigo="RC-1", descripcion="Hueco", estado="asignado", **comun)
    Reporte.objects.create(codigo="RC-2", descripcion="Hueco", estado="resuelto", **comun)


def numeros(filas):
    return {fila.codigo: (fila.propuestas, fila.monto, fila.apoyos, fila.reportes) for fila in filas}


def test_demandas_por_distrito_suman_exactamente_lo_publico(pedidos):
    assert numeros(consultas.demandas_por_distrito()) == {
        "D-1": (1, Decimal("600000.10"), 3, 1),
        "D-2": (2, Decimal("31000.20"), 0, 0),
        "": (0, Decimal(0), 0, 0),
    }


def test_demandas_por_otb_usan_el_punto_o_lo_declarado(pedidos):
    assert numeros(consultas.demandas_por_otb()) == {
        "O-1": (1, Decimal("600000.10"), 3, 0),
        "O-2": (1, Decimal("1000"), 0, 0),
        "": (1, Decimal("30000.20"), 0, 1),
    }


def test_demandas_filtradas_por_categoria_y_proceso(pedidos, pueblo, recepcion):
    otro = crear_proceso(pueblo, "recepcion", slug="otro")
    assert numeros(consultas.demandas_por_distrito(Filtro(categoria=pueblo.vias)))["D-2"] == (1, Decimal(1000), 0, 0)
    filas = consultas.demandas_por_distrito(Filtro(proceso=otro))
    assert numeros(filas)["D-1"] == (0, Decimal(0), 0, 1)
    assert [fila.techo for fila in filas] == [Decimal(300000), Decimal(300000), None]
    assert consultas.Lectura().total().techo == Decimal(1_200_000)


def test_demandas_se_ponen_al_dia_cuando_algo_cambia(pedidos, proponer, pueblo):
    assert consultas.Lectura().total().propuestas == 3
    proponer(9, monto_solicitado=7)
    assert consultas.Lectura().total().propuestas == 4
    Propuesta.objects.filter(codigo="PR-9").update(apoyos_contados=40)
    assert consultas.Lectura().total().apoyos == 43
    Reporte.objects.filter(codigo="RC-1").update(estado="resuelto")
    assert consultas.Lectura().total().reportes == 0
    pueblo.distrito_1.nombre = "Distrito del Molle"
    pueblo.distrito_1.save()
    assert consultas.demandas_por_distrito()[0].nombre == "Distrito del Molle"


def test_demandas_sin_cambios_no_repite_el_analisis(pedidos, monkeypatch):
    consultas.demandas_por_distrito()
    monkeypatch.setattr(consultas, "_analizar", lambda filtro: pytest.fail("analizó otra vez"))
    assert numeros(consultas.demandas_por_otb())["O-2"][0] == 1


# --- La página -------------------------------------------------------------------------------------------------------
def test_pagina_dice_cuanto_se_pide_frente_al_techo(client, pedidos):
    texto = client.get("/demandas/").content.decode().replace("\u00a0", " ")
    assert '3 propuestas piden <strong class="num">Bs 631.000,30</strong>' in texto
    assert "2 veces su techo (Bs 300.000)" in texto
    assert "10 % de su techo (Bs 300.000)" in texto
    assert 'aria-label="Distrito 2: 2" class="c4"' in texto
    assert "Borrador secreto" not in texto
    assert "aproximado, no oficial" in texto


@pytest.mark.parametrize("medida", ["propuestas", "monto", "apoyos", "reportes", "inventada"])
def test_pagina_pinta_por_cada_medida(client, pedidos, medida):
    respuesta = client.get("/demandas/", {"medida": medida})
    assert respuesta.status_code == 200
    assert respuesta.context["medida"] == (medida if medida != "inventada" else "propuestas")


@pytest.mark.parametrize(
    ("consulta", "frase"),
    [
        ("ver=otbs", "OTB Ceibo"),
        ("ver=otbs&pagina=x", "OTB Molle"),
        ("ver=otbs&distrito=D-2", "Por OTB y comunidad, Distrito 2"),
        ("ver=categorias", "Agua potable"),
        ("ver=inventada", "Propuestas por distrito"),
        ("ver=categorias&categoria=vias", "Vías"),
    ],
)
def test_pagina_en_cada_vista_muestra_lo_suyo(client, pedidos, consulta, frase):
    respuesta = client.get(f"/demandas/?{consulta}")
    assert respuesta.status_code == 200
    assert frase in respuesta.content.decode()


def test_pagina_de_otbs_de_un_distrito_no_muestra_las_de_otro(client, pedidos):
    filas = client.get("/demandas/", {"ver": "otbs", "distrito": "D-2"}).context["filas"]
    assert [fila.codigo for fila in filas] == ["O-2"]


def test_pagina_sin_demandas_explica_que_vendra(client, pueblo):
    assert "Todavía nadie pidió nada." in client.get("/demandas/").content.decode()


@pytest.mark.parametrize("consulta", ["proceso=no", "categoria=%07", "ver=otbs&distrito=99"])
def test_pagina_con_filtro_que_no_existe_da_404(client, pedidos, consulta):
    assert client.get(f"/demandas/?{consulta}").status_code == 404


def test_pagina_de_un_proceso_sin_publicar_da_404(client, pedidos, recepcion):
    recepcion.publicado = False
    recepcion.save()
    assert client.get("/demandas/", {"proceso": recepcion.slug}).status_code == 404
    assert consultas.Lectura().total().propuestas == 0


@pytest.mark.parametrize("ruta", ["/demandas/", *CSV_Y_GEOJSON])
def test_demandas_con_otro_metodo_da_405(client, pueblo, ruta):
    assert client.post(ruta).status_code == 405


@pytest.mark.parametrize("vista", ["", "?ver=otbs", "?ver=categorias"])
def test_pagina_hace_las_mismas_consultas_con_mas_filas(client, pedidos, proponer, vista):
    def contar() -> int:
        client.get(f"/demandas/{vista}")
        with CaptureQueriesContext(connection) as capturadas:
            assert client.get(f"/demandas/{vista}").status_code == 200
        return len(capturadas)

    pocas = contar()
    for numero in range(100, 130):
        proponer(numero, monto_solicitado=numero)
    assert contar() == pocas
    assert pocas <= 12


# --- Descargas -------------------------------------------------------------------------------------------------------
def test_csv_de_distritos_trae_las_cifras_y_suma_el_total(client, pedidos):
    respuesta = client.get("/demandas/distritos.csv")
    assert respuesta["Content-Disposition"] == 'attachment; filename="demandas-distritos.csv"'
    assert respuesta.content.startswith(b"\xef\xbb\xbfcodigo,")
    filas = list(csv.DictReader(io.StringIO(respuesta.content.decode("utf-8-sig"))))
    assert [(fila["codigo"], fila["propuestas"], fila["monto_pedido_bs"]) for fila in filas] == [
        ("D-1", "1", "600000.1"),
        ("D-2", "2", "31000.2"),
        ("", "0", "0"),
    ]
    assert [fila["propuestas_agua"] for fila in filas] == ["1", "1", "0"]
    assert filas[0]["propuestas_por_1000_hab"] == "1.0"


def test_csv_con_filtro_que_no_existe_da_404(client, pedidos):
    assert client.get("/demandas/otbs.csv?proceso=no").status_code == 404


@pytest.mark.parametrize("peligroso", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_csv_con_nombre_que_parece_formula_le_pone_apostrofo(peligroso):
    texto = exportes.a_csv([Fila("O-1", peligroso, 0, Decimal(0), 0, 0)])
    assert (
        next(iter(csv.DictReader(io.StringIO(texto.removeprefix("\ufeff"), newline=""))))["nombre"] == f"'{peligroso}"
    )


def test_csv_con_comas_y_comillas_se_relee_igual():
    texto = exportes.a_csv([Fila("O-1", 'Villa "Sol", norte', 2, Decimal("10.50"), 1, 0)])
    fila = next(iter(csv.DictReader(io.StringIO(texto.removeprefix("\ufeff")))))
    assert (fila["nombre"], fila["monto_pedido_bs"]) == ('Villa "Sol", norte', "10.50")


@pytest.mark.parametrize(("nivel", "codigos"), [("distritos", ["D-1", "D-2"]), ("otbs", ["O-1", "O-2"])])
def test_geojson_es_wgs84_valido_y_lleva_su_aviso(client, pedidos, nivel, codigos):
    respuesta = client.get(f"/demandas/{nivel}.geojson")
    datos = json.loads(respuesta.content)
    assert respuesta["Content-Type"] == "application/geo+json"
    assert (datos["type"], datos["aviso"]) == ("FeatureCollection", "aproximado, no oficial")
    assert [rasgo["properties"]["codigo"] for rasgo in datos["features"]] == codigos
    assert {rasgo["properties"]["aviso"] for rasgo in datos["features"]} == {"aproximado, no oficial"}
    for rasgo in datos["features"]:
        if rasgo["geometry"] is not None:
            forma = shape(rasgo["geometry"])
            oeste, sur, este, norte = forma.bounds
            assert forma.is_valid
            assert -180 <= oeste <= este <= 180 and -90 <= sur <= norte <= 90


def test_geojson_cuenta_tambien_lo_que_no_tiene_ubicacion(client, pedidos):
    datos = json.loads(client.get("/demandas/otbs.geojson").content)
    filas = [*(rasgo["properties"] for rasgo in datos["features"]), datos["sin_ubicacion"]]
    assert sum(fila["propuestas"] for fila in filas) == 3
    assert sum(Decimal(str(fila["monto_pedido_bs"])) for fila in filas) == Decimal("631000.3")
    assert datos["features"][1]["geometry"] is None


# --- Los límites de entonces -----------------------------------------------------------------------------------------
def terminar(proceso, gestion: int, fin: datetime.datetime) -> None:
    proceso.gestion = gestion
    proceso.save()
    proceso.fases.all().delete()
    Fase.objects.create(
        proceso=proceso, tipo="recepcion", nombre="Recepción", inicio=fin - datetime.timedelta(days=30), fin=fin
    )


def en_bolivia(*fecha: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime(*fecha))


@pytest.mark.parametrize(
    ("gestion", "fin", "dia"),
    [
        (2025, (2025, 6, 1), datetime.date(2025, 5, 31)),  # una fase hasta las 0:00 del 1 termina el 31
        (2025, (2025, 6, 1, 18), datetime.date(2025, 6, 1)),
        (2025, (2026, 3, 1), datetime.date(2025, 12, 31)),  # su gestión terminó antes
        (2027, (2099, 1, 1), None),
    ],
)
def test_dia_de_un_proceso_es_su_fin_o_el_de_su_gestion(recepcion, gestion, fin, dia):
    terminar(recepcion, gestion, en_bolivia(*fin))
    assert consultas.dia_de(Proceso.objects.get(pk=recepcion.pk)) == dia
    assert consultas.dia_de(None) is None


def test_un_proceso_terminado_se_cuenta_con_los_limites_de_entonces(client, pueblo, recepcion, proponer):
    terminar(recepcion, 2025, en_bolivia(2025, 6, 1))
    proponer(50, monto_solicitado=10, lon=0.5, lat=0.5, distrito=pueblo.distrito_1, otb=None)
    cambio = datetime.date(2025, 7, 1)
    trazar_limite(pueblo.otb_molle, None, desde=cambio)
    trazar_limite(pueblo.distrito_1, cuadrado(0, 0, 0.2, 1), desde=cambio)
    trazar_limite(pueblo.distrito_2, cuadrado(0.2, 0, 2, 1), desde=cambio)
    proceso = Proceso.objects.get(pk=recepcion.pk)
    assert numeros(consultas.demandas_por_distrito(Filtro(proceso=proceso)))["D-1"][0] == 1
    assert numeros(consultas.demandas_por_distrito())["D-2"][0] == 1
    pagina = client.get("/demandas/", {"proceso": proceso.slug}).content.decode()
    assert "con los límites del 31/05/2025" in pagina
    assert "con los límites del" not in client.get("/demandas/").content.decode()
    datos = json.loads(client.get("/demandas/distritos.geojson", {"proceso": proceso.slug}).content)
    assert datos["limites_del"] == "2025-05-31"
    assert shape(datos["features"][0]["geometry"]).bounds == (0, 0, 1, 1)


def test_lo_que_una_persona_decidio_vale_mas_que_el_punto(pueblo, proponer):
    propuesta = proponer(51, monto_solicitado=10, lon=0.5, lat=0.5, distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo)
    assert numeros(consultas.demandas_por_distrito())["D-1"][0] == 1
    Duda.objects.create(
        objeto_tipo="propuestas.propuesta", objeto_id=propuesta.pk, titulo="x", lon=0.5, lat=0.5, motivo="traslape",
        estado="resuelta", resuelta=timezone.now(),
    )  # fmt: skip
    assert numeros(consultas.demandas_por_distrito())["D-2"][0] == 1
