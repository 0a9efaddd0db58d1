"""Carreras al unir: apoyar y retirar a la vez, dos síes, comentar, seguir y cerrar un círculo; con su control."""

import time

import pytest
from django.db import connection

from civic.debate.acciones import comentar
from civic.debate.models import Comentario
from propuestas import acciones, reglas
from propuestas.acciones import apoyos, relaciones, seguimientos, uniones
from propuestas.models import Apoyo, PedidoDeAcuerdo, Propuesta, Relacion, Seguimiento
from tests.cuentas.piezas_verificacion import a_la_vez
from tests.elenco import crear_persona
from tests.propuestas.piezas import publicada

CUANTAS = 6
carrera = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera."
)
SI = {"acepta": True, "frase": "De acuerdo."}


@pytest.fixture
def par(recepcion, gente, pueblo):
    """(la que se une, su destino, el pedido al que solo le falta el sí de ana)."""
    una = publicada(recepcion, gente, pueblo)
    otra = publicada(recepcion, gente, pueblo, autor=gente.beto, titulo="Agua para toda la zona")
    pedido = acciones.pedir_union(una, destino=otra, actor=gente.hugo, motivo="Son la misma.")
    acciones.responder_pedido(pedido, persona=gente.beto, **SI)
    return una, otra, pedido


def vecinas(pueblo, cuantas=CUANTAS):
    return [crear_persona(f"vecina{n}", f"Vecina {n}", otb=pueblo.otb_molle) for n in range(cuantas)]


def sin_candado(propuesta):
    leida = Propuesta.objects.con_lugar().get(pk=propuesta.pk)
    time.sleep(0.3)
    return leida


def apoyan_y_unen(par, gente, pueblo):
    """Seis apoyan y retiran en las dos mientras ana da el último sí. Devuelve las personas y cómo quedaron las dos."""
    una, otra, pedido = par
    personas = vecinas(pueblo)
    for persona in personas[:3]:
        acciones.apoyar(una, usuario=persona)
    for persona in personas[2:4]:
        acciones.apoyar(otra, usuario=persona)
    a_la_vez(
        [
            *(lambda p=p: acciones.apoyar(una, usuario=p) for p in personas[3:]),
            lambda: acciones.responder_pedido(pedido, persona=gente.ana, **SI),
            lambda: acciones.retirar_apoyo(otra, usuario=personas[2]),
            lambda: acciones.apoyar(otra, usuario=personas[5]),
        ]
    )
    una.refresh_from_db()
    otra.refresh_from_db()
    return personas


@carrera
def test_apoyar_retirar_y_unir_a_la_vez_no_pierde_a_nadie(par, gente, pueblo):
    una, otra, _ = par
    personas = apoyan_y_unen(par, gente, pueblo)
    de_una, de_otra = (set(Apoyo.objects.filter(propuesta=p).values_list("usuario", flat=True)) for p in (una, otra))
    assert (una.estado, una.unida_a) == ("fusionada", otra)
    assert (una.apoyos_contados, otra.apoyos_contados) == (len(de_una), len(de_otra))
    # Quien alcanzó a apoyar la vieja está en la otra; solo puede faltar quien retiró su apoyo de la otra.
    assert de_una - de_otra <= {personas[2].pk}
    assert {personas[n].pk for n in (0, 1, 3)} <= de_otra


@carrera
@solo_postgres
def test_control_sin_candado_un_apoyo_se_queda_en_la_vieja(par, gente, pueblo, monkeypatch):
    una, otra, pedido = par
    (vecina,) = vecinas(pueblo, 1)
    monkeypatch.setattr(apoyos, "bloquear_propuesta", sin_candado)
    a_la_vez(
        [
            lambda: acciones.apoyar(una, usuario=vecina),
            lambda: acciones.responder_pedido(pedido, persona=gente.ana, **SI),
        ]
    )
    assert Apoyo.objects.filter(propuesta=una, usuario=vecina).exists()
    assert not Apoyo.objects.filter(propuesta=otra, usuario=vecina).exists()


@carrera
def test_las_dos_partes_aceptan_a_la_vez_y_se_une_una_sola_vez(recepcion, gente, pueblo):
    una = publicada(recepcion, gente, pueblo)
    otra = publicada(recepcion, gente, pueblo, autor=gente.beto)
    acciones.apoyar(una, usuario=gente.dora)
    pedido = acciones.pedir_union(una, destino=otra, actor=gente.hugo, motivo="Son la misma.")
    respuestas = a_la_vez(
        [lambda p=p: acciones.responder_pedido(pedido, persona=p, **SI) for p in (gente.ana, gente.beto) * 3]
    )
    assert all(isinstance(respuesta, PedidoDeAcuerdo) for respuesta in respuestas), respuestas
    una.refresh_from_db()
    otra.refresh_from_db()
    assert (una.unida_a, otra.apoyos_contados, pedido.respuestas.count()) == (otra, 1, 2)


@carrera
@solo_postgres
def test_control_sin_candado_los_dos_sies_a_la_vez_no_unen(recepcion, gente, pueblo, monkeypatch):
    una = publicada(recepcion, gente, pueblo)
    otra = publicada(recepcion, gente, pueblo, autor=gente.beto)
    pedido = acciones.pedir_union(una, destino=otra, actor=gente.hugo, motivo="Son la misma.")
    monkeypatch.setattr(uniones, "_bloquear_pedido", lambda pedido: PedidoDeAcuerdo.objects.get(pk=pedido.pk))
    resolver = uniones._resolver

    def resolver_despacio(*args, **kwargs):
        resolver(*args, **kwargs)
        time.sleep(0.3)

    monkeypatch.setattr(uniones, "_resolver", resolver_despacio)
    a_la_vez([lambda p=p: acciones.responder_pedido(pedido, persona=p, **SI) for p in (gente.ana, gente.beto)])
    una.refresh_from_db()
    assert (una.estado, pedido.respuestas.count()) == ("publicada", 2)


@carrera
def test_unir_en_los_dos_sentidos_a_la_vez_no_se_abraza_ni_hace_un_circulo(recepcion, gente, pueblo):
    una = publicada(recepcion, gente, pueblo)
    otra = publicada(recepcion, gente, pueblo, autor=gente.beto)
    ida = acciones.pedir_union(una, destino=otra, actor=gente.hugo, motivo="Son la misma.")
    vuelta = acciones.pedir_union(otra, destino=una, actor=gente.hugo, motivo="Son la misma.")
    for pedido in (ida, vuelta):
        acciones.responder_pedido(pedido, persona=gente.beto, **SI)
    a_la_vez([lambda p=p: acciones.responder_pedido(p, persona=gente.ana, **SI) for p in (ida, vuelta)])
    quedaron = {(propuesta.estado, propuesta.unida_a_id is None) for propuesta in Propuesta.objects.all()}
    assert quedaron == {("fusionada", False), ("publicada", True)}
    assert sorted(PedidoDeAcuerdo.objects.values_list("estado", flat=True)) == ["cancelado", "hecho"]


@carrera
def test_comentar_y_seguir_mientras_se_une_no_deja_nada_en_la_vieja(par, gente, pueblo):
    una, otra, pedido = par
    personas = vecinas(pueblo)
    a_la_vez(
        [
            *(lambda p=p: comentar(una.hilo, autor=p, texto="Hace falta.") for p in personas[:3]),
            *(lambda p=p: acciones.seguir(una, usuario=p) for p in personas[3:]),
            lambda: acciones.responder_pedido(pedido, persona=gente.ana, **SI),
        ]
    )
    assert Comentario.objects.filter(hilo=una.hilo).count() == 0
    assert sorted(Seguimiento.objects.values_list("propuesta", "usuario__username")) == [
        (otra.pk, f"vecina{n}") for n in (3, 4, 5)
    ]
    otra.hilo.refresh_from_db()
    cambios = sorted(Comentario.objects.filter(hilo=otra.hilo).values_list("cambio", flat=True))
    assert cambios == list(range(1, otra.hilo.cambios + 1))


@carrera
@solo_postgres
def test_control_sin_candado_un_seguimiento_se_queda_en_la_vieja(par, gente, pueblo, monkeypatch):
    una, _, pedido = par
    monkeypatch.setattr(seguimientos, "bloquear_propuesta", sin_candado)
    a_la_vez(
        [
            lambda: acciones.seguir(una, usuario=gente.dora),
            lambda: acciones.responder_pedido(pedido, persona=gente.ana, **SI),
        ]
    )
    assert Seguimiento.objects.get().propuesta == una


def cierran_un_circulo(cuatro, actor):
    """Con 0→1 y 2→3 puestas, a la vez 1→2 y 3→0: parejas que no comparten ninguna propuesta."""

    def depender(a, b):
        return acciones.relacionar(cuatro[a], con=cuatro[b], clase="dependencia", actor=actor, motivo="Va antes.")

    depender(0, 1)
    depender(2, 3)
    return a_la_vez([lambda: depender(1, 2), lambda: depender(3, 0)])


@pytest.fixture
def cuatro(recepcion, gente, pueblo):
    return [publicada(recepcion, gente, pueblo, titulo=f"Obra número {n}") for n in range(4)]


@carrera
def test_dos_personas_no_cierran_un_circulo_entre_las_dos(cuatro, gente):
    cierran_un_circulo(cuatro, gente.hugo)
    parejas = list(Relacion.objects.vigentes().values_list("primera", "segunda"))
    assert len(parejas) == 3
    assert not any(reglas.cierra_un_circulo([q for q in parejas if q != p], *p) for p in parejas)


@carrera
@solo_postgres
def test_control_sin_la_fila_de_la_gestion_el_circulo_se_cierra(cuatro, gente, monkeypatch):
    monkeypatch.setattr(relaciones, "hacer_fila", lambda gestion: None)
    caber = relaciones._exigir_que_quepa

    def caber_despacio(*args):
        caber(*args)
        time.sleep(0.3)

    monkeypatch.setattr(relaciones, "_exigir_que_quepa", caber_despacio)
    cierran_un_circulo(cuatro, gente.hugo)
    assert Relacion.objects.vigentes().count() == 4
