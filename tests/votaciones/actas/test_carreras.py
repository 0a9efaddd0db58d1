"""Carreras de verdad en las actas, con hilos y conexiones propias; cada una con su control."""

import threading

import pytest
from django.db import connection, transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import emitir_clave
from civic.comun.models import Suceso
from tests.propuestas.piezas import publicada as propuesta_publicada
from tests.votaciones.actas.piezas import (
    escrito,
    publicada,
    renglon,
    segunda_de_planificacion,
    validada,
    vencer_plazo,
)
from tests.votaciones.test_carreras import a_la_vez
from votaciones.actas import acciones
from votaciones.actas.acciones import escribir
from votaciones.actas.acciones import vida as vida_de_actas
from votaciones.actas.models import Acta, Envio

pytestmark = pytest.mark.django_db(transaction=True)
HILOS = 6


def nueva(recepcion, gente, pueblo, tipo="asamblea", *renglones):
    return acciones.escribir_acta(
        recepcion, tipo=tipo, organizacion=pueblo.org_molle, actor=gente.fabio, escrito=escrito(*renglones)
    )


def test_seis_actas_de_la_misma_asamblea_a_la_vez_dan_una(recepcion, gente, pueblo):
    salidas = a_la_vez([lambda: nueva(recepcion, gente, pueblo)] * HILOS)
    assert sum(isinstance(salida, Acta) for salida in salidas) == 1, salidas
    assert Acta.objects.count() == 1


def test_control_sin_candado_la_base_sola_tambien_lo_impide(recepcion, gente, pueblo, monkeypatch):
    monkeypatch.setattr(escribir, "hacer_fila", lambda proceso: None)
    salidas = a_la_vez([lambda: nueva(recepcion, gente, pueblo)] * HILOS)
    assert sum(isinstance(salida, Acta) for salida in salidas) == 1, salidas


def test_dos_actas_que_juntas_pasan_el_techo_no_entran_las_dos(recepcion, gente, pueblo):
    tipos = ("asamblea", "extraordinaria")
    salidas = a_la_vez([lambda t=tipo: nueva(recepcion, gente, pueblo, t, renglon("200000")) for tipo in tipos])
    assert sorted(type(salida).__name__ for salida in salidas) == ["Acta", "ReglaIncumplida"], salidas


def test_control_sin_candado_las_dos_pasan_el_techo(recepcion, gente, pueblo, monkeypatch):
    """En PostgreSQL, sin la fila, cada una mide el techo sin ver a la otra."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE y excluye a las demás.")
    monkeypatch.setattr(escribir, "hacer_fila", lambda proceso: None)
    numeros = iter(("ACTA-2027-801", "ACTA-2027-802"))
    monkeypatch.setattr(escribir, "_siguiente_numero", lambda gestion: next(numeros))
    miden, medir = threading.Barrier(2), escribir.consultas.saldo_de

    def medir_a_la_vez(acta, *resto):
        saldo = medir(acta, *resto)
        miden.wait(timeout=20)
        return saldo

    monkeypatch.setattr(escribir.consultas, "saldo_de", medir_a_la_vez)
    tipos = ("asamblea", "extraordinaria")
    salidas = a_la_vez([lambda t=tipo: nueva(recepcion, gente, pueblo, t, renglon("200000")) for tipo in tipos])
    assert all(isinstance(salida, Acta) for salida in salidas), salidas


def test_dos_personas_validan_a_la_vez_y_vale_una(recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    vencer_plazo(acta)
    quienes = [gente.hugo, segunda_de_planificacion()] * 3
    salidas = a_la_vez([lambda q=q: acciones.mover_acta(acta, hacia="validada", actor=q) for q in quienes])
    assert sum(isinstance(salida, Acta) for salida in salidas) == 1, salidas
    assert Suceso.objects.de(acta).filter(hasta="validada").count() == 1


def test_control_sin_releer_se_validaria_dos_veces(recepcion, gente, pueblo, monkeypatch):
    acta = publicada(recepcion, gente, pueblo)
    vencer_plazo(acta)
    acta.refresh_from_db()
    monkeypatch.setattr(vida_de_actas, "bloquear_acta", lambda pk: Acta(**vars_de(acta)))
    for quien in (gente.hugo, segunda_de_planificacion()):
        acciones.mover_acta(acta, hacia="validada", actor=quien)
    assert Suceso.objects.de(acta).filter(hasta="validada").count() == 2


def vars_de(acta):
    return {campo.attname: getattr(acta, campo.attname) for campo in Acta._meta.local_fields}


def test_aprobar_a_la_vez_mueve_la_propuesta_una_vez(recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    acta = validada(recepcion, gente, pueblo, renglon(propuesta=propuesta))
    otra = segunda_de_planificacion()
    salidas = a_la_vez([lambda: acciones.mover_acta(acta, hacia="aprobada", actor=otra)] * 4)
    assert sum(isinstance(salida, Acta) for salida in salidas) == 1, salidas
    assert Suceso.objects.de(propuesta).filter(hasta="priorizada_otb").count() == 1


def test_si_una_propuesta_no_se_puede_mover_no_se_aprueba_nada(recepcion, gente, pueblo, monkeypatch):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    acta = validada(recepcion, gente, pueblo, renglon(propuesta=propuesta))

    def falla(*args, **kwargs):
        raise ReglaIncumplida("No se pudo.")

    monkeypatch.setattr(vida_de_actas, "mover_propuesta", falla)
    with pytest.raises(ReglaIncumplida):
        acciones.mover_acta(acta, hacia="aprobada", actor=segunda_de_planificacion())
    assert Acta.objects.get().estado == "validada"
    assert not Suceso.objects.de(acta).filter(hasta="aprobada").exists()


def test_el_telefono_que_envia_varias_veces_a_la_vez_crea_una(recepcion, gente, pueblo):
    clave = emitir_clave(escribir.PROPOSITO, gente.fabio)

    def enviar():
        return acciones.recibir_acta(
            recepcion, tipo="asamblea", organizacion=pueblo.org_molle, distrito=None, actor=gente.fabio,
            escrito=escrito(), clave=clave,
        )  # fmt: skip

    salidas = a_la_vez([enviar] * HILOS)
    assert {salida.acta.pk for salida in salidas} == {Acta.objects.get().pk}
    assert sum(salida.nueva for salida in salidas) == 1
    assert not Envio.objects.exists()


def test_las_guardas_vuelven_despues_de_vaciar(recepcion):
    from votaciones.actas.guardas import guardas_que_faltan

    with transaction.atomic():
        assert guardas_que_faltan(connection) == []
