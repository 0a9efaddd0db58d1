"""Piezas para votar: propuestas viables y votaciones en cada estado."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from propuestas.models import Propuesta
from tests.elenco import crear_persona, dar_rol
from tests.votaciones.papeletas import EJEMPLOS
from votaciones import acciones
from votaciones.models import Contienda
from votaciones.padron import acciones as padrones


def segunda() -> Usuario:
    """Otra persona de Planificación: quien abre o cierra no cuenta."""
    iris = Usuario.objects.filter(username="iris").first()
    if iris is None:
        iris = crear_persona("iris", "Iris Planifica")
        dar_rol(iris, Rol.PLANIFICACION)
    return iris


def crear_viable(proceso, distrito, titulo, costo, *, autor, categoria, otb=None):
    numero = Propuesta.objects.count() + 1
    return Propuesta.objects.create(
        proceso=proceso,
        codigo=f"P-{numero:04}",
        autor=autor,
        titulo=titulo,
        descripcion="Hace falta.",
        categoria=categoria,
        distrito=distrito,
        otb=otb,
        monto_solicitado=Decimal(costo),
        monto_tecnico=Decimal(costo),
        estado="viable",
        presentada=timezone.now(),
    )


@pytest.fixture
def viables(pueblo, gente, votando):
    """Cuatro obras viables en el distrito 1 (presupuesto Bs 300.000) y una en el 2."""
    uno = {"autor": gente.fabio, "categoria": pueblo.agua, "otb": pueblo.otb_molle}
    return [
        crear_viable(votando, pueblo.distrito_1, "Tanque de agua", 200_000, **uno),
        crear_viable(votando, pueblo.distrito_1, "Cancha techada", 150_000, **uno),
        crear_viable(votando, pueblo.distrito_1, "Luz en la plaza", 80_000, **uno),
        crear_viable(votando, pueblo.distrito_1, "Parada de minibús", 20_000, **uno),
        crear_viable(votando, pueblo.distrito_2, "Puente peatonal", 250_000, autor=gente.beto, categoria=pueblo.vias),
    ]


@pytest.fixture
def preparada(votando, viables):
    ahora = timezone.now()
    return acciones.preparar_votacion(
        votando,
        nombre="Votación POA 2027",
        slug="poa-2027",
        abre=ahora - datetime.timedelta(days=1),
        cierra=ahora + datetime.timedelta(days=3),
    )


def publicar_padron(votacion, **mas):
    """Publica el padrón con la gente de ahora, como si hubiera sido seis días antes de abrir: su plazo ya venció."""
    un_dia = datetime.timedelta(days=1)
    plazo = {"ahora": votacion.abre - 6 * un_dia, "observable_hasta": votacion.abre - un_dia} | mas
    return padrones.publicar_padron(votacion, **plazo)


def abrir(votacion, actor=None, **mas):
    """Publica el padrón, deja pasar su plazo y abre. Quien se verifica después ya no vota."""
    publicar_padron(votacion)
    return acciones.abrir_votacion(votacion, actor=actor, **mas)


@pytest.fixture
def abierta(preparada, gente):
    return abrir(preparada, actor=gente.hugo)


@pytest.fixture
def d1(abierta):
    return abierta.contiendas.get(numero=1)


@pytest.fixture
def d2(abierta):
    return abierta.contiendas.get(numero=2)


def votar(contienda, persona, *numeros, **mas):
    clave = acciones.emitir_clave_de_papeleta(contienda, usuario=persona)
    return acciones.emitir_voto(contienda, usuario=persona, eleccion=numeros, clave=clave, **mas)


@pytest.fixture
def vecinas(preparada, pueblo):
    """Cuatro del distrito 1 que alcanzan a entrar al padrón."""
    return [crear_persona(f"vecina{i}", f"Vecina {i}", otb=pueblo.otb_molle) for i in range(4)]


@pytest.fixture
def contada(vecinas, abierta, d1, d2, pueblo, gente):
    """Siete papeletas en el distrito 1 y una en el 2, contadas.

    1 Tanque 200.000: 4 votos; 2 Cancha 150.000: 2; 3 Luz 80.000: 3; 4 Parada 20.000: 0.
    """
    votar(d1, gente.ana, 1, 3)
    votar(d1, gente.fabio, 1, 3)
    votar(d1, gente.dora, 1)
    votar(d1, vecinas[0], 1)
    votar(d1, vecinas[1], 2)
    votar(d1, vecinas[2], 2)
    votar(d1, vecinas[3], 3)
    votar(d2, gente.beto, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Todos votaron.")
    return acciones.contar_votacion(abierta, actor=segunda())


@pytest.fixture
def contada_de(preparada, gente, pueblo):
    """Cuenta una votación de ese tipo de papeleta con sus elecciones de ejemplo y devuelve su contienda 1."""

    def contar(tipo, **cambios):
        ejemplo = EJEMPLOS[tipo]
        datos = {nombre: getattr(preparada, nombre) for nombre in ("nombre", "slug", "abre", "cierra", "regla")}
        acciones.corregir_votacion(preparada, tipo_de_papeleta=tipo, **(datos | cambios), **ejemplo.limites)
        votantes = [
            crear_persona(f"votante{numero}", f"Votante {numero}", otb=pueblo.otb_molle)
            for numero in range(len(ejemplo.elecciones))
        ]
        abierta = abrir(preparada, actor=gente.hugo)
        d1 = Contienda.objects.get(votacion=abierta, numero=1)
        for votante, eleccion in zip(votantes, ejemplo.elecciones, strict=True):
            votar(d1, votante, *eleccion)
        acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
        acciones.contar_votacion(abierta, actor=segunda())
        return Contienda.objects.select_related("votacion", "area__municipio").get(pk=d1.pk)

    return contar
