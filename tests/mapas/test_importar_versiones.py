"""Publicar versiones: qué queda, qué cambia, qué termina y qué se niega. La orden de consola y sus salidas."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from mapas.territorio import acciones
from mapas.territorio.consultas import ubicar
from mapas.territorio.models import Area, Importacion, Limite
from tests.elenco import crear_area, cuadrado
from tests.mapas.piezas_territorio import cuadricula, geojson, poligono, rasgo

ENERO = datetime.date(2026, 1, 1)
JULIO = datetime.date(2026, 7, 1)
CRUZADO = poligono([[-68, -16], [-67, -15], [-67, -16], [-68, -15], [-68, -16]])


@pytest.fixture
def municipio(db):
    return crear_area(tipo="municipio", codigo="M1", nombre="Villa", geometria=cuadrado(-69, -17, -67, -15))


def revisar(*rasgos, **cambios) -> Importacion:
    opciones = {"tipo": "distrito", "campo_codigo": "cod", "campo_nombre": "nom", "municipio": "M1"} | cambios
    return acciones.revisar_territorio("distritos.geojson", geojson(*rasgos), **opciones)


def publicar(*rasgos, desde=None, parcial=False, **cambios) -> Importacion:
    return acciones.publicar_version(revisar(*rasgos, **cambios), desde=desde, parcial=parcial)


def cuentas(importacion: Importacion) -> tuple:
    return importacion.nuevas, importacion.cambiadas, importacion.iguales, importacion.terminadas


def vigentes(dia) -> dict:
    limites = Limite.objects.vigentes(dia).filter(area__tipo="distrito")
    return {limite.area.codigo: limite.geometria for limite in limites.select_related("area")}


# --- Versiones -------------------------------------------------------------------------------------------------------
def test_la_primera_version_vale_desde_siempre(municipio):
    hecha = publicar(*cuadricula(2))
    assert cuentas(hecha) == (4, 0, 0, 0) and hecha.desde == acciones.SIEMPRE
    area = Area.objects.get(tipo="distrito", codigo="3")
    assert (area.municipio, area.padre, area.orden, area.vigente_desde) == (municipio, municipio, 3, acciones.SIEMPRE)
    assert area.limites.get().importacion == hecha
    assert (hecha.estado, hecha.contenido, hecha.municipio) == ("publicada", {}, municipio)


def test_la_segunda_version_cierra_abre_crea_y_termina(municipio):
    rasgos = cuadricula(2)
    publicar(*rasgos)
    corrido = rasgo("2", cuadrado(-67.99, -16, -67.975, -15.99), "Área 2")
    hecha = publicar(rasgos[0], corrido, rasgos[2], rasgo("9", cuadrado(-68.5, -16, -68.4, -15.9)), desde=ENERO)
    assert cuentas(hecha) == (1, 1, 2, 1)
    antes, despues = vigentes(ENERO - datetime.timedelta(days=1)), vigentes(ENERO)
    assert antes.keys() == {"1", "2", "3", "4"} and despues.keys() == {"1", "2", "3", "9"}
    assert antes["2"] == rasgos[1]["geometry"] and despues["2"] == corrido["geometry"]
    assert antes["1"] == despues["1"] and Limite.objects.filter(area__codigo="1", area__tipo="distrito").count() == 1
    assert Area.objects.get(tipo="distrito", codigo="4").vigente_hasta == ENERO
    assert Area.objects.get(tipo="distrito", codigo="9").vigente_desde == ENERO


def test_lo_de_un_ano_pasado_sigue_en_sus_limites(municipio):
    oeste, este = rasgo("1", cuadrado(-68, -16, -67.5, -15.5)), rasgo("2", cuadrado(-67.5, -16, -67, -15.5))
    publicar(oeste, este)
    assert ubicar(-67.6, -15.8).distrito.codigo == "1"
    publicar(rasgo("1", cuadrado(-68, -16, -67.7, -15.5)), rasgo("2", cuadrado(-67.7, -16, -67, -15.5)), desde=JULIO)
    assert ubicar(-67.6, -15.8).distrito.codigo == "2"
    el_ano_pasado = vigentes(datetime.date(2025, 6, 1))
    assert el_ano_pasado == {"1": oeste["geometry"], "2": este["geometry"]}
    assert Area.objects.distritos().vigentes(datetime.date(2025, 6, 1)).count() == 2


def test_el_mismo_archivo_otra_vez_no_cambia_nada(municipio):
    publicar(*cuadricula(2), desde=ENERO)
    antes = list(Area.objects.values_list("pk", "cambiada")), list(Limite.objects.values_list("pk", "publicado"))
    assert cuentas(publicar(*cuadricula(2), desde=ENERO)) == (0, 0, 4, 0)
    assert cuentas(publicar(*cuadricula(2))) == (0, 0, 4, 0)
    assert antes == (
        list(Area.objects.values_list("pk", "cambiada")),
        list(Limite.objects.values_list("pk", "publicado")),
    )
    assert "nada que cambiar" in Suceso.objects.filter(verbo="publicar_territorio").first().texto


@pytest.mark.parametrize(
    ("desde", "frase"),
    [
        (ENERO, "ya tiene otro límite desde el 01/01/2026: para cambiarlo elige una fecha posterior"),
        (ENERO - datetime.timedelta(days=1), "Ya hay límites publicados desde el 01/01/2026"),
    ],
)
def test_la_misma_fecha_con_otra_forma_o_una_anterior_se_niega(municipio, desde, frase):
    publicar(*cuadricula(1), desde=ENERO)
    with pytest.raises(ReglaIncumplida, match=frase):
        publicar(rasgo("1", cuadrado(-68, -16, -67.9, -15.9)), desde=desde)
    assert vigentes(ENERO) == {"1": cuadricula(1)[0]["geometry"]}
    assert Importacion.objects.filter(estado="publicada").count() == 1


def test_terminar_el_mismo_dia_que_empezo_se_niega(municipio):
    publicar(*cuadricula(2), desde=ENERO)
    with pytest.raises(ReglaIncumplida, match="elige una fecha posterior"):
        publicar(*cuadricula(2)[:3], desde=ENERO)


def test_renombrar_deja_el_nombre_anterior_como_alias(municipio):
    publicar(rasgo("1", cuadrado(-68, -16, -67.9, -15.9), "Vieja"))
    hecha = publicar(rasgo("1", cuadrado(-68, -16, -67.9, -15.9), "Nueva"), desde=ENERO)
    area = Area.objects.get(tipo="distrito")
    assert cuentas(hecha) == (0, 0, 1, 0)
    assert (area.nombre, area.alias, area.limites.count()) == ("Nueva", ["Vieja"], 1)
    assert list(Area.objects.que_dicen("vieja")) == [area]


def test_lo_rechazado_no_termina_y_lo_que_falta_si(municipio):
    rasgos = cuadricula(2)
    publicar(*rasgos)
    hecha = publicar(rasgos[0], rasgo("2", CRUZADO), desde=ENERO, parcial=True)
    assert cuentas(hecha) == (0, 0, 1, 2)
    assert vigentes(ENERO).keys() == {"1", "2"}


def test_con_una_rechazada_sin_codigo_nada_termina(municipio):
    rasgos = cuadricula(2)
    publicar(*rasgos)
    assert cuentas(publicar(rasgos[0], rasgo(None, None), desde=ENERO, parcial=True)) == (0, 0, 1, 0)


def test_las_que_nunca_tuvieron_poligono_no_terminan(municipio):
    solo_nombre = crear_area(tipo="distrito", codigo="77", nombre="Rural", municipio=municipio, padre=municipio)
    publicar(*cuadricula(1))
    hecha = publicar(rasgo("5", cuadrado(-68.5, -16, -68.4, -15.9)), desde=ENERO)
    solo_nombre.refresh_from_db()
    assert (hecha.terminadas, solo_nombre.vigente_hasta) == (1, None)


def test_la_que_ya_existia_sin_poligono_lo_recibe(municipio):
    rural = crear_area(tipo="distrito", codigo="1", nombre="Área 1", municipio=municipio, padre=municipio)
    assert cuentas(publicar(*cuadricula(1))) == (0, 1, 0, 0)
    assert rural.limites.get().desde == acciones.SIEMPRE


def test_la_que_termino_vuelve_con_su_mismo_codigo(municipio):
    rasgos = cuadricula(2)
    publicar(*rasgos)
    publicar(*rasgos[:3], desde=ENERO)
    publicar(*rasgos, desde=JULIO)
    area = Area.objects.get(tipo="distrito", codigo="4")
    assert area.vigente_hasta is None
    assert list(area.limites.order_by("desde").values_list("desde", "hasta")) == [
        (acciones.SIEMPRE, ENERO),
        (JULIO, None),
    ]


def test_municipios_que_faltan_en_el_archivo_no_se_tocan(db):
    acciones.publicar_version(revisar(*cuadricula(2), tipo="municipio", municipio=""))
    otro = revisar(rasgo("9", cuadrado(-60, -16, -59, -15)), tipo="municipio", municipio="")
    hecha = acciones.publicar_version(otro)
    assert cuentas(hecha) == (1, 0, 0, 0)
    assert Area.objects.municipios().vigentes().count() == 5
    assert Area.objects.get(codigo="9").vigente_desde == acciones.SIEMPRE


def test_otro_municipio_con_los_mismos_codigos_no_se_toca(municipio):
    publicar(*cuadricula(2))
    crear_area(tipo="municipio", codigo="M2", nombre="Otra", geometria=cuadrado(-69, -17, -67, -15))
    assert cuentas(publicar(*cuadricula(1), municipio="M2")) == (1, 0, 0, 0)
    assert Area.objects.filter(tipo="distrito", municipio=municipio).vigentes().count() == 4


def test_otb_sin_distrito_queda_sin_padre_y_con_distrito_lo_halla(municipio):
    publicar(rasgo("1", cuadrado(-68, -16, -67.9, -15.9)))
    dentro, sola = rasgo("a", cuadrado(-67.99, -15.99, -67.98, -15.98)), rasgo("b", cuadrado(-68.5, -16, -68.4, -15.9))
    publicar(dentro, sola, tipo="otb")
    assert dict(Area.objects.otbs().values_list("codigo", "padre__codigo")) == {"a": "1", "b": None}
    publicar(dentro, rasgo("b", cuadrado(-68.5, -16, -68.3, -15.9)), tipo="otb", desde=ENERO)
    assert Area.objects.get(codigo="b").padre is None


def test_la_clase_de_cada_organizacion_sale_de_su_campo(municipio):
    escritas = ["OTB", "JUNTA  VECINAL", "sindicato_agrario", "Comunidad Campesina", "Junta de vecinos", ""]
    rasgos = [
        dato | {"properties": dato["properties"] | {"que": escrita}}
        for dato, escrita in zip(cuadricula(3), escritas, strict=False)
    ]
    publicar(*rasgos, tipo="otb", campo_clase="que")
    clases = ["otb", "junta_vecinal", "sindicato_agrario", "comunidad_campesina", "junta_vecinal", ""]
    assert list(Area.objects.otbs().order_by("codigo").values_list("clase", flat=True)) == clases


def test_una_clase_que_no_se_conoce_rechaza_el_area_y_dice_cuales_hay(municipio):
    bien, mal = cuadricula(2)[:2]
    bien["properties"]["que"], mal["properties"]["que"] = "otb", "Cooperativa"
    informe = revisar(bien, mal, tipo="otb", campo_clase="que").informe
    assert [(visto["estado"], visto["clase"]) for visto in informe["rasgos"]] == [
        ("aceptada", "otb"),
        ("rechazada", ""),
    ]
    assert informe["rasgos"][1]["motivo"] == (
        "dice ser «Cooperativa», y las clases que se conocen son OTB, Junta vecinal, Sindicato agrario,"
        " Comunidad campesina"
    )


def test_otra_clase_con_el_mismo_limite_cambia_el_area_y_sin_decirla_queda(municipio):
    (dato,) = cuadricula(1)
    con_clase = dato | {"properties": dato["properties"] | {"que": "sindicato"}}
    publicar(con_clase, tipo="otb", campo_clase="que")
    publicar(dato, tipo="otb", desde=ENERO)
    assert Area.objects.get(tipo="otb").clase == "sindicato_agrario"
    con_clase["properties"]["que"] = "comunidad"
    hecha = publicar(con_clase, tipo="otb", campo_clase="que", desde=JULIO)
    assert (cuentas(hecha), Area.objects.get(tipo="otb").clase) == ((0, 0, 1, 0), "comunidad_campesina")
    assert Suceso.objects.filter(verbo="publicar_territorio").latest("pk").texto == (
        "Se publicaron límites de Villa (organización de base) desde el 01/07/2026: 0 nuevas, 0 con otro límite,"
        " 1 sin cambio y 0 que terminan. Con otro nombre u otra clase: 1."
    )


def test_el_nombre_completo_no_repite_la_clase(municipio):
    area = Area(tipo="otb", codigo="7", nombre="Molle", clase="otb")
    assert area.nombre_completo == "OTB Molle"
    area.nombre = "OTB Molle"
    assert area.nombre_completo == "OTB Molle"


def test_publicar_dos_veces_lo_mismo_se_niega(municipio):
    importacion = revisar(*cuadricula(1))
    acciones.publicar_version(importacion)
    with pytest.raises(ReglaIncumplida, match="ya está publicada"):
        acciones.publicar_version(importacion)
    with pytest.raises(ReglaIncumplida, match="ya está publicada"):
        acciones.descartar_importacion(importacion)


def test_descartar_borra_las_geometrias_y_guarda_el_informe(municipio, gente):
    descartada = acciones.descartar_importacion(revisar(*cuadricula(1)), actor=gente.hugo)
    assert (descartada.estado, descartada.contenido, descartada.informe["aceptadas"]) == ("descartada", {}, 1)
    assert Area.objects.filter(tipo="distrito", municipio=municipio).count() == 0


def test_una_linea_en_la_bitacora_con_cuentas_y_huella(municipio, gente):
    hecha = acciones.publicar_version(revisar(*cuadricula(2)), actor=gente.hugo)
    (suceso,) = Suceso.objects.filter(verbo="publicar_territorio")
    assert suceso.actor == gente.hugo and suceso.publico
    assert suceso.datos["sha256"] == hecha.huella and len(hecha.huella) == 64
    assert (suceso.datos["nuevas"], suceso.datos["desde"]) == (4, "2000-01-01")


def test_publicar_144_areas_cuesta_menos_de_25_consultas(municipio, django_assert_max_num_queries):
    publicar(*cuadricula(6, lon=-68.9, lat=-16.9))
    importacion = revisar(*cuadricula(12, lon=-68.9, lat=-16.9))
    with django_assert_max_num_queries(25):
        acciones.publicar_version(importacion, desde=ENERO)


# --- Un área a mano --------------------------------------------------------------------------------------------------
def test_corregir_area_anota_antes_y_despues(municipio, gente):
    area = crear_area(tipo="otb", codigo="1", nombre="Vieja", municipio=municipio)
    acciones.corregir_area(area, actor=gente.hugo, nombre="Nueva", en_disputa=True, clase="sindicato_agrario")
    area.refresh_from_db()
    assert (area.nombre, area.alias, area.en_disputa) == ("Nueva", [], True)
    (suceso,) = Suceso.objects.de(area)
    assert suceso.datos == {
        "nombre": {"antes": "Vieja", "despues": "Nueva"},
        "en_disputa": {"antes": False, "despues": True},
        "clase": {"antes": "", "despues": "sindicato_agrario"},
    }
    acciones.corregir_area(area, actor=gente.hugo, nombre="Nueva")
    assert Suceso.objects.de(area).count() == 1


# --- La orden --------------------------------------------------------------------------------------------------------
@pytest.fixture
def orden(tmp_path):
    """orden(rasgos o bytes, *opciones) -> (código de salida, lo escrito)."""

    def correr(contenido, *opciones, nombre="areas.geojson", tipo="distrito"):
        archivo = tmp_path / nombre
        archivo.write_bytes(contenido if isinstance(contenido, bytes) else geojson(*contenido))
        salida = io.StringIO()
        argumentos = [str(archivo), "--tipo", tipo, "--campo-codigo", "cod", "--campo-nombre", "nom", *opciones]
        try:
            call_command("importar_territorio", *argumentos, stdout=salida)
        except CommandError as error:
            return error.returncode, salida.getvalue(), str(error)
        return 0, salida.getvalue(), ""

    return correr


def test_orden_publica_y_contesta_json(municipio, orden):
    codigo, escrito, _ = orden(cuadricula(2), "--municipio", "M1", "--vigente-desde", "2026-01-01", "--json")
    visto = json.loads(escrito)
    assert codigo == 0 and escrito.count("\n") == 1
    assert {clave: visto[clave] for clave in ("archivo", "tipo", "crs", "publicado", "aceptadas", "rechazadas")} == {
        "archivo": "areas.geojson",
        "tipo": "distrito",
        "crs": "EPSG:4326",
        "publicado": True,
        "aceptadas": 4,
        "rechazadas": 0,
    }
    assert visto["desde"] == "2026-01-01" and visto["segundos"] > 0
    assert visto["rasgos"][0] | {"padre": None} == {
        "indice": 0,
        "codigo": "1",
        "nombre": "Área 1",
        "padre": None,
        "estado": "aceptada",
        "motivo": "",
        "punto": None,
    }


def test_orden_con_una_rechazada_no_publica_nada_y_lo_dice(municipio, orden):
    codigo, escrito, error = orden([*cuadricula(2), rasgo("8", CRUZADO)], "--municipio", "M1", "--json")
    visto = json.loads(escrito)
    assert codigo == 1 and "un área rechazada" in error
    assert (visto["publicado"], visto["aceptadas"], visto["rechazadas"]) == (False, 4, 1)
    assert visto["rasgos"][4]["punto"] == [-67.5, -15.5]
    assert Area.objects.filter(tipo="distrito").count() == Limite.objects.filter(area__tipo="distrito").count() == 0
    assert Importacion.objects.get().estado == "descartada"


def test_orden_parcial_publica_lo_aceptado(municipio, orden):
    codigo, escrito, _ = orden([*cuadricula(2), rasgo("8", CRUZADO)], "--municipio", "M1", "--parcial", "--json")
    assert codigo == 0 and json.loads(escrito)["publicado"] is True
    assert Area.objects.filter(tipo="distrito").count() == 4


def test_orden_parcial_sin_ninguna_aceptada_no_publica(municipio, orden):
    codigo, _, error = orden([rasgo("8", CRUZADO)], "--municipio", "M1", "--parcial", "--json")
    assert codigo == 1 and "ninguna área aceptada" in error


def test_orden_crea_el_municipio_solo_si_publica(db, orden):
    crear = ("--municipio", "M9", "--crear-municipio", "Nueva Esperanza")
    assert orden([rasgo("8", CRUZADO)], *crear)[0] == 1
    assert not Area.objects.filter(codigo="M9").exists()
    assert orden(cuadricula(2), *crear)[0] == 0
    creado = Area.objects.get(codigo="M9")
    assert (creado.nombre, creado.limites.count(), creado.areas.count()) == ("Nueva Esperanza", 0, 4)


@pytest.mark.parametrize(
    ("contenido", "opciones", "frase"),
    [
        (b"{", ("--municipio", "M1"), "mal escrito"),
        (b"", ("--municipio", "M1"), "vacío"),
        (cuadricula(1), ("--municipio", "NO"), "No hay un municipio con el código «NO»"),
        (cuadricula(1), (), "No hay un municipio con el código"),
        (cuadricula(1), ("--municipio", "M1", "--padre", "dist"), "no tiene el campo «dist»"),
        (cuadricula(1), ("--municipio", "M1", "--vigente-desde", "1/1/2026"), "AAAA-MM-DD"),
    ],
)
def test_orden_con_archivo_o_argumentos_inservibles_sale_con_2(municipio, orden, settings, contenido, opciones, frase):
    settings.MUNICIPIO = "000000"
    codigo, escrito, error = orden(contenido, *opciones, "--json")
    assert codigo == 2 and frase in error
    visto = json.loads(escrito)
    assert visto["error"] == error and visto["publicado"] is False and visto["rasgos"] == []
    assert Importacion.objects.count() == 0


def test_orden_con_campo_de_clase(municipio, orden):
    (dato,) = cuadricula(1)
    dato["properties"]["que"] = "Junta vecinal"
    clase = ("--municipio", "M1", "--campo-clase", "que", "--json")
    codigo, escrito, error = orden([dato], *clase)
    assert codigo == 2 and error == "Solo las organizaciones de base tienen clase: quita ese campo."
    codigo, escrito, _ = orden([dato], *clase, tipo="otb")
    assert codigo == 0 and json.loads(escrito)["rasgos"][0]["clase"] == "junta_vecinal"
    assert Area.objects.get(tipo="otb").nombre_completo == "Junta vecinal Área 1"


@pytest.mark.parametrize(
    ("opciones", "frase"),
    [
        ([], "Falta el archivo"),
        (["a.zip"], "Di qué son las áreas del archivo con --tipo: municipio, macrodistrito, distrito, otb."),
        (["a.zip", "--tipo", "barrio"], "Di qué son las áreas"),
        (["a.zip", "--tipo", "otb"], "--campo-codigo"),
        (["a.zip", "--tipo", "otb", "--campo-codigo", "c"], "--campo-nombre"),
    ],
)
def test_orden_con_opciones_que_faltan_lo_dice_en_castellano_y_en_json(opciones, frase):
    salida = io.StringIO()
    with pytest.raises(CommandError, match=frase) as fallo:
        call_command("importar_territorio", *opciones, "--json", stdout=salida)
    assert fallo.value.returncode == 2
    assert json.loads(salida.getvalue())["error"] == str(fallo.value)


def test_orden_con_un_nombre_de_columna_larguisimo_lo_dice(municipio, orden):
    largo = "c" * 81
    rasgos = [rasgo("1", cuadrado(-68, -16, -67.9, -15.9), **{largo: "1"})]
    codigo, _, error = orden(rasgos, "--municipio", "M1", "--padre", largo)
    assert codigo == 2 and "hasta 80 letras" in error


def test_orden_sin_base_de_datos_lo_dice_y_contesta_json(municipio, orden, monkeypatch):
    def caida(*datos, **mas):
        raise DatabaseError("no such table: territorio_area")

    monkeypatch.setattr(acciones, "revisar_territorio", caida)
    codigo, escrito, error = orden(cuadricula(1), "--municipio", "M1", "--json")
    assert codigo == 2 and "La base de datos no respondió" in error
    assert json.loads(escrito)["error"] == error


@pytest.mark.parametrize(
    "archivo",
    [
        "/vsicurl/http://127.0.0.1:9/a.geojson",
        "http://127.0.0.1:9/a.geojson",
        ".",
        "no-está.geojson",
        "a\0b.geojson",
    ],
)
def test_orden_con_algo_que_no_es_un_archivo_sale_con_2(db, archivo):
    argumentos = [archivo, "--tipo", "otb", "--campo-codigo", "c", "--campo-nombre", "n"]
    with pytest.raises(CommandError) as fallo:
        call_command("importar_territorio", *argumentos, stdout=io.StringIO())
    assert fallo.value.returncode == 2


def test_orden_sin_json_cuenta_en_castellano(municipio, orden):
    traslapado = rasgo("5", cuadrado(-67.995, -16, -67.985, -15.99), "Área 1")
    _, escrito, _ = orden([*cuadricula(2), traslapado, rasgo("8", CRUZADO)], "--municipio", "M1", "--parcial")
    assert "5 aceptadas, 1 rechazadas" in escrito
    assert "rasgo 5 «Área 8» (8): su borde se cruza a sí mismo en longitud -67.500000, latitud -15.500000." in escrito
    assert "El nombre «Área 1» está repetido: 1, 5." in escrito
    assert "2 traslapes (0 astillas)" in escrito and "Publicado desde el 2000-01-01: 5 nuevas" in escrito


def test_codigos_numericos_y_con_ceros(municipio, orden):
    rasgos = cuadricula(2)
    for numero, codigo in enumerate([1.0, 20101.0, "007", 4]):
        rasgos[numero]["properties"]["cod"] = codigo
    assert orden(rasgos, "--municipio", "M1")[0] == 0
    assert set(Area.objects.distritos().values_list("codigo", flat=True)) == {"1", "20101", "007", "4"}
