"""El padrón que carga la directiva: quién puede, qué queda guardado, a quién le sirve y por dónde se entra."""

import datetime
import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos, planilla_padron
from civic.cuentas.consultas_verificacion import cifras_de_verificacion
from civic.cuentas.models import (
    ConflictoDeIdentidad,
    FilaDePadronDeOrganizacion,
    Mandato,
    Organizacion,
    PadronDeOrganizacion,
    Residencia,
    Usuario,
)
from civic.cuentas.planilla_padron import Topes
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.piezas_verificacion import CARNET, CI, NACIO
from tests.elenco import crear_persona

CARGAR = "/organizaciones/molle/padron/"
VERIFICAR = "/cuentas/verificar/padron-de-mi-otb/"
BIEN = {"ci": CARNET, "nacimiento": "31/05/1990"}
LISTA = f"ci;fecha_nacimiento;nombre\n{CARNET};31/05/1990;Rosa\n7777777;01/02/1980;Luis\n"


@pytest.fixture(autouse=True)
def _sin_intentos_de_antes():
    cache.clear()


@pytest.fixture
def rosa(pueblo):
    return crear_persona("rosa", "Rosa Vecina", otb=pueblo.otb_molle, verificada=False)


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def archivo(texto=LISTA, nombre="lista.csv"):
    return SimpleUploadedFile(nombre, texto if isinstance(texto, bytes) else texto.encode())


def cargar(pueblo, gente, texto=LISTA, nombre="lista.csv", actor=None):
    datos = texto if isinstance(texto, bytes) else texto.encode()
    return acciones.cargar_padron_de_organizacion(pueblo.org_molle, datos, nombre, actor=actor or gente.fabio)


def terminar_mandato(gente):
    ayer = timezone.localdate() - datetime.timedelta(days=1)
    Mandato.objects.filter(usuario=gente.fabio).update(hasta=ayer)


# --- Cargarlo --------------------------------------------------------------------------------------------------------
def test_la_directiva_lo_carga_y_queda_escrito_a_nombre_de_las_dos(entrar, gente, pueblo):
    cliente = entrar(gente.fabio)
    assert "Actúas como Presidencia de OTB Molle." in texto_de(cliente.get(CARGAR))
    pagina = cliente.post(CARGAR, {"archivo": archivo()}, follow=True)
    assert "El padrón de OTB Molle tiene 2 personas." in texto_de(pagina)
    padron = PadronDeOrganizacion.objects.get()
    assert (padron.organizacion, padron.filas, padron.subido_por, padron.estado) == (
        pueblo.org_molle,
        2,
        gente.fabio,
        "vigente",
    )
    suceso = Suceso.objects.de(pueblo.org_molle).get()
    assert (suceso.verbo, suceso.actor, suceso.calidad) == ("cargar_padron", gente.fabio, "Presidencia de OTB Molle")
    # Ni un número, ni una fecha, ni un nombre: solo huellas, y distintas de las del padrón del municipio.
    guardado = repr(list(FilaDePadronDeOrganizacion.objects.values())) + repr(Suceso.objects.values().get())
    guardado = re.sub(r"[0-9a-f]{40,}", "", guardado)  # una huella al azar puede tener «1990» adentro
    assert all(dato not in guardado for dato in (CARNET, "7777777", "1990", "Rosa", "Luis"))
    assert "Cargar el padrón" in texto_de(cliente.get("/organizaciones/molle/solicitud/"))


def test_reemplazarlo_deja_valer_solo_el_ultimo_y_dice_cuantos(gente, pueblo, rosa):
    cargar(pueblo, gente)
    cargar(pueblo, gente, "ci,fecha_nacimiento\n8888888,01/02/1980\n")
    assert [p.estado for p in PadronDeOrganizacion.objects.order_by("pk")] == ["anterior", "vigente"]
    assert FilaDePadronDeOrganizacion.objects.count() == 1
    ultimo = Suceso.objects.de(pueblo.org_molle).order_by("-pk").first()
    assert (ultimo.texto, ultimo.datos["antes"], ultimo.datos["despues"]) == (
        "La directiva reemplazó su padrón.",
        {"personas": 2},
        {"personas": 1},
    )
    with pytest.raises(ReglaIncumplida, match="No encontramos"):
        acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)


@pytest.mark.parametrize("quien", ["ana", "beto", "hugo", "gloria"])
def test_quien_no_la_dirige_no_la_encuentra(entrar, gente, quien):
    cliente = entrar(gente.todos[quien])
    assert cliente.get(CARGAR).status_code == cliente.post(CARGAR, {"archivo": archivo()}).status_code == 404
    assert not PadronDeOrganizacion.objects.exists()


def test_con_el_mandato_terminado_ya_no_entra(entrar, gente, pueblo):
    terminar_mandato(gente)
    cliente = entrar(gente.fabio)
    assert cliente.get(CARGAR).status_code == cliente.post(CARGAR, {"archivo": archivo()}).status_code == 404
    with pytest.raises(ReglaIncumplida, match="no tienes un mandato vigente"):
        cargar(pueblo, gente)
    assert not PadronDeOrganizacion.objects.exists()


def test_el_mandato_que_termina_mientras_se_lee_tampoco_vale(gente, pueblo, monkeypatch):
    from civic.cuentas.acciones import padron_de_organizacion as modulo

    def leer(*datos, **mas):
        terminar_mandato(gente)
        return planilla_padron.leer_padron(*datos, **mas)

    monkeypatch.setattr(modulo, "leer_padron", leer)
    with pytest.raises(ReglaIncumplida, match="no tienes un mandato vigente"):
        cargar(pueblo, gente)
    assert not PadronDeOrganizacion.objects.exists()


def test_una_organizacion_suspendida_no_carga_ni_sirve(gente, pueblo, rosa):
    cargar(pueblo, gente)
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado="suspendida")
    with pytest.raises(ReglaIncumplida, match="no tienes un mandato vigente"):
        cargar(pueblo, gente)
    with pytest.raises(ReglaIncumplida, match="todavía no cargó su padrón"):
        acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)


def test_sin_area_dice_que_hacer(gente, pueblo):
    pueblo.org_molle.area = None
    with pytest.raises(ReglaIncumplida, match="no tiene un área registrada"):
        cargar(pueblo, gente)


# --- El archivo ------------------------------------------------------------------------------------------------------
def test_un_solo_error_no_carga_nada_y_dice_la_linea(entrar, gente):
    mal = f"ci;fecha_nacimiento;otb\n{CARNET};31/05/1990;Molle\n12;01/02/1980;\n8888888;;\n9999999;01/02/1980;Ceibo\n"
    respuesta = entrar(gente.fabio).post(CARGAR, {"archivo": archivo(mal)})
    texto = texto_de(respuesta)
    assert respuesta.status_code == 422
    assert "3 errores: no se cargó nada." in texto
    assert "línea 3: el número de carnet tiene de 4 a 10 cifras" in texto
    assert "línea 4: falta la fecha de nacimiento" in texto
    assert "línea 5: la fila dice otro lugar; aquí van solo las personas de tu OTB" in texto
    assert "9999999" not in texto
    assert not PadronDeOrganizacion.objects.exists()


@pytest.mark.parametrize(
    ("datos", "nombre"),
    [
        (LISTA.encode("utf-16"), "lista.csv"),
        (LISTA.replace(";", "\t").replace("Rosa", "Ñusta").encode("cp1252"), "lista.csv"),
        (f"OTB|Carnet|Fec. Nac.|Distrito\nMolle|{CARNET} CB|1990-05-31|1\n".encode(), "LISTA.CSV"),
    ],
)
def test_cualquier_codificacion_y_separador(gente, pueblo, rosa, datos, nombre):
    assert cargar(pueblo, gente, datos, nombre)[0] is not None
    assert acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO).estado == "verificada"


def test_una_planilla(gente, pueblo, rosa):
    libro, salida = Workbook(), io.BytesIO()
    for fila in (["CI", "Complemento", "Fecha de nacimiento"], [int(CARNET), None, datetime.date(1990, 5, 31)]):
        libro.active.append(fila)
    libro.save(salida)
    assert cargar(pueblo, gente, salida.getvalue(), "lista.xlsx")[0].filas == 1
    assert acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO).estado == "verificada"


@pytest.mark.parametrize(
    ("datos", "nombre", "frase"),
    [
        (b"", "lista.csv", "Ese archivo está vacío."),
        (b"x" * (4 * 1024 * 1024 + 1), "lista.csv", "pesa más de 4 MB"),
        (b"nombre;otb\nRosa;Molle\n", "lista.csv", "No se encontró la columna de carnet y fecha de nacimiento"),
        (b"%PDF-1.4", "lista.pdf", "se lee de un archivo .csv o .xlsx"),
        (b"PK\x03\x04 roto", "lista.xlsx", "no es una planilla .xlsx, o está dañado"),
        (b"ci;fecha_nacimiento\n", "lista.csv", "ninguna persona debajo"),
    ],
)
def test_un_archivo_que_no_sirve_dice_por_que(entrar, gente, datos, nombre, frase):
    respuesta = entrar(gente.fabio).post(CARGAR, {"archivo": archivo(datos, nombre)})
    assert respuesta.status_code == 422 and frase in texto_de(respuesta)
    assert not PadronDeOrganizacion.objects.exists()


def test_sin_archivo_y_con_otro_metodo(entrar, gente):
    cliente = entrar(gente.fabio)
    respuesta = cliente.post(CARGAR, {})
    assert respuesta.status_code == 422 and "Elige el archivo." in texto_de(respuesta)
    assert cliente.put(CARGAR).status_code == 405


def test_tiene_un_tope_de_filas_y_de_lo_que_ocupa_abierta(gente, pueblo, monkeypatch):
    from civic.cuentas.acciones import padron_de_organizacion as modulo

    monkeypatch.setattr(modulo, "DE_ORGANIZACION", Topes(filas=1, desempacados=100))
    with pytest.raises(ReglaIncumplida, match="más de 1 filas"):
        cargar(pueblo, gente)
    salida = io.BytesIO()
    Workbook().save(salida)
    with pytest.raises(ReglaIncumplida, match="ocupa demasiado al abrirla"):
        cargar(pueblo, gente, salida.getvalue(), "lista.xlsx")


# --- Verificarse con él ----------------------------------------------------------------------------------------------
def test_quien_esta_en_el_queda_verificada_con_su_propio_modo(entrar, gente, pueblo, rosa):
    cargar(pueblo, gente)
    cliente = entrar(rosa)
    assert "Con el padrón de mi OTB" in texto_de(cliente.get("/cuentas/verificar/"))
    assert "que cargó la directiva de OTB Molle" in texto_de(cliente.get(VERIFICAR))
    assert cliente.post(VERIFICAR, BIEN).url == "/cuentas/mi-cuenta/"
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.nivel, residencia.metodo, residencia.detalle) == (
        "verificada",
        "padron_organizacion",
        "OTB Molle",
    )
    assert residencia.verificada_por is None
    cifras = cifras_de_verificacion()
    columna = cifras["columnas"].index("Padrón de su organización")
    assert (cifras["total"][columna], cifras["total"][cifras["columnas"].index("Padrón")]) == (1, 0)


@pytest.mark.parametrize("mal", [{"ci": "4455668"}, {"nacimiento": "30/05/1990"}])
def test_no_estar_y_otra_fecha_dicen_lo_mismo_y_gastan_un_intento(entrar, gente, pueblo, rosa, mal):
    cargar(pueblo, gente)
    cliente = entrar(rosa)
    for _ in range(5):
        respuesta = cliente.post(VERIFICAR, BIEN | mal)
        assert respuesta.status_code == 422 and acciones.NO_ESTA in texto_de(respuesta)
    assert cliente.post(VERIFICAR, BIEN | mal).status_code == 429
    assert not Residencia.objects.get(usuario=rosa).esta_verificada


def test_no_sirve_a_quien_declaro_otra_otb_ni_sin_otb(entrar, gente, pueblo):
    cargar(pueblo, gente)
    luis = crear_persona("luis", "Luis", otb=pueblo.otb_ceibo, verificada=False)
    with pytest.raises(ReglaIncumplida, match="OTB Ceibo todavía no cargó su padrón"):
        acciones.comprobar_en_padron_de_organizacion(luis, ci=CI, nacimiento=NACIO)
    acciones.declarar_residencia(gente.nadia, distrito=pueblo.distrito_1)
    with pytest.raises(ReglaIncumplida, match="Primero di en qué OTB vives"):
        acciones.comprobar_en_padron_de_organizacion(gente.nadia, ci=CI, nacimiento=NACIO)
    assert "di en qué OTB vives" in texto_de(entrar(gente.nadia).get(VERIFICAR))
    cliente = entrar(luis)
    assert "OTB Ceibo todavía no cargó su padrón." in texto_de(cliente.get(VERIFICAR))
    assert "Con el padrón de mi OTB" not in texto_de(cliente.get("/cuentas/verificar/"))


def test_quien_lo_subio_no_se_verifica_con_el(gente, pueblo):
    Residencia.objects.filter(usuario=gente.fabio).update(nivel="declarada", metodo="")
    cargar(pueblo, gente)
    with pytest.raises(ReglaIncumplida, match="Tú subiste este padrón"):
        acciones.comprobar_en_padron_de_organizacion(gente.fabio, ci=CI, nacimiento=NACIO)


def test_con_otra_clave_deja_de_servir(gente, pueblo, rosa, settings):
    cargar(pueblo, gente)
    settings.CLAVE_PADRON = "otra clave " * 10
    with pytest.raises(ReglaIncumplida, match="todavía no cargó su padrón"):
        acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)


def test_el_mismo_carnet_en_dos_cuentas_abre_un_conflicto(gente, pueblo, rosa):
    cargar(pueblo, gente)
    acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)
    otra = crear_persona("rosa2", "Rosa Dos", otb=pueblo.otb_molle, verificada=False)
    with pytest.raises(ReglaIncumplida, match="una persona del municipio los revise"):
        acciones.comprobar_en_padron_de_organizacion(otra, ci=CI, nacimiento=NACIO)
    conflicto = ConflictoDeIdentidad.objects.get()
    assert (conflicto.segunda, conflicto.metodo_segunda) == (otra, "padron_organizacion")


def test_si_ya_esta_verificada_con_otro_carnet_no_pregunta(gente, pueblo, rosa):
    cargar(pueblo, gente)
    acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)
    Residencia.objects.filter(usuario=rosa).update(nivel="declarada", metodo="")
    with pytest.raises(ReglaIncumplida, match="otro carnet"):
        acciones.comprobar_en_padron_de_organizacion(
            rosa, ci=normalizar_ci("7777777"), nacimiento=datetime.date(1980, 2, 1)
        )


def test_su_directiva_puede_anularla_y_otra_no(gente, pueblo, rosa):
    cargar(pueblo, gente)
    acciones.comprobar_en_padron_de_organizacion(rosa, ci=CI, nacimiento=NACIO)
    residencia = Residencia.objects.get(usuario=rosa)
    assert permisos.puede_revocar(Usuario.objects.get(pk=gente.fabio.pk), residencia)
    assert not permisos.puede_revocar(gente.ana, residencia)


def test_el_municipio_puede_cerrar_ese_modo(entrar, gente, pueblo, rosa, settings):
    cargar(pueblo, gente)
    settings.VERIFICACION = ["padron"]
    cliente = entrar(rosa)
    assert cliente.get(VERIFICAR).status_code == cliente.post(VERIFICAR, BIEN).status_code == 404
    assert entrar(gente.fabio).get(CARGAR).status_code == 404
    assert "Cargar el padrón" not in texto_de(cliente.get("/organizaciones/molle/solicitud/"))
    cliente = entrar(rosa)
    assert "Con el padrón de mi OTB" not in texto_de(cliente.get("/cuentas/verificar/"))
