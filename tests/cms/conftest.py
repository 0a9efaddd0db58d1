"""Piezas de las pruebas del portal."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from civic.procesos.models import Proceso
from cms.acciones import publicar_proceso, sembrar_portal
from propuestas.models import Propuesta
from tests import elenco
from votaciones.models import Contienda, Votacion


@pytest.fixture(autouse=True)
def _sin_memoria():
    """Las cifras del portal se recuerdan un minuto: cada prueba cuenta las suyas."""
    cache.clear()


@pytest.fixture
def portal(db):
    return sembrar_portal()


@pytest.fixture
def proceso_recibiendo(portal, recepcion):
    publicar_proceso(recepcion)
    return recepcion


@pytest.fixture
def votacion(portal, votando, pueblo):
    """Votación abierta del proceso que vota, con una contienda por distrito."""
    publicar_proceso(votando)
    return abrir(votando, pueblo)


@pytest.fixture
def consulta(portal, pueblo):
    """Consulta con dos artículos que ahora recibe comentarios."""
    proceso = elenco.crear_proceso(pueblo, "comentarios", "respuesta", slug="reglamento")
    proceso.tipo = Proceso.Tipo.CONSULTA
    proceso.save()
    articulos = [
        {"numero": "4", "titulo": "Convocatoria", "texto": "<p>Se publica con diez días.</p>"},
        {"numero": "9", "titulo": "Identidad", "texto": "<p>El número no se publica.</p>"},
    ]
    return publicar_proceso(proceso, articulos=articulos)


def abrir(proceso, pueblo, **campos):
    ahora = timezone.now()
    datos = {
        "nombre": "Votación de prueba",
        "slug": "votacion-de-prueba",
        "estado": Votacion.Estado.ABIERTA,
        "abre": ahora - datetime.timedelta(days=1),
        "cierra": ahora + datetime.timedelta(days=5),
        "libro": "{}",
        "huella": "0" * 64,
    } | campos
    estado = datos.pop("estado")
    votacion = Votacion.objects.create(proceso=proceso, **datos)
    for numero, distrito in enumerate((pueblo.distrito_1, pueblo.distrito_2), start=1):
        Contienda.objects.create(votacion=votacion, area=distrito, numero=numero, presupuesto=300000)
    # Al final, como al abrir: desde ahí la base no deja agregar contiendas.
    votacion.estado = estado
    votacion.save(update_fields=["estado"])
    return votacion


def proponer(proceso, pueblo, autor, codigo, **campos):
    """Propuesta publicada en el distrito 1, o como digan los campos."""
    datos = {
        "titulo": f"Propuesta {codigo}",
        "categoria": pueblo.agua,
        "distrito": pueblo.distrito_1,
        "otb": pueblo.otb_molle,
        "monto_solicitado": 50000,
        "estado": "publicada",
        "presentada": timezone.now(),
    } | campos
    return Propuesta.objects.create(proceso=proceso, autor=autor, codigo=codigo, **datos)
