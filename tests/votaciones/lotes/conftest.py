"""Una mesa con gente del padrón que muestra su carnet, dos personas que cargan y la foto de un lote."""

import pytest
from django.utils import timezone

from civic.comun import fotos
from civic.cuentas.acciones import asignar_rol
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import normalizar_ci
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona
from tests.propuestas.piezas import foto_subida
from tests.votaciones.conftest import abrir
from tests.votaciones.papeletas import EJEMPLOS
from tests.votaciones.test_identidad import vecina
from votaciones import acciones as votaciones
from votaciones.lotes import acciones
from votaciones.lotes.models import Lote
from votaciones.lotes.reglas import BLANCA, NULA, VALIDA, hoja_de_papel
from votaciones.models import Contienda

CARNETS = [f"70000{n}" for n in range(10, 16)]


def vale(*eleccion):
    return hoja_de_papel(VALIDA, list(eleccion))


EN_BLANCO, MALA = hoja_de_papel(BLANCA), hoja_de_papel(NULA)


@pytest.fixture(autouse=True)
def _foto_ligera(monkeypatch):
    """Limpiar de verdad corre en otro proceso y ya se prueba en comun; aquí solo importa que se guarde lo limpio."""
    monkeypatch.setattr("votaciones.lotes.acciones.mesa.limpiar_foto", lambda archivo: b"limpia" + archivo.read(4))
    assert callable(fotos.limpiar_foto)


@pytest.fixture
def carnets(preparada, pueblo):
    """Seis personas del distrito 1 que mostraron su carnet antes de que se publicara el padrón."""
    return [vecina(pueblo, f"papel{n}", normalizar_ci(ci), "ventanilla") for n, ci in enumerate(CARNETS)]


@pytest.fixture
def rita(pueblo):
    """Ventanilla: hace la primera carga."""
    return con_rol("rita", Rol.VENTANILLA)


@pytest.fixture
def saul(pueblo):
    """Promotora de todo el municipio: hace la segunda."""
    return con_rol("saul", Rol.PROMOTORA)


def con_rol(usuario, rol, **mas):
    persona = crear_persona(usuario, usuario.title())
    asignar_rol(persona, rol=rol, **mas)
    return persona


@pytest.fixture
def votacion_de(preparada, carnets, gente):
    """Abre la votación con ese tipo de papeleta y devuelve la contienda del distrito 1."""

    def con(tipo="presupuesto", **limites):
        datos = {nombre: getattr(preparada, nombre) for nombre in ("nombre", "slug", "abre", "cierra", "regla")}
        votaciones.corregir_votacion(preparada, tipo_de_papeleta=tipo, **datos, **(limites or EJEMPLOS[tipo].limites))
        abierta = abrir(preparada, actor=gente.hugo)
        return Contienda.objects.select_related("votacion__proceso", "area").get(votacion=abierta, numero=1)

    return con


def abrir_lote(contienda, actor, clase=Lote.Clase.PAPEL, **mas):
    datos = {"lugar": "Escuela Bolívar", "fecha": timezone.localdate()} | mas
    return acciones.abrir_lote(contienda, clase=clase, actor=actor, **datos)


def marcar(lote, actor, *personas, **mas):
    for persona in personas:
        lote = acciones.marcar_entrega(lote, identidad=identidad(persona), actor=actor, **mas)
    return lote


def identidad(persona):
    return Identidad.objects.get(cuenta=persona).pk


def junto(contienda, actor, personas, hojas):
    """Un lote de papel ya juntado, listo para cargarse."""
    lote = marcar(abrir_lote(contienda, actor), actor, *personas)
    return acciones.juntar_hojas(lote, hojas=hojas, foto=foto_subida("lote.jpg"), actor=actor)


def cargar(lote, actor, *hojas):
    for numero, dice in enumerate(hojas, 1):
        lote = acciones.cargar_hoja(lote, hoja=numero, dice=dice, actor=actor)
    return lote


def conciliado(contienda, personas, rita, saul, *hojas):
    lote = junto(contienda, rita, personas, len(hojas))
    return cargar(cargar(lote, rita, *hojas), saul, *hojas)
