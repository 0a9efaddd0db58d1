"""Cargar de papel: la planilla se lee sin confiar en ella, se muestra qué se creará y se crea todo o nada, una vez."""

import csv
import io
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from openpyxl import Workbook, load_workbook

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.comun.verificacion import verificar_cadena
from civic.cuentas.models import AsignacionRol
from civic.cuentas.roles import Rol
from civic.procesos.models import Fase
from propuestas import acciones, planilla_de_papel
from propuestas.acciones import papel
from propuestas.models import CargaDePapel, Propuesta, PropuestaDePapel
from tests.elenco import crear_persona, dar_rol
from tests.propuestas.piezas import enviada

CARGAR = "/propuestas/cargar/"
TITULOS = [titulo for _, titulo, _ in planilla_de_papel.COLUMNAS]
AGUA = [
    "Agua para la zona Molle",
    "Llega una hora al día.",
    "Agua potable",
    "Distrito 1",
    "OTB Molle",
    "",
    "50.000",
    "80",
]
CALLE = [
    "Empedrado de la calle Ceibo",
    "Con lluvia no se pasa.",
    "vias",
    "2",
    "O-2",
    "Frente a la posta",
    "120000,50",
    "",
]


def en_csv(*filas, titulos=None, separador=";") -> bytes:
    celdas = [titulos or TITULOS, *filas]
    return "\n".join(separador.join(f'"{celda}"' for celda in fila) for fila in celdas).encode()


def en_xlsx(*filas) -> bytes:
    libro = Workbook()
    for fila in [TITULOS, *filas]:
        libro.active.append(fila)
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


def subir(cliente, contenido: bytes, nombre="papel.csv", **datos):
    return cliente.post(CARGAR, {"proceso": "poa-2027", "archivo": SimpleUploadedFile(nombre, contenido)} | datos)


def cargar(cliente, contenido: bytes, nombre="papel.csv") -> CargaDePapel:
    """Sube y confirma; devuelve la carga como quedó."""
    respuesta = subir(cliente, contenido, nombre)
    assert respuesta.status_code == 302, respuesta.content.decode()
    confirmada = cliente.post(respuesta.url)
    assert confirmada.status_code == 302, confirmada.content.decode()
    return CargaDePapel.objects.get(pk=int(confirmada.url.rstrip("/").rsplit("/", 1)[1]))


@pytest.fixture
def hugo(entrar, gente, recepcion):
    return entrar(gente.hugo)


# --- El camino entero ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hacer", [en_csv, en_xlsx])
def test_revisar_no_crea_nada_y_confirmar_crea_todas_con_codigo_y_debate(hugo, gente, pueblo, hacer):
    nombre = "papel.xlsx" if hacer is en_xlsx else "papel.csv"
    revision = subir(hugo, hacer(AGUA, CALLE), nombre)
    pagina = hugo.get(revision.url).content.decode()
    assert ("Se crearán 2 propuestas" in pagina, "Empedrado de la calle Ceibo" in pagina) == (True, True)
    assert Propuesta.objects.count() == 0
    hugo.post(revision.url)
    una, otra = Propuesta.objects.order_by("pk")
    assert (una.titulo, una.estado, una.codigo, una.otb) == (AGUA[0], "enviada", "PR-2027-001", pueblo.otb_molle)
    assert (una.monto_solicitado, una.familias, una.autor, una.categoria) == (50_000, 80, gente.hugo, pueblo.agua)
    assert (str(otra.monto_solicitado), otra.otb, otra.distrito) == ("120000.50", pueblo.otb_ceibo, pueblo.distrito_2)
    assert (otra.hilo.visible, otra.hilo.url, otra.hilo.titulo) == (False, f"/propuestas/{otra.pk}/", otra.titulo)
    assert "empedrado" in otra.busqueda
    assert [fila.linea for fila in PropuestaDePapel.objects.all()] == [2, 3]


def test_queda_en_la_bitacora_quien_cargo_y_cuando(hugo, gente):
    carga = cargar(hugo, en_csv(AGUA, CALLE))
    de_la_carga = Suceso.objects.de(carga).get()
    assert (de_la_carga.actor, de_la_carga.publico) == (gente.hugo, False)
    assert de_la_carga.texto == "Cargó de papel 2 propuestas en Presupuesto participativo poa-2027."
    de_una = Suceso.objects.de(Propuesta.objects.get(codigo="PR-2027-001")).get()
    assert (de_una.verbo, de_una.desde, de_una.hasta) == ("cargar_de_papel", "borrador", "enviada")
    assert de_una.texto == "Llegó en papel y el municipio la cargó con el código PR-2027-001."
    assert verificar_cadena().integra


def test_la_pagina_dice_que_llego_en_papel_y_no_de_quien_la_cargo(client, hugo, gente):
    cargar(hugo, en_csv(AGUA))
    una = Propuesta.objects.get()
    dar_rol(gente.elena, Rol.PLANIFICACION)
    acciones.mover_propuesta(una, hacia="publicada", actor=gente.elena, calidad="planificacion")
    client.logout()
    texto = client.get(una.get_absolute_url()).content.decode()
    assert "Se escribió en papel." in texto
    assert gente.hugo.nombre_publico not in texto
    archivo = b"".join(client.get("/propuestas/descargar.csv")).decode("utf-8-sig")
    assert [fila["origen"] for fila in csv.DictReader(io.StringIO(archivo))] == ["papel"]


def test_quien_la_carga_no_la_publica(hugo, gente):
    cargar(hugo, en_csv(AGUA))
    with pytest.raises(ReglaIncumplida):
        acciones.mover_propuesta(Propuesta.objects.get(), hacia="publicada", actor=gente.hugo, calidad="planificacion")


def test_los_codigos_siguen_a_los_de_la_web(hugo, gente, pueblo, recepcion):
    enviada(recepcion, gente.ana, pueblo)
    cargar(hugo, en_csv(AGUA, CALLE))
    siguiente = enviada(recepcion, gente.ana, pueblo)
    codigos = list(Propuesta.objects.order_by("pk").values_list("codigo", flat=True))
    assert codigos == ["PR-2027-001", "PR-2027-002", "PR-2027-003", "PR-2027-004"]
    assert siguiente.codigo == "PR-2027-004"


# --- Una sola vez ----------------------------------------------------------------------------------------------------
def test_el_mismo_archivo_dos_veces_no_crea_nada_dos_veces(hugo):
    primera = cargar(hugo, en_csv(AGUA, CALLE))
    otra_vez = subir(hugo, en_csv(AGUA, CALLE))
    assert otra_vez.url == f"/propuestas/cargar/{primera.pk}/"
    assert "Subir el mismo archivo otra vez no crea nada." in hugo.get(otra_vez.url).content.decode()
    hugo.post(otra_vez.url)
    assert (Propuesta.objects.count(), CargaDePapel.objects.count()) == (2, 1)


def test_el_archivo_con_una_fila_mas_crea_solo_la_nueva(hugo):
    cargar(hugo, en_csv(AGUA))
    carga = cargar(hugo, en_csv([f"  {AGUA[0].upper()} ", *AGUA[1:]], CALLE), "otro.csv")
    assert (carga.creadas, carga.ya_estaban, Propuesta.objects.count()) == (1, 1, 2)


def test_archivo_con_todo_ya_cargado_lo_dice_y_no_ofrece_crear(hugo):
    cargar(hugo, en_csv(AGUA))
    respuesta = subir(hugo, en_csv(AGUA, separador=","), "otro.csv")
    pagina = hugo.get(respuesta.url).content.decode()
    assert "no hay nada que crear" in pagina
    assert "<button" not in pagina.partition("<main")[2].partition("</main>")[0]


@pytest.mark.django_db(transaction=True)
def test_dos_confirmaciones_a_la_vez_crean_una_sola_vez(recepcion, gente):
    carga = papel.preparar_carga(
        recepcion, planilla_de_papel.leer(en_csv(AGUA, CALLE), "p.csv").filas, archivo="p.csv", huella="h",
        actor=gente.hugo,
    )  # fmt: skip
    fallas: list[Exception] = []

    def confirmar() -> None:
        try:
            papel.confirmar_carga(carga, actor=gente.hugo)
        except Exception as error:
            fallas.append(error)
        finally:
            connections.close_all()

    hilos = [threading.Thread(target=confirmar) for _ in range(4)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert fallas == []
    assert (Propuesta.objects.count(), Suceso.objects.filter(verbo="cargar_de_papel").count()) == (2, 3)


# --- Errores ---------------------------------------------------------------------------------------------------------
def cambiada(base, **cambios):
    lugares = {columna: lugar for lugar, (columna, _, _) in enumerate(planilla_de_papel.COLUMNAS)}
    fila = list(base)
    for columna, valor in cambios.items():
        fila[lugares[columna]] = valor
    return fila


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"titulo": ""}, "falta «Título»"),
        ({"titulo": "Corto"}, "«Título»:"),
        ({"titulo": "x" * 121}, "«Título»:"),
        ({"descripcion": ""}, "falta «Qué se pide y por qué»"),
        ({"descripcion": "x" * 4001}, "«Qué se pide y por qué»:"),
        ({"descripcion": "x" * 7000}, "demasiado texto"),
        ({"categoria": "Magia"}, "esa categoría no está en la lista"),
        ({"categoria": ""}, "falta la categoría"),
        ({"distrito": ""}, "falta el distrito"),
        ({"distrito": "99"}, "no hay ese distrito"),
        ({"otb": "Inventada"}, "no hay una OTB con ese nombre"),
        ({"otb": "O-2"}, "la OTB no es de ese distrito"),
        ({"costo": ""}, "falta «Costo en Bs»"),
        ({"costo": "mucho"}, "Escribe el monto en números"),
        ({"costo": "0"}, "«Costo en Bs»:"),
        ({"costo": "1e400"}, "Escribe el monto en números"),
        ({"costo": "900.000"}, "pasa del techo de Distrito 1"),
        ({"familias": "-3"}, "«Familias»:"),
        ({"familias": "varias"}, "«Familias»:"),
        ({"referencia": "x" * 161}, "«Cómo llegar»:"),
    ],
)
def test_cada_error_dice_su_linea_y_no_se_crea_ninguna(hugo, cambios, frase):
    respuesta = subir(hugo, en_csv(CALLE, cambiada(AGUA, **cambios)))
    texto = respuesta.content.decode()
    assert respuesta.status_code == 422
    assert "No se creó ninguna." in texto
    assert "Línea 3:" in texto
    assert frase in texto
    assert (Propuesta.objects.count(), CargaDePapel.objects.count()) == (0, 0)


def test_filas_repetidas_en_el_mismo_archivo_dicen_cual_repiten(hugo):
    texto = subir(hugo, en_csv(AGUA, CALLE, AGUA)).content.decode()
    assert "Línea 4: repite la línea 2" in texto


@pytest.mark.parametrize(
    ("contenido", "nombre", "frase"),
    [
        (b"", "p.csv", "vacío"),
        (b"\n\n \n", "p.csv", "vacío"),
        (b"cualquier cosa", "p.csv", "No se encontraron las columnas"),
        (en_csv(), "p.csv", "ninguna propuesta debajo"),
        (en_csv(AGUA), "p.pdf", ".csv o .xlsx"),
        (en_csv(AGUA), "p.xlsx", "no es una planilla"),
        (b"PK\x03\x04 roto", "p.xlsx", "no es una planilla"),
        (b"PK\x03\x04 roto", "p.csv", "no es un CSV"),
        (b"x" * (4 * 2**20 + 1), "p.csv", "pesa más de 4 MB"),
        (bytes(range(256)) * 4, "p.csv", "No se encontraron las columnas"),
    ],
)
def test_el_archivo_que_no_sirve_dice_por_que(hugo, contenido, nombre, frase):
    respuesta = subir(hugo, contenido, nombre)
    assert (respuesta.status_code, frase in respuesta.content.decode()) == (422, True)
    assert CargaDePapel.objects.count() == 0


def test_mas_de_dos_mil_filas_no_se_leen(hugo):
    respuesta = subir(hugo, en_csv(*([f"Propuesta número {n}", *AGUA[1:]] for n in range(2001))))
    assert "más de 2.000 filas" in respuesta.content.decode()


def test_celdas_hostiles_no_se_evaluan_ni_se_dibujan(hugo):
    libro = load_workbook(io.BytesIO(en_xlsx(AGUA)))
    libro.active["A2"] = '=HYPERLINK("http://x","y")'
    salida = io.BytesIO()
    libro.save(salida)
    assert "es una fórmula" in subir(hugo, salida.getvalue(), "p.xlsx").content.decode()
    malo = cambiada(AGUA, titulo="<script>alert(1)</script>", descripcion="\u202e<img src=x onerror=alert(1)>")
    respuesta = subir(hugo, en_csv(malo), "<b>p</b>.csv")
    pagina = hugo.get(respuesta.url).content.decode()
    assert "<script>alert" not in pagina
    assert "<b>p</b>" not in pagina
    hugo.post(respuesta.url)
    assert "\u202e" not in Propuesta.objects.get().descripcion


@pytest.mark.parametrize("codificacion", ["utf-8-sig", "utf-16", "cp1252"])
def test_se_lee_en_la_codificacion_que_sea(hugo, codificacion):
    fila = cambiada(AGUA, titulo="Baños nuevos en la sede de la señora Ñusta")
    contenido = en_csv(fila).decode().encode(codificacion)
    assert cargar(hugo, contenido).creadas == 1
    assert Propuesta.objects.get().titulo == fila[0]


# --- Quién y cuándo --------------------------------------------------------------------------------------------------
def test_la_promotora_carga_solo_en_su_distrito(entrar, pueblo, recepcion):
    pilar = crear_persona("pilar", "Pilar Promotora")
    dar_rol(pilar, Rol.PROMOTORA)
    AsignacionRol.objects.filter(usuario=pilar).update(distrito=pueblo.distrito_1)
    cliente = entrar(pilar)
    assert "tu cargo no llega al Distrito 2" in subir(cliente, en_csv(AGUA, CALLE)).content.decode()
    assert cargar(cliente, en_csv(AGUA)).creadas == 1


@pytest.mark.parametrize("quien", ["ana", "carla", "elena", "dora", "gloria"])
def test_a_otros_cargos_no_les_toca(entrar, gente, recepcion, quien):
    cliente = entrar(getattr(gente, quien))
    for ruta in (CARGAR, "/propuestas/cargar/1/", "/propuestas/cargar/plantilla.csv"):
        assert cliente.get(ruta).status_code == 403
    assert subir(cliente, en_csv(AGUA)).status_code == 403


def test_la_carga_de_otra_persona_no_se_ve(entrar, gente, hugo):
    respuesta = subir(hugo, en_csv(AGUA))
    dar_rol(gente.elena, Rol.PLANIFICACION)
    otra = entrar(gente.elena)
    assert (otra.get(respuesta.url).status_code, otra.post(respuesta.url).status_code) == (404, 404)


def test_si_la_fase_se_cierra_entre_revisar_y_confirmar_no_se_crea(hugo, recepcion):
    respuesta = subir(hugo, en_csv(AGUA))
    Fase.objects.filter(proceso=recepcion, tipo="recepcion").update(tipo="seguimiento")
    confirmada = hugo.post(respuesta.url)
    assert (confirmada.status_code, Propuesta.objects.count()) == (409, 0)


def test_si_la_categoria_se_retira_antes_de_confirmar_lo_dice(hugo, pueblo):
    respuesta = subir(hugo, en_csv(AGUA))
    type(pueblo.agua).objects.filter(pk=pueblo.agua.pk).update(activa=False)
    confirmada = hugo.post(respuesta.url)
    assert confirmada.status_code == 409
    assert "esa categoría ya no se usa" in confirmada.content.decode()


def test_sin_proceso_que_reciba_explica_en_que_fase_esta(entrar, gente, votando):
    respuesta = entrar(gente.hugo).get(CARGAR)
    assert (respuesta.status_code, "Ahora no se reciben propuestas" in respuesta.content.decode()) == (200, True)
    assert subir(entrar(gente.hugo), en_csv(AGUA)).status_code == 409


# --- La plantilla ----------------------------------------------------------------------------------------------------
def test_la_plantilla_trae_las_listas_de_hoy_y_vuelve_a_entrar(hugo, pueblo):
    libro = load_workbook(io.BytesIO(hugo.get("/propuestas/cargar/plantilla.xlsx").content))
    assert [celda.value for celda in libro["Propuestas"][1]] == TITULOS
    listas = {celda.value for fila in libro["Listas"].iter_rows() for celda in fila}
    assert {"Agua potable", "Vías", "Distrito 1", "Distrito 2", "Molle", "O-2"} <= listas
    for fila in (AGUA, CALLE):
        libro["Propuestas"].append([*fila[:6], 50_000, None])
    salida = io.BytesIO()
    libro.save(salida)
    assert cargar(hugo, salida.getvalue(), "llena.xlsx").creadas == 2
    en_csv_ = b"".join(hugo.get("/propuestas/cargar/plantilla.csv")).decode("utf-8-sig").strip()
    assert en_csv_.split(",")[0] == "Título"
    assert hugo.get("/propuestas/cargar/plantilla.pdf").status_code == 404


def test_dos_mil_filas_hacen_pocas_consultas(hugo, recepcion, gente, django_assert_max_num_queries):
    filas = [cambiada(AGUA, titulo=f"Propuesta de papel número {n}", costo="1000") for n in range(300)]
    lectura = planilla_de_papel.leer(en_csv(*filas), "p.csv")
    carga = papel.preparar_carga(recepcion, lectura.filas, archivo="p.csv", huella="h", actor=gente.hugo)
    with django_assert_max_num_queries(60 if connection.vendor == "sqlite" else 40):
        papel.confirmar_carga(carga, actor=gente.hugo)
