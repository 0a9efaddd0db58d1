"""Carreras de verdad: publicar dos veces, y aceptar a la vez dos reclamos de una persona. Con sus controles."""

import threading

import pytest
from django.db import IntegrityError, connection

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Residencia
from tests.elenco import crear_persona, dar_rol
from tests.votaciones.conftest import segunda
from tests.votaciones.padron import piezas
from tests.votaciones.test_carreras import a_la_vez
from votaciones import acciones as votaciones
from votaciones.padron import acciones
from votaciones.padron.acciones import publicar, reclamos
from votaciones.padron.models import Habilitacion, PadronElectoral, ReclamoDePadron

HILOS = 4


def intentar(accion):
    """Lo que dio, o su excepción también si la base dijo que no."""

    def correr():
        try:
            return accion()
        except IntegrityError as error:
            return error

    return correr


@pytest.mark.django_db(transaction=True)
def test_publicar_dos_veces_a_la_vez_da_un_solo_padron(votacion, gente):
    respuestas = a_la_vez([lambda: piezas.publicar(votacion, gente.hugo)] * HILOS)
    assert sorted(type(una).__name__ for una in respuestas) == ["PadronElectoral"] + ["ReglaIncumplida"] * (HILOS - 1)
    assert PadronElectoral.objects.count() == 1
    assert piezas.en_el_padron(PadronElectoral.objects.get()) == {"ana": 1, "dora": 1, "fabio": 1, "beto": 2}


def dos_reclamos(votacion, gente, pueblo):
    """rosa reclamó en el distrito 1, se mudó y reclamó en el 2; en los dos está pendiente y ya se verificó."""
    padron = piezas.publicar(votacion, gente.hugo)
    rosa = crear_persona("rosa", "Rosa", otb=pueblo.otb_ceibo)
    for contienda in votacion.contiendas.all():
        ReclamoDePadron.objects.create(
            padron=padron, contienda=contienda, clase="inclusion", autor=rosa, persona=rosa, texto="Vivo aquí."
        )
    return list(ReclamoDePadron.objects.order_by("pk"))


def aceptar(reclamo, actor):
    return intentar(
        lambda: acciones.resolver_reclamo(reclamo, actor=actor, decision="aceptado", respuesta="Se comprobó.")
    )


def planifican():
    personas = [segunda()]
    for nombre in ("julia", "karen"):
        persona = crear_persona(nombre, nombre.title())
        dar_rol(persona, "planificacion")
        personas.append(persona)
    return personas


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_dos_reclamos_de_una_persona_aceptados_a_la_vez_dan_una_habilitacion(votacion, gente, pueblo, vuelta):
    uno, otro = dos_reclamos(votacion, gente, pueblo)
    iris, julia, karen = planifican()
    respuestas = a_la_vez([aceptar(uno, iris), aceptar(otro, julia), aceptar(uno, karen), aceptar(otro, iris)])
    assert sorted(type(una).__name__ for una in respuestas) == ["ReclamoDePadron"] * 2 + ["ReglaIncumplida"] * 2
    assert list(Habilitacion.objects.filter(usuario__username="rosa").values_list("contienda__numero", flat=True)) == [
        2
    ]
    assert set(ReclamoDePadron.objects.values_list("estado", flat=True)) == {"aceptado"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_sin_candados_solo_la_base_impide_dos_padrones(votacion, gente, monkeypatch):
    """Sin bloquear, todas ven que no hay padrón y todas lo crean: lo dice la restricción, con un error sin frase."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE y excluye a las demás.")
    monkeypatch.setattr(publicar, "bloquear", lambda consulta: consulta)
    esperan = threading.Barrier(HILOS)
    por_que_no = publicar.permisos.por_que_no_publica

    def mirar_a_la_vez(*args, **kwargs):
        razon = por_que_no(*args, **kwargs)
        esperan.wait(timeout=20)
        return razon

    monkeypatch.setattr(publicar.permisos, "por_que_no_publica", mirar_a_la_vez)
    respuestas = a_la_vez([intentar(lambda: piezas.publicar(votacion, gente.hugo))] * HILOS)
    assert sorted(type(una).__name__ for una in respuestas) == ["IntegrityError"] * (HILOS - 1) + ["PadronElectoral"]
    assert PadronElectoral.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_sin_candados_un_reclamo_se_resuelve_dos_veces(votacion, gente, pueblo, monkeypatch):
    """Sin bloquear, dos personas resuelven el mismo reclamo y quedan dos decisiones; la fila única la cuida la base."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE y excluye a las demás.")
    uno, _otro = dos_reclamos(votacion, gente, pueblo)
    iris, julia, _karen = planifican()
    monkeypatch.setattr(reclamos, "bloquear", lambda consulta: consulta)
    esperan = threading.Barrier(2)
    por_que_no = reclamos.permisos.por_que_no_resuelve

    def mirar_a_la_vez(*args):
        razon = por_que_no(*args)
        esperan.wait(timeout=20)
        return razon

    monkeypatch.setattr(reclamos.permisos, "por_que_no_resuelve", mirar_a_la_vez)
    rechazar = intentar(
        lambda: acciones.resolver_reclamo(uno, actor=julia, decision="rechazado", respuesta="No se comprobó.")
    )
    respuestas = a_la_vez([aceptar(uno, iris), rechazar])
    assert [type(una).__name__ for una in respuestas] == ["ReclamoDePadron"] * 2
    assert Habilitacion.objects.filter(usuario__username="rosa").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_abrir_mientras_se_acepta_un_reclamo_cuenta_lo_que_quedo(votacion, gente, pueblo, vuelta):
    """O se acepta antes y entra en la cuenta, o la apertura espera: nunca un padrón definitivo que cambia después."""
    uno, otro = dos_reclamos(votacion, gente, pueblo)
    iris, *_ = planifican()
    acciones.resolver_reclamo(otro, actor=iris, decision="rechazado", respuesta="No.")
    tareas = [aceptar(uno, iris)]
    tareas.insert(vuelta % 2, lambda: votaciones.abrir_votacion(votacion, ahora=votacion.abre))
    respuestas = a_la_vez(tareas)
    abrio, acepto = respuestas[vuelta % 2], respuestas[1 - vuelta % 2]
    assert not isinstance(acepto, Exception), acepto
    if isinstance(abrio, ReglaIncumplida):
        assert "sin resolver" in abrio.mensaje
        votaciones.abrir_votacion(votacion, ahora=votacion.abre)
    padron = PadronElectoral.objects.get()
    assert (padron.estado, padron.habilitaciones.count()) == ("definitivo", 5)
    assert dict(votacion.contiendas.values_list("numero", "habilitados")) == {1: 3, 2: 2}
    assert Residencia.objects.get(usuario__username="rosa").distrito == pueblo.distrito_2
