"""V12: quien vota y después cierra su cuenta, o a quien se la suspenden: su voto se cuenta y ya nada lleva a ella."""

import pytest
from django.db import connections

from civic.cuentas import acciones as cuentas
from civic.cuentas.models import Usuario
from tests.elenco import crear_persona
from tests.votaciones.conftest import abrir, segunda, votar
from votaciones import acciones
from votaciones.models import Participacion, Votacion
from votaciones.urna.models import Sobre

SUYO = ("zulema.unica", "Zulema Irrepetible", "zulema@correo.example")


@pytest.fixture
def zulema(preparada, pueblo):
    persona = crear_persona(SUYO[0], SUYO[1], otb=pueblo.otb_molle)
    Usuario.objects.filter(pk=persona.pk).update(email=SUYO[2])
    persona.refresh_from_db()
    return persona


@pytest.fixture
def d1(zulema, preparada, gente):
    return abrir(preparada, actor=gente.hugo).contiendas.select_related("votacion").get(numero=1)


def todo_lo_escrito():
    """Cada valor de cada fila de las dos bases, como texto."""
    textos = []
    for conexion in connections.all():
        with conexion.cursor() as cursor:
            for tabla in conexion.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{tabla}"')  # noqa: S608 -- nombres de la propia base
                textos += [str(valor) for fila in cursor.fetchall() for valor in fila if valor is not None]
    return "\n".join(textos)


def cerrar_cuenta(persona):
    cuentas.cerrar_cuenta(persona)


def suspender(persona):
    Usuario.objects.filter(pk=persona.pk).update(is_active=False)


def contar(d1, gente):
    acciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(Votacion.objects.get(), actor=segunda())
    oficial = d1.resultados.get(oficial=True)
    return oficial.votos, [obra["numero"] for obra in oficial.ganadoras]


@pytest.mark.django_db
@pytest.mark.parametrize("irse", [cerrar_cuenta, suspender])
@pytest.mark.parametrize("cuando", ["antes de cerrar", "antes de contar", "después de contar"])
def test_su_voto_se_cuenta_igual(d1, zulema, gente, irse, cuando):
    votar(d1, zulema, 2)
    votar(d1, gente.ana, 2)
    if cuando == "antes de cerrar":
        irse(zulema)
    acciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Prueba.")
    if cuando == "antes de contar":
        irse(zulema)
    acciones.contar_votacion(Votacion.objects.get(), actor=segunda())
    if cuando == "después de contar":
        irse(zulema)
        acciones.contar_votacion(Votacion.objects.get(), actor=segunda())
    oficial = d1.resultados.get(oficial=True)
    assert (oficial.votos, [obra["numero"] for obra in oficial.ganadoras]) == (2, [2])
    assert (Sobre.objects.count(), Participacion.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_quien_cierra_su_cuenta_no_deja_nada_que_lleve_a_ella(d1, zulema, gente):
    recibo = votar(d1, zulema, 2)
    antes = todo_lo_escrito()
    assert all(dato in antes for dato in SUYO)  # control: la búsqueda encuentra lo que hay
    assert recibo not in antes
    cerrar_cuenta(zulema)
    escrito = todo_lo_escrito()
    assert [dato for dato in SUYO if dato in escrito] == []
    participacion = Participacion.objects.get()
    assert (participacion.usuario.is_active, participacion.identidad) == (False, None)
    assert participacion.usuario.nombre_publico not in SUYO
    assert contar(d1, gente) == (1, [2])


@pytest.mark.django_db
@pytest.mark.parametrize("irse", [cerrar_cuenta, suspender])
def test_con_la_cuenta_cerrada_o_suspendida_no_se_entra_a_votar(entrar, d1, zulema, irse):
    cliente = entrar(zulema)
    ruta = f"{d1.get_absolute_url()}emitir/"
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=zulema)
    irse(zulema)
    respuesta = cliente.post(ruta, {"opciones": ["2"], "clave": clave})
    assert (respuesta.status_code, Sobre.objects.count(), Participacion.objects.count()) == (302, 0, 0)
    assert "/cuentas/ingresar/" in respuesta.url


@pytest.mark.django_db
def test_control_si_irse_borrara_la_participacion_la_urna_no_cuadraria(d1, zulema, gente):
    votar(d1, zulema, 2)
    Participacion.objects.all().delete()
    with pytest.raises(Exception, match="no cuadra"):
        contar(d1, gente)
