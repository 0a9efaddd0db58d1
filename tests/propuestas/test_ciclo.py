"""El ciclo de vida: la tabla, los plazos por el reloj, el reclamo y el paso a otra gestión."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.procesos.models import Proceso
from propuestas import acciones, permisos, reglas
from propuestas.consultas_evaluacion import linea_de, sigue_de
from propuestas.models import Propuesta, Reclamo
from propuestas.reglas import AUTOR, PLANIFICACION, SISTEMA, Estado
from propuestas.reglas.movimientos import DE_LA_TABLA, TABLA, _leer
from tests.elenco import crear_persona, crear_proceso, dar_rol
from tests.propuestas.piezas import en_evaluacion, enviada, publicada

LUNES = datetime.date(2026, 3, 2)
RECHAZO = {"resultado": "rechazada", "texto": "Sin papeles.", "motivo": "sin_terreno"}
RESPONDER = {"hacia": "en_evaluacion", "calidad": AUTOR, "motivo": "Aquí está el plano."}


@pytest.fixture
def observada(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="Falta el ancho.")
    propuesta.refresh_from_db()
    return propuesta


def vencer(propuesta, dias=1):
    Propuesta.objects.filter(pk=propuesta.pk).update(vence=timezone.localdate() - datetime.timedelta(days=dias))
    propuesta.refresh_from_db()


# --- La tabla ---


@pytest.mark.parametrize(
    "renglon",
    [
        "borrador enviada presentar A quizas completa 2 M",
        "borrador enviada presentar A - inventado 2 M",
        "enviada publicada publicar MP - ajena - -\nenviada publicada publicar MP - ajena - -",
    ],
)
def test_una_tabla_mal_escrita_no_deja_arrancar(renglon):
    with pytest.raises(ValueError, match="No entiendo este renglón"):
        _leer("encabezado\n" + renglon)


def test_cada_plazo_dice_a_quien_le_toca_y_cada_estado_lo_dice_siempre_igual():
    por_estado = {}
    for movimiento in DE_LA_TABLA.values():
        assert not movimiento.plazo or movimiento.toca, movimiento
        por_estado.setdefault(movimiento.hacia, set()).add((movimiento.toca, movimiento.facultativo))
    assert [estado for estado, formas in por_estado.items() if len(formas) > 1] == []
    assert len(TABLA.strip().splitlines()) == len(DE_LA_TABLA) + 1


def test_se_reclama_desde_lo_que_dice_el_reglamento():
    assert set(reglas.RECLAMABLES) == {"rechazada", "derivada", "retirada", "caducada", "no_seleccionada"}


def test_plazos_en_dias_habiles_que_empiezan_al_dia_siguiente():
    assert reglas.vence_de("borrador", "enviada", LUNES, ()) == datetime.date(2026, 3, 4)
    # Del viernes 6 al lunes: el fin de semana no cuenta.
    assert reglas.vence_de("borrador", "enviada", datetime.date(2026, 3, 6), ()) == datetime.date(2026, 3, 10)
    assert reglas.vence_de("enviada", "publicada", LUNES, ()) is None


@pytest.mark.parametrize(
    ("estado", "dia", "esperado"),
    [("observada", 9, "observada"), ("observada", 10, "caducada"), ("en_evaluacion", 10, "en_evaluacion")],
)
def test_caducar_lo_decide_el_reloj_y_solo_lo_observado(estado, dia, esperado):
    vence = datetime.date(2026, 3, 9)
    assert reglas.estado_de_hoy(estado, vence, datetime.date(2026, 3, dia)) == esperado


def test_lo_que_sigue_dice_vencido_con_todas_sus_letras():
    a_tiempo = reglas.que_sigue("enviada", datetime.date(2026, 3, 4), LUNES, locales=())
    tarde = reglas.que_sigue("enviada", datetime.date(2026, 2, 27), LUNES, locales=())
    derecho = reglas.que_sigue("rechazada", datetime.date(2026, 2, 27), LUNES, locales=())
    definitivo = reglas.que_sigue("rechazada", None, LUNES, definitivo=True, locales=())
    assert (a_tiempo.quien, a_tiempo.quedan, a_tiempo.vencido) == ("Gestión de comunidad", 2, False)
    assert (tarde.vencido, tarde.facultativo, derecho.vencido, derecho.facultativo) == (True, False, True, True)
    assert (definitivo.que, definitivo.hasta) == ("Esta respuesta es definitiva: ya se reclamó una vez.", None)


# --- El reloj en el acto y al leer ---


def test_cada_movimiento_abre_su_plazo(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    assert propuesta.vence is not None
    propuesta = acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.vence) == ("publicada", None)


def test_una_observada_sin_respuesta_se_lee_caducada_sin_que_nadie_la_mueva(client, observada):
    assert observada.ficha.etiqueta == "Le falta un dato"
    vencer(observada)
    assert (observada.estado, observada.estado_de_hoy, observada.ficha.etiqueta) == (
        "observada",
        "caducada",
        "Caducada",
    )
    assert "Caducada" in client.get(observada.get_absolute_url()).content.decode()
    assert (Propuesta.objects.en_estado("caducada").count(), Propuesta.objects.en_estado("observada").count()) == (1, 0)
    assert Propuesta.objects.en_estado("caducada", "observada").count() == 1


def test_responder_tarde_es_reclamar_y_la_historia_cuenta_las_dos_cosas(observada, gente):
    vencer(observada)
    acciones.mover_propuesta(observada, actor=gente.ana, **RESPONDER)
    observada.refresh_from_db()
    pasos = list(Suceso.objects.de(observada).filter(verbo="mover").order_by("numero").values_list("desde", "hasta"))
    assert pasos[-2:] == [("observada", "caducada"), ("caducada", "en_evaluacion")]
    assert (observada.estado, Reclamo.objects.get().contra) == ("en_evaluacion", gente.carla)


def test_nadie_declara_caducada_la_que_aun_tiene_plazo(observada, gente):
    caducar = {"hacia": "caducada", "actor": gente.hugo, "calidad": PLANIFICACION, "motivo": "Pasó el plazo."}
    with pytest.raises(ReglaIncumplida, match="tiene plazo hasta el"):
        acciones.mover_propuesta(observada, **caducar)
    vencer(observada)
    assert acciones.mover_propuesta(observada, **caducar).estado == "caducada"
    assert Suceso.objects.de(observada).filter(hasta="caducada").count() == 1


def test_reclamar_despues_del_plazo_ya_no_se_puede(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, **RECHAZO)
    propuesta.refresh_from_db()
    assert permisos.pasos_de_autor(gente.ana, propuesta) == ["en_evaluacion"]
    vencer(propuesta)
    assert permisos.pasos_de_autor(gente.ana, propuesta) == []
    with pytest.raises(ReglaIncumplida, match="El plazo terminó el"):
        acciones.mover_propuesta(propuesta, actor=gente.ana, **RESPONDER)
    assert Reclamo.objects.count() == 0


# --- Reclamo ---


@pytest.mark.parametrize("estado", ["retirada", "no_seleccionada"])
def test_se_reclama_tambien_lo_retirado_y_lo_que_no_alcanzo(recepcion, gente, pueblo, estado):
    propuesta = publicada(recepcion, gente, pueblo)
    Propuesta.objects.update(estado=estado)
    acciones.mover_propuesta(propuesta, actor=gente.ana, **RESPONDER)
    propuesta.refresh_from_db()
    assert (propuesta.estado, Reclamo.objects.get().contra) == ("en_evaluacion", None)


def test_la_segunda_evaluacion_es_de_otra_persona_y_definitiva(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, **RECHAZO)
    acciones.mover_propuesta(propuesta, actor=gente.ana, **RESPONDER)
    with pytest.raises(ReglaIncumplida, match="otra persona"):
        acciones.dictaminar(propuesta, actor=gente.carla, **RECHAZO)
    with pytest.raises(ReglaIncumplida, match="definitiva"):
        acciones.dictaminar(propuesta, actor=gente.hugo, resultado="observada", texto="Falta algo.")
    assert acciones.dictaminar(propuesta, actor=gente.hugo, **RECHAZO).segunda is True
    propuesta.refresh_from_db()
    assert (Reclamo.objects.get().resuelto_por, permisos.pasos_de_autor(gente.ana, propuesta)) == (gente.hugo, [])
    assert "definitiva" in sigue_de(propuesta).que


def test_la_base_sola_impide_que_resuelva_quien_decidio_y_que_se_reclame_dos_veces(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    reclamo = {"propuesta": propuesta, "clase": "evaluacion", "autor": gente.ana, "contra": gente.carla}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reclamo.objects.create(**reclamo, resuelto=timezone.now(), resuelto_por=gente.carla)
    Reclamo.objects.create(**reclamo, resuelto=timezone.now(), resuelto_por=gente.hugo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reclamo.objects.create(**reclamo)


# --- Línea de tiempo ---


def test_la_linea_publica_no_cuenta_devoluciones_y_la_reservada_si(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    acciones.revisar_forma(propuesta, actor=gente.hugo, decision="devuelta", razon="incompleta", motivo="Falta decir.")
    propuesta.refresh_from_db()
    assert [s.hasta for s in linea_de(propuesta).sucesos] == ["enviada"]
    assert [s.hasta for s in linea_de(propuesta, reservada=True).sucesos] == ["devuelta", "enviada"]


def test_la_pagina_cuenta_cada_paso_y_lo_que_sigue(client, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, resultado="derivada", texto="Es del río.", destino="gobernacion")
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    for parte in ("Qué sigue", "Se derivó a quien le toca.", "Gobernación", "Equipo técnico", "Empezó su evaluación."):
        assert parte in texto, parte
    Propuesta.objects.update(estado="en_evaluacion", vence=timezone.localdate() - datetime.timedelta(days=3))
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    assert ("Vencido" in texto, "Debió hacerse hasta el" in texto, "Carla" in texto) == (True, True, False)


# --- Otra gestión ---


def test_de_la_lista_de_espera_pasa_a_la_siguiente_gestion_con_sus_apoyos(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    acciones.apoyar(propuesta, usuario=gente.beto)
    Propuesta.objects.update(estado=Estado.LISTA_ESPERA)
    propuesta.refresh_from_db()
    otro = crear_proceso(pueblo, "recepcion", slug="poa-2028")
    pasar = {"destino": otro, "actor": gente.hugo, "motivo": "No hubo saldo."}
    with pytest.raises(ReglaIncumplida, match="gestión posterior"):
        acciones.arrastrar_propuesta(propuesta, **pasar)
    Proceso.objects.filter(pk=otro.pk).update(gestion=2028)
    with pytest.raises(ReglaIncumplida, match="hay que elegir el proceso"):
        acciones.mover_propuesta(propuesta, hacia="arrastrada", actor=gente.hugo, calidad=PLANIFICACION, motivo="x")
    nueva = acciones.arrastrar_propuesta(propuesta, **pasar)
    propuesta.refresh_from_db()
    assert (propuesta.estado, nueva.estado, nueva.codigo, nueva.viene_de) == (
        "arrastrada",
        "publicada",
        "PR-2028-001",
        propuesta,
    )
    assert nueva.apoyos_contados == nueva.apoyos.count() == propuesta.apoyos_contados == 1
    with pytest.raises(ReglaIncumplida):
        acciones.arrastrar_propuesta(propuesta, **pasar)
    assert Propuesta.objects.count() == 2


def test_arrastrar_le_toca_a_planificacion(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    Propuesta.objects.update(estado=Estado.LISTA_ESPERA)
    moderadora = crear_persona("maria", "María")
    dar_rol(moderadora, "gestion_comunidad")
    with pytest.raises(ReglaIncumplida, match="Planificación"):
        acciones.arrastrar_propuesta(propuesta, destino=recepcion, actor=moderadora, motivo="x")


def test_por_el_sistema_no_hace_falta_razon_para_cerrar_una_votacion(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    Propuesta.objects.update(estado=Estado.EN_VOTACION)
    assert acciones.mover_propuesta(propuesta, hacia="no_seleccionada", calidad=SISTEMA).vence is not None
