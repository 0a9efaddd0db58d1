"""Las descargas de la trastienda no llevan fórmulas: se planta en cada campo de texto y se vuelve a leer."""

import csv
import io

import pytest
from django.db import models
from django.urls import reverse
from openpyxl import load_workbook

from civic.comun.planillas import COMIENZOS_PELIGROSOS
from civic.cuentas.acciones import preparar_roles
from civic.debate import acciones as debate
from civic.debate.models import Comentario
from mapas.obras.models import Obra
from mapas.reportes import acciones as reportes
from mapas.reportes.models import Reporte
from propuestas.models import Propuesta
from tests.mapas.test_obras_acciones import crear_obra
from tests.propuestas.piezas import publicada
from votaciones.models import Votacion

pytestmark = pytest.mark.django_db
VENENOS = ("=1+1", "@x", "\t=1", "\uff1d1+1", "+1", "-1")
SECCIONES = {
    "propuestas_admin": Propuesta,
    "reporte": Reporte,
    "obra": Obra,
    "comentarios": Comentario,
    "votaciones_admin": Votacion,
}
UNICOS = {
    "codigo",
    "slug",
    "estado",
    "prioridad",
    "canal",
    "regla",
    "huella",
    "puntos_por_lugar",
}  # el último, la base solo lo deja con su tipo de papeleta


@pytest.fixture
def envenenado(gente, recepcion, pueblo, django_user_model):
    """Una fila de cada cosa, y quien entra a todo: administración técnica con Planificación."""
    preparar_roles()
    propuesta = publicada(recepcion, gente, pueblo)
    reportes.recibir_reporte(categoria=pueblo.vias, descripcion="x", distrito=pueblo.distrito_1, autor=gente.ana)
    crear_obra(pueblo)
    debate.comentar(propuesta.hilo, autor=gente.ana, texto="x")
    ahora = recepcion.fases.first().inicio
    Votacion.objects.create(
        proceso=recepcion, nombre="x", slug="x", abre=ahora, cierra=recepcion.fases.first().fin, regla="voraz"
    )
    return django_user_model.objects.create_superuser("raiz", password="x", nombre_publico="Raíz")


@pytest.mark.parametrize("veneno", VENENOS)
@pytest.mark.parametrize("seccion", SECCIONES)
def test_ninguna_celda_es_formula(entrar, envenenado, pueblo, seccion, veneno):
    modelo = SECCIONES[seccion]
    textos = [
        campo.name
        for campo in modelo._meta.concrete_fields
        if isinstance(campo, models.CharField | models.TextField) and campo.name not in UNICOS and campo.editable
    ]
    modelo.objects.update(**dict.fromkeys(textos, veneno))
    # También los nombres de lo relacionado: quien crea una cuenta o una OTB elige el suyo.
    type(envenenado).objects.update(nombre_publico=veneno)
    type(pueblo.otb_molle).objects.filter(pk=pueblo.otb_molle.pk).update(nombre=veneno)
    cliente = entrar(envenenado)
    en_csv = cliente.get(reverse(f"{seccion}:index") + "?export=csv").getvalue().decode("utf-8-sig")
    filas = list(csv.reader(io.StringIO(en_csv)))
    assert len(filas) >= 2
    celdas = [celda for fila in filas for celda in fila]
    assert [celda for celda in celdas if celda.lstrip(" ").startswith(COMIENZOS_PELIGROSOS)] == []
    assert any(veneno.strip() in celda for celda in celdas)  # el dato está, solo que como texto
    libro = load_workbook(io.BytesIO(cliente.get(reverse(f"{seccion}:index") + "?export=xlsx").getvalue()))
    assert [c.value for fila in libro.active.iter_rows() for c in fila if c.data_type == "f"] == []


def test_la_descarga_de_votaciones_lleva_solo_lo_publico(entrar, envenenado):
    texto = entrar(envenenado).get(reverse("votaciones_admin:index") + "?export=csv").getvalue().decode("utf-8-sig")
    assert ",".join(next(csv.reader(io.StringIO(texto)))) == (
        "Nombre,Proceso,Estado,Cómo se llena la papeleta,Regla oficial,Abre,Cierra,Contada,SHA-256 del libro de reglas"
    )
