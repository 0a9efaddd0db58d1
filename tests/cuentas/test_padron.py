"""importar_padron: cualquier archivo razonable entra; el que no, dice la línea, no nombra a nadie y no cambia nada."""

import codecs
import datetime
import io
import json
import logging
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as ajustes
from hypothesis import strategies as st
from openpyxl import Workbook

from civic.comun import lector_de_planillas
from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible, leer_bytes
from civic.comun.models import Suceso
from civic.cuentas import acciones, planilla_padron
from civic.cuentas.consultas_verificacion import buscar_en_padron
from civic.cuentas.lugares_padron import Lugares
from civic.cuentas.models import FilaDePadron, Padron
from civic.cuentas.planilla_padron import leer_padron
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.piezas_verificacion import CARNET, CI, NACIO, cargar_padron
from tests.elenco import crear_area

SECRETO = "MAMANI"
BUENA = f"{CARNET};31/05/1990;O-1"


def importar(pueblo, texto, *, nombre="padron.csv", **opciones):
    contenido = texto if isinstance(texto, bytes) else texto.encode()
    return acciones.importar_padron(contenido, nombre, municipio=pueblo.municipio, **opciones)


def motivos(informe):
    return [str(error) for error in informe.errores]


def hoja(*filas, **celdas):
    libro = Workbook()
    for fila in filas:
        libro.active.append(fila)
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


# --- Lo que entra ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "codificar",
    [
        lambda t: t.encode(),
        lambda t: codecs.BOM_UTF8 + t.encode(),
        lambda t: t.encode("utf-16"),
        lambda t: t.encode("utf-16-le"),
        lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"),
        lambda t: t.encode("latin-1"),
        lambda t: t.encode("cp1252"),
        lambda t: t.replace("\n", "\r\n").encode(),
    ],
    ids=["utf8", "utf8-marca", "utf16", "utf16-sin-marca", "utf16-be", "latin1", "cp1252", "windows"],
)
@pytest.mark.parametrize("separador", [",", ";", "\t", "|"])
def test_cualquier_codificacion_y_separador(pueblo, codificar, separador):
    crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Peñón", clase="otb", padre=pueblo.distrito_2
    )
    filas = [["Carné Nº", "Fecha de Nacimiento", "OTB"], [CARNET, "31/05/1990", "PEÑON"]]
    texto = "\n".join(separador.join(fila) for fila in filas).replace("Carné Nº", "Nro. Carnet")
    informe = importar(pueblo, codificar(texto))
    assert (informe.filas, informe.total_errores) == (1, 0)
    assert buscar_en_padron(CI, NACIO).lugar.codigo == "O-9"


@pytest.mark.parametrize(
    "titulos",
    [
        "ci;fecha_nacimiento;codigo_otb",
        "CARNET DE IDENTIDAD;Fec. Nac.;Cód. OTB",
        "documento;nacimiento;codigo_otb",
        "NRO_DOCUMENTO;FECHA NACIMIENTO;codigo otb",
        "cedula;f_nac;OTB",
        "Número de Carnet;fecha de nacimiento;Organización",
    ],
)
def test_los_titulos_de_siempre(pueblo, titulos):
    assert importar(pueblo, f"{titulos}\n{BUENA}").filas == 1


def test_columnas_dichas_una_por_una_y_las_demas_ni_se_leen(pueblo):
    texto = f"NOMBRE,X1,X2,X3\n{SECRETO} ROSA,{CARNET},1990-05-31,2\n"
    with pytest.raises(ReglaIncumplida, match="No se encontró la columna de carnet y fecha de nacimiento"):
        importar(pueblo, texto)
    columnas = {"ci": "x1", "fecha_nacimiento": "X2", "distrito": "X3"}
    assert importar(pueblo, texto, columnas=columnas).filas == 1
    assert buscar_en_padron(CI, NACIO).lugar == pueblo.distrito_2


def test_complemento_aparte_o_junto_y_departamento(pueblo):
    texto = "ci,complemento,expedido,fecha_nacimiento,distrito\n1234567,1A,CB,31/05/1990,1\n7654321-2B LP,,LP,33024,D-1"
    assert importar(pueblo, texto).filas == 2
    assert buscar_en_padron(normalizar_ci("12345671a"), NACIO) is not None
    assert buscar_en_padron(normalizar_ci("7654321-2B"), NACIO) is not None
    assert buscar_en_padron(normalizar_ci("1234567"), NACIO) is None


def test_una_planilla_con_titulo_arriba_numeros_y_fechas_de_verdad(pueblo):
    contenido = hoja(
        ["PADRÓN MUNICIPAL 2026", None, None],
        [None, None, None],
        ["CI", "Fecha de nacimiento", "Distrito"],
        [int(CARNET), datetime.datetime(1990, 5, 31), 1],
        ["7.654.321-2B", "31/05/1990", "Distrito 2"],
        [8888888.0, 33024, "2"],
    )
    informe = importar(pueblo, contenido, nombre="Padrón.XLSX")
    assert (informe.filas, motivos(informe)) == (3, [])
    assert buscar_en_padron(CI, NACIO).lugar == pueblo.distrito_1


def test_la_base_no_guarda_ningun_numero(pueblo):
    importar(pueblo, f"nombre;ci;fecha_nacimiento;codigo_otb\n{SECRETO};{BUENA}")
    guardado = json.dumps(
        [*FilaDePadron.objects.values("llave", "lugar"), *Suceso.objects.values(), *Padron.objects.values()],
        default=str,
    )
    # La fecha entera: «1990» solo aparece por azar en una hora o en una huella.
    fechas = ("31/05/1990", "31/5/1990", "31-05-1990", "1990-05-31", "19900531")
    assert [dato for dato in (CARNET, SECRETO, *fechas) if dato in guardado] == []


# --- Todo o nada -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fila", "motivo"),
    [
        (f"{CARNET};31/02/1990;O-1", "la fecha 31/02/1990 no existe"),
        (f"{CARNET};;O-1", "falta la fecha de nacimiento"),
        (";31/05/1990;O-1", "falta el carnet"),
        (f"{SECRETO};31/05/1990;O-1", "no se entiende el número de carnet"),
        ("=1+1;31/05/1990;O-1", "la celda de carnet es una fórmula"),
        (f"{CARNET};=HOY();O-1", "la celda de fecha de nacimiento es una fórmula"),
        (f"{CARNET};31/05/1990;O-77", "no hay una OTB con ese código"),
        (f"{CARNET};31/05/1990;", "falta la OTB o el distrito"),
        (f"{CARNET};31/05/1990", "falta la OTB o el distrito"),
        ("1" * 10**6 + ";31/05/1990;O-1", "demasiado texto"),
        ("1" * 10**4 + ";31/05/1990;O-1", "más de 500 letras"),
        (f"{CARNET};{'9' * 400};O-1", "demasiado larga"),
        ("1e400;31/05/1990;O-1", "no se entiende el número de carnet"),
        (f"{CARNET}\x00;31/05/1990;O-1", "no se entiende el número de carnet"),
        ("ci;fecha_nacimiento;codigo_otb", "se repiten los títulos"),
    ],
)
def test_un_error_dice_la_linea_y_no_carga_nada(pueblo, fila, motivo):
    cargar_padron(pueblo, ("1111111", "01/01/1980", "O-1"))
    informe = importar(pueblo, f"ci;fecha_nacimiento;codigo_otb\n2222222;01/01/1980;O-2\n{fila}\n")
    assert informe.padron is None and informe.total_errores == 1
    assert motivo in motivos(informe)[0] and motivos(informe)[0].startswith("línea 3: ")
    assert SECRETO not in motivos(informe)[0] and CARNET not in motivos(informe)[0]
    assert FilaDePadron.objects.count() == 1 and Padron.objects.get().filas == 1


def test_formulas_y_errores_en_una_planilla(pueblo):
    contenido = hoja(["ci", "fecha_nacimiento", "otb"], ["=1+1", "31/05/1990", "Molle"], [CARNET, "=HOY()", "Molle"])
    informe = importar(pueblo, contenido, nombre="p.xlsx")
    assert motivos(informe) == [
        "línea 2: la celda de carnet es una fórmula; pega solo los valores",
        "línea 3: la celda de fecha de nacimiento es una fórmula; pega solo los valores",
    ]


def test_la_misma_persona_dos_veces(pueblo):
    titulo = "ci;fecha_nacimiento;codigo_otb\n"
    informe = importar(pueblo, f"{titulo}{BUENA}\n4.455.667 CB;1990-05-31;O-1\n")
    assert (informe.filas, informe.repetidas) == (1, 1)
    otro_lugar = importar(pueblo, f"{titulo}{BUENA}\n{CARNET};31/05/1990;O-2\n")
    assert motivos(otro_lugar) == ["línea 3: esa persona ya estaba más arriba en otro lugar"]
    otra_fecha = importar(pueblo, f"{titulo}{BUENA}\n{CARNET};30/05/1990;O-1\n")
    assert motivos(otra_fecha) == ["línea 3: ese carnet ya estaba más arriba con otra fecha de nacimiento"]


def test_filas_de_otro_municipio(pueblo, settings):
    titulo = "ci;fecha_nacimiento;distrito;municipio\n"
    informe = importar(pueblo, f"{titulo}{CARNET};31/05/1990;1;{settings.MUNICIPIO}\n7777777;01/01/1980;1;020101\n")
    assert motivos(informe) == ["línea 3: la fila es de otro municipio"]


def test_otb_de_nombre_repetido_pide_el_distrito(pueblo):
    crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-8", nombre="Molle", clase="otb", padre=pueblo.distrito_2
    )
    informe = importar(pueblo, f"ci;fecha_nacimiento;otb\n{CARNET};31/05/1990;molle\n")
    assert "hay más de una OTB con ese nombre" in motivos(informe)[0]
    assert importar(pueblo, f"ci;fecha_nacimiento;otb;distrito\n{CARNET};31/05/1990;molle;2\n").filas == 1
    assert buscar_en_padron(CI, NACIO).lugar.codigo == "O-8"


@pytest.mark.parametrize(
    ("contenido", "nombre", "frase"),
    [
        (b"", "p.csv", "vacío"),
        (b"ci;fecha_nacimiento;otb\n", "p.csv", "ninguna persona"),
        (b"ci;fecha_nacimiento;otb\n;;\n\n", "p.csv", "ninguna persona"),
        (b"nombre;apellido\nA;B\n", "p.csv", "No se encontró la columna de carnet"),
        (b"ci;carnet;fecha_nacimiento\n1;2;3\n", "p.csv", "2 columnas que parecen «carnet»"),
        (BUENA.encode(), "p.pdf", ".csv o .xlsx"),
        (BUENA.encode(), "p.xls", ".csv o .xlsx"),
        (BUENA.encode(), "padron", ".csv o .xlsx"),
        (b"PK\x03\x04 otra cosa", "p.csv", "no es un CSV"),
        (b"\xd0\xcf\x11\xe0 excel viejo", "p.csv", "no es un CSV"),
        (b"ci;fecha_nacimiento", "p.xlsx", "no es una planilla"),
        (b"PK\x03\x04 roto", "p.xlsx", "no es una planilla"),
        (codecs.BOM_UTF16_LE + b"\x00", "p.csv", "No se entienden las letras"),
        (bytes(range(256)) * 4, "p.csv", "No se encontró la columna"),
    ],
)
def test_el_archivo_entero_no_sirve_y_se_dice_por_que(pueblo, contenido, nombre, frase):
    with pytest.raises((ReglaIncumplida, ArchivoIlegible), match=frase):
        acciones.importar_padron(
            leer_bytes(io.BytesIO(contenido), planilla_padron.DEL_MUNICIPIO), nombre, municipio=pueblo.municipio
        )


def test_una_bomba_comprimida_no_se_abre(pueblo, monkeypatch):
    monkeypatch.setattr(lector_de_planillas, "load_workbook", lambda *_, **__: pytest.fail("se abrió"))
    bomba = io.BytesIO()
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as paquete:
        paquete.writestr("[Content_Types].xml", "<Types/>")
        with paquete.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as parte:
            for _ in range(320):
                parte.write(b"0" * 1024 * 1024)
    assert len(bomba.getvalue()) < 1024 * 1024
    with pytest.raises(ReglaIncumplida, match="ocupa demasiado"):
        importar(pueblo, bomba.getvalue(), nombre="p.xlsx")


def test_una_planilla_con_entidades_no_se_abre(pueblo):
    mala = io.BytesIO()
    with zipfile.ZipFile(mala, "w") as paquete:
        paquete.writestr("[Content_Types].xml", "<Types/>")
        paquete.writestr("xl/sharedStrings.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(ReglaIncumplida, match="partes que no se admiten"):
        importar(pueblo, mala.getvalue(), nombre="p.xlsx")


@ajustes(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contenido=st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))))
def test_cualquier_basura_da_una_frase(contenido):
    lugares = Lugares([])
    for nombre in ("p.csv", "p.xlsx"):
        with pytest.raises(ArchivoIlegible):
            leer_padron(contenido, nombre, lugares=lugares, municipio="030901", hoy=NACIO)


# --- Reemplazar ------------------------------------------------------------------------------------------------------
def test_el_nuevo_reemplaza_al_vigente_y_repetirlo_no_cambia_nada(pueblo):
    uno = cargar_padron(pueblo, ("1111111", "01/01/1980", "O-1"), ("2222222", "01/01/1980", "O-1")).padron
    dos = cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"), fecha_corte=datetime.date(2026, 1, 1)).padron
    uno.refresh_from_db()
    assert (uno.estado, dos.estado, uno.personas.count(), dos.personas.count()) == ("anterior", "vigente", 0, 1)
    otra_vez = cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    assert (otra_vez.sin_cambios, otra_vez.padron, Padron.objects.count()) == (True, dos, 2)
    assert Suceso.objects.filter(verbo="importar_padron").count() == 2


def test_con_otra_clave_el_mismo_archivo_se_vuelve_a_cargar(pueblo, settings):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    settings.CLAVE_PADRON = "clave nueva " * 6
    assert cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1")).sin_cambios is False
    assert buscar_en_padron(CI, NACIO) is not None


def test_si_falla_a_la_mitad_queda_el_de_antes(pueblo, monkeypatch):
    cargar_padron(pueblo, ("1111111", "01/01/1980", "O-1"))
    monkeypatch.setattr(acciones.padron, "anotar", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("corte")))
    with pytest.raises(RuntimeError):
        cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    assert Padron.objects.get().estado == "vigente"
    assert FilaDePadron.objects.count() == 1


# --- La orden --------------------------------------------------------------------------------------------------------
@pytest.fixture
def archivo(tmp_path):
    def escribir(texto, nombre="padron.csv"):
        ruta = tmp_path / nombre
        ruta.write_text(texto)
        return str(ruta)

    return escribir


def ordenar(*argumentos):
    salida = io.StringIO()
    call_command("importar_padron", *argumentos, stdout=salida, stderr=io.StringIO())
    return salida.getvalue()


def test_orden_carga_y_lo_cuenta(pueblo, archivo, settings):
    ruta = archivo(f"ci;fecha_nacimiento;codigo_otb\n{BUENA}\n")
    assert "Padrón cargado: 1 personas." in ordenar(ruta, "--municipio", settings.MUNICIPIO)
    dato = json.loads(ordenar(ruta, "--municipio", settings.MUNICIPIO, "--json"))
    assert (dato["importado"], dato["sin_cambios"], dato["filas"], dato["total_errores"]) == (True, True, 1, 0)


def test_orden_con_errores_los_muestra_por_linea_y_termina_mal(pueblo, archivo, settings):
    malas = "\n".join(f"{n};31/02/1990;O-1" for n in range(1_000_000, 1_000_030))
    ruta = archivo(f"ci;fecha_nacimiento;codigo_otb\n{malas}\n")
    salida = io.StringIO()
    with pytest.raises(CommandError, match="30 errores. No se cargó nada"):
        call_command("importar_padron", ruta, municipio=settings.MUNICIPIO, stdout=salida)
    assert "línea 2: la fecha 31/02/1990 no existe" in salida.getvalue() and "… y 10 más" in salida.getvalue()
    salida = io.StringIO()
    with pytest.raises(CommandError):
        call_command("importar_padron", ruta, "--municipio", settings.MUNICIPIO, "--json", stdout=salida)
    dato = json.loads(salida.getvalue())
    assert dato["errores"][0] == {"linea": 2, "motivo": "la fecha 31/02/1990 no existe"}
    assert (dato["importado"], dato["total_errores"], len(dato["errores"])) == (False, 30, 20)


@pytest.mark.parametrize(
    ("argumentos", "frase"),
    [
        (["no-esta.csv", "--municipio", "030901"], "No se pudo leer el archivo"),
        ([".", "--municipio", "030901"], "No se pudo leer el archivo"),
        (["no-esta.csv", "--municipio", "999999"], "No hay un municipio con ese código"),
        (["x.csv", "--municipio", "030901", "--columnas", "nombre=NOMBRE"], "se escribe así"),
        (["x.csv", "--municipio", "030901", "--fecha-corte", "ayer"], "AAAA-MM-DD"),
        (["x.csv"], "municipio"),
    ],
)
def test_orden_mal_escrita_lo_dice(pueblo, argumentos, frase):
    with pytest.raises(CommandError, match=frase):
        ordenar(*argumentos)


def test_orden_muestra_una_barra_en_la_terminal(pueblo, archivo, settings, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ruta = archivo(f"ci;fecha_nacimiento;codigo_otb\n{BUENA}\n")
    call_command("importar_padron", ruta, municipio=settings.MUNICIPIO, stdout=io.StringIO())
    assert "Guardando [##############################] 1 de 1" in capsys.readouterr().err


def test_ninguna_falla_deja_carnets_ni_nombres_en_los_registros(pueblo, archivo, settings, caplog):
    caplog.set_level(logging.DEBUG)
    for texto in (f"ci;fecha_nacimiento;otb\n{CARNET};31/05/1990;{SECRETO}\n", f"ci;x\n{CARNET};{SECRETO}\n", SECRETO):
        with pytest.raises(CommandError) as error:
            ordenar(archivo(texto), "--municipio", settings.MUNICIPIO)
        assert CARNET not in str(error.value) and SECRETO not in str(error.value)
    propios = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert not [texto for texto in propios if CARNET in texto or SECRETO in texto]
