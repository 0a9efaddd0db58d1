"""La vida de un acta: hacerla, firmarla, observarla, decidirla, enmendarla; y lo que la base impide."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import emitir_clave
from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol
from civic.cuentas.models import Mandato, Organizacion
from civic.cuentas.roles import Rol
from civic.procesos.models import Techo
from propuestas.models import Propuesta
from tests.elenco import crear_persona
from tests.propuestas.piezas import foto_subida
from tests.propuestas.piezas import publicada as propuesta_publicada
from tests.votaciones.actas.piezas import (
    aprobada,
    borrador,
    escrito,
    firmada,
    publicada,
    renglon,
    segunda_de_planificacion,
    validada,
    vencer_plazo,
)
from votaciones.actas import acciones, consultas, permisos
from votaciones.actas.guardas import DISPARADORES, guardas_que_faltan
from votaciones.actas.models import Acta, Envio, Hoja, Renglon
from votaciones.actas.reglas.vida import Estado

pytestmark = pytest.mark.django_db


def test_la_vida_entera_mueve_cada_propuesta_una_sola_vez(recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    acta = aprobada(recepcion, gente, pueblo, renglon(propuesta=propuesta), renglon("5000", descripcion="Bancas"))
    assert (acta.estado, acta.numero) == ("aprobada", "ACTA-2027-001")
    propuesta.refresh_from_db()
    assert propuesta.estado == "priorizada_otb"
    movidas = Suceso.objects.de(propuesta).filter(hasta="priorizada_otb")
    assert [suceso.motivo for suceso in movidas] == ["Lo decidió la asamblea: acta ACTA-2027-001."]
    pasos = Suceso.objects.de(acta).filter(verbo="mover").order_by("numero").values_list("desde", "hasta", "calidad")
    assert [(desde, hasta) for desde, hasta, _ in pasos] == [
        ("borrador", "firmada"),
        ("firmada", "en_observacion_publica"),
        ("en_observacion_publica", "validada"),
        ("validada", "aprobada"),
    ]
    assert [calidad for _, _, calidad in pasos] == ["Presidencia de OTB Molle", *["Planificación POA"] * 3]
    assert consultas.esta_integra(acta)


def test_el_ampliado_mueve_lo_priorizado_por_las_otb(recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    aprobada(recepcion, gente, pueblo, renglon(propuesta=propuesta))
    preside = crear_persona("prisca", "Prisca Preside")
    asignar_rol(preside, rol=Rol.PRESIDENCIA_DISTRITO, distrito=pueblo.distrito_1)
    acta = acciones.escribir_acta(
        recepcion, tipo="ampliado", distrito=pueblo.distrito_1, actor=preside,
        escrito=escrito(renglon(propuesta=Propuesta.objects.get(pk=propuesta.pk)), forma="consenso"),
    )  # fmt: skip
    assert acta.calidad == f"Presidencia de distrito · {pueblo.distrito_1}"
    acciones.agregar_hoja(acta, actor=preside, archivo=foto_subida("acta.jpg"))
    for hacia, quien in (("firmada", preside), ("en_observacion_publica", gente.hugo)):
        acta = acciones.mover_acta(acta, hacia=hacia, actor=quien)
    vencer_plazo(acta)
    acta = acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    acciones.mover_acta(acta, hacia="aprobada", actor=segunda_de_planificacion())
    propuesta.refresh_from_db()
    assert propuesta.estado == "priorizada_distrito"


# --- Quién ---
def test_la_hace_la_directiva_su_presidencia_de_distrito_o_su_promotora(recepcion, gente, pueblo):
    otra = crear_persona("pia", "Pía")
    asignar_rol(otra, rol=Rol.PROMOTORA, distrito=pueblo.distrito_2)
    for ajena in (gente.ana, gente.hugo, gente.gloria, otra):
        with pytest.raises(ReglaIncumplida, match="la hace la directiva"):
            borrador(recepcion, gente, pueblo, actor=ajena)
    promotora = crear_persona("pola", "Pola")
    asignar_rol(promotora, rol=Rol.PROMOTORA, distrito=pueblo.distrito_1)
    acta = borrador(recepcion, gente, pueblo, actor=promotora)
    assert permisos.la_hace(promotora, acta) and permisos.la_hace(gente.fabio, acta)
    assert not permisos.la_hace(gente.ana, acta) and not permisos.puede_ver(gente.ana, acta)


def test_el_poder_termina_con_el_mandato(recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    Mandato.objects.filter(usuario=gente.fabio).update(hasta=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(ReglaIncumplida, match="la corrige"):
        acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito())


def test_nadie_decide_lo_que_hizo_y_quien_valida_no_aprueba(recepcion, gente, pueblo):
    asignar_rol(gente.fabio, rol=Rol.PLANIFICACION)
    acta = firmada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Tú hiciste esta acta"):
        acciones.mover_acta(acta, hacia="en_observacion_publica", actor=gente.fabio)
    acta = acciones.mover_acta(acta, hacia="en_observacion_publica", actor=gente.hugo)
    vencer_plazo(acta)
    acta = acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="Tú la validaste"):
        acciones.mover_acta(acta, hacia="aprobada", actor=gente.hugo)
    assert "aprobada" not in permisos.pasos_de(gente.hugo, acta)
    for ajena in (gente.carla, gente.gloria, gente.ana):
        with pytest.raises(ReglaIncumplida, match="le toca a Planificación"):
            acciones.mover_acta(acta, hacia="aprobada", actor=ajena)
    with pytest.raises(IntegrityError), transaction.atomic():
        Acta.objects.filter(pk=acta.pk).update(aprobada_por=gente.hugo)


# --- Qué exige cada paso ---
def test_para_firmar_hace_falta_todo_y_el_papel(recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo, renglon(None, a_favor=None), lugar="", firmantes=["Presidencia"])
    with pytest.raises(ReglaIncumplida) as error:
        acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    for falta in ("el lugar", "por lo menos dos", "el monto del proyecto 1", "los votos del proyecto 1"):
        assert falta in error.value.mensaje
    acta = acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito())
    with pytest.raises(ReglaIncumplida, match="Falta la foto o el escaneo"):
        acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    acciones.agregar_hoja(acta, actor=gente.fabio, archivo=foto_subida("acta.jpg"))
    acciones.agregar_hoja(acta, actor=gente.fabio, archivo=foto_subida("acta.jpg"))
    assert Hoja.objects.count() == 1, "la misma hoja dos veces es una"
    assert acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio).huella


def test_el_plazo_se_cuenta_en_dias_habiles_y_lo_decide_la_fecha(recepcion, gente, pueblo, monkeypatch):
    viernes = datetime.date(2026, 12, 18)
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: viernes)
    acta = publicada(recepcion, gente, pueblo)
    assert acta.observable_hasta == datetime.date(2026, 12, 28), "salta dos fines de semana y Navidad"
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: datetime.date(2026, 12, 28))
    with pytest.raises(ReglaIncumplida, match="termina el 28/12/2026"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    assert consultas.se_observa_hoy(acta)
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: datetime.date(2026, 12, 29))
    assert not consultas.se_observa_hoy(acta)
    assert acciones.mover_acta(acta, hacia="validada", actor=gente.hugo).estado == "validada"


def test_sin_quorum_no_se_valida_y_la_segunda_convocatoria_pide_menos(recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo, renglon(a_favor=40), presentes=40, mujeres=20, hombres=20)
    vencer_plazo(acta)
    with pytest.raises(ReglaIncumplida, match="no hubo quórum"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    acta = acciones.mover_acta(acta, hacia="observada", actor=gente.hugo, motivo="Sin quórum.")
    acta = acciones.corregir_acta(
        acta, actor=gente.fabio,
        escrito=escrito(renglon(a_favor=40), presentes=40, mujeres=20, hombres=20, convocatoria=2),
    )  # fmt: skip
    with pytest.raises(ReglaIncumplida, match="Cambió después de firmarse"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo, motivo="x")
    acta = acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio, motivo="Segunda convocatoria.")
    acta = acciones.mover_acta(acta, hacia="en_observacion_publica", actor=gente.hugo)
    vencer_plazo(acta)
    assert acciones.mover_acta(acta, hacia="validada", actor=gente.hugo).estado == "validada"


def test_el_quorum_y_el_plazo_son_del_proceso(recepcion, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="Planificación"):
        acciones.fijar_reglamento(recepcion, actor=gente.ana, quorum_primera=80)
    with pytest.raises(ReglaIncumplida, match="no puede ser mayor"):
        acciones.fijar_reglamento(recepcion, actor=gente.hugo, quorum_segunda=90)
    acciones.fijar_reglamento(recepcion, actor=gente.hugo, quorum_primera=80, dias_de_observacion=10)
    suceso = Suceso.objects.de(recepcion).get(verbo="fijar_reglamento_de_actas")
    assert suceso.publico and suceso.despues["quorum_primera"] == 80
    acta = publicada(recepcion, gente, pueblo)
    vencer_plazo(acta)
    with pytest.raises(ReglaIncumplida, match="hacían falta 81"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)


# --- Techos ---
def test_lo_priorizado_no_pasa_del_techo(recepcion, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="sobran Bs"):
        borrador(recepcion, gente, pueblo, renglon("200000"), renglon("100000.01", descripcion="Plaza"))
    assert not Acta.objects.exists(), "no queda a medias"
    acta = borrador(recepcion, gente, pueblo, renglon("200000"), renglon("100000", descripcion="Plaza"))
    saldo = consultas.saldo_de(acta)
    assert (saldo.en_palabras, saldo.queda) == ("Bs\u00a0300.000 de Bs\u00a0300.000", 0)
    with pytest.raises(ReglaIncumplida, match="en otras actas"):
        borrador(recepcion, gente, pueblo, renglon("1"), tipo="extraordinaria")


def test_el_techo_por_organizacion_manda_sobre_el_del_distrito(recepcion, gente, pueblo):
    acciones.fijar_reglamento(recepcion, actor=gente.hugo, techo_por_organizacion=Decimal("100000"))
    with pytest.raises(ReglaIncumplida, match=r"100\.000"):
        borrador(recepcion, gente, pueblo)


def test_el_techo_es_el_de_su_sector(recepcion, gente, pueblo):
    Techo.objects.all().delete()
    for sector, monto in (("vecinal", 90_000), ("agrario", 900_000)):
        Techo.objects.create(proceso=recepcion, distrito=pueblo.distrito_1, monto=monto, sector=sector)
    with pytest.raises(ReglaIncumplida, match=r"90\.000"):
        borrador(recepcion, gente, pueblo)


def test_si_el_techo_baja_despues_no_se_valida(recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    vencer_plazo(acta)
    Techo.objects.update(monto=1000)
    with pytest.raises(ReglaIncumplida, match="el techo es"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)


def test_una_propuesta_de_otro_lugar_no_entra(recepcion, gente, pueblo):
    ajena = propuesta_publicada(
        recepcion, gente, pueblo, autor=gente.beto, distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo, lon=1.5, lat=0.5
    )
    with pytest.raises(ReglaIncumplida, match="de otro lugar"):
        borrador(recepcion, gente, pueblo, renglon(propuesta=ajena))


def test_una_organizacion_sin_poligono_ni_area_hace_su_acta(recepcion, gente, pueblo):
    sin_area = Organizacion.objects.create(
        nombre="Sin Mapa", slug="sin-mapa", clase="otb", distrito=pueblo.distrito_1, estado="vigente"
    )
    Mandato.objects.filter(usuario=gente.fabio).update(organizacion=sin_area)
    acta = acciones.escribir_acta(
        recepcion, tipo="asamblea", organizacion=sin_area, actor=gente.fabio, escrito=escrito()
    )
    acciones.agregar_hoja(acta, actor=gente.fabio, archivo=foto_subida("acta.jpg"))
    acta = acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    acta = acciones.mover_acta(acta, hacia="en_observacion_publica", actor=gente.hugo)
    assert permisos.calidad_de_base(gente.ana, acta), "sin área, observa quien vive en su distrito"


# --- Una por lugar, clase y proceso ---
def test_una_sola_acta_por_organizacion_clase_y_proceso(recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Ya hay un acta de esa clase"):
        borrador(recepcion, gente, pueblo)
    acciones.mover_acta(acta, hacia="anulada", actor=gente.fabio, motivo="Me equivoqué de asamblea.")
    assert borrador(recepcion, gente, pueblo).numero == "ACTA-2027-002"


def test_la_enmienda_reemplaza_a_la_aprobada_y_no_suma_dos_veces(recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    primera = aprobada(recepcion, gente, pueblo, renglon("250000", propuesta=propuesta))
    otra = {"tipo": "asamblea", "organizacion": pueblo.org_molle, "actor": gente.fabio, "enmienda_de": primera}
    nueva = acciones.escribir_acta(
        recepcion, escrito=escrito(renglon("280000", propuesta=Propuesta.objects.get(pk=propuesta.pk))), **otra
    )
    assert consultas.saldo_de(nueva).usado == 280_000
    with pytest.raises(ReglaIncumplida, match="Ya hay un acta"):
        acciones.escribir_acta(recepcion, escrito=escrito(), **otra)
    acciones.agregar_hoja(nueva, actor=gente.fabio, archivo=foto_subida("acta.jpg", color="red"))
    nueva = acciones.mover_acta(nueva, hacia="firmada", actor=gente.fabio)
    nueva = acciones.mover_acta(nueva, hacia="en_observacion_publica", actor=gente.hugo)
    vencer_plazo(nueva)
    nueva = acciones.mover_acta(nueva, hacia="validada", actor=gente.hugo)
    nueva = acciones.mover_acta(nueva, hacia="aprobada", actor=segunda_de_planificacion())
    primera.refresh_from_db()
    assert (primera.estado, nueva.estado) == ("enmendada", "aprobada")
    propuesta.refresh_from_db()
    assert propuesta.estado == "priorizada_otb"
    assert Suceso.objects.de(propuesta).filter(hasta="priorizada_otb").count() == 1


def test_solo_se_enmienda_una_aprobada(recepcion, gente, pueblo):
    acta = validada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Se enmienda un acta aprobada"):
        acciones.escribir_acta(
            recepcion, tipo="asamblea", organizacion=pueblo.org_molle, actor=gente.fabio, escrito=escrito(),
            enmienda_de=acta,
        )  # fmt: skip


# --- Lo que la base impide ---
def test_la_base_no_deja_cambiar_ni_borrar_lo_aprobado(recepcion, gente, pueblo):
    assert guardas_que_faltan(connection) == []
    acta = aprobada(recepcion, gente, pueblo)
    fila = acta.renglones.get()
    intentos = [
        lambda: Acta.objects.filter(pk=acta.pk).update(presentes=71),
        lambda: Acta.objects.filter(pk=acta.pk).update(estado="validada"),
        lambda: Acta.objects.filter(pk=acta.pk).update(contenido="{}"),
        lambda: Renglon.objects.filter(pk=fila.pk).update(monto=F("monto") + 1),
        lambda: Renglon.objects.filter(pk=fila.pk).delete(),
        lambda: Renglon.objects.create(acta=acta, orden=2, descripcion="Coladera", monto=1),
        lambda: Hoja.objects.filter(acta=acta).delete(),
        lambda: Acta.objects.filter(pk=acta.pk)._raw_delete("default"),
    ]
    for intento in intentos:
        with pytest.raises(IntegrityError, match="no se cambia"), transaction.atomic():
            intento()
    for accion in (
        lambda: acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito()),
        lambda: acciones.mover_acta(acta, hacia="observada", actor=gente.hugo, motivo="x"),
        lambda: acciones.mover_acta(acta, hacia="enmendada", actor=gente.hugo),
        lambda: acciones.agregar_hoja(acta, actor=gente.fabio, archivo=foto_subida("otra.jpg", color="blue")),
    ):
        with pytest.raises(ReglaIncumplida):
            accion()


def test_sin_los_disparadores_la_base_lo_dejaria(recepcion, gente, pueblo):
    """Control de la prueba anterior."""
    acta = aprobada(recepcion, gente, pueblo)
    en = " ON actas_acta" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER acta_aprobada_no_cambia{en}")
    assert "acta_aprobada_no_cambia" in guardas_que_faltan(connection) and len(DISPARADORES) == 15
    assert Acta.objects.filter(pk=acta.pk).update(presentes=71) == 1
    assert not consultas.esta_integra(Acta.objects.get(pk=acta.pk)), "y al comprobarla se nota"


# --- Observar ---
def test_observa_la_base_y_planificacion_responde_con_razon(recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Observan esta acta"):
        acciones.observar_acta(acta, autor=gente.beto, texto="No vivo ahí.")
    with pytest.raises(ReglaIncumplida, match="corrígela"):
        acciones.observar_acta(acta, autor=gente.fabio, texto="Yo la hice.")
    observacion = acciones.observar_acta(acta, autor=gente.ana, texto="No se leyó el acta.")
    with pytest.raises(ReglaIncumplida, match="Ya la observaste"):
        acciones.observar_acta(acta, autor=gente.ana, texto="Otra vez.")
    vencer_plazo(acta)
    with pytest.raises(ReglaIncumplida, match="Falta responder una observación"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="con su razón|la razón"):
        acciones.responder_observacion(observacion, actor=gente.hugo, decision="desestimada", respuesta=" ")
    with pytest.raises(ReglaIncumplida, match="las responde Planificación"):
        acciones.responder_observacion(observacion, actor=gente.fabio, decision="desestimada", respuesta="x")
    acciones.responder_observacion(observacion, actor=gente.hugo, decision="desestimada", respuesta="Consta que sí.")
    with pytest.raises(ReglaIncumplida, match="ya tiene respuesta"):
        acciones.responder_observacion(observacion, actor=gente.hugo, decision="aceptada", respuesta="x")
    assert acciones.mover_acta(acta, hacia="validada", actor=gente.hugo).estado == "validada"
    publico = " ".join(Suceso.objects.de(acta).publicos().values_list("texto", flat=True))
    assert "No se leyó" not in publico and "Ana" not in publico


def test_lo_aceptado_obliga_a_corregir_y_publicar_de_nuevo(recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    observacion = acciones.observar_acta(acta, autor=gente.dora, texto="Faltan firmas.")
    assert observacion.calidad == "Control social"
    acciones.responder_observacion(observacion, actor=gente.hugo, decision="aceptada", respuesta="Es cierto.")
    vencer_plazo(acta)
    with pytest.raises(ReglaIncumplida, match="Se aceptó una observación"):
        acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    acta = acciones.mover_acta(acta, hacia="observada", actor=gente.hugo, motivo="Completen las firmas.")
    acciones.corregir_acta(
        acta, actor=gente.fabio, escrito=escrito(firmantes=["Presidencia", "Secretaría de actas", "Vocalía"])
    )
    acta = acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio, motivo="Ya están.")
    acta = acciones.mover_acta(acta, hacia="en_observacion_publica", actor=gente.hugo)
    vencer_plazo(acta)
    assert acciones.mover_acta(acta, hacia="validada", actor=gente.hugo).estado == "validada"


# --- El teléfono ---
def recibir(proceso, persona, pueblo, texto, clave=None):
    clave = clave or emitir_clave(acciones.escribir.PROPOSITO, persona)
    return acciones.recibir_acta(
        proceso, tipo="asamblea", organizacion=pueblo.org_molle, distrito=None, actor=persona, escrito=texto,
        clave=clave, escrita_en_aparato=timezone.now() - datetime.timedelta(days=400),
    )  # fmt: skip


@pytest.fixture
def secretaria(gente, pueblo):
    hoy = timezone.localdate()
    Mandato.objects.create(
        usuario=gente.dora, organizacion=pueblo.org_molle, cargo="Secretaría de actas",
        desde=hoy - datetime.timedelta(days=9), hasta=hoy + datetime.timedelta(days=90),
    )  # fmt: skip
    return gente.dora


def test_enviar_dos_veces_es_una_y_guarda_las_dos_horas(recepcion, gente, pueblo):
    clave = emitir_clave(acciones.escribir.PROPOSITO, gente.fabio)
    una, otra = (recibir(recepcion, gente.fabio, pueblo, escrito(), clave) for _ in range(2))
    assert (una.nueva, otra.nueva, una.acta.pk) == (True, False, otra.acta.pk)
    tercera = recibir(recepcion, gente.fabio, pueblo, escrito())
    assert tercera.acta.pk == una.acta.pk and tercera.envio is None, "otra clave, lo mismo: ya estaba"
    assert (Acta.objects.count(), Envio.objects.count()) == (1, 0)
    acta = Acta.objects.get()
    assert (acta.creada - acta.escrita_en_aparato).days == 400


def test_dos_personas_envian_la_misma_asamblea_y_no_se_pierde_ninguna(recepcion, gente, pueblo, secretaria):
    primera = recibir(recepcion, gente.fabio, pueblo, escrito(lugar="Sede"))
    segunda = recibir(recepcion, secretaria, pueblo, escrito(renglon("99000"), lugar="Cancha"))
    assert segunda.acta.pk == primera.acta.pk and segunda.envio is not None
    acta = acciones.elegir_envio(segunda.envio, actor=secretaria)
    acta.refresh_from_db()
    assert (acta.lugar, acta.renglones.get().monto) == ("Cancha", 99000)
    guardados = {envio.estado: envio.datos["campos"]["lugar"] for envio in Envio.objects.all()}
    assert guardados == {"elegido": "Cancha", "descartado": "Sede"}
    with pytest.raises(ReglaIncumplida, match="Ya se eligió"):
        acciones.elegir_envio(segunda.envio, actor=secretaria)


def test_quedarse_con_la_primera_guarda_la_segunda(recepcion, gente, pueblo, secretaria):
    recibir(recepcion, gente.fabio, pueblo, escrito(lugar="Sede"))
    envio = recibir(recepcion, secretaria, pueblo, escrito(lugar="Cancha")).envio
    with pytest.raises(ReglaIncumplida, match="la corrige"):
        acciones.elegir_envio(envio, actor=gente.ana)
    acta = acciones.elegir_envio(envio, actor=gente.fabio, quedarse_con_el_acta=True)
    assert (acta.lugar, Envio.objects.get().estado) == ("Sede", "descartado")


def test_a_un_acta_firmada_no_se_le_envia_otra(recepcion, gente, pueblo, secretaria):
    firmada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Ya hay un acta"):
        recibir(recepcion, secretaria, pueblo, escrito(lugar="Cancha"))


def test_lo_enviado_ida_y_vuelta_es_igual(gente):
    uno = escrito(renglon("10.50", en_contra=3, abstenciones=1), acuerdo="Así.")
    assert acciones.Escrito.de_datos(uno.en_datos()).en_datos() == uno.en_datos()
    vacio = escrito(renglon(None, a_favor=None), fecha=None, habilitados=None)
    assert acciones.Escrito.de_datos(vacio.en_datos()).en_datos() == vacio.en_datos()


def test_un_proceso_cerrado_no_recibe_actas(recepcion, gente, pueblo):
    type(recepcion).objects.update(publicado=False)
    with pytest.raises(ReglaIncumplida, match="no está publicado"):
        borrador(recepcion, gente, pueblo)


def test_el_estado_no_se_cambia_de_costado(recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    for hacia in ("validada", "aprobada", "enmendada", "nada"):
        with pytest.raises(ReglaIncumplida, match="no puede pasar"):
            acciones.mover_acta(acta, hacia=hacia, actor=gente.fabio)
    assert Estado(acta.estado) is Estado.BORRADOR
