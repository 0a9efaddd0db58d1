"""Carreras de verdad, con hilos: dos directivas que aceptan, consentir y editar, consentir y borrar; con su control."""

import time

import pytest
from django.db import connection

from civic.comun.models import Suceso
from propuestas import acciones, permisos_firmantes
from propuestas.acciones import asistencia, borradores, copatrocinios
from propuestas.models import Consentimiento, Copatrocinio, Propuesta
from propuestas.reglas import EN_SU_CUENTA, Conflicto
from tests.cuentas.piezas_verificacion import a_la_vez
from tests.propuestas.piezas import publicada
from tests.propuestas.piezas_firmantes import asistida, crear_directiva, crear_promotora, sello

CUANTAS = 4
carrera = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera."
)


def leer_despacio(propuesta):
    leida = Propuesta.objects.con_lugar().get(pk=propuesta.pk)
    time.sleep(0.4)
    return leida


def responden_a_la_vez(recepcion, gente, pueblo, respuestas):
    """La directiva de la OTB Ceibo, una persona por respuesta, contesta la misma invitación en el mismo instante."""
    una = publicada(recepcion, gente, pueblo)
    directiva = [crear_directiva(pueblo.org_ceibo, f"irma{n}", cargo=f"Vocalía {n}") for n in range(len(respuestas))]
    invitacion = acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)
    leido = sello(una)
    dadas = a_la_vez(
        [
            lambda p=p, acepta=acepta: acciones.responder_invitacion(invitacion, actor=p, acepta=acepta, leido=leido)
            for p, acepta in zip(directiva, respuestas, strict=True)
        ]
    )
    return una, dadas


@carrera
def test_dos_directivas_aceptan_a_la_vez_y_es_una(recepcion, gente, pueblo):
    una, dadas = responden_a_la_vez(recepcion, gente, pueblo, [True] * CUANTAS)
    assert [type(dada) for dada in dadas] == [Copatrocinio] * CUANTAS
    assert len({dada.respondida_por_id for dada in dadas}) == 1
    assert Suceso.objects.de(una).filter(verbo="copatrocinar").count() == 1


@carrera
def test_una_acepta_y_otra_no_y_vale_la_primera(recepcion, gente, pueblo):
    una, dadas = responden_a_la_vez(recepcion, gente, pueblo, [True, False])
    assert sum(isinstance(dada, Conflicto) for dada in dadas) == 1
    quedo = Copatrocinio.objects.get().estado
    assert Suceso.objects.de(una).filter(verbo="copatrocinar").count() == (quedo == "aceptada")
    assert Suceso.objects.de(una).filter(verbo="no_copatrocinar").count() == (quedo == "rechazada")


@carrera
@solo_postgres
def test_control_sin_candado_quedan_las_dos_respuestas(recepcion, gente, pueblo, monkeypatch):
    monkeypatch.setattr(copatrocinios, "bloquear_propuesta", leer_despacio)
    monkeypatch.setattr(copatrocinios, "bloquear", lambda filas: filas)
    monkeypatch.setattr(copatrocinios, "_bloquear", _leer_las_dos)
    una, dadas = responden_a_la_vez(recepcion, gente, pueblo, [True, False])
    assert not any(isinstance(dada, Conflicto) for dada in dadas)
    assert Suceso.objects.de(una).filter(verbo__in=["copatrocinar", "no_copatrocinar"]).count() == 2


def _leer_las_dos(copatrocinio):
    leido = Copatrocinio.objects.con_todo().get(pk=copatrocinio.pk)
    return leer_despacio(leido.propuesta), leido


@carrera
def test_invitar_a_la_misma_a_la_vez_es_una(recepcion, gente, pueblo):
    una = publicada(recepcion, gente, pueblo)
    crear_directiva(pueblo.org_ceibo)
    dadas = a_la_vez([lambda: acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)] * CUANTAS)
    assert len({dada.pk for dada in dadas}) == Copatrocinio.objects.count() == 1


def consiente_y_edita(recepcion, gente, pueblo):
    """ana confirma lo que leyó en el mismo instante en que la promotora guarda otro costo."""
    paty = crear_promotora(pueblo.distrito_1)
    suya = asistida(recepcion, paty, pueblo)
    leido = sello(suya)
    return (
        suya,
        leido,
        a_la_vez(
            [
                lambda: acciones.consentir(suya, persona=gente.ana, medio=EN_SU_CUENTA, leido=leido),
                lambda: acciones.guardar_borrador(suya, actor=paty, titulo="Un título que nadie leyó"),
            ]
        ),
    )


@carrera
def test_consentir_y_editar_a_la_vez_nunca_presenta_lo_que_no_se_leyo(recepcion, gente, pueblo):
    suya, leido, (consentida, editada) = consiente_y_edita(recepcion, gente, pueblo)
    quedo = Propuesta.objects.get(pk=suya.pk)
    if quedo.estado == "enviada":
        assert (sello(suya), type(editada).__name__) == (leido, "ReglaIncumplida")
        assert Consentimiento.objects.get().sello == leido
    else:
        assert isinstance(consentida, Conflicto), consentida
        assert (quedo.estado, quedo.titulo, Consentimiento.objects.count()) == (
            "borrador_asistido", "Un título que nadie leyó", 0,
        )  # fmt: skip


@carrera
@solo_postgres
def test_control_sin_candado_ni_sello_las_dos_creen_que_pudieron(recepcion, gente, pueblo, monkeypatch):
    monkeypatch.setattr(permisos_firmantes, "exigir_consentimiento", lambda propuesta: None)
    monkeypatch.setattr(asistencia, "bloquear_propuesta", leer_despacio)
    monkeypatch.setattr(borradores, "bloquear_propuesta", leer_despacio)
    suya, leido, (consentida, editada) = consiente_y_edita(recepcion, gente, pueblo)
    # Con la guarda siempre falla una: o se pierde lo editado, o se presenta lo que nadie leyó.
    assert (type(consentida), type(editada)) == (Propuesta, Propuesta)
    assert (Consentimiento.objects.get().sello, suya.pk) == (leido, editada.pk)


@carrera
def test_consentir_y_borrar_a_la_vez_deja_una_de_las_dos(recepcion, gente, pueblo):
    suya = asistida(recepcion, crear_promotora(pueblo.distrito_1), pueblo)
    leido = sello(suya)
    a_la_vez(
        [
            lambda: acciones.consentir(suya, persona=gente.ana, medio=EN_SU_CUENTA, leido=leido),
            lambda: acciones.borrar_borrador(suya, actor=gente.ana),
        ]
    )
    estados = list(Propuesta.objects.values_list("estado", flat=True))
    assert (estados, Consentimiento.objects.count()) in ((["enviada"], 1), ([], 0))


@carrera
def test_consentir_varias_veces_a_la_vez_la_presenta_una(recepcion, gente, pueblo):
    suya = asistida(recepcion, crear_promotora(pueblo.distrito_1), pueblo)
    leido = sello(suya)
    dadas = a_la_vez([lambda: acciones.consentir(suya, persona=gente.ana, medio=EN_SU_CUENTA, leido=leido)] * CUANTAS)
    assert {dada.codigo for dada in dadas} == {"PR-2027-001"}
    assert Suceso.objects.de(suya).filter(verbo="consentir").count() == 1
