"""Carreras de verdad, con hilos: dos que revisan, dos que evalúan, apoyar y seguir; cada una con su control."""

import pytest
from django.db import connection

from civic.comun.models import Suceso
from civic.cuentas.roles import Rol
from propuestas import acciones
from propuestas.acciones import apoyos, dictamenes, revisiones
from propuestas.models import Apoyo, Dictamen, Propuesta, Seguimiento
from propuestas.reglas import Conflicto
from tests.cuentas.piezas_verificacion import a_la_vez
from tests.elenco import crear_persona, dar_rol
from tests.propuestas.piezas import en_evaluacion, enviada, publicada

CUANTAS = 6
carrera = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera."
)


def sin_candado(monkeypatch, modulo):
    """La acción lee su propuesta sin bloquearla y espera un momento: lo que pasaría sin la guarda."""
    import time

    def leer(propuesta):
        leida = Propuesta.objects.con_lugar().get(pk=propuesta.pk)
        time.sleep(0.4)
        return leida

    monkeypatch.setattr(modulo, "bloquear_propuesta", leer)


def equipo(rol, cuantas=CUANTAS):
    personas = [crear_persona(f"{rol[:5]}{n}", f"Persona {n}") for n in range(cuantas)]
    for persona in personas:
        dar_rol(persona, rol)
    return personas


def revisan_a_la_vez(propuesta):
    def decidir(persona, decision):
        return acciones.revisar_forma(
            propuesta, actor=persona, decision=decision, razon="incompleta", motivo="Falta decir dónde.",
            leido=propuesta.sello,
        )  # fmt: skip

    personas = equipo(Rol.GESTION_COMUNIDAD)
    return a_la_vez([lambda p=p, n=n: decidir(p, ("publicada", "devuelta")[n % 2]) for n, p in enumerate(personas)])


@carrera
def test_c11_seis_personas_revisan_la_misma_y_decide_una(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    respuestas = revisan_a_la_vez(propuesta)
    tarde = [r for r in respuestas if isinstance(r, Conflicto)]
    assert len(tarde) == CUANTAS - 1, respuestas
    assert "otra persona cambió esta propuesta" in tarde[0].mensaje
    movidas = Suceso.objects.de(propuesta).filter(verbo="mover", desde="enviada")
    assert movidas.count() == 1
    assert Suceso.objects.de(propuesta).filter(verbo="llegar_tarde", publico=False).count() == CUANTAS - 1
    propuesta.refresh_from_db()
    assert propuesta.estado == movidas.get().hasta


@carrera
@solo_postgres
def test_c11_control_sin_candado_deciden_varias(recepcion, gente, pueblo, monkeypatch):
    sin_candado(monkeypatch, revisiones)
    propuesta = enviada(recepcion, gente.ana, pueblo)
    revisan_a_la_vez(propuesta)
    assert Suceso.objects.de(propuesta).filter(verbo="mover", desde="enviada").count() > 1


def evaluan_a_la_vez(propuesta):
    rechazo = {"resultado": "rechazada", "texto": "No hay papeles.", "motivo": "sin_terreno", "leido": propuesta.sello}
    personas = equipo(Rol.TECNICO_EVALUADOR)
    return a_la_vez([lambda p=p: acciones.dictaminar(propuesta, actor=p, **rechazo) for p in personas])


@carrera
def test_c11_seis_personas_evaluan_la_misma_y_hay_un_dictamen(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    respuestas = evaluan_a_la_vez(propuesta)
    assert sum(isinstance(r, Conflicto) for r in respuestas) == CUANTAS - 1, respuestas
    assert Dictamen.objects.count() == 1
    assert Suceso.objects.de(propuesta).filter(verbo="llegar_tarde").count() == CUANTAS - 1


@carrera
@solo_postgres
def test_c11_control_sin_candado_hay_varios_dictamenes(recepcion, gente, pueblo, monkeypatch):
    sin_candado(monkeypatch, dictamenes)
    evaluan_a_la_vez(en_evaluacion(recepcion, gente, pueblo))
    assert Dictamen.objects.count() > 1


@carrera
def test_tomarla_a_la_vez_la_deja_en_manos_de_una(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    personas = equipo(Rol.TECNICO_EVALUADOR)
    respuestas = a_la_vez([lambda p=p: acciones.asignar_evaluador(propuesta, evaluador=p, actor=p) for p in personas])
    assert sum(isinstance(r, Conflicto) for r in respuestas) == CUANTAS - 1, respuestas
    propuesta.refresh_from_db()
    assert propuesta.evaluador in personas
    assert Suceso.objects.de(propuesta).filter(verbo="asignar_evaluador").count() == 1


# --- C8: contadores y seguimientos ---


def apoyan_a_la_vez(propuesta, pueblo):
    personas = [crear_persona(f"vecina{n}", f"Vecina {n}", otb=pueblo.otb_molle) for n in range(CUANTAS)]
    for _ in range(2):
        a_la_vez([lambda p=p: acciones.apoyar(propuesta, usuario=p) for p in personas])
    a_la_vez([lambda p=p: acciones.retirar_apoyo(propuesta, usuario=p) for p in personas[:2]] * 2)
    propuesta.refresh_from_db()


@carrera
def test_c8_el_contador_son_las_filas(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    apoyan_a_la_vez(propuesta, pueblo)
    assert propuesta.apoyos_contados == Apoyo.objects.count() == CUANTAS - 2


@carrera
@solo_postgres
def test_c8_control_sin_candado_el_contador_miente(recepcion, gente, pueblo, monkeypatch):
    import time

    propuesta = publicada(recepcion, gente, pueblo)
    monkeypatch.setattr(apoyos, "bloquear_propuesta", lambda una: Propuesta.objects.con_lugar().get(pk=una.pk))

    def contar_despacio(una):
        total = Apoyo.objects.filter(propuesta=una).count()
        time.sleep(0.4)
        Propuesta.objects.filter(pk=una.pk).update(apoyos_contados=total)
        return {}, {}

    monkeypatch.setattr(apoyos, "_recontar", contar_despacio)
    personas = [crear_persona(f"vecina{n}", f"Vecina {n}", otb=pueblo.otb_molle) for n in range(CUANTAS)]
    a_la_vez([lambda p=p: acciones.apoyar(propuesta, usuario=p) for p in personas])
    propuesta.refresh_from_db()
    assert propuesta.apoyos_contados < Apoyo.objects.count() == CUANTAS


@carrera
def test_c8_seguir_ocho_veces_a_la_vez_es_una(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    a_la_vez([lambda: acciones.seguir(propuesta, usuario=gente.beto)] * 8)
    assert Seguimiento.objects.count() == 1
