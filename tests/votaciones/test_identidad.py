"""Una identidad vota una sola vez, aunque cambie de cuenta; y los totales dicen cómo se verificó la gente."""

import contextlib
import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones as cuentas
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Residencia
from civic.cuentas.reglas_identidad import normalizar_ci
from propuestas.models import Apoyo, Propuesta
from tests.cuentas.piezas_verificacion import a_la_vez
from tests.elenco import crear_persona
from tests.votaciones.conftest import abrir, votar
from votaciones import acciones, consultas
from votaciones.models import Participacion
from votaciones.urna.models import Sobre

CI = normalizar_ci("4455667")


def vecina(pueblo, usuario, ci=None, metodo="padron"):
    persona = crear_persona(usuario, usuario.title(), otb=pueblo.otb_molle, verificada=False)
    if ci is not None:
        cuentas.verificar_residencia(persona.residencia, metodo=metodo, ci=ci)
        persona.__dict__.pop("residencia_o_nada", None)
    return persona


@pytest.fixture
def rosa(preparada, pueblo):
    """Se verificó con su carnet antes de que se publicara el padrón: pídela antes que `abierta`."""
    return vecina(pueblo, "rosa", CI, "promotora")


def test_la_participacion_queda_con_la_identidad_y_el_modo(rosa, abierta, d1):
    votar(d1, rosa, 1)
    participacion = Participacion.objects.get(usuario=rosa)
    assert (participacion.identidad, participacion.metodo) == (Identidad.objects.get(), "promotora")


def test_quien_voto_retira_su_verificacion_y_abre_otra_cuenta_no_vota_otra_vez(rosa, abierta, d1, pueblo):
    votar(d1, rosa, 1)
    cuentas.retirar_verificacion(rosa)
    otra = vecina(pueblo, "rosa2", CI)
    with pytest.raises(ReglaIncumplida, match="Cada persona vota una sola vez"):
        votar(d1, otra, 2)
    assert (Sobre.objects.count(), Participacion.objects.count()) == (1, 1)


def test_quien_voto_antes_de_mostrar_su_carnet_tampoco_vota_con_otra_cuenta(preparada, gente, pueblo):
    rosa = crear_persona("rosa", "Rosa", otb=pueblo.otb_molle)  # verificada antes de que se pidiera el carnet
    d1 = abrir(preparada, actor=gente.hugo).contiendas.get(numero=1)
    votar(d1, rosa, 1)
    assert Participacion.objects.get().identidad is None
    Residencia.objects.filter(usuario=rosa).update(nivel="declarada")
    cuentas.verificar_residencia(Residencia.objects.get(usuario=rosa), metodo="ventanilla", ci=CI)
    cuentas.retirar_verificacion(rosa)
    with pytest.raises(ReglaIncumplida, match="una sola vez"):
        votar(d1, vecina(pueblo, "rosa2", CI), 2)


def test_la_base_sola_rechaza_dos_participaciones_de_una_identidad(abierta, d1, pueblo):
    rosa, otra = vecina(pueblo, "rosa", CI), vecina(pueblo, "otra")
    identidad = Identidad.objects.get()
    Participacion.objects.create(contienda=d1, usuario=rosa, identidad=identidad)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participacion.objects.create(contienda=d1, usuario=otra, identidad=identidad)


def conflicto_con(pueblo, primera):
    segunda = vecina(pueblo, "segunda")
    with pytest.raises(ReglaIncumplida):
        cuentas.verificar_residencia(segunda.residencia, metodo="padron", ci=CI)
    return ConflictoDeIdentidad.objects.get(primera=primera, segunda=segunda)


def test_un_conflicto_no_se_mueve_mientras_su_voto_esta_abierto(rosa, abierta, d1, pueblo, gente, django_user_model):
    conflicto = conflicto_con(pueblo, rosa)
    votar(d1, rosa, 1)
    jefa = django_user_model.objects.create_superuser("jefa", nombre_publico="Jefa")
    for decision in ("segunda", "ninguna"):
        with pytest.raises(ReglaIncumplida, match="ya votó en una votación abierta"):
            cuentas.resolver_conflicto(conflicto, actor=jefa, decision=decision, motivo="Vino.")
    assert Identidad.objects.get().cuenta == rosa
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    cuentas.resolver_conflicto(conflicto, actor=jefa, decision="segunda", motivo="Vino.")
    assert Identidad.objects.get().cuenta == conflicto.segunda


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_mover_la_identidad_mientras_se_vota_da_un_voto_como_mucho(
    rosa, abierta, d1, pueblo, django_user_model, vuelta
):
    conflicto = conflicto_con(pueblo, rosa)
    segunda = conflicto.segunda
    jefa = django_user_model.objects.create_superuser("jefa", nombre_publico="Jefa")
    claves = {p.pk: acciones.emitir_clave_de_papeleta(d1, usuario=p) for p in (rosa, segunda)}

    def mover():
        return cuentas.resolver_conflicto(conflicto, actor=jefa, decision="segunda", motivo="Vino.")

    def emitir(persona):
        return acciones.emitir_voto(d1, usuario=persona, eleccion=[1], clave=claves[persona.pk])

    a_la_vez([mover, lambda: emitir(rosa), lambda: emitir(segunda)])
    with contextlib.suppress(ReglaIncumplida):
        emitir(segunda)
    assert Sobre.objects.count() == Participacion.objects.count() == 1
    assert Identidad.objects.get().cuenta in (rosa, segunda)


# --- Totales ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def votaron(preparada, gente, pueblo):
    """Doce por padrón, seis con promotora y dos en ventanilla."""
    modos = ["padron"] * 12 + ["promotora"] * 6 + ["ventanilla"] * 2
    votantes = [
        vecina(pueblo, f"v{numero}", normalizar_ci(str(1_000_000 + numero)), modo) for numero, modo in enumerate(modos)
    ]
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.get(numero=1)
    for votante in votantes:
        votar(d1, votante, 1)
    return abierta


def test_los_resultados_dicen_como_se_verifico_la_gente_sin_celdas_chicas(client, votaron, gente):
    d1 = votaron.contiendas.get(numero=1)
    assert consultas.modos_publicos(votaron)[d1.pk] == [("padrón", 12), ("otras formas", 8)]
    assert consultas.modos_en_total(votaron) == {"padrón": 12, "promotora": 6, "ventanilla": 2}
    acciones.cerrar_votacion(votaron, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(votaron)
    for ruta, argumentos in (("resultado", ()), ("resultado_distrito", (d1.numero,))):
        texto = client.get(reverse(f"votaciones:{ruta}", args=[votaron.slug, *argumentos])).content.decode()
        llano = " ".join(texto.replace('<span class="num">', "").replace("</span>", "").split())
        assert "Cómo se verificaron: 12 padrón, 8 otras formas." in llano and "2 ventanilla" not in llano
    datos = json.loads(client.get(reverse("votaciones:resultado_json", args=[votaron.slug])).content)
    assert datos["contiendas"][0]["verificacion"] == {"padrón": 12, "otras formas": 8}


def test_la_pagina_de_la_votacion_dice_quienes_pueden_votar(client, votaron):
    texto = client.get(reverse("votaciones:votacion", args=[votaron.slug])).content.decode()
    llano = " ".join(texto.replace('<span class="num">', "").replace("</span>", "").split())
    assert "según cómo se verificaron: 12 padrón" in llano


def test_los_apoyos_dicen_como_se_verifico_la_gente(client, votaron, viables):
    propuesta = viables[0]
    personas = Residencia.objects.filter(metodo__in=["padron", "promotora"]).values_list("usuario", flat=True)
    Apoyo.objects.bulk_create(Apoyo(propuesta=propuesta, usuario_id=pk) for pk in personas)
    Propuesta.objects.filter(pk=propuesta.pk).update(apoyos_contados=len(personas))
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    llano = " ".join(texto.replace('<span class="num">', "").replace("</span>", "").split())
    assert "Cómo se verificaron: 12 padrón, 6 promotora." in llano
