"""Toda sección de la trastienda se busca, se filtra, se descarga sin fórmulas y muestra la historia de lo suyo."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from civic.comun.bitacora import anotar
from civic.comun.models import Suceso
from civic.comun.planillas import COMIENZOS_PELIGROSOS
from civic.comun.texto import para_buscar
from tests.matriz.secciones import quien_entra_a_todo, secciones

pytestmark = pytest.mark.django_db
VENENOS = ("=1+1", "+1", "-1", "@x", "\t=1")
# Por qué texto se busca en cada sección: el que se lee en su lista. También es el que se envenena.
TEXTO_OBVIO = {
    "propuestas_admin": "titulo",
    "reporte": "descripcion",
    "obra": "nombre",
    "comentarios": "texto",
    "votaciones_admin": "nombre",
    "procesos": "nombre",
    "categorias": "nombre",
    "fuentes": "nombre",
    "organizaciones_trastienda": "nombre",
    "acta": "lugar",
    "actas_de_directiva": "organizacion.nombre",
    "observaciones": "texto",
    "mandatos": "usuario.nombre_publico",
    "residencias": "usuario.username",
    "conflictos": "primera.username",
    "padrones": "municipio.nombre",
    "roles": "usuario.nombre_publico",
    "territorio_admin": "nombre",
    "importaciones": "archivo",
    "dudas": "titulo",
    "bitacora": "texto",
    "wagtailusers_users": "nombre_publico",
}
SUCESO = "Pasó algo que solo esta prueba anota."


@pytest.fixture
def cliente(el_mundo, entrar):
    return entrar(quien_entra_a_todo(el_mundo))


def uno(cliente, seccion):
    """El primer registro de su lista."""
    return cliente.get(reverse(f"{seccion}:index")).context["paginator"].object_list[0]


def donde(objeto, camino):
    """(registro que tiene el texto, su campo)."""
    *pasos, campo = camino.split(".")
    for paso in pasos:
        objeto = getattr(objeto, paso)
    return objeto, campo


def test_ninguna_seccion_queda_sin_probar():
    assert set(TEXTO_OBVIO) == set(secciones())


@pytest.mark.parametrize("seccion", TEXTO_OBVIO)
def test_se_busca_y_se_filtra(cliente, seccion):
    objeto = uno(cliente, seccion)
    tiene, campo = donde(objeto, TEXTO_OBVIO[seccion])
    if seccion in {"propuestas_admin", "obra"}:  # el mundo las escribe sin su acción, que llena lo que se busca
        type(objeto).objects.filter(pk=objeto.pk).update(busqueda=para_buscar(getattr(tiene, campo)))
    lista = reverse(f"{seccion}:index")
    hallados = cliente.get(lista, {"q": getattr(tiene, campo)})
    assert hallados.status_code == 200
    assert objeto in hallados.context["paginator"].object_list
    assert list(cliente.get(lista, {"q": "zzxxqq"}).context["paginator"].object_list) == []
    assert hallados.context["filters"].form.fields, "no tiene ningún filtro"


@pytest.mark.parametrize("veneno", VENENOS)
@pytest.mark.parametrize("seccion", TEXTO_OBVIO)
def test_se_descarga_sin_formulas(el_mundo, cliente, seccion, veneno):
    if seccion == "bitacora":
        anotar(el_mundo.cosas["proceso"], verbo="probar", texto=f"{veneno}veneno")
    else:
        tiene, campo = donde(uno(cliente, seccion), TEXTO_OBVIO[seccion])
        type(tiene).objects.filter(pk=tiene.pk).update(**{campo: f"{veneno}veneno"})
    lista = reverse(f"{seccion}:index")
    respuesta = cliente.get(lista, {"export": "csv"})
    assert respuesta["Content-Type"].startswith("text/csv")
    celdas = [celda for fila in csv.reader(io.StringIO(respuesta.getvalue().decode("utf-8-sig"))) for celda in fila]
    assert any("veneno" in celda for celda in celdas)
    assert [celda for celda in celdas if celda.lstrip(" ").startswith(COMIENZOS_PELIGROSOS)] == []
    hoja = load_workbook(io.BytesIO(cliente.get(lista, {"export": "xlsx"}).getvalue())).active
    en_xlsx = [celda for fila in hoja.iter_rows() for celda in fila]
    assert any("veneno" in str(celda.value) for celda in en_xlsx)
    assert [celda.value for celda in en_xlsx if celda.data_type == "f"] == []


@pytest.mark.parametrize("seccion", [s for s in TEXTO_OBVIO if s != "bitacora"])
def test_cada_registro_muestra_su_historia(cliente, seccion):
    objeto = uno(cliente, seccion)
    if seccion == "roles":  # los roles se anotan en la persona
        anotar(objeto.usuario, verbo="asignar_rol", texto=SUCESO)
    else:
        anotar(objeto, verbo="probar", texto=SUCESO, publico=seccion == "votaciones_admin")
    ficha = (
        reverse("votaciones_conducir", args=[objeto.pk])
        if seccion == "votaciones_admin"
        else reverse(f"{seccion}:inspect", args=[objeto.pk])
    )
    assert SUCESO in cliente.get(ficha).content.decode()


def test_descargar_lo_que_no_es_publico_queda_anotado(cliente, el_mundo):
    for seccion in ("residencias", "conflictos", "roles", "wagtailusers_users", "bitacora"):
        modelo = secciones()[seccion].model
        cliente.get(reverse(f"{seccion}:index"), {"export": "csv"})
        miradas = Suceso.objects.filter(verbo="mirar", actor=el_mundo.personas["superusuario"])
        assert miradas.filter(objeto_tipo=modelo._meta.label_lower, texto__contains="csv").exists(), seccion
