"""Apoyar y retirar: quién, cuándo, y que el contador no se aparte de las filas aunque lleguen todos a la vez."""

import threading
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from propuestas import acciones
from propuestas.acciones import apoyos
from propuestas.models import Apoyo, Propuesta
from tests.elenco import crear_persona
from tests.propuestas.piezas import borrador, enviada


def quedan(propuesta):
    propuesta.refresh_from_db()
    return propuesta.apoyos_contados, Apoyo.objects.filter(propuesta=propuesta).count()


def test_apoyar_suma_una_vez_por_persona(una, gente):
    for persona in (gente.beto, gente.beto, gente.dora):
        acciones.apoyar(una, usuario=persona)
    assert quedan(una) == (2, 2)
    assert list(Suceso.objects.de(una).filter(verbo="apoyar").values_list("publico", flat=True)) == [False, False]


def test_retirar_apoyo_resta_y_sin_apoyo_no_cambia_nada(una, gente):
    acciones.apoyar(una, usuario=gente.beto)
    acciones.retirar_apoyo(una, usuario=gente.dora)
    assert quedan(una) == (1, 1)
    acciones.retirar_apoyo(una, usuario=gente.beto)
    acciones.retirar_apoyo(una, usuario=gente.beto)
    assert quedan(una) == (0, 0)


def test_apoyar_sin_residencia_verificada_dice_que_hacer(una, gente, pueblo):
    declarada = crear_persona("ines", "Inés", otb=pueblo.otb_molle, verificada=False)
    for persona in (gente.nadia, declarada):
        with pytest.raises(ReglaIncumplida, match="verificó su domicilio"):
            acciones.apoyar(una, usuario=persona)
    assert quedan(una) == (0, 0)


def test_apoyar_y_retirar_fuera_de_fase_dicen_hasta_cuando(una, gente, recepcion):
    acciones.apoyar(una, usuario=gente.beto)
    recepcion.fases.update(tipo="votacion")
    with pytest.raises(ReglaIncumplida, match="no se puede apoyar"):
        acciones.apoyar(una, usuario=gente.ana)
    with pytest.raises(ReglaIncumplida, match="no se puede apoyar"):
        acciones.retirar_apoyo(una, usuario=gente.beto)
    assert quedan(una) == (1, 1)


@pytest.mark.parametrize("estado", ["retirada", "rechazada", "en_votacion", "seleccionada", "en_obra"])
def test_apoyar_una_que_ya_no_recibe_apoyos_lo_dice(una, gente, estado):
    Propuesta.objects.update(estado=estado)
    with pytest.raises(ReglaIncumplida, match="ya no recibe apoyos"):
        acciones.apoyar(una, usuario=gente.ana)
    assert quedan(una) == (0, 0)


def test_apoyar_un_borrador_o_una_enviada_no_se_puede(recepcion, gente, pueblo):
    for propuesta in (borrador(recepcion, gente.ana, pueblo), enviada(recepcion, gente.ana, pueblo)):
        with pytest.raises(ReglaIncumplida):
            acciones.apoyar(propuesta, usuario=gente.beto)
        assert quedan(propuesta) == (0, 0)


# --- Carreras --------------------------------------------------------------------------------------------------------


def todos_a_la_vez(trabajos):
    """Corre cada trabajo en su hilo, con su conexión; devuelve los errores."""
    errores, salida = [], threading.Barrier(len(trabajos))

    def correr(trabajo):
        try:
            salida.wait(timeout=20)
            trabajo()
        except Exception as error:  # se revisa en la prueba
            errores.append(error)
        finally:
            connections.close_all()

    hilos = [threading.Thread(target=correr, args=(trabajo,)) for trabajo in trabajos]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    return errores


def vecinas(pueblo, cuantas):
    return [crear_persona(f"vecina{n}", f"Vecina {n}", otb=pueblo.otb_molle) for n in range(cuantas)]


@pytest.mark.django_db(transaction=True)
def test_apoyar_a_la_vez_el_contador_es_igual_a_las_filas(una, pueblo):
    personas = vecinas(pueblo, 6)
    trabajos = [lambda persona=persona: acciones.apoyar(una, usuario=persona) for persona in personas * 2]
    assert todos_a_la_vez(trabajos) == []
    assert quedan(una) == (6, 6)


@pytest.mark.django_db(transaction=True)
def test_apoyar_y_retirar_a_la_vez_el_contador_es_igual_a_las_filas(una, pueblo):
    se_van, llegan = (
        vecinas(pueblo, 3),
        [crear_persona(f"otra{n}", f"Otra {n}", otb=pueblo.otb_ceibo) for n in range(3)],
    )
    for persona in se_van:
        acciones.apoyar(una, usuario=persona)
    trabajos = [lambda persona=persona: acciones.retirar_apoyo(una, usuario=persona) for persona in se_van]
    trabajos += [lambda persona=persona: acciones.apoyar(una, usuario=persona) for persona in llegan]
    assert todos_a_la_vez(trabajos) == []
    assert quedan(una) == (3, 3)


def sumar_a_ciegas(propuesta):
    """Como se cuenta mal: sobre lo que se leyó antes."""
    propuesta.apoyos_contados += 1
    propuesta.save(update_fields=["apoyos_contados"])
    return {}, {}


@pytest.mark.django_db(transaction=True)
def test_apoyar_a_la_vez_sumando_a_ciegas_el_candado_alcanza(una, pueblo, monkeypatch):
    monkeypatch.setattr(apoyos, "_recontar", sumar_a_ciegas)
    trabajos = [lambda persona=persona: acciones.apoyar(una, usuario=persona) for persona in vecinas(pueblo, 4)]
    assert todos_a_la_vez(trabajos) == []
    assert quedan(una) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_apoyar_a_la_vez_sin_candado_el_contador_pierde_un_apoyo(una, pueblo, monkeypatch):
    """El control: sin transacción ni candado, las dos leen cero y una pisa a la otra."""
    leyeron = threading.Barrier(2)

    def leer_sin_candado(propuesta):
        leida = Propuesta.objects.con_lugar().get(pk=propuesta.pk)
        leyeron.wait(timeout=20)
        return leida

    monkeypatch.setattr(apoyos, "bloquear_propuesta", leer_sin_candado)
    monkeypatch.setattr(apoyos, "_recontar", sumar_a_ciegas)
    # Solo las propuestas quedan sin transacción: la bitácora conserva la suya.
    monkeypatch.setattr(apoyos, "transaction", SimpleNamespace(atomic=nullcontext, on_commit=transaction.on_commit))
    personas = vecinas(pueblo, 2)
    assert todos_a_la_vez([lambda persona=persona: acciones.apoyar(una, usuario=persona) for persona in personas]) == []
    assert quedan(una) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_presentar_a_la_vez_da_codigos_distintos_y_seguidos(recepcion, gente, pueblo):
    borradores = [borrador(recepcion, gente.ana, pueblo) for _ in range(5)]
    trabajos = [lambda uno=uno: acciones.presentar_propuesta(uno, actor=gente.ana) for uno in borradores]
    assert todos_a_la_vez(trabajos) == []
    codigos = sorted(Propuesta.objects.values_list("codigo", flat=True))
    assert codigos == [f"PR-2027-00{n}" for n in range(1, 6)]


@pytest.mark.django_db(transaction=True)
def test_presentar_la_misma_a_la_vez_la_presenta_una_vez(recepcion, gente, pueblo):
    uno = borrador(recepcion, gente.ana, pueblo)
    assert todos_a_la_vez([lambda: acciones.presentar_propuesta(uno, actor=gente.ana)] * 3) == []
    uno.refresh_from_db()
    assert (uno.codigo, Suceso.objects.de(uno).filter(hasta="enviada").count()) == ("PR-2027-001", 1)
